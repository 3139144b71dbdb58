//! `agentflow run`: the parameters of a workflow are the flags, its result is the output.
//!
//! Not here: what happens in a run (`engine::machine`), and who answers (`engine::sim`, `models`).

mod arguments;
mod command;
mod engine;
mod fences;
mod flags;
mod line;
mod options;
mod outside;
mod progress;
mod report;
mod sink;
mod summary;
mod values;

pub(super) use command::{choose, run};
pub(super) use options::{Raw, split};
pub(super) use values::cut;
