//! Laws of formatting a part: any part leaves the same program, and what is typed next is never touched.

use super::{after, repository};
use agentflow::base::{Span, parallel_map};
use agentflow::diag::Edit;
use agentflow::language::hir::MemoryWorld;
use agentflow::language::ide::{Snapshot, Typed, on_type};
use agentflow::language::syntax::{changes, format, format_range};
use std::path::Path;

/// The scripts of the repository, and the broken ones of the case corpus.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths: Vec<_> = ["examples", "tests/corpus", "tests/cases"]
        .into_iter()
        .flat_map(|folder| super::files_below(&root.join(folder)))
        .collect();
    let script = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        path.extension().is_some_and(|it| it == "agentflow").then_some((name, text))
    };
    paths.iter().filter_map(script).collect()
}

/// A text in another form: blanks doubled where a line holds no text, its indentation gone.
fn untidy(text: &str) -> String {
    let line = |line: &str| {
        if line.contains('"') || line.contains("//") { line.to_owned() } else { line.replace(' ', "  ") }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn applied(text: &str, made: &[(Span, String)]) -> String {
    let (mut out, mut done) = (String::new(), 0);
    for (span, new) in made {
        out.push_str(&text[done..span.start as usize]);
        out.push_str(new);
        done = span.end as usize;
    }
    out.push_str(&text[done..]);
    out
}

#[test]
fn all_changes_together_are_the_printed_form() {
    for (name, text) in texts() {
        for text in [text.clone(), untidy(&text)] {
            let printed = format(&text).text;
            assert_eq!(applied(&text, &changes(&text, &printed)), printed, "{name}");
        }
    }
}

#[test]
fn a_formatted_range_leaves_the_same_program() {
    let wrong = parallel_map(&texts(), |at, (name, text)| {
        let text = untidy(text);
        let wanted = format(&text).text;
        let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let mut wrong = Vec::new();
        for (first, last) in [(3 + at % 7, 5 + at % 11), (at % 13, at % 13), (0, 9), (at % 17, 40)] {
            let (Some(first), Some(last)) = (lines.get(first), lines.get(last.max(first))) else { continue };
            let now = applied(&text, &format_range(&text, Span::new(first + 1, *last)));
            if format(&now).text != wanted {
                wrong.push(format!("{name} {first}..{last}\n{now}"));
            }
        }
        wrong
    });
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong[0]);
}

/// Types `typed` at a place of a text that `rest` will follow one day: what is wrong with the edits that follow.
fn typed(name: &str, text: &str, rest: &str, at: usize, what: Typed) -> Option<String> {
    let world = MemoryWorld::default().with("a.agentflow", text);
    let snapshot = Snapshot::of(&world, &["a.agentflow".to_owned()]);
    let edits: Vec<Edit> = on_type(&snapshot, snapshot.file("a.agentflow")?, at, what);
    let line_end = at + text[at..].find('\n').unwrap_or(text.len() - at);
    if edits.iter().any(|it| it.place.span.end as usize > line_end) {
        return Some(format!("{name}: {at}: what stands behind was touched: {edits:?}"));
    }
    let now = after(&world, &snapshot, &edits);
    let now = agentflow::language::hir::World::read(&now, "a.agentflow").ok()?;
    let wanted = format(&format!("{text}{rest}")).text;
    (format(&format!("{now}{rest}")).text != wanted).then(|| format!("{name}: {at}: {edits:?}\n{now}"))
}

#[test]
fn what_is_finished_is_formatted_and_means_the_same() {
    let (_, scripts) = repository();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let some: Vec<&String> = scripts.iter().step_by(7).collect();
    let wrong = parallel_map(&some, |_, script| {
        let text = untidy(&std::fs::read_to_string(root.join(script)).unwrap());
        let mut wrong = Vec::new();
        for (at, _) in text.match_indices('\n').step_by(6) {
            wrong.extend(typed(script, &text, "", at + 1, Typed::LineEnd));
            // In the middle of a line, and with all that follows still to be written.
            let (half, rest) = text.split_at(at + 1);
            wrong.extend(typed(script, half, rest, half.len(), Typed::LineEnd));
        }
        for (at, _) in text.match_indices('}').step_by(3) {
            wrong.extend(typed(script, &text, "", at + 1, Typed::Brace));
        }
        wrong
    });
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{} {}", wrong.len(), wrong[0]);
}
