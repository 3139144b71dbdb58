//! Worst cases of a plan: calls (L10.1). Tokens and prices come with the router.

mod calls;

pub use calls::{CallBound, call_bound};
