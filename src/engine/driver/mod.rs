//! Performing a run on tokio: what the machine orders is done, what comes back is told to it.
//!
//! A run is one future. It owns all that it has in flight, so nothing outlives it: dropping it cancels everything, and it
//! spawns no task. Journal before effect, journal before use: a command is recorded before it is performed, a result
//! before the machine sees it. Not here: any decision (`engine::machine`), any effect (`models`, `host`, `engine::sim`).

mod deadlines;
mod drive;
mod hub;
mod memory;
mod perform;

pub use drive::{DriveError, Effects, run};
pub use memory::MemoryJournal;
