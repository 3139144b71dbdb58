use super::Snapshot;
use super::visit::{Part, parts_of, parts_of_item};
use crate::base::{FileId, Span};
use crate::language::hir::{CallableKind, Definition, head_of};
use crate::language::syntax::ast::{Item, Stmt};

/// A remark inside of a line that the author did not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where it stands.
    pub at: usize,
    /// What it says: `: [Finding] max 20`.
    pub label: String,
    /// Whether it could be written there as it is.
    pub writable: bool,
}

/// The types of steps and `let`s that have none written, and the tier of agents and rubrics that say none, in a part of a
/// file.
pub fn hints(snapshot: &Snapshot, file: FileId, within: Span) -> Vec<Hint> {
    let Some((_, module)) = snapshot.module(file) else { return Vec::new() };
    let mut found = Vec::new();
    for item in module.tree.items.iter().filter(|item| overlaps(item.span(), within)) {
        found.extend(tier(snapshot, file, item));
        parts_of_item(item, &mut |part| inside(snapshot, file, part, within, &mut found));
    }
    found.sort_by_key(|hint| hint.at);
    found
}

fn overlaps(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

fn inside(snapshot: &Snapshot, file: FileId, part: Part<'_>, within: Span, found: &mut Vec<Hint>) {
    if !overlaps(part.span(), within) {
        return;
    }
    if let Part::Stmt(stmt) = part {
        found.extend(binding(snapshot, file, stmt));
    }
    parts_of(part, &mut |inner| inside(snapshot, file, inner, within, found));
}

/// The type of what a statement binds.
fn binding(snapshot: &Snapshot, file: FileId, stmt: &Stmt) -> Option<Hint> {
    let name = match stmt {
        Stmt::Step(step) if step.ty.is_none() => step.name.as_ref()?,
        Stmt::Let(it) if it.ty.is_none() => &it.name,
        Stmt::For(it) => it.rows.as_ref()?,
        _ => return None,
    };
    let (module, _) = snapshot.module(file)?;
    let ty = snapshot.index(module)?.bound_type(name.span)?;
    let types = snapshot.types(module);
    if types.is_nameless(ty) {
        return None;
    }
    let label = format!(": {}", types.shown(ty)?);
    Some(Hint { at: name.span.end as usize, label, writable: !matches!(stmt, Stmt::For(_)) })
}

/// The tier of an agent or rubric without one (L3.8).
fn tier(snapshot: &Snapshot, file: FileId, item: &Item) -> Option<Hint> {
    let (head, kind) = head_of(item)?;
    if !matches!(kind, CallableKind::Agent | CallableKind::Rubric) || head.name.is_missing() {
        return None;
    }
    if head.annotations.iter().any(|it| it.name.text == "tier") {
        return None;
    }
    let (module, _) = snapshot.module(file)?;
    let asks = snapshot.checked(module)?.definitions.iter().any(|definition| match definition {
        Definition::Agent(id, _) | Definition::Rubric(id, _) => {
            snapshot.program().callable(*id).is_some_and(|it| it.span == head.name.span)
        }
        _ => false,
    });
    asks.then(|| Hint { at: head.end.start as usize, label: " @tier(1)".into(), writable: true })
}
