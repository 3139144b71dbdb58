use crate::base::Decimal;
use crate::plan::{Grade, Plan, TextUnit, Type, TypeKind};
use serde_json::Value as Json;

/// What stands for a value of this type in a usage line.
pub(super) fn metavar(plan: &Plan, ty: &Type) -> &'static str {
    match ty {
        Type::Text(_) => "TEXT",
        Type::Int(_) => "INT",
        Type::Number(_) => "NUMBER",
        Type::Bool => "BOOL",
        Type::Date => "DATE",
        Type::Grade => "GRADE",
        Type::Named(_) if variants(plan, ty).is_some() => "NAME",
        Type::Json | Type::OneOf(_) | Type::Named(_) => "JSON",
        Type::List(inner, _) | Type::Optional(inner) => metavar(plan, inner),
    }
}

/// The words that a value of this type can be, where they are a closed list.
pub(super) fn variants<'a>(plan: &'a Plan, ty: &Type) -> Option<Vec<&'a str>> {
    match ty {
        Type::Named(id) => match &plan.type_decl(*id)?.kind {
            TypeKind::Enum { variants, .. } => Some(variants.iter().map(|variant| &*variant.name).collect()),
            _ => None,
        },
        Type::Grade => Some(Grade::ALL.iter().rev().map(|grade| grade.word()).collect()),
        Type::Optional(inner) => variants(plan, inner),
        _ => None,
    }
}

/// The type in words, as an author writes it where that says enough.
pub(super) fn phrase(plan: &Plan, ty: &Type) -> String {
    match ty {
        Type::Text(None) => "text".into(),
        Type::Text(Some(max)) => {
            let unit = if max.unit == TextUnit::Words { "words" } else { "chars" };
            format!("text max {} {unit}", max.count)
        }
        Type::Int(None) => "int".into(),
        Type::Int(Some((low, high))) => format!("int {low}..{high}"),
        Type::Number(None) => "number".into(),
        Type::Number(Some((low, high))) => format!("number {low}..{high}"),
        Type::Bool => "bool".into(),
        Type::Date => "date as 2025-03-01".into(),
        Type::Json => "JSON".into(),
        Type::Grade => "grade, S to F".into(),
        Type::Named(_) => match variants(plan, ty) {
            Some(names) => format!("one of {}", names.join(", ")),
            None => format!("{} as JSON", name(plan, ty)),
        },
        Type::OneOf(_) => format!("{} as JSON", name(plan, ty)),
        Type::List(inner, max) => {
            let most = max.map_or_else(String::new, |max| format!(" max {max}"));
            format!("[{}]{most}, repeated or as JSON", name(plan, inner))
        }
        Type::Optional(inner) => phrase(plan, inner),
    }
}

/// The type as an author writes it.
pub(super) fn name(plan: &Plan, ty: &Type) -> String {
    let declared = |id: &crate::plan::TypeId| plan.type_decl(*id).map_or("?", |decl| decl.name.as_str());
    match ty {
        Type::Named(id) => declared(id).into(),
        Type::OneOf(ids) => ids.iter().map(declared).collect::<Vec<_>>().join(" | "),
        Type::List(inner, None) => format!("[{}]", name(plan, inner)),
        Type::List(inner, Some(max)) => format!("[{}] max {max}", name(plan, inner)),
        Type::Optional(inner) => format!("{}?", name(plan, inner)),
        Type::Date => "date".into(),
        Type::Grade => "Grade".into(),
        Type::Json => "json".into(),
        _ => phrase(plan, ty),
    }
}

/// What was written on the command line as JSON, which is then fitted to the type; the error says what it takes.
pub(super) fn read(plan: &Plan, ty: &Type, texts: &[String]) -> Result<Json, String> {
    match ty {
        Type::Optional(inner) => read(plan, inner, texts),
        Type::List(inner, _) => list(plan, inner, texts),
        _ => match texts {
            [text] => one(plan, ty, text),
            _ => Err(format!("takes one value, {} are given", texts.len())),
        },
    }
}

/// A list is one JSON list, or each text an item.
fn list(plan: &Plan, item: &Type, texts: &[String]) -> Result<Json, String> {
    if let [text] = texts
        && text.trim_start().starts_with('[')
        && let Ok(Json::Array(items)) = serde_json::from_str(text)
    {
        return Ok(Json::Array(items));
    }
    texts.iter().map(|text| one(plan, item, text)).collect::<Result<_, _>>().map(Json::Array)
}

fn one(plan: &Plan, ty: &Type, text: &str) -> Result<Json, String> {
    let takes = || format!("takes {}, found `{}`", phrase(plan, ty), cut(text));
    match ty {
        Type::Optional(inner) => one(plan, inner, text),
        Type::Text(_) | Type::Date | Type::Grade => Ok(Json::String(text.into())),
        Type::Named(_) if variants(plan, ty).is_some() => Ok(Json::String(text.into())),
        Type::Bool => text.trim().parse().map(Json::Bool).map_err(|_| takes()),
        Type::Int(_) => text.trim().parse::<i64>().map(Json::from).map_err(|_| takes()),
        Type::Number(_) => {
            let number = text.trim().parse::<Decimal>().map_err(|_| takes())?;
            serde_json::from_str(&number.to_string()).map_err(|_| takes())
        }
        Type::Json | Type::Named(_) | Type::OneOf(_) | Type::List(..) => serde_json::from_str(text)
            .map_err(|error| format!("takes {}, and this is no JSON: {error}", phrase(plan, ty))),
    }
}

/// The beginning of a text, in one line.
pub(in crate::cli) fn cut(text: &str) -> String {
    const MOST: usize = 40;
    let line: String = text.chars().map(|letter| if letter.is_whitespace() { ' ' } else { letter }).collect();
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST - 1).chain(['…']).collect() }
}
