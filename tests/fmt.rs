//! The laws of the formatter, over every script of the repository: stable on the second pass, the same tree, the same
//! comments, the same texts; a broken declaration keeps every byte.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

#[path = "support/walk.rs"]
mod walk;

use agentflow::base::{FileId, Span};
use agentflow::language::syntax::ast::{CommentKind, Tree};
use agentflow::language::syntax::{format, parse};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use walk::files_below;

/// Every script of the repository, with its path.
fn corpus() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_script = |path: &PathBuf| path.extension().is_some_and(|it| it == "agentflow");
    let paths = ["examples", "stdlib", "tests"].into_iter().flat_map(|dir| files_below(&root.join(dir)));
    let paths: Vec<PathBuf> = paths.filter(is_script).collect();
    let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
    paths.iter().filter_map(|path| Some((name(path), fs::read_to_string(path).ok()?))).collect()
}

/// A tree without its places, and without the `max 3` that a formatted loop has.
fn shape(tree: &Tree) -> String {
    let text = format!("{:#?}", tree.items);
    let mut lines = Vec::new();
    let mut skipped = 0;
    for line in text.lines() {
        let word = line.trim();
        if word == "Span {" || word.ends_with(": Span {") {
            skipped = 4;
        }
        if skipped > 0 {
            skipped -= 1;
            continue;
        }
        lines.push(word.to_owned());
    }
    lines.join("\n").replace("max: Some(\nBound {\nkind: Int(\n3,\n),\n},\n)", "max: None")
}

/// What a person would miss: the comments, and each text as it stands on the page.
fn words_of(text: &str, tree: &Tree) -> (Vec<String>, Vec<CommentKind>) {
    let slice = |span: Span| text[span.range()].trim_end().to_owned();
    let comments = tree.comments.iter().map(|it| slice(it.span)).collect();
    (comments, tree.comments.iter().map(|it| it.kind).collect())
}

/// What breaks a law, in words.
fn broken_law(text: &str) -> Option<String> {
    let once = format(text);
    let twice = format(&once.text);
    if once.text != twice.text {
        return Some("the second pass changes it".to_owned());
    }
    let (before, after) = (parse(FileId(0), text), parse(FileId(0), &once.text));
    let codes = |parsed: &agentflow::language::syntax::Parsed| -> Vec<_> {
        parsed.diagnostics.iter().map(|it| it.code).collect()
    };
    if codes(&before) != codes(&after) {
        return Some("other diagnostics".to_owned());
    }
    if words_of(text, &before.tree) != words_of(&once.text, &after.tree) {
        return Some("other comments".to_owned());
    }
    if before.diagnostics.is_empty() && shape(&before.tree) != shape(&after.tree) {
        return Some("another tree".to_owned());
    }
    let lost = once.left.iter().find(|span| !once.text.contains(text[span.range()].trim_end()));
    lost.map(|span| format!("a broken declaration lost bytes: {:?}", &text[span.range()]))
}

#[test]
fn the_laws_hold_for_every_script() {
    let mut wrong = Vec::new();
    for (name, text) in corpus() {
        wrong.extend(broken_law(&text).map(|law| format!("{name}: {law}")));
    }
    assert!(wrong.is_empty(), "laws of the formatter that do not hold:\n{}", wrong.join("\n"));
}

