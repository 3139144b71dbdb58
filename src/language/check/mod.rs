//! Whether it is right: types, narrowing, and the inside of every declaration.
//!
//! [`Cx`] is the state of checking one declaration; each kind of declaration has a file that goes through its tree with
//! it. A part that is missing or was reported is silent: one slip is one diagnostic. Not here: what names are declared
//! (`hir`), and plans (`lower`).

mod again;
mod annotations;
mod body;
mod bounds;
mod calls;
mod constants;
mod cx;
mod cycles;
mod declarations;
mod exhaustive;
mod expr;
mod graph;
mod insides;
mod judging;
mod lints;
mod module;
mod narrow;
mod order;
mod page;
mod rubric;
mod scope;
mod silence;
mod suppress;
mod tests;
mod text;
mod tool;
mod wanted;
mod whole;

pub use again::once;
pub use body::check_workflow;
pub use calls::calls_at_a_glance;
pub use cx::{Cx, Mark, Origin, OriginWords, Room, broken};
pub use insides::Before;
pub use judging::{Bare, JudgeCall, Judging};
pub use module::{Checked, check_module, complete};
pub use narrow::{Facts, facts, facts_of_case, path_of, root_of, split_by};
pub use scope::{Entry, Fact, Forward, Hidden, Path, Scope};
pub use silence::silence;
pub use suppress::suppress;
pub use wanted::{Demand, Wanted};
pub use whole::check_program;
