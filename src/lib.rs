//! AgentFlow: a typed language for workflows of AI agents.
//!
//! Two wings stand on one ground floor and meet only in the [`plan`], which is plain data. [`language`] turns
//! text into a plan and knows nothing of running it; [`engine`] runs a plan and knows nothing of text.
//! `docs/architecture.md` draws the whole house.

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diag;
pub mod engine;
#[cfg(feature = "host")]
pub mod host;
pub mod language;
#[cfg(feature = "lsp")]
pub mod lsp;
#[cfg(feature = "models")]
pub mod models;
pub mod plan;
