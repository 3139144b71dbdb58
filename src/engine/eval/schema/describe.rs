use crate::plan::{Grade, Variant};
use serde_json::{Value as Json, json};

/// Puts a sentence into the description of a schema, behind what stands there.
pub(super) fn add(schema: &mut Json, sentence: impl Into<String>) {
    let sentence = sentence.into();
    let Some(entries) = schema.as_object_mut() else { return };
    let described = match entries.get("description").and_then(Json::as_str) {
        Some(before) if !sentence.is_empty() => format!("{before}\n{sentence}"),
        Some(_) => return,
        None => sentence,
    };
    if !described.is_empty() {
        entries.insert("description".to_owned(), Json::String(described));
    }
}

/// Puts a sentence in front of the description.
pub(super) fn add_first(schema: &mut Json, sentence: Option<&str>) {
    let (Some(sentence), Some(entries)) = (sentence, schema.as_object_mut()) else { return };
    let described = match entries.get("description").and_then(Json::as_str) {
        Some(behind) => format!("{sentence}\n{behind}"),
        None => sentence.to_owned(),
    };
    entries.insert("description".to_owned(), Json::String(described));
}

/// A grade, best first.
pub(super) fn grade() -> Json {
    let words: Vec<&str> = Grade::ALL.iter().rev().map(|grade| grade.word()).collect();
    json!({ "type": "string", "enum": words, "description": "a grade: S is the best, F the worst" })
}

/// What the variants mean that say so: `high: …`, a line each.
pub(super) fn variants(variants: &[Variant]) -> String {
    let told =
        variants.iter().filter_map(|variant| Some(format!("{}: {}", variant.name, variant.doc.as_ref()?)));
    told.collect::<Vec<_>>().join("\n")
}
