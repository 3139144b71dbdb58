//! One canonical style, without options: the formatter.
//!
//! It prints a file from its tree and its comments (`item`, `body`, `step`, `expr`, over `printer`), as a document whose line
//! breaks are decided at the end (`doc`). It keeps comments, single empty lines, the order of everything, and the bytes
//! of texts. A declaration with a slip in it is left as it is, and so is one whose printed form would not read as the same
//! words (`same`): a wrong file is never made into a different program.

mod body;
mod doc;
mod edits;
mod expr;
mod item;
mod printer;
mod same;
mod step;

use super::ast::{Comment, Item};
use super::parse::{Parsed, parse};
use crate::base::{FileId, Span};
use crate::diag::Severity;
use doc::render;
pub use edits::{Change, changes, format_range};
use printer::Printer;

/// A formatted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The whole text, with a line break at its end.
    pub text: String,
    /// Declarations that were left as they are, because something is wrong in them.
    pub left: Vec<Span>,
}

/// Formats a script. Total: what cannot be read is left as it is.
pub fn format(text: &str) -> Formatted {
    format_parsed(text, &parse(FileId::default(), text))
}

/// As [`format()`], for a text that was read already.
pub fn format_parsed(text: &str, parsed: &Parsed) -> Formatted {
    let line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let printer = Printer { text, comments: &parsed.tree.comments, next: 0, lost: false };
    let mut page = Page { printer, line, out: String::new(), end: 0, left: Vec::new(), tall: false };
    page.end = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    for piece in pieces(text, parsed) {
        page.piece(&piece);
    }
    page.comments(text.len(), false);
    if !page.out.is_empty() {
        page.out.push_str(line);
    }
    Formatted { text: page.out, left: page.left }
}

/// A declaration, or lines that are left as they are.
struct Piece<'a> {
    span: Span,
    item: Option<&'a Item>,
}

/// What stands on the page, from top to bottom. Slips that touch a declaration, or stand between two, make their lines
/// untouchable; such pieces that follow each other are one.
fn pieces<'a>(text: &str, parsed: &'a Parsed) -> Vec<Piece<'a>> {
    let errors =
        parsed.diagnostics.iter().filter(|it| it.severity == Severity::Error).map(|it| it.place.span);
    let errors: Vec<Span> = errors.collect();
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    for item in &parsed.tree.items {
        let span = trimmed(text, item.span());
        let touches = |error: &&Span| error.start <= span.end && span.start <= error.end;
        let healthy = !matches!(item, Item::Bad(_)) && !errors.iter().any(|error| touches(&error));
        // A slip at the edge of a declaration is left with it.
        let whole = errors.iter().filter(touches).fold(span, |whole, error| whole.to(trimmed(text, *error)));
        pieces.push(Piece { span: whole, item: healthy.then_some(item) });
    }
    let outside =
        |error: &&Span| !pieces.iter().any(|it| it.span.start <= error.end && error.start <= it.span.end);
    let strays: Vec<Span> = errors.iter().filter(outside).map(|error| trimmed(text, *error)).collect();
    pieces.extend(strays.into_iter().map(|span| Piece { span, item: None }));
    let unread = unread(text, parsed, pieces.iter().map(|piece| piece.span).collect());
    pieces.extend(unread.into_iter().map(|span| Piece { span, item: None }));
    pieces.sort_by_key(|piece| piece.span.start);
    let mut merged: Vec<Piece<'a>> = Vec::new();
    for mut piece in pieces {
        if piece.item.is_none() {
            piece.span = whole_lines(text, piece.span);
            let cut = |it: &&Comment| it.span.start < piece.span.end && piece.span.end < it.span.end;
            if let Some(comment) = parsed.tree.comments.iter().find(cut) {
                piece.span.end = comment.span.end;
            }
        }
        let broken = piece.item.is_none();
        let beside = |last: &Piece<'_>| {
            let between = text.get(last.span.end as usize..piece.span.start as usize).unwrap_or_default();
            !between.contains('\n') && (broken || last.item.is_none())
        };
        match merged.last_mut() {
            // On a line of its own a slip would be another one, or none.
            Some(last) if beside(last) => *last = Piece { span: last.span.to(piece.span), item: None },
            Some(last) if last.item.is_none() && broken => last.span = last.span.to(piece.span),
            Some(last) if piece.span.start < last.span.end => {
                *last = Piece { span: last.span.to(piece.span), item: None };
            }
            _ => merged.push(piece),
        }
    }
    for piece in &mut merged {
        let slice = text.get(piece.span.range()).unwrap_or_default();
        piece.span.end =
            piece.span.start.saturating_add(u32::try_from(slice.trim_end().len()).unwrap_or_default());
    }
    merged
}

