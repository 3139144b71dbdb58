//! What a script's text becomes: trees, spans, comments, and what is said of what cannot be read.

#![allow(clippy::disallowed_methods, reason = "a test reads its data")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::base::FileId;
use agentflow::language::syntax::{parse, parse_whole};
use std::fmt::Write as _;

/// Every script of the repository that is meant to be right.
fn healthy() -> Vec<(String, String)> {
    ["stdlib", "examples", "tests/corpus"]
        .into_iter()
        .flat_map(|root| support::walk(root, "agentflow"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn the_healthy_scripts_have_nothing_wrong_with_them() {
    let mut wrong = String::new();
    for (path, text) in healthy() {
        for it in parse(FileId(0), &text).diagnostics {
            let line = text[..it.place.span.start as usize].matches('\n').count() + 1;
            let _ = writeln!(wrong, "{path}:{line}: {} {}", it.code, it.message);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Every script, and each that is meant to be right once more without every seventh line.
fn broken() -> Vec<(String, String)> {
    let cases = ["tests/cases", "tests/runs"].into_iter().flat_map(|root| support::walk(root, "agentflow"));
    let cases = cases.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
    let holed = healthy().into_iter().flat_map(|(path, text)| {
        let without = move |first: usize| {
            let lines = text.split_inclusive('\n').enumerate();
            lines.filter(|(at, _)| at % 7 != first).map(|(_, line)| line).collect::<String>()
        };
        (0..7).map(move |first| (format!("{path} without lines"), without(first))).collect::<Vec<_>>()
    });
    cases.chain(holed).collect()
}

#[test]
fn the_rule_for_the_whole_file_gives_the_same_tree() {
    for (path, text) in healthy().into_iter().chain(broken()) {
        let (chunks, whole) = (parse(FileId(0), &text), parse_whole(FileId(0), &text));
        if chunks != whole {
            let (left, right) = (format!("{chunks:#?}"), format!("{whole:#?}"));
            let lines: Vec<_> = left.lines().zip(right.lines()).collect();
            let at = lines.iter().position(|(left, right)| left != right).unwrap_or(lines.len());
            let shown = &lines[at.saturating_sub(8)..(at + 8).min(lines.len())];
            panic!("{path}: read by declarations and read whole it has two trees: {shown:#?}\n{text}");
        }
    }
}
