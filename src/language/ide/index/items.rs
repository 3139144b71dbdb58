use super::exprs::Walker;
use super::{Role, Symbol};
use crate::base::Span;
use crate::language::hir::{Action, CallableId, Definition, StmtKind, Target, TypeId, TypeKind};
use crate::language::syntax::ast::{
    self, AgentProperty, Criterion, DimensionBody, Expect, ExpectKind, ExprKind, GivenAnswer, Head, Item,
    JsonObject, JsonValue, Name, Require, RubricItem, Test, TestItem, ToolBodyKind, TypeBody, UseSource,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;

impl<'a> Walker<'a> {
    /// Every name of the declaration.
    pub(super) fn declaration(&mut self) {
        let module = self.index.module;
        match module.tree.items.get(self.own) {
            Some(Item::Use(it)) => {
                let before = module.tree.items.iter().take(self.own);
                let number = before.filter(|item| matches!(item, Item::Use(_))).count();
                let target = module.uses.get(number).copied().flatten();
                self.import(it, target.and_then(|id| self.program().module(id)).map(|module| module.file));
            }
            Some(item) => self.item(item),
            None => {}
        }
    }

    fn import(&mut self, it: &ast::Use, file: Option<crate::base::FileId>) {
        let source = match &it.source {
            UseSource::Module(_, span) => *span,
            UseSource::File(text) => {
                Span::new(text.span.start as usize + 1, (text.span.end as usize).saturating_sub(1))
            }
            UseSource::Missing(_) => Span::default(),
        };
        if let Some(file) = file {
            self.add(&Name { text: "file".into(), span: source }, Symbol::File(file), Role::Use);
        }
        for import in &it.imports {
            let local = import.alias.as_ref().unwrap_or(&import.name);
            let Some(known) = self.index.module.imports.iter().find(|known| known.span == local.span) else {
                continue;
            };
            let symbol = match known.target {
                Target::Type(id) => Symbol::Type(id),
                Target::Callable(id) => Symbol::Callable(id),
                Target::Constant(id) => Symbol::Constant(id),
            };
            self.add(&import.name, symbol, Role::Import);
            import.alias.iter().for_each(|alias| self.add(alias, symbol, Role::Import));
        }
    }

    fn item(&mut self, item: &'a Item) {
        match item {
            Item::Use(_) | Item::Bad(_) => {}
            Item::Type(decl) => self.type_decl(decl),
            Item::Let(it) => {
                if let Some(id) = self.own_constant(it.name.span) {
                    self.add(&it.name, Symbol::Constant(id), Role::Definition);
                }
                it.ty.iter().for_each(|ty| self.ty(ty));
                self.expr(&it.value);
            }
            Item::Agent(agent) => {
                self.head(&agent.head);
                for property in &agent.properties {
                    match property {
                        AgentProperty::Role(_, source) | AgentProperty::Prompt(_, source) => {
                            self.source(source);
                        }
                        AgentProperty::Tools(_, names) => names.iter().for_each(|name| {
                            self.callee(name);
                        }),
                    }
                }
            }
            Item::Rubric(rubric) => {
                self.head(&rubric.head);
                rubric.items.iter().for_each(|item| self.rubric_item(item));
            }
            Item::Tool(tool) => {
                self.head(&tool.head);
                tool.bodies.iter().for_each(|body| self.tool_body(&body.kind));
            }
            Item::Workflow(workflow) => {
                self.head(&workflow.head);
                self.scoped(&workflow.body);
            }
            Item::Test(test) => self.test(test),
        }
    }

    /// A head; its parameters are seen in what follows.
    fn head(&mut self, head: &'a Head) {
        let id = self.own_callable(head.name.span);
        if let Some(id) = id {
            self.add(&head.name, Symbol::Callable(id), Role::Definition);
        }
        let mut scope = BTreeMap::new();
        for (at, param) in head.params.iter().enumerate() {
            self.ty(&param.ty);
            param.default.iter().for_each(|value| self.expr(value));
            let (Some(id), Ok(at)) = (id, u32::try_from(at)) else { continue };
            self.add(&param.name, Symbol::Param(id, at), Role::Definition);
            scope.insert(param.name.text.clone(), Symbol::Param(id, at));
        }
        head.result.iter().for_each(|ty| self.ty(ty));
        self.annotations(&head.annotations);
        self.scopes.push(scope);
    }

    fn type_decl(&mut self, decl: &ast::TypeDecl) {
        let Some(id) = self.own_type(decl.name.span) else { return };
        self.add(&decl.name, Symbol::Type(id), Role::Definition);
        match &decl.body {
            TypeBody::Record { fields, requires } => {
                let mut scope = BTreeMap::new();
                for (at, field) in fields.iter().enumerate() {
                    let Ok(at) = u32::try_from(at) else { continue };
                    self.add(&field.name, Symbol::Field(id, at), Role::Definition);
                    self.ty(&field.ty);
                    scope.insert(field.name.text.clone(), Symbol::Field(id, at));
                }
                self.scopes.push(scope);
                requires.iter().for_each(|require| self.require(require));
            }
            TypeBody::Alternatives { variants, .. } => self.alternatives(id, variants),
            TypeBody::Missing => {}
        }
    }

    fn alternatives(&mut self, id: TypeId, variants: &[ast::Variant]) {
        let kind = self.program().type_decl(id).map(|decl| &decl.kind);
        for variant in variants {
            match kind {
                Some(TypeKind::Enum { variants, .. }) => {
                    let at = variants.iter().position(|known| known.span == variant.name.span);
                    if let Some(at) = at.and_then(|at| u32::try_from(at).ok()) {
                        self.add(&variant.name, Symbol::Variant(id, at), Role::Definition);
                    }
                }
                _ => self.type_name(&variant.name),
            }
        }
    }

    fn require(&mut self, require: &Require) {
        self.expr(&require.condition);
        self.expr(&require.message);
    }

    fn rubric_item(&mut self, item: &RubricItem) {
        match item {
            RubricItem::Require(require) => self.require(require),
            RubricItem::Floor(..) => {}
            RubricItem::Dimension(dimension) => {
                dimension.weight.iter().for_each(|weight| self.expr(weight));
                match &dimension.body {
                    DimensionBody::Described(text) => self.text(text),
                    DimensionBody::Criteria(criteria) => {
                        criteria.iter().for_each(|criterion| match criterion {
                            Criterion::Question(text) => self.text(text),
                            Criterion::Check(_, expr) => self.expr(expr),
                        });
                    }
                    DimensionBody::Missing => {}
                }
            }
        }
    }

    fn tool_body(&mut self, body: &ToolBodyKind) {
        match body {
            ToolBodyKind::Read(text) => self.text(text),
            ToolBodyKind::Write(path, text) => {
                self.text(path);
                self.expr(text);
            }
            ToolBodyKind::Run { command, directory, stdin } => {
                self.expr(command);
                directory.iter().for_each(|text| self.text(text));
                stdin.iter().for_each(|expr| self.expr(expr));
            }
            ToolBodyKind::Http(http) => {
                if let ast::Address::Url(text) = &http.address {
                    self.text(text);
                }
                http.headers.iter().for_each(|headers| self.json_object(headers));
                http.body.iter().for_each(|body| self.json(body));
            }
            ToolBodyKind::Mcp(..) => {}
            ToolBodyKind::Return(expr) => self.expr(expr),
        }
    }

    fn json_object(&mut self, object: &JsonObject) {
        object.pairs.iter().for_each(|pair| self.json(&pair.value));
    }

    fn json(&mut self, value: &JsonValue) {
        match value {
            JsonValue::Expr(expr) => self.expr(expr),
            JsonValue::Object(object) => self.json_object(object),
            JsonValue::Secret(_) => {}
        }
    }

    fn test(&mut self, test: &'a Test) {
        let workflow = test.items.iter().find_map(|item| match item {
            TestItem::Run(_, expr) => match &expr.kind {
                ExprKind::Call(call) => self.index.module.callables.get(&call.callee.text).copied(),
                _ => None,
            },
            _ => None,
        });
        let scope = workflow.map(|id| self.body_of(id)).unwrap_or_default();
        self.under_test = workflow;
        for item in &test.items {
            match item {
                TestItem::Given(given) => {
                    self.target(&given.target, &scope);
                    for answer in &given.answers {
                        if let GivenAnswer::Value(value) = answer {
                            self.expr(value);
                        }
                    }
                }
                TestItem::Run(_, expr) => self.expr(expr),
                TestItem::Expect(expect) => self.expect(expect, &scope),
                TestItem::Bad(stmt) => self.stmt(stmt),
            }
        }
    }

    /// The names that the body of a workflow binds.
    fn body_of(&mut self, id: CallableId) -> BTreeMap<SmolStr, Symbol> {
        let Some(callable) = self.program().callable(id) else { return BTreeMap::new() };
        let module = self.program().module(callable.module);
        let Some(Item::Workflow(workflow)) = module.and_then(|module| module.tree.items.get(callable.item))
        else {
            return BTreeMap::new();
        };
        let own = std::mem::replace(&mut self.file, callable.file);
        let scope = self.region(&workflow.body);
        self.file = own;
        scope
    }

    /// What a line of a test speaks of: a step, or a callable. `sub.step` is a step of what the step `sub` calls.
    fn target(&mut self, names: &[Name], steps: &BTreeMap<SmolStr, Symbol>) {
        let mut workflow = self.under_test;
        let mut steps = steps.clone();
        for name in names {
            let callee = match steps.get(&name.text).copied() {
                Some(symbol) => {
                    self.add(name, symbol, Role::Use);
                    workflow.and_then(|id| self.called_by(id, &name.text))
                }
                None => self.callee(name),
            };
            let Some(callee) = callee else { return };
            workflow = Some(callee);
            steps = self.body_of(callee);
        }
    }

    /// What a step of a workflow calls.
    fn called_by(&self, workflow: CallableId, step: &str) -> Option<CallableId> {
        let Definition::Workflow(_, workflow) = self.index.snapshot.definition(workflow)? else {
            return None;
        };
        workflow.body.stmts.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Step { action: Action::Call(callee, _), .. } if stmt.name == step => Some(*callee),
            _ => None,
        })
    }

    fn expect(&mut self, expect: &Expect, steps: &BTreeMap<SmolStr, Symbol>) {
        match &expect.kind {
            ExpectKind::Ran { name, .. }
            | ExpectKind::Skipped { name, .. }
            | ExpectKind::Failed { name, .. }
            | ExpectKind::RanTimes { name, .. } => self.target(std::slice::from_ref(name), steps),
            ExpectKind::Prompt { name, text, .. } => {
                self.target(std::slice::from_ref(name), steps);
                self.text(text);
            }
            ExpectKind::Fails { text } => self.text(text),
            ExpectKind::Holds(expr) => {
                self.scopes.push(steps.clone());
                self.expr(expr);
                self.scopes.pop();
            }
            ExpectKind::Missing => {}
        }
    }
}
