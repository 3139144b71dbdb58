use super::Snapshot;
use super::place::{OpenKind, Surroundings};
use super::visit::{Part, parts_of, parts_of_item};
use crate::base::{FileId, Place, Span};
use crate::diag::Edit;
use crate::language::syntax::ast::{Item, Otherwise, Stmt, Tree, When, WhenBody};
use crate::language::syntax::{changes, format};

/// What an author has just typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A line end; the place is on the new line.
    LineEnd,
    /// A `}`; the place is behind it.
    Brace,
}

/// What the formatter does about the statement, or the declaration, that has just been finished, and the indentation of
/// the line that begins. Nothing behind it changes, and nothing in what is not finished or cannot be read.
pub fn on_type(snapshot: &Snapshot, file: FileId, offset: usize, typed: Typed) -> Vec<Edit> {
    let (Some(source), Some((_, module))) = (snapshot.source(file), snapshot.module(file)) else {
        return Vec::new();
    };
    let page = Page { text: &source.text, tree: &module.tree };
    let made = match typed {
        Typed::Brace if page.text.get(..offset).is_some_and(|text| text.ends_with('}')) => {
            page.finished(offset, offset)
        }
        Typed::Brace => Vec::new(),
        Typed::LineEnd => page.line(offset),
    };
    made.into_iter().map(|(span, text)| Edit { place: Place { file, span }, text }).collect()
}

type Change = (Span, String);

struct Page<'a> {
    text: &'a str,
    tree: &'a Tree,
}

