//! The tests of the language (§9), run on the machine alone: answers are given, nothing is asked and nothing touched.
//!
//! An oracle stands in the place of whole calls: what it deals is the outcome of a call, so nothing is asked again
//! and nothing climbs. Not here: how a test's report looks on a screen (`cli`).

mod expect;
mod oracle;
mod test;

pub(super) use oracle::Oracle;
pub use oracle::{SampledCall, Sampler};
pub use test::{TestFailure, TestReport, TestStep, run_test};
