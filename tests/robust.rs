//! No text is too broken to be read and checked: every prefix, every deleted line and every doubled or deleted token of
//! every script of the repository has a tree, spans that lie in it, and no panic. And a slip is reported where it is.
//!
//! By default a sample is walked. `AGENTFLOW_ROBUST=all` walks everything, which takes minutes in a debug build.

#![allow(
    clippy::disallowed_methods,
    clippy::manual_is_multiple_of,
    reason = "a suite over files on the disk"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::base::{FileId, Span};
use agentflow::diag::{Code, Diagnostic, Severity};
use agentflow::language::hir::MemoryWorld;
use agentflow::language::syntax::{Parsed, parse, parse_prompt};
use std::fmt::Write as _;

/// Every script of the repository, also those that are meant to be wrong.
fn scripts() -> Vec<(String, String)> {
    ["stdlib", "examples", "tests/corpus", "tests/cases", "tests/runs"]
        .into_iter()
        .flat_map(|root| support::walk(root, "agentflow"))
        .filter_map(|path| Some((path.display().to_string(), std::fs::read_to_string(&path).ok()?)))
        .collect()
}

/// Whether the `at`th of all variants is walked: all of them, or about `budget` of them.
struct Sample {
    every: usize,
    at: usize,
}

impl Sample {
    fn of(total: usize, budget: usize) -> Self {
        if std::env::var_os("AGENTFLOW_ROBUST").is_some() {
            return Self { every: 1, at: 0 };
        }
        let every = (total / budget).max(1);
        eprintln!("PARTIAL: 1 of {every} variants; AGENTFLOW_ROBUST=all walks all {total}");
        Self { every, at: 0 }
    }

    fn takes(&mut self) -> bool {
        self.at += 1;
        // A stride that shares no factor with line lengths, so that all places of a line are met.
        (self.at * 7919) % self.every == 0
    }
}

fn read(name: &str, text: &str) -> Parsed {
    let parsed = parse(FileId(0), text);
    let inside = |span: Span| {
        let range = span.range();
        range.end <= text.len() && text.is_char_boundary(range.start) && text.is_char_boundary(range.end)
    };
    for it in &parsed.diagnostics {
        let edits = it.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.place.span);
        let labels = it.labels.iter().map(|label| label.place.span);
        for span in std::iter::once(it.place.span).chain(labels).chain(edits) {
            assert!(inside(span), "{name}: {} has the span {span:?} in\n{text}", it.code);
        }
    }
    for span in spans(&format!("{:?}", parsed.tree)) {
        assert!(inside(span), "{name}: the tree has the span {span:?} in\n{text}");
    }
    parsed
}

/// All spans of a tree, from how it is shown.
fn spans(shown: &str) -> Vec<Span> {
    let number =
        |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
    shown
        .split("Span { start: ")
        .skip(1)
        .map(|part| Span { start: number(part), end: number(part.split("end: ").nth(1).unwrap()) })
        .collect()
}

/// Words, numbers and marks, cut without any knowledge of the language.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    let mut word = false;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        let is_word = letter.is_alphanumeric() || letter == '_';
        match out.last_mut() {
            Some(last) if is_word && word && last.end == at => last.end = end,
            _ if letter.is_whitespace() => {}
            _ => out.push(at..end),
        }
        word = is_word;
    }
    out
}

/// What is left of a text: all before the first place and all from the second on.
type Edit = (usize, usize);

fn edited(text: &str, (end, start): Edit) -> String {
    let between = if start < end { " " } else { "" };
    [&text[..end], between, &text[start..]].concat()
}

/// Reads and checks edited scripts, on all processors.
fn walk(edits: fn(&str) -> Vec<Edit>, budget: usize) {
    let scripts = scripts();
    let all: Vec<(usize, Edit)> = scripts
        .iter()
        .enumerate()
        .flat_map(|(script, (_, text))| edits(text).into_iter().map(move |edit| (script, edit)))
        .collect();
    let mut sample = Sample::of(all.len(), budget);
    let taken: Vec<_> = all.into_iter().filter(|_| sample.takes()).collect();
    let parts = std::thread::available_parallelism().map_or(1, usize::from);
    let survive = |part: &[(usize, Edit)]| {
        for (script, edit) in part {
            let (name, text) = &scripts[*script];
            survives(name, &edited(text, *edit));
        }
    };
    let survive = &survive;
    std::thread::scope(|scope| {
        for part in taken.chunks(taken.len().div_ceil(parts).max(1)) {
            scope.spawn(move || survive(part));
        }
    });
    let failed = std::mem::take(&mut *FAILED.lock().unwrap());
    assert!(failed.is_empty(), "{} texts are not survived; the first:\n{}", failed.len(), failed[0]);
}

