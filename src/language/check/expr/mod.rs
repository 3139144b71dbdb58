//! Expressions (§5): from what is written to what is meant, with types.
//!
//! `infer` goes by form; `expect` adds a demand. A part that was reported has type `Error`, which fits everything.
//! Not here: texts (`check::text`), and what a statement makes of an expression.

mod access;
mod arguments;
mod call;
mod comprehension;
mod condition;
mod demand;
mod function;
mod infer;
mod list;
mod meeting;
mod name;
mod operator;
mod pattern;
mod record;
mod tagged;
mod types;
