//! Engine wing: runs a plan and knows nothing of text.
//!
//! `eval` computes, `bound` prices, `effect` names the outside, `machine` decides, `driver` does, `sim` pretends.

pub mod bound;
#[cfg(feature = "driver")]
pub mod driver;
pub mod effect;
pub mod eval;
pub mod machine;
#[cfg(feature = "driver")]
pub mod sim;
