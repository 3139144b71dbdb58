use serde_json::Value;

/// The text at a path of keys; `None` where something else stands there.
pub(super) fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path).and_then(Value::as_str)
}

/// The count at a path of keys. Some vendors write counts as `12.0`.
pub(super) fn count(value: &Value, path: &[&str]) -> Option<u64> {
    let found = at(value, path)?;
    found.as_u64().or_else(|| {
        let number = found.to_string();
        number.strip_suffix(".0").and_then(|whole| whole.parse().ok())
    })
}

/// The value at a path of keys.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// A text of the outside as part of a message: one line, no control characters, at most 200 characters.
pub(super) fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let clean: String = line.chars().filter(|letter| !letter.is_control()).collect();
    match clean.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean,
    }
}
