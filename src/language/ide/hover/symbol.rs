use crate::language::hir::{Callable, CallableId, Definition, TypeDecl, TypeKind, show};
use crate::language::ide::index::WORDS;
use crate::language::ide::symbols::{head_line, param_line};
use crate::language::ide::{Limits, Snapshot, Symbol};
use crate::language::syntax::ast::Item;
use crate::plan::Function;

use super::{defaults, rubric, tier};
use crate::base::{FileId, Span};

/// What is said of a symbol, wherever it stands, in a project with these limits.
pub(in crate::language::ide) fn of_symbol(
    snapshot: &Snapshot,
    symbol: Symbol,
    limits: Limits,
) -> Option<String> {
    let program = snapshot.program();
    match symbol {
        Symbol::Type(id) => type_decl(snapshot, program.type_decl(id)?),
        Symbol::Field(id, at) => {
            let decl = program.type_decl(id)?;
            let TypeKind::Record(fields) = &decl.kind else { return None };
            let field = fields.get(at as usize)?;
            let types = snapshot.types(decl.module.unwrap_or_default());
            let line = format!("{}.{}: {}", decl.name, field.name, show(&types, &field.ty));
            join([Some(code(&line)), field.doc.as_ref().map(ToString::to_string)])
        }
        Symbol::Variant(id, at) => {
            let decl = program.type_decl(id)?;
            let TypeKind::Enum { variants, .. } = &decl.kind else { return None };
            let variant = variants.get(at as usize)?;
            let line = format!("{}.{}", decl.name, variant.name);
            join([Some(code(&line)), variant.doc.as_ref().map(ToString::to_string)])
        }
        Symbol::Callable(id) => callable(snapshot, id, limits),
        Symbol::Param(id, at) => {
            let callable = program.callable(id)?;
            let param = callable.params.get(at as usize)?;
            let of = format!("A parameter of `{}`.", callable.name);
            let doc = param.doc.as_ref().map(ToString::to_string);
            let size = defaults::of_value(snapshot, callable, &param.ty, limits);
            join([Some(code(&param_line(snapshot, callable, param))), doc, Some(of), size])
        }
        Symbol::Constant(id) => {
            let constant = program.constant(id)?;
            let item = program.module(constant.module)?.tree.items.get(constant.item)?;
            let written = snapshot.source(constant.file)?.slice(item.span());
            let doc = match item {
                Item::Let(it) => it.doc.as_ref().map(|doc| doc.text.to_string()),
                _ => None,
            };
            join([Some(code(&shortened(written))), doc])
        }
        Symbol::Local(place) => local(snapshot, symbol, place.file, place.span),
        Symbol::Function(function) => Some(built_in(function)),
        Symbol::Word(word) => {
            let (_, does) = WORDS.iter().find(|(known, _)| *known == word)?;
            join([Some(code(word)), Some((*does).to_string())])
        }
        Symbol::File(file) => {
            let source = snapshot.source(file)?;
            let doc = snapshot.module(file).and_then(|(_, module)| module.tree.doc.as_ref());
            join([Some(format!("`{}`", source.name)), doc.map(|doc| doc.text.to_string())])
        }
    }
}

pub(super) fn code(text: &str) -> String {
    format!("```agentflow\n{text}\n```")
}

pub(super) fn join<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// At most so many lines of a declaration are shown.
const LINES: usize = 24;

fn shortened(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    match lines.get(..LINES) {
        Some(first) => format!("{}\n…", first.join("\n")),
        None => text.to_string(),
    }
}

fn type_decl(snapshot: &Snapshot, decl: &TypeDecl) -> Option<String> {
    let doc = decl.doc.as_ref().map(ToString::to_string);
    let Some(module) = decl.module.and_then(|id| snapshot.program().module(id)) else {
        return join([Some(code(&built_in_type(snapshot, decl))), doc]);
    };
    let around = |item: &&Item| item.span().start <= decl.span.start && decl.span.end <= item.span().end;
    let item = module.tree.items.iter().find(around)?;
    let written = snapshot.source(decl.file)?.slice(item.span());
    join([Some(code(&shortened(written))), doc])
}

fn built_in_type(snapshot: &Snapshot, decl: &TypeDecl) -> String {
    let types = snapshot.types(decl.module.unwrap_or_default());
    match &decl.kind {
        TypeKind::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|field| format!("  {}: {}", field.name, show(&types, &field.ty))).collect();
            format!("type {} {{\n{}\n}}", decl.name, fields.join("\n"))
        }
        TypeKind::Enum { variants, ordered } => {
            let names: Vec<&str> = variants.iter().map(|it| it.name.as_str()).collect();
            format!("type {} = {}", decl.name, names.join(if *ordered { " < " } else { " | " }))
        }
        TypeKind::Union(_) | TypeKind::Error => format!("type {}", decl.name),
    }
}

pub(super) fn callable(snapshot: &Snapshot, id: CallableId, limits: Limits) -> Option<String> {
    let callable = snapshot.program().callable(id)?;
    let doc = callable.doc.as_ref().map(ToString::to_string);
    join([
        head_line(snapshot, id).map(|line| code(&line)),
        doc,
        parameters(callable),
        about(snapshot, id, callable, limits),
    ])
}

/// The doc comments of parameters.
fn parameters(callable: &Callable) -> Option<String> {
    let told = callable.params.iter().filter_map(|param| {
        param.doc.as_ref().map(|doc| format!("- `{}`: {}", param.name, doc.replace('\n', " ")))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

/// What runs it: the tier of an agent and its tools, the questions of a rubric, and what holds where nothing is written.
fn about(snapshot: &Snapshot, id: CallableId, callable: &Callable, limits: Limits) -> Option<String> {
    match snapshot.definition(id)? {
        Definition::Agent(_, agent) => {
            let tools: Vec<String> = agent
                .tools
                .iter()
                .filter_map(|tool| snapshot.program().callable(*tool))
                .map(|tool| format!("`{}`", tool.name))
                .collect();
            let tools = (!tools.is_empty()).then(|| format!("It may call {}.", tools.join(", ")));
            let own = agent.annotations.tier;
            join([own.map(|own| tier::of(own, "An agent")), tools, Some(defaults::of_agent(agent))])
        }
        Definition::Rubric(_, it) => rubric::questions(snapshot, id, it),
        Definition::Tool(_, tool) => Some(defaults::of_tool(snapshot, callable, tool, limits)),
        _ => None,
    }
}

/// A value that is bound in a body: its name and type where it stands.
pub(super) fn local(snapshot: &Snapshot, symbol: Symbol, file: FileId, span: Span) -> Option<String> {
    let name = snapshot.source(file)?.slice(span);
    let Some((module, ty)) = snapshot.type_of(symbol) else { return Some(code(name)) };
    let types = snapshot.types(module);
    match types.shown(&ty) {
        Some(shown) if !types.is_nameless(&ty) => Some(code(&format!("{name}: {shown}"))),
        _ => Some(code(name)),
    }
}

/// What is said of a built-in function.
fn built_in(function: Function) -> String {
    let doc = function.doc();
    let examples: Vec<String> =
        doc.examples.iter().map(|(left, right)| format!("{left} == {right}")).collect();
    let parts = [
        Some(code(doc.signature)),
        Some(doc.does.into()),
        Some(doc.edges.into()),
        Some(code(&examples.join("\n"))),
    ];
    join(parts).unwrap_or_default()
}
