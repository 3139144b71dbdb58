use super::file::FileIndex;
use crate::base::{FileId, Place, Span};
use crate::language::hir::{
    self, Action, Criterion, Definition, DimensionKind, Expr, ExprKind, HttpBody, Local, Module, Program,
    StmtKind, TestAnswer, TestExpectKind, ToolBody, Type, TypeId, each_child, each_expr,
};
use crate::language::ide::snapshot::is_written;
use crate::language::syntax::ast::Item;
use std::collections::HashMap;

/// What the checker found, by place: types of expressions, variants behind bare words, types of what is bound.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    types: HashMap<Place, Type>,
    variants: HashMap<Place, (TypeId, u32)>,
    pub(super) bindings: HashMap<Span, Type>,
}

impl Meanings {
    /// Of a declaration, by its number in the file.
    pub(super) fn of(index: FileIndex<'_>, at: usize) -> Self {
        let (program, module) = (index.snapshot.program(), index.module);
        let mut found = Reader { meanings: Self::default(), program, module };
        let first = program.constants.partition_point(|it| (it.module, it.item) < (index.id, at));
        if let Some(constant) =
            program.constants.get(first).filter(|it| (it.module, it.item) == (index.id, at))
        {
            found.expr(module.file, &constant.value);
            found.locals(&constant.locals);
            found.meanings.bindings.entry(constant.span).or_insert_with(|| constant.ty.clone());
        }
        let all = index.snapshot.checked(index.id).map(|checked| checked.definitions.as_slice());
        let items = module.tree.items.get(at..).unwrap_or_default();
        for definition in of_first(program, all.unwrap_or_default(), items) {
            found.definition(definition);
        }
        found.meanings
    }

    /// The type of the expression at a place.
    pub(super) fn ty(&self, place: Place) -> Option<&Type> {
        self.types.get(&place)
    }

    /// The variant that a word at a place is.
    pub(super) fn variant(&self, place: Place) -> Option<(TypeId, u32)> {
        self.variants.get(&place).copied()
    }
}

/// The type that was found for the expression at a place of a declaration in its own file, as it is narrowed there.
pub(in crate::language::ide) fn type_at(
    program: &Program,
    module: &Module,
    definition: &Definition,
    span: Span,
) -> Option<Type> {
    let mut found = Reader { meanings: Meanings::default(), program, module };
    found.definition(definition);
    found.meanings.types.remove(&Place { file: module.file, span })
}

/// The insides of the first of these declarations, among those of their module: those of tests stand behind all others, and
/// else they are in the order of the page.
fn of_first<'d>(program: &Program, all: &'d [Definition], items: &[Item]) -> &'d [Definition] {
    let Some(item) = items.first() else { return &[] };
    let tests = all.partition_point(|it| !matches!(it, Definition::Test(_)));
    let (others, tests) = all.split_at(tests);
    let all = if matches!(item, Item::Test(_)) { tests } else { others };
    let start = item.span().start;
    let end = items.get(1).map_or(u32::MAX, |next| next.span().start);
    let first = all.partition_point(|it| begin(program, it) < start);
    let behind = all.partition_point(|it| begin(program, it) < end);
    all.get(first..behind).unwrap_or_default()
}

/// A place inside of a declaration.
fn begin(program: &Program, definition: &Definition) -> u32 {
    let span = match definition {
        Definition::Agent(id, _)
        | Definition::Rubric(id, _)
        | Definition::Tool(id, _)
        | Definition::Workflow(id, _) => program.callable(*id).map(|it| it.span),
        Definition::Requires(id, ..) => program.type_decl(*id).map(|it| it.span),
        Definition::Test(test) => Some(test.span),
    };
    span.unwrap_or_default().start
}

struct Reader<'a> {
    meanings: Meanings,
    program: &'a Program,
    module: &'a Module,
}

