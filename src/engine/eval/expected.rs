use crate::plan::Type;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What an answer must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// A value of this type. A type that is no record is asked for as `{ "answer": … }`, a plain text as it is.
    Value(Type),
    /// A judgement: an object with one key a question, in this order.
    Judgement(Vec<Question>),
}

/// A question of a judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The key of its answer: `coverage`, or `verifiability_1` for the first question of a block.
    pub key: SmolStr,
    /// What is asked.
    pub text: String,
    /// What the answer is: `{ "reason": text, "grade": Grade }` or `{ "reason": text, "holds": bool }`.
    pub kind: QuestionKind,
}

/// The kinds of questions of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// S to F.
    Grade,
    /// Yes or no.
    Holds,
}

/// Whether a record's `require`s are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requires {
    /// What comes from a model, a tool, a person or an input.
    Checked,
    /// A simulated value whose `require`s could not be met (`CallStats::unmet`).
    Taken,
}
