use super::exprs::Walker;
use super::meanings::Meanings;
use super::{Occurrence, Symbol};
use crate::base::{FileId, Span};
use crate::language::hir::{ModuleId, Type};
use crate::language::ide::Snapshot;
use std::collections::HashMap;

/// What the names of a module mean.
#[derive(Debug, Default)]
pub struct FileIndex {
    /// In the order of the page.
    occurrences: Vec<Occurrence>,
    /// Those in its prompt files.
    prompts: Vec<(FileId, Occurrence)>,
    bindings: HashMap<Span, Type>,
}

impl FileIndex {
    /// Of a module.
    pub(in crate::language::ide) fn of(snapshot: &Snapshot, id: ModuleId) -> Self {
        let (Some(module), Some(checked)) = (snapshot.program().module(id), snapshot.checked(id)) else {
            return Self::default();
        };
        let meanings = Meanings::of(snapshot.program(), module, checked);
        let mut walker = Walker::new(snapshot, id, module, &meanings);
        walker.module();
        let file = module.file;
        let (own, prompts): (Vec<_>, Vec<_>) = walker.found.into_iter().partition(|(of, _)| *of == file);
        let mut occurrences: Vec<Occurrence> = own.into_iter().map(|(_, it)| it).collect();
        occurrences.sort_by_key(|it| (it.span.start, it.span.end));
        occurrences.dedup();
        Self { occurrences, prompts, bindings: meanings.bindings }
    }

    /// The occurrences in the module's own text, in the order of the page.
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }

    /// Everything in the module and in its prompt files.
    pub fn everywhere(&self, own: FileId) -> impl Iterator<Item = (FileId, Occurrence)> {
        let own = self.occurrences.iter().map(move |it| (own, *it));
        own.chain(self.prompts.iter().copied())
    }

    /// What stands at a place of the module, or at its end.
    pub fn at(&self, offset: usize) -> impl Iterator<Item = &Occurrence> {
        let end = self.occurrences.partition_point(|it| it.span.start as usize <= offset);
        let near = self.occurrences.get(end.saturating_sub(8)..end).unwrap_or_default();
        near.iter().rev().filter(move |it| it.span.touches(offset))
    }

    /// The symbol whose name stands at a place.
    pub fn symbol_at(&self, offset: usize) -> Option<Symbol> {
        self.at(offset).next().map(|it| it.symbol)
    }

    /// The type of what is bound at a place.
    pub fn bound_type(&self, span: Span) -> Option<&Type> {
        self.bindings.get(&span)
    }
}
