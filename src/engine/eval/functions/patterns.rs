//! Regular expressions, in time linear in the text.
//!
//! A compiled pattern is kept for its thread: a cache of a pure function, which changes no answer.

use crate::engine::eval::{EvalFault, Value};
use regex::Regex;
use std::cell::RefCell;
use std::collections::HashMap;

/// Patterns that are kept; then the cache begins anew.
const KEPT: usize = 64;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

pub(super) fn matches(text: &str, pattern: &str) -> Result<Value, EvalFault> {
    compiled(pattern).map(|regex| Value::Bool(regex.is_match(text)))
}

pub(super) fn find(text: &str, pattern: &str) -> Result<Value, EvalFault> {
    let regex = compiled(pattern)?;
    Ok(regex.find(text).map_or(Value::None, |found| Value::text(found.as_str())))
}

fn compiled(pattern: &str) -> Result<Regex, EvalFault> {
    COMPILED.with_borrow_mut(|kept| {
        if let Some(regex) = kept.get(pattern) {
            return Ok(regex.clone());
        }
        let regex = Regex::new(pattern).map_err(|error| refused(pattern, &error))?;
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    })
}

/// The last line of the parser's message says what is wrong; those above it draw the pattern.
fn refused(pattern: &str, error: &regex::Error) -> EvalFault {
    let shown: String = pattern.chars().take(80).collect();
    let text = error.to_string();
    let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
    EvalFault::invalid(format!("`{shown}` is no regular expression: {reason}"))
}
