use crate::engine::eval::{Date, Value};
use crate::plan::WorkflowId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where in a run something is: `code_review/report[2]`. Rounds count from 1, items from 0, outermost first.
pub type StepPath = Arc<str>;

/// What starts a run. Together with the plan it decides everything that the machine does, but for the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The run's id.
    pub run: Arc<str>,
    /// What runs.
    pub workflow: WorkflowId,
    /// A value a parameter, defaults filled in, each checked against its type.
    pub args: Vec<Value>,
    /// `today`
    pub today: Date,
    /// `now`, ISO 8601 with zone.
    pub now: Arc<str>,
    /// Calls in flight at most; workflows, blocks and asks take no place.
    pub max_parallel: u32,
    /// Deadline of the whole run in milliseconds, beside the workflow's own `@timeout`.
    pub timeout_ms: Option<u64>,
    /// `@tier` of the project, where nothing else is written.
    pub default_tier: u8,
    /// Tokens of a tool's result without a declared bound (L8.2).
    pub tool_result_tokens: u64,
    /// Tokens of a hole without a bound (L10.2).
    pub value_tokens: u64,
    /// Whether the answers are simulated; it is only passed on into the outcome.
    pub simulated: bool,
    /// Whether a person can be asked. Without, an `ask` leaves the run waiting.
    pub people: bool,
}
