use crate::base::{FileId, Place, Span};
use crate::language::ide::Snapshot;
use crate::language::ide::index::bound_by;
use crate::language::ide::visit::{Part, parts_of, parts_of_item};
use crate::language::syntax::ast::{Block, Item, Stmt};

/// The declaration around a place.
pub(super) fn item_around(snapshot: &Snapshot, file: FileId, at: u32) -> Option<&Item> {
    let (_, module) = snapshot.module(file)?;
    module.tree.items.iter().find(|item| item.span().touches(at as usize))
}

/// The innermost statement around a place.
pub(super) fn stmt_around(item: &Item, at: u32) -> Option<&Stmt> {
    let mut found = None;
    parts_of_item(item, &mut |part| {
        inner(part, at as usize, &mut |part| {
            if let Part::Stmt(stmt) = part {
                found = Some(stmt);
            }
        });
    });
    found
}

/// The step, `let` or block that binds the name at a place.
pub(super) fn binder(snapshot: &Snapshot, name: Place) -> Option<&Stmt> {
    let stmt = stmt_around(item_around(snapshot, name.file, name.span.start)?, name.span.start)?;
    let mut names = Vec::new();
    bound_by(stmt, &mut names);
    names.iter().any(|it| it.span == name.span).then_some(stmt)
}

/// The innermost block around a span.
pub(super) fn block_around(item: &Item, span: Span) -> Option<&Block> {
    let mut found = None;
    parts_of_item(item, &mut |part| {
        inner(part, span.start as usize, &mut |part| {
            if let Part::Block(block) = part
                && block.span.touches(span.end as usize)
            {
                found = Some(block);
            }
        });
    });
    found
}

fn inner<'a>(part: Part<'a>, at: usize, see: &mut dyn FnMut(Part<'a>)) {
    if part.span().touches(at) {
        see(part);
        parts_of(part, &mut |part| inner(part, at, see));
    }
}

/// The blanks in front of the line of a place.
pub(super) fn indent_of(text: &str, at: u32) -> &str {
    let start = text.get(..at as usize).and_then(|front| front.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(start..).unwrap_or_default();
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

/// A name that is not taken: with a number behind it if need be.
pub(super) fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|at| format!("{name}_{at}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}
