use super::Checker;
use super::step::Called;
use crate::base::Span;
use crate::diag::{Code, closest};
use crate::language::check::Wanted;
use crate::language::hir::{Expr, ExprKind, Fallback, LocalId, LocalKind, Type, builtin};
use crate::language::syntax::ast::{self, OnFailure};
use crate::plan::{FaultKind, Literal};
use std::collections::HashMap;
use std::str::FromStr;

impl Checker<'_, '_> {
    /// The handlers of a step (L4.14), and the type of its name with what they give.
    pub(super) fn fallbacks(
        &mut self,
        step: &ast::Step,
        called: &Called,
        declared: Option<&(Type, Span)>,
    ) -> (Vec<Fallback>, Option<Type>) {
        let mut handled = Handled::default();
        let mut fallbacks = Vec::new();
        for handler in &step.on_failure {
            let kinds = self.kinds(handler, &mut handled);
            self.cx.scope.enter();
            let binder = handler
                .binder
                .as_ref()
                .map(|name| self.cx.bind(name, Type::Named(builtin::FAILURE), LocalKind::Inner));
            let value = self.fallback_value(step, handler, called, declared);
            self.cx.scope.leave();
            fallbacks.push(Fallback { kinds, binder, value });
        }
        let result = match (&called.result, declared) {
            (None, _) => None,
            (Some(_), Some((ty, _))) => Some(ty.clone()),
            (Some(own), None) => Some(self.fallback_type(own, called.span, &fallbacks)),
        };
        (fallbacks, result)
    }

    fn fallback_value(
        &mut self,
        step: &ast::Step,
        handler: &OnFailure,
        called: &Called,
        declared: Option<&(Type, Span)>,
    ) -> Expr {
        match (&called.result, declared) {
            (None, _) => {
                let value = self.cx.infer(&handler.value, None);
                let is_none =
                    matches!(value.kind, ExprKind::Literal(Literal::None)) || Self::is_broken(&value);
                if !is_none {
                    let message = "this step returns nothing, so nothing can stand in for its value";
                    let help = "write `on failure none` to go on when it fails";
                    self.misplaced(Code::GivesNothing, handler.value.span, message, help);
                }
                value
            }
            (Some(_), Some((ty, span))) => {
                let name = step.name.as_ref().map(|name| name.text.clone()).unwrap_or_default();
                self.cx.expect(&handler.value, ty, Wanted::Declared(*span, &name))
            }
            (Some(own), None) => self.cx.infer(&handler.value, Some(own)),
        }
    }

    fn fallback_type(&mut self, own: &Type, span: Span, fallbacks: &[Fallback]) -> Type {
        if fallbacks.is_empty() {
            return own.clone();
        }
        let call = Expr { ty: own.clone(), span, kind: ExprKind::Local(LocalId(u32::MAX)) };
        let values: Vec<&Expr> =
            std::iter::once(&call).chain(fallbacks.iter().map(|fallback| &fallback.value)).collect();
        self.cx.meet_values(&values, "what a step gives and what stands in for it")
    }

    fn kinds(&mut self, handler: &OnFailure, handled: &mut Handled) -> Vec<FaultKind> {
        if let Some(all) = handled.all {
            let file = self.cx.file;
            let message = "this `on failure` is never reached";
            let report = self
                .cx
                .error(Code::HandlerUnreachable, handler.span, message)
                .label(file, all, "this one takes every failure")
                .help("put the one without kinds last");
            self.cx.report(report);
            handled.all = None;
            handled.quiet = true;
        }
        let Some(names) = &handler.kinds else {
            handled.all.get_or_insert(handler.span);
            return Vec::new();
        };
        let mut kinds = Vec::new();
        for name in names.iter().filter(|name| !name.is_missing()) {
            let Ok(kind) = FaultKind::from_str(&name.text) else {
                self.unknown_kind(name);
                continue;
            };
            if let Some(first) = handled.kinds.get(&kind).filter(|_| !handled.quiet) {
                let (file, first) = (self.cx.file, *first);
                let message = format!("`{kind}` is handled twice, and the second time is never reached");
                let report = self
                    .cx
                    .error(Code::HandlerUnreachable, name.span, message)
                    .label(file, first, format!("`{kind}` is handled here"))
                    .help("take one of them away");
                self.cx.report(report);
            }
            handled.kinds.entry(kind).or_insert(name.span);
            kinds.push(kind);
        }
        kinds
    }

    pub(super) fn unknown_kind(&mut self, name: &ast::Name) {
        unknown_kind(self.cx, name);
    }
}

/// Reports a word that is no kind of failure.
pub(in crate::language::check) fn unknown_kind(cx: &mut crate::language::check::Cx<'_>, name: &ast::Name) {
    let words: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.word()).collect();
    let message = format!("`{}` is no kind of failure", name.text);
    let file = cx.file;
    let mut report = cx.error(Code::UnknownFailureKind, name.span, message);
    report = match closest(&name.text, words.iter().copied()) {
        Some(close) => {
            let place = crate::base::Place { file, span: name.span };
            report.help(format!("did you mean `{close}`?")).fix(crate::diag::Fix::replace(
                format!("write `{close}`"),
                place,
                close,
            ))
        }
        None => report.help(format!("the kinds are {}", words.join(", "))),
    };
    cx.report(report);
}

/// What the handlers so far have taken.
#[derive(Default)]
struct Handled {
    kinds: HashMap<FaultKind, Span>,
    all: Option<Span>,
    quiet: bool,
}
