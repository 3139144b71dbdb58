//! Every numbered rule of the language is cited by a case, a behaviour or a run (`// rule: L4.3`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many rules each section has.
const SECTIONS: [(u32, u32); 10] =
    [(1, 9), (2, 10), (3, 9), (4, 15), (5, 5), (6, 2), (7, 7), (8, 6), (9, 4), (10, 3)];

/// Rules that are built and still lack a case file; the list only gets shorter.
const WITHOUT_A_CASE: [&str; 0] = [];

/// Rules that are built later, and why they are not here.
const LATER: [(&str, &str); 7] = [
    ("L6.2", "a durable wait needs the journal on a disk"),
    ("L8.3", "permissions come with the tools that touch the world"),
    ("L8.4", "secrets come with the tools that touch the world"),
    ("L8.6", "marked texts are a later version of the language"),
    ("L9.4", "evaluations over recorded cases are a later version of the language"),
    ("L10.2", "bounds of tokens and money come with prices"),
    ("L10.3", "`plan` and `@budget` come with prices"),
];

fn all_rules() -> Vec<String> {
    let of_section = |(section, last)| (1..=last).map(move |rule| format!("L{section}.{rule}"));
    SECTIONS.into_iter().flat_map(of_section).collect()
}

fn cited() -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let scripts = ["tests/behaviour", "tests/cases", "tests/runs"]
        .into_iter()
        .flat_map(|root| support::walk(root, "agentflow"));
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for rule in text.lines().filter_map(|line| line.trim().strip_prefix("// rule:")).flat_map(names) {
            found.entry(rule).or_default().push(show(&path));
        }
    }
    found
}

fn names(line: &str) -> Vec<String> {
    let words = line.split([',', ' ']).map(|word| word.trim_end_matches('.'));
    words.filter(|word| word.starts_with('L') && word.contains('.')).map(String::from).collect()
}

fn show(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn every_rule_has_a_case() {
    let cited = cited();
    let later: BTreeSet<&str> = LATER.iter().map(|(rule, _)| *rule).collect();
    let missing: Vec<String> = all_rules()
        .into_iter()
        .filter(|rule| !later.contains(rule.as_str()) && !cited.contains_key(rule))
        .collect();
    let (open, missing): (Vec<String>, Vec<String>) =
        missing.into_iter().partition(|rule| WITHOUT_A_CASE.contains(&rule.as_str()));
    println!("WITHOUT A CASE YET: {}", open.join(", "));
    assert!(missing.is_empty(), "no case under tests/cases or tests/runs cites {}", missing.join(", "));
}

#[test]
fn what_is_cited_is_a_rule() {
    let known: BTreeSet<String> = all_rules().into_iter().collect();
    let wrong: Vec<_> = cited().into_iter().filter(|(rule, _)| !known.contains(rule)).collect();
    assert!(wrong.is_empty(), "cited, but no rule of the language: {wrong:?}");
}