/// Texts that were not survived, and why.
static FAILED: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());

/// Reads and checks a text; what panics is kept, so that a walk finds everything.
fn survives(name: &str, text: &str) {
    let run = || {
        read(name, text);
        // A source drops the mark that a file may begin with.
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        for it in check(text) {
            let range = it.place.span.range();
            assert!(text.get(range).is_some(), "{}: {} at {:?}", name, it.code, it.place.span);
        }
    };
    if let Err(panic) = std::panic::catch_unwind(run) {
        let why = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).into()));
        FAILED.lock().unwrap().push(format!("{name}: {}\n{text}", why.unwrap_or_default()));
    }
}

#[test]
fn every_prefix_is_read_and_checked() {
    walk(|text| text.char_indices().map(|(at, _)| (at, text.len())).collect(), 600);
}

#[test]
fn every_deleted_line_is_survived() {
    walk(
        |text| {
            let breaks = text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| *at < text.len());
            let starts: Vec<usize> = std::iter::once(0).chain(breaks).collect();
            starts.iter().copied().zip(starts.iter().copied().skip(1).chain([text.len()])).collect()
        },
        600,
    );
}

#[test]
fn every_doubled_and_deleted_token_is_survived() {
    walk(
        |text| {
            let both = |token: std::ops::Range<usize>| [(token.end, token.start), (token.start, token.end)];
            tokens(text).into_iter().flat_map(both).collect()
        },
        600,
    );
}

#[test]
fn prompt_files_are_read_whatever_they_hold() {
    let scripts = scripts();
    let mut sample = Sample::of(scripts.iter().map(|(_, text)| text.lines().count()).sum(), 300);
    for (_, text) in &scripts {
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            end += line.len();
            if sample.takes() {
                let half = line.char_indices().map(|(at, _)| at).nth(line.chars().count() / 2).unwrap_or(0);
                parse_prompt(FileId(0), &text[..end - line.len() + half]);
            }
        }
    }
}

#[test]
fn no_span_ends_in_the_middle_of_a_letter() {
    for text in [
        "workflow main(a: text) -> text {\n  return a\u{200B}\n//",
        "let c = \u{201C}curly\u{201D} + nothing\nlet d = \u{201E}low\u{201C}",
        "let c = \"${a b of \u{201C}${d}\u{201D}?\" + nothing",
        "workflow main(a: text) -> text {\n  let b = \"\"\"\n    \u{AB}${a}\u{BB}\n",
        "workflow main(a: text\u{FF0C} b: text\u{FF09} -> text {\n  let d = count\u{FF08}\n  return f\u{FF08}a",
    ] {
        for (at, _) in text.char_indices() {
            survives("letters", &text[..at]);
        }
        survives("letters", text);
    }
    let failed = std::mem::take(&mut *FAILED.lock().unwrap());
    assert!(failed.is_empty(), "{}", failed[0]);
}

