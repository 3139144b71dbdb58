//! Worst cases of a plan, before anything runs: calls (L10.1). Tokens and prices come with the router.

mod calls;
mod lists;
mod tally;

pub use calls::{call_bound, call_bounds, node_bound};
pub use tally::{CallBound, Factor, FactorKind};
