use crate::base::Span;
use crate::language::check::cx::Cx;
use crate::language::hir::{Expr, ExprKind, Type};
use crate::language::syntax::ast;
use std::sync::Arc;

impl Cx<'_> {
    /// `[a, b]`: a list of where its items meet, as long as it is written.
    pub(super) fn list(&mut self, span: Span, items: &[ast::Expr], want: Option<&Type>) -> Expr {
        let want = match want.map(Type::present) {
            Some(Type::List(item, _)) => Some((**item).clone()),
            Some(Type::Error) => Some(Type::Error),
            _ => None,
        };
        let items = self.items(items, want.as_ref());
        let values: Vec<&Expr> = items.iter().collect();
        let item = self.meet_values_as(&values, want.as_ref(), "the items of this list");
        let length = u64::try_from(items.len()).ok();
        Expr { ty: Type::List(Arc::new(item), length), span, kind: ExprKind::List(items) }
    }

    /// Items without a hint take the type of the others: `[severity, high]`.
    fn items(&mut self, items: &[ast::Expr], want: Option<&Type>) -> Vec<Expr> {
        if want.is_some() || items.len() < 2 {
            return items.iter().map(|item| self.infer(item, want)).collect();
        }
        let first = items.iter().find(|item| !self.needs_hint(item));
        let Some(first) = first else { return items.iter().map(|item| self.infer(item, None)).collect() };
        let known = self.infer(first, None);
        let hint = known.ty.clone();
        let mut known = Some(known);
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if std::ptr::eq(item, first)
                && let Some(known) = known.take()
            {
                out.push(known);
            } else {
                let hint = self.needs_hint(item).then_some(&hint);
                out.push(self.infer(item, hint));
            }
        }
        out
    }

    /// Whether an expression gets its meaning from the type that is expected: a bare variant, `parse`, a list of these.
    pub(super) fn needs_hint(&self, expr: &ast::Expr) -> bool {
        match &expr.kind {
            ast::ExprKind::Name(name) => {
                !self.is_value(&name.text) && self.scope.lookup(&name.text).is_none()
            }
            ast::ExprKind::Paren(inner) => self.needs_hint(inner),
            ast::ExprKind::List(items) => items.iter().any(|item| self.needs_hint(item)),
            ast::ExprKind::Call(call) => call.callee.text == "parse",
            ast::ExprKind::When(it) => self.needs_hint(&it.then) || self.needs_hint(&it.otherwise),
            _ => false,
        }
    }
}
