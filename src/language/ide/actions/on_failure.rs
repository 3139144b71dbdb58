use super::statements::{item_around, stmt_around};
use super::{Action, ActionKind};
use crate::base::{FileId, Place, Span};
use crate::diag::Edit;
use crate::language::ide::Snapshot;
use crate::language::syntax::ast::{self, Item, Stmt};

/// A step that fails gives `none`, so that its name is optional below it.
pub(super) fn on_failure(snapshot: &Snapshot, file: FileId, within: Span) -> Option<Action> {
    let item = item_around(snapshot, file, within.start)?;
    let Item::Workflow(_) = item else { return None };
    let Stmt::Step(step) = stmt_around(item, within.start)? else { return None };
    let (_, module) = snapshot.module(file)?;
    let gives = match &step.action {
        ast::Action::Call(call) => {
            let callee =
                module.callables.get(&call.callee.text).and_then(|id| snapshot.program().callable(*id));
            callee.is_some_and(|callee| callee.result.is_some())
        }
        ast::Action::Prompt(..) | ast::Action::Ask(..) => true,
        ast::Action::Missing(_) => false,
    };
    if !gives || step.name.is_none() || !step.on_failure.is_empty() || step.span.end < within.end {
        return None;
    }
    let source = snapshot.source(file)?;
    let slice = source.slice(step.span).trim_end();
    let place = Place { file, span: Span::at(step.span.start as usize + slice.len()) };
    let mut edits = vec![Edit { place, text: " on failure none".into() }];
    // A type that is written there has to take it.
    let ty = step.ty.as_ref().map(|ty| ty.span).filter(|span| !source.slice(*span).trim_end().ends_with('?'));
    edits.extend(ty.map(|ty| {
        let end = ty.start as usize + source.slice(ty).trim_end().len();
        Edit { place: Place { file, span: Span::at(end) }, text: "?".into() }
    }));
    let title = "go on without it: add `on failure none`";
    Some(Action::change(ActionKind::Rewrite, title, edits).next("none"))
}