#[test]
fn the_examples_are_in_canonical_form() {
    let ours = |name: &str| name.starts_with("examples") || name.starts_with("stdlib");
    let differs = |(name, text): &(String, String)| ours(name) && format(text).text != *text;
    let wrong: Vec<String> = corpus().into_iter().filter(differs).map(|(name, _)| name).collect();
    assert!(wrong.is_empty(), "write them with `agentflow fmt examples stdlib`:\n{}", wrong.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// White space where it means nothing, and line ends where they are white space, change nothing but the form.
    #[test]
    fn the_laws_hold_for_other_forms(pick in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let all = corpus();
        let (name, text) = &all[pick.index(all.len())];
        let text = reshaped(text, seed);
        if let Some(law) = broken_law(&text) {
            prop_assert!(false, "{name}: {law}\n{text}");
        }
    }

    /// A slip anywhere leaves the laws as they are.
    #[test]
    fn the_laws_hold_for_broken_scripts(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), what in "[{}()\"a=,|@.]|//|step|\n") {
        let all = corpus();
        let (name, text) = &all[pick.index(all.len())];
        let mut place = at.index(text.len() + 1);
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        let text = format!("{}{what}{}", &text[..place], &text[place..]);
        if let Some(law) = broken_law(&text) {
            prop_assert!(false, "{name} with {what:?} at {place}: {law}");
        }
    }
}

/// The text with more blanks and empty lines between its words, outside of texts and comments.
fn reshaped(text: &str, seed: u64) -> String {
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut out = String::new();
    let mut block = false;
    for line in text.lines() {
        let quotes = line.matches("\"\"\"").count();
        if !block && quotes == 0 && !line.contains('"') && !line.contains("//") {
            for c in line.chars() {
                out.push(c);
                if c == ' ' && next() % 5 == 0 || matches!(c, '(' | '[') && next() % 7 == 0 {
                    out.push_str(if c == ' ' { "  " } else { "\n" });
                }
            }
            if next() % 9 == 0 {
                out.push('\n');
            }
        } else {
            out.push_str(line);
        }
        block ^= quotes % 2 == 1;
        out.push('\n');
    }
    out
}

/// What stands between two declarations and belongs to none is kept.
#[test]
fn a_slip_at_the_edge_of_a_declaration_is_kept() {
    for text in [
        "tool few() -> int pure { return 1 }}\ntool more() -> int pure { return 2 }\n",
        "}tool few() -> int pure { return 1 }\n",
        "\"type S {\n  /// f\n  f: text\n\n  /// last\n}\n\ntool few() -> int pure { return 1 }\n",
        "function f(a) {\n  let b = 1;\n  ;\n}\n\ntool few() -> int pure { return 1 }\n",
        "agent a() -> text { prompt \"x\" } )\n\nagent b() -> text {prompt \"y\"}\n",
    ] {
        assert_eq!(broken_law(text), None, "{text}\n{}", format(text).text);
        assert_eq!(format(text).text.matches(['}', ')']).count(), text.matches(['}', ')']).count(), "{text}");
    }
}

/// A script with a comment at the end of one line, and the same without its indentation.
fn with_comment(text: &str, at: usize) -> Option<(String, String)> {
    let (mut with, mut flat) = (String::new(), String::new());
    let mut block = false;
    for (number, line) in text.lines().enumerate() {
        let starts_in_text = block;
        let is_comment = line.trim_start().starts_with("//");
        block ^= !is_comment && line.matches("\"\"\"").count() % 2 == 1;
        let mut line = line.to_owned();
        if number == at {
            if block || line.contains("//") || line.is_empty() {
                return None;
            }
            line.push_str(" // here");
        }
        with.push_str(&format!("{line}\n"));
        flat.push_str(&format!("{}\n", if starts_in_text { &line } else { line.trim_start() }));
    }
    Some((with, flat))
}

/// A comment behind any line stays there, and what is around it still gets its form; only inside an expression may it keep a
/// statement as it was written.
#[test]
fn a_comment_at_the_end_of_a_line_is_in_nobodys_way() {
    let (mut all, mut wrong) = (0, Vec::new());
    for (name, text) in corpus().into_iter().filter(|(name, _)| name.starts_with("examples")) {
        for at in (0..text.lines().count()).step_by(5) {
            let Some((with, flat)) = with_comment(&text, at) else { continue };
            all += 1;
            if format(&with).text != format(&flat).text {
                wrong.push(format!("{name}:{}", at + 1));
            }
        }
    }
    assert!(all > 200 && wrong.len() * 100 <= all, "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}
