use crate::engine::effect::{
    Answered, AskRequest, CallFault, Event, ModelRequest, Outcome, Start, ToolOutput, ToolRequest,
};
use crate::engine::eval::Value;
use serde::{Deserialize, Serialize};

/// An effect that was ordered; counted from 1 in the order of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(pub u64);

/// A deadline that was ordered; counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub u64);

/// What the outside tells the machine. `at` is in milliseconds since the run began, without the time in which nobody
/// drove it; it never decreases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are explained above, and by the effect that they answer")]
pub enum Input {
    /// The first input, and only the first.
    Start(Box<Start>),
    /// A call ended.
    Model { id: EffectId, at: u64, answered: Box<Answered> },
    /// A tool ended.
    Tool { id: EffectId, at: u64, output: Result<ToolOutput, CallFault> },
    /// A person answered.
    Answer { id: EffectId, at: u64, value: Result<Value, CallFault> },
    /// A call waits for a rate limit to end, for so many milliseconds from now: its step's clock stands still (L3.8).
    Held { id: EffectId, at: u64, for_ms: u64 },
    /// A deadline passed.
    Timer { id: TimerId, at: u64 },
    /// A person cancels the run: nothing new starts, what is in flight is cancelled.
    Cancel { at: u64 },
}

/// What the machine orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "an id names the order in later inputs and commands")]
pub enum Command {
    /// Ask a model; answered by [`Input::Model`].
    Call { id: EffectId, request: Box<ModelRequest> },
    /// Run a tool; answered by [`Input::Tool`].
    Tool { id: EffectId, request: Box<ToolRequest> },
    /// Ask a person; answered by [`Input::Answer`].
    Ask { id: EffectId, request: Box<AskRequest> },
    /// Stop an effect; what it answers later is not wanted any more.
    Stop { id: EffectId },
    /// Report by [`Input::Timer`] in this many milliseconds.
    Timer { id: TimerId, in_ms: u64 },
    /// A deadline that is not needed any more.
    StopTimer { id: TimerId },
    /// The run is over; nothing follows.
    Finish { outcome: Box<Outcome> },
}

/// What a step of the machine gives, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// To be recorded, then performed.
    Command(Command),
    /// To be shown.
    Event(Event),
}
