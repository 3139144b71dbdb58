use super::Snapshot;
use super::visit::{Part, parts_of, parts_of_item};
use crate::base::{FileId, Source, Span};
use crate::language::syntax::ast::Item;

/// Lines that can be put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The first line, which stays, from 1.
    pub first: u32,
    /// The last line that is put away, from 1.
    pub last: u32,
    /// What it is.
    pub kind: FoldKind,
}

/// What is put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds of folds that editors know")]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

/// What can be put away in a file, by the first line.
pub fn folds(snapshot: &Snapshot, file: FileId) -> Vec<Fold> {
    let (Some(source), Some((_, module))) = (snapshot.source(file), snapshot.module(file)) else {
        return Vec::new();
    };
    let mut folds = Vec::new();
    for item in &module.tree.items {
        if matches!(item, Item::Use(_) | Item::Bad(_)) {
            continue;
        }
        fold(source, item.span(), FoldKind::Code, &mut folds);
        parts_of_item(item, &mut |part| inside(source, part, &mut folds));
    }
    let uses: Vec<Span> =
        module.tree.items.iter().filter(|it| matches!(it, Item::Use(_))).map(Item::span).collect();
    if let (Some(first), Some(last)) = (uses.first(), uses.last()) {
        fold(source, first.to(*last), FoldKind::Imports, &mut folds);
    }
    comments(source, module.tree.comments.iter().map(|it| it.span), &mut folds);
    folds.sort_by_key(|it| (it.first, it.last));
    folds.dedup_by_key(|it| it.first);
    folds
}

fn inside(source: &Source, part: Part<'_>, folds: &mut Vec<Fold>) {
    if !matches!(part, Part::Block(_)) {
        fold(source, part.span(), FoldKind::Code, folds);
    }
    parts_of(part, &mut |inner| inside(source, inner, folds));
}

fn fold(source: &Source, span: Span, kind: FoldKind, folds: &mut Vec<Fold>) {
    let text = source.slice(span).trim_end();
    let first = source.line_column(span.start).line;
    let end = span.start.saturating_add(u32::try_from(text.len()).unwrap_or_default());
    let mut last = source.line_column(end).line;
    // The closing bracket stays in sight.
    if kind == FoldKind::Code && text.ends_with(['}', ']', ')', '"']) {
        last = last.saturating_sub(1);
    }
    if last > first {
        folds.push(Fold { first, last, kind });
    }
}

/// Runs of comments on lines of their own.
fn comments(source: &Source, spans: impl Iterator<Item = Span>, folds: &mut Vec<Fold>) {
    let mut run: Option<(u32, u32)> = None;
    for span in spans {
        let line = source.line_column(span.start).line;
        match &mut run {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => {
                push(run, folds);
                run = Some((line, line));
            }
        }
    }
    push(run, folds);
}

fn push(run: Option<(u32, u32)>, folds: &mut Vec<Fold>) {
    if let Some((first, last)) = run.filter(|(first, last)| last > first) {
        folds.push(Fold { first, last, kind: FoldKind::Comment });
    }
}
