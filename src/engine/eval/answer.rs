use super::{Expected, Question, Requires, Value};
use crate::engine::eval::rubric::Judgement;
use crate::plan::{Plan, Type};

/// A model's answer, read.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of [`Expected::Value`].
    Value(Value),
    /// Of [`Expected::Judgement`].
    Judgement(Judgement),
}

/// Reads a reply, or says why it is none: each reason is a line for the next try.
///
/// Whether the reply was complete is the caller's to know: a truncated answer is never read.
pub fn read_answer(
    plan: &Plan,
    reply: &str,
    expected: &Expected,
    requires: Requires,
) -> Result<Answer, Vec<String>> {
    match expected {
        Expected::Value(ty) => read_value(plan, reply, ty, requires).map(Answer::Value),
        Expected::Judgement(questions) => read_judgement(reply, questions).map(Answer::Judgement),
    }
}

/// Reads a reply as a value.
pub fn read_value(plan: &Plan, reply: &str, ty: &Type, requires: Requires) -> Result<Value, Vec<String>> {
    let _ = (plan, reply, ty, requires);
    Err(Vec::new())
}

/// Reads a reply as a judgement; an answer to every question must be there.
pub fn read_judgement(reply: &str, questions: &[Question]) -> Result<Judgement, Vec<String>> {
    let _ = (reply, questions);
    Err(Vec::new())
}
