use super::annotations::{self, Bearer};
use super::cx::Cx;
use super::tests::{self, Outlines};
use super::{body, constants, declarations, lints, rubric, tool};
use crate::base::Place;
use crate::diag::{Code, Diagnostic};
use crate::language::hir::{
    self, CallableId, Definition, ModuleId, Program, Target, Type, TypeDecl, TypeId, Used, head_of,
    without_import,
};
use crate::language::syntax::ast::{self, Item, TypeBody};

/// A checked module.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Which.
    pub module: ModuleId,
    /// The insides of its declarations, in the order of the page; one that is too broken is left out.
    pub definitions: Vec<Definition>,
    /// Records without a name; their ids follow those of the program, and hold in this module only.
    pub extra_types: Vec<TypeDecl>,
    /// What was found, not in order.
    pub diagnostics: Vec<Diagnostic>,
    /// What it uses, in signatures and insides.
    pub used: Used,
    /// Parameters that the inside of their callable never reads, by position. Rubrics (whose judge sees every parameter)
    /// and `mcp` tools (which pass all on) have none.
    pub unread: Vec<(CallableId, usize)>,
    /// Values that are not kept, with their types as they are narrowed there: what has not the field that is written behind
    /// it, the arguments of what cannot be called. An author may be about to write what is missing.
    pub dropped: Vec<(Place, Type)>,
}

/// Makes the values of all constants; after this a program is complete.
pub fn complete(program: &mut Program) -> Vec<Diagnostic> {
    constants::check_constants(program)
}

/// Checks the insides of a module's declarations. The program is complete by then, so modules are checked side by side.
pub fn check_module(program: &Program, id: ModuleId) -> Checked {
    let mut cx = Cx::new(program, id);
    let Some(module) = program.module(id) else { return Checked { module: id, ..Checked::default() } };
    let mut ids = Ids { next: first_callable(program, id), types: first_type(program, id) };
    let mut definitions = Vec::new();
    let mut outlines = Outlines::default();
    for item in &module.tree.items {
        cx.at(item);
        definitions.extend(definition(&mut cx, &mut ids, &mut outlines, item));
    }
    // Tests come last: they see the bodies of workflows, wherever those stand.
    for item in &module.tree.items {
        if let Item::Test(test) = item {
            cx.at(item);
            definitions.extend(tests::check_test(&mut cx, test, &mut outlines).map(Definition::Test));
        }
    }
    cx.used.extend(&module.used);
    let mut diagnostics = std::mem::take(&mut cx.diagnostics);
    unused_imports(program, id, &cx.used, &mut diagnostics);
    Checked {
        module: id,
        definitions,
        extra_types: cx.extra_types,
        diagnostics,
        used: cx.used,
        unread: cx.unread,
        dropped: cx.dropped,
    }
}

/// Declarations have their ids in the order of the page.
struct Ids {
    next: u32,
    types: u32,
}

fn first_callable(program: &Program, id: ModuleId) -> u32 {
    u32::try_from(program.callables.partition_point(|callable| callable.module < id)).unwrap_or(u32::MAX)
}

fn first_type(program: &Program, id: ModuleId) -> u32 {
    u32::try_from(program.types.partition_point(|decl| decl.module < Some(id))).unwrap_or(u32::MAX)
}

fn definition(cx: &mut Cx<'_>, ids: &mut Ids, outlines: &mut Outlines, item: &Item) -> Option<Definition> {
    if let Item::Type(decl) = item {
        return requires(cx, ids, decl);
    }
    head_of(item)?;
    let id = CallableId(ids.next);
    ids.next += 1;
    match item {
        Item::Agent(agent) => Some(Definition::Agent(id, annotated_agent(cx, id, agent))),
        Item::Rubric(written) => {
            let mut checked = rubric::check_rubric(cx, id, written);
            checked.annotations = annotations::check(cx, &written.head.annotations, Bearer::Rubric);
            Some(Definition::Rubric(id, checked))
        }
        Item::Tool(written) => Some(Definition::Tool(id, annotated_tool(cx, id, written))),
        Item::Workflow(written) => {
            let checked = body::check_workflow(cx, id, written);
            outlines.keep(id, &checked);
            Some(Definition::Workflow(id, checked))
        }
        _ => None,
    }
}

fn annotated_agent(cx: &mut Cx<'_>, id: CallableId, written: &ast::Agent) -> hir::Agent {
    let mut checked = declarations::check_agent(cx, id, written);
    let has_tools = |it: &ast::AgentProperty| matches!(it, ast::AgentProperty::Tools(..));
    let bearer = Bearer::Agent { tools: written.properties.iter().any(has_tools) };
    checked.annotations = annotations::check(cx, &written.head.annotations, bearer);
    checked
}

fn annotated_tool(cx: &mut Cx<'_>, id: CallableId, written: &ast::Tool) -> hir::Tool {
    let found = cx.diagnostics.len();
    let mut checked = tool::check_tool(cx, id, written);
    checked.annotations = annotations::check(cx, &written.head.annotations, Bearer::Tool);
    if cx.diagnostics.len() == found && !cx.has_slip(written.head.span) {
        lints::tool(cx, &checked);
    }
    checked
}

fn requires(cx: &mut Cx<'_>, ids: &mut Ids, decl: &ast::TypeDecl) -> Option<Definition> {
    let id = TypeId(ids.types);
    // A type whose name was refused has no id.
    cx.program.type_decl(id).filter(|it| it.file == cx.file && it.span == decl.name.span)?;
    ids.types += 1;
    match &decl.body {
        TypeBody::Record { requires, .. } if !requires.is_empty() => {
            declarations::check_requires(cx, id, requires)
        }
        _ => None,
    }
}

/// Warns of imports that nothing uses (L3.1). In a text that could not be read whole this would be a guess.
fn unused_imports(program: &Program, id: ModuleId, used: &Used, found: &mut Vec<Diagnostic>) {
    let Some(module) = program.module(id).filter(|module| !module.is_broken()) else { return };
    for written in module.tree.items.iter().filter_map(|item| match item {
        Item::Use(written) => Some(written),
        _ => None,
    }) {
        for (at, import) in written.imports.iter().enumerate() {
            let name = import.alias.as_ref().unwrap_or(&import.name);
            let mut targets = module.imports.iter().filter(|it| it.span == name.span).peekable();
            if targets.peek().is_none() || targets.any(|it| is_used(used, it.target)) {
                continue;
            }
            let report = Diagnostic::new(
                Code::UnusedImport,
                module.file,
                name.span,
                format!("`{}` is taken from another file and never used", name.text),
            );
            found.push(report.fix(without_import(module.file, written, at)));
        }
    }
}

fn is_used(used: &Used, target: Target) -> bool {
    match target {
        Target::Type(id) => used.types.contains(&id),
        Target::Callable(id) => used.callables.contains(&id),
        Target::Constant(id) => used.constants.contains(&id),
    }
}