impl Reader<'_> {
    fn expr(&mut self, file: FileId, expr: &Expr) {
        let place = Place { file, span: expr.span };
        // Of expressions at one place, the innermost is the one that was written; the others read a part of it.
        if expr.ty != Type::Error {
            self.meanings.types.insert(place, expr.ty.clone());
        }
        if let ExprKind::Variant(id, at) = expr.kind {
            self.meanings.variants.insert(place, (id, at));
        }
        each_child(expr, &mut |child| self.expr(file, child));
    }

    fn own(&mut self, expr: &Expr) {
        self.expr(self.module.file, expr);
    }

    /// A text that may come from a file: its holes stand there.
    fn text(&mut self, expr: &Expr) {
        let sources = &self.program.sources;
        let written = sources
            .get(self.module.file.0 as usize)
            .map(|source| source.slice(expr.span))
            .unwrap_or_default();
        let file = self
            .module
            .prompt_files
            .get(written.trim_matches('"'))
            .map_or(self.module.file, |(file, _)| *file);
        self.expr(file, expr);
    }

    fn locals(&mut self, locals: &[Local]) {
        for local in locals.iter().filter(|it| is_written(it.kind) && it.ty != Type::Error) {
            self.meanings.bindings.entry(local.span).or_insert_with(|| local.ty.clone());
        }
    }

    fn definition(&mut self, definition: &Definition) {
        match definition {
            Definition::Agent(_, agent) => {
                self.locals(&agent.locals);
                agent.defaults.iter().flatten().for_each(|value| self.own(value));
                agent.role.iter().chain([&agent.prompt]).for_each(|text| self.text(text));
            }
            Definition::Rubric(_, rubric) => self.rubric(rubric),
            Definition::Tool(_, tool) => {
                self.locals(&tool.locals);
                tool.defaults.iter().flatten().for_each(|value| self.own(value));
                tool.body.iter().for_each(|body| self.tool(body));
            }
            Definition::Workflow(_, workflow) => {
                workflow.defaults.iter().flatten().for_each(|value| self.own(value));
                self.locals(&workflow.body.locals);
                workflow.body.stmts.iter().for_each(|stmt| self.stmt(&stmt.kind));
            }
            Definition::Requires(_, requires, locals) => {
                self.locals(locals);
                requires.iter().for_each(|require| self.require(require));
            }
            Definition::Test(test) => self.test(test),
        }
    }

    fn stmt(&mut self, kind: &StmtKind) {
        if let StmtKind::Step { action: Action::Prompt(text), .. } = kind {
            self.text(text);
        }
        each_expr(kind, &mut |expr| self.own(expr));
    }

    fn require(&mut self, require: &hir::Require) {
        self.own(&require.condition);
        self.own(&require.message);
    }

    fn rubric(&mut self, rubric: &hir::Rubric) {
        self.locals(&rubric.locals);
        rubric.defaults.iter().flatten().for_each(|value| self.own(value));
        rubric.gates.iter().for_each(|gate| self.require(gate));
        for dimension in &rubric.dimensions {
            match &dimension.kind {
                DimensionKind::Described(text) => self.own(text),
                DimensionKind::Criteria(criteria) => criteria.iter().for_each(|criterion| match criterion {
                    Criterion::Question(expr) | Criterion::Check(expr) => self.own(expr),
                }),
            }
        }
    }

    fn tool(&mut self, body: &ToolBody) {
        match body {
            ToolBody::Read(path) => self.own(path),
            ToolBody::Write(path, text) => {
                self.own(path);
                self.own(text);
            }
            ToolBody::Run { command, directory, stdin } => {
                self.own(command);
                directory.iter().chain(stdin).for_each(|part| self.own(part));
            }
            ToolBody::Http { address, headers, body, .. } => {
                address.iter().for_each(|part| self.own(part));
                headers.iter().filter_map(|(_, value)| value.as_ref().ok()).for_each(|value| self.own(value));
                body.iter().for_each(|body| self.json(body));
            }
            ToolBody::Mcp(..) => {}
            ToolBody::Return(value) => self.own(value),
        }
    }

    fn json(&mut self, body: &HttpBody) {
        match body {
            HttpBody::Value(value) => self.own(value),
            HttpBody::Object(pairs) => pairs.iter().for_each(|(_, value)| self.json(value)),
        }
    }

    fn test(&mut self, test: &hir::Test) {
        self.locals(&test.locals);
        test.args.iter().flatten().for_each(|arg| self.own(arg));
        for answer in test.given.iter().flat_map(|given| &given.answers) {
            if let TestAnswer::Value(value) = answer {
                self.own(value);
            }
        }
        for expect in &test.expects {
            match &expect.kind {
                TestExpectKind::Fails(expr)
                | TestExpectKind::PromptContains(_, expr)
                | TestExpectKind::Holds(expr) => {
                    self.own(expr);
                }
                TestExpectKind::Ran(_)
                | TestExpectKind::Skipped(_)
                | TestExpectKind::Failed(_)
                | TestExpectKind::RanTimes(..) => {}
            }
        }
    }
}
