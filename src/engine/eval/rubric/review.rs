use super::score::{Score, grade_of_score};
use super::votes::combined;
use super::{Judged, Judgement, Verdict};
use crate::base::{Decimal, DecimalError};
use crate::engine::eval::{Args, EvalFault, Value, eval};
use crate::plan::{Criterion, Dimension, DimensionKind, Grade, Plan, Rubric, builtin};
use std::sync::Arc;

/// Digits behind the point of a score that is shown; its grade follows from all of them.
const DIGITS: u32 = 2;

/// A dimension, judged.
struct Part {
    weight: Decimal,
    score: Score,
    grade: Grade,
    reason: String,
    /// What fell short, for the writer.
    short: Vec<String>,
}

/// The review that follows from the votes (L7.4, L7.5); no vote for a rubric without questions.
///
/// An answer that is missing is a fault of kind `invalid`: nothing is averaged over it (L7.3).
pub fn review(plan: &Plan, rubric: &Rubric, args: &[Value], votes: &[Judgement]) -> Result<Value, EvalFault> {
    let mut answers = combined(votes).into_iter();
    let mut parts = Vec::new();
    for dimension in &rubric.dimensions {
        parts.push(part(plan, rubric, args, dimension, &mut answers)?);
    }
    let weighted: Vec<(Decimal, Score)> = parts.iter().map(|part| (part.weight, part.score)).collect();
    let score = Score::mean(&weighted).map_err(arithmetic)?;
    let grade = floored(grade_of_score(score), rubric.floor, &parts);
    let dimensions = rubric.dimensions.iter().zip(&parts).map(|(dimension, part)| value_of(dimension, part));
    let dimensions = dimensions.collect::<Result<Vec<Value>, EvalFault>>()?;
    Ok(record(grade, score.round(DIGITS), dimensions, &advice(rubric, &parts)))
}

/// The grade is no better than the lowest dimension that is below the floor.
fn floored(grade: Grade, floor: Option<Grade>, parts: &[Part]) -> Grade {
    let below =
        floor.and_then(|floor| parts.iter().map(|part| part.grade).filter(|grade| *grade < floor).min());
    below.map_or(grade, |lowest| grade.min(lowest))
}

fn part(
    plan: &Plan,
    rubric: &Rubric,
    args: &[Value],
    dimension: &Dimension,
    answers: &mut impl Iterator<Item = Judged>,
) -> Result<Part, EvalFault> {
    let criteria = match &dimension.kind {
        DimensionKind::Described(_) => return described(dimension, answers),
        DimensionKind::Criteria(criteria) => criteria,
    };
    let mut items = Vec::new();
    let (mut short, mut reasons) = (Vec::new(), Vec::new());
    for criterion in criteria {
        let item = match criterion {
            Criterion::Question(_) => {
                let answer = answers.next().ok_or_else(|| missing(dimension))?;
                let holds = answer.verdict == Verdict::Holds(true);
                if holds {
                    reasons.push(answer.reason);
                } else {
                    short.push(answer.reason);
                }
                if holds { Decimal::ONE } else { Decimal::ZERO }
            }
            Criterion::Check(expr) => {
                let item = checked(&eval(plan, *expr, &Args { params: &rubric.params, values: args })?)?;
                if item < Decimal::ONE {
                    short.push(format!("a check of `{}` holds to {} %", dimension.name, percent(item)));
                }
                item
            }
        };
        items.push(item);
    }
    let score = Score::of_items(&items).map_err(arithmetic)?;
    let grade = grade_of_score(score.value().map_err(arithmetic)?);
    let said = if short.is_empty() { &reasons } else { &short };
    Ok(Part { weight: dimension.weight, score, grade, reason: said.join("\n"), short })
}

fn described(dimension: &Dimension, answers: &mut impl Iterator<Item = Judged>) -> Result<Part, EvalFault> {
    match answers.next() {
        Some(Judged { verdict: Verdict::Grade(grade), reason }) => {
            let short = if grade < Grade::S { vec![reason.clone()] } else { Vec::new() };
            Ok(Part { weight: dimension.weight, score: Score::of_grade(grade), grade, reason, short })
        }
        _ => Err(missing(dimension)),
    }
}

/// What a `check` gave, from 0 to 1.
fn checked(value: &Value) -> Result<Decimal, EvalFault> {
    match value {
        Value::Bool(true) => Ok(Decimal::ONE),
        Value::Bool(false) => Ok(Decimal::ZERO),
        other => {
            let number = other.as_number().filter(|number| (Decimal::ZERO..=Decimal::ONE).contains(number));
            number.ok_or_else(|| EvalFault::invalid("a `check` gives a number that does not lie from 0 to 1"))
        }
    }
}

fn percent(item: Decimal) -> Decimal {
    item.mul(Decimal::HUNDRED).unwrap_or(Decimal::ZERO).round(1)
}

fn value_of(dimension: &Dimension, part: &Part) -> Result<Value, EvalFault> {
    let score = part.score.value().map_err(arithmetic)?.round(DIGITS);
    let fields = vec![
        Value::text(dimension.name.as_str()),
        Value::Grade(part.grade),
        Value::Number(score),
        Value::text(part.reason.as_str()),
    ];
    Ok(Value::record(builtin::DIMENSION, fields))
}

/// The reasons of what fell short, a line each, under the dimension's name and grade (L7.6).
fn advice(rubric: &Rubric, parts: &[Part]) -> String {
    let mut lines = Vec::new();
    for (dimension, part) in rubric.dimensions.iter().zip(parts) {
        for reason in &part.short {
            lines.push(format!("- {} ({}): {reason}", dimension.name, part.grade));
        }
    }
    lines.join("\n")
}

fn missing(dimension: &Dimension) -> EvalFault {
    EvalFault::invalid(format!("the judge gave no answer to `{}`", dimension.name))
}

fn arithmetic(error: DecimalError) -> EvalFault {
    EvalFault::arithmetic(format!("the score of a rubric: {error}"))
}

/// The review of a rubric whose gates do not hold: F, 0 points, no dimensions, the messages as advice (L7.2).
pub fn review_of_gates(messages: &[String]) -> Value {
    record(Grade::F, Decimal::ZERO, Vec::new(), &messages.join("\n"))
}

/// The review that a test gives by its grade: its points, no dimensions, empty advice (L9.1).
pub fn review_of_grade(grade: Grade) -> Value {
    record(grade, Decimal::from(grade.points()), Vec::new(), "")
}

fn record(grade: Grade, score: Decimal, dimensions: Vec<Value>, advice: &str) -> Value {
    let fields =
        vec![Value::Grade(grade), Value::Number(score), Value::list(dimensions), Value::text(advice)];
    Value::record(builtin::REVIEW, fields)
}

/// The parts of a `Review` that a loop looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewView {
    /// The grade.
    pub grade: Grade,
    /// 0 to 100.
    pub score: Decimal,
    /// What to do better.
    pub advice: Arc<str>,
}

impl ReviewView {
    /// The parts of a value that is a `Review`.
    pub fn of(value: &Value) -> Option<Self> {
        match (value.field(0)?, value.field(1)?, value.field(3)?) {
            (Value::Grade(grade), score, Value::Text(advice)) => {
                Some(Self { grade: *grade, score: score.as_number()?, advice: Arc::clone(advice) })
            }
            _ => None,
        }
    }
}
