use super::at::{Hover, Subject};
use super::defaults::LOOP_ROUNDS;
use super::symbol::{callable, code, join};
use crate::base::{FileId, Place, Span};
use crate::language::hir::{CallableId, Definition, StmtKind, Type};
use crate::language::ide::Snapshot;
use crate::language::ide::scope::item_at;
use crate::language::ide::visit::{Part, parts_of, parts_of_item};
use crate::language::syntax::ast::{Action, For, Item, Loop, LoopOtherwise, Step, Stmt};

/// A statement with the workflow that it stands in.
pub(super) struct Found<'a> {
    pub(super) stmt: &'a Stmt,
    pub(super) subject: Option<Subject>,
}

/// The innermost statement around a place.
pub(super) fn around(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Found<'_>> {
    let (_, module) = snapshot.module(file)?;
    let item = item_at(module, offset)?;
    let mut found = None;
    parts_of_item(item, &mut |part| innermost(part, offset, &mut found));
    let stmt: &Stmt = found?;
    let subject = match item {
        Item::Workflow(it) => module.callables.get(&it.head.name.text).map(|workflow| Subject::Statement {
            workflow: *workflow,
            at: Place { file, span: stmt.span() },
            callee: callee(snapshot, file, stmt),
        }),
        _ => None,
    };
    Some(Found { stmt, subject })
}

fn innermost<'a>(part: Part<'a>, offset: usize, found: &mut Option<&'a Stmt>) {
    if !part.span().touches(offset) {
        return;
    }
    if let Part::Stmt(stmt) = part {
        *found = Some(stmt);
    }
    parts_of(part, &mut |inner| innermost(inner, offset, found));
}

/// What a step calls.
fn callee(snapshot: &Snapshot, file: FileId, stmt: &Stmt) -> Option<CallableId> {
    let Stmt::Step(Step { action: Action::Call(call), .. }) = stmt else { return None };
    snapshot.module(file)?.1.callables.get(&call.callee.text).copied()
}

/// What is said of the word that begins a statement: of `loop` its rounds, of `for` its items, of `step` what it calls.
pub(super) fn keyword(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Hover> {
    let Found { stmt, subject } = around(snapshot, file, offset)?;
    let (word, text) = match stmt {
        Stmt::Loop(it) => (it.keyword, looped(snapshot, file, it)?),
        Stmt::For(it) => {
            let word = it.parallel.as_ref().map_or(it.keyword, |(word, _)| word.to(it.keyword));
            (word, each(snapshot, file, it)?)
        }
        Stmt::Step(it) => match callee(snapshot, file, stmt) {
            Some(callee) => (it.keyword, callable(snapshot, callee, snapshot.limits(file))?),
            None => (it.keyword, "Asks once, and binds the answer.".to_owned()),
        },
        _ => return None,
    };
    word.touches(offset).then_some(Hover { span: word, text, subject })
}

/// What a step binds, for the place of its name.
pub(super) fn step(
    snapshot: &Snapshot,
    file: FileId,
    name: Span,
) -> Option<(Option<String>, Option<Subject>)> {
    let Found { stmt, subject } = around(snapshot, file, name.start as usize)?;
    match stmt {
        Stmt::Step(step) if step.name.as_ref().is_some_and(|it| it.span == name) => {
            let said = |id: CallableId| callable(snapshot, id, snapshot.limits(file));
            Some((callee(snapshot, file, stmt).and_then(said), subject))
        }
        Stmt::Loop(it) if it.name.as_ref().is_some_and(|it| it.span == name) => {
            Some((looped(snapshot, file, it), subject))
        }
        Stmt::For(it) if it.rows.as_ref().is_some_and(|it| it.span == name) => {
            Some((each(snapshot, file, it), subject))
        }
        _ => None,
    }
}

fn looped(snapshot: &Snapshot, file: FileId, it: &Loop) -> Option<String> {
    let source = snapshot.source(file)?;
    let until = source.slice(it.until.span);
    let (written, rounds) = match &it.max {
        Some(max) => {
            let max = source.slice(max.span);
            (format!(" max {max}"), format!("At most {max} rounds."))
        }
        None => (String::new(), format!("At most {LOOP_ROUNDS} rounds: `max {LOOP_ROUNDS}` is the default.")),
    };
    let after = match &it.otherwise {
        None => "A loop that ends without its condition fails: `otherwise fail` is the default.",
        Some(LoopOtherwise::Fail(..)) => "A loop that ends without its condition fails.",
        Some(LoopOtherwise::KeepBest(_)) => "A loop that ends without its condition keeps its best round.",
        Some(LoopOtherwise::KeepLast(_)) => "A loop that ends without its condition keeps its last round.",
        Some(LoopOtherwise::Block(..)) => "A loop that ends without its condition goes on in `otherwise`.",
    };
    join([Some(code(&format!("loop until {until}{written}"))), Some(rounds), Some(after.into())])
}

fn each(snapshot: &Snapshot, file: FileId, it: &For) -> Option<String> {
    let source = snapshot.source(file)?;
    let list = source.slice(it.list.span);
    let order = if it.parallel.is_some() { "" } else { ", one after the other" };
    let items = match list_of(snapshot, file, it) {
        Some(Type::List(_, Some(max))) => format!("Once per item{order}: at most {max}."),
        _ => format!("Once per item{order}, as many as `{list}` has."),
    };
    let cap = it.parallel.as_ref().and_then(|(_, cap)| cap.as_ref());
    let cap = cap.map(|cap| format!("At most {} at once.", source.slice(cap.span)));
    join([Some(code(&format!("for {} in {list}", it.item.text))), Some(items), cap])
}

/// The type of the list that is gone through, as it was checked.
fn list_of(snapshot: &Snapshot, file: FileId, it: &For) -> Option<Type> {
    let (id, _) = snapshot.module(file)?;
    let definitions = snapshot.checked(id)?.definitions.iter();
    let bodies = definitions.filter_map(|definition| match definition {
        Definition::Workflow(_, workflow) => Some(&workflow.body),
        _ => None,
    });
    bodies.flat_map(|body| &body.stmts).find_map(|stmt| match &stmt.kind {
        StmtKind::Each(each) if each.list.span == it.list.span => Some(each.list.ty.clone()),
        _ => None,
    })
}
