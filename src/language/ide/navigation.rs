use super::{Occurrence, Role, Snapshot, Symbol};
use crate::base::{FileId, Place, Span};
use crate::language::hir::Type;

/// The symbols at a place of a file, the one that a reader means first.
pub(super) fn symbols_at(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Occurrence> {
    if let Some((id, _)) = snapshot.module(file) {
        return snapshot.index(id).map(|index| index.at(offset).copied().collect()).unwrap_or_default();
    }
    // A prompt file belongs to those who name it.
    let everywhere = snapshot.all_indexes().flat_map(|(_, index)| index.everywhere(FileId(u32::MAX)));
    everywhere.filter(|(of, it)| *of == file && it.span.touches(offset)).map(|(_, it)| it).take(1).collect()
}

/// The symbol at a place, with the span of its name. In `{ report }` it is the value.
pub(super) fn symbol_at(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Occurrence> {
    let all = symbols_at(snapshot, file, offset);
    all.iter().find(|it| it.role == Role::ShortValue).or(all.first()).copied()
}

/// Where the name at a place is declared; in `{ report }` both the value and the field.
pub fn definition(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Place> {
    let all = symbols_at(snapshot, file, offset);
    let mut found: Vec<Place> = Vec::new();
    for place in all.iter().filter_map(|it| snapshot.declaration(it.symbol)) {
        if !found.contains(&place) {
            found.push(place);
        }
    }
    found
}

/// Where the type of what stands at a place is declared.
pub fn type_definition(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Place> {
    let symbol = symbol_at(snapshot, file, offset)?.symbol;
    let (_, ty) = snapshot.type_of(symbol)?;
    let id = named(&ty)?;
    snapshot.declaration(Symbol::Type(id))
}

fn named(ty: &Type) -> Option<crate::language::hir::TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::OneOf(ids) => ids.first().copied(),
        Type::List(inner, _) | Type::Optional(inner) => named(inner),
        _ => None,
    }
}

/// Every place where a symbol stands, in all files of the snapshot, by file and page.
pub(super) fn occurrences(snapshot: &Snapshot, symbol: Symbol) -> Vec<(FileId, Occurrence)> {
    let mut found = Vec::new();
    for (id, index) in snapshot.all_indexes() {
        let own = snapshot.program().module(id).map(|module| module.file).unwrap_or_default();
        found.extend(index.everywhere(own).filter(|(_, it)| it.symbol == symbol));
    }
    found.sort_by_key(|(file, it)| (*file, it.span));
    found.dedup_by_key(|(file, it)| (*file, it.span));
    found
}

/// Every place where the symbol at a place stands; its declaration too if `declaration`.
pub fn references(snapshot: &Snapshot, file: FileId, offset: usize, declaration: Declarations) -> Vec<Place> {
    let Some(at) = symbol_at(snapshot, file, offset) else { return Vec::new() };
    let wanted = |it: &Occurrence| declaration == Declarations::Included || it.role != Role::Definition;
    let all = occurrences(snapshot, at.symbol).into_iter();
    all.filter(|(_, it)| wanted(it)).map(|(file, it)| Place { file, span: it.span }).collect()
}

/// Whether declarations are asked for with the uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declarations {
    /// They are.
    Included,
    /// Only uses.
    LeftOut,
}

/// Every place of the same file where the symbol at a place stands, and whether it is bound there.
pub fn highlights(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<(Span, bool)> {
    let Some(at) = symbol_at(snapshot, file, offset) else { return Vec::new() };
    let Some((id, _)) = snapshot.module(file) else { return Vec::new() };
    let all = snapshot.index(id).into_iter().flat_map(super::FileIndex::occurrences);
    all.filter(|it| it.symbol == at.symbol).map(|it| (it.span, it.role == Role::Definition)).collect()
}
