//! The command line: one file per command, and the only place that prints.
//!
//! Results go to the standard output, everything else to the standard error; what a command answers is its exit code
//! ([`Exit`]). Not here: anything that another program would want to call, which is in the modules below this one.

#![allow(clippy::disallowed_methods, reason = "this module reads files, the environment and the clock")]

mod app;
mod check;
mod compile;
mod exit;
mod explain;
mod fmt;
mod graph;
#[cfg(feature = "lsp")]
mod lsp;
mod new;
mod reach;
mod run;
mod screen;
mod templates;
mod test;

pub use app::main;
pub use exit::{Exit, Refusal};
pub use screen::{Screen, Volume};
