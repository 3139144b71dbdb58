//! Worst cases of a plan, before anything runs: calls (L10.1). Tokens and prices come with the router.

mod calls;
mod lists;

pub use calls::{CallBound, call_bound};
