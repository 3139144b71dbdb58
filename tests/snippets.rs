//! What the snippets of the editor leave in a script is right as it stands: each is expanded with its defaults, and with every
//! choice that it offers, put where it belongs, and checked.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use support::files::{CaseFile, split};

/// What is imported is used below, by what is written next.
const NOT_USED_YET: &str = "AF0204";

/// The scripts around those snippets that do not stand alone, by their names.
fn places() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string("tests/data/snippets.agentflow").unwrap();
    split(&text).into_iter().map(|file| (file.path, file.text)).collect()
}

/// A snippet's text, read as editors read it.
struct Expansion<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    /// What each place holds, by its number: the first that names a default gives it to all.
    places: BTreeMap<u32, String>,
    /// Which of its choices a place holds; the first where nothing is said.
    chosen: BTreeMap<u32, usize>,
    /// How many choices a place has.
    choices: BTreeMap<u32, usize>,
}

impl<'a> Expansion<'a> {
    fn of(body: &'a str, chosen: BTreeMap<u32, usize>) -> Self {
        Self { rest: body.chars().peekable(), places: BTreeMap::new(), chosen, choices: BTreeMap::new() }
    }

    /// The text up to one of these letters, which is taken too, or to the end.
    fn until(&mut self, ends: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(letter) = self.rest.next() {
            match letter {
                '\\' => text.extend(self.rest.next()),
                '$' => text.push_str(&self.place()),
                letter if ends.contains(&letter) => return (text, Some(letter)),
                letter => text.push(letter),
            }
        }
        (text, None)
    }

    fn number(&mut self) -> u32 {
        let mut digits = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().unwrap_or_else(|_| panic!("a `$` that is meant needs a `\\` before it"))
    }

    /// What stands behind a `$`.
    fn place(&mut self) -> String {
        if self.rest.next_if_eq(&'{').is_none() {
            let number = self.number();
            return self.places.get(&number).cloned().unwrap_or_default();
        }
        let number = self.number();
        let text = match self.rest.next() {
            Some('}') => return self.places.get(&number).cloned().unwrap_or_default(),
            Some(':') => self.until(&['}']).0,
            Some('|') => self.choice(number),
            other => panic!("`${{{number}` goes on with {other:?}"),
        };
        self.places.entry(number).or_insert(text).clone()
    }

    fn choice(&mut self, number: u32) -> String {
        let mut choices = Vec::new();
        loop {
            let (choice, end) = self.until(&[',', '|']);
            choices.push(choice);
            if end != Some(',') {
                break;
            }
        }
        assert_eq!(self.rest.next(), Some('}'), "a list of choices ends with `|}}`");
        self.choices.insert(number, choices.len());
        choices[self.chosen.get(&number).copied().unwrap_or(0)].clone()
    }
}

/// The snippet with its defaults, and with each of its other choices.
fn expansions(body: &str) -> Vec<String> {
    let mut plain = Expansion::of(body, BTreeMap::new());
    let mut found = vec![plain.until(&[]).0];
    for (place, count) in &plain.choices {
        let others =
            (1..*count).map(|choice| Expansion::of(body, BTreeMap::from([(*place, choice)])).until(&[]).0);
        found.extend(others);
    }
    found
}

/// The script with the snippet in its place, each of its lines as far in as the first.
fn script(around: &str, snippet: &str) -> String {
    let before = around.split('@').next().unwrap();
    let indent = before.rsplit('\n').next().unwrap();
    around.replacen('@', snippet.replace('\n', &format!("\n{indent}")).trim_end(), 1)
}

fn snippets() -> Vec<(String, String)> {
    let text = std::fs::read_to_string("editors/vscode/snippets/agentflow.json").unwrap();
    let Value::Object(all) = serde_json::from_str(&text).unwrap() else { panic!("an object is expected") };
    let body = |it: &Value| {
        let lines = it["body"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        lines.collect::<Vec<_>>().join("\n")
    };
    all.iter().map(|(name, it)| (name.clone(), body(it))).collect()
}

#[test]
fn every_snippet_is_right_as_it_stands() {
    let mut wrong = String::new();
    let snippets = snippets();
    assert!(snippets.len() > 15, "{} snippets", snippets.len());
    let places = places();
    let unknown: Vec<_> = places.keys().filter(|name| snippets.iter().all(|(it, _)| it != *name)).collect();
    assert!(unknown.is_empty(), "there are no such snippets: {unknown:?}");
    for (name, body) in &snippets {
        let around = places.get(name).map_or("@\n", String::as_str);
        for snippet in expansions(body) {
            let text = script(around, &snippet);
            let file = |path: &str, text: &str| CaseFile { path: path.into(), text: text.into() };
            let files = [
                file("snippet.agentflow", &text),
                file("other.agentflow", "agent name() -> text { prompt \"x\" }\n"),
            ];
            let mut checked = support::check(&files);
            checked.diagnostics.retain(|it| it.code.to_string() != NOT_USED_YET);
            if !checked.diagnostics.is_empty() {
                wrong.push_str(&format!("== {name}\n{text}\n{}\n", support::rendered(&checked)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_snippet_is_read_as_editors_read_it() {
    let read = |body: &str| expansions(body);
    assert_eq!(read("a ${1:b}${1} $1 ${2}$0"), ["a bb b "]);
    assert_eq!(read("\\${${2:x}} ${3:\"\\${y\\}\"}"), ["${x} \"${y}\""]);
    assert_eq!(read("${1|<,\\||}."), ["<.", "|."]);
    assert_eq!(script("x\n  @\ny", "a\nb\n"), "x\n  a\n  b\ny");
}
