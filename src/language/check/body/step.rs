use super::Checker;
use super::block::Bound;
use crate::base::{Place, Span};
use crate::diag::{Code, Diagnostic, Fix, did_you_mean};
use crate::language::check::annotations::{self, Bearer};
use crate::language::check::{Entry, OriginWords, Wanted};
use crate::language::hir::{
    Action, CallableId, CallableKind, Expr, ExprKind, LocalId, LocalKind, StmtId, StmtKind, Type,
};
use crate::language::syntax::ast;
use crate::plan::{EffectKind, Function};
use std::str::FromStr;

/// What a step calls, and what that gives.
pub(super) struct Called {
    pub(super) action: Action,
    pub(super) bearer: Bearer,
    /// `None` for nothing.
    pub(super) result: Option<Type>,
    /// Where the call stands.
    pub(super) span: Span,
    /// Where the type comes from: a place, and what is said there.
    pub(super) origin: Option<(Place, OriginWords)>,
}

impl Called {
    fn broken(span: Span) -> Self {
        Self { action: Action::Error, bearer: Bearer::Unknown, result: Some(Type::Error), span, origin: None }
    }
}

impl Checker<'_, '_> {
    /// `step name: T = call(args) …` (L4.1)
    pub(super) fn step(&mut self, step: &ast::Step, id: StmtId) {
        let declared = step.ty.as_ref().map(|ty| (self.cx.resolve_type(ty), ty.span));
        let mut called = self.action(step, declared.as_ref().map(|(ty, _)| ty));
        if !matches!(step.action, ast::Action::Ask(..)) {
            self.only_for_people(step);
        }
        let annotations = annotations::check(self.cx, &step.annotations, called.bearer);
        let after = self.after(step);
        let (fallbacks, result) = self.fallbacks(step, &called, declared.as_ref());
        if let Some(stmt) = self.stmts.get_mut(id.index()) {
            stmt.after = after;
        }
        let own = match (&declared, &called.result) {
            (Some((ty, _)), Some(_)) if fallbacks.is_empty() => Some(ty.clone()),
            (_, own) => own.clone(),
        };
        let action = std::mem::replace(&mut called.action, Action::Error);
        let kind = StmtKind::Step { action, annotations, fallbacks, result: own };
        self.set(id, kind, None);
        let binds = self.name_of_step(step, id, &called, result, declared);
        if let Some(stmt) = self.stmts.get_mut(id.index()) {
            stmt.binds = binds;
        }
    }

    fn name_of_step(
        &mut self,
        step: &ast::Step,
        id: StmtId,
        called: &Called,
        result: Option<Type>,
        declared: Option<(Type, Span)>,
    ) -> Option<LocalId> {
        let name = step.name.as_ref().filter(|name| !name.is_missing())?;
        self.once(name, id);
        let Some(ty) = result else {
            let (stmts, span) = (vec![id], name.span);
            self.bound(name.text.clone(), Bound { local: None, stmts, span, declared: None, waitable: true });
            self.hide_empty(name.text.clone(), name.span);
            return None;
        };
        let optional = ty.is_optional() && !called.result.as_ref().is_some_and(Type::is_optional);
        let origin = match (&declared, step.on_failure.first()) {
            (Some((_, span)), _) => {
                let place = Place { file: self.cx.file, span: *span };
                Some((place, OriginWords::Declared(ty.clone())))
            }
            (None, Some(handler)) if optional => {
                let place = Place { file: self.cx.file, span: handler.span };
                Some((place, OriginWords::Said("is optional, because of this `on failure`")))
            }
            _ => called.origin.clone(),
        };
        let local = self.bind(name, ty, LocalKind::Stmt(id), id, declared);
        if let Some((place, words)) = origin {
            self.cx.set_origin(local, place, words);
        }
        Some(local)
    }

    /// A step's name stands once in a workflow, except in cases of one `when` (L3.7).
    fn once(&mut self, name: &ast::Name, id: StmtId) {
        if self.rehearsals > 0 {
            return;
        }
        let known = self.step_names.get(&name.text).map(Vec::as_slice).unwrap_or_default();
        let other = known.iter().copied().find(|other| !self.in_cases_of_one_when(*other, id));
        if let Some(other) = other
            && self.cx.taken(&name.text).is_none()
        {
            let first = self.stmts.get(other.index()).map(|stmt| stmt.name_span).unwrap_or_default();
            let file = self.cx.file;
            let message = format!("two steps of this workflow are called `{}`", name.text);
            let report = self
                .cx
                .error(Code::StepNameTwice, name.span, message)
                .here("the second one")
                .label(file, first, "the first one")
                .help("a step's name is its id in a run: choose another one; only cases of one `when` may share it");
            self.cx.report(report);
        }
        self.step_names.entry(name.text.clone()).or_default().push(id);
    }

