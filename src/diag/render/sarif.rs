use super::place::locate;
use crate::base::{Place, Source};
use crate::diag::{Code, Diagnostic, Fix, Page, Severity};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A log in the Static Analysis Results Interchange Format, version 2.1.0, with one run.
///
/// Only the rules that have a result are described; their help is the page of the code.
pub fn sarif<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>, sources: &[Source]) -> String {
    let mut rules: Vec<Code> = Vec::new();
    let results: Vec<Value> = diagnostics
        .into_iter()
        .map(|diagnostic| {
            let known = rules.iter().position(|code| *code == diagnostic.code);
            let index = known.unwrap_or_else(|| {
                rules.push(diagnostic.code);
                rules.len() - 1
            });
            result(diagnostic, index, sources)
        })
        .collect();
    let driver = json!({
        "name": "agentflow",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    format!("{log:#}")
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.number(),
        "name": code.name(),
        "shortDescription": { "text": code.title() },
        "help": { "text": code.page(), "markdown": code.page() },
        "defaultConfiguration": { "level": level(code.severity()) },
    });
    if let (Ok(page), Some(object)) = (Page::of(code), rule.as_object_mut()) {
        object.insert("fullDescription".into(), json!({ "text": page.prose }));
    }
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(diagnostic: &Diagnostic, index: usize, sources: &[Source]) -> Value {
    let mut text = diagnostic.message.clone();
    for note in &diagnostic.notes {
        text.push('\n');
        text.push_str(note);
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    let main = diagnostic.label.as_deref().map(|label| (diagnostic.place, label));
    let others = diagnostic.labels.iter().map(|label| (label.place, label.message.as_str()));
    let related = main.into_iter().chain(others).enumerate().map(|(id, (place, message))| {
        json!({ "id": id, "physicalLocation": location(place, sources), "message": { "text": message } })
    });
    let mut result = json!({
        "ruleId": diagnostic.code.number(),
        "ruleIndex": index,
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": location(diagnostic.place, sources) }],
        "relatedLocations": related.collect::<Vec<_>>(),
    });
    if let (Some(it), Some(object)) = (&diagnostic.fix, result.as_object_mut()) {
        object.insert("fixes".into(), json!([fix(it, sources)]));
    }
    result
}

fn fix(fix: &Fix, sources: &[Source]) -> Value {
    let changes = fix.edits.iter().map(|edit| {
        let replacement = json!({
            "deletedRegion": region(edit.place, sources),
            "insertedContent": { "text": edit.text },
        });
        json!({ "artifactLocation": artifact(edit.place, sources), "replacements": [replacement] })
    });
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn location(place: Place, sources: &[Source]) -> Value {
    json!({ "artifactLocation": artifact(place, sources), "region": region(place, sources) })
}

fn region(place: Place, sources: &[Source]) -> Value {
    let at = locate(place, sources);
    json!({
        "startLine": at.start.line,
        "startColumn": at.start.column,
        "endLine": at.end.line,
        "endColumn": at.end.column,
    })
}

fn artifact(place: Place, sources: &[Source]) -> Value {
    let name = sources.get(place.file.0 as usize).map_or("", |source| &*source.name);
    json!({ "uri": uri(name) })
}

/// A path as a URI reference: relative paths stay relative, what a URI does not allow is percent-encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
