//! Pure expressions and texts over values; whether a value fits its type.
//!
//! Total: no expression of a checked plan can panic or run for ever. What comes from outside enters by [`fit`] and
//! [`read_answer`]; what goes out leaves by [`render`] (texts) and [`to_json`] (data). Not here: anything that waits
//! or asks.

mod answer;
mod compare;
mod date;
mod declared;
mod env;
mod expected;
mod expr;
mod extract;
mod fault;
mod fit;
mod functions;
mod interpreter;
mod json;
mod limits;
mod operators;
mod render;
pub mod rubric;
mod schema;
mod value;
mod wire;

pub use answer::{Answer, read_answer, read_judgement, read_value};
pub use compare::equal;
pub use date::NotADate;
pub use declared::as_declared;
pub use env::{Args, Env, NoVars, Numbered};
pub use expected::{Expected, Question, QuestionKind, Requires};
pub use expr::{eval, eval_bool, eval_text};
pub use extract::{Extracted, extract};
pub use fault::EvalFault;
pub use fit::{Misfit, broken_requires, check_value, default_of, fit, fit_args};
pub use json::to_json;
pub use limits::{MAX_BYTES, MAX_DEPTH, MAX_ITEMS, within_limits};
pub use render::render;
pub use schema::{answer_schema, bounds_text, is_asked_as_record, judgement_schema, params_schema, schema};
pub use value::{Date, Record, Value};
