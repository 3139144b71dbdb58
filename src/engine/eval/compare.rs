//! Equality and order of values.
//!
//! `==` compares structure; an `int` equals the `number` of its value, and what is `json` on either side is compared
//! by content, whatever the order of its keys (L5.1). Ordered are `int number text date Grade` and enums (L5.3).

use super::json::to_json;
use super::{EvalFault, Value};
use crate::base::Decimal;
use crate::plan::Plan;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Whether two values are the same.
pub fn equal(plan: &Plan, left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Json(left), Value::Json(right)) => same_json(left, right),
        (Value::Json(left), right) => same_json(left, &to_json(plan, right, None)),
        (left, Value::Json(right)) => same_json(&to_json(plan, left, None), right),
        (Value::List(left), Value::List(right)) => all_equal(plan, left, right),
        (Value::Record(left), Value::Record(right)) => {
            left.ty == right.ty && all_equal(plan, &left.fields, &right.fields)
        }
        (Value::Int(_) | Value::Number(_), Value::Int(_) | Value::Number(_)) => {
            as_number(left) == as_number(right)
        }
        _ => left == right,
    }
}

fn all_equal(plan: &Plan, left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(plan, left, right))
}

/// Whether two JSON values have the same content.
pub(super) fn same_json(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => digits(left.as_str()) == digits(right.as_str()),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_json(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same_json(value, other)))
        }
        _ => left == right,
    }
}

/// The digits of a JSON number in one form a value.
pub(super) fn digits(text: &str) -> String {
    Decimal::from_json_digits(text).map_or_else(|_| text.to_owned(), |number| number.to_string())
}

/// How two values of an ordered type stand to each other.
pub(super) fn order(left: &Value, right: &Value) -> Result<Ordering, EvalFault> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Ok(left.cmp(right)),
        (Value::Int(_) | Value::Number(_), Value::Int(_) | Value::Number(_)) => {
            Ok(as_number(left).cmp(&as_number(right)))
        }
        (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Ok(left.cmp(right)),
        (Value::Grade(left), Value::Grade(right)) => Ok(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Ok(left.cmp(right)),
        (Value::Variant(left_type, left), Value::Variant(right_type, right)) if left_type == right_type => {
            Ok(left.cmp(right))
        }
        _ => Err(EvalFault::type_fault("two values that have no order are compared")),
    }
}

fn as_number(value: &Value) -> Option<Decimal> {
    value.as_number()
}

/// A key that two values share exactly when they are equal, for a list of one type.
///
/// Where some value is `json`, all are told apart by content; else records keep their type, as two members of a union
/// may have the same fields.
pub(super) fn keys(plan: &Plan, values: &[Value]) -> Vec<String> {
    let by_content = values.iter().any(|value| matches!(value, Value::Json(_)));
    values
        .iter()
        .map(|value| {
            let mut key = String::new();
            if let (Value::Record(record), false) = (value, by_content) {
                key = format!("{} ", record.ty.0);
            }
            write_key(&to_json(plan, value, None), &mut key);
            key
        })
        .collect()
}

fn write_key(json: &Json, out: &mut String) {
    match json {
        Json::Number(number) => out.push_str(&digits(number.as_str())),
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_key(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (key, entry) in sorted {
                out.push_str(&Json::String(key.clone()).to_string());
                out.push(':');
                write_key(entry, out);
                out.push(',');
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}
