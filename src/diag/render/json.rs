use super::place::locate;
use crate::base::{Place, Source};
use crate::diag::{Diagnostic, Fix};
use serde_json::{Map, Value, json};

/// One object in one line: version 1 of the format for programs. Texts are as they are, escaped by JSON alone.
///
/// Lines and columns count from 1, columns in characters; the end is one past the last character.
pub fn json(diagnostic: &Diagnostic, sources: &[Source]) -> String {
    let mut object = Map::new();
    object.insert("v".into(), json!(1));
    object.insert("code".into(), json!(diagnostic.code.number()));
    object.insert("severity".into(), json!(diagnostic.severity.to_string()));
    object.insert("message".into(), json!(diagnostic.message));
    put_place(&mut object, diagnostic.place, sources);
    let here = diagnostic.label.iter().map(|text| remark(text, diagnostic.place, sources));
    let others = diagnostic.labels.iter().map(|label| remark(&label.message, label.place, sources));
    object.insert("labels".into(), Value::Array(here.chain(others).collect()));
    object.insert("notes".into(), json!(diagnostic.notes));
    object.insert("help".into(), json!(diagnostic.help));
    object.insert("fix".into(), diagnostic.fix.as_ref().map_or(Value::Null, |it| fix(it, sources)));
    Value::Object(object).to_string()
}

fn remark(text: &str, place: Place, sources: &[Source]) -> Value {
    let mut object = Map::new();
    object.insert("message".into(), json!(text));
    put_place(&mut object, place, sources);
    Value::Object(object)
}

fn fix(fix: &Fix, sources: &[Source]) -> Value {
    let edits = fix.edits.iter().map(|edit| {
        let mut object = Map::new();
        put_place(&mut object, edit.place, sources);
        object.insert("text".into(), json!(edit.text));
        Value::Object(object)
    });
    json!({ "title": fix.title, "edits": edits.collect::<Vec<_>>() })
}

fn put_place(object: &mut Map<String, Value>, place: Place, sources: &[Source]) {
    let at = locate(place, sources);
    let name = sources.get(place.file.0 as usize).map_or("", |source| &*source.name);
    object.insert("file".into(), json!(name));
    object.insert("line".into(), json!(at.start.line));
    object.insert("column".into(), json!(at.start.column));
    object.insert("end_line".into(), json!(at.end.line));
    object.insert("end_column".into(), json!(at.end.column));
}