    /// Whether two statements stand in different cases of a `when`, with nothing but `when`s between.
    fn in_cases_of_one_when(&self, a: StmtId, b: StmtId) -> bool {
        let up = |at: StmtId| self.stmts.get(at.index()).and_then(|stmt| stmt.parent);
        let case = |at: StmtId| self.cases.get(at.index()).map(|(case, _)| *case);
        let is_when = |at: StmtId| self.cases.get(at.index()).is_some_and(|(_, is_when)| *is_when);
        let mut above = Vec::new();
        let mut at = a;
        while let Some(parent) = up(at).filter(|parent| is_when(*parent)) {
            above.push((parent, case(at)));
            at = parent;
        }
        let mut at = b;
        while let Some(parent) = up(at).filter(|parent| is_when(*parent)) {
            if let Some((_, other)) = above.iter().find(|(when, _)| *when == parent) {
                return *other != case(at);
            }
            at = parent;
        }
        false
    }

    fn action(&mut self, step: &ast::Step, declared: Option<&Type>) -> Called {
        match &step.action {
            ast::Action::Call(call) => self.call(step, call, declared),
            ast::Action::Prompt(word, source) => {
                let text = self.cx.source(source);
                let result = declared.cloned().unwrap_or(Type::TEXT);
                let place = Place { file: self.cx.file, span: *word };
                let origin = Some((place, OriginWords::Prompt(result.clone())));
                let (action, bearer) = (Action::Prompt(text), Bearer::Prompt);
                Called { action, bearer, result: Some(result), span: *word, origin }
            }
            ast::Action::Ask(word, question) => self.ask(step, *word, question, declared),
            ast::Action::Missing(span) => Called::broken(*span),
        }
    }

    fn call(&mut self, step: &ast::Step, call: &ast::Call, declared: Option<&Type>) -> Called {
        let known = self.cx.names().and_then(|module| module.callables.get(&call.callee.text).copied());
        let known = known.or(if call.callee.text == "rubric" { self.cx.program.standard } else { None });
        if known.is_none() && Function::from_str(&call.callee.text).is_ok() {
            return self.function(step, call, "function", declared);
        }
        let known = if call.callee.text == "rubric" { known } else { self.cx.callable(&call.callee) };
        let Some(callee) = known else {
            // Its arguments are looked at all the same: a slip in them is another one.
            for arg in &call.args {
                let value = self.cx.infer(&arg.value, None);
                self.cx.drops(&value);
            }
            return Called::broken(call.span);
        };
        let Some(callable) = self.cx.program.callable(callee) else { return Called::broken(call.span) };
        let pure = callable.effect.as_ref().is_some_and(|effect| effect.kind == EffectKind::Pure);
        if callable.kind == CallableKind::Tool && pure {
            return self.function(step, call, "pure tool", declared);
        }
        let args = self.cx.args(callee, call);
        let result = callable.result.clone();
        let result = self.declared_result(step, call, callee, result, declared);
        let place = Place { file: callable.file, span: callable.result_span };
        let origin = Some((place, OriginWords::Call(callee)));
        let (action, bearer) = (Action::Call(callee, args), Bearer::StepOf(callable.kind));
        Called { action, bearer, result, span: call.span, origin }
    }

    /// The type of a step whose type was declared is that type, if what is called fits it.
    fn declared_result(
        &mut self,
        step: &ast::Step,
        call: &ast::Call,
        callee: CallableId,
        result: Option<Type>,
        declared: Option<&Type>,
    ) -> Option<Type> {
        let Some(want) = declared else { return result };
        let Some(ty) = result else {
            self.gives_nothing(step, callee);
            return Some(want.clone());
        };
        let value = Expr { ty: ty.clone(), span: call.span, kind: ExprKind::Local(LocalId(u32::MAX)) };
        if !self.cx.fits_value(&value, want) {
            let name = step.name.as_ref().map(|name| name.text.clone()).unwrap_or_default();
            let span = step.ty.as_ref().map(|ty| ty.span).unwrap_or_default();
            self.cx.misfit(&value, want, Wanted::Declared(span, &name));
            return Some(want.clone());
        }
        let is_kept = !step.on_failure.is_empty() && !self.cx.becomes_json(&ty, want);
        Some(if is_kept { ty } else { want.clone() })
    }

