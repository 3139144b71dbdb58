//! What is wrong: one registry of codes, diagnostics as plain data, fixes, pages, renderers.
//!
//! A [`Diagnostic`] is data; how it looks is the matter of [`render`] alone. Every code has a page under `pages/`,
//! whose examples are tests. Not here: the checks themselves, which stand beside what they look at.

mod codes;
mod diagnostic;
mod explain;
mod fix;
pub mod render;
mod suggest;

pub use codes::{Code, Severity, UnknownCode};
pub use diagnostic::{Diagnostic, Label, in_page_order};
pub use explain::{Example, Page, PageError};
pub use fix::{Edit, Fix, Fixed, apply_fixes};
pub use suggest::{closest, did_you_mean};
