//! Puts things one below the other, with their comments and at most one empty line between two.

use super::doc::{Doc, Fit};
use crate::base::Span;
use crate::language::syntax::ast::Comment;

/// Walks the tree and the comments of a file side by side.
pub(super) struct Printer<'a> {
    pub text: &'a str,
    pub comments: &'a [Comment],
    /// The first comment that is not printed yet.
    pub next: usize,
    /// Whether a comment stood where none can be put back.
    pub lost: bool,
}

/// How a list in brackets looks.
pub(super) struct Brackets {
    pub open: &'static str,
    pub close: &'static str,
}

pub(super) const ROUND: Brackets = Brackets { open: "(", close: ")" };
pub(super) const SQUARE: Brackets = Brackets { open: "[", close: "]" };

/// Where things stand: from a place in the source up to another.
pub(super) struct Room {
    from: usize,
    to: usize,
    /// Whether it begins behind a brace, where no empty line is kept.
    begins: bool,
}

impl Room {
    /// All between two braces.
    pub(super) fn inside(from: usize, to: usize) -> Room {
        Room { from, to, begins: true }
    }

    /// Below other things.
    pub(super) fn below(from: usize, to: usize) -> Room {
        Room { from, to, begins: false }
    }
}

impl<'a> Printer<'a> {
    pub(super) fn source(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub(super) fn text(&self, span: Span) -> Doc<'a> {
        Doc::Verbatim(self.source(span))
    }

    fn between(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The next comment, if it begins before a place.
    fn comment_before(&self, place: usize) -> Option<&'a Comment> {
        self.comments.get(self.next).filter(|comment| (comment.span.start as usize) < place)
    }

    /// Takes the comments before a place, which have none of their own; whether there were any.
    fn drop_before(&mut self, place: usize) -> bool {
        let before = self.next;
        while self.comment_before(place).is_some() {
            self.next += 1;
        }
        self.next > before
    }

    /// A comment on the line of what ends at a place.
    pub(super) fn trailing(&mut self, end: usize, to: usize) -> Option<(Doc<'a>, usize)> {
        let comment = self.comment_before(to)?;
        let between = self.between(end, comment.span.start as usize);
        let beside = between.chars().all(|c| c == ',' || (c.is_whitespace() && c != '\n'));
        if !beside {
            return None;
        }
        self.next += 1;
        let doc = Doc::Text(" ").then(Doc::Comment(self.source(comment.span).trim_end()));
        Some((doc, comment.span.end as usize))
    }

    /// What stands between two parts of one statement: the comments there and a line break, or else `plain`.
    pub(super) fn apart(&mut self, end: u32, start: u32, plain: Doc<'a>) -> Doc<'a> {
        let (mut from, start) = (end as usize, start as usize);
        let mut out = Vec::new();
        while let Some((doc, stop)) = self.trailing(from, start) {
            (from, ()) = (stop, out.push(doc));
        }
        while let Some(comment) = self.comment_before(start) {
            self.next += 1;
            out.extend([Doc::Hard, Doc::Comment(self.source(comment.span).trim_end())]);
        }
        if out.is_empty() { plain } else { Doc::Concat(out).then(Doc::Hard) }
    }

    /// Where a bracket stands behind a place; only blanks, commas and comments are between.
    pub(super) fn find(&self, from: usize, bracket: char) -> usize {
        let mut at = from;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            if rest.starts_with("//") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else {
                match rest.chars().next() {
                    Some(c) if c != bracket => at += c.len_utf8(),
                    _ => return at,
                }
            }
        }
    }

    /// A thing as it is built, or as it was written where it holds a comment that the build has no place for.
    pub(super) fn whole(&mut self, span: Span, build: impl FnOnce(&mut Self) -> Doc<'a>) -> Doc<'a> {
        let lost = std::mem::take(&mut self.lost);
        let doc = build(self);
        let left = self.drop_before(span.end as usize);
        let kept = self.lost || left;
        self.lost = lost;
        if kept { Doc::Verbatim(self.source(span)) } else { doc }
    }

    /// Things one below the other, each with a line break in front.
    pub(super) fn lines<T>(
        &mut self,
        room: &Room,
        things: &'a [T],
        span: impl Fn(&T) -> Span,
        print: impl Fn(&mut Self, &'a T) -> Doc<'a>,
    ) -> Doc<'a> {
        let to = room.to;
        let lost = self.drop_before(room.from);
        let mut out = Vec::new();
        let mut end = room.from;
        while let Some((doc, stop)) = self.trailing(end, to) {
            (end, ()) = (stop, out.push(doc));
        }
        let mut first = room.begins;
        for thing in things {
            let at = span(thing);
            self.leading(&mut out, &mut end, &mut first, at.start as usize);
            out.push(self.gap(end, at.start as usize, &mut first));
            out.push(self.whole(at, |printer| print(printer, thing)));
            end = at.end as usize;
            while let Some((doc, stop)) = self.trailing(end, to) {
                (end, ()) = (stop, out.push(doc));
            }
        }
        self.leading(&mut out, &mut end, &mut first, to);
        self.lost |= lost;
        Doc::Concat(out)
    }

    /// The comments on lines of their own before a place.
    fn leading(&mut self, out: &mut Vec<Doc<'a>>, end: &mut usize, first: &mut bool, place: usize) {
        while let Some(comment) = self.comment_before(place) {
            self.next += 1;
            out.push(self.gap(*end, comment.span.start as usize, first));
            out.push(Doc::Comment(self.source(comment.span).trim_end()));
            *end = comment.span.end as usize;
        }
    }

    /// A line break, and an empty line where there was one.
    fn gap(&self, end: usize, start: usize, first: &mut bool) -> Doc<'a> {
        let empty = self.between(end, start).split('\n').count() > 2;
        let doc = if empty && !*first { Doc::Blank } else { Doc::Hard };
        *first = false;
        doc
    }

