//! What is written: text → tree with errors. Parsing never fails; a tree knows one file.
//!
//! No `pest` type leaves this module. What a name means is not here: that is [`super::hir`].

pub mod ast;
mod parse;

pub use parse::{Parsed, PromptFile, parse, parse_prompt};
