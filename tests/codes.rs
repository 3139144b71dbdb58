//! The registry of codes and its pages: every code is explained, and its examples show it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::diag::{Code, Example, Page};
use std::fmt::Write as _;
use support::files;

#[test]
fn numbers_ascend_and_are_unique() {
    for pair in Code::ALL.windows(2) {
        let (first, second) = (pair[0].number(), pair[1].number());
        assert!(first < second, "{second} stands behind {first}: numbers ascend, and none is given twice");
    }
}

#[test]
fn a_code_is_found_by_number_and_by_name() {
    for code in Code::ALL {
        assert_eq!(code.number().parse(), Ok(*code));
        assert_eq!(code.number().to_lowercase().parse(), Ok(*code));
        assert_eq!(code.number()[2..].parse(), Ok(*code));
        assert_eq!(code.slug().parse(), Ok(*code));
    }
}

#[test]
fn every_page_is_well_formed() {
    let mut wrong = String::new();
    for code in Code::ALL {
        match Page::of(*code) {
            Err(error) => drop(writeln!(wrong, "{code}: {error}")),
            Ok(page) => {
                if page.title != code.title() {
                    let _ = writeln!(
                        wrong,
                        "{code}: the page says `{}`, the registry `{}`",
                        page.title,
                        code.title()
                    );
                }
                if page.prose.split_whitespace().count() < 8 {
                    let _ = writeln!(wrong, "{code}: the page does not say what it means");
                }
                let range = &code.number()[2..4];
                if matches!(page.example, Example::Told(_)) && matches!(range, "03" | "04" | "05" | "06") {
                    let _ = writeln!(
                        wrong,
                        "{code}: a script can show this, so the page has a failing and a repaired one"
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn what_is_near_exists() {
    let mut wrong = String::new();
    for (code, page) in Code::ALL.iter().filter_map(|code| Some((code, Page::of(*code).ok()?))) {
        for name in page.see_also.into_iter().flat_map(|names| names.split(", ")) {
            let is_rule =
                name.strip_prefix('L').is_some_and(|rule| rule.starts_with(|it: char| it.is_ascii_digit()));
            if !is_rule && name.trim_matches('`').parse::<Code>().is_err() {
                let _ = writeln!(wrong, "{code}: see also `{name}`, which is neither a code nor a rule");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn failing_examples_fail_so_and_repaired_ones_are_clean() {
    let mut wrong = String::new();
    for (code, page) in Code::ALL.iter().filter_map(|code| Some((code, Page::of(*code).ok()?))) {
        let Example::Scripts { failing, repaired } = page.example else { continue };
        let checked = support::check(&files::split(failing));
        let all_so = checked.diagnostics.iter().all(|it| it.code == *code);
        if checked.diagnostics.is_empty() || !all_so {
            let _ = writeln!(wrong, "{code}: the failing example should give {code} and nothing else:");
            let _ = writeln!(wrong, "{}", support::rendered(&checked));
        }
        let checked = support::check(&files::split(repaired));
        if !checked.diagnostics.is_empty() {
            let _ = writeln!(
                wrong,
                "{code}: the repaired example is not clean:\n{}",
                support::rendered(&checked)
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