/// What stands outside of all pieces and comments: what was taken for blank, and not reported because of another slip.
fn unread(text: &str, parsed: &Parsed, mut known: Vec<Span>) -> Vec<Span> {
    known.extend(parsed.tree.comments.iter().map(|comment| comment.span));
    known.push(Span::at(text.len()));
    known.sort_by_key(|span| span.start);
    let mut end = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let mut found = Vec::new();
    for span in known {
        let start = span.start as usize;
        if text.get(end..start).is_some_and(|gap| !gap.trim().is_empty()) {
            found.push(trimmed(text, Span::new(end, start)));
        }
        end = end.max(span.end as usize);
    }
    found
}

fn trimmed(text: &str, span: Span) -> Span {
    let slice = text.get(span.range()).unwrap_or_default();
    let start = span.start as usize + (slice.len() - slice.trim_start().len());
    Span::new(start, start + slice.trim().len())
}

/// A span with the blanks in front of it on its line.
fn whole_lines(text: &str, span: Span) -> Span {
    let before = text.get(..span.start as usize).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let blank = before.get(line..).is_some_and(|blanks| blanks.trim().is_empty());
    if blank { Span::new(line, span.end as usize) } else { span }
}

/// The page so far.
struct Page<'a> {
    printer: Printer<'a>,
    line: &'static str,
    out: String,
    /// Where in the source the last thing on the page ended.
    end: usize,
    left: Vec<Span>,
    /// Whether the last declaration has several lines.
    tall: bool,
}

impl<'a> Page<'a> {
    fn piece(&mut self, piece: &Piece<'a>) {
        let printed = self.print_ahead(piece);
        let tall = piece.item.is_some() && printed.contains('\n');
        let apart = self.comments(piece.span.start as usize, tall || self.tall);
        // What was printed ahead took the comments in it.
        while self.printer.comments.get(self.printer.next).is_some_and(|it| it.span.start < piece.span.end) {
            self.printer.next += 1;
        }
        self.gap(piece.span.start as usize, apart);
        self.out.push_str(&printed);
        self.end = piece.span.end as usize;
        self.tall = tall;
        while let Some((doc, end)) = self.printer.trailing(self.end, self.printer.text.len()) {
            self.out.push_str(&render(&doc, self.line));
            self.end = end;
        }
    }

    /// The printed form of a piece; the comments before it are still to come.
    fn print_ahead(&mut self, piece: &Piece<'a>) -> String {
        let source = self.printer.source(piece.span);
        let Some(item) = piece.item else {
            self.left.push(piece.span);
            return source.to_owned();
        };
        let before = self.printer.next;
        let ahead = |it: &&Comment| it.span.start < piece.span.start;
        self.printer.next += self.printer.comments.iter().skip(before).take_while(ahead).count();
        let doc = self.printer.whole(piece.span, |printer| printer.item(item));
        self.printer.next = before;
        let printed = render(&doc, self.line);
        if same::same(source, &printed) { printed } else { source.to_owned() }
    }

    /// The comments on lines of their own before a place, the first of them behind an empty line if `apart`; whether what
    /// follows still has to stand apart.
    fn comments(&mut self, place: usize, apart: bool) -> bool {
        let mut apart = apart;
        let before = |it: &&Comment| (it.span.start as usize) < place;
        while let Some(comment) = self.printer.comments.get(self.printer.next).filter(before) {
            let span = comment.span;
            self.printer.next += 1;
            self.gap(span.start as usize, std::mem::take(&mut apart));
            self.out.push_str(self.printer.source(span).trim_end());
            self.end = span.end as usize;
        }
        apart
    }

    /// A line break, and an empty line where there was one or has to be one.
    fn gap(&mut self, start: usize, apart: bool) {
        let between = self.printer.text.get(self.end..start).unwrap_or_default();
        if self.out.is_empty() {
            return;
        }
        self.out.push_str(self.line);
        if apart || between.split('\n').count() > 2 {
            self.out.push_str(self.line);
        }
    }
}
