use crate::base::{FileId, Source, Span};
use crate::diag::{Code, Diagnostic, Severity};
use crate::language::hir::Program;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Takes out what is said of lines that could not be read: whatever the checks find there is about a guess of what the line
/// was to be, and the author has one slip to put right (§11, one diagnostic per faulty line).
pub fn silence(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let line_of = |it: &Diagnostic| {
        let source = program.sources.get(it.place.file.0 as usize)?;
        Some((it.place.file, source.line_column(it.place.span.start).line))
    };
    let unread = diagnostics.iter().filter(|it| is_of_the_text(it) && it.severity == Severity::Error);
    let unread: Vec<&Diagnostic> = unread.collect();
    let slips: Vec<(FileId, u32)> = unread.iter().map(|it| (it.place.file, it.place.span.start)).collect();
    let faulty: BTreeSet<(FileId, u32)> = unread.iter().filter_map(|it| line_of(it)).collect();
    // What goes on over a slip, as an expression on several lines does.
    let holds_one = |it: &Diagnostic| {
        slips
            .iter()
            .any(|(file, at)| *file == it.place.file && it.place.span.start <= *at && *at < it.place.span.end)
    };
    if !faulty.is_empty() {
        diagnostics.retain(|it| {
            is_of_the_text(it) || line_of(it).is_none_or(|line| !faulty.contains(&line)) && !holds_one(it)
        });
        silence_keywords(program, diagnostics);
    }
}

/// A keyword that stands as a name cannot be read where the name is used; it was reported where it is bound.
fn silence_keywords(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let keywords: Vec<(FileId, Span, SmolStr)> = diagnostics
        .iter()
        .filter(|it| it.code == Code::ReservedWord)
        .filter_map(|it| {
            let source = program.sources.get(it.place.file.0 as usize)?;
            let module = program.modules.iter().find(|module| module.file == it.place.file)?;
            let at = it.place.span.start;
            let item = module.tree.items.iter().map(crate::language::syntax::ast::Item::span);
            let item = item.clone().find(|item| item.start <= at && at < item.end)?;
            Some((it.place.file, item, source.slice(it.place.span).into()))
        })
        .collect();
    diagnostics.retain(|it| {
        let Some(source) = program.sources.get(it.place.file.0 as usize) else { return true };
        let used = |(file, item, word): &(FileId, Span, SmolStr)| {
            let at = it.place.span.start;
            *file == it.place.file
                && item.start <= at
                && at <= item.end
                && stands_at(source, it.place.span, word)
        };
        !is_of_the_text(it) || it.code == Code::ReservedWord || !keywords.iter().any(used)
    });
}

/// Whether a word is the first one of a part of a text, or stands directly before or behind it on its line.
fn stands_at(source: &Source, span: Span, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let line = source.line_span(source.line_column(span.start).line);
    let before = source.slice(Span { start: line.start, end: span.start }).trim_end();
    let behind = source.slice(Span { start: span.start, end: line.end.max(span.start) });
    let behind = behind.trim_start_matches(|letter: char| !is_part(letter) && letter != '"');
    before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(is_part))
        || behind.strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_part))
}

/// Whether it is of the form of a text, not of what that means.
fn is_of_the_text(it: &Diagnostic) -> bool {
    let number = it.code.number();
    number.starts_with("AF00") || number.starts_with("AF01")
}
