//! The machine, played by hand: what starts when, and how each end leads to the next (L3.8–L4.14, L6, L7).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::too_many_lines,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]
#![allow(dead_code, reason = "the support is shared")]

#[path = "../support/plan.rs"]
mod plan;
#[path = "../support/stage.rs"]
mod stage;

mod asks;
mod blocks;
mod calls;
mod failures;
mod flow;
mod given;
mod loops;
mod tools;
mod tries;
