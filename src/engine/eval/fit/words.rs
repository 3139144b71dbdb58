//! The words of a misfit.

use super::Misfit;
use crate::engine::eval::wire::members;
use crate::plan::{Grade, Param, Plan, TextMax, TextUnit, Type, TypeKind};
use serde_json::Value as Json;

/// A type in the author's words.
pub(super) fn expected(plan: &Plan, ty: &Type) -> String {
    match ty {
        Type::Text(None) => "a text".into(),
        Type::Text(Some(max)) => format!("a text of {}", at_most(*max)),
        Type::Int(None) => "a whole number".into(),
        Type::Int(Some((low, high))) => format!("a whole number from {low} to {high}"),
        Type::Number(None) => "a number".into(),
        Type::Number(Some((low, high))) => format!("a number from {low} to {high}"),
        Type::Bool => "true or false".into(),
        Type::Date => "a date like 2025-03-01".into(),
        Type::Json => "any JSON".into(),
        Type::Grade => format!("one of {}", grades().join(", ")),
        Type::List(..) => "a list".into(),
        Type::Optional(inner) => format!("{} or null", expected(plan, inner)),
        Type::Named(_) | Type::OneOf(_) => declared(plan, ty),
    }
}

fn declared(plan: &Plan, ty: &Type) -> String {
    if let Some(members) = members(plan, ty) {
        let names: Vec<&str> =
            members.iter().filter_map(|id| plan.type_decl(*id)).map(|decl| decl.name.as_str()).collect();
        return format!("an object of one of {}", names.join(", "));
    }
    let Type::Named(id) = ty else { return "an object".into() };
    match plan.type_decl(*id) {
        Some(decl) => match &decl.kind {
            TypeKind::Enum { variants, .. } => {
                let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
                format!("one of {}", names.join(", "))
            }
            _ => format!("an object `{}`", decl.name),
        },
        None => "an object".into(),
    }
}

/// The grades, best first.
pub(super) fn grades() -> Vec<&'static str> {
    Grade::ALL.iter().rev().map(|grade| grade.word()).collect()
}

/// `at most 80 words`
pub(in crate::engine::eval) fn at_most(max: TextMax) -> String {
    let unit = match (max.unit, max.count) {
        (TextUnit::Words, 1) => "word",
        (TextUnit::Words, _) => "words",
        (TextUnit::Chars, 1) => "character",
        (TextUnit::Chars, _) => "characters",
    };
    format!("at most {} {unit}", max.count)
}

/// What stands there instead, shortened.
pub(super) fn found(json: &Json) -> String {
    match json {
        Json::Array(items) if items.is_empty() => "an empty list".into(),
        Json::Array(items) => format!("a list of {}", items.len()),
        Json::Object(_) => "an object".into(),
        Json::String(text) if text.is_empty() => "an empty text".into(),
        Json::String(text) => format!("{:?}", shortened(text)),
        other => shortened(&other.to_string()),
    }
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// ` (did you mean high?)`, or nothing.
pub(super) fn did_you_mean<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let word = word.trim().to_lowercase();
    let length = word.chars().count();
    if length > 100 {
        return String::new();
    }
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&word, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= (length / 3).max(1) && *distance < length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| format!(" (did you mean {name}?)"))
        .unwrap_or_default()
}

/// A name that is no parameter.
pub(super) fn unknown_param(params: &[Param], key: &str) -> Option<Misfit> {
    if params.iter().any(|param| param.name == key) {
        return None;
    }
    let hint = did_you_mean(key, params.iter().map(|param| param.name.as_str()));
    Some(Misfit { path: key.to_owned(), message: format!("there is no such parameter{hint}") })
}
