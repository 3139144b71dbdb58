use super::{as_int, at_least_none, at_least_one};
use crate::engine::eval::compare::{keys, order};
use crate::engine::eval::expr::as_list;
use crate::engine::eval::limits::list_fits;
use crate::engine::eval::{EvalFault, Value};
use crate::plan::{Function, Plan};
use std::cmp::Ordering;
use std::collections::HashSet;

pub(super) fn count(items: &[Value]) -> Value {
    Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX))
}

pub(super) fn least(items: &[Value]) -> Result<Value, EvalFault> {
    extreme(items, Ordering::Less)
}

pub(super) fn greatest(items: &[Value]) -> Result<Value, EvalFault> {
    extreme(items, Ordering::Greater)
}

/// The first item that no other stands before (or behind).
fn extreme(items: &[Value], wanted: Ordering) -> Result<Value, EvalFault> {
    let mut found = &Value::None;
    for item in items {
        if found.is_none() || order(item, found)? == wanted {
            found = item;
        }
    }
    Ok(found.clone())
}

pub(super) fn sort(items: &[Value]) -> Result<Value, EvalFault> {
    sorted_by(items.to_vec(), items, false).map(Value::list)
}

/// `items` in the order of their keys; what has equal keys stays in its order, whichever way.
pub(in crate::engine::eval) fn sorted_by(
    items: Vec<Value>,
    keys: &[Value],
    descending: bool,
) -> Result<Vec<Value>, EvalFault> {
    let mut fault = None;
    let mut pairs: Vec<(&Value, Value)> = keys.iter().zip(items).collect();
    pairs.sort_by(|(left, _), (right, _)| {
        let ordering = order(left, right).unwrap_or_else(|found| {
            fault = Some(found);
            Ordering::Equal
        });
        if descending { ordering.reverse() } else { ordering }
    });
    match fault {
        Some(fault) => Err(fault),
        None => Ok(pairs.into_iter().map(|(_, item)| item).collect()),
    }
}

pub(super) fn unique(plan: &Plan, items: &[Value]) -> Value {
    let mut seen = HashSet::new();
    let kept = items.iter().zip(keys(plan, items)).filter(|(_, key)| seen.insert(key.clone()));
    Value::list(kept.map(|(item, _)| item.clone()).collect())
}

pub(super) fn flatten(lists: &[Value]) -> Result<Value, EvalFault> {
    let mut all = Vec::new();
    for list in lists {
        let items = as_list(list)?;
        list_fits(all.len().saturating_add(items.len()))?;
        all.extend_from_slice(items);
    }
    Ok(Value::list(all))
}

pub(super) fn present(items: &[Value]) -> Value {
    Value::list(items.iter().filter(|item| !item.is_none()).cloned().collect())
}

pub(super) fn take(items: &[Value], count: &Value) -> Result<Value, EvalFault> {
    let count = at_least_none(count)?;
    Ok(Value::list(items.iter().take(count).cloned().collect()))
}

pub(super) fn batches(items: &[Value], size: &Value) -> Result<Value, EvalFault> {
    let size = at_least_one(Function::Batches, size)?;
    Ok(Value::list(items.chunks(size).map(|batch| Value::list(batch.to_vec())).collect()))
}

pub(super) fn range(from: &Value, to: &Value) -> Result<Value, EvalFault> {
    let (from, to) = (as_int(from)?, as_int(to)?);
    let length = i128::from(to) - i128::from(from) + 1;
    list_fits(usize::try_from(length.max(0)).unwrap_or(usize::MAX))?;
    Ok(Value::list((from..=to).map(Value::Int).collect()))
}
