//! What `check` says about every script under `tests/cases`, in all five formats: each format keeps its own laws whatever
//! it is about.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::diag::render::{Look, github, human, json, sarif, short};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use support::{Checked, files, notes};

fn schema() -> jsonschema::Validator {
    // A pattern of the published schema is no regular expression: its last bracket is not escaped.
    let schema = include_str!("data/sarif-2.1.0.schema.json").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}?$");
    jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap()
}

fn errors(schema: &jsonschema::Validator, log: &str) -> Vec<String> {
    let log: Value = serde_json::from_str(log).unwrap();
    schema.iter_errors(&log).map(|error| format!("{} at {}", error, error.instance_path())).collect()
}

fn cases() -> Vec<(String, Checked)> {
    let paths = support::walk("tests/cases", "agentflow");
    assert!(paths.len() > 100, "{} cases", paths.len());
    paths.iter().map(|path| (path.display().to_string(), checked(path))).collect()
}

fn checked(path: &Path) -> Checked {
    let text = std::fs::read_to_string(path).unwrap();
    support::check(&notes::without_notes(files::split(&text)))
}

#[test]
fn every_log_validates_against_the_schema_of_sarif() {
    let schema = schema();
    let mut wrong = String::new();
    for (path, checked) in cases() {
        let log = sarif(&checked.diagnostics, &checked.sources);
        for error in errors(&schema, &log) {
            let _ = writeln!(wrong, "{path}: {error}");
        }
        let log: Value = serde_json::from_str(&log).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), checked.diagnostics.len(), "{path}");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The keys of a line, in their order.
const KEYS: [&str; 13] = [
    "v",
    "code",
    "severity",
    "message",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "labels",
    "notes",
    "help",
    "fix",
];

#[test]
fn every_json_line_is_as_it_is_specified() {
    let mut wrong = String::new();
    for (path, checked) in cases() {
        for diagnostic in &checked.diagnostics {
            let line = json(diagnostic, &checked.sources);
            let faults = faults_of(&line, &checked);
            for fault in faults {
                let _ = writeln!(wrong, "{path}: {fault}: {line}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn faults_of(line: &str, checked: &Checked) -> Vec<String> {
    let mut faults = Vec::new();
    let object: Value = serde_json::from_str(line).unwrap();
    let mut at = 0;
    for key in KEYS {
        // What a program reads may come in any order; what a person compares should not.
        match line[at..].find(&format!("\"{key}\":")) {
            Some(found) => at += found,
            None => faults.push(format!("`{key}` is missing, or not in its place")),
        }
    }
    let object = object.as_object().unwrap();
    if object.len() != KEYS.len() || line.contains('\n') || object["v"] != 1 {
        faults.push("more keys, more lines, or another version".into());
    }
    if !matches!(object["severity"].as_str(), Some("error" | "warning")) {
        faults.push("neither an error nor a warning".into());
    }
    if !object["notes"].as_array().unwrap().iter().all(Value::is_string) {
        faults.push("a note is no text".into());
    }
    if !(object["help"].is_null() || object["help"].is_string()) {
        faults.push("help is no text".into());
    }
    let labels = object["labels"].as_array().unwrap();
    let edits = object["fix"]["edits"].as_array().into_iter().flatten();
    let places = labels.iter().chain(edits).filter_map(Value::as_object).chain([object]);
    for place in places {
        faults.extend(fault_of_place(place, checked));
    }
    faults
}

/// Lines and columns count from 1, columns in characters, and are on the page.
fn fault_of_place(place: &serde_json::Map<String, Value>, checked: &Checked) -> Option<String> {
    let file = place["file"].as_str()?;
    let Some(source) = checked.sources.iter().find(|source| &*source.name == file) else {
        return Some(format!("there is no file `{file}`"));
    };
    let number = |key: &str| place.get(key).and_then(Value::as_u64).unwrap_or(0);
    let lines: Vec<&str> = source.text.split('\n').collect();
    let on_page = |line: u64, column: u64| {
        let text = usize::try_from(line).ok().and_then(|line| lines.get(line.checked_sub(1)?));
        column >= 1 && text.is_some_and(|text| column <= text.chars().count() as u64 + 1)
    };
    let (start, end) = ((number("line"), number("column")), (number("end_line"), number("end_column")));
    let fits = on_page(start.0, start.1) && on_page(end.0, end.1) && start <= end;
    (!fits).then(|| format!("{start:?} to {end:?} is not on the page of `{file}`"))
}

#[test]
fn a_line_is_a_line_in_short_and_github() {
    for (path, checked) in cases() {
        for diagnostic in &checked.diagnostics {
            let (short, github) = (short(diagnostic, &checked.sources), github(diagnostic, &checked.sources));
            assert!(!short.contains('\n') && !github.contains('\n'), "{path}: {short}");
            let code = format!("[{}]: ", diagnostic.code);
            assert!(short.contains(&code), "{path}: {short}");
            assert!(github.starts_with("::error ") || github.starts_with("::warning "), "{path}: {github}");
        }
    }
}

#[test]
fn a_person_finds_every_message_and_no_control_character() {
    for (path, checked) in cases() {
        let text = human(&checked.diagnostics, &checked.sources, Look::Plain);
        let strange = text.chars().find(|letter| letter.is_control() && *letter != '\n');
        assert_eq!(strange, None, "{path}");
        for diagnostic in &checked.diagnostics {
            let head = format!("{}[{}]: ", diagnostic.severity, diagnostic.code);
            assert!(text.contains(&head), "{path}: {head}");
        }
    }
}

/// The program itself, on all of them at once.
#[test]
fn the_program_writes_all_five_formats() {
    for format in ["human", "short", "json", "sarif", "github"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agentflow"));
        command.args(["check", "tests/cases", "--quiet", "--format", format]);
        let output = command.env_clear().stdin(std::process::Stdio::null()).output().unwrap();
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
        assert_eq!((output.status.code(), &*err), (Some(1), ""), "{format}");
        assert!(!out.contains('\u{1b}'), "{format}: no colours where nobody looks");
        match format {
            "sarif" => assert_eq!(errors(&schema(), &out), Vec::<String>::new()),
            "json" => {
                let lines = out.lines().map(serde_json::from_str::<Value>);
                assert!(lines.clone().count() > 500 && lines.flatten().all(|line| line["v"] == 1));
                assert_eq!(out.lines().map(serde_json::from_str::<Value>).filter(Result::is_err).count(), 0);
            }
            _ => assert!(out.lines().count() > 500, "{format}"),
        }
    }
}
