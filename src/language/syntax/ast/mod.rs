//! The typed tree of one file, as written: nothing is resolved, every part has its span.
//!
//! A part that is missing or broken was reported when the tree was built, and is there as `Missing`, as an empty
//! [`Name`] or as `Bad`; whoever reads the tree stays silent about it.

mod body;
mod expr;
mod item;
mod text;
mod types;
mod uses;

pub use body::*;
pub use expr::*;
pub use item::*;
pub use text::*;
pub use types::*;
pub use uses::{Uses, calls};
