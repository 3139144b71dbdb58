use super::command::Format;
use crate::base::Source;
use crate::cli::compile::Checked;
use crate::cli::{Exit, Screen};
use crate::diag::render::{Look, Style, github, human, json, sarif, short};
use crate::diag::{Diagnostic, Severity};
use std::time::Duration;

/// The diagnostics in a format.
pub(super) fn write(checked: &Checked, format: Format, look: Look) -> String {
    let (diagnostics, sources) = (&checked.diagnostics, checked.sources.as_slice());
    let lines = |one: fn(&Diagnostic, &[Source]) -> String| {
        diagnostics.iter().fold(String::new(), |out, it| out + &one(it, sources) + "\n")
    };
    match format {
        Format::Human => human(diagnostics, sources, look),
        Format::Short => lines(short),
        Format::Json => lines(json),
        Format::Github => lines(github),
        Format::Sarif => sarif(diagnostics, sources),
    }
}

/// Says how it went, in one line.
pub(super) fn summary(checked: &Checked, scripts: usize, fixed: usize, took: Duration, screen: Screen) {
    let count = |severity| checked.diagnostics.iter().filter(|it| it.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let fixable = checked.diagnostics.iter().filter(|it| it.fix.is_some()).count();
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(screen.err.paint(Style::Error, &many(errors, "error")));
    }
    if warnings > 0 {
        parts.push(screen.err.paint(Style::Warning, &many(warnings, "warning")));
    }
    if parts.is_empty() {
        parts.push(screen.err.paint(Style::Good, "nothing is wrong"));
    }
    if fixed > 0 {
        parts.push(format!("{fixed} fixed"));
    }
    if fixable > 0 {
        parts.push(format!("{fixable} can be fixed with --fix"));
    }
    let took = took.as_secs_f64() * 1000.0;
    screen.say(&format!("{} in {}, {took:.0} ms", parts.join(", "), many(scripts, "script")));
}

/// `1 error`, `2 errors`.
pub(in crate::cli) fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What the command answers.
pub(super) fn exit(checked: &Checked, deny_warnings: bool) -> Exit {
    let counts = |severity: Severity| deny_warnings || severity == Severity::Error;
    if checked.diagnostics.iter().any(|it| counts(it.severity)) { Exit::No } else { Exit::Ok }
}
