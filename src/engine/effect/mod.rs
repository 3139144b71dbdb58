//! The outside, as traits and plain data: models, tools, people, the journal, events.
//!
//! The machine speaks of effects only in this data; a driver performs them through these traits, the simulation fakes
//! them. Nothing here waits: the traits return boxed futures of the standard library.

mod event;
mod fault;
mod journal;
mod model;
mod outcome;
mod people;
mod request;
mod tool;

pub use crate::engine::eval::{Expected, Question, QuestionKind};
pub use event::{Event, EventKind, EventSink, RouteSkip};
pub use fault::{CallFault, FaultDetail, Phase};
pub use journal::{Entry, Journal, JournalError};
pub use model::{
    Answered, BoxFuture, CallStats, Delta, DeltaSink, Message, ModelClient, ModelReply, ModelRequest, Stop,
    ToolCall, ToolSpec, Usage,
};
pub use outcome::{CallableKind, Gate, Outcome, RunError, RunStatus, StepReport, StepStatus};
pub use people::{AskRequest, People};
pub use request::{Start, StepPath};
pub use tool::{Secretable, ToolHost, ToolOutput, ToolRequest, ToolRequestBody};
