use super::part::Part;
use super::{Occurrence, Symbol};
use crate::base::{FileId, Span};
use crate::language::hir::{Module, ModuleId, Type};
use crate::language::ide::Snapshot;
use std::sync::OnceLock;

/// Room for what the names of a module mean, declaration by declaration.
#[derive(Debug, Default)]
pub(in crate::language::ide) struct Parts(Vec<OnceLock<Part>>);

/// What the names of a module mean. A declaration is gone through when it is first asked about: whoever wants to know of one
/// place does not wait for the rest of the file.
#[derive(Clone, Copy, Debug)]
pub struct FileIndex<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) id: ModuleId,
    pub(super) module: &'a Module,
    parts: &'a Parts,
}

impl Parts {
    /// Of a module in which nothing was asked yet.
    pub(in crate::language::ide) fn of(module: &Module) -> Self {
        Self(module.tree.items.iter().map(|_| OnceLock::new()).collect())
    }
}

impl<'a> FileIndex<'a> {
    /// Of a module.
    pub(in crate::language::ide) fn of(
        snapshot: &'a Snapshot,
        id: ModuleId,
        parts: &'a Parts,
    ) -> Option<Self> {
        Some(Self { snapshot, id, module: snapshot.program().module(id)?, parts })
    }

    fn part(self, at: usize) -> Option<&'a Part> {
        Some(self.parts.0.get(at)?.get_or_init(|| Part::of(self, at)))
    }

    fn parts(self) -> impl Iterator<Item = &'a Part> {
        (0..self.parts.0.len()).filter_map(move |at| self.part(at))
    }

    /// How many declarations begin at a place or before it.
    fn begun(self, offset: usize) -> usize {
        self.module.tree.items.partition_point(|item| item.span().start as usize <= offset)
    }

    /// The number of the declaration in which something stands.
    pub(super) fn number_at(self, span: Span) -> Option<usize> {
        self.begun(span.start as usize).checked_sub(1)
    }

    /// The occurrences in the module's own text, in the order of the page.
    pub fn occurrences(self) -> impl Iterator<Item = &'a Occurrence> {
        self.parts().flat_map(|part| &part.occurrences)
    }

    /// Those that stand in a part of the text, in the order of the page.
    pub fn within(self, span: Span) -> impl Iterator<Item = &'a Occurrence> {
        let around = self.begun(span.start as usize).saturating_sub(1)..self.begun(span.end as usize);
        let all = around.filter_map(move |at| self.part(at)).flat_map(|part| &part.occurrences);
        all.filter(move |it| span.start <= it.span.start && it.span.end <= span.end)
    }

    /// Everything in the module and in its prompt files.
    pub fn everywhere(self, own: FileId) -> impl Iterator<Item = (FileId, Occurrence)> {
        let texts = self.occurrences().map(move |it| (own, *it));
        texts.chain(self.parts().flat_map(|part| part.prompts.iter().copied()))
    }

    /// What stands at a place of the module, or at its end; the last one first.
    pub fn at(self, offset: usize) -> impl Iterator<Item = &'a Occurrence> {
        let begun = self.begun(offset);
        let parts = (begun.saturating_sub(2)..begun).rev().filter_map(move |at| self.part(at));
        parts.flat_map(move |part| part.at(offset))
    }

    /// The symbol whose name stands at a place.
    pub fn symbol_at(self, offset: usize) -> Option<Symbol> {
        self.at(offset).next().map(|it| it.symbol)
    }

    /// The type of what is bound at a place.
    pub fn bound_type(self, span: Span) -> Option<&'a Type> {
        self.part(self.number_at(span)?)?.bindings.get(&span)
    }
}
