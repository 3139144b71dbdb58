use super::statements::{binder, item_around};
use super::{Action, ActionKind};
use crate::base::{FileId, Place, Source, Span};
use crate::diag::{Code, Diagnostic, Edit};
use crate::language::hir::{CallableKind, Definition, TypeKind, head_of};
use crate::language::ide::hover::is_unbounded;
use crate::language::ide::{Snapshot, Symbol};
use crate::language::syntax::ast::{self, Stmt};

/// A type as it is written somewhere; empty where a result is left out.
struct Slot {
    file: FileId,
    span: Span,
    /// What it is the type of.
    of: String,
}

/// For a value without the bound that is expected: the bound where the value is made.
pub(super) fn where_made(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Option<Action> {
    let wanted = match diagnostic.code {
        Code::BoundTooWide => {
            let expected = diagnostic.message.rsplit('`').nth(1)?;
            diagnostic.message.contains("does not fit").then_some(expected)?
        }
        Code::NoKnownMaximum | Code::ArgumentWithoutMaximum => "[] max 20",
        _ => return None,
    };
    let slot = made(snapshot, diagnostic.place)?;
    let source = snapshot.source(slot.file)?;
    let written = source.slice(slot.span);
    let bounded = narrowed(written, wanted)?;
    let place = Place { file: slot.file, span: slot.span };
    let title = format!("bound {} where it is made: `{}`", slot.of, bounded.trim_start_matches(" -> "));
    Some(Action::likely(diagnostic, title, Edit { place, text: bounded }))
}

/// A written type with the bound of a wanted one.
fn narrowed(written: &str, wanted: &str) -> Option<String> {
    let (inner, mark) = match written.trim_end().strip_suffix('?') {
        Some(inner) => (inner, "?"),
        None => (written.trim_end(), ""),
    };
    let wanted = wanted.trim_end_matches('?');
    if wanted.starts_with('[') {
        let (_, max) = wanted.rsplit_once("] max ").filter(|(_, max)| max.parse::<u64>().is_ok())?;
        let list = inner.rsplit_once("] max ").map_or(inner.strip_suffix(']')?, |(list, _)| list);
        return list.starts_with('[').then(|| format!("{list}] max {max}{mark}"));
    }
    let word = |text: &str| text.split_whitespace().next().unwrap_or("text").to_owned();
    if inner.is_empty() {
        return (word(wanted) == "text").then(|| format!(" -> {wanted}"));
    }
    (word(inner) == word(wanted)).then(|| format!("{wanted}{mark}"))
}

/// Where the type of the value at a place is written, in a file of the authors.
fn made(snapshot: &Snapshot, place: Place) -> Option<Slot> {
    let (id, _) = snapshot.module(place.file)?;
    let path = snapshot.source(place.file)?.slice(place.span);
    if !path.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.')) {
        return None;
    }
    let index = snapshot.index(id)?;
    let last = index.at(place.span.end as usize).find(|it| it.span.end == place.span.end)?;
    let slot = match last.symbol {
        Symbol::Local(bound) => {
            let Stmt::Step(step) = binder(snapshot, bound)? else { return None };
            let ast::Action::Call(call) = &step.action else { return None };
            if step.ty.is_some() || !step.on_failure.is_empty() {
                return None;
            }
            let (_, module) = snapshot.module(bound.file)?;
            result_of(snapshot, *module.callables.get(&call.callee.text)?)?
        }
        Symbol::Param(id, at) => {
            let callable = snapshot.program().callable(id)?;
            let param = callable.params.get(at as usize)?;
            Slot { file: callable.file, span: param.type_span, of: format!("`{}`", param.name) }
        }
        Symbol::Field(id, at) => {
            let decl = snapshot.program().type_decl(id)?;
            decl.module?;
            let TypeKind::Record(fields) = &decl.kind else { return None };
            let field = fields.get(at as usize)?;
            Slot { file: decl.file, span: field.type_span, of: format!("`{}.{}`", decl.name, field.name) }
        }
        _ => return None,
    };
    let is_std = snapshot.module(slot.file).is_none_or(|(_, module)| module.is_std());
    (!is_std).then_some(slot)
}

/// The result of what asks or reads: a workflow only passes on.
fn result_of(snapshot: &Snapshot, id: crate::language::hir::CallableId) -> Option<Slot> {
    let callable = snapshot.program().callable(id)?;
    if !matches!(callable.kind, CallableKind::Agent | CallableKind::Tool) {
        return None;
    }
    let item = snapshot.program().module(callable.module)?.tree.items.get(callable.item)?;
    let (head, _) = head_of(item)?;
    let span = result_slot(snapshot.source(callable.file)?, head);
    Some(Slot { file: callable.file, span, of: format!("what `{}` gives", callable.name) })
}

/// Where the type of a result is written, or would be: in front of the annotations.
fn result_slot(source: &Source, head: &ast::Head) -> Span {
    match (&head.result, head.annotations.first()) {
        (Some(ty), _) => ty.span,
        (None, None) => head.end,
        (None, Some(first)) => {
            let front = source.slice(Span { start: 0, end: first.span.start });
            Span::at(front.trim_end().trim_end_matches('@').trim_end().len())
        }
    }
}

/// With the cursor in the head of an agent, or of a tool, whose answer has no bound: a bound, to be made right.
pub(super) fn answer(snapshot: &Snapshot, file: FileId, within: Span) -> Option<Action> {
    let item = item_around(snapshot, file, within.start)?;
    let (head, kind) = head_of(item)?;
    if !matches!(kind, CallableKind::Agent | CallableKind::Tool) || within.end > head.end.end {
        return None;
    }
    let (_, module) = snapshot.module(file)?;
    let id = *module.callables.get(&head.name.text)?;
    let callable = snapshot.program().callable(id)?;
    let asks = !matches!(snapshot.definition(id), Some(Definition::Tool(..)) if head.result.is_none());
    let ty = callable.result.as_ref()?;
    if !asks || !is_unbounded(&snapshot.types(callable.module), ty) {
        return None;
    }
    let span = result_slot(snapshot.source(file)?, head);
    let written = snapshot.source(file)?.slice(span);
    let wanted = if written.starts_with('[') { "[] max 20" } else { "text max 200 words" };
    let bounded = narrowed(written, wanted).filter(|bounded| bounded != written)?;
    let is_pure = callable.effect.as_ref().is_some_and(|it| it.kind == crate::plan::EffectKind::Pure);
    if is_pure {
        return None;
    }
    let title = format!("bound its answer: `{}`", bounded.trim_start_matches(" -> "));
    let number = if written.starts_with('[') { "20" } else { "200" };
    let edit = Edit { place: Place { file, span }, text: bounded };
    Some(Action::change(ActionKind::Rewrite, title, vec![edit]).next(number))
}
