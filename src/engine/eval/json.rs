use super::wire::{item_type, tag};
use super::{Record, Value};
use crate::base::Decimal;
use crate::plan::{Plan, Type, TypeId, TypeKind};
use serde_json::{Map, Number, Value as Json};

/// A value as JSON, with its exact digits: an absent optional is `null`, a date `"2025-03-01"`, a grade or variant its
/// name. A member of a union has its record's name under `type` (under `record-type` where a member has a field `type`),
/// but only where `ty` says that two or more members are possible.
pub fn to_json(plan: &Plan, value: &Value, ty: Option<&Type>) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::Number(Number::from(*value)),
        Value::Number(value) => number(*value),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Date(date) => Json::String(date.to_string()),
        Value::Grade(grade) => Json::String(grade.word().to_owned()),
        Value::Variant(ty, position) => Json::String(variant_name(plan, *ty, *position).to_owned()),
        Value::List(items) => items.iter().map(|item| to_json(plan, item, item_type(ty))).collect(),
        Value::Record(record) => object(plan, value, record, ty),
        Value::Json(json) => json.as_ref().clone(),
    }
}

fn object(plan: &Plan, value: &Value, record: &Record, ty: Option<&Type>) -> Json {
    let mut entries = Map::new();
    if let Some((key, decl)) = tag(plan, value, ty) {
        entries.insert(key.to_owned(), Json::String(decl.name.to_string()));
    }
    if let Some(TypeKind::Record { fields, .. }) = plan.type_decl(record.ty).map(|decl| &decl.kind) {
        for (field, value) in fields.iter().zip(&record.fields) {
            entries.insert(field.name.to_string(), to_json(plan, value, Some(&field.ty)));
        }
    }
    Json::Object(entries)
}

/// A decimal as a JSON number of exactly its digits.
pub(super) fn number(value: Decimal) -> Json {
    let digits = value.to_string();
    digits.parse::<Number>().map_or(Json::String(digits), Json::Number)
}

/// The name of a variant; empty for one that the plan does not have.
pub(super) fn variant_name(plan: &Plan, ty: TypeId, position: u32) -> &str {
    match plan.type_decl(ty).map(|decl| &decl.kind) {
        Some(TypeKind::Enum { variants, .. }) => {
            variants.get(position as usize).map_or("", |variant| variant.name.as_str())
        }
        _ => "",
    }
}
