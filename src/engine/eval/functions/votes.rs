use crate::base::Decimal;
use crate::engine::eval::compare::keys;
use crate::engine::eval::{EvalFault, Value};
use crate::plan::Plan;
use indexmap::IndexMap;

/// What was said, in the order in which it was first seen, and how often.
struct Tally<'a> {
    seen: Vec<(&'a Value, usize)>,
    votes: usize,
}

impl<'a> Tally<'a> {
    /// Counts votes; `none` is not one.
    fn of(plan: &Plan, items: &'a [Value]) -> Self {
        let votes: Vec<&Value> = items.iter().filter(|item| !item.is_none()).collect();
        let folded: Vec<Value> = votes.iter().map(|vote| folded(vote)).collect();
        let mut seen: IndexMap<String, (&Value, usize)> = IndexMap::new();
        for (vote, key) in votes.iter().zip(keys(plan, &folded)) {
            seen.entry(key).or_insert((vote, 0)).1 += 1;
        }
        Self { seen: seen.into_values().collect(), votes: votes.len() }
    }

    /// What was said most often; of several the one that was seen first.
    fn most_common(&self) -> Option<(&'a Value, usize)> {
        let most = self.seen.iter().map(|(_, count)| *count).max()?;
        self.seen.iter().find(|(_, count)| *count == most).copied()
    }
}

/// Texts are compared trimmed and case-folded; what is seen first is what is given back.
fn folded(vote: &Value) -> Value {
    match vote {
        Value::Text(text) => Value::text(text.trim().to_uppercase().to_lowercase()),
        other => other.clone(),
    }
}

pub(super) fn majority(plan: &Plan, items: &[Value]) -> Value {
    let tally = Tally::of(plan, items);
    match tally.most_common() {
        Some((vote, count)) if count * 2 > tally.votes => vote.clone(),
        _ => Value::None,
    }
}

pub(super) fn most_common(plan: &Plan, items: &[Value]) -> Value {
    Tally::of(plan, items).most_common().map_or(Value::None, |(vote, _)| vote.clone())
}

pub(super) fn agreement(plan: &Plan, items: &[Value]) -> Result<Value, EvalFault> {
    let tally = Tally::of(plan, items);
    let Some((_, count)) = tally.most_common() else { return Ok(Value::Number(Decimal::ZERO)) };
    let whole = |count: usize| Decimal::from(i64::try_from(count).unwrap_or(i64::MAX));
    let share = whole(count).div(whole(tally.votes));
    share.map(Value::Number).map_err(|error| EvalFault::arithmetic(error.to_string()))
}