impl Page<'_> {
    /// After a line end: what it finished, and how deep the new line begins.
    fn line(&self, offset: usize) -> Vec<Change> {
        let Some(start) = self.text.get(..offset).and_then(|front| front.rfind('\n')).map(|at| at + 1) else {
            return Vec::new();
        };
        let before = self.text.get(..start).unwrap_or_default();
        let above = before.trim_end_matches(['\n', '\r']);
        let around = Surroundings::at_end_of(before);
        if around.in_text() || around.open.iter().any(|it| it.kind == OpenKind::Hole) {
            return Vec::new();
        }
        let last = above.trim_end().len();
        let end = self.code_end(last);
        let mut made = if above.lines().last().is_some_and(|line| !line.trim().is_empty()) {
            self.finished(end, last)
        } else {
            Vec::new()
        };
        let code = self.text.get(..end).unwrap_or_default();
        if !code.ends_with(['=', ',', '|', '>', '<', '+', '-', '*', '/', '%']) {
            made.extend(self.indented(start, around.open.len()));
        }
        made
    }

    /// The end of the code before a place: before the comment that stands there.
    fn code_end(&self, end: usize) -> usize {
        let comment =
            self.tree.comments.iter().find(|it| (it.span.start as usize) < end && it.span.touches(end));
        let Some(comment) = comment else { return end };
        self.text.get(..comment.span.start as usize).unwrap_or_default().trim_end().len()
    }

    /// A line that holds nothing yet begins as deep as what it stands in.
    fn indented(&self, start: usize, depth: usize) -> Option<Change> {
        let rest = self.text.get(start..)?;
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let wanted = "  ".repeat(depth);
        (line.trim().is_empty() && line != wanted).then(|| (Span::new(start, start + line.len()), wanted))
    }

    /// The canonical form of what ends at a place, with the comment beside it, which ends at `last`.
    fn finished(&self, end: usize, last: usize) -> Vec<Change> {
        let item =
            self.tree.items.iter().find(|item| item.span().touches(end) && !matches!(item, Item::Bad(_)));
        let Some(item) = item else { return Vec::new() };
        let mut found = None;
        parts_of_item(item, &mut |part| self.statement(part, end, &mut found));
        if let Some(span) = found {
            return self.stmt(span, last);
        }
        let whole = self.trimmed(item.span());
        if whole.end as usize != end && matches!(item, Item::Workflow(_)) {
            return Vec::new();
        }
        let slice = self.text.get(whole.range()).unwrap_or_default();
        let printed = format(slice);
        if !printed.left.is_empty() {
            return Vec::new();
        }
        let line = self.line_start(end);
        let mut made = moved(changes(slice, printed.text.trim_end()), whole.start);
        // In a declaration that goes on, only the line that was left is finished.
        made.retain(|(span, _)| {
            span.end as usize <= end && (whole.end as usize == end || line <= span.end as usize)
        });
        made
    }

    fn trimmed(&self, span: Span) -> Span {
        let slice = self.text.get(span.range()).unwrap_or_default();
        Span::new(span.start as usize, span.start as usize + slice.trim_end().len())
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|front| front.rfind('\n')).map_or(0, |at| at + 1)
    }

    /// The outermost statement that ends at a place, or the case of one; or its beginning, up to the end of its first
    /// block.
    fn statement(&self, part: Part<'_>, end: usize, found: &mut Option<Span>) {
        if found.is_some() || !part.span().touches(end) {
            return;
        }
        let ends = |span: Span| self.trimmed(span).end as usize == end;
        match part {
            Part::Stmt(Stmt::Bad(..)) => parts_of(part, &mut |inner| self.statement(inner, end, found)),
            Part::Stmt(stmt) if ends(stmt.span()) => *found = Some(stmt.span()),
            Part::Stmt(stmt) if own_parts(stmt).into_iter().any(ends) => {
                *found = own_parts(stmt).into_iter().find(|span| ends(*span));
            }
            _ => parts_of(part, &mut |inner| self.statement(inner, end, found)),
        }
    }

    /// A statement on its own, as deep as it stands, so that it does not matter what is wrong around it.
    fn stmt(&self, span: Span, last: usize) -> Vec<Change> {
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        let around = Surroundings::at_end_of(before);
        let depth = around.open.len();
        let Some(inner) = depth.checked_sub(1) else { return Vec::new() };
        if around.open.iter().any(|it| it.kind != OpenKind::Brace) {
            return Vec::new();
        }
        let slice = self.text.get(span.start as usize..last).unwrap_or_default();
        let wrapped =
            format!("workflow w() {{\n{}{slice}\n{}", "when x {\n".repeat(inner), "}\n".repeat(depth));
        let printed = format(&wrapped);
        if !printed.left.is_empty() {
            return Vec::new();
        }
        let lines: Vec<&str> = printed.text.split_inclusive('\n').collect();
        let Some(own) = lines.len().checked_sub(depth).and_then(|last| lines.get(depth..last)) else {
            return Vec::new();
        };
        let own = own.concat();
        let mut made = moved(changes(slice, own.trim()), span.start);
        let start = self.line_start(span.start as usize);
        let indent = before.get(start..).unwrap_or_default();
        let wanted = "  ".repeat(depth);
        if indent.trim().is_empty() && indent != wanted {
            made.insert(0, (Span::new(start, span.start as usize), wanted));
        }
        made
    }
}

/// What a statement consists of that ends with a `}` of its own: its cases, or itself up to the end of its first block.
fn own_parts(stmt: &Stmt) -> Vec<Span> {
    match stmt {
        Stmt::When(When { body: WhenBody::Cases { arms, otherwise, .. }, .. }) => {
            let rest = otherwise.iter().map(|(word, block)| word.to(block.span));
            arms.iter().map(|arm| arm.span).chain(rest).collect()
        }
        Stmt::When(it) => {
            let mut found = Vec::new();
            beginnings(it, it.span.start, &mut found);
            found
        }
        Stmt::Loop(it) if it.otherwise.is_some() => {
            vec![Span { start: it.span.start, end: it.body.span.end }]
        }
        _ => Vec::new(),
    }
}

/// A chain of conditions up to the end of each block that another one follows.
fn beginnings(it: &When, start: u32, found: &mut Vec<Span>) {
    if let WhenBody::Condition { then, otherwise: Some(otherwise), .. } = &it.body {
        found.push(Span { start, end: then.span.end });
        if let Otherwise::When(_, next) = otherwise {
            beginnings(next, start, found);
        }
    }
}

fn moved(changes: Vec<Change>, by: u32) -> Vec<Change> {
    let by = by as usize;
    let shift = |span: Span| Span::new(span.start as usize + by, span.end as usize + by);
    changes.into_iter().map(|(span, text)| (shift(span), text)).collect()
}
