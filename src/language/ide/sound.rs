use super::Snapshot;
use crate::base::FileId;
use crate::diag::Severity;
use crate::language::hir::{CallableId, CallableKind, ModuleId, head_of};
use crate::language::syntax::ast::Item;
use std::collections::BTreeSet;

/// Whether nothing is wrong in a callable, nor in what it may reach, so that a plan of it says what would happen: for a
/// workflow the whole file counts, for all others what is wrong in other callables does not.
pub fn is_sound(snapshot: &Snapshot, id: CallableId) -> bool {
    let Some(callable) = snapshot.program().callable(id) else { return false };
    let Some((module, own)) = snapshot.module(callable.file) else { return false };
    let apart = |item: &Item| {
        callable.kind != CallableKind::Workflow
            && matches!(item, Item::Workflow(_) | Item::Test(_) | Item::Agent(_) | Item::Rubric(_))
            && head_of(item).is_none_or(|(head, _)| head.name.span != callable.span)
    };
    let files = reached(snapshot, module);
    let mut errors = snapshot.diagnostics().iter().filter(|it| it.severity == Severity::Error);
    !errors.any(|error| {
        let span = error.place.span;
        let around =
            own.tree.items.iter().find(|it| it.span().start <= span.start && span.end <= it.span().end);
        let elsewhere = error.place.file == callable.file && around.is_some_and(apart);
        files.contains(&error.place.file) && !elsewhere
    })
}

/// The files of a module and of all that it imports.
fn reached(snapshot: &Snapshot, from: ModuleId) -> BTreeSet<FileId> {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    let mut files = BTreeSet::new();
    while let Some(module) = open.pop().and_then(|id| snapshot.program().module(id)) {
        files.insert(module.file);
        files.extend(module.prompt_files.values().map(|(file, _)| *file));
        open.extend(module.uses.iter().flatten().filter(|id| seen.insert(**id)));
    }
    files
}