#[test]
fn depth_is_answered_and_not_suffered() {
    let deep = [
        format!("let x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000)),
        format!("let x = {}1\n", "(".repeat(20_000)),
        format!("let x = {}1{}\n", "[".repeat(20_000), "]".repeat(20_000)),
        format!("let x = {}true\n", "not ".repeat(20_000)),
        format!("let x = {}1\n", "- ".repeat(20_000)),
        format!("let x = 1{}\n", " + 1".repeat(20_000)),
        format!("let x = 1{}\n", " ?? 1".repeat(20_000)),
        format!("let x = a{}\n", ".b".repeat(20_000)),
        format!("let x = a{}\n", "[0]".repeat(20_000)),
        format!("let x = {}1\n", "when true then 1 otherwise ".repeat(20_000)),
        format!("let x = {}\n", "\"${".repeat(20_000)),
        format!("let x = {}1{}\n", "\"${".repeat(200), "}\"".repeat(200)),
        format!("type X = {}\n", "{".repeat(20_000)),
        format!("type X {{ a: {}text{} }}\n", "[".repeat(20_000), "]".repeat(20_000)),
        format!("type X {{ a: text{} }}\n", "?".repeat(20_000)),
        format!("type X {{ a: {}text{} }}\n", "List<".repeat(20_000), ">".repeat(20_000)),
        format!("workflow x() {{ when true {{ }} {} }}\n", "otherwise when true { } ".repeat(20_000)),
        format!("workflow x() {{\n{}\n}}\n", "when true {\n".repeat(20_000)),
        format!("workflow x() {{\n{}\n}}\n", "if true {\n".repeat(20_000)),
        format!("tool x() -> text reads web {{ post \"\" json {} }}\n", "{ a: ".repeat(20_000)),
        "{".repeat(15_000),
        "}".repeat(15_000),
        ")".repeat(15_000),
        "\"".repeat(15_000),
        "${".repeat(15_000),
        "/*".repeat(15_000),
        "'".repeat(15_000),
        "`\n".repeat(15_000),
        "'a\n".repeat(15_000),
        "\"\"\"\n".repeat(20_000),
        "workflow x() {\n".repeat(5_000),
        "let x = (\n".repeat(5_000),
        "let x = \"\"\"\n${\n".repeat(5_000),
        "///\n".repeat(15_000),
        "\0".repeat(15_000),
        ";".repeat(15_000),
        "@".repeat(15_000),
        "a ".repeat(15_000),
        "a\n".repeat(15_000),
        "step a = b(\n".repeat(20_000),
        format!("workflow x() {{\n{}}}\n", "step a = b(\n".repeat(20_000)),
        format!("workflow x() {{\n{}}}\n", "  }\n".repeat(20_000)),
        format!("workflow x() {{\n{}}}\n", "  when a {\n".repeat(5_000)),
        format!("let x = [{}]\n", "1, ".repeat(15_000)),
        format!("let x = [{}]\n", "1 ".repeat(15_000)),
        format!("let x = \"{}\"\n", "${a} ".repeat(20_000)),
        format!("let x = \"\"\"\n{}  \"\"\"\n", "  ${for a in b}\n".repeat(200)),
    ];
    for text in deep {
        let begin = std::time::Instant::now();
        let parsed = parse(FileId(0), &text);
        let taken = begin.elapsed();
        let start: String = text.chars().take(40).collect();
        assert!(taken.as_secs() < 4, "{start}…: {taken:?}");
        assert!(parsed.diagnostics.len() <= 51, "{start}…: {} diagnostics", parsed.diagnostics.len());
        drop(parsed);
    }
}

/// A slip of one token, and the line it is on.
struct Slip {
    text: String,
    at: usize,
    what: &'static str,
}

fn transposed(word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let at = (1..letters.len().checked_sub(1)?).find(|at| letters[*at] != letters[at + 1])?;
    let mut letters = letters;
    letters.swap(at, at + 1);
    Some(letters.into_iter().collect())
}

/// Slips of a token: left out, doubled, two letters of a word exchanged, a stray bracket or word before it.
fn slips(text: &str, token: &std::ops::Range<usize>) -> Vec<Slip> {
    let word = &text[token.clone()];
    let with = |what, new: &str| Slip {
        text: [&text[..token.start], new, &text[token.end..]].concat(),
        at: token.start,
        what,
    };
    let mut out = vec![with("deleted", ""), with("doubled", &format!("{word} {word}"))];
    out.extend(transposed(word).map(|new| with("transposed", &new)));
    out.extend([")", "}", "(", "{", "foo"].map(|stray| with("stray", &format!("{stray} {word}"))));
    out
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count()
}

#[test]
fn a_slip_in_a_template_is_reported_where_it_is() {
    let share = near_the_slip("examples/templates", 25);
    assert!(share >= 0.95, "{:.1} % are too few", share * 100.0);
}

#[test]
fn a_slip_in_any_healthy_script_is_reported_where_it_is() {
    // The library has few files, so that a share of a few slips says nothing; most of its lines are questions of rubrics.
    for (root, budget, least) in
        [("examples/lessons", 3, 0.90), ("tests/corpus", 3, 0.90), ("stdlib", 24, 0.85)]
    {
        let share = near_the_slip(root, budget);
        assert!(share >= least, "{root}: {:.1} % are too few", share * 100.0);
    }
}

/// The share of slips whose first error is within one line, with at most two errors in all. A slip that leaves a script
/// right is none.
fn near_the_slip(root: &str, budget: usize) -> f64 {
    let mut figures: std::collections::BTreeMap<&str, (usize, usize)> = std::collections::BTreeMap::new();
    let mut bad = String::new();
    for path in support::walk(root, "agentflow") {
        let text = std::fs::read_to_string(&path).unwrap();
        if !errors(&text).is_empty() {
            eprintln!("{}: needs other files", path.display());
            continue;
        }
        let code = code_tokens(&text);
        let mut sample = Sample::of(code.len(), budget);
        for token in code.iter().filter(|_| sample.takes()) {
            for slip in slips(&text, token) {
                let found = errors(&slip.text);
                let Some(first) = found.first() else { continue };
                let line = line_of(&slip.text, slip.at);
                let near = line_of(&slip.text, first.place.span.start as usize).abs_diff(line) <= 1;
                let good = near && found.len() <= 2;
                let figure = figures.entry(slip.what).or_default();
                figure.0 += usize::from(good);
                figure.1 += 1;
                if !good {
                    let _ = write!(bad, "{}: ", path.display());
                    show(&mut bad, &slip, &found, line);
                }
            }
        }
    }
    let (good, all) = figures.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    let share = good as f64 / all as f64;
    let percent = share * 100.0;
    eprintln!(
        "{root}: slips reported within one line, with at most two errors: {good} of {all}, {percent:.1} %"
    );
    eprintln!("{figures:?}");
    if let Some(path) = std::env::var_os("AGENTFLOW_SLIPS") {
        std::fs::write(std::path::Path::new(&path).join(root.replace('/', "-")), &bad).unwrap();
    }
    share
}

/// What `check` says of it.
fn check(text: &str) -> Vec<Diagnostic> {
    let world = MemoryWorld::default().with("a.agentflow", text);
    agentflow::language::compile(&world, &["a.agentflow".to_owned()]).diagnostics
}

/// Also a name that is unknown because of the slip is one error too many.
fn errors(text: &str) -> Vec<Diagnostic> {
    check(text).into_iter().filter(|it| it.severity == Severity::Error).collect()
}

fn show(out: &mut String, slip: &Slip, found: &[Diagnostic], line: usize) {
    let shown = slip.text.lines().nth(line).unwrap_or_default();
    let _ = writeln!(out, "{} on line {}: {shown}", slip.what, line + 1);
    for it in found {
        let line = line_of(&slip.text, it.place.span.start as usize) + 1;
        let _ = writeln!(out, "    {line}: {} {}", it.code, it.message);
    }
}

/// The tokens outside of texts and comments, roughly: where a slip changes the form of the script.
fn code_tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut masked = String::with_capacity(text.len());
    let (mut block, mut line) = (false, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("\"\"\"") {
            block = !block;
            masked.push_str("   ");
            rest = &rest[3..];
            continue;
        }
        line = match letter {
            '"' if !block => !line,
            '\n' => false,
            _ => line,
        };
        if rest.starts_with("//") && !block && !line {
            let end = rest.find('\n').unwrap_or(rest.len());
            masked.extend(std::iter::repeat_n(' ', end));
            rest = &rest[end..];
            continue;
        }
        let hidden = (block || line || letter == '"') && letter != '\n';
        let blank = || std::iter::repeat_n(' ', letter.len_utf8());
        if hidden {
            masked.extend(blank());
        } else {
            masked.push(letter);
        }
        rest = &rest[letter.len_utf8()..];
    }
    tokens(&masked)
}

