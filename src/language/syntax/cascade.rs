//! One slip, one report: what follows from another is left out.

use crate::base::{FileId, LineIndex, Span};
use crate::diag::{Code, Diagnostic};

/// How many syntax errors of one file are shown.
const MOST: usize = 50;

/// Puts reports in the order of the page and leaves out those that another one explains: a second one on the same line,
/// and what is over [`MOST`].
pub(super) fn filter(diagnostics: &mut Vec<Diagnostic>, file: FileId, text: &str) {
    diagnostics.sort_by_key(|it| (it.place.span.start, it.place.span.end, it.code));
    if diagnostics.len() < 2 {
        return;
    }
    let lines = LineIndex::new(text);
    let mut last = 0;
    // Where what stands in the place of a declaration was reported.
    let mut lost: Option<u32> = None;
    diagnostics.retain(|it| {
        if !is_syntax(it.code) {
            return true;
        }
        let line = lines.line_column(text, it.place.span.start).line;
        let is_first = std::mem::replace(&mut last, line) != line;
        let closes_it = lost.is_some_and(|start| closes_what_is_lost(it, start, text));
        lost = if it.code == Code::NotADeclaration { Some(it.place.span.start) } else { lost };
        is_first && !closes_it
    });
    let errors = diagnostics.iter().filter(|it| is_syntax(it.code)).count();
    if errors > MOST {
        cut(diagnostics, errors - MOST, file);
    }
}

/// Whether a `}` closes what has lost its head: between both nothing begins at the edge of the page.
fn closes_what_is_lost(it: &Diagnostic, start: u32, text: &str) -> bool {
    let between = text.get(start as usize..it.place.span.start as usize).unwrap_or_default();
    let brace = text.get(it.place.span.range()) == Some("}");
    let mut lines = between.split('\n').skip(1).filter(|line| !line.trim().is_empty());
    it.code == Code::StrayCloser && brace && lines.all(|line| line.starts_with([' ', '\t']))
}

fn is_syntax(code: Code) -> bool {
    code.number().starts_with("AF00") || code.number().starts_with("AF01")
}

fn cut(diagnostics: &mut Vec<Diagnostic>, more: usize, file: FileId) {
    let mut shown = 0;
    let mut end = Span::default();
    diagnostics.retain(|it| {
        shown += usize::from(is_syntax(it.code));
        if shown == MOST && is_syntax(it.code) {
            end = it.place.span;
        }
        shown <= MOST
    });
    let message = format!("and {more} more that cannot be read in this file");
    diagnostics.push(
        Diagnostic::new(Code::TooManyErrors, file, end, message)
            .help("repair the first ones: they often cause the others"),
    );
}
