use super::Occurrence;
use super::exprs::Walker;
use super::file::FileIndex;
use super::meanings::Meanings;
use crate::base::{FileId, Span};
use crate::language::hir::Type;
use std::collections::HashMap;

/// What the names of a declaration mean.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// In the order of the page.
    pub(super) occurrences: Vec<Occurrence>,
    /// Those in its prompt files.
    pub(super) prompts: Vec<(FileId, Occurrence)>,
    /// The types of what it binds, by where that stands.
    pub(super) bindings: HashMap<Span, Type>,
}

impl Part {
    /// Of a declaration, by its number in the file.
    pub(super) fn of(index: FileIndex<'_>, at: usize) -> Self {
        let meanings = Meanings::of(index, at);
        let mut walker = Walker::new(index, at, &meanings);
        walker.declaration();
        let file = index.module.file;
        let (own, prompts): (Vec<_>, Vec<_>) = walker.found.into_iter().partition(|(of, _)| *of == file);
        let mut occurrences: Vec<Occurrence> = own.into_iter().map(|(_, it)| it).collect();
        occurrences.sort_by_key(|it| (it.span.start, it.span.end));
        occurrences.dedup();
        Self { occurrences, prompts, bindings: meanings.bindings }
    }

    /// What stands at a place, or ends there; the last one first.
    pub(super) fn at(&self, offset: usize) -> impl Iterator<Item = &Occurrence> {
        let end = self.occurrences.partition_point(|it| it.span.start as usize <= offset);
        let near = self.occurrences.get(end.saturating_sub(8)..end).unwrap_or_default();
        near.iter().rev().filter(move |it| it.span.touches(offset))
    }
}
