use super::index::{Symbol, WORDS};
use super::navigation::symbol_at;
use super::symbols::{head_line, param_line};
use super::{Role, Snapshot};
use crate::base::{FileId, Span};
use crate::language::hir::{
    Callable, CallableId, CallableKind, Definition, DimensionKind, TypeDecl, TypeKind, show,
};
use crate::language::syntax::ast::{Action, Block, Item, Stmt};
use crate::plan::{Annotations, Function, Tiers};

/// What is said of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is said of.
    pub span: Span,
    /// Markdown: code in fences, then prose.
    pub text: String,
}

/// What a tier is for (L3.8), by its number.
const TIERS: [&str; 5] = [
    "asserts that no model is called",
    "sort, extract, rephrase",
    "write, summarise",
    "judge, analyse, debug",
    "the hardest reasoning",
];

/// What is said of the name at a place: its declaration, its type, its doc comment, and for agents the tier.
pub fn hover(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Hover> {
    if let Some(hover) = annotation(snapshot, file, offset) {
        return Some(hover);
    }
    let at = symbol_at(snapshot, file, offset)?;
    let text = match at.symbol {
        Symbol::Local(place) if at.role == Role::Definition => {
            let step = step_at(snapshot, place.file, at.span);
            join([local(snapshot, at.symbol, file, at.span), step])?
        }
        Symbol::Local(_) => local(snapshot, at.symbol, file, at.span)?,
        symbol => of_symbol(snapshot, symbol)?,
    };
    Some(Hover { span: at.span, text })
}

/// What is said of a symbol, wherever it stands.
pub(super) fn of_symbol(snapshot: &Snapshot, symbol: Symbol) -> Option<String> {
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
        Symbol::Callable(id) => callable(snapshot, id),
        Symbol::Param(id, at) => {
            let callable = program.callable(id)?;
            let param = callable.params.get(at as usize)?;
            let of = format!("A parameter of `{}`.", callable.name);
            let doc = param.doc.as_ref().map(ToString::to_string);
            join([Some(code(&param_line(snapshot, callable, param))), doc, Some(of)])
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

fn code(text: &str) -> String {
    format!("```agentflow\n{text}\n```")
}

fn join<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
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

fn callable(snapshot: &Snapshot, id: CallableId) -> Option<String> {
    let callable = snapshot.program().callable(id)?;
    let doc = callable.doc.as_ref().map(ToString::to_string);
    join([
        head_line(snapshot, id).map(|line| code(&line)),
        doc,
        parameters(callable),
        about(snapshot, id, callable),
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

/// What runs it: the tier of an agent, the dimensions of a rubric.
fn about(snapshot: &Snapshot, id: CallableId, callable: &Callable) -> Option<String> {
    match snapshot.definition(id)? {
        Definition::Agent(_, agent) => {
            let tools: Vec<String> = agent
                .tools
                .iter()
                .filter_map(|tool| snapshot.program().callable(*tool))
                .map(|tool| format!("`{}`", tool.name))
                .collect();
            let tools = (!tools.is_empty()).then(|| format!("It may call {}.", tools.join(", ")));
            join([tier(&agent.annotations, "An agent"), tools])
        }
        Definition::Rubric(_, rubric) => {
            let dimension = |it: &crate::language::hir::Dimension| {
                let how = match &it.kind {
                    DimensionKind::Described(_) => "graded".to_string(),
                    DimensionKind::Criteria(all) => format!("{} criteria", all.len()),
                };
                format!("- `{}` (weight {}): {how}", it.name, it.weight)
            };
            let lines: Vec<String> = rubric.dimensions.iter().map(dimension).collect();
            let floor = rubric.floor.map(|grade| format!("Its floor is {grade}."));
            join([Some(lines.join("\n")), floor, tier(&rubric.annotations, "A rubric")])
        }
        Definition::Workflow(..) if callable.kind == CallableKind::Workflow => None,
        _ => None,
    }
}

fn tier(annotations: &Annotations, what: &str) -> Option<String> {
    let Tiers { low, high } = annotations.tier?;
    let says = TIERS.get(usize::from(low))?;
    Some(if low == high {
        format!("{what} of tier {low}: {says}.")
    } else {
        format!("{what} of tiers {low} to {high}: starts at {low} ({says}), and climbs.")
    })
}

/// A value that is bound in a body: its name and type where it stands.
fn local(snapshot: &Snapshot, symbol: Symbol, file: FileId, span: Span) -> Option<String> {
    let name = snapshot.source(file)?.slice(span);
    let Some((module, ty)) = snapshot.type_of(symbol) else { return Some(code(name)) };
    let types = snapshot.types(module);
    match types.shown(&ty) {
        Some(shown) if !types.is_nameless(&ty) => Some(code(&format!("{name}: {shown}"))),
        _ => Some(code(name)),
    }
}

/// What a step calls, for a step whose name stands at a place.
fn step_at(snapshot: &Snapshot, file: FileId, name: Span) -> Option<String> {
    let (_, module) = snapshot.module(file)?;
    let item = module.tree.items.iter().find(|item| {
        let span = item.span();
        span.start <= name.start && name.end <= span.end
    })?;
    let Item::Workflow(workflow) = item else { return None };
    let step = find_step(&workflow.body, name)?;
    let Action::Call(call) = &step.action else { return None };
    let id = module.callables.get(&call.callee.text)?;
    callable(snapshot, *id)
}

fn find_step(block: &Block, name: Span) -> Option<&crate::language::syntax::ast::Step> {
    block.stmts.iter().find_map(|stmt| match stmt {
        Stmt::Step(step) => (step.name.as_ref()?.span == name).then_some(step),
        Stmt::For(it) => find_step(&it.body, name),
        _ => super::index::blocks_of(stmt).into_iter().find_map(|block| find_step(block, name)),
    })
}

/// What is said of a built-in function.
pub(super) fn built_in(function: Function) -> String {
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

/// What an annotation is for.
fn annotation(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Hover> {
    let source = snapshot.source(file)?;
    let line = source.line_span(source.line_column(u32::try_from(offset).ok()?).line);
    let text = source.slice(line);
    let column = offset.checked_sub(line.start as usize)?;
    let on_it = text.get(column..)?.starts_with('@');
    let at = text.get(..column + usize::from(on_it))?.rfind('@')?;
    let rest = text.get(at + 1..)?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let has_arguments = rest.get(end..)?.starts_with('(');
    let close = if has_arguments { rest.find(')').map_or(end, |close| close + 1) } else { end };
    if column > at + 1 + close || text.get(..at)?.contains("//") {
        return None;
    }
    let (_, says) = super::completion::ANNOTATIONS.iter().find(|(known, _)| *known == name)?;
    let digit = rest.get(end..close)?.chars().find(char::is_ascii_digit);
    let tier = digit
        .filter(|_| name == "tier")
        .and_then(|digit| digit.to_digit(10))
        .and_then(|at| TIERS.get(at as usize));
    let start = line.start as usize + at;
    let text = join([
        Some(code(&format!("@{}", rest.get(..close)?))),
        Some((*says).to_string()),
        tier.map(|tier| format!("This tier: {tier}.")),
    ])?;
    Some(Hover { span: Span::new(start, start + 1 + close), text })
}
