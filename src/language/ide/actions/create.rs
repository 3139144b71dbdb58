use super::Action;
use crate::base::{Place, Span};
use crate::diag::{Code, Diagnostic, Edit};
use crate::language::ide::Snapshot;
use crate::language::ide::scope::visible;
use crate::language::ide::visit::{Part, parts_of, parts_of_item};
use crate::language::syntax::ast::{self, ExprKind, Item, Step, Stmt};

/// For a step that calls what there is not: an agent with the parameters that the call gives it, above the workflow.
pub(super) fn create(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Option<Action> {
    if diagnostic.code != Code::UnknownCallable {
        return None;
    }
    let (file, span) = (diagnostic.place.file, diagnostic.place.span);
    let (module, tree) = snapshot.module(file).map(|(id, module)| (id, &module.tree))?;
    let item =
        tree.items.iter().find(|item| item.span().start <= span.start && span.end <= item.span().end)?;
    let Item::Workflow(workflow) = item else { return None };
    let mut step = None;
    parts_of_item(item, &mut |part| find(part, span, &mut step));
    let step: &Step = step?;
    let ast::Action::Call(call) = &step.action else { return None };
    let names = visible(snapshot, file, span.start as usize);
    let types = snapshot.types(module);
    let mut params = Vec::new();
    for (at, arg) in call.args.iter().enumerate() {
        let read = match &arg.value.kind {
            ExprKind::Name(name) => Some(name.text.clone()),
            _ => None,
        };
        let symbol = read.as_ref().and_then(|name| names.iter().find(|(known, _)| known == name));
        let ty =
            symbol.and_then(|(_, symbol)| snapshot.type_of(*symbol)).and_then(|(_, ty)| types.shown(&ty));
        let name = arg.name.as_ref().map(|name| name.text.clone()).or(read);
        let name = name.map_or_else(|| format!("input_{}", at + 1), |name| name.to_string());
        params.push((name, ty.unwrap_or_else(|| "text".into())));
    }
    let source = snapshot.source(file)?;
    let result = step.ty.as_ref().map_or("text", |ty| source.slice(ty.span));
    let heads: Vec<String> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let holes: String = params.iter().map(|(name, _)| format!("\n    ${{{name}}}")).collect();
    let name = &call.callee.text;
    let text = format!(
        "agent {name}({}) -> {result} {{\n  prompt \"\"\"\n    Say here what is to be done.{holes}\n    \"\"\"\n}}\n\n",
        heads.join(", ")
    );
    let above = workflow.head.doc.as_ref().map_or(workflow.head.span.start, |doc| doc.span.start);
    let place = Place { file, span: Span::at(above as usize) };
    Some(Action::likely(diagnostic, format!("create the agent `{name}`"), Edit { place, text }))
}

/// The step whose callee stands at a place.
fn find<'a>(part: Part<'a>, callee: Span, found: &mut Option<&'a Step>) {
    if let Part::Stmt(Stmt::Step(step)) = part
        && let ast::Action::Call(call) = &step.action
        && call.callee.span == callee
    {
        *found = Some(step);
    }
    parts_of(part, &mut |inner| find(inner, callee, found));
}
