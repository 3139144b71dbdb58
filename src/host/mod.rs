//! The real world: files, configuration, the environment, and what is checked only where those are known.

#![allow(clippy::disallowed_methods, reason = "this module owns files and the environment")]

mod bounds;
pub mod config;
mod files;

pub use bounds::{check, too_many_calls_of};
pub use files::{DiskWorld, LARGEST_SCRIPT, read_at_most, replace_file, text_of};
