//! Expressions, texts, patterns and types.

use super::doc::{Doc, joined};
use super::printer::{Printer, ROUND, SQUARE};
use crate::base::Span;
use crate::language::syntax::ast::{
    Arg, BinaryOp, Call, Comprehension, Expr, ExprKind, FieldInit, Is, JsonObject, JsonPair, JsonValue,
    Pattern, TextSource, TypeExpr, TypeExprKind, UnaryOp, WhenExpr,
};

impl<'a> Printer<'a> {
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Doc<'a> {
        match &expr.kind {
            ExprKind::Field(inner, name) => self.expr(inner).then(Doc::Text(".")).then(self.text(name.span)),
            ExprKind::Index(inner, at) => {
                let inner = self.expr(inner).then(Doc::Text("["));
                inner.then(self.expr(at)).then(Doc::Text("]"))
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Record(name, fields) => {
                let open = self.find(name.span.end as usize, '{');
                let fields = self.braces(open, fields, |field| field.span, Printer::field_init);
                self.text(name.span).then(Doc::Text(" ")).then(fields)
            }
            ExprKind::List(items) => {
                if let [only] = items.as_slice()
                    && hugs(only)
                {
                    return Doc::Text("[").then(self.expr(only)).then(Doc::Text("]"));
                }
                self.list(&SQUARE, expr.span.start as usize, items, |item| item.span, Printer::expr)
            }
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::When(when) => self.when_expr(when),
            ExprKind::Unary(op, _, inner) => {
                Doc::Text(if *op == UnaryOp::Not { "not " } else { "-" }).then(self.expr(inner))
            }
            ExprKind::Binary(op, ..) => self.binary(expr, *op),
            ExprKind::Is(is) => self.is(is),
            ExprKind::Paren(inner) => {
                let inner = Doc::Soft.then(self.expr(inner)).nest();
                Doc::Concat(vec![Doc::Text("("), inner, Doc::Soft, Doc::Text(")")]).group()
            }
            ExprKind::Missing
            | ExprKind::Text(_)
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Name(_)
            | ExprKind::TypeName(_) => self.text(expr.span),
        }
    }

