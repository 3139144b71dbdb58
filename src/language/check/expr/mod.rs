//! Expressions (§5): from what is written to what is meant, with types.

use super::cx::{Cx, broken};
use super::wanted::Wanted;
use crate::language::hir::{CallableId, Expr, Pattern, Type};
use crate::language::syntax::ast;

impl Cx<'_> {
    /// A type as written. What is wrong with it was reported, and is `Type::Error`.
    pub fn resolve_type(&mut self, _ty: &ast::TypeExpr) -> Type {
        Type::Error
    }

    /// The number that a bound or cap is: a literal, or the name of a constant that is one (L3.5).
    pub fn bound(&mut self, _bound: &ast::Bound) -> Option<u64> {
        None
    }

    /// An expression. `want` gives bare variants, `[]`, `none` and `parse` their type; it is a hint, and whether the
    /// result fits it is not looked at.
    pub fn infer(&mut self, expr: &ast::Expr, _want: Option<&Type>) -> Expr {
        broken(expr.span)
    }

    /// An expression that must fit `want` (L2.2); what does not is reported with both ends, and has type `want` all
    /// the same.
    pub fn expect(&mut self, expr: &ast::Expr, _want: &Type, _wanted: Wanted<'_>) -> Expr {
        broken(expr.span)
    }

    /// Whether a checked expression fits: by its type, or because it is made of literals that do (L2.2).
    pub fn fits_value(&self, _expr: &Expr, _want: &Type) -> bool {
        true
    }

    /// Reports that a checked expression does not fit.
    pub fn misfit(&mut self, _expr: &Expr, _want: &Type, _wanted: Wanted<'_>) {}

    /// Where checked expressions meet (L2.7), literals measured; what does not meet is reported with both ends, and
    /// `Type::Error`. `of` says what meets, in words: "the cases of this `when`".
    pub fn meet_values(&mut self, _values: &[&Expr], _of: &str) -> Type {
        Type::Error
    }

    /// A condition: a `bool`, or whether an optional is there, which is made explicit as `Not(Is(None))` (L2.4).
    pub fn condition(&mut self, expr: &ast::Expr) -> Expr {
        broken(expr.span)
    }

    /// The arguments of a call: an expression a parameter, `None` where the default is taken. Unknown, doubled and
    /// missing ones are reported.
    pub fn args(&mut self, _callable: CallableId, _call: &ast::Call) -> Vec<Option<Expr>> {
        Vec::new()
    }

    /// The callable that a name means here. `None` is reported, also where it is a built-in function.
    pub fn callable(&mut self, _name: &ast::Name) -> Option<CallableId> {
        None
    }

    /// What stands behind `is` or in a case, over a value of type `subject`. `None` was reported.
    pub fn pattern(&mut self, _subject: &Type, _pattern: &ast::Pattern) -> Option<Pattern> {
        None
    }

    /// A whole number that is known before the run: a literal, a constant, or a `let` of one.
    pub fn whole(&self, _expr: &Expr) -> Option<i64> {
        None
    }
}
