use crate::engine::eval::fit::Fitter;
use crate::engine::eval::limits::{text_fits, within_limits};
use crate::engine::eval::{Date, EvalFault, Requires, Value, to_json};
use crate::plan::{Plan, Type};
use serde_json::Value as Json;

/// `parse(x)`: `none` where a text is no JSON, or where it does not fit.
pub(in crate::engine::eval) fn parse(
    plan: &Plan,
    value: &Value,
    ty: &Type,
    nesting: u32,
) -> Result<Value, EvalFault> {
    let json = match value {
        Value::Text(text) => serde_json::from_str::<Json>(text).ok(),
        Value::Json(json) => Some(json.as_ref().clone()),
        other => Some(to_json(plan, other, None)),
    };
    let fitted = json.and_then(|json| Fitter::new(plan, Requires::Checked, nesting + 1).fit(&json, ty).ok());
    let fitted = fitted.unwrap_or(Value::None);
    within_limits(&fitted)?;
    Ok(fitted)
}

/// `to_json(x)`: on one line, with exact digits.
pub(in crate::engine::eval) fn to_json_text(
    plan: &Plan,
    value: &Value,
    ty: Option<&Type>,
) -> Result<Value, EvalFault> {
    let text = to_json(plan, value, ty).to_string();
    text_fits(text.len())?;
    Ok(Value::text(text))
}

pub(super) fn date(text: &str) -> Result<Value, EvalFault> {
    let shown: String = text.chars().take(40).collect();
    text.parse::<Date>()
        .map(Value::Date)
        .map_err(|_| EvalFault::invalid(format!("expected a date like 2025-03-01, found `{shown}`")))
}

pub(super) fn days_between(from: &Value, to: &Value) -> Result<Value, EvalFault> {
    match (from, to) {
        (Value::Date(from), Value::Date(to)) => Ok(Value::Int(from.days_until(*to))),
        _ => Err(EvalFault::type_fault("a date is no date")),
    }
}
