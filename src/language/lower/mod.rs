//! A checked program as a plan: names become indices, trees become arenas, waits are written out.
//!
//! Only what the script itself declares, and what can be reached from there, is lowered; its own declarations come in the
//! order of the page. Programs with errors are not lowered. Not here: any check.

mod callables;
mod expr;
mod lowering;
mod nodes;
mod paths;
mod tests;
mod types;
mod vars;
mod waits;
mod workflow;

pub use lowering::{lower, lower_callable, lower_modules};
pub use paths::path_names;
