//! Comments, and which declaration a `///` belongs to (L1.2).

use super::ast::{Comment, CommentKind, Doc};
use super::scan::{Kind, RawComment, Scan};
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Fix};
use smol_str::SmolStr;

/// The doc comments of a file, found by what stands below them.
pub(super) struct Docs {
    /// Ascending by `below`.
    runs: Vec<Run>,
    file: Option<Doc>,
    comments: Vec<Comment>,
    /// Where a doc comment was asked for, in order.
    asked: Vec<u32>,
}

struct Run {
    /// Where the thing below begins.
    below: u32,
    comments: std::ops::Range<usize>,
}

impl Docs {
    /// Sorts the comments of a scanned file into runs.
    pub(super) fn new(scan: &Scan, text: &str) -> Self {
        let comments = scan.comments.iter().map(|raw| comment(*raw, text)).collect();
        let mut docs = Self { runs: Vec::new(), file: None, comments, asked: Vec::new() };
        let mut at = 0;
        while let Some(raw) = scan.comments.get(at) {
            let length = run_length(scan.comments.get(at..).unwrap_or_default(), text);
            if length > 0 {
                docs.run(at..at + length, *raw, scan, text);
            }
            at += length.max(1);
        }
        docs
    }

    fn run(&mut self, run: std::ops::Range<usize>, first: RawComment, scan: &Scan, text: &str) {
        let Some(last) = scan.comments.get(run.end - 1) else { return };
        let tokens = scan.tokens.get(last.before as usize..).unwrap_or_default();
        let next = tokens.iter().find(|token| !matches!(token.kind, Kind::Newline | Kind::Boundary));
        let end = next.map_or(text.len(), |token| token.start as usize);
        let gap = text.get(last.span.end as usize..end).unwrap_or_default();
        let touches = gap.bytes().filter(|byte| *byte == b'\n').count() == 1 && gap.trim().is_empty();
        let top = first.before == 0
            || scan.tokens.iter().take(first.before as usize).all(|it| it.kind == Kind::Newline);
        if next.is_some() && touches {
            self.runs.push(Run { below: Span::at(end).start, comments: run });
        } else if top && self.file.is_none() {
            self.file = self.doc(&run);
            self.mark(&run);
        }
    }

    fn doc(&self, run: &std::ops::Range<usize>) -> Option<Doc> {
        let lines = self.comments.get(run.clone())?;
        let span = lines.first()?.span.to(lines.last()?.span);
        let strip = |comment: &Comment| {
            let text = comment.text.as_str();
            text.strip_prefix(' ').unwrap_or(text).trim_end().to_string()
        };
        let text = if let [line] = lines {
            SmolStr::from(strip(line))
        } else {
            lines.iter().map(strip).collect::<Vec<_>>().join("\n").into()
        };
        Some(Doc { span, text })
    }

    fn mark(&mut self, run: &std::ops::Range<usize>) {
        for comment in self.comments.get_mut(run.clone()).into_iter().flatten() {
            comment.kind = CommentKind::Doc;
        }
    }

    /// Takes the doc comment that ends on the line above `start`.
    pub(super) fn take(&mut self, start: u32) -> Option<Doc> {
        self.asked.push(start);
        let at = self.runs.binary_search_by_key(&start, |run| run.below).ok()?;
        let run = self.runs.get(at)?.comments.clone();
        self.mark(&run);
        self.doc(&run)
    }

    /// Where a doc comment was asked for, in order.
    pub(super) fn asked(&self) -> &[u32] {
        &self.asked
    }

    /// The file's own doc comment and all comments.
    pub(super) fn finish(self) -> (Option<Doc>, Vec<Comment>) {
        (self.file, self.comments)
    }
}

/// A warning for each run of doc comments that belong to nothing. What begins below one may be what could not be read, as
/// `errors` say: then it belongs to that.
pub(super) fn strays(
    file: FileId,
    comments: &[Comment],
    text: &str,
    errors: &[Diagnostic],
) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    let strays: Vec<&Comment> = comments.iter().filter(|it| it.kind == CommentKind::StrayDoc).collect();
    let touches =
        |a: &&Comment, b: &&Comment| next_line(text.get(a.span.end as usize..b.span.start as usize));
    for run in strays.chunk_by(touches) {
        let (Some(comment), Some(last)) = (run.first(), run.last()) else { continue };
        if is_unread(last.span.end, text, errors) {
            continue;
        }
        let slashes = Span { start: comment.span.start, end: comment.span.start + 3 };
        out.push(
            Diagnostic::new(Code::StrayDoc, file, comment.span, "this `///` belongs to nothing")
                .help("it describes what begins on the line below it; for a remark write `//`")
                .fix(Fix::replace("write `//`", Place { file, span: slashes }, "//")),
        );
    }
    out
}

/// Whether what stands below the end of a comment could not be read: the next line is faulty, or there is nothing yet in a
/// block that is not closed.
fn is_unread(end: u32, text: &str, errors: &[Diagnostic]) -> bool {
    let below = text.get(end as usize..).unwrap_or_default();
    let mut lines = below.match_indices('\n').map(|(at, _)| end as usize + at);
    let first = lines.next().unwrap_or(text.len());
    let line = first..=lines.next().unwrap_or(text.len());
    errors.iter().any(|it| {
        let at = it.place.span.start as usize;
        at > first && line.contains(&at) || it.code == Code::UnclosedBlock && below.trim().is_empty()
    })
}

/// Whether what stands between two comments is the way from one line to the next.
fn next_line(gap: Option<&str>) -> bool {
    gap.is_some_and(|gap| gap.bytes().filter(|byte| *byte == b'\n').count() == 1 && gap.trim().is_empty())
}

fn comment(raw: RawComment, text: &str) -> Comment {
    let whole = text.get(raw.span.range()).unwrap_or_default();
    let (kind, slashes) = if is_doc(whole) { (CommentKind::StrayDoc, 3) } else { (CommentKind::Plain, 2) };
    let rest = whole.get(slashes..).unwrap_or_default();
    Comment { span: raw.span, text: rest.into(), kind }
}

fn is_doc(whole: &str) -> bool {
    whole.starts_with("///") && !whole.starts_with("////")
}

/// How many `///` lines stand directly below each other from here.
fn run_length(comments: &[RawComment], text: &str) -> usize {
    let mut length = 0;
    let mut end: Option<usize> = None;
    for raw in comments {
        let doc = raw.alone && is_doc(text.get(raw.span.range()).unwrap_or_default());
        let gap = end.and_then(|end| text.get(end..raw.span.start as usize));
        let below = gap.is_none_or(|gap| {
            gap.bytes().filter(|byte| *byte == b'\n').count() == 1 && gap.trim().is_empty()
        });
        if !doc || !below {
            break;
        }
        length += 1;
        end = Some(raw.span.end as usize);
    }
    length
}
