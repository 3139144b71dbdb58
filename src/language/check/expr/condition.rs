use super::access::bare;
use crate::base::Span;
use crate::diag::Code;
use crate::language::check::cx::{Cx, broken};
use crate::language::check::narrow::{facts, path_of};
use crate::language::hir::{Expr, ExprKind, Pattern, Type, TypeKind};
use crate::language::syntax::ast::{self, BinaryOp, UnaryOp};

impl Cx<'_> {
    /// A condition: a `bool`, or whether an optional is there, which is made explicit as `Not(Is(None))` (L2.4). What
    /// follows from it is found by [`facts`].
    pub fn condition(&mut self, expr: &ast::Expr) -> Expr {
        match &expr.kind {
            ast::ExprKind::Paren(inner) if is_logic(inner) => self.condition(inner),
            ast::ExprKind::Unary(UnaryOp::Not, _, inner) => self.not(expr.span, inner),
            ast::ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), _, left, right) => {
                self.logic(expr.span, *op, left, right)
            }
            _ => {
                let value = self.infer(expr, Some(&Type::Bool));
                self.as_condition(value)
            }
        }
    }

    pub(super) fn not(&mut self, span: Span, inner: &ast::Expr) -> Expr {
        let inner = self.condition(inner);
        Expr { ty: Type::Bool, span, kind: ExprKind::Not(Box::new(inner)) }
    }

    /// `and`, `or`: the right side is only looked at where the left side leaves it open, so it may use what follows.
    pub(super) fn logic(&mut self, span: Span, op: BinaryOp, left: &ast::Expr, right: &ast::Expr) -> Expr {
        let left = self.condition(left);
        let known = facts(self, &left);
        self.scope.enter();
        self.scope.assume(if op == BinaryOp::And { &known.holds } else { &known.fails });
        let right = self.condition(right);
        self.scope.leave();
        // Where neither side is a condition, nobody knows what was meant.
        let is_broken = is_broken(&left) && is_broken(&right);
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = if op == BinaryOp::And { ExprKind::And(left, right) } else { ExprKind::Or(left, right) };
        Expr { ty: if is_broken { Type::Error } else { Type::Bool }, span, kind }
    }

    /// A checked value as a condition.
    pub fn as_condition(&mut self, value: Expr) -> Expr {
        if value.ty == Type::Bool {
            return value;
        }
        let called = self.called(value.span);
        let code = bare(&called);
        match &value.ty {
            Type::Error | Type::Never => broken(value.span),
            Type::Optional(inner) if **inner == Type::Bool => {
                let message = format!("{called} is a bool that may be absent: say which is meant");
                let report = self
                    .error(Code::OptionalCondition, value.span, message)
                    .help(format!("write `{code} is true`, or `{code} is not none`"));
                let report = self.with_origin(report, &value);
                self.report(report);
                broken(value.span)
            }
            Type::Optional(_) | Type::None => presence(value),
            other => {
                if self.was_optional(&value) {
                    self.always_there(&value, "the condition always holds");
                    return presence(value);
                }
                let help = match other {
                    Type::List(..) => format!("write `count({code}) > 0`"),
                    Type::Text(_) => format!("write `{code} != \"\"`"),
                    Type::Int(_) | Type::Number(_) => format!("write `{code} != 0`"),
                    Type::Named(_) | Type::OneOf(_) | Type::Grade => format!("ask what it is: `{code} is …`"),
                    _ => "a condition is a bool, or an optional: is it there?".into(),
                };
                let message = format!("expected a condition, found {}", self.a(other));
                let report = self.error(Code::NoCondition, value.span, message).help(help);
                let report = self.with_origin(report, &value);
                self.report(report);
                broken(value.span)
            }
        }
    }

    /// Whether a path is only here not optional, because it was asked about.
    fn was_optional(&self, value: &Expr) -> bool {
        path_of(value).is_some_and(|path| self.scope.narrowed(&path).is_some())
            && match &value.kind {
                ExprKind::Local(id) => self.local(*id).is_some_and(|local| local.ty.is_optional()),
                ExprKind::Field(base, at) => self.field_is_optional(base, *at),
                _ => false,
            }
    }

    fn field_is_optional(&self, base: &Expr, at: u32) -> bool {
        if base.ty.is_optional() {
            return true;
        }
        let Type::Named(id) = &base.ty else { return false };
        let Some(TypeKind::Record(fields)) = self.type_decl(*id).map(|decl| &decl.kind) else { return false };
        fields.get(at as usize).is_some_and(|field| field.ty.is_optional())
    }

    /// A path that is none only here, because it was asked about, with the type that it has elsewhere: what it is may be
    /// asked again, and the answer is known.
    pub fn asked_again(&self, value: &Expr) -> Option<Expr> {
        if value.ty != Type::None || !self.was_optional(value) {
            return None;
        }
        let ty = match &value.kind {
            ExprKind::Local(id) => self.local(*id)?.ty.clone(),
            ExprKind::Field(base, at) => {
                let Type::Named(id) = base.ty.present() else { return None };
                let TypeKind::Record(fields) = &self.type_decl(*id)?.kind else { return None };
                fields.get(*at as usize)?.ty.clone().optional()
            }
            _ => return None,
        };
        Some(Expr { ty, ..value.clone() })
    }

    /// Warns that what is asked of a value has one answer, as it is none.
    pub fn always_none(&mut self, value: &Expr, span: Span, code: Code, so: &str) {
        let called = self.called(value.span);
        let report = self.error(code, span, format!("{called} is none here, so {so}"));
        self.report(report.help("it was asked for above; here it is not there"));
    }

    /// Warns that what is asked about is there in any case.
    pub(super) fn always_there(&mut self, value: &Expr, so: &str) {
        let called = self.called(value.span);
        let report = self.error(Code::NeverAbsent, value.span, format!("{called} is always there, so {so}"));
        let report = if self.was_optional(value) {
            report.help("it was asked for above; here it is there")
        } else {
            self.with_origin(report, value)
        };
        self.report(report);
    }
}

fn is_broken(side: &Expr) -> bool {
    side.ty == Type::Error
}

/// "Is it there?"
fn presence(value: Expr) -> Expr {
    let span = value.span;
    let is_none = Expr { ty: Type::Bool, span, kind: ExprKind::Is(Box::new(value), Pattern::None) };
    Expr { ty: Type::Bool, span, kind: ExprKind::Not(Box::new(is_none)) }
}

fn is_logic(expr: &ast::Expr) -> bool {
    matches!(
        expr.kind,
        ast::ExprKind::Paren(_)
            | ast::ExprKind::Unary(UnaryOp::Not, ..)
            | ast::ExprKind::Binary(BinaryOp::And | BinaryOp::Or, ..)
    )
}
