use super::{as_text, at_least_none, at_least_one};
use crate::base::char_count;
use crate::engine::eval::limits::{MAX_ITEMS, list_fits, text_fits};
use crate::engine::eval::{EvalFault, Value, render};
use crate::plan::{Function, Plan, TextUnit, Type};

pub(super) fn words(text: &str) -> Result<Value, EvalFault> {
    list(text.split_whitespace())
}

pub(super) fn lines(text: &str) -> Result<Value, EvalFault> {
    list(text.lines())
}

pub(super) fn split(text: &str, separator: &str) -> Result<Value, EvalFault> {
    if separator.is_empty() {
        let ends =
            text.char_indices().map(|(at, letter)| text.get(at..at + letter.len_utf8()).unwrap_or_default());
        return list(ends);
    }
    list(text.split(separator))
}

/// A list of texts, given up as soon as it is too long.
fn list<'a>(parts: impl Iterator<Item = &'a str>) -> Result<Value, EvalFault> {
    let parts: Vec<Value> = parts.take(MAX_ITEMS + 1).map(Value::text).collect();
    list_fits(parts.len())?;
    Ok(Value::list(parts))
}

pub(super) fn join(plan: &Plan, items: &[Value], separator: &str) -> Result<Value, EvalFault> {
    let mut out = String::new();
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push_str(separator);
        }
        match item {
            Value::Text(text) => out.push_str(text),
            other => out.push_str(&render(plan, other, &Type::Json)),
        }
        text_fits(out.len())?;
    }
    Ok(Value::text(out))
}

pub(super) fn length(text: &str) -> Value {
    Value::Int(i64::try_from(char_count(text)).unwrap_or(i64::MAX))
}

pub(super) fn replace(text: &str, old: &str, new: &str) -> Result<Value, EvalFault> {
    if old.is_empty() {
        return Ok(Value::text(text));
    }
    let found = text.matches(old).count();
    let grown = found.saturating_mul(new.len()).saturating_add(text.len() - found * old.len());
    text_fits(grown)?;
    Ok(Value::text(text.replace(old, new)))
}

/// The first words or characters of a text, with the white space between them as it is.
pub(in crate::engine::eval) fn cut(text: &Value, unit: TextUnit, count: &Value) -> Result<Value, EvalFault> {
    let (text, count) = (as_text(text)?, at_least_none(count)?);
    let end = match unit {
        TextUnit::Chars => text.char_indices().nth(count).map(|(at, _)| at),
        TextUnit::Words if count == 0 => Some(0),
        TextUnit::Words => word_spans(&text)
            .nth(count - 1)
            .map(|(_, end)| end)
            .filter(|end| text.get(*end..).is_some_and(|rest| !rest.trim().is_empty())),
    };
    Ok(end.and_then(|end| text.get(..end)).map_or(Value::Text(text.clone()), Value::text))
}

/// A text in pieces of so many words or characters; the white space between two pieces of words is dropped.
pub(in crate::engine::eval) fn chunks(
    text: &Value,
    unit: TextUnit,
    size: &Value,
) -> Result<Value, EvalFault> {
    let (text, size) = (as_text(text)?, at_least_one(Function::Chunks, size)?);
    let spans: Vec<(usize, usize)> = match unit {
        TextUnit::Chars => text.char_indices().map(|(at, letter)| (at, at + letter.len_utf8())).collect(),
        TextUnit::Words => word_spans(&text).collect(),
    };
    let pieces = spans.chunks(size).filter_map(|piece| {
        let (first, last) = (piece.first()?, piece.last()?);
        text.get(first.0..last.1)
    });
    list(pieces)
}

/// Where the words of a text begin and end.
fn word_spans(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        let start = rest + tail.find(|letter: char| !letter.is_whitespace())?;
        let word = text.get(start..)?;
        let end = start + word.find(char::is_whitespace).unwrap_or(word.len());
        rest = end;
        Some((start, end))
    })
}
