use super::access::bare;
use crate::base::Span;
use crate::diag::{Code, Fix};
use crate::language::check::cx::{Cx, broken};
use crate::language::hir::{Expr, ExprKind, NumberKind, Pattern, Type, builtin, comparable, loosened};
use crate::language::syntax::ast::{self, BinaryOp, UnaryOp};
use crate::plan::{ArithmeticOp, CompareOp, Literal};
use std::sync::Arc;

/// A binary operation as written.
struct Operation<'e> {
    span: Span,
    at: Span,
    left: &'e ast::Expr,
    right: &'e ast::Expr,
}

impl Cx<'_> {
    /// `not x`, `-x`
    pub(super) fn unary(
        &mut self,
        span: Span,
        op: UnaryOp,
        at: Span,
        inner: &ast::Expr,
        want: Option<&Type>,
    ) -> Expr {
        if op == UnaryOp::Not {
            return self.not(span, inner);
        }
        let value = self.infer(inner, want);
        let (ty, negated) = match (&value.ty, &value.kind) {
            (Type::Error, _) => return broken(span),
            (_, ExprKind::Literal(Literal::Int(number))) => {
                (Type::INT, number.checked_neg().map(Literal::Int))
            }
            (_, ExprKind::Literal(Literal::Number(number))) => {
                (Type::NUMBER, Some(Literal::Number(number.negate())))
            }
            (Type::Int(_), _) => (Type::INT, None),
            (Type::Number(_), _) => (Type::NUMBER, None),
            _ => {
                self.no_number(&value, at, "-");
                return broken(span);
            }
        };
        let kind = negated.map_or_else(|| ExprKind::Negate(Box::new(value)), ExprKind::Literal);
        Expr { ty, span, kind }
    }

    /// An operation between two expressions.
    pub(super) fn binary(
        &mut self,
        span: Span,
        op: BinaryOp,
        at: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        want: Option<&Type>,
    ) -> Expr {
        use BinaryOp as Op;
        let it = Operation { span, at, left, right };
        match op {
            Op::And | Op::Or => self.logic(span, op, left, right),
            Op::In | Op::NotIn => self.within(&it, op == Op::NotIn),
            Op::Equal => self.equality(&it, CompareOp::Equal),
            Op::NotEqual => self.equality(&it, CompareOp::NotEqual),
            Op::Less => self.order(&it, CompareOp::Less),
            Op::LessEqual => self.order(&it, CompareOp::LessEqual),
            Op::Greater => self.order(&it, CompareOp::Greater),
            Op::GreaterEqual => self.order(&it, CompareOp::GreaterEqual),
            Op::Add => self.add(&it, want),
            Op::Subtract => self.arithmetic(&it, ArithmeticOp::Subtract),
            Op::Multiply => self.arithmetic(&it, ArithmeticOp::Multiply),
            Op::Divide => self.arithmetic(&it, ArithmeticOp::Divide),
            Op::Remainder => self.arithmetic(&it, ArithmeticOp::Remainder),
            Op::Else => self.otherwise(&it, want),
        }
    }

    /// Both sides of a comparison: the one that says what it is, first, as a hint for the other.
    fn sides(&mut self, it: &Operation<'_>, hint: impl Fn(&Type) -> Type) -> (Expr, Expr) {
        if self.needs_hint(it.left) && !self.needs_hint(it.right) {
            let right = self.infer(it.right, None);
            let left = self.infer(it.left, Some(&hint(&right.ty)));
            (left, right)
        } else {
            let left = self.infer(it.left, None);
            let right = self.infer(it.right, Some(&hint(&left.ty)));
            (left, right)
        }
    }

    fn equality(&mut self, it: &Operation<'_>, op: CompareOp) -> Expr {
        if let Some(other) = none_side(it) {
            return self.compare_none(it, other, op);
        }
        let (left, right) = self.sides(it, hint_of);
        let (left, right) = by_grade(left, right);
        if !comparable(self, &left.ty, &right.ty) {
            self.never_equal(it, &left, &right);
            return broken(it.span);
        }
        compare(it.span, op, left, right)
    }

    /// `x == none` and `x != none` are questions, and are written as such (L2.4).
    fn compare_none(&mut self, it: &Operation<'_>, other: &ast::Expr, op: CompareOp) -> Expr {
        let value = self.infer(other, None);
        if value.ty == Type::Error {
            return broken(it.span);
        }
        let asked = if op == CompareOp::Equal { "is none" } else { "is not none" };
        let sign = if op == CompareOp::Equal { "==" } else { "!=" };
        let called = self.called(other.span);
        let code = bare(&called);
        let report = self
            .error(Code::ComparedWithNone, it.span, format!("expected `{code} {asked}`, found `{sign} none`"))
            .help(format!("whether something is there is asked by `{asked}`"));
        let report = match self.spelled(other.span) {
            None => report,
            Some(code) => report.fix(Fix::replace(
                format!("write `{asked}`"),
                self.here(it.span),
                format!("{code} {asked}"),
            )),
        };
        self.report(report);
        // What it was to ask is clear, so that nothing below misses it.
        question(it.span, value, Pattern::None, op != CompareOp::Equal)
    }

    fn never_equal(&mut self, it: &Operation<'_>, left: &Expr, right: &Expr) {
        let (a, b) = (self.a(&left.ty), self.a(&right.ty));
        let report = self
            .error(Code::NeverEqual, it.span, format!("{a} is never equal to {b}"))
            .label(self.file, left.span, a)
            .label(self.file, right.span, b);
        let report = match (left.ty.present(), right.ty.present()) {
            (Type::Named(id), Type::Text(_)) | (Type::Text(_), Type::Named(id)) if self.is_enum(*id) => {
                report.help("write the variant without quotes")
            }
            (Type::Grade, Type::Text(_)) | (Type::Text(_), Type::Grade) => {
                report.help("write the grade without quotes")
            }
            (Type::List(..), _) | (_, Type::List(..)) => {
                report.help("whether a list holds something is asked by `x in items`")
            }
            (Type::Date, Type::Text(_)) | (Type::Text(_), Type::Date) => {
                report.help("write the day as a date: `date(\"2025-03-01\")`")
            }
            _ => report,
        };
        self.report(report);
    }

    fn is_enum(&self, id: crate::language::hir::TypeId) -> bool {
        use crate::language::hir::TypeKind;
        matches!(self.type_decl(id).map(|decl| &decl.kind), Some(TypeKind::Enum { .. }))
    }

    /// `<`, `<=`, `>`, `>=`
    fn order(&mut self, it: &Operation<'_>, op: CompareOp) -> Expr {
        let (left, right) = self.sides(it, hint_of);
        let (left, right) = by_grade(left, right);
        if left.ty == Type::Error || right.ty == Type::Error {
            return broken(it.span);
        }
        let why = match op {
            CompareOp::LessEqual => "`<=` compares",
            CompareOp::Greater => "`>` compares",
            CompareOp::GreaterEqual => "`>=` compares",
            _ => "`<` compares",
        };
        let (first, second) = (self.must_be_ordered(&left, why), self.same_or_ordered(&left, &right, why));
        if !first || !second {
            return broken(it.span);
        }
        if !comparable(self, &left.ty, &right.ty) {
            let (a, b) = (self.a(&left.ty), self.a(&right.ty));
            let report = self
                .error(Code::NeverEqual, it.span, format!("{a} does not compare with {b}"))
                .label(self.file, left.span, a)
                .label(self.file, right.span, b);
            self.report(report);
            return broken(it.span);
        }
        compare(it.span, op, left, right)
    }

    /// The right side is not reported for what was said of the left one.
    fn same_or_ordered(&mut self, left: &Expr, right: &Expr, why: &str) -> bool {
        if loosened(&left.ty) == loosened(&right.ty) && !right.ty.is_optional() {
            return self.is_ordered(&right.ty);
        }
        self.must_be_ordered(right, why)
    }

    /// `x in items`
    fn within(&mut self, it: &Operation<'_>, negated: bool) -> Expr {
        let (item, list) = if self.needs_hint(it.left) {
            let list = self.infer(it.right, None);
            let hint = match list.ty.present() {
                Type::List(item, _) => hint_of(item),
                _ => Type::Error,
            };
            (self.infer(it.left, Some(&hint)), list)
        } else {
            let item = self.infer(it.left, None);
            let hint = Type::List(Arc::new(hint_of(&item.ty)), None);
            let list = self.infer(it.right, Some(&hint));
            (item, list)
        };
        if let Type::Text(_) = list.ty.present() {
            let (whole, part) = (self.called(it.right.span), self.called(it.left.span));
            let report = self
                .error(Code::NotAList, it.right.span, "expected a list behind `in`, found a text")
                .help(format!("write `contains({}, {})`", bare(&whole), bare(&part)));
            self.report(report);
            return broken(it.span);
        }
        let (of, _) = self.items_of(&list, "`in` looks into a list");
        if of == Type::Error || item.ty == Type::Error || list.ty.is_optional() {
            return broken(it.span);
        }
        let (item, of) = match (&item.ty, &of) {
            (Type::Named(builtin::REVIEW), Type::Grade) => (grade_of(item), of),
            _ => (item, of),
        };
        if !comparable(self, &item.ty, &of) {
            let (a, b) = (self.a(&item.ty), self.show(&list.ty));
            let report = self
                .error(Code::NeverEqual, it.span, format!("{a} is never in {b}"))
                .label(self.file, item.span, a.clone())
                .label(self.file, list.span, b);
            self.report(report);
            return broken(it.span);
        }
        let found =
            Expr { ty: Type::Bool, span: it.span, kind: ExprKind::In(Box::new(item), Box::new(list)) };
        if negated {
            Expr { ty: Type::Bool, span: it.span, kind: ExprKind::Not(Box::new(found)) }
        } else {
            found
        }
    }

    /// `+` on numbers and lists; on texts it says how these are joined (L5.1).
    fn add(&mut self, it: &Operation<'_>, want: Option<&Type>) -> Expr {
        let hint = want.filter(|want| matches!(want.present(), Type::List(..)));
        let left = self.infer(it.left, hint);
        let right = match (&left.ty, hint) {
            (Type::List(..), None) => self.infer(it.right, Some(&loosened(&left.ty))),
            _ => self.infer(it.right, hint),
        };
        match (left.ty.present(), right.ty.present()) {
            (Type::Error, _) | (_, Type::Error) => broken(it.span),
            (Type::Text(_), _) | (_, Type::Text(_)) => {
                self.text_plus(it, &left, &right, want);
                Expr { ty: Type::Error, span: it.span, kind: ExprKind::Error }
            }
            (Type::List(..), Type::List(..)) if !left.ty.is_optional() && !right.ty.is_optional() => {
                self.concat(it, left, right, want)
            }
            (Type::List(..), _) | (_, Type::List(..)) => {
                let other = if matches!(left.ty.present(), Type::List(..)) && !left.ty.is_optional() {
                    &right
                } else {
                    &left
                };
                let other = other.clone();
                self.no_list_in_plus(&other);
                broken(it.span)
            }
            _ => self.numbers(it, ArithmeticOp::Add, left, right),
        }
    }

    fn concat(&mut self, it: &Operation<'_>, left: Expr, right: Expr, want: Option<&Type>) -> Expr {
        let (Type::List(a, m), Type::List(b, n)) = (&left.ty, &right.ty) else { return broken(it.span) };
        let max = m.zip(*n).and_then(|(m, n)| m.checked_add(n));
        let item = crate::language::hir::meet(self, [&**a, &**b]);
        let item = match (item, want.map(Type::present)) {
            (Some(item), _) => item,
            (None, Some(Type::List(wanted, _)))
                if [a, b].iter().all(|ty| crate::language::hir::fits(self, ty, wanted).is_ok()) =>
            {
                (**wanted).clone()
            }
            _ => self.meet_values(&[&left, &right], "the two lists"),
        };
        let ty = if item == Type::Error { Type::Error } else { Type::List(Arc::new(item), max) };
        Expr { ty, span: it.span, kind: ExprKind::Concat(Box::new(left), Box::new(right)) }
    }

    fn no_list_in_plus(&mut self, other: &Expr) {
        let called = self.called(other.span);
        let code = bare(&called);
        let (message, help) = if other.ty.is_optional() {
            (format!("{called} may be absent, and `+` joins lists"), format!("write `({code} ?? [])`"))
        } else {
            (
                format!("expected a list beside `+`, found {}", self.a(&other.ty)),
                format!("make it a list: `[{code}]`"),
            )
        };
        let code = if other.ty.is_optional() { Code::OptionalUsed } else { Code::WrongOperand };
        let report = self.error(code, other.span, message).help(help);
        let report = self.with_origin(report, other);
        self.report(report);
    }

    fn text_plus(&mut self, it: &Operation<'_>, left: &Expr, right: &Expr, want: Option<&Type>) {
        let part = |cx: &Self, value: &Expr| {
            let text = super::meeting::literal_text(value);
            text.filter(|text| !text.contains(['"', '\\', '\n', '$'])).unwrap_or_else(|| {
                let called = cx.called(value.span);
                format!("${{{}}}", bare(&called))
            })
        };
        let joined = format!("\"{}{}\"", part(self, left), part(self, right));
        let report = self
            .error(Code::TextPlus, it.at, "texts are joined by holes, not by `+`")
            .help(format!("write `{joined}`"));
        let is_wanted = want.is_none_or(|want| matches!(want.present(), Type::Text(_) | Type::Json));
        let may_join = |side: &Expr| !side.ty.is_optional() && !matches!(side.ty, Type::List(..));
        let certain = is_wanted && !joined.contains("${x}") && may_join(left) && may_join(right);
        let report = if certain {
            report.fix(Fix::replace(format!("write `{joined}`"), self.here(it.span), joined))
        } else {
            report
        };
        self.report(report);
    }

    fn arithmetic(&mut self, it: &Operation<'_>, op: ArithmeticOp) -> Expr {
        let left = self.infer(it.left, None);
        let right = self.infer(it.right, None);
        self.numbers(it, op, left, right)
    }

    fn numbers(&mut self, it: &Operation<'_>, op: ArithmeticOp, left: Expr, right: Expr) -> Expr {
        if left.ty == Type::Error || right.ty == Type::Error {
            return broken(it.span);
        }
        let sign = match op {
            ArithmeticOp::Add => "+",
            ArithmeticOp::Subtract => "-",
            ArithmeticOp::Multiply => "*",
            ArithmeticOp::Divide => "/",
            ArithmeticOp::Remainder => "%",
        };
        let wrong =
            [&left, &right].into_iter().find(|side| !matches!(side.ty, Type::Int(_) | Type::Number(_)));
        if let Some(wrong) = wrong {
            let wrong = wrong.clone();
            self.no_number(&wrong, it.at, sign);
            return broken(it.span);
        }
        let whole = matches!((&left.ty, &right.ty), (Type::Int(_), Type::Int(_)));
        if op == ArithmeticOp::Remainder && !whole {
            let side = if matches!(left.ty, Type::Int(_)) { &right } else { &left };
            let report = self
                .error(Code::WrongOperand, side.span, "`%` is for ints, found a number")
                .help("round it first: `round(x) % 2`");
            self.report(report);
            return broken(it.span);
        }
        let number = if whole && op != ArithmeticOp::Divide { NumberKind::Int } else { NumberKind::Number };
        let ty = if number == NumberKind::Int { Type::INT } else { Type::NUMBER };
        Expr { ty, span: it.span, kind: ExprKind::Arithmetic(op, number, Box::new(left), Box::new(right)) }
    }

    /// Says that `sign` needs numbers.
    fn no_number(&mut self, value: &Expr, at: Span, sign: &str) {
        let called = self.called(value.span);
        let is_number = matches!(value.ty.present(), Type::Int(_) | Type::Number(_));
        let report = if value.ty.is_optional() && is_number {
            self.error(
                Code::OptionalUsed,
                value.span,
                format!("{called} may be absent, and `{sign}` needs a number"),
            )
            .here("may be none")
            .help(format!("say what stands there instead: `({} ?? 0)`", bare(&called)))
        } else {
            let shown = self.a(&value.ty);
            let report = self
                .error(Code::WrongOperand, value.span, format!("`{sign}` needs numbers, found {shown}"))
                .label(self.file, at, format!("this `{sign}`"));
            match value.ty.present() {
                Type::Date => report.help("days between two dates are `days_between(a, b)`"),
                Type::List(..) if sign == "-" => report
                    .help("leave items out with a comprehension: `[x for x in items when x not in others]`"),
                _ => report,
            }
        };
        let report = self.with_origin(report, value);
        self.report(report);
    }

    /// `x ?? y`
    fn otherwise(&mut self, it: &Operation<'_>, want: Option<&Type>) -> Expr {
        let hint = want.cloned().map(Type::optional);
        let left = self.infer(it.left, hint.as_ref());
        let right_hint = match (want, left.ty.present()) {
            (Some(want), _) => want.clone(),
            (None, present) => present.clone(),
        };
        let right = self.infer(it.right, Some(&right_hint));
        if left.ty == Type::Error || right.ty == Type::Error {
            return Expr { ty: Type::Error, span: it.span, kind: ExprKind::Error };
        }
        if !left.ty.is_optional() {
            self.always_there(&left, "`??` never takes its right side");
            return left;
        }
        // Of what is known to be absent, nothing meets the right side.
        let kept = if left.ty == Type::None { Type::Never } else { left.ty.present().clone() };
        let present = Expr { ty: kept, ..left.clone() };
        let ty = self.meet_values_as(&[&present, &right], want, "the two sides of `??`");
        Expr { ty, span: it.span, kind: ExprKind::Else(Box::new(left), Box::new(right)) }
    }

    /// `x is bug`
    pub(super) fn is(&mut self, span: Span, it: &ast::Is) -> Expr {
        let value = self.infer(&it.value, None);
        if value.ty == Type::Error {
            return broken(span);
        }
        let asks_none = matches!(it.pattern.kind, ast::PatternKind::None);
        if let Some(value) = self.asked_again(&value).filter(|_| !asks_none) {
            let Some(pattern) = self.pattern(&value.ty, &it.pattern) else { return broken(span) };
            let (code, so) = if it.negated {
                (Code::AlwaysTrue, "this always holds")
            } else {
                (Code::Unreachable, "this never holds")
            };
            self.always_none(&value, span, code, so);
            return question(span, value, pattern, it.negated);
        }
        if value.ty.is_optional() || !asks_none {
            let Some(pattern) = self.pattern(&value.ty, &it.pattern) else { return broken(span) };
            return question(span, value, pattern, it.negated);
        }
        let so = if it.negated { "this always holds" } else { "this never holds" };
        self.always_there(&value, so);
        question(span, value, Pattern::None, it.negated)
    }
}

