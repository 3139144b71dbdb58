use crate::base::Decimal;
use crate::plan::{Grade, TypeId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A value of the language. Cheap to clone.
///
/// The serialised form is the journal's: it keeps what JSON loses (`Int` or `Number`, which enum). What authors and
/// models see is made by the functions of this module from the value and its type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// `none`
    None,
    /// A `bool`.
    Bool(bool),
    /// An `int`. Where a `number` is expected it is as good as one.
    Int(i64),
    /// A `number`.
    Number(Decimal),
    /// A `text`.
    Text(Arc<str>),
    /// A `date`.
    Date(Date),
    /// A `Grade`.
    Grade(Grade),
    /// A variant of an enum, by its position.
    Variant(TypeId, u32),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A record.
    Record(Arc<Record>),
    /// A JSON value that came from outside as `json`.
    Json(Arc<serde_json::Value>),
}

/// A value of a record type: one value a field, in the order of the declaration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The record's type.
    pub ty: TypeId,
    /// The fields' values; an absent optional field is `none`.
    pub fields: Vec<Value>,
}

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the length of the month.
    pub day: u8,
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A list.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Arc::new(items))
    }

    /// A record.
    pub fn record(ty: TypeId, fields: Vec<Value>) -> Self {
        Self::Record(Arc::new(Record { ty, fields }))
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// A text.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// An `int`, or a `number` that is a whole one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Number(value) => value.to_i64(),
            _ => None,
        }
    }

    /// A `number`; an `int` is as good as one.
    pub fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Int(value) => Some(Decimal::from(*value)),
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// A field of a record, by its position.
    pub fn field(&self, position: usize) -> Option<&Value> {
        if let Self::Record(record) = self { record.fields.get(position) } else { None }
    }

    /// Whether it is `none`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}