    pub(super) fn call(&mut self, call: &'a Call) -> Doc<'a> {
        let name = self.text(call.callee.span);
        if let [only] = call.args.as_slice()
            && hugs(&only.value)
        {
            return name.then(Doc::Text("(")).then(self.arg(only)).then(Doc::Text(")"));
        }
        let open = call.callee.span.end as usize;
        name.then(self.list(&ROUND, open, &call.args, |arg| arg.span, Printer::arg))
    }

    fn arg(&mut self, arg: &'a Arg) -> Doc<'a> {
        let value = self.expr(&arg.value);
        match &arg.name {
            Some(name) => self.text(name.span).then(Doc::Text(": ")).then(value),
            None => value,
        }
    }

    fn field_init(&mut self, field: &'a FieldInit) -> Doc<'a> {
        let name = self.text(field.name.span);
        match &field.value {
            Some(value) => name.then(Doc::Text(": ")).then(self.expr(value)),
            None => name,
        }
    }

    fn comprehension(&mut self, it: &'a Comprehension) -> Doc<'a> {
        let mut parts = vec![Doc::Soft, self.expr(&it.give), Doc::Line, Doc::Text("for ")];
        parts.extend([self.text(it.item.span), Doc::Text(" in "), self.expr(&it.list)]);
        if let Some(filter) = &it.filter {
            parts.extend([Doc::Line, Doc::Text("when "), self.expr(filter)]);
        }
        if let Some(key) = &it.key {
            parts.extend([Doc::Line, Doc::Text("by "), self.expr(key)]);
            parts.extend(it.descending.then_some(Doc::Text(" descending")));
        }
        let inner = Doc::Concat(parts).nest();
        Doc::Concat(vec![Doc::Text("["), inner, Doc::Soft, Doc::Text("]")]).group()
    }

    fn when_expr(&mut self, it: &'a WhenExpr) -> Doc<'a> {
        let mut rest = vec![Doc::Line, Doc::Text("then "), self.expr(&it.then)];
        rest.extend([Doc::Line, Doc::Text("otherwise "), self.expr(&it.otherwise)]);
        let head = Doc::Text("when ").then(self.expr(&it.condition));
        head.then(Doc::Concat(rest).nest()).group()
    }

    /// A chain of one operator breaks behind each, or nowhere.
    fn binary(&mut self, expr: &'a Expr, op: BinaryOp) -> Doc<'a> {
        if let ExprKind::Binary(_, _, left, right) = &expr.kind
            && hugs(right)
            && !matches!(&left.kind, ExprKind::Binary(own, ..) if *own == op)
        {
            let left = self.expr(left).then(Doc::Text(spelled(op))).then(Doc::Text(" "));
            return left.then(self.expr(right));
        }
        let mut operands = Vec::new();
        let mut left = expr;
        while let ExprKind::Binary(own, _, inner, right) = &left.kind {
            if *own != op {
                break;
            }
            operands.push(right.as_ref());
            left = inner;
        }
        let first = self.expr(left);
        let mut rest = Vec::new();
        for operand in operands.into_iter().rev() {
            rest.extend([Doc::Text(spelled(op)), Doc::Line, self.expr(operand)]);
        }
        first.then(Doc::Concat(rest).nest()).group()
    }

    fn is(&mut self, it: &'a Is) -> Doc<'a> {
        let word = if it.negated { " is not " } else { " is " };
        self.expr(&it.value).then(Doc::Text(word)).then(self.pattern(&it.pattern))
    }

    pub(super) fn pattern(&mut self, pattern: &'a Pattern) -> Doc<'a> {
        self.text(pattern.span)
    }

    /// `"…"`, or `file "…"`.
    pub(super) fn text_source(&mut self, source: &'a TextSource) -> Doc<'a> {
        match source {
            TextSource::Inline(text) => self.text(text.span),
            TextSource::File(text) => Doc::Text("file ").then(self.text(text.span)),
            TextSource::Missing(_) => Doc::nil(),
        }
    }

    pub(super) fn ty(&mut self, ty: &'a TypeExpr) -> Doc<'a> {
        match &ty.kind {
            TypeExprKind::List(item, max) => {
                let list = Doc::Text("[").then(self.ty(item)).then(Doc::Text("]"));
                match max {
                    Some(max) => list.then(Doc::Text(" max ")).then(self.text(max.span)),
                    None => list,
                }
            }
            TypeExprKind::Optional(inner) => self.ty(inner).then(Doc::Text("?")),
            TypeExprKind::Named(name) => self.text(name.span),
            // A bound is of a few words on one line.
            TypeExprKind::Missing
            | TypeExprKind::Text(_)
            | TypeExprKind::Int(_)
            | TypeExprKind::Number(_) => {
                let words = self.source(ty.span).split_whitespace();
                joined(words.map(Doc::Text), &Doc::Text(" "))
            }
        }
    }

    pub(super) fn json(&mut self, object: &'a JsonObject) -> Doc<'a> {
        let whole = |pair: &JsonPair| pair.key.span.to(json_span(&pair.value));
        self.braces(object.span.start as usize, &object.pairs, whole, Printer::json_pair)
    }

    fn json_pair(&mut self, pair: &'a JsonPair) -> Doc<'a> {
        let key = self.text(pair.key.span);
        if json_span(&pair.value) == pair.key.span {
            return key;
        }
        key.then(Doc::Text(": ")).then(self.json_value(&pair.value))
    }

    pub(super) fn json_value(&mut self, value: &'a JsonValue) -> Doc<'a> {
        match value {
            JsonValue::Expr(value) => self.expr(value),
            JsonValue::Object(inner) => self.json(inner),
            JsonValue::Secret(text) => Doc::Text("secret ").then(self.text(text.span)),
        }
    }
}

pub(super) fn json_span(value: &JsonValue) -> Span {
    match value {
        JsonValue::Expr(value) => value.span,
        JsonValue::Object(inner) => inner.span,
        JsonValue::Secret(text) => text.span,
    }
}

/// Whether the brackets around an only element move close to it.
fn hugs(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Record(..) | ExprKind::Comprehension(_) | ExprKind::Text(_) => true,
        ExprKind::List(items) => !items.is_empty(),
        ExprKind::Call(call) => !call.args.is_empty(),
        _ => false,
    }
}

/// An operator with the blank in front of it.
fn spelled(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => " or",
        BinaryOp::And => " and",
        BinaryOp::In => " in",
        BinaryOp::NotIn => " not in",
        BinaryOp::Equal => " ==",
        BinaryOp::NotEqual => " !=",
        BinaryOp::Less => " <",
        BinaryOp::LessEqual => " <=",
        BinaryOp::Greater => " >",
        BinaryOp::GreaterEqual => " >=",
        BinaryOp::Add => " +",
        BinaryOp::Subtract => " -",
        BinaryOp::Multiply => " *",
        BinaryOp::Divide => " /",
        BinaryOp::Remainder => " %",
        BinaryOp::Else => " ??",
    }
}
