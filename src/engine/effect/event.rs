use super::{CallableKind, RunError, RunStatus, StepPath, Usage};
use crate::plan::Grade;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// Something that happened in a run: the same on every screen and wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The run.
    pub run: Arc<str>,
    /// Counted from 1 without gaps.
    pub seq: u64,
    /// Milliseconds since the run began.
    pub at: u64,
    /// The step, loop or block, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// The round of the innermost loop around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event")]
#[expect(missing_docs, reason = "the names are those of runtime.md §5; the fields say what they hold")]
pub enum EventKind {
    #[serde(rename = "run.started")]
    RunStarted { workflow: SmolStr, simulated: bool },
    #[serde(rename = "run.finished")]
    RunFinished { status: RunStatus },
    #[serde(rename = "run.failed")]
    RunFailed { error: RunError },
    #[serde(rename = "run.cancelled")]
    RunCancelled,
    #[serde(rename = "run.waiting")]
    RunWaiting { steps: Vec<StepPath> },
    #[serde(rename = "step.ready")]
    StepReady,
    #[serde(rename = "step.started")]
    StepStarted { kind: CallableKind, callable: SmolStr, tier: Option<u8> },
    #[serde(rename = "step.delta")]
    StepDelta { text: String },
    #[serde(rename = "step.finished")]
    StepFinished { value: Option<serde_json::Value>, usage: Usage },
    #[serde(rename = "step.failed")]
    StepFailed { error: RunError, handled: bool },
    #[serde(rename = "step.skipped")]
    StepSkipped { because: Option<String> },
    #[serde(rename = "step.cancelled")]
    StepCancelled { because: Option<StepPath> },
    #[serde(rename = "call.started")]
    CallStarted { callable: SmolStr, tier: u8, number: u32 },
    #[serde(rename = "call.finished")]
    CallFinished { model: Option<SmolStr>, attempts: u32, usage: Usage },
    #[serde(rename = "call.failed")]
    CallFailed { kind: crate::plan::FaultKind, message: String, attempts: u32 },
    #[serde(rename = "call.rejected")]
    CallRejected { reasons: Vec<String> },
    #[serde(rename = "route.chosen")]
    RouteChosen { model: SmolStr, skipped: Vec<RouteSkip> },
    #[serde(rename = "route.failover")]
    RouteFailover { from: SmolStr, to: Option<SmolStr>, message: String },
    #[serde(rename = "route.cooled")]
    RouteCooled { model: SmolStr, for_ms: u64 },
    #[serde(rename = "route.restored")]
    RouteRestored { model: SmolStr },
    #[serde(rename = "route.loosened")]
    RouteLoosened { model: SmolStr, lost: Vec<String> },
    #[serde(rename = "loop.round")]
    LoopRound { number: u32, max: u32 },
    #[serde(rename = "loop.ended")]
    LoopEnded { passed: bool, rounds: u32, grade: Option<Grade> },
    #[serde(rename = "rubric.reviewed")]
    RubricReviewed { rubric: SmolStr, grade: Grade, score: crate::base::Decimal, advice: String },
    #[serde(rename = "tool.started")]
    ToolStarted { tool: SmolStr },
    #[serde(rename = "tool.finished")]
    ToolFinished { tool: SmolStr },
    #[serde(rename = "tool.failed")]
    ToolFailed { tool: SmolStr, message: String },
    #[serde(rename = "tool.cut")]
    ToolCut { tool: SmolStr },
    #[serde(rename = "ask.opened")]
    AskOpened { question: String, to: Option<SmolStr> },
    #[serde(rename = "ask.answered")]
    AskAnswered { value: serde_json::Value },
    #[serde(rename = "budget.reserved")]
    BudgetReserved { usd: crate::base::Decimal },
    #[serde(rename = "budget.settled")]
    BudgetSettled { usd: crate::base::Decimal },
    #[serde(rename = "budget.exceeded")]
    BudgetExceeded { limit_usd: crate::base::Decimal },
    #[serde(rename = "sim.require_unmet")]
    SimulationRequireUnmet { record: SmolStr, message: String },
}

/// A candidate that was not asked, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteSkip {
    /// As `provider:model`.
    pub model: SmolStr,
    /// In words.
    pub reason: String,
}

/// Who hears events. Never blocks.
pub trait EventSink: Send + Sync {
    /// Takes an event.
    fn event(&self, event: &Event);
}
