use super::{CallFault, StepPath};
use crate::base::Decimal;
use crate::engine::eval::Expected;
use crate::plan::Tiers;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that a trait object returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One question to a model: a *call*.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRequest {
    /// The step that asks; of a loop's judge, the step `review`.
    pub step: StepPath,
    /// The step's path without rounds: what a simulation is seeded by. Items stay.
    pub seed_path: StepPath,
    /// The agent's or rubric's name; `prompt` for an agent without one.
    pub callable: SmolStr,
    /// Counted on over rounds, re-asks, turns and votes of `seed_path`, from 0.
    pub number: u32,
    /// The round of the innermost loop around the step, from 1; `None` outside loops.
    pub round: Option<u32>,
    /// The position in the innermost fan-out around the step, from 0.
    pub item: Option<u32>,
    /// The tier to ask: one number, as climbing is decided before.
    pub tier: u8,
    /// The range that was written, for reports.
    pub tiers: Tiers,
    /// The system message, with the bounds of the answer told.
    pub system: String,
    /// The conversation: the prompt first, then turns and re-asks.
    pub messages: Vec<Message>,
    /// What the answer must be.
    pub expected: Expected,
    /// The JSON schema of the answer; `None` for a plain text.
    pub schema: Option<Arc<serde_json::Value>>,
    /// Tools that the model may call in this turn.
    pub tools: Vec<ToolSpec>,
    /// Passed to the provider.
    pub temperature: Option<Decimal>,
    /// The output cap.
    pub max_tokens: u32,
    /// Whether a recorded answer may be used.
    pub cache: bool,
    /// Left of the step's deadline when the call starts.
    pub timeout_ms: u64,
    /// The same for every repetition of this call.
    pub idempotency_key: Arc<str>,
}

/// A message of the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// From the workflow.
    User {
        /// What is said.
        text: String,
    },
    /// What the model said before.
    Assistant {
        /// The text, as it came.
        text: String,
        /// The tools that it called.
        tool_calls: Vec<ToolCall>,
    },
    /// What a tool answered.
    Tool {
        /// The id of the [`ToolCall`].
        id: SmolStr,
        /// What it answered, or why it failed.
        text: String,
    },
}

/// A tool as a model sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolSpec {
    /// Its name.
    pub name: SmolStr,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// JSON schema of its parameters: an object.
    pub parameters: Arc<serde_json::Value>,
}

/// A tool that a model calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Given by the model, to refer to.
    pub id: SmolStr,
    /// Which tool.
    pub name: SmolStr,
    /// Its arguments, as the model wrote them; possibly no JSON.
    pub arguments: String,
}

/// What a model answered. Its text is as it came: reading it is the machine's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelReply {
    /// The text.
    pub text: String,
    /// Tools that it calls.
    pub tool_calls: Vec<ToolCall>,
    /// Why it stopped.
    pub stop: Stop,
    /// How the call went.
    pub stats: CallStats,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It was complete.
    End,
    /// It calls tools.
    ToolUse,
    /// It ended at its output cap.
    OutputCap,
    /// A filter stopped it, or the model refused.
    Refused,
    /// The stream ended without saying why.
    Unfinished,
}

/// How a call went, for reports; of a call that failed too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallStats {
    /// Who answered, as `provider:model`.
    pub model: Option<SmolStr>,
    /// Tries of the router, over all candidates.
    pub attempts: u32,
    /// Tokens and money.
    pub usage: Usage,
    /// Whether the answer came from the cache.
    pub cached: bool,
    /// Whether it is a simulated value for which a `require` could not be met: it is used all the same.
    #[serde(default)]
    pub unmet: bool,
}

/// Tokens and money of one or many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Dollars; what has no price counts zero and sets `unpriced`.
    pub cost_usd: Decimal,
    /// Whether some of it has no price.
    pub unpriced: bool,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// An answer.
    Reply(ModelReply),
    /// None.
    Fault(CallFault, CallStats),
}

/// What is heard of a running call. Pieces of the answer are for screens only; the reply has all of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// More text.
    Text(String),
    /// What the router did.
    Route(super::EventKind),
    /// The call waits for a rate limit to end, for so many milliseconds from now; that counts for no deadline (L3.8).
    Held(u64),
}

/// Where deltas go. Never blocks.
pub trait DeltaSink: Send + Sync {
    /// Takes a delta of a step.
    fn delta(&self, step: &StepPath, delta: Delta);
}

/// Who answers calls: the router over real vendors, or a simulation. A dropped future cancels the call.
pub trait ModelClient: Send + Sync {
    /// Answers a call. Every failure is an [`Answered::Fault`].
    fn call<'a>(&'a self, request: &'a ModelRequest, deltas: &'a dyn DeltaSink) -> BoxFuture<'a, Answered>;
}