    fn gives_nothing(&mut self, step: &ast::Step, callee: CallableId) {
        let Some(callable) = self.cx.program.callable(callee) else { return };
        let span = step.ty.as_ref().map(|ty| ty.span).unwrap_or_default();
        let message = format!("`{}` returns nothing, so this step has no type", callable.name);
        let report = self
            .cx
            .error(Code::GivesNothing, span, message)
            .label(callable.file, callable.result_span, format!("`{}` has no `->`", callable.name))
            .help("take the type away, or give the callable a `->`");
        self.cx.report(report);
    }

    /// A function or a pure tool asks nobody: its place is a `let` (L4.2).
    fn function(
        &mut self,
        step: &ast::Step,
        call: &ast::Call,
        what: &str,
        declared: Option<&Type>,
    ) -> Called {
        let file = self.cx.file;
        let name = &call.callee.text;
        let message = format!("`{name}` is a {what} and asks nobody, so it needs no step");
        let mut report = Diagnostic::new(Code::FunctionInStep, file, step.keyword, message);
        let plain = step.annotations.is_empty()
            && step.after.is_empty()
            && step.on_failure.is_empty()
            && step.to.is_empty()
            && step.showing.is_empty();
        report = match &step.name {
            Some(own) if plain => report
                .help(format!("write `let {} = {name}(…)`", own.text))
                .fix(Fix::replace("write `let`", Place { file, span: step.keyword }, "let")),
            Some(own) => {
                report.help(format!("write `let {} = {name}(…)`, without what only a step has", own.text))
            }
            None => report.help(format!("use its value: `let name = {name}(…)`")),
        };
        self.cx.report(report);
        let expr = ast::Expr { span: call.span, kind: ast::ExprKind::Call(call.clone()) };
        let value = self.cx.infer(&expr, declared);
        let ty = declared.cloned().unwrap_or(value.ty);
        Called { result: Some(ty), ..Called::broken(call.span) }
    }

    /// `to` and `showing` belong to `ask`.
    fn only_for_people(&mut self, step: &ast::Step) {
        let to = step.to.first().map(|text| (text.span, "to"));
        let showing = step.showing.first().map(|(span, _)| (*span, "showing"));
        let Some((span, word)) = to.or(showing) else { return };
        if matches!(step.action, ast::Action::Missing(_)) {
            return;
        }
        let message = format!("`{word}` is said to a person, and this step asks none");
        self.misplaced(Code::OnlyForAsk, span, &message, "what a call gets stands in its parentheses");
    }

    /// The statements behind `after` (L4.3): steps, loops and `as` lists.
    fn after(&mut self, step: &ast::Step) -> Vec<StmtId> {
        let mut found = Vec::new();
        for name in step.after.iter().filter(|name| !name.is_missing()) {
            match self.find(&name.text) {
                Some(bound) if bound.waitable => found.extend(bound.stmts.iter().copied()),
                Some(bound) => {
                    let span = bound.span;
                    self.no_step(name, Some(span), "is a `let`");
                }
                None => self.unknown_after(name),
            }
        }
        found
    }

    fn unknown_after(&mut self, name: &ast::Name) {
        match self.cx.scope.lookup(&name.text) {
            Some(Entry::Forward(_)) => self.cx.forward_uses.push((name.text.clone(), name.span)),
            Some(Entry::Local(local)) => {
                let place = self.cx.place_of(*local);
                let is_param =
                    self.cx.local(*local).is_some_and(|local| matches!(local.kind, LocalKind::Param));
                if self.cx.local(*local).is_some_and(|local| local.ty == Type::Error) && !is_param {
                    return;
                }
                self.no_step(name, Some(place.span), if is_param { "is a parameter" } else { "is no step" });
            }
            Some(Entry::Hidden(hidden)) => {
                let (why, span) = (hidden.why.clone(), hidden.span);
                self.no_step(name, Some(span), &why);
            }
            None if self.cx.may_be_lost(&name.text) => {}
            None => {
                let names = self.frames.iter().flat_map(|frame| frame.names.keys());
                let help = did_you_mean(&name.text, names.map(smol_str::SmolStr::as_str));
                let message =
                    format!("`after` names a step, a loop or an `as` list; there is no `{}` here", name.text);
                let mut report = self.cx.error(Code::NotAfter, name.span, message);
                if let Some(help) = help {
                    report = report.help(help);
                }
                self.cx.report(report);
            }
        }
    }

    fn no_step(&mut self, name: &ast::Name, bound: Option<Span>, why: &str) {
        let message = format!("nothing can come after `{}`: it {why}", name.text);
        let file = self.cx.file;
        let mut report = self.cx.error(Code::NotAfter, name.span, message);
        if let Some(span) = bound {
            report = report.label(file, span, format!("`{}` {why}", name.text));
        }
        self.cx.report(report.help("`after` names a step, a loop or an `as` list that is visible here"));
    }
}
