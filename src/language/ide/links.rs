use super::{Snapshot, Symbol};
use crate::base::{FileId, Span};

/// A name of a file that leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The name, without quotes.
    pub span: Span,
    /// Where it leads.
    pub target: FileId,
}

/// The files that a script names: modules behind `use`, texts behind `prompt file`.
pub fn links(snapshot: &Snapshot, file: FileId) -> Vec<Link> {
    let Some((id, _)) = snapshot.module(file) else { return Vec::new() };
    let all = snapshot.index(id).map(super::FileIndex::occurrences).unwrap_or_default().iter();
    all.filter_map(|it| match it.symbol {
        Symbol::File(target) => Some(Link { span: it.span, target }),
        _ => None,
    })
    .collect()
}
