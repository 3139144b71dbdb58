use crate::base::FileId;
use crate::diag::{Diagnostic, Severity};
use crate::language::hir::Program;
use std::collections::BTreeSet;

/// Takes out what is said of lines that could not be read: whatever the checks find there is about a guess of what the line
/// was to be, and the author has one slip to put right (§11, one diagnostic per faulty line).
pub fn silence(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let line_of = |it: &Diagnostic| {
        let source = program.sources.get(it.place.file.0 as usize)?;
        Some((it.place.file, source.line_column(it.place.span.start).line))
    };
    let unread = diagnostics.iter().filter(|it| is_of_the_text(it) && it.severity == Severity::Error);
    let faulty: BTreeSet<(FileId, u32)> = unread.filter_map(line_of).collect();
    if !faulty.is_empty() {
        diagnostics.retain(|it| is_of_the_text(it) || line_of(it).is_none_or(|line| !faulty.contains(&line)));
    }
}

/// Whether it is of the form of a text, not of what that means.
fn is_of_the_text(it: &Diagnostic) -> bool {
    let number = it.code.number();
    number.starts_with("AF00") || number.starts_with("AF01")
}
