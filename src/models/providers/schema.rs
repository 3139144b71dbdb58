use serde_json::{Map, Value, json};
use std::fmt;

/// What a vendor takes of JSON Schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subset {
    /// The keywords that it takes. Every other one is told in the description instead.
    pub keywords: Vec<String>,
    /// Every property has to be required; one that is not becomes one that may be `null`.
    pub all_required: bool,
    /// How deep objects and lists may lie in each other.
    pub depth: u32,
}

/// A schema as a vendor takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduced {
    /// The schema.
    pub schema: Value,
    /// Whether the vendor can guarantee it. It cannot where any value is allowed, or where it lies too deep.
    pub guaranteed: bool,
    /// What it lost, in the order of the schema.
    pub lost: Vec<Lost>,
}

/// Something that a vendor does not hold an answer to. The answer is validated here all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Where, as a path through the answer: `findings[].note`; empty for the whole answer.
    pub at: String,
    /// In words: `at most 80 characters`.
    pub what: String,
}

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.at.is_empty() { "the answer" } else { &self.at };
        write!(formatter, "{place}: {}", self.what)
    }
}

/// Cuts a schema down to what a vendor takes.
pub fn reduce(schema: &Value, subset: &Subset) -> Reduced {
    let mut work = Reducing { subset, lost: Vec::new(), guaranteed: true };
    let schema = work.node(schema, "", 0);
    Reduced { schema, guaranteed: work.guaranteed, lost: work.lost }
}

struct Reducing<'a> {
    subset: &'a Subset,
    lost: Vec<Lost>,
    guaranteed: bool,
}

impl Reducing<'_> {
    fn node(&mut self, schema: &Value, at: &str, depth: u32) -> Value {
        let Value::Object(old) = schema else {
            self.open(at);
            return schema.clone();
        };
        if depth > self.subset.depth {
            self.guaranteed = false;
            self.lose(at, format!("lies deeper than {} levels", self.subset.depth));
        }
        if !old.keys().any(|key| ["type", "enum", "const", "anyOf", "oneOf", "$ref"].contains(&key.as_str()))
        {
            self.open(at);
        }
        let mut new = Map::new();
        let mut told = Vec::new();
        for (key, value) in old {
            self.keyword((key, value), at, depth, &mut new, &mut told);
        }
        self.close(old, &mut new, at);
        tell(&mut new, &told);
        name_the_type(&mut new);
        Value::Object(stand_alone(new))
    }

    fn keyword(
        &mut self,
        (key, value): (&String, &Value),
        at: &str,
        depth: u32,
        new: &mut Map<String, Value>,
        told: &mut Vec<String>,
    ) {
        let taken = self.subset.keywords.iter().any(|known| known == key);
        match (key.as_str(), value) {
            ("properties", Value::Object(fields)) => {
                let below = fields
                    .iter()
                    .map(|(name, field)| (name.clone(), self.node(field, &join(at, name), depth + 1)));
                let below: Map<String, Value> = below.collect();
                new.insert(key.clone(), Value::Object(below));
            }
            ("$defs" | "definitions", Value::Object(types)) => {
                let below: Map<String, Value> =
                    types.iter().map(|(name, ty)| (name.clone(), self.node(ty, name, depth))).collect();
                new.insert(key.clone(), Value::Object(below));
            }
            ("items", below) => {
                let below = self.node(below, &format!("{at}[]"), depth + 1);
                new.insert(key.clone(), below);
            }
            // A choice of which exactly one holds is, for a writer, a choice of which one holds.
            ("anyOf" | "oneOf", Value::Array(choices)) => {
                let choices = choices.iter().map(|choice| self.node(choice, at, depth)).collect();
                new.insert("anyOf".into(), Value::Array(choices));
            }
            ("title" | "default" | "$schema" | "examples", _) if !taken => {}
            _ if taken => drop(new.insert(key.clone(), value.clone())),
            _ => {
                let what = in_words(key, value);
                told.push(what.clone());
                self.lose(at, what);
            }
        }
    }

    /// Objects are closed, and all their fields are required where the vendor wants it.
    fn close(&mut self, old: &Map<String, Value>, new: &mut Map<String, Value>, at: &str) {
        if old.get("type") != Some(&json!("object")) {
            return;
        }
        if old.get("additionalProperties").is_some_and(|more| *more != json!(false))
            || !old.contains_key("properties")
        {
            self.open(at);
        }
        new.insert("additionalProperties".into(), json!(false));
        if !self.subset.all_required {
            return;
        }
        let required: Vec<&str> = old
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let Some(Value::Object(fields)) = new.get_mut("properties") else { return };
        for (name, field) in fields.iter_mut() {
            if !required.contains(&name.as_str()) {
                let whole = field.take();
                *field = or_null(whole);
            }
        }
        let all: Vec<Value> = fields.keys().map(|name| json!(name)).collect();
        new.insert("required".into(), Value::Array(all));
    }

    fn open(&mut self, at: &str) {
        if self.guaranteed || !self.lost.iter().any(|lost| lost.at == at) {
            self.lose(at, "may be any value".into());
        }
        self.guaranteed = false;
    }

    fn lose(&mut self, at: &str, what: String) {
        self.lost.push(Lost { at: at.to_owned(), what });
    }
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// Vendors want a type beside an `enum` too.
fn name_the_type(node: &mut Map<String, Value>) {
    let values = node.get("enum").and_then(Value::as_array);
    if !node.contains_key("type") && values.is_some_and(|values| values.iter().all(Value::is_string)) {
        node.insert("type".into(), json!("string"));
    }
}

