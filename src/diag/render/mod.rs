//! How diagnostics look: for a person, in one line each, as JSON lines, as SARIF 2.1.0, as GitHub annotations.
//!
//! Every renderer is a pure function of diagnostics and the [`crate::base::Source`]s that they speak of, found by
//! [`crate::base::FileId`]. Control characters of scripts never reach a terminal: see [`visible`].

mod github;
#[cfg(feature = "cli")]
mod human;
mod json;
mod look;
mod place;
mod sarif;
mod short;
mod visible;

pub use github::github;
#[cfg(feature = "cli")]
pub use human::human;
pub use json::json;
pub use look::{Look, Style};
pub use sarif::sarif;
pub use short::short;
pub use visible::visible;
