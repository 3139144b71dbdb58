use super::access::bare;
use crate::base::Span;
use crate::diag::Code;
use crate::language::check::cx::Cx;
use crate::language::check::narrow::facts;
use crate::language::hir::{Expr, ExprKind, LocalKind, Type, TypeKind};
use crate::language::syntax::ast;
use std::sync::Arc;

impl Cx<'_> {
    /// `[give for item in list when filter by key]`; the result keeps the list's bound (L2.8).
    pub(super) fn comprehension(&mut self, span: Span, it: &ast::Comprehension, want: Option<&Type>) -> Expr {
        let list = self.infer(&it.list, None);
        let (item_ty, max) = self.items_of(&list, "a comprehension goes over a list");
        self.scope.enter();
        let item = self.bind(&it.item, item_ty, LocalKind::Inner);
        let filter = it.filter.as_ref().map(|filter| {
            let filter = self.condition(filter);
            let known = facts(self, &filter);
            self.scope.assume(&known.holds);
            Box::new(filter)
        });
        let key = it.key.as_ref().map(|key| {
            let key = self.infer(key, None);
            self.must_be_ordered(&key, "`by` sorts");
            Box::new(key)
        });
        let want = match want.map(Type::present) {
            Some(Type::List(item, _)) => Some((**item).clone()),
            Some(Type::Error) => Some(Type::Error),
            _ => None,
        };
        let give = self.infer(&it.give, want.as_ref());
        self.scope.leave();
        let ty = Type::List(Arc::new(give.ty.clone()), max);
        let (list, give) = (Box::new(list), Box::new(give));
        Expr {
            ty,
            span,
            kind: ExprKind::Comprehension { item, list, filter, key, descending: it.descending, give },
        }
    }

    /// The item and the bound of what must be a list; what is none was reported.
    pub fn items_of(&mut self, list: &Expr, why: &str) -> (Type, Option<u64>) {
        if let Type::List(item, max) = &list.ty {
            return ((**item).clone(), *max);
        }
        let called = self.called(list.span);
        match &list.ty {
            Type::Error | Type::Never => (Type::Error, None),
            Type::Optional(inner) if matches!(**inner, Type::List(..)) => {
                let message = format!("{called} may be absent, and {why}");
                let report = self
                    .error(Code::OptionalUsed, list.span, message)
                    .here("may be none")
                    .help(format!("write `{} ?? []`", bare(&called)));
                let report = self.with_origin(report, list);
                self.report(report);
                match &**inner {
                    Type::List(item, max) => ((**item).clone(), *max),
                    _ => (Type::Error, None),
                }
            }
            other => {
                let message = format!("expected a list, found {}", self.a(other));
                let report = self.error(Code::NotAList, list.span, message).note(why);
                let report = self.with_origin(report, list);
                self.report(report);
                (Type::Error, None)
            }
        }
    }

    /// Reports a value that does not compare with `<` (L5.3). `why` reads before "what has an order".
    pub(super) fn must_be_ordered(&mut self, value: &Expr, why: &str) -> bool {
        if self.is_ordered(&value.ty) {
            return true;
        }
        let shown = self.a(&value.ty);
        let report = if value.ty.is_optional() && self.is_ordered(value.ty.present()) {
            let called = self.called(value.span);
            let message = format!("{called} may be absent, and {why} what is there");
            let report = self.error(Code::OptionalUsed, value.span, message).here("may be none");
            report.help(format!("say what stands there instead: `{} ?? …`", bare(&called)))
        } else {
            let report = self.error(Code::NoOrder, value.span, format!("{shown} has no order"));
            self.order_help(report, value.ty.present())
        };
        let report = self.with_origin(report, value);
        self.report(report);
        false
    }

    fn order_help(&self, report: crate::diag::Diagnostic, ty: &Type) -> crate::diag::Diagnostic {
        if let Type::Named(id) = ty
            && let Some(decl) = self.type_decl(*id)
        {
            match &decl.kind {
                TypeKind::Enum { variants, .. } => {
                    let all: Vec<&str> = variants.iter().map(|it| it.name.as_str()).collect();
                    return report
                        .label(decl.file, decl.span, "declared without an order, by `|`")
                        .help(format!("declare it from the lowest to the highest: `{}`", all.join(" < ")));
                }
                TypeKind::Record(_) if *id == crate::language::hir::builtin::REVIEW => {
                    return report
                        .help("compare it with a grade, as in `>= A`, or compare its score: `.score > 80`");
                }
                _ => {}
            }
        }
        report.help("ordered are int, number, text, date, Grade and enums declared with `<`")
    }

    /// Whether values of a type compare with `<`.
    pub(super) fn is_ordered(&self, ty: &Type) -> bool {
        match ty {
            Type::Error
            | Type::Never
            | Type::Text(_)
            | Type::Int(_)
            | Type::Number(_)
            | Type::Date
            | Type::Grade => true,
            Type::Named(id) => match self.type_decl(*id).map(|decl| &decl.kind) {
                Some(TypeKind::Enum { ordered, .. }) => *ordered,
                Some(TypeKind::Error) | None => true,
                Some(_) => false,
            },
            _ => false,
        }
    }

    /// `when c then a otherwise b`
    pub(super) fn when(&mut self, span: Span, it: &ast::WhenExpr, want: Option<&Type>) -> Expr {
        let condition = self.condition(&it.condition);
        let known = facts(self, &condition);
        let (then_first, hint) = (!self.needs_hint(&it.then), want.cloned());
        let (then, otherwise) = if then_first || hint.is_some() {
            let then = self.under(&known.holds, |cx| cx.infer(&it.then, hint.as_ref()));
            let hint = hint.or_else(|| Some(then.ty.clone()));
            let otherwise = self.under(&known.fails, |cx| cx.infer(&it.otherwise, hint.as_ref()));
            (then, otherwise)
        } else {
            let otherwise = self.under(&known.fails, |cx| cx.infer(&it.otherwise, None));
            let hint = otherwise.ty.clone();
            (self.under(&known.holds, |cx| cx.infer(&it.then, Some(&hint))), otherwise)
        };
        let ty = self.meet_values_as(&[&then, &otherwise], want, "the two sides of this `when`");
        let kind = ExprKind::When(Box::new(condition), Box::new(then), Box::new(otherwise));
        Expr { ty, span, kind }
    }

    /// What is done where these facts hold.
    pub fn under<R>(
        &mut self,
        known: &[crate::language::check::scope::Fact],
        work: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.scope.enter();
        self.scope.assume(known);
        let result = work(self);
        self.scope.leave();
        result
    }
}
