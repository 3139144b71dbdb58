//! `agentflow check`: parse, resolve, type, lint. Never executes, never needs a key or a network.

mod command;
mod effects;
mod fix;
mod paths;
mod report;

pub(super) use command::{Options, check};
pub(super) use paths::{STDIN, Scripts, missing, name};
pub(super) use report::many;
