//! Language wing: turns text into a plan and knows nothing of running it.
//!
//! `syntax` reads, `hir` says what is meant, `check` says whether it is right, `lower` makes the plan; `ide` answers what
//! editors ask.

pub mod check;
mod compile;
pub mod hir;
pub mod ide;
pub mod lower;
pub mod syntax;
mod unchanged;

pub use compile::{Analysis, Compiled, Earlier, analyse, compile};
