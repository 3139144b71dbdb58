//! What is said of a place: its name, its type, its doc comment, and what holds where nothing is written.
//!
//! What only a plan can say (the rendered prompt, how many calls) is not here: [`Hover::subject`] names what it is about.

mod annotation;
mod at;
mod defaults;
mod rubric;
mod statement;
mod symbol;
mod tier;

pub use at::{Hover, Subject, hover};
pub(super) use defaults::{LOOP_ROUNDS, TURNS, is_unbounded};
pub(super) use symbol::of_symbol;
