use super::{StepPath, Usage};
use crate::engine::eval::Value;
use crate::plan::{FaultKind, Grade};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What became of a run (`run --json` is made of it).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub status: RunStatus,
    /// What `return` gave.
    pub result: Option<Value>,
    /// The failure that nobody handled which stands first on the page.
    pub error: Option<RunError>,
    /// Every loop that ended.
    pub gates: Vec<Gate>,
    /// Calls that a model answered.
    pub calls: u32,
    /// Tries of the router.
    pub attempts: u32,
    /// Tokens and money.
    pub usage: Usage,
    /// Every step, once per round or item, in the order of page, round and item.
    pub steps: Vec<StepReport>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of `run --json`")]
pub enum RunStatus {
    Succeeded,
    Failed,
    Waiting,
    Cancelled,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunError {
    /// Its kind.
    pub kind: FaultKind,
    /// The statement that failed.
    pub step: StepPath,
    /// What is said about it.
    pub message: String,
}

/// A loop that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The loop.
    #[serde(rename = "loop")]
    pub path: StepPath,
    /// Whether its condition was met.
    pub passed: bool,
    /// How many rounds ran.
    pub rounds: u32,
    /// The grade of the kept round; `None` without a rubric.
    pub grade: Option<Grade>,
}

/// A step as it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Its path.
    pub id: StepPath,
    /// What it calls.
    pub kind: CallableKind,
    /// The name of what it calls.
    pub callable: SmolStr,
    /// How it ended.
    pub status: StepStatus,
    /// The tier of the last call.
    pub tier: Option<u8>,
    /// Who answered last, as `provider:model`.
    pub model: Option<SmolStr>,
    /// Calls that a model answered.
    pub calls: u32,
    /// Tries of the router.
    pub attempts: u32,
    /// Tokens and money.
    pub usage: Usage,
    /// Of a cancelled step: the statement that failed.
    pub because: Option<StepPath>,
    /// Of a failed step.
    pub error: Option<RunError>,
    /// Whether `on failure` took over.
    pub handled: bool,
    /// Milliseconds since the run began; `None` for what never started.
    pub started_ms: Option<u64>,
    /// Milliseconds since the run began.
    pub finished_ms: Option<u64>,
}

/// What a step calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of `run --json`")]
pub enum CallableKind {
    Agent,
    Rubric,
    Tool,
    Ask,
    Workflow,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of `run --json`")]
pub enum StepStatus {
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
    Waiting,
}
