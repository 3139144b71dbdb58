//! What is wrong: one registry of codes, diagnostics as plain data, fixes, pages, renderers.
//!
//! A [`Diagnostic`] is data; how it looks is the renderers' matter alone. Every code has a page under `pages/`,
//! whose examples are tests. Not here: the checks themselves, which stand beside what they look at.

mod codes;
mod diagnostic;
mod fix;
mod suggest;

pub use codes::{Code, Severity};
pub use diagnostic::{Diagnostic, Label};
pub use fix::{Edit, Fix};
pub use suggest::{closest, did_you_mean};
