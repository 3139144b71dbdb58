use crate::base::{Decimal, Span};
use crate::diag::Code;
use crate::language::check::cx::{Cx, broken};
use crate::language::hir::{ConstantId, Expr, ExprKind, Piece, Type};
use crate::language::syntax::ast;
use crate::plan::Literal;

impl Cx<'_> {
    /// An expression. `want` gives bare variants, `[]`, `none` and `parse` their type; it is a hint, and whether the
    /// result fits it is not looked at. With a hint of `Type::Error`, unknown names are silent: what was wanted was
    /// reported.
    pub fn infer(&mut self, expr: &ast::Expr, want: Option<&Type>) -> Expr {
        use ast::ExprKind as Kind;
        let span = expr.span;
        match &expr.kind {
            Kind::Missing => broken(span),
            Kind::Text(text) => self.text(text),
            Kind::Int(value) => literal(span, Type::INT, Literal::Int(*value)),
            Kind::Number(value) => literal(span, Type::NUMBER, Literal::Number(*value)),
            Kind::Bool(value) => literal(span, Type::Bool, Literal::Bool(*value)),
            Kind::None => literal(span, Type::None, Literal::None),
            Kind::Name(name) => self.name(name, want),
            Kind::TypeName(name) => self.type_name(name),
            Kind::Field(base, field) => self.field(span, base, field),
            Kind::Index(list, at) => self.index(span, list, at),
            Kind::Call(call) => self.call(call, want),
            Kind::Record(name, fields) => self.record(span, name, fields),
            Kind::List(items) => self.list(span, items, want),
            Kind::Comprehension(it) => self.comprehension(span, it, want),
            Kind::When(it) => self.when(span, it, want),
            Kind::Unary(op, at, inner) => self.unary(span, *op, *at, inner, want),
            Kind::Binary(op, at, left, right) => self.binary(span, *op, *at, left, right, want),
            Kind::Is(it) => self.is(span, it),
            Kind::Paren(inner) => match &inner.kind {
                // In parentheses a word is never a variant: the other spelling that L2.3 offers.
                Kind::Name(name) if self.is_value(&name.text) => self.value_of(name, want),
                _ => self.infer(inner, want),
            },
        }
    }

    /// An expression of which nothing else says what type it has: `[]` and `none` alone are reported (L2.7).
    pub fn infer_value(&mut self, expr: &ast::Expr) -> Expr {
        let mut value = self.infer(expr, None);
        if is_unsettled(&value.ty) {
            let message = format!("nothing says what {} is a value of", self.called(expr.span));
            let report = self
                .error(Code::TypeNeeded, expr.span, message)
                .help("declare the type: `let items: [Finding] = []`, `let note: text? = none`");
            self.report(report);
            value.ty = Type::Error;
        }
        value
    }

    /// A whole number that is known before the run: a literal, a constant, or a `let` of one.
    pub fn whole(&self, expr: &Expr) -> Option<i64> {
        self.known_number(expr)?.to_i64()
    }

    /// A number that is known before the run.
    pub fn known_number(&self, expr: &Expr) -> Option<Decimal> {
        match &self.known_value(expr).kind {
            ExprKind::Literal(Literal::Int(value)) => Some((*value).into()),
            ExprKind::Literal(Literal::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// A text that is known before the run.
    pub fn known_text(&self, expr: &Expr) -> Option<String> {
        let ExprKind::Text(pieces) = &self.known_value(expr).kind else { return None };
        let mut out = String::new();
        for piece in pieces {
            let Piece::Chars(chars) = piece else { return None };
            out.push_str(chars);
        }
        Some(out)
    }

    /// What a name of a constant, or of a `let` of literals, stands for; anything else stands for itself.
    pub(super) fn known_value<'e>(&'e self, expr: &'e Expr) -> &'e Expr {
        match &expr.kind {
            ExprKind::Local(id) => self.known(*id).unwrap_or(expr),
            ExprKind::Constant(id) => self.constant_value(*id, 0).unwrap_or(expr),
            _ => expr,
        }
    }

    fn constant_value(&self, id: ConstantId, depth: usize) -> Option<&Expr> {
        const LONGEST: usize = 64;
        let value = &self.program.constant(id)?.value;
        match &value.kind {
            ExprKind::Constant(next) if depth < LONGEST => self.constant_value(*next, depth + 1),
            _ => Some(value),
        }
    }
}

fn literal(span: Span, ty: Type, value: Literal) -> Expr {
    Expr { ty, span, kind: ExprKind::Literal(value) }
}

/// Whether a type is that of `[]` or `none`, or holds one.
fn is_unsettled(ty: &Type) -> bool {
    match ty {
        Type::None | Type::Never => true,
        Type::List(item, _) | Type::Optional(item) => is_unsettled(item),
        _ => false,
    }
}
