//! What a rubric asks, and what follows from the answers (§7).
//!
//! The way of a review: [`gates`] first; if any message comes, [`review_of_gates`]. Then [`questions`]; with none of
//! them [`review`] at once. Else one call a vote with [`judge_system`] and [`judge_prompt`], each reply read as a
//! [`Judgement`], and [`review`] of them all.

mod ask;
mod review;
mod score;
mod votes;

pub use ask::{gates, judge_prompt, judge_system, questions};
pub use review::{ReviewView, review, review_of_gates, review_of_grade};
pub use score::grade_of_score;

use crate::plan::Grade;

/// The answers to all questions of a rubric, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// One a question.
    pub answers: Vec<Judged>,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What was found.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// What a judge found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// For a described dimension.
    Grade(Grade),
    /// For a question of a block.
    Holds(bool),
}
