use crate::base::{FileId, Span};
use crate::diag::{Code, Diagnostic};
use crate::language::hir::Program;
use crate::language::syntax::ast::Item;
use std::collections::BTreeMap;

/// How many further uses are shown at their places.
const SHOWN: usize = 3;

/// Says of each name that is not known once that it is not, where it stands first: a value once a declaration, a type or
/// callable once a file. Further uses belong to that report, and its fix repairs them too. `diagnostics` are in the order
/// of the page.
pub fn once(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(FileId, Code, Span, String), usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    let mut again: Vec<(usize, Diagnostic)> = Vec::new();
    for it in diagnostics.drain(..) {
        let Some(room) = room(program, &it) else {
            kept.push(it);
            continue;
        };
        let key = (it.place.file, it.code, room, it.message.clone());
        match first.get(&key) {
            Some(at) => again.push((*at, it)),
            None => {
                first.insert(key, kept.len());
                kept.push(it);
            }
        }
    }
    let mut uses: BTreeMap<usize, Vec<Diagnostic>> = BTreeMap::new();
    for (at, it) in again {
        uses.entry(at).or_default().push(it);
    }
    for (at, uses) in uses {
        if let Some(first) = kept.get_mut(at) {
            join(first, uses);
        }
    }
    *diagnostics = kept;
}

/// Where an unknown name means one thing; `None` for what is said each time.
fn room(program: &Program, it: &Diagnostic) -> Option<Span> {
    match it.code {
        Code::UnknownType | Code::UnknownCallable => Some(Span::default()),
        Code::UnknownName => {
            let module = program.modules.iter().find(|module| module.file == it.place.file)?;
            let at = it.place.span.start;
            module.tree.items.iter().map(Item::span).find(|item| item.start <= at && at < item.end)
        }
        _ => None,
    }
}

fn join(first: &mut Diagnostic, uses: Vec<Diagnostic>) {
    let more = uses.len().saturating_sub(SHOWN);
    for (number, it) in uses.into_iter().enumerate() {
        if number < SHOWN {
            *first =
                std::mem::replace(first, it.clone()).label(it.place.file, it.place.span, "used here too");
        }
        match (&mut first.fix, it.fix) {
            (Some(fix), Some(same)) if fix.title == same.title => fix.edits.extend(same.edits),
            _ => {}
        }
    }
    match more {
        0 => {}
        1 => first.notes.push("it is used once more below".into()),
        more => first.notes.push(format!("it is used {more} more times below")),
    }
}
