use super::{EvalFault, Value};

/// Most bytes of a value: its texts, and eight for everything else that it holds (L5.4).
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Most items of a value: those of all lists in it, and entries of JSON (L5.4).
pub const MAX_ITEMS: usize = 100_000;
/// Most levels of a value. What is written as JSON can then be read again: readers stop at 128.
pub const MAX_DEPTH: usize = 120;

/// Whether a value is one of the language's size (L5.4).
pub fn within_limits(value: &Value) -> Result<(), EvalFault> {
    let mut sum = Sum::default();
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        sum.level(depth)?;
        match value {
            Value::Text(text) => sum.bytes(text.len())?,
            Value::List(items) => {
                sum.items(items.len())?;
                open.extend(items.iter().map(|item| (item, depth + 1)));
            }
            Value::Record(record) => {
                sum.bytes(8 * record.fields.len())?;
                open.extend(record.fields.iter().map(|field| (field, depth + 1)));
            }
            Value::Json(json) => sum.json(json, depth)?,
            _ => sum.bytes(8)?,
        }
    }
    Ok(())
}

/// Whether a text of so many bytes may be made.
pub(super) fn text_fits(bytes: usize) -> Result<(), EvalFault> {
    Sum::default().bytes(bytes)
}

/// Whether a list of so many items may be made.
pub(super) fn list_fits(items: usize) -> Result<(), EvalFault> {
    Sum::default().items(items)
}

#[derive(Default)]
struct Sum {
    bytes: usize,
    items: usize,
}

impl Sum {
    fn bytes(&mut self, more: usize) -> Result<(), EvalFault> {
        self.bytes = self.bytes.saturating_add(more);
        if self.bytes > MAX_BYTES {
            return Err(EvalFault::too_long("the value is larger than 16 MB"));
        }
        Ok(())
    }

    fn items(&mut self, more: usize) -> Result<(), EvalFault> {
        self.items = self.items.saturating_add(more);
        if self.items > MAX_ITEMS {
            return Err(EvalFault::too_long("the value holds more than 100,000 items"));
        }
        self.bytes(more.saturating_mul(8))
    }

    fn level(&mut self, depth: usize) -> Result<(), EvalFault> {
        if depth > MAX_DEPTH {
            return Err(EvalFault::too_long(format!(
                "the value is nested more than {MAX_DEPTH} levels deep"
            )));
        }
        self.bytes(0)
    }

    fn json(&mut self, json: &serde_json::Value, depth: usize) -> Result<(), EvalFault> {
        let mut open = vec![(json, depth)];
        while let Some((json, depth)) = open.pop() {
            self.level(depth)?;
            match json {
                serde_json::Value::String(text) => self.bytes(text.len())?,
                serde_json::Value::Array(items) => {
                    self.items(items.len())?;
                    open.extend(items.iter().map(|item| (item, depth + 1)));
                }
                serde_json::Value::Object(entries) => {
                    self.items(entries.len())?;
                    for (key, entry) in entries {
                        self.bytes(key.len())?;
                        open.push((entry, depth + 1));
                    }
                }
                _ => self.bytes(8)?,
            }
        }
        Ok(())
    }
}
