//! Bounds: the same for what is read and for what is there.

use super::words::at_most;
use crate::base::{Decimal, char_count, word_count};
use crate::plan::{TextMax, TextUnit};

/// Why a text is over its bound.
pub(super) fn text(text: &str, max: Option<TextMax>) -> Option<String> {
    let max = max?;
    let count = match max.unit {
        TextUnit::Words => word_count(text),
        TextUnit::Chars => char_count(text),
    };
    (u64::try_from(count).unwrap_or(u64::MAX) > max.count)
        .then(|| format!("expected {}, found {count}", at_most(max)))
}

/// Why an int is outside its range.
pub(super) fn int(value: i64, range: Option<(i64, i64)>) -> Option<String> {
    let (low, high) = range?;
    (!(low..=high).contains(&value))
        .then(|| format!("expected a whole number from {low} to {high}, found {value}"))
}

/// Why a number is outside its range.
pub(super) fn number(value: Decimal, range: Option<(Decimal, Decimal)>) -> Option<String> {
    let (low, high) = range?;
    (!(low..=high).contains(&value)).then(|| format!("expected a number from {low} to {high}, found {value}"))
}

/// Why a list has too many items.
pub(super) fn list(count: usize, max: Option<u64>) -> Option<String> {
    let max = max?;
    let items = if max == 1 { "item" } else { "items" };
    (u64::try_from(count).unwrap_or(u64::MAX) > max)
        .then(|| format!("expected at most {max} {items}, found {count}"))
}
