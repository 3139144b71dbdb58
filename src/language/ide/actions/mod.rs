//! What an author may let the editor do: each certain fix of a diagnostic, what is likely but not certain, and changes that
//! nothing asks for; one file an action.

mod action;
mod allow;
mod bound;
mod create;
mod extract;
mod import;
mod on_failure;
mod otherwise;
mod parallel;
mod statements;

pub use action::{Action, ActionKind, Written, actions};
