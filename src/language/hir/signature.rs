use super::alternatives::doubled;
use super::declare::resolver;
use super::{CallableKind, Module, ModuleId, Param, Program, Resolver, Type, Used, builtin};
use crate::base::{FileId, Place, Span, parallel_map};
use crate::diag::{Code, Diagnostic, Edit, Fix};
use crate::language::syntax::ast::{self, Item};
use crate::plan;
use smol_str::SmolStr;

/// What a callable takes, gives and touches.
struct Signature {
    params: Vec<Param>,
    result: Option<Type>,
    effect: Option<plan::Effect>,
    lost: bool,
}

/// Says of every callable what it takes and gives.
pub(super) fn complete_callables(program: &mut Program, found: &mut Vec<Diagnostic>) {
    let all = parallel_map(&program.modules, |at, module| signatures(program, at, module));
    let mut callables = program.callables.iter_mut();
    for (module, mut all) in program.modules.iter_mut().zip(all) {
        for (signature, callable) in all.made.into_iter().zip(callables.by_ref()) {
            let Some(signature) = signature else { continue };
            callable.params = signature.params;
            callable.result = signature.result;
            callable.effect = signature.effect;
            callable.lost = signature.lost;
        }
        module.used.extend(&all.used);
        found.append(&mut all.found);
    }
}

/// The signatures of a module's callables, in the order of the page, which is that of their ids.
struct Signatures {
    made: Vec<Option<Signature>>,
    used: Used,
    found: Vec<Diagnostic>,
}

fn signatures(program: &Program, at: usize, module: &Module) -> Signatures {
    let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
    let mut resolver = resolver(program, id);
    let mut found = Vec::new();
    let first = program.callables.partition_point(|callable| callable.module < id);
    let own = program.callables.iter().skip(first).take_while(|callable| callable.module == id);
    let made = own
        .map(|callable| {
            let item = module.tree.items.get(callable.item)?;
            signature(&mut resolver, callable.file, item, &mut found)
        })
        .collect();
    found.append(&mut resolver.diagnostics);
    Signatures { made, used: resolver.used, found }
}

fn signature(
    resolver: &mut Resolver<'_>,
    file: FileId,
    item: &Item,
    found: &mut Vec<Diagnostic>,
) -> Option<Signature> {
    let (head, kind) = head_of(item)?;
    let params: Vec<Param> = head.params.iter().map(|param| param_of(resolver, param)).collect();
    doubled(file, "parameter", params.iter().map(|it| (it.name.as_str(), it.span)), found);
    let written = head.result.as_ref().map(|ty| resolver.resolve(ty));
    let result = match kind {
        CallableKind::Agent => Some(written.unwrap_or(Type::TEXT)),
        CallableKind::Rubric => {
            if let Some(ty) = &head.result {
                found.push(rubric_result(file, head, ty.span));
            }
            Some(Type::Named(builtin::REVIEW))
        }
        CallableKind::Tool | CallableKind::Workflow => written,
    };
    let effect = match item {
        Item::Tool(tool) => tool.effect.as_ref().and_then(effect_of),
        _ => None,
    };
    let lost = resolver.lost(Span { start: head.span.start, end: head.end.end });
    let result = if lost && kind != CallableKind::Rubric { Some(Type::Error) } else { result };
    Some(Signature { params, result, effect, lost })
}

/// What declarations with a body have in common.
pub fn head_of(item: &Item) -> Option<(&ast::Head, CallableKind)> {
    match item {
        Item::Agent(agent) => Some((&agent.head, CallableKind::Agent)),
        Item::Rubric(rubric) => Some((&rubric.head, CallableKind::Rubric)),
        Item::Tool(tool) => Some((&tool.head, CallableKind::Tool)),
        Item::Workflow(workflow) => Some((&workflow.head, CallableKind::Workflow)),
        _ => None,
    }
}

fn param_of(resolver: &mut Resolver<'_>, param: &ast::Param) -> Param {
    Param {
        name: param.name.text.clone(),
        span: param.name.span,
        doc: param.doc.as_ref().map(|doc| doc.text.clone()),
        ty: resolver.resolve(&param.ty),
        type_span: param.ty.span,
        has_default: param.default.is_some(),
    }
}

fn rubric_result(file: FileId, head: &ast::Head, span: Span) -> Diagnostic {
    let name = &head.name.text;
    let arrow = Span { start: span.start, end: span.end };
    let found = Diagnostic::new(
        Code::RubricResult,
        file,
        arrow,
        format!("`{name}` is a rubric: it always gives a `Review`"),
    );
    found.help("leave out the `->` and the type")
}

/// A broken effect was reported where it stands.
fn effect_of(effect: &ast::Effect) -> Option<plan::Effect> {
    let kind = match effect.kind {
        ast::EffectKind::Pure => plan::EffectKind::Pure,
        ast::EffectKind::Reads => plan::EffectKind::Reads,
        ast::EffectKind::Writes => plan::EffectKind::Writes,
        ast::EffectKind::Sends => plan::EffectKind::Sends,
    };
    let is_pure = kind == plan::EffectKind::Pure;
    let resource = if is_pure { SmolStr::default() } else { effect.resource.text.clone() };
    (is_pure || !resource.is_empty()).then_some(plan::Effect { kind, resource })
}

/// A fix that takes a name out of a `use`, or the whole `use` where it is the only one.
pub fn without_import(file: FileId, used: &ast::Use, at: usize) -> Fix {
    let name = |import: &ast::Import| {
        import.alias.as_ref().map_or(import.name.span, |alias| import.name.span.to(alias.span))
    };
    let span = match (used.imports.get(at), used.imports.get(at + 1)) {
        (Some(_), None) if at == 0 => used.span,
        (Some(this), Some(next)) => Span { start: name(this).start, end: name(next).start },
        (Some(this), None) => {
            let before = used.imports.get(at - 1).map_or(name(this).start, |it| name(it).end);
            Span { start: before, end: name(this).end }
        }
        (None, _) => used.span,
    };
    Fix {
        title: "take it out of the `use`".into(),
        edits: vec![Edit { place: Place { file, span }, text: String::new() }],
    }
}
