//! The built-in functions (L5.2). What each takes, gives and does at its edges is said by `plan::Function::doc`, whose
//! examples are run against this module.

mod data;
mod lists;
mod numbers;
mod patterns;
mod texts;
mod votes;

pub(super) use data::{parse, to_json_text};
pub(super) use lists::sorted_by;
pub(super) use texts::{chunks, cut};

use super::expr::{as_list, as_text};
use super::{EvalFault, Value};
use crate::plan::{Function, Plan, TextUnit};

/// Calls a function.
pub(super) fn call(plan: &Plan, function: Function, args: &[Value]) -> Result<Value, EvalFault> {
    match args {
        [one] => unary(plan, function, one),
        [left, right] => binary(plan, function, left, right),
        [first, second, third] => ternary(function, first, second, third),
        _ => Err(wrong(function)),
    }
}

fn unary(plan: &Plan, function: Function, one: &Value) -> Result<Value, EvalFault> {
    use Function as F;
    match function {
        F::Count => Ok(lists::count(as_list(one)?)),
        F::Sum => numbers::sum(as_list(one)?),
        F::Mean => numbers::mean(as_list(one)?),
        F::Min => lists::least(as_list(one)?),
        F::Max => lists::greatest(as_list(one)?),
        F::First => Ok(as_list(one)?.first().cloned().unwrap_or(Value::None)),
        F::Last => Ok(as_list(one)?.last().cloned().unwrap_or(Value::None)),
        F::Sort => lists::sort(as_list(one)?),
        F::Reverse => Ok(Value::list(as_list(one)?.iter().rev().cloned().collect())),
        F::Unique => Ok(lists::unique(plan, as_list(one)?)),
        F::Flatten => lists::flatten(as_list(one)?),
        F::Present => Ok(lists::present(as_list(one)?)),
        F::Majority => Ok(votes::majority(plan, as_list(one)?)),
        F::MostCommon => Ok(votes::most_common(plan, as_list(one)?)),
        F::Agreement => votes::agreement(plan, as_list(one)?),
        F::Round => numbers::round(one),
        F::Abs => numbers::abs(one),
        F::ToJson => to_json_text(plan, one, None),
        F::Date => data::date(&as_text(one)?),
        _ => unary_text(function, &as_text(one)?),
    }
}

fn unary_text(function: Function, text: &str) -> Result<Value, EvalFault> {
    use Function as F;
    match function {
        F::Words => texts::words(text),
        F::Lines => texts::lines(text),
        F::Length => Ok(texts::length(text)),
        F::Trim => Ok(Value::text(text.trim())),
        F::Upper => Ok(Value::text(text.to_uppercase())),
        F::Lower => Ok(Value::text(text.to_lowercase())),
        _ => Err(wrong(function)),
    }
}

fn binary(plan: &Plan, function: Function, left: &Value, right: &Value) -> Result<Value, EvalFault> {
    use Function as F;
    match function {
        F::Take => lists::take(as_list(left)?, right),
        F::Batches => lists::batches(as_list(left)?, right),
        F::Range => lists::range(left, right),
        F::Join => texts::join(plan, as_list(left)?, &as_text(right)?),
        F::Split => texts::split(&as_text(left)?, &as_text(right)?),
        F::Contains => Ok(Value::Bool(as_text(left)?.contains(as_text(right)?.as_ref()))),
        F::StartsWith => Ok(Value::Bool(as_text(left)?.starts_with(as_text(right)?.as_ref()))),
        F::EndsWith => Ok(Value::Bool(as_text(left)?.ends_with(as_text(right)?.as_ref()))),
        F::Matches => patterns::matches(&as_text(left)?, &as_text(right)?),
        F::Find => patterns::find(&as_text(left)?, &as_text(right)?),
        F::Cut => cut(left, TextUnit::Words, right),
        F::Chunks => chunks(left, TextUnit::Words, right),
        F::Round => numbers::round_to(left, right),
        F::DaysBetween => data::days_between(left, right),
        _ => Err(wrong(function)),
    }
}

fn ternary(function: Function, first: &Value, second: &Value, third: &Value) -> Result<Value, EvalFault> {
    match function {
        Function::Replace => texts::replace(&as_text(first)?, &as_text(second)?, &as_text(third)?),
        Function::Clamp => numbers::clamp(first, second, third),
        _ => Err(wrong(function)),
    }
}

fn wrong(function: Function) -> EvalFault {
    EvalFault::type_fault(format!("`{function}` is called with other arguments than it takes"))
}

fn as_int(value: &Value) -> Result<i64, EvalFault> {
    value.as_int().ok_or_else(|| EvalFault::type_fault("an int is no int"))
}

/// A count that has to be 1 or more.
fn at_least_one(function: Function, value: &Value) -> Result<usize, EvalFault> {
    let count = as_int(value)?;
    if count < 1 {
        return Err(EvalFault::invalid(format!("`{function}` needs a size of 1 or more, found {count}")));
    }
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A count where less than nothing is nothing.
fn at_least_none(value: &Value) -> Result<usize, EvalFault> {
    Ok(usize::try_from(as_int(value)?.max(0)).unwrap_or(usize::MAX))
}
