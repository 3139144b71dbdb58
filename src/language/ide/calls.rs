use super::navigation::symbol_at;
use super::symbols::head_line;
use super::{Role, Snapshot, Symbol, SymbolKind};
use crate::base::{FileId, Place, Span};
use crate::language::hir::{CallableId, CallableKind, head_of};
use crate::language::syntax::ast::{Item, TestItem};

/// Somebody who calls or is called: an agent, rubric, tool or workflow, or a test that runs one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its name, or the title of a test.
    pub name: String,
    /// Its head in one line.
    pub detail: Option<String>,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub place: Place,
    /// Its name, inside of `place`.
    pub name_span: Span,
}

/// One party of a call with the places where the call is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who calls, or who is called.
    pub party: Party,
    /// The names at which it is called, in the caller's file.
    pub at: Vec<Span>,
}

/// Who is called, or declared, at a place.
pub fn party_at(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Party> {
    match symbol_at(snapshot, file, offset).map(|it| it.symbol) {
        Some(symbol) => party(snapshot, callee(snapshot, symbol)?),
        None => {
            let (_, module) = snapshot.module(file)?;
            module.tree.items.iter().find(|it| titled(it, offset)).and_then(|it| test(file, it))
        }
    }
}

/// Who calls what stands at a place, in all files of the snapshot.
pub fn incoming(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Call> {
    let called = symbol_at(snapshot, file, offset).and_then(|it| callee(snapshot, it.symbol));
    let Some(called) = called else { return Vec::new() };
    let mut found: Vec<Call> = Vec::new();
    for (id, index) in snapshot.all_indexes() {
        let Some(module) = snapshot.program().module(id) else { continue };
        let uses = index.occurrences().filter(|it| it.role == Role::Use);
        for it in uses.filter(|it| callee(snapshot, it.symbol) == Some(called)) {
            let holds = |item: &&Item| item.span().start <= it.span.start && it.span.end <= item.span().end;
            let Some(item) = module.tree.items.iter().find(holds) else { continue };
            let caller = match head_of(item) {
                Some((head, _)) => module.callables.get(&head.name.text).and_then(|id| party(snapshot, *id)),
                None => test(module.file, item).filter(|_| runs(item, it.span)),
            };
            let Some(caller) = caller else { continue };
            join(&mut found, caller, it.span);
        }
    }
    found
}

/// Whom the declaration at a place calls: the callees of its steps and judges, and the tools of an agent.
pub fn outgoing(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Call> {
    let Some(caller) = party_at(snapshot, file, offset) else { return Vec::new() };
    let Some((id, module)) = snapshot.module(caller.place.file) else { return Vec::new() };
    let item = module.tree.items.iter().find(|item| item.span() == caller.place.span);
    let uses = snapshot.index(id).into_iter().flat_map(|index| index.within(caller.place.span));
    let mut found: Vec<Call> = Vec::new();
    for it in uses.filter(|it| it.role == Role::Use) {
        let is_call = item.is_none_or(|item| head_of(item).is_some() || runs(item, it.span));
        let called = callee(snapshot, it.symbol).filter(|_| is_call).and_then(|id| party(snapshot, id));
        if let Some(called) = called {
            join(&mut found, called, it.span);
        }
    }
    found
}

fn join(found: &mut Vec<Call>, party: Party, at: Span) {
    match found.iter_mut().find(|known| known.party.place == party.place) {
        Some(known) => known.at.push(at),
        None => found.push(Call { party, at: vec![at] }),
    }
}

/// The bare word `rubric` is the standard one.
fn callee(snapshot: &Snapshot, symbol: Symbol) -> Option<CallableId> {
    match symbol {
        Symbol::Callable(id) => Some(id),
        Symbol::Word("rubric") => snapshot.program().standard,
        _ => None,
    }
}

fn party(snapshot: &Snapshot, id: CallableId) -> Option<Party> {
    let callable = snapshot.program().callable(id)?;
    let item = snapshot.program().module(callable.module)?.tree.items.get(callable.item)?;
    let kind = match callable.kind {
        CallableKind::Agent => SymbolKind::Agent,
        CallableKind::Rubric => SymbolKind::Rubric,
        CallableKind::Tool => SymbolKind::Tool,
        CallableKind::Workflow => SymbolKind::Workflow,
    };
    let detail = head_line(snapshot, id).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Some(Party {
        name: callable.name.to_string(),
        detail,
        kind,
        place: Place { file: callable.file, span: item.span() },
        name_span: callable.span,
    })
}

fn titled(item: &Item, offset: usize) -> bool {
    matches!(item, Item::Test(test) if test.title.span.touches(offset))
}

fn test(file: FileId, item: &Item) -> Option<Party> {
    let Item::Test(test) = item else { return None };
    Some(Party {
        name: test.title.plain().unwrap_or_default(),
        detail: Some("test".into()),
        kind: SymbolKind::Test,
        place: Place { file, span: test.span },
        name_span: test.title.span,
    })
}

/// Whether a place is in what a test runs: what it gives and expects are no calls.
fn runs(item: &Item, span: Span) -> bool {
    let Item::Test(test) = item else { return false };
    test.items.iter().any(|it| {
        matches!(it, TestItem::Run(_, expr) if expr.span.start <= span.start && span.end <= expr.span.end)
    })
}
