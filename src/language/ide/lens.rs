use super::Role;
use super::Snapshot;
use super::navigation::{occurrences, symbol_at};
use crate::base::{FileId, Place, Span};
use crate::language::hir::head_of;
use crate::language::syntax::ast::{Item, Name};

/// Something that can be done with a declaration, shown above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The name of the declaration.
    pub span: Span,
    /// What can be done.
    pub kind: LensKind,
}

/// What can be done with a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensKind {
    /// Run this workflow.
    Run(String),
    /// Run this workflow with simulated answers.
    RunWithoutModels(String),
    /// Run the test of this title.
    RunTest(String),
    /// The places that use it, which are counted when the lens is shown ([`uses`]).
    References,
}

/// The lenses of a file, in the order of the page.
pub fn lenses(snapshot: &Snapshot, file: FileId) -> Vec<Lens> {
    let Some((_, module)) = snapshot.module(file) else { return Vec::new() };
    let mut found = Vec::new();
    for item in &module.tree.items {
        if let Item::Workflow(it) = item
            && !it.head.name.is_missing()
        {
            let name = it.head.name.text.to_string();
            let span = it.head.name.span;
            found.push(Lens { span, kind: LensKind::Run(name.clone()) });
            found.push(Lens { span, kind: LensKind::RunWithoutModels(name) });
        }
        if let Item::Test(it) = item
            && let Some(title) = it.title.plain().filter(|title| !title.is_empty())
        {
            found.push(Lens { span: it.title.span, kind: LensKind::RunTest(title) });
        }
        let span = declared(item).filter(|name| !name.is_missing()).map(|name| name.span);
        found.extend(span.map(|span| Lens { span, kind: LensKind::References }));
    }
    found
}

/// The name of what others call, or write as a type.
fn declared(item: &Item) -> Option<&Name> {
    match item {
        Item::Type(it) => Some(&it.name),
        _ => head_of(item).map(|(head, _)| &head.name),
    }
}

/// The places that use the declaration whose name stands at a place, in all files of the snapshot; imports are none.
pub fn uses(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Place> {
    let Some(at) = symbol_at(snapshot, file, offset) else { return Vec::new() };
    let all = occurrences(snapshot, at.symbol).into_iter();
    all.filter(|(_, it)| !matches!(it.role, Role::Definition | Role::Import))
        .map(|(file, it)| Place { file, span: it.span })
        .collect()
}
