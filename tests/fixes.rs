//! A fix that is offered is certain: made alone, it takes its own diagnostic away and brings no other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::diag::{Diagnostic, apply_fixes};
use std::fmt::Write as _;
use support::files::{self, CaseFile};
use support::{Checked, notes};

/// What a fix may uncover, because the author has to go on from there: a case that is added binds nothing yet, so that a name
/// of the other cases may be absent below; a name that is taken by its right spelling may be used by nobody.
const UNCOVERED: [(&str, &[&str]); 2] = [("AF0202", &["AF0204"]), ("AF0431", &["AF0511", "AF0512"])];

fn is_uncovered(by: &Diagnostic, found: &Diagnostic) -> bool {
    UNCOVERED.iter().any(|(code, after)| *code == by.code.number() && after.contains(&found.code.number()))
}

#[test]
fn a_fix_takes_its_diagnostic_away_and_brings_no_other() {
    let mut wrong = String::new();
    let mut count = 0;
    for path in support::walk("tests/cases", "agentflow") {
        let text = std::fs::read_to_string(&path).unwrap();
        let case = notes::without_notes(files::split(&text));
        let before = support::check(&case);
        for diagnostic in before.diagnostics.iter().filter(|it| it.fix.is_some()) {
            count += 1;
            let left = left_over(&case, &before, diagnostic);
            if let Some(left) = left {
                let _ =
                    writeln!(wrong, "{}: {} {}\n{left}", path.display(), diagnostic.code, diagnostic.message);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 50, "only {count} fixes are offered in all cases");
}

/// Whether a diagnostic was not there before.
fn was_not(before: &Checked, it: &Diagnostic) -> bool {
    !before.diagnostics.iter().any(|old| (old.code, &old.message) == (it.code, &it.message))
}

/// What is found once the fix was made and was not found before, or is still found.
fn left_over(case: &[CaseFile], before: &Checked, diagnostic: &Diagnostic) -> Option<String> {
    let fixed = apply_fixes(&before.sources, [diagnostic]);
    let mut files = case.to_vec();
    for (file, text) in &fixed.files {
        let name = &before.sources[file.0 as usize].name;
        files.iter_mut().find(|it| *it.path == **name)?.text.clone_from(text);
    }
    let mut after = support::check(&files);
    let line = |checked: &Checked, it: &Diagnostic| {
        let source = &checked.sources[it.place.file.0 as usize];
        source.line_column(it.place.span.start).line
    };
    // Of what cannot be read one report a line is shown, so the next one on the line comes out.
    let syntax = ["AF00", "AF01"].iter().any(|range| diagnostic.code.number().starts_with(range));
    let here = line(before, diagnostic);
    let hidden: Vec<bool> = after
        .diagnostics
        .iter()
        .map(|it| syntax && was_not(before, it) && line(&after, it).saturating_sub(here) <= 1)
        .collect();
    let mut hidden = hidden.into_iter();
    after.diagnostics.retain(|it| !is_uncovered(diagnostic, it) && !hidden.next().unwrap_or(false));
    if after.diagnostics.len() < before.diagnostics.len() {
        return None;
    }
    let new: Vec<String> = after
        .diagnostics
        .iter()
        .filter(|it| was_not(before, it))
        .map(|it| format!("    now: {} {}", it.code, it.message))
        .collect();
    let fix = diagnostic.fix.as_ref()?;
    Some(format!("    fix: {}\n{}", fix.title, new.join("\n")))
}
