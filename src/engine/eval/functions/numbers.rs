use super::as_int;
use crate::base::Decimal;
use crate::engine::eval::compare::order;
use crate::engine::eval::{EvalFault, Value};
use std::cmp::Ordering;

pub(super) fn sum(items: &[Value]) -> Result<Value, EvalFault> {
    if items.iter().all(|item| matches!(item, Value::Int(_))) {
        let ints = items.iter().filter_map(Value::as_int);
        let total = ints.map(i128::from).sum::<i128>();
        return i64::try_from(total).map(Value::Int).map_err(|_| too_large("the sum", "an int"));
    }
    decimal_sum(items).map(Value::Number)
}

fn decimal_sum(items: &[Value]) -> Result<Decimal, EvalFault> {
    items.iter().try_fold(Decimal::ZERO, |total, item| {
        total.add(number(item)?).map_err(|_| too_large("the sum", "a number"))
    })
}

pub(super) fn mean(items: &[Value]) -> Result<Value, EvalFault> {
    if items.is_empty() {
        return Ok(Value::None);
    }
    let count = Decimal::from(i64::try_from(items.len()).unwrap_or(i64::MAX));
    let mean = decimal_sum(items)?.div(count).map_err(|_| too_large("the mean", "a number"))?;
    Ok(Value::Number(mean))
}

pub(super) fn round(value: &Value) -> Result<Value, EvalFault> {
    let rounded = number(value)?.round(0);
    rounded.to_i64().map(Value::Int).ok_or_else(|| too_large("the rounded number", "an int"))
}

pub(super) fn round_to(value: &Value, digits: &Value) -> Result<Value, EvalFault> {
    let digits = as_int(digits)?;
    let value = number(value)?;
    if let Ok(digits) = u32::try_from(digits) {
        return Ok(Value::Number(value.round(digits)));
    }
    let places = usize::try_from(digits.unsigned_abs()).unwrap_or(usize::MAX);
    if places > 28 {
        return Ok(Value::Number(Decimal::ZERO));
    }
    let unit: Decimal = format!("1{}", "0".repeat(places)).parse().unwrap_or(Decimal::ONE);
    let scaled = value.div(unit).map(|scaled| scaled.round(0)).and_then(|rounded| rounded.mul(unit));
    scaled.map(Value::Number).map_err(|_| too_large("the rounded number", "a number"))
}

pub(super) fn abs(value: &Value) -> Result<Value, EvalFault> {
    match value {
        Value::Int(value) => {
            value.checked_abs().map(Value::Int).ok_or_else(|| too_large("the absolute value", "an int"))
        }
        other => Ok(Value::Number(number(other)?.abs())),
    }
}

pub(super) fn clamp(value: &Value, low: &Value, high: &Value) -> Result<Value, EvalFault> {
    if order(low, high)? == Ordering::Greater {
        let (low, high) = (number(low)?, number(high)?);
        return Err(EvalFault::invalid(format!("`clamp` needs its low end first, found {low} and {high}")));
    }
    let chosen = match (order(value, low)?, order(value, high)?) {
        (Ordering::Less, _) => low,
        (_, Ordering::Greater) => high,
        _ => value,
    };
    Ok(chosen.clone())
}

fn number(value: &Value) -> Result<Decimal, EvalFault> {
    value.as_number().ok_or_else(|| EvalFault::type_fault("a number is no number"))
}

fn too_large(what: &str, for_what: &str) -> EvalFault {
    EvalFault::arithmetic(format!("{what} is too large for {for_what}"))
}
