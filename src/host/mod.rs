//! The real world: files, configuration, the environment.

#![allow(clippy::disallowed_methods, reason = "this module owns files and the environment")]

pub mod config;
mod files;

pub use files::{DiskWorld, LARGEST_SCRIPT, read_at_most, replace_file, text_of};
