//! What happens next: a run as a state machine, `Input → state → Command`s.
//!
//! The machine decides, the driver does. There is no clock, no random number and no `await` here: the same inputs always
//! give the same commands and events. Not here: performing anything (`engine::driver`).

mod ask;
mod block;
mod budget;
mod command;
mod failure;
mod frame;
pub mod given;
mod judge;
#[expect(clippy::module_inception, reason = "the file is named after the type it holds")]
mod machine;
mod ready;
mod replay;
mod report;
mod settle;
mod step;
mod tables;
mod tool_body;
mod tools;
mod tries;

pub use command::{Command, EffectId, Input, Output, TimerId};
pub use machine::Machine;
pub use replay::{Divergence, replay};
