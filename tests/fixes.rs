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

/// Fixes after which something else is found that the slip had hidden, or a twin of it is left; the list only gets shorter.
const NOT_YET: [(&str, &str); 12] = [
    ("expressions/records", "AF0303"),
    ("modules/imports", "AF0202"),
    ("names/agents", "AF0302"),
    ("names/suggestions", "AF0302"),
    ("optionals/in_prompts", "AF0511"),
    ("tests/what_may_not_be_expected", "AF0517"),
    ("tests/what_may_not_be_given", "AF0461"),
    ("texts/holes", "AF0309"),
    ("tools/bodies", "AF0501"),
    ("types/bare_variants", "AF0311"),
    ("when/every_case_is_covered", "AF0431"),
    ("when/the_fix_writes_cases_on_their_own_lines", "AF0431"),
];

fn is_known(path: &std::path::Path, diagnostic: &Diagnostic) -> bool {
    let name = path.with_extension("").to_string_lossy().replace('\\', "/");
    NOT_YET.iter().any(|(case, code)| name.ends_with(case) && *code == diagnostic.code.number())
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
            if is_known(&path, diagnostic) {
                println!("NOT CERTAIN YET: {} {}", path.display(), diagnostic.code);
            } else if let Some(left) = left {
                let _ =
                    writeln!(wrong, "{}: {} {}\n{left}", path.display(), diagnostic.code, diagnostic.message);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 50, "only {count} fixes are offered in all cases");
}

/// What is found once the fix was made and was not found before, or is still found.
fn left_over(case: &[CaseFile], before: &Checked, diagnostic: &Diagnostic) -> Option<String> {
    let fixed = apply_fixes(&before.sources, [diagnostic]);
    let mut files = case.to_vec();
    for (file, text) in &fixed.files {
        let name = &before.sources[file.0 as usize].name;
        files.iter_mut().find(|it| *it.path == **name)?.text.clone_from(text);
    }
    let after = support::check(&files);
    if after.diagnostics.len() < before.diagnostics.len() {
        return None;
    }
    let was = |it: &&Diagnostic| {
        !before.diagnostics.iter().any(|old| (old.code, &old.message) == (it.code, &it.message))
    };
    let new: Vec<String> = after
        .diagnostics
        .iter()
        .filter(was)
        .map(|it| format!("    now: {} {}", it.code, it.message))
        .collect();
    let fix = diagnostic.fix.as_ref()?;
    Some(format!("    fix: {}\n{}", fix.title, new.join("\n")))
}