    /// `{ … }`: on one line where it was and fits, else one thing a line. `open` is where the brace stands.
    pub(super) fn braces<T>(
        &mut self,
        open: usize,
        things: &'a [T],
        span: impl Fn(&T) -> Span,
        print: impl Fn(&mut Self, &'a T) -> Doc<'a>,
    ) -> Doc<'a> {
        self.braces_of_a_group(open, things, span, print).group()
    }

    /// As [`Self::braces`], on one line only if the group around it is.
    pub(super) fn braces_of_a_group<T>(
        &mut self,
        open: usize,
        things: &'a [T],
        span: impl Fn(&T) -> Span,
        print: impl Fn(&mut Self, &'a T) -> Doc<'a>,
    ) -> Doc<'a> {
        let from = open + 1;
        let last = things.last().map_or(from, |thing| span(thing).end as usize);
        let close = self.find(last, '}');
        if things.is_empty() && self.comment_before(close).is_none() {
            return Doc::Text("{ }");
        }
        if self.between(from, close).contains('\n') {
            let lines = self.lines(&Room::inside(from, close), things, span, print);
            return Doc::Concat(vec![Doc::Text("{"), lines.nest(), Doc::Hard, Doc::Text("}")]);
        }
        self.lost |= self.drop_before(open);
        let mut parts = Vec::new();
        for thing in things {
            parts.push(if parts.is_empty() { Doc::Line } else { Doc::IfFlat(",").then(Doc::Line) });
            parts.push(self.whole(span(thing), |printer| print(printer, thing)));
        }
        let inner = Doc::Concat(parts).nest();
        Doc::Concat(vec![Doc::Text("{"), inner, Doc::Line, Doc::Text("}")])
    }

    /// `( … )` or `[ … ]`: on one line where it fits, else one element a line. `open` is where the bracket stands.
    pub(super) fn list<T>(
        &mut self,
        brackets: &Brackets,
        open: usize,
        things: &'a [T],
        span: impl Fn(&T) -> Span,
        print: impl Fn(&mut Self, &'a T) -> Doc<'a>,
    ) -> Doc<'a> {
        let lost = self.drop_before(open);
        self.lost |= lost;
        let last = things.last().map_or(open + 1, |thing| span(thing).end as usize);
        let bracket = if brackets.close == ")" { ')' } else { ']' };
        let close = self.find(last, bracket);
        let comma = |_: usize, last: bool| if last { Doc::IfBroken(",") } else { Doc::Text(",") };
        let elements = self.elements(close, things, span, print, comma);
        let Some(inner) = elements else {
            return Doc::Text(brackets.open).then(Doc::Text(brackets.close));
        };
        let inner = Doc::Soft.then(inner).nest();
        Doc::Concat(vec![Doc::Text(brackets.open), inner, Doc::Soft, Doc::Text(brackets.close)]).group()
    }

    /// Elements with what stands behind each, and a possible line break between two. `None` where there is nothing.
    pub(super) fn elements<T>(
        &mut self,
        to: usize,
        things: &'a [T],
        span: impl Fn(&T) -> Span,
        print: impl Fn(&mut Self, &'a T) -> Doc<'a>,
        behind: impl Fn(usize, bool) -> Doc<'a>,
    ) -> Option<Doc<'a>> {
        let mut out = Vec::new();
        for (at, thing) in things.iter().enumerate() {
            if at > 0 {
                out.push(Doc::Line);
            }
            let place = span(thing);
            while let Some(comment) = self.comment_before(place.start as usize) {
                self.next += 1;
                let end = comment.span.end as usize;
                let next = self.comment_before(place.start as usize).map_or(place, |next| next.span);
                // Behind an empty line a doc comment belongs to nothing, and without it to what follows.
                let apart = self.between(end, next.start as usize).split('\n').count() > 2;
                let line = if apart { Doc::Blank } else { Doc::Hard };
                out.extend([Doc::Comment(self.source(comment.span).trim_end()), line]);
            }
            out.push(print(self, thing));
            out.push(behind(at, at + 1 == things.len()));
            let mut end = place.end as usize;
            // A separator may stand between an element and its comment.
            let word = self.between(end, to).find(|c: char| !c.is_whitespace());
            let mark = word.filter(|at| self.between(end + at, to).starts_with(['|', '<']));
            end += mark.map_or(0, |at| at + 1);
            while let Some((doc, stop)) = self.trailing(end, to) {
                (end, ()) = (stop, out.push(doc));
            }
        }
        while let Some(comment) = self.comment_before(to) {
            self.next += 1;
            if !out.is_empty() {
                out.push(Doc::Line);
            }
            out.push(Doc::Comment(self.source(comment.span).trim_end()));
        }
        if out.is_empty() { None } else { Some(Doc::Concat(out)) }
    }
}

/// A group that is broken.
pub(super) fn broken(doc: Doc<'_>) -> Doc<'_> {
    Doc::Group(Box::new(doc), Fit::Broken)
}
