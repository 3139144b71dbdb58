use super::annotations::{self, Bearer};
use super::cx::Cx;
use super::insides::{Before, Inside, Insides};
use super::tests::{self, Outlines};
use super::{body, constants, declarations, lints, rubric, tool};
use crate::base::Place;
use crate::diag::{Code, Diagnostic};
use crate::language::hir::{
    self, CallableId, Definition, ModuleId, Program, Target, Type, TypeDecl, TypeId, Used, head_of,
    without_import,
};
use crate::language::syntax::ast::{self, Item, TypeBody};
use std::collections::BTreeSet;
use std::sync::Arc;

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
    /// What the next version of the module may take from it.
    pub(super) taken: Insides,
}

impl Checked {
    /// A copy without the room to spare that lists have which grew: of a whole workspace that is a lot.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let definitions = self.definitions.iter().map(Definition::trimmed).collect();
        Self { definitions, taken: Insides::default(), ..self.clone() }
    }
}

/// Makes the values of all constants; after this a program is complete.
pub fn complete(program: &mut Program) -> Vec<Diagnostic> {
    constants::check_constants(program)
}

/// Checks the insides of a module's declarations. The program is complete by then, so modules are checked side by side. What
/// `before` has of them is taken from there.
pub fn check_module(program: &Program, id: ModuleId, before: Option<&Before<'_>>) -> Checked {
    let mut cx = Cx::new(program, id);
    let mut insides = Insides::default();
    let Some(module) = program.module(id) else { return Checked { module: id, ..Checked::default() } };
    let mut ids = Ids { next: first_callable(program, id), types: first_type(program, id) };
    let mut definitions = Vec::new();
    let mut outlines = Outlines::default();
    // Workflows whose insides are not those from before; tests see them.
    let mut fresh = BTreeSet::new();
    for (at, item) in module.tree.items.iter().enumerate() {
        if matches!(item, Item::Test(_)) {
            insides.push(Inside::default());
            continue;
        }
        cx.at(item);
        let known = before.and_then(|before| before.take(&mut cx, at, item, &BTreeSet::new()));
        let is_fresh = known.is_none();
        if !is_fresh {
            ids.skip(&cx, item);
        }
        let inside = known.unwrap_or_else(|| Inside::of(&mut cx, |cx| definition(cx, &mut ids, item)));
        if let Some(Definition::Workflow(id, workflow)) = &inside.definition {
            outlines.keep(*id, workflow);
            fresh.extend(is_fresh.then_some(*id));
        }
        insides.push(inside);
    }
    definitions.extend(insides.definitions());
    // Tests come last: they see the bodies of workflows, wherever those stand.
    for (at, item) in module.tree.items.iter().enumerate() {
        let Item::Test(test) = item else { continue };
        cx.at(item);
        let known = before.and_then(|before| before.take(&mut cx, at, item, &fresh));
        let checked = |cx: &mut Cx<'_>| {
            let checked = tests::check_test(cx, test, &mut outlines);
            checked.map(|checked| Definition::Test(Arc::new(checked)))
        };
        let inside = known.unwrap_or_else(|| Inside::of(&mut cx, checked));
        definitions.extend(inside.definition.clone());
        insides.set(at, inside);
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
        taken: insides,
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

impl Ids {
    /// Goes past a declaration.
    fn skip(&mut self, cx: &Cx<'_>, item: &Item) {
        if let Item::Type(decl) = item {
            self.of_type(cx, decl);
        } else if head_of(item).is_some() {
            self.next += 1;
        }
    }

    /// The id of a type; one whose name was refused has none.
    fn of_type(&mut self, cx: &Cx<'_>, decl: &ast::TypeDecl) -> Option<TypeId> {
        let id = TypeId(self.types);
        cx.program.type_decl(id).filter(|it| it.file == cx.file && it.span == decl.name.span)?;
        self.types += 1;
        Some(id)
    }
}

fn definition(cx: &mut Cx<'_>, ids: &mut Ids, item: &Item) -> Option<Definition> {
    if let Item::Type(decl) = item {
        return requires(cx, ids, decl);
    }
    head_of(item)?;
    let id = CallableId(ids.next);
    ids.next += 1;
    match item {
        Item::Agent(agent) => Some(Definition::Agent(id, Arc::new(annotated_agent(cx, id, agent)))),
        Item::Rubric(written) => {
            let mut checked = rubric::check_rubric(cx, id, written);
            checked.annotations = annotations::check(cx, &written.head.annotations, Bearer::Rubric);
            Some(Definition::Rubric(id, Arc::new(checked)))
        }
        Item::Tool(written) => Some(Definition::Tool(id, Arc::new(annotated_tool(cx, id, written)))),
        Item::Workflow(written) => {
            Some(Definition::Workflow(id, Arc::new(body::check_workflow(cx, id, written))))
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
    let id = ids.of_type(cx, decl)?;
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