/// What nests: so many times, and the whole script.
type Nesting = fn(usize) -> String;

/// Everything that can stand in itself.
const NESTINGS: [Nesting; 13] = [
    |n| format!("let x = {}1{}\n", "(".repeat(n), ")".repeat(n)),
    |n| format!("let x = {}1{}\n", "[".repeat(n), "]".repeat(n)),
    |n| format!("let x = {}1{}\n", "f(a: ".repeat(n), ")".repeat(n)),
    |n| format!("let x = {}1{}\n", "X { a: ".repeat(n), " }".repeat(n)),
    |n| format!("let x = {}1{}\n", "x[".repeat(n), "]".repeat(n)),
    |n| format!("let x = {}true\n", "not ".repeat(n)),
    |n| format!("let x = {}1{}\n", "when true then (".repeat(n), ") otherwise 2".repeat(n)),
    |n| format!("let x = {}1{}\n", "\"${".repeat(n), "}\"".repeat(n)),
    |n| format!("let x = 1{}\n", " ?? 1".repeat(n)),
    |n| format!("type X {{ a: {}text{} }}\n", "[".repeat(n), "]".repeat(n)),
    |n| format!("type X {{ a: {}text{} }}\n", "List<".repeat(n), ">".repeat(n)),
    |n| format!("workflow x() {{\n{}{}}}\n", "when true {\n".repeat(n), "}\n".repeat(n)),
    |n| format!("tool x() -> text reads web {{ post \"\" json {}1{} }}\n", "{ a: ".repeat(n), " }".repeat(n)),
];

#[test]
fn what_is_just_not_too_deep_needs_little_stack() {
    // A thread has 2 MB where nothing else is said, and a debug build needs the most.
    let small = std::thread::Builder::new().stack_size(1_536 * 1024);
    small.spawn(|| NESTINGS.into_iter().for_each(read_the_deepest)).unwrap().join().unwrap();
}

fn read_the_deepest(nesting: Nesting) {
    let too_deep = |text: &str| parse(FileId(0), text).diagnostics.iter().any(|it| it.code == Code::TooDeep);
    let most = (1..=256).rev().find(|n| !too_deep(&nesting(*n))).unwrap();
    let start: String = nesting(1).chars().take(40).collect();
    eprintln!("{start:?}: {most}");
    assert!(most >= 30, "{start:?}: only {most} deep");
}
