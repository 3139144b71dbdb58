//! `agentflow test`: the tests that stand in scripts. They never ask a model and never touch the world.

mod command;
mod print;

pub(super) use command::{Options, test};
