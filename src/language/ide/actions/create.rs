use super::Action;
use super::statements::free_name;
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit};
use crate::language::hir::{ModuleId, Type, TypeId, TypeKind};
use crate::language::ide::Snapshot;
use crate::language::ide::visit::{Part, parts_of, parts_of_item};
use crate::language::syntax::ast::{self, Call, Expr, ExprKind, Item, Step, Stmt};
use crate::language::syntax::is_reserved;

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
    let params = params(snapshot, file, module, call);
    let source = snapshot.source(file)?;
    let result = step.ty.as_ref().map_or("text", |ty| source.slice(ty.span));
    let heads: Vec<String> = params.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
    let holes: String = params.iter().map(|(name, ty)| hole(name, ty)).collect();
    let name = &call.callee.text;
    let text = format!(
        "agent {name}({}) -> {result} {{\n  prompt \"\"\"\n    Say here what is to be done.{holes}\n    \"\"\"\n}}\n\n",
        heads.join(", ")
    );
    let above = workflow.head.doc.as_ref().map_or(workflow.head.span.start, |doc| doc.span.start);
    let place = Place { file, span: Span::at(above as usize) };
    Some(Action::likely(diagnostic, format!("create the agent `{name}`"), Edit { place, text }))
}

/// What the call gives, as parameters: a name for each, and its type as it is there.
fn params(snapshot: &Snapshot, file: FileId, id: ModuleId, call: &Call) -> Vec<(String, String)> {
    let types = snapshot.types(id);
    let known = snapshot.checked(id).map(|checked| checked.dropped.as_slice()).unwrap_or_default();
    let constants = snapshot.program().module(id).map(|module| &module.constants);
    let mut params: Vec<(String, String)> = Vec::new();
    for (at, arg) in call.args.iter().enumerate() {
        let place = Place { file, span: arg.value.span };
        let ty = known.iter().find(|(dropped, _)| *dropped == place).map(|(_, ty)| ty);
        let shown = ty.and_then(|ty| match ty {
            Type::None => Some("text?".to_owned()),
            _ if types.is_nameless(ty) => Some("json".to_owned()),
            _ => types.shown(ty),
        });
        let shown = shown.or_else(|| enum_of(snapshot, id, &arg.value)).unwrap_or_else(|| "text".into());
        let read = match &arg.value.kind {
            ExprKind::Name(name) if ty.is_some() => Some(name),
            ExprKind::Field(_, field) => Some(field),
            _ => None,
        };
        let base = arg.name.as_ref().or(read).map(|name| name.text.to_string());
        let base = base.filter(|name| !is_reserved(name)).unwrap_or_else(|| format!("input_{}", at + 1));
        let is_taken = |name: &str| {
            params.iter().any(|(known, _)| known == name)
                || call.args.iter().filter_map(|arg| arg.name.as_ref()).any(|given| given.text == *name)
                || constants.is_some_and(|constants| constants.contains_key(name))
        };
        // A name that the call gives is the author's choice.
        let name = if arg.name.is_some() { base } else { free_name(&base, is_taken) };
        params.push((name, shown));
    }
    params
}

/// The only enum of the module that has a bare word as a variant.
fn enum_of(snapshot: &Snapshot, id: ModuleId, value: &Expr) -> Option<String> {
    let ExprKind::Name(word) = &value.kind else { return None };
    let module = snapshot.program().module(id)?;
    let has_it = |id: &TypeId| match snapshot.program().type_decl(*id).map(|decl| &decl.kind) {
        Some(TypeKind::Enum { variants, .. }) => variants.iter().any(|it| it.name == word.text),
        _ => false,
    };
    let mut found = module.types.iter().filter(|(_, id)| has_it(id));
    let (name, _) = found.next()?;
    found.next().is_none().then(|| name.to_string())
}

/// The lines of a prompt that show a parameter.
fn hole(name: &str, ty: &str) -> String {
    if ty.ends_with('?') {
        format!("\n    ${{when {name}}}\n    ${{{name}}}\n    ${{end}}")
    } else {
        format!("\n    ${{{name}}}")
    }
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