fn question(span: Span, value: Expr, pattern: Pattern, negated: bool) -> Expr {
    let is = Expr { ty: Type::Bool, span, kind: ExprKind::Is(Box::new(value), pattern) };
    if negated { Expr { ty: Type::Bool, span, kind: ExprKind::Not(Box::new(is)) } } else { is }
}

fn compare(span: Span, op: CompareOp, left: Expr, right: Expr) -> Expr {
    Expr { ty: Type::Bool, span, kind: ExprKind::Compare(op, Box::new(left), Box::new(right)) }
}

/// The hint that one side of a comparison is for the other: a `Review` is compared by its grade (L5.3).
fn hint_of(ty: &Type) -> Type {
    match ty.present() {
        Type::Named(builtin::REVIEW) => Type::Grade,
        other => other.clone(),
    }
}

/// A `Review` that is compared with a `Grade` is its grade (L5.3).
fn by_grade(left: Expr, right: Expr) -> (Expr, Expr) {
    let is_review = |value: &Expr| *value.ty.present() == Type::Named(builtin::REVIEW);
    let is_grade = |value: &Expr| *value.ty.present() == Type::Grade;
    if is_review(&left) && is_grade(&right) {
        (grade_of(left), right)
    } else if is_grade(&left) && is_review(&right) {
        let right = grade_of(right);
        (left, right)
    } else {
        (left, right)
    }
}

fn grade_of(review: Expr) -> Expr {
    /// The position of `grade` in a `Review`.
    const GRADE: u32 = 0;
    let ty = if review.ty.is_optional() { Type::Grade.optional() } else { Type::Grade };
    Expr { ty, span: review.span, kind: ExprKind::Field(Box::new(review), GRADE) }
}

/// The other side of a comparison with a bare `none`.
fn none_side<'e>(it: &Operation<'e>) -> Option<&'e ast::Expr> {
    let is_none = |expr: &ast::Expr| matches!(expr.kind, ast::ExprKind::None);
    match (is_none(it.left), is_none(it.right)) {
        (_, true) => Some(it.left),
        (true, false) => Some(it.right),
        (false, false) => None,
    }
}
