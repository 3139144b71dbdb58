//! How diagnostics look, in all formats: few full renderings, and the formats' own laws.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use agentflow::base::{FileId, Place, Source, Span};
use agentflow::diag::render::{Look, github, human, json, sarif, short, visible};
use agentflow::diag::{Code, Diagnostic, Edit, Fix, apply_fixes};

const SCRIPT: &str = "agent writer(topic: text) -> text {\n  prompt \"Schreib über ${topic}\"\n}\n";

fn place(file: u32, start: usize, end: usize) -> Place {
    Place { file: FileId(file), span: Span::new(start, end) }
}

fn sources() -> Vec<Source> {
    vec![
        Source::new("post 1.agentflow", SCRIPT),
        Source::new("team.agentflow", "// \u{1b}[31mred\u{202e}\nagent other() { prompt \"x\" }\n"),
    ]
}

fn sample() -> Diagnostic {
    Diagnostic::new(Code::NotUtf8, FileId(0), Span::new(55, 63), "`topic` is\nwrong, 100%")
        .here("used here")
        .label(FileId(0), Span::new(13, 18), "bound here")
        .label(FileId(1), Span::new(25, 30), "and \u{1b}[2Jhere")
        .note("a fact")
        .help("do this\nor that")
        .fix(Fix::replace("write `subject`", place(0, 13, 18), "subject"))
}

#[test]
fn a_person_sees_the_page() {
    insta::assert_snapshot!(human([&sample(), &sample()], &sources(), Look::Plain));
}

#[test]
fn control_characters_are_shown_and_never_sent() {
    let second = Diagnostic::new(Code::NotUtf8, FileId(1), Span::new(19, 24), "look \u{1b}[31m").here("here");
    let text = human([&second], &sources(), Look::Plain);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    insta::assert_snapshot!(text);
    assert_eq!(visible("a\tb\r\n\u{7f}"), "a\tb\u{240d}\n\u{2421}");
}

#[test]
fn colours_are_only_there_when_asked_for() {
    assert!(human([&sample()], &sources(), Look::Coloured).contains("\u{1b}[1;31merror"));
    assert!(!human([&sample()], &sources(), Look::Plain).contains('\u{1b}'));
}

#[test]
fn odd_places_are_drawn_without_a_panic() {
    let texts = ["", "\n", "x", "é\u{1b}é\r\né", &"long ".repeat(1000), "a\n\n\n\nb"];
    for text in texts {
        let sources = [Source::new("a", text)];
        for (start, end) in
            [(0, 0), (0, text.len()), (text.len(), text.len()), (1, 2), (9_999_999, 10_000_000)]
        {
            let one = Diagnostic::new(Code::NotUtf8, FileId(0), Span::new(start, end), "odd").label(
                FileId(7),
                Span::at(3),
                "elsewhere",
            );
            for look in [Look::Plain, Look::Coloured] {
                assert!(human([&one], &sources, look).contains("odd"));
            }
            let _ = (
                json(&one, &sources),
                short(&one, &sources),
                github(&one, &sources),
                sarif([&one], &sources),
            );
        }
    }
}

#[test]
fn a_line_is_a_line() {
    insta::assert_snapshot!(short(&sample(), &sources()));
    insta::assert_snapshot!(github(&sample(), &sources()));
}

#[test]
fn json_is_one_object_a_line() {
    let line = json(&sample(), &sources());
    assert!(!line.contains('\n'));
    insta::assert_snapshot!(line);
}

#[test]
fn sarif_validates_against_its_schema() {
    // A pattern of the published schema is no regular expression: its last bracket is not escaped.
    let schema = include_str!("data/sarif-2.1.0.schema.json").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}?$");
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for diagnostics in [vec![], vec![sample()], vec![sample(), sample()]] {
        let log: serde_json::Value = serde_json::from_str(&sarif(&diagnostics, &sources())).unwrap();
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(diagnostics.len()));
    }
}

#[test]
fn a_fix_is_made_wholly_or_not_at_all() {
    let sources = sources();
    let with = |edits: &[(usize, usize, &str)]| {
        let edits = edits
            .iter()
            .map(|(start, end, text)| Edit { place: place(0, *start, *end), text: (*text).into() });
        let fix = Fix { title: "x".into(), edits: edits.collect() };
        Diagnostic::new(Code::NotUtf8, FileId(0), Span::at(0), "x").fix(fix)
    };
    let both = [with(&[(6, 12, "author"), (13, 18, "subject")]), with(&[(18, 18, "s"), (0, 5, "tool")])];
    let fixed = apply_fixes(&sources, &both);
    assert_eq!(fixed.count, 1);
    assert!(fixed.files[&FileId(0)].starts_with("agent author(subject: text)"), "{fixed:?}");
}
