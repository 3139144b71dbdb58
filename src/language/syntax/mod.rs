//! What is written: text → tree with errors. Parsing never fails; a tree knows one file.
//!
//! A small scanner finds texts, comments and brackets (`scan`); brackets and lines are put in order (`recover`, `layout`),
//! which gives a text of the same length; without what the grammar does not look at (`short`), pest reads it declaration
//! by declaration (`chunks`, `grammar`);
//! the typed tree is built from its nodes (`build`). What is wrong is a slip of the first passes or a rule of the
//! grammar with a name of its own, and each slip is reported once (`cascade`). What an edit leaves as it was is not read
//! again (`kept`), only moved (`shift`).
//!
//! No `pest` type leaves this module. What a name means is not here: that is [`super::hir`].

pub mod ast;
mod build;
mod cascade;
mod chunks;
mod foreign;
mod format;
mod grammar;
mod habits;
mod kept;
mod layout;
mod parse;
mod recover;
mod reread;
mod scan;
mod shift;
mod short;
mod slip;
mod trivia;
mod words;

pub use format::{Change, Formatted, changes, format, format_parsed, format_range};
pub use kept::Kept;
pub use parse::{Parsed, PromptFile, parse, parse_again, parse_prompt, parse_whole};
pub use words::is_reserved;
