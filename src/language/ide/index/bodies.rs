use super::exprs::Walker;
use super::{Role, Symbol, bound};
use crate::base::Place;
use crate::language::syntax::ast::{
    Action, Annotation, AnnotationArg, Block, For, Loop, LoopOtherwise, Otherwise, Step, Stmt, When, WhenBody,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;

impl<'a> Walker<'a> {
    /// The names that a block binds; the first binding of each is what it stands for.
    pub(super) fn region(&self, block: &Block) -> BTreeMap<SmolStr, Symbol> {
        let mut names = Vec::new();
        bound(block, &mut names);
        let mut scope = BTreeMap::new();
        for name in names.into_iter().filter(|name| !name.is_missing()) {
            let place = Place { file: self.file, span: name.span };
            scope.entry(name.text.clone()).or_insert(Symbol::Local(place));
        }
        scope
    }

    /// A block whose names are its own.
    pub(super) fn scoped(&mut self, block: &'a Block) {
        let scope = self.region(block);
        self.scopes.push(scope);
        self.block(block);
        self.scopes.pop();
    }

    fn block(&mut self, block: &'a Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    pub(super) fn stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Step(step) => self.step(step),
            Stmt::Let(it) => {
                self.binds(&it.name);
                it.ty.iter().for_each(|ty| self.ty(ty));
                self.expr(&it.value);
            }
            Stmt::When(when) => self.when(when),
            Stmt::Parallel(it) => {
                it.cap.iter().for_each(|cap| self.bound(&cap.kind));
                self.block(&it.body);
            }
            Stmt::For(it) => self.each(it),
            Stmt::Loop(it) => self.looped(it),
            Stmt::Require(it) => {
                self.expr(&it.condition);
                self.expr(&it.message);
            }
            Stmt::Fail(it) => self.expr(&it.message),
            Stmt::Return(it) => self.expr(&it.value),
            Stmt::Give(it) => self.expr(&it.value),
            Stmt::Bad(_, block) => block.iter().for_each(|block| self.block(block)),
        }
    }

    fn step(&mut self, step: &'a Step) {
        step.name.iter().for_each(|name| self.binds(name));
        step.ty.iter().for_each(|ty| self.ty(ty));
        match &step.action {
            Action::Call(call) => self.call(call),
            Action::Prompt(_, source) => self.source(source),
            Action::Ask(_, text) => self.text(text),
            Action::Missing(_) => {}
        }
        step.to.iter().for_each(|text| self.text(text));
        step.showing.iter().flat_map(|(_, shown)| shown).for_each(|shown| self.expr(shown));
        self.annotations(&step.annotations);
        step.after.iter().for_each(|name| self.value(name, Role::Use));
        for handler in &step.on_failure {
            self.scopes.push(BTreeMap::new());
            handler.binder.iter().for_each(|name| self.bind(name));
            self.expr(&handler.value);
            self.scopes.pop();
        }
    }

    pub(super) fn annotations(&mut self, annotations: &[Annotation]) {
        for arg in annotations.iter().filter_map(|it| it.args.as_ref()).flatten() {
            if let AnnotationArg::Expr(expr) = arg {
                self.expr(expr);
            }
        }
    }

    fn when(&mut self, when: &'a When) {
        self.expr(&when.subject);
        match &when.body {
            WhenBody::Condition { then, otherwise, extra } => {
                self.block(then);
                otherwise.iter().chain(extra).for_each(|it| self.otherwise(it));
            }
            WhenBody::Cases { arms, otherwise, extra, .. } => {
                for arm in arms {
                    arm.patterns.iter().for_each(|pattern| self.pattern(&when.subject, pattern));
                    self.block(&arm.body);
                }
                otherwise.iter().for_each(|(_, block)| self.block(block));
                extra.iter().for_each(|it| self.otherwise(it));
            }
        }
    }

    fn otherwise(&mut self, it: &'a Otherwise) {
        match it {
            Otherwise::When(_, when) => self.when(when),
            Otherwise::Block(_, block) => self.block(block),
        }
    }

    fn each(&mut self, it: &'a For) {
        it.rows.iter().for_each(|name| self.binds(name));
        if let Some((_, Some(cap))) = &it.parallel {
            self.bound(&cap.kind);
        }
        self.expr(&it.list);
        self.scopes.push(BTreeMap::new());
        self.bind(&it.item);
        self.scoped(&it.body);
        self.scopes.pop();
    }

    fn looped(&mut self, it: &'a Loop) {
        it.name.iter().for_each(|name| self.binds(name));
        it.max.iter().for_each(|max| self.bound(&max.kind));
        self.block(&it.body);
        self.expr(&it.until);
        match &it.otherwise {
            Some(LoopOtherwise::Fail(_, fail)) => self.expr(&fail.message),
            Some(LoopOtherwise::Block(_, block)) => self.scoped(block),
            Some(LoopOtherwise::KeepBest(_) | LoopOtherwise::KeepLast(_)) | None => {}
        }
    }
}
