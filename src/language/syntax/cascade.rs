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
    let (mut last, mut start) = (0, 0);
    // Where what stands in the place of a declaration was reported.
    let mut lost: Option<Lost> = None;
    diagnostics.retain(|it| {
        if !is_syntax(it.code) {
            return true;
        }
        let line = lines.line_column(text, it.place.span.start).line;
        let is_first = std::mem::replace(&mut last, line) != line;
        if is_first {
            start = line_start(it.place.span.start as usize, text);
        }
        let written = text.get(start..).unwrap_or_default();
        if it.code == Code::MissingBrace && answers_a_try(written) {
            return false;
        }
        // What is not closed here was opened elsewhere: it is a slip of its own.
        let far = |label: &Label| lines.line_column(text, label.place.span.start).line != line;
        let is_first = is_first || it.code == Code::UnclosedBlock && it.labels.iter().any(far);
        let closes_it = lost.as_mut().is_some_and(|lost| lost.takes(it, start, text));
        let loses = it.code == Code::NotADeclaration || is_first && begins_a_list(written);
        lost =
            if loses && !closes_it { Some(Lost { head: depth(written), until: start }) } else { lost.take() };
        is_first && !closes_it
    });
    let errors = diagnostics.iter().filter(|it| is_syntax(it.code)).count();
    if errors > MOST {
        cut(diagnostics, errors - MOST, file);
    }
}

/// What could not be read and what belongs to it: all lines below that stand further in than the one it begins on.
struct Lost {
    /// How far in it begins.
    head: usize,
    /// Where the last line begins that is known to belong to it.
    until: usize,
}

impl Lost {
    /// Whether a report is of what is lost; its line begins at `at`, and no report before stands further down. What closes
    /// it may stand as far out.
    fn takes(&mut self, it: &Diagnostic, at: usize, text: &str) -> bool {
        let closes = it.code == Code::StrayCloser && text.get(it.place.span.range()) == Some("}");
        let between = text.get(self.until..at).unwrap_or_default();
        let inside = |line: &str| line.trim().is_empty() || depth(line) > self.head;
        if !between.split('\n').skip(1).all(inside) {
            self.head = usize::MAX;
            return false;
        }
        let here = at > self.until && depth(text.get(at..).unwrap_or_default()) > self.head;
        self.until = if here { at } else { self.until };
        here || closes
    }
}

fn line_start(at: usize, text: &str) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// How far in a line begins.
fn depth(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Whether a line answers a `try`, which was reported.
fn answers_a_try(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t']);
    ["except", "finally"].iter().any(|word| line.starts_with(word))
}

/// Whether a line is a step that ends with a `:`, as if the lines below were its parts.
fn begins_a_list(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim();
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
