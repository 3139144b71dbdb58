//! What a rubric asks, and what follows from the answers (§7).
//!
//! The way of a review: [`gates`] first; if any message comes, [`review_of_gates`]. Then [`questions`]; with none of
//! them [`review`] at once. Else one call a vote with [`judge_system`] and [`judge_prompt`], each reply read as a
//! [`Judgement`], and [`review`] of them all.

use super::{EvalFault, Question, Value};
use crate::base::Decimal;
use crate::plan::{Grade, Plan, Rubric};

/// The answers to all questions of a rubric, in their order.
#[derive(Clone, Debug, PartialEq)]
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

/// The messages of the `require`s that do not hold (L7.2).
pub fn gates(plan: &Plan, rubric: &Rubric, args: &[Value]) -> Result<Vec<String>, EvalFault> {
    let _ = (plan, rubric, args);
    Ok(Vec::new())
}

/// What the judge is asked; empty for a rubric of gates and checks alone.
pub fn questions(plan: &Plan, rubric: &Rubric, args: &[Value]) -> Result<Vec<Question>, EvalFault> {
    let _ = (plan, rubric, args);
    Ok(Vec::new())
}

/// The judge's system message.
pub fn judge_system(rubric: &Rubric, questions: &[Question]) -> String {
    let _ = (rubric, questions);
    String::new()
}

/// The judge's user message: every parameter under its name, then the questions.
pub fn judge_prompt(plan: &Plan, rubric: &Rubric, args: &[Value], questions: &[Question]) -> String {
    let _ = (plan, rubric, args, questions);
    String::new()
}

/// The review that follows from the votes (L7.4, L7.5); no vote for a rubric without questions.
pub fn review(plan: &Plan, rubric: &Rubric, args: &[Value], votes: &[Judgement]) -> Result<Value, EvalFault> {
    let _ = (plan, rubric, args, votes);
    Ok(Value::None)
}

/// The review of a rubric whose gates do not hold: F, 0 points, the messages as advice.
pub fn review_of_gates(messages: &[String]) -> Value {
    let _ = messages;
    Value::None
}

/// The review that a test gives by its grade (L9.1).
pub fn review_of_grade(grade: Grade) -> Value {
    let _ = grade;
    Value::None
}

/// The parts of a `Review` that a loop looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewView {
    /// The grade.
    pub grade: Grade,
    /// 0 to 100.
    pub score: Decimal,
    /// What to do better.
    pub advice: String,
}

impl ReviewView {
    /// The parts of a value that is a `Review`.
    pub fn of(value: &Value) -> Option<Self> {
        let _ = value;
        None
    }
}
