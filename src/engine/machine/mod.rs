//! What happens next: a run as a state machine, `Input → state → Command`s.
//!
//! The machine decides, the driver does. There is no clock, no random number and no `await` here: the same inputs always
//! give the same commands and events. Not here: performing anything (`engine::driver`).

mod command;

pub use command::{Command, EffectId, Input, Output, TimerId};
