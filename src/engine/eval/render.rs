//! How values are written into texts, to the byte (L2.9).
//!
//! | value | text |
//! |---|---|
//! | `text` | as it is |
//! | `int`, `number` | digits, `.` and `-`, without trailing zeros: `3`, `0.5` |
//! | `bool`, `Grade`, variant | `true`, `A`, `high` |
//! | `date` | `2025-03-01` |
//! | list | one `- item` a line; `[]` when it is empty |
//! | record | one `name: value` a line, in the order of the declaration; an absent optional is left out; `{}` when nothing is left |
//! | member of a union | a record whose first line is `type: Search`, where two or more members are possible |
//! | `json` | the same for what it holds; `null` is written |
//!
//! In a list or record a value that is itself a list or record stands below its key, two spaces further in, and begins
//! on the line of its `- `. A text of several lines stands below a `|`, two spaces further in; one line break at its end
//! is dropped, and empty lines have no spaces. An empty text leaves nothing behind `:` and `-`, not even a space.
//! Nothing is quoted. There is no line break at the end.

use super::json::variant_name;
use super::wire::{item_type, tag};
use super::{Record, Value};
use crate::plan::{Plan, Type, TypeKind};
use serde_json::Value as Json;

/// A value as it is written into a text (L2.9). The type says whether a member of a union is named.
pub fn render(plan: &Plan, value: &Value, ty: &Type) -> String {
    let mut out = String::new();
    match shape(plan, value, Some(ty)) {
        Shape::Scalar(text) => out = text,
        shape => shape.write(0, &mut out),
    }
    out
}

/// What is written, without its type.
enum Shape {
    Scalar(String),
    List(Vec<Shape>),
    Map(Vec<(String, Shape)>),
}

fn shape(plan: &Plan, value: &Value, ty: Option<&Type>) -> Shape {
    match value {
        Value::None if matches!(ty, Some(Type::Json)) => scalar("null"),
        Value::None => scalar("none"),
        Value::Bool(value) => scalar(value.to_string()),
        Value::Int(value) => scalar(value.to_string()),
        Value::Number(value) => scalar(value.to_string()),
        Value::Text(text) => scalar(text.as_ref()),
        Value::Date(date) => scalar(date.to_string()),
        Value::Grade(grade) => scalar(grade.word()),
        Value::Variant(ty, position) => scalar(variant_name(plan, *ty, *position)),
        Value::List(items) => {
            Shape::List(items.iter().map(|item| shape(plan, item, item_type(ty))).collect())
        }
        Value::Record(record) => record_shape(plan, value, record, ty),
        Value::Json(json) => json_shape(json),
    }
}

fn scalar(text: impl Into<String>) -> Shape {
    Shape::Scalar(text.into())
}

fn record_shape(plan: &Plan, value: &Value, record: &Record, ty: Option<&Type>) -> Shape {
    let mut entries = Vec::new();
    if let Some((key, decl)) = tag(plan, value, ty) {
        entries.push((key.to_owned(), scalar(decl.name.as_str())));
    }
    if let Some(TypeKind::Record { fields, .. }) = plan.type_decl(record.ty).map(|decl| &decl.kind) {
        for (field, value) in fields.iter().zip(&record.fields) {
            if !value.is_none() || matches!(field.ty, Type::Json) {
                entries.push((field.name.to_string(), shape(plan, value, Some(&field.ty))));
            }
        }
    }
    Shape::Map(entries)
}

fn json_shape(json: &Json) -> Shape {
    match json {
        Json::Null => scalar("null"),
        Json::Bool(value) => scalar(value.to_string()),
        Json::Number(number) => scalar(super::compare::digits(number.as_str())),
        Json::String(text) => scalar(text.as_str()),
        Json::Array(items) => Shape::List(items.iter().map(json_shape).collect()),
        Json::Object(entries) => {
            Shape::Map(entries.iter().map(|(key, entry)| (key.clone(), json_shape(entry))).collect())
        }
    }
}

impl Shape {
    /// What stands on one line behind `key:` or `-`; `None` for what needs lines of its own.
    fn inline(&self) -> Option<&str> {
        match self {
            Self::Scalar(text) => {
                let line = text.strip_suffix('\n').unwrap_or(text);
                (!line.contains('\n')).then_some(line)
            }
            Self::List(items) if items.is_empty() => Some("[]"),
            Self::Map(entries) if entries.is_empty() => Some("{}"),
            _ => None,
        }
    }

    /// Writes lines, of which the first goes on where the text stands and the others are indented.
    fn write(&self, indent: usize, out: &mut String) {
        if let Some(line) = self.inline() {
            out.push_str(line);
            return;
        }
        match self {
            Self::Scalar(text) => write_block(text, indent, out),
            Self::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    new_line(position, indent, out);
                    item.write_item(indent, out);
                }
            }
            Self::Map(entries) => {
                for (position, (key, entry)) in entries.iter().enumerate() {
                    new_line(position, indent, out);
                    out.push_str(key);
                    out.push(':');
                    entry.write_entry(indent, out);
                }
            }
        }
    }

    fn write_item(&self, indent: usize, out: &mut String) {
        match (self, self.inline()) {
            (_, Some("")) => out.push('-'),
            (_, Some(line)) => {
                out.push_str("- ");
                out.push_str(line);
            }
            (Self::Scalar(text), None) => {
                out.push_str("- |");
                write_block(text, indent + 2, out);
            }
            (_, None) => {
                out.push_str("- ");
                self.write(indent + 2, out);
            }
        }
    }

    fn write_entry(&self, indent: usize, out: &mut String) {
        match (self, self.inline()) {
            (_, Some("")) => {}
            (_, Some(line)) => {
                out.push(' ');
                out.push_str(line);
            }
            (Self::Scalar(text), None) => {
                out.push_str(" |");
                write_block(text, indent + 2, out);
            }
            (_, None) => {
                new_line(1, indent + 2, out);
                self.write(indent + 2, out);
            }
        }
    }
}

/// Begins a line, but for the first one.
fn new_line(position: usize, indent: usize, out: &mut String) {
    if position > 0 {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// The lines of a text, each on a new line; one line break at the end is dropped.
fn write_block(text: &str, indent: usize, out: &mut String) {
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
}
