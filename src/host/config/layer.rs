use super::Environment;
use crate::base::{FileId, Source, Span};
use crate::diag::{Code, Diagnostic};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A source larger than this is no configuration.
const LARGEST: usize = 1 << 20;

/// Reads a file as a source. What cannot be read is a diagnostic at its beginning, in a source without text.
pub(super) fn read_file(path: &Path, file: FileId) -> (Source, Option<Diagnostic>) {
    let name = path.display().to_string();
    let wrong = |code: Code, message: String| {
        (Source::new(name.as_str(), ""), Some(Diagnostic::new(code, file, Span::at(0), message)))
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(why) => {
            let why = if path.is_dir() { "it is a directory".to_owned() } else { lower(&why.to_string()) };
            return wrong(
                Code::ConfigUnreadable,
                format!("the configuration `{name}` cannot be read: {why}"),
            );
        }
    };
    if bytes.len() > LARGEST {
        return wrong(Code::ConfigUnreadable, format!("the configuration `{name}` is larger than 1 MB"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (Source::new(name.as_str(), &text), None),
        Err(why) => {
            let at = why.utf8_error().valid_up_to();
            let message = format!("the configuration `{name}` is not UTF-8: byte {at} is not part of a text");
            wrong(Code::ConfigUnreadable, message)
        }
    }
}

fn lower(text: &str) -> String {
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Reads a source as TOML; one report a line, and no table where there is any.
pub(super) fn parse<'t>(
    source: &'t Source,
    file: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<DeTable<'t>> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut lines = BTreeSet::new();
    for error in &errors {
        let range = error.span().unwrap_or(0..0);
        let span = Span::new(range.start, range.end);
        if lines.insert(source.line_column(span.start).line) {
            let what = error.message().lines().next().unwrap_or_default();
            let message = format!("the configuration is no TOML: {}", lower(what));
            diagnostics.push(Diagnostic::new(Code::ConfigSyntax, file, span, message));
        }
    }
    errors.is_empty().then(|| table.into_inner())
}

/// Sections of which single keys can be set by a variable: `AGENTFLOW_LIMITS_BUDGET`.
const FROM_ENVIRONMENT: &[&str] = &["tiers", "router", "limits", "permissions"];

/// The variables that set something, as a source: a line each.
pub(super) fn environment_source(environment: &Environment) -> Source {
    let mut text = String::new();
    for section in FROM_ENVIRONMENT {
        let prefix = prefix(section);
        for (name, value) in environment.starting_with(&prefix) {
            let line = value.replace(['\n', '\r'], " ");
            text.extend([name, "=", line.as_str(), "\n"]);
        }
    }
    Source::new("environment", &text)
}

fn prefix(section: &str) -> String {
    format!("AGENTFLOW_{}_", section.to_uppercase())
}

/// The same variables as a table of sections, with their places in the source.
pub(super) fn environment_table(source: &Source) -> DeTable<'_> {
    let mut sections: Vec<(&str, DeTable<'_>)> = Vec::new();
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((name, value)) = line.trim_end_matches('\n').split_once('=') else { continue };
        let Some(section) = FROM_ENVIRONMENT.iter().find(|it| name.starts_with(&prefix(it))) else {
            continue;
        };
        let key_start = start + prefix(section).len();
        let key = name.get(prefix(section).len()..).unwrap_or_default().to_lowercase();
        let key = Spanned::new(key_start..start + name.len(), Cow::Owned(key));
        let value_start = start + name.len() + 1;
        let value =
            Spanned::new(value_start..value_start + value.len(), DeValue::String(Cow::Borrowed(value)));
        match sections.iter_mut().find(|(known, _)| known == section) {
            Some((_, table)) => drop(table.insert(key, value)),
            None => sections.push((section, std::iter::once((key, value)).collect())),
        }
    }
    let whole = 0..source.text.len();
    sections
        .into_iter()
        .map(|(section, table)| {
            let key = Spanned::new(whole.clone(), Cow::Borrowed(section));
            (key, Spanned::new(whole.clone(), DeValue::Table(table)))
        })
        .collect()
}
