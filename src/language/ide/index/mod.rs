//! What every name of a file means: its occurrences in the order of the page.
//!
//! Values are resolved on the tree (a body binds a name once, so that the nearest binding is the right one, also where
//! the checker gave up); fields and bare variants by the types that the checker found (`meanings`).

mod bodies;
mod exprs;
mod file;
mod items;
mod meanings;
mod names;
mod part;
mod symbol;

pub use file::FileIndex;
pub(super) use file::Parts;
pub(super) use meanings::type_at;
pub use names::{blocks_of, bound, bound_by};
pub use symbol::{Occurrence, Role, Symbol, WORDS};
