use super::statements::{free_name, item_around, stmt_around};
use super::{Action, ActionKind};
use crate::base::{FileId, Place, Span};
use crate::diag::Edit;
use crate::language::hir::{self, Definition, Expr, StmtKind, Type, Workflow, each_child};
use crate::language::ide::{Role, Snapshot, Symbol};
use crate::language::syntax::ast::{self, Item, Stmt, TestItem, Text, TextSource};
use crate::language::syntax::is_reserved;
use crate::plan::Function;

/// A prompt without a name becomes an agent above the workflow; the names in its holes are the parameters.
pub(super) fn extract(snapshot: &Snapshot, file: FileId, within: Span) -> Option<Action> {
    let item = item_around(snapshot, file, within.start)?;
    let Item::Workflow(workflow) = item else { return None };
    let Stmt::Step(step) = stmt_around(item, within.start)? else { return None };
    let ast::Action::Prompt(word, TextSource::Inline(text)) = &step.action else { return None };
    if step.name.as_ref().is_some_and(|name| is_given(snapshot, Place { file, span: name.span })) {
        return None;
    }
    let (_, module) = snapshot.module(file)?;
    let params = parameters(snapshot, file, *module.callables.get(&workflow.head.name.text)?, text)?;
    let base = step.name.as_ref().filter(|name| !name.is_missing());
    let base = base.map_or_else(|| "writer".to_owned(), |name| format!("{}_writer", name.text));
    let taken = |name: &str| {
        module.callables.contains_key(name) || is_reserved(name) || name.parse::<Function>().is_ok()
    };
    let name = free_name(&base, taken);
    let source = snapshot.source(file)?;
    let result = step.ty.as_ref().map_or("text", |ty| source.slice(ty.span));
    let written: Vec<String> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let args: Vec<&str> = params.iter().map(|(name, _)| name.as_str()).collect();
    let agent = format!(
        "agent {name}({}) -> {result} {{\n  prompt {}\n}}\n\n",
        written.join(", "),
        source.slice(text.span)
    );
    let above = workflow.head.doc.as_ref().map_or(workflow.head.span.start, |doc| doc.span.start);
    let call = format!("{name}({})", args.join(", "));
    let edits = vec![
        Edit { place: Place { file, span: Span::at(above as usize) }, text: agent },
        Edit { place: Place { file, span: word.to(text.span) }, text: call },
    ];
    let title = format!("make an agent `{name}` of this prompt");
    Some(Action::change(ActionKind::Extract, title, edits).next(&name))
}

/// Whether a test answers for a step: then it is known by its name there, which an agent's would take the place of.
fn is_given(snapshot: &Snapshot, name: Place) -> bool {
    snapshot.all_indexes().any(|(id, index)| {
        let items = snapshot.program().module(id).map(|module| module.tree.items.as_slice());
        let tests = items.unwrap_or_default().iter().filter_map(|item| match item {
            Item::Test(test) => Some(test),
            _ => None,
        });
        let given = tests.flat_map(|test| &test.items).filter_map(|item| match item {
            TestItem::Given(given) => given.target.last(),
            _ => None,
        });
        given
            .into_iter()
            .any(|target| index.at(target.span.start as usize).any(|it| it.symbol == Symbol::Local(name)))
    })
}

/// The names of the workflow in the holes of a text, with their types there. Nothing where one of them cannot be passed on
/// under its name.
fn parameters(
    snapshot: &Snapshot,
    file: FileId,
    workflow: hir::CallableId,
    text: &Text,
) -> Option<Vec<(String, String)>> {
    let (id, _) = snapshot.module(file)?;
    let Definition::Workflow(_, body) = snapshot.definition(workflow)? else { return None };
    let prompt = prompt_at(body, text.span)?;
    let types = snapshot.types(id);
    let inside = |span: Span| text.span.start <= span.start && span.end <= text.span.end;
    let mut found: Vec<(String, String)> = Vec::new();
    let all = snapshot.index(id)?.within(text.span);
    for it in all.filter(|it| it.role != Role::Definition) {
        let outside = match it.symbol {
            Symbol::Local(bound) => bound.file != file || !inside(bound.span),
            Symbol::Param(..) | Symbol::Word("today" | "now") => true,
            Symbol::Word(_) => return None,
            _ => false,
        };
        let name = snapshot.source(file)?.slice(it.span);
        if !outside || found.iter().any(|(known, _)| known == name) {
            continue;
        }
        // An argument's name in a call of a pure tool is no value.
        let Some(ty) = type_at(prompt, it.span) else {
            if matches!(it.symbol, Symbol::Param(id, _) if id != workflow) {
                continue;
            }
            return None;
        };
        if types.is_nameless(ty) {
            return None;
        }
        found.push((name.to_owned(), types.shown(ty)?));
    }
    Some(found)
}

/// The checked text of a prompt.
fn prompt_at(workflow: &Workflow, span: Span) -> Option<&Expr> {
    workflow.body.stmts.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Step { action: hir::Action::Prompt(text), .. } if text.span == span => Some(text),
        _ => None,
    })
}

/// The type of what is read at a place, as it is narrowed there.
fn type_at(expr: &Expr, span: Span) -> Option<&Type> {
    if expr.span == span && expr.ty != Type::Error {
        return Some(&expr.ty);
    }
    let mut found = None;
    each_child(expr, &mut |child| {
        if found.is_none() {
            found = type_at(child, span);
        }
    });
    found
}
