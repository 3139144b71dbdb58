use crate::base::{FileId, Span};
use crate::diag::{Code, Diagnostic};
use crate::language::hir::Program;
use crate::language::syntax::ast::Item;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// How many further uses are shown at their places.
const SHOWN: usize = 2;

/// Says of each name that is not known once that it is not, where it stands first: a value once a declaration, all else
/// once a file. Further uses belong to that report, and its fix repairs them too. `diagnostics` are in the order of the
/// page.
pub fn once(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let callables = unknown_callables(program, diagnostics);
    let mut first: BTreeMap<Key, usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    let mut uses: BTreeMap<usize, Vec<Diagnostic>> = BTreeMap::new();
    for it in diagnostics.drain(..) {
        let Some(key) = key(program, &callables, &it) else {
            kept.push(it);
            continue;
        };
        match first.get(&key) {
            // The call says best what is missing.
            Some(at) if it.code == Code::UnknownCallable => match kept.get_mut(*at) {
                Some(told) if told.code != it.code => {
                    let told = std::mem::replace(told, it);
                    uses.entry(*at).or_default().push(told);
                }
                _ => uses.entry(*at).or_default().push(it),
            },
            Some(at) => uses.entry(*at).or_default().push(it),
            None => {
                first.insert(key, kept.len());
                kept.push(it);
            }
        }
    }
    for (at, uses) in uses {
        if let Some(first) = kept.get_mut(at) {
            join(first, uses);
        }
    }
    *diagnostics = kept;
    crate::diag::in_page_order(diagnostics);
}

/// What says the same: file, kind, where it means one thing, and what is said.
type Key = (FileId, Code, Span, SmolStr);

/// The names that are called and are not there.
fn unknown_callables(program: &Program, diagnostics: &[Diagnostic]) -> BTreeSet<(FileId, SmolStr)> {
    let unknown = diagnostics.iter().filter(|it| it.code == Code::UnknownCallable);
    unknown.filter_map(|it| Some((it.place.file, word(program, it)?))).collect()
}

/// `None` for what is said each time.
fn key(program: &Program, callables: &BTreeSet<(FileId, SmolStr)>, it: &Diagnostic) -> Option<Key> {
    let file = it.place.file;
    let whole = Span::default();
    match it.code {
        Code::UnknownCallable => Some((file, Code::UnknownCallable, whole, word(program, it)?)),
        // A test names what a workflow calls.
        Code::NotGiven | Code::NotWatched => {
            let word = word(program, it).filter(|word| callables.contains(&(file, word.clone())))?;
            Some((file, Code::UnknownCallable, whole, word))
        }
        Code::UnknownType | Code::UnknownField | Code::UnknownVariant => {
            Some((file, it.code, whole, it.message.as_str().into()))
        }
        Code::UnknownName => {
            let module = program.modules.iter().find(|module| module.file == file)?;
            let at = it.place.span.start;
            let item =
                module.tree.items.iter().map(Item::span).find(|item| item.start <= at && at < item.end)?;
            Some((file, it.code, item, it.message.as_str().into()))
        }
        _ => None,
    }
}

fn word(program: &Program, it: &Diagnostic) -> Option<SmolStr> {
    Some(program.sources.get(it.place.file.0 as usize)?.slice(it.place.span).into())
}

fn join(first: &mut Diagnostic, uses: Vec<Diagnostic>) {
    let more = uses.len().saturating_sub(SHOWN);
    for (number, it) in uses.into_iter().enumerate() {
        first.again.push(it.place);
        if number < SHOWN {
            *first =
                std::mem::replace(first, it.clone()).label(it.place.file, it.place.span, "used here too");
        }
        match (&mut first.fix, it.fix) {
            (Some(fix), Some(same)) if fix.title == same.title => fix.edits.extend(same.edits),
            _ => {}
        }
    }
    first.again.sort_unstable();
    match more {
        0 => {}
        1 => first.notes.push("it is used once more below".into()),
        more => first.notes.push(format!("it is used {more} more times below")),
    }
}
