//! Reading a reply (`runtime.md` §4).
//!
//! A plain text is taken as it is, trimmed and without a block of reasoning in front; an empty one is none. For everything
//! else every piece of JSON in the reply is a candidate (see [`super::extract`]): those that fit are kept, and the last of them
//! is the answer. If none fits, the reasons are those of the last candidate, for the next try.

use super::extract::{extract, without_reasoning};
use super::fit::{Fitter, Misfit};
use super::rubric::{Judged, Judgement, Verdict};
use super::schema::is_asked_as_record;
use super::{Expected, Question, QuestionKind, Requires, Value};
use crate::plan::{Grade, Plan, Type};
use serde_json::Value as Json;

/// Reasons that are told to a model at once.
const TOLD: usize = 20;

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
    let fit = |json: &Json| Fitter::new(plan, requires, 0).fit(json, ty);
    if matches!(ty, Type::Text(_)) {
        let text = without_reasoning(reply).trim();
        if text.is_empty() {
            return Err(vec!["the answer is empty".to_owned()]);
        }
        return fit(&Json::String(text.to_owned())).map_err(told);
    }
    let record = is_asked_as_record(plan, ty);
    let found = last_that_reads(reply, |json| match unwrapped(json, record) {
        Some((key, inner)) => {
            let inner =
                if record { fit(inner) } else { Fitter::new(plan, requires, 0).at(key).fit(inner, ty) };
            inner.or_else(|misfits| fit(json).map_err(|_| misfits))
        }
        None => fit(json),
    });
    found.or_else(|reasons| bare_word(reply, ty).and_then(|word| fit(&word).ok()).ok_or(reasons))
}

/// What stands under `answer`, or, where a record is wanted, under the only key of an object; with the key.
fn unwrapped(json: &Json, record: bool) -> Option<(&str, &Json)> {
    let entries = json.as_object().filter(|entries| entries.len() == 1)?;
    let (key, inner) = entries.iter().next()?;
    (key == "answer" || (record && inner.is_object())).then_some((key.as_str(), inner))
}

/// A reply that is no JSON, where a single word, date or grade is wanted.
fn bare_word(reply: &str, ty: &Type) -> Option<Json> {
    match ty {
        Type::Optional(inner) => bare_word(reply, inner),
        Type::Named(_) | Type::Grade | Type::Date => {
            Some(Json::String(without_reasoning(reply).trim().trim_matches(['`', '"', '.']).to_owned()))
        }
        _ => None,
    }
}

/// Reads a reply as a judgement; an answer to every question must be there.
pub fn read_judgement(reply: &str, questions: &[Question]) -> Result<Judgement, Vec<String>> {
    last_that_reads(reply, |json| {
        judgement(json, questions).or_else(|reasons| match unwrapped(json, true) {
            Some((_, inner)) => judgement(inner, questions).map_err(|_| reasons),
            None => Err(reasons),
        })
    })
}

fn judgement(json: &Json, questions: &[Question]) -> Result<Judgement, Vec<Misfit>> {
    let mut misfits = Vec::new();
    let mut answers = Vec::new();
    for question in questions {
        match judged(json.get(question.key.as_str()), question.kind) {
            Ok(answer) => answers.push(answer),
            Err(message) => misfits.push(Misfit { path: question.key.to_string(), message }),
        }
    }
    if misfits.is_empty() { Ok(Judgement { answers }) } else { Err(misfits) }
}

fn judged(json: Option<&Json>, kind: QuestionKind) -> Result<Judged, String> {
    let Some(Json::Object(entries)) = json else { return Err("this question has no answer".to_owned()) };
    let Some(Json::String(reason)) = entries.get("reason") else {
        return Err("expected a `reason` that is a text".to_owned());
    };
    let verdict = match kind {
        QuestionKind::Grade => {
            let grade =
                entries.get("grade").and_then(Json::as_str).and_then(|word| word.parse::<Grade>().ok());
            Verdict::Grade(grade.ok_or("expected a `grade` that is one of S, A, B, C, D, F")?)
        }
        QuestionKind::Holds => {
            let holds = entries.get("holds").and_then(Json::as_bool);
            Verdict::Holds(holds.ok_or("expected `holds` to be true or false")?)
        }
    };
    Ok(Judged { verdict, reason: reason.trim().to_owned() })
}

/// The last piece of JSON that reads; else why the last one does not.
fn last_that_reads<T>(reply: &str, read: impl Fn(&Json) -> Result<T, Vec<Misfit>>) -> Result<T, Vec<String>> {
    let extracted = extract(reply);
    if extracted.breaks_off {
        return Err(vec!["the JSON of the answer breaks off".to_owned()]);
    }
    let mut reasons = None;
    for json in extracted.candidates.iter().rev() {
        match read(json) {
            Ok(value) => return Ok(value),
            Err(misfits) => {
                reasons.get_or_insert(misfits);
            }
        }
    }
    Err(match (reasons, extracted.broken) {
        (Some(misfits), _) => told(misfits),
        (None, Some(error)) => vec![format!("the answer is not valid JSON: {error}")],
        (None, None) if without_reasoning(reply).trim().is_empty() => vec!["the answer is empty".to_owned()],
        (None, None) => vec!["the answer holds no JSON".to_owned()],
    })
}

fn told(misfits: Vec<Misfit>) -> Vec<String> {
    let more = misfits.len().saturating_sub(TOLD);
    let mut lines: Vec<String> = misfits.iter().take(TOLD).map(ToString::to_string).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}