/// Vendors refuse a reference that has something beside it, such as a description.
fn stand_alone(mut node: Map<String, Value>) -> Map<String, Value> {
    if node.len() > 1
        && let Some(reference) = node.shift_remove("$ref")
    {
        node.insert("anyOf".into(), json!([{ "$ref": reference }]));
    }
    node
}

/// What the vendor does not hold the answer to is told to the model.
fn tell(node: &mut Map<String, Value>, told: &[String]) {
    if told.is_empty() {
        return;
    }
    let sentence = told.join(", ");
    let text = match node.get("description").and_then(Value::as_str) {
        Some(before) => format!("{before} ({sentence})"),
        None => sentence,
    };
    node.insert("description".into(), Value::String(text));
}

fn in_words(keyword: &str, value: &Value) -> String {
    match keyword {
        "maxLength" => format!("at most {value} characters"),
        "minLength" => format!("at least {value} characters"),
        "maxItems" => format!("at most {value} items"),
        "minItems" => format!("at least {value} items"),
        "minimum" => format!("at least {value}"),
        "maximum" => format!("at most {value}"),
        "exclusiveMinimum" => format!("more than {value}"),
        "exclusiveMaximum" => format!("less than {value}"),
        "multipleOf" => format!("a multiple of {value}"),
        "uniqueItems" => "without doubles".into(),
        "pattern" => format!("matching {value}"),
        "format" => format!("in the format {value}"),
        _ => format!("{keyword} {value}"),
    }
}

/// The schema, or `null`.
fn or_null(schema: Value) -> Value {
    let allows = |choice: &Value| choice.get("type").is_some_and(|ty| *ty == json!("null"));
    match schema {
        Value::Object(mut node) => {
            if let Some(Value::Array(choices)) = node.get_mut("anyOf") {
                if !choices.iter().any(allows) {
                    choices.push(json!({ "type": "null" }));
                }
                return Value::Object(node);
            }
            if let Some(Value::Array(types)) = node.get("type")
                && types.contains(&json!("null"))
            {
                return Value::Object(node);
            }
            json!({ "anyOf": [Value::Object(node), { "type": "null" }] })
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subset() -> Subset {
        let keywords =
            ["type", "description", "enum", "required", "additionalProperties", "$ref", "maxItems"];
        Subset { keywords: keywords.map(String::from).to_vec(), all_required: true, depth: 3 }
    }

    fn check(schema: &Value, expected: &Value, lost: &[&str], guaranteed: bool) {
        let reduced = reduce(schema, &subset());
        assert_eq!(reduced.schema, *expected);
        assert_eq!(reduced.lost.iter().map(ToString::to_string).collect::<Vec<_>>(), lost);
        assert_eq!(reduced.guaranteed, guaranteed);
    }

    #[test]
    fn what_is_lost_is_said_twice() {
        check(
            &json!({ "type": "object", "properties": {
                "notes": { "type": "array", "maxItems": 3, "items": { "type": "string", "maxLength": 80, "description": "one thing" } },
                "points": { "type": "integer", "minimum": 1, "maximum": 5 },
            }, "required": ["notes", "points"], "title": "Answer" }),
            &json!({ "type": "object", "properties": {
                "notes": { "type": "array", "maxItems": 3, "items": { "type": "string", "description": "one thing (at most 80 characters)" } },
                "points": { "type": "integer", "description": "at least 1, at most 5" },
            }, "required": ["notes", "points"], "additionalProperties": false }),
            &["notes[]: at most 80 characters", "points: at least 1", "points: at most 5"],
            true,
        );
    }

    #[test]
    fn an_optional_field_may_be_null_where_all_are_required() {
        check(
            &json!({ "type": "object", "properties": {
                "a": { "type": "string" },
                "b": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                "c": { "type": ["string", "null"] },
                "d": { "oneOf": [{ "$ref": "#/$defs/X" }, { "type": "string" }] },
            }, "required": [] }),
            &json!({ "type": "object", "properties": {
                "a": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                "b": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                "c": { "type": ["string", "null"] },
                "d": { "anyOf": [{ "$ref": "#/$defs/X" }, { "type": "string" }, { "type": "null" }] },
            }, "required": ["a", "b", "c", "d"], "additionalProperties": false }),
            &[],
            true,
        );
    }

    #[test]
    fn references_stand_alone_and_enums_have_a_type() {
        check(
            &json!({ "type": "object", "properties": {
                "a": { "$ref": "#/$defs/X", "description": "the first" },
                "b": { "$ref": "#/$defs/X" },
                "c": { "enum": ["low", "high"] },
            }, "required": ["a", "b", "c"] }),
            &json!({ "type": "object", "properties": {
                "a": { "description": "the first", "anyOf": [{ "$ref": "#/$defs/X" }] },
                "b": { "$ref": "#/$defs/X" },
                "c": { "enum": ["low", "high"], "type": "string" },
            }, "required": ["a", "b", "c"], "additionalProperties": false }),
            &[],
            true,
        );
    }

    #[test]
    fn what_may_be_anything_is_not_guaranteed() {
        check(
            &json!({ "type": "object", "properties": { "answer": {} }, "required": ["answer"] }),
            &json!({ "type": "object", "properties": { "answer": {} }, "required": ["answer"], "additionalProperties": false }),
            &["answer: may be any value"],
            false,
        );
        let deep = json!({ "type": "array", "items": { "type": "array", "items": { "type": "array", "items": { "type": "array", "items": { "type": "string" } } } } });
        check(&deep, &deep, &["[][][][]: lies deeper than 3 levels"], false);
    }
}
