//! One slip, one report: what follows from another is left out.

use crate::base::{FileId, LineIndex, Span};
use crate::diag::{Code, Diagnostic, Label};

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
        if answers_a_try(it, text) {
            return false;
        }
        let is_first = std::mem::replace(&mut last, line) != line;
        // What is not closed here was opened elsewhere: it is a slip of its own.
        let far = |label: &Label| lines.line_column(text, label.place.span.start).line != line;
        let is_first = is_first || it.code == Code::UnclosedBlock && it.labels.iter().any(far);
        let closes_it = lost.is_some_and(|start| is_lost_too(it, start, text));
        let loses = it.code == Code::NotADeclaration || is_first && begins_a_list(it, text);
        lost = if loses && !closes_it { Some(it.place.span.start) } else { lost };
        is_first && !closes_it
    });
    let errors = diagnostics.iter().filter(|it| is_syntax(it.code)).count();
    if errors > MOST {
        cut(diagnostics, errors - MOST, file);
    }
}

/// Whether something belongs to what could not be read from `start` on: all lines between stand further in than the one
/// that it begins on. What closes it may stand as far out.
fn is_lost_too(it: &Diagnostic, start: u32, text: &str) -> bool {
    let at = it.place.span.start as usize;
    let before = text.get(..start as usize).unwrap_or_default();
    let from = before.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
    let lines = text.get(from..end).unwrap_or_default().split('\n').filter(|line| !line.trim().is_empty());
    let mut depths = lines.map(|line| line.len() - line.trim_start_matches([' ', '\t']).len());
    let head = depths.next().unwrap_or(0);
    let closes = it.code == Code::StrayCloser && text.get(it.place.span.range()) == Some("}");
    let mut inside: Vec<usize> = depths.collect();
    if closes {
        inside.pop();
    }
    (closes || !inside.is_empty()) && inside.iter().all(|depth| *depth > head)
}

/// Whether it is of the `:` behind what answers a `try`, which was reported.
fn answers_a_try(it: &Diagnostic, text: &str) -> bool {
    let before = text.get(..it.place.span.start as usize).unwrap_or_default();
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default().trim_start();
    it.code == Code::MissingBrace && ["except", "finally"].iter().any(|word| line.starts_with(word))
}

/// Whether a step ends with a `:`, as if the lines below were its parts.
fn begins_a_list(it: &Diagnostic, text: &str) -> bool {
    let start = it.place.span.start as usize;
    let before = text.get(..start).unwrap_or_default();
    let from = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(from..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim();
    line.starts_with("step ") && line.ends_with(':')
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
