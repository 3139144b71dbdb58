use super::{Tester, a, outline};
use crate::base::{Place, Span};
use crate::diag::{Code, Fix};
use crate::language::check::Wanted;
use crate::language::check::body::unknown_kind;
use crate::language::hir::{
    CallableId, CallableKind, Expr, ExprKind, TestAnswer, TestGiven, TestTarget, Type, builtin,
};
use crate::language::syntax::ast::{self, Given, GivenAnswer, Name, TestItem};
use crate::plan::{EffectKind, FaultKind, Literal};
use std::str::FromStr;
use std::sync::Arc;

/// What a given call is answered with.
enum Answer {
    /// A value of this type.
    Of(Type),
    /// A rubric: grades are enough.
    Review,
    /// Nothing.
    Nothing,
}

impl Tester<'_, '_, '_> {
    /// The `given`s of a test (L9.1).
    pub(super) fn givens(&mut self, test: &ast::Test) -> Vec<TestGiven> {
        let mut found: Vec<(TestGiven, Span)> = Vec::new();
        for item in &test.items {
            let TestItem::Given(given) = item else { continue };
            let target = self.target(&given.target);
            let known = target.as_ref().map(|(_, answer)| answer);
            let answers = given.answers.iter().filter_map(|answer| self.answer(answer, known)).collect();
            let Some((target, _)) = target else { continue };
            let span = given.target.first().map_or(given.span, |name| name.span);
            if let Some((_, first)) = found.iter().find(|(other, _)| other.target == target) {
                self.twice(given, span, *first);
                continue;
            }
            found.push((TestGiven { span: given.span, target, answers }, span));
        }
        found.into_iter().map(|(given, _)| given).collect()
    }

    fn twice(&mut self, given: &Given, span: Span, first: Span) {
        let file = self.cx.file;
        let name = outline::text(&given.target);
        let report = self
            .cx
            .error(Code::GivenAgain, span, format!("`{name}` is given twice"))
            .here("again here")
            .label(file, first, "first here")
            .help("put the answers behind one another: `-> a, b` answers in turn");
        self.cx.report(report);
    }

    fn target(&mut self, path: &[Name]) -> Option<(TestTarget, Answer)> {
        match path {
            [] => None,
            [name] if name.is_missing() => None,
            [name] => match self.known(name) {
                Some(id) => self.callable(name, id),
                None => self.step(name),
            },
            [before @ .., last] => {
                let within = self.sub_workflow(path)?;
                self.step_of(within, last, before)
            }
        }
    }

    fn callable(&mut self, name: &Name, id: CallableId) -> Option<(TestTarget, Answer)> {
        let callable = self.cx.program.callable(id)?;
        let pure = callable.effect.as_ref().is_some_and(|effect| effect.kind == EffectKind::Pure);
        let refused = match callable.kind {
            CallableKind::Workflow => Some((
                format!("`{}` is a workflow, and what it does is run, not given", name.text),
                "give what it calls: agents, rubrics, tools, and `step.inner` for a prompt or `ask` in it",
            )),
            CallableKind::Tool if pure => Some((
                format!("`{}` is a pure tool: it is computed, not given", name.text),
                "take this line away",
            )),
            _ => None,
        };
        if let Some((message, help)) = refused {
            let report = self.cx.error(Code::NotGiven, name.span, message).help(help);
            self.cx.report(report);
            return None;
        }
        let answer = match (callable.kind, &callable.result) {
            (CallableKind::Rubric, _) => Answer::Review,
            (_, Some(ty)) => Answer::Of(ty.clone()),
            (_, None) => Answer::Nothing,
        };
        Some((TestTarget::Callable(id), answer))
    }

    /// A step of the workflow under test: of an inline prompt or an `ask`.
    fn step(&mut self, name: &Name) -> Option<(TestTarget, Answer)> {
        if self.outline.step(&name.text).is_none() {
            self.unknown(name, Code::NotGiven, "no step");
            return None;
        }
        self.step_of(self.workflow, name, &[])
    }

    fn step_of(
        &mut self,
        workflow: CallableId,
        name: &Name,
        before: &[Name],
    ) -> Option<(TestTarget, Answer)> {
        if name.is_missing() {
            return None;
        }
        let outline = self.outlines.of(self.cx, workflow);
        let within = self.cx.program.callable(workflow).map(|it| it.name.clone()).unwrap_or_default();
        let Some(step) = outline.step(&name.text) else {
            if self.has_lost(workflow) {
                return None;
            }
            let names = outline.steps.iter().map(|step| step.name.as_str());
            let help = crate::diag::did_you_mean(&name.text, names);
            let message = format!("`{within}` has no step `{}`", name.text);
            let mut report = self.cx.error(Code::NotGiven, name.span, message);
            if let Some(help) = help {
                report = report.help(help);
            }
            self.cx.report(report);
            return None;
        };
        if let Some(ty) = &step.answer {
            let ty = self.outlines.ty(self.cx, workflow, ty);
            let via = before.iter().map(|step| step.text.clone()).collect();
            return Some((TestTarget::Steps(workflow, step.stmts.clone(), via), Answer::Of(ty)));
        }
        let callee = step.callee.and_then(|id| self.cx.program.callable(id))?;
        let message = format!("`{}` is a step that calls {} `{}`", name.text, a(callee.kind), callee.name);
        let (file, callee_name) = (self.cx.file, callee.name.clone());
        let mut report = self.cx.error(Code::NotGiven, name.span, message);
        report = if callee.kind == CallableKind::Workflow {
            report.help(format!("give what that calls, or a prompt or `ask` in it: `{}.…`", name.text))
        } else {
            let place = Place { file, span: name.span };
            report
                .help(format!("give the callable, wherever it is called: `given {callee_name}`"))
                .fix(Fix::replace(format!("write `{callee_name}`"), place, callee_name.as_str()))
        };
        self.cx.report(report);
        None
    }

    /// The workflow that `sub` of `sub.step` means: what a step of that name calls, or the workflow itself.
    fn sub_workflow(&mut self, path: &[Name]) -> Option<CallableId> {
        let mut within = self.workflow;
        for name in path.iter().take(path.len().saturating_sub(1)) {
            if name.is_missing() {
                return None;
            }
            let outline = self.outlines.of(self.cx, within);
            let step = outline.step(&name.text).and_then(|step| step.callee);
            let is_workflow = |id: &CallableId| {
                self.cx.program.callable(*id).is_some_and(|it| it.kind == CallableKind::Workflow)
            };
            let found = step.filter(is_workflow);
            let named = self.cx.names().and_then(|module| module.callables.get(&name.text).copied());
            let Some(next) = found.or(named.filter(is_workflow)) else {
                if self.has_lost(within) {
                    return None;
                }
                let message = format!("`{}` is no step that calls a workflow", name.text);
                let report = self
                    .cx
                    .error(Code::NotGiven, name.span, message)
                    .help("before the `.` stands the step that calls the sub-workflow");
                self.cx.report(report);
                return None;
            };
            self.cx.used.callables.insert(next);
            within = next;
        }
        Some(within)
    }

    fn answer(&mut self, answer: &GivenAnswer, known: Option<&Answer>) -> Option<TestAnswer> {
        match answer {
            GivenAnswer::Sample(_) => Some(TestAnswer::Sample),
            GivenAnswer::Fails(_, kind) => match FaultKind::from_str(&kind.text) {
                Ok(kind) => Some(TestAnswer::Fails(kind)),
                Err(_) if kind.is_missing() => None,
                Err(_) => {
                    unknown_kind(self.cx, kind);
                    None
                }
            },
            GivenAnswer::Value(value) => Some(TestAnswer::Value(match known {
                None => self.cx.infer(value, None),
                Some(Answer::Of(ty)) => {
                    self.cx.expect(value, ty, Wanted::Words("this is what the call is answered with"))
                }
                Some(Answer::Review) => self.review(value),
                Some(Answer::Nothing) => self.nothing(value),
            })),
        }
    }

    /// A grade, or a whole review.
    fn review(&mut self, value: &ast::Expr) -> Expr {
        let found = self.cx.infer(value, Some(&Type::Grade));
        if !matches!(&found.ty, Type::Grade | Type::Error) && found.ty != Type::Named(builtin::REVIEW) {
            let words = Wanted::Words("a rubric is given a grade, such as `A`, or a whole `Review`");
            self.cx.misfit(&found, &Type::Grade, words);
        }
        found
    }

    fn nothing(&mut self, value: &ast::Expr) -> Expr {
        let want = Type::Optional(Arc::new(Type::Json));
        let found = self.cx.infer(value, Some(&want));
        if !matches!(found.kind, ExprKind::Literal(Literal::None) | ExprKind::Error) {
            let report = self
                .cx
                .error(
                    Code::NotGiven,
                    value.span,
                    "this call returns nothing, so it is answered with nothing",
                )
                .help("write `-> none`, or `-> fails tool_failed`");
            self.cx.report(report);
        }
        found
    }
}
