use super::{Builder, Rule};
use crate::base::{Decimal, Span};
use crate::diag::Code;
use crate::language::syntax::ast::{Bound, BoundKind, Literal, Range, TextUnit, TypeExpr, TypeExprKind};
use crate::language::syntax::grammar::Node;

impl Builder<'_> {
    /// A type, or what stands in the place of one.
    pub(super) fn type_expr(&mut self, node: Node<'_>) -> TypeExpr {
        if node.rule() != Rule::type_expr {
            return self.missing_type(node);
        }
        let mut built = self.missing_kind(node);
        for part in node.children() {
            match part.rule() {
                Rule::list_type => built = self.list_type(part),
                Rule::text_type => built = self.text_type(part),
                Rule::number_type => built = self.number_type(part),
                Rule::named_type => {
                    let name = self.name(part);
                    built = TypeExpr { span: name.span, kind: TypeExprKind::Named(name) };
                }
                Rule::optional => {
                    let span = built.span.to(self.span(part));
                    built = TypeExpr { span, kind: TypeExprKind::Optional(Box::new(built)) };
                }
                Rule::err_generic => built = self.generic(&built, part),
                Rule::err_null => built = self.or_null(built, part),
                Rule::err_late_bound => self.late_bound(&built, part),
                _ => self.trouble(part),
            }
        }
        built
    }

    pub(super) fn missing_type(&mut self, node: Node<'_>) -> TypeExpr {
        self.missing(node, "a type");
        self.missing_kind(node)
    }

    fn missing_kind(&self, node: Node<'_>) -> TypeExpr {
        TypeExpr { span: self.behind(node.whole().start), kind: TypeExprKind::Missing }
    }

    fn list_type(&mut self, node: Node<'_>) -> TypeExpr {
        let (mut inner, mut bound) = (self.missing_kind(node), None);
        for part in node.children() {
            match part.rule() {
                Rule::type_expr | Rule::miss_type => inner = self.type_expr(part),
                Rule::bound | Rule::miss_bound => bound = Some(self.bound(part)),
                _ => self.trouble(part),
            }
        }
        TypeExpr { span: self.span(node), kind: TypeExprKind::List(Box::new(inner), bound) }
    }

    fn text_type(&mut self, node: Node<'_>) -> TypeExpr {
        let (mut bound, mut unit) = (None, TextUnit::Words);
        for part in node.children() {
            match part.rule() {
                Rule::bound | Rule::miss_bound => bound = Some(self.bound(part)),
                Rule::unit => unit = self.unit(part),
                _ => self.trouble(part),
            }
        }
        TypeExpr { span: self.span(node), kind: TypeExprKind::Text(bound.map(|bound| (bound, unit))) }
    }

    fn unit(&mut self, node: Node<'_>) -> TextUnit {
        let word = self.spelled(node);
        if let Some(wrong) = node.first() {
            let better = if word.starts_with("char") || word == "letters" { "chars" } else { "words" };
            let span = self.span(wrong);
            let message = format!("a text is measured in `words` or `chars`, not in `{word}`");
            if matches!(word, "word" | "char" | "characters") {
                self.report_fix(Code::Expected, span, message, &format!("write `{better}`"), better);
            } else {
                self.report(Code::Expected, span, message, format!("write `{better}`"));
            }
            return if better == "chars" { TextUnit::Chars } else { TextUnit::Words };
        }
        if word == "chars" { TextUnit::Chars } else { TextUnit::Words }
    }

    fn number_type(&mut self, node: Node<'_>) -> TypeExpr {
        let range = node.child(Rule::range).map(|range| self.range(range));
        let whole = self.spelled(node).starts_with('i');
        let kind = if whole { TypeExprKind::Int(range) } else { TypeExprKind::Number(range) };
        TypeExpr { span: self.span(node), kind }
    }

    pub(super) fn range(&mut self, node: Node<'_>) -> Range {
        let mut ends = node.children().map(|end| self.literal(end)).collect::<Vec<_>>().into_iter();
        let span = self.span(node);
        let none = || Literal { span, value: None, whole: true };
        let low = ends.next().unwrap_or_else(none);
        let high = ends.next().unwrap_or_else(none);
        Range { span, low, high }
    }

    fn literal(&mut self, node: Node<'_>) -> Literal {
        let span = self.span(node);
        let text = self.laid(span);
        let value = text.parse::<Decimal>().ok();
        if value.is_none() {
            self.number_too_large(span);
        }
        Literal { span, value, whole: !text.contains('.') }
    }

    pub(super) fn number_too_large(&mut self, span: Span) {
        let message = "this number is too large";
        self.report(Code::BadNumber, span, message, "whole numbers have 64 bits, other numbers 28 digits");
    }

    /// A whole number or the name of a constant.
    pub(super) fn bound(&mut self, node: Node<'_>) -> Bound {
        let span = self.span(node);
        if node.rule() != Rule::bound {
            self.missing(node, "a whole number or the name of a constant");
            return Bound { span: self.behind(node.whole().start), kind: BoundKind::Missing };
        }
        if let Some(name) = node.first() {
            return Bound { span, kind: BoundKind::Name(self.name(name)) };
        }
        let digits: String = self.laid(span).chars().filter(|letter| *letter != '_').collect();
        let kind = digits.parse().map_or(BoundKind::Missing, BoundKind::Int);
        if kind == BoundKind::Missing {
            self.number_too_large(span);
        }
        Bound { span, kind }
    }

    /// `List<T>` is `[T]`, `Optional<T>` is `T?`.
    fn generic(&mut self, outer: &TypeExpr, node: Node<'_>) -> TypeExpr {
        let span = outer.span.to(self.span(node));
        let inner = node.first();
        let spelled = inner.map_or("", |inner| self.spelled(inner));
        let word = match &outer.kind {
            TypeExprKind::Named(name) => name.text.to_lowercase(),
            _ => String::new(),
        };
        let built = match inner {
            Some(inner) => self.type_expr(inner),
            None => self.missing_kind(node),
        };
        let (better, kind) = match word.as_str() {
            _ if inner.is_none() => {
                let element = self.laid(outer.span);
                (format!("[{element}]"), TypeExprKind::List(Box::new(outer.clone()), None))
            }
            "list" | "array" | "vec" | "sequence" | "set" | "iterable" => {
                (format!("[{spelled}]"), TypeExprKind::List(Box::new(built), None))
            }
            "optional" | "option" | "maybe" => {
                (format!("{spelled}?"), TypeExprKind::Optional(Box::new(built)))
            }
            _ => {
                let message = "types take no parts behind them";
                let help = if matches!(word.as_str(), "dict" | "map" | "record" | "object" | "mapping") {
                    "what has known parts is a record: `type Name { … }`; what has no fixed shape is `json`"
                } else {
                    "a list is written `[T]`, an optional `T?`; what has other parts is a record: `type Name { … }`"
                };
                self.report(Code::ForeignWord, span, message, help);
                return TypeExpr { span, kind: TypeExprKind::Missing };
            }
        };
        let message = format!("this type is written `{better}`");
        self.report_fix(Code::ForeignWord, span, message, &format!("write `{better}`"), &better);
        TypeExpr { span, kind }
    }

    fn late_bound(&mut self, before: &TypeExpr, node: Node<'_>) {
        let bound = self.spelled(node);
        let span = self.span(node);
        for part in node.children() {
            match part.rule() {
                Rule::bound | Rule::unit | Rule::range => {}
                _ => self.trouble(part),
            }
        }
        if let TypeExprKind::Optional(inner) = &before.kind {
            let better = format!("{} {bound}?", self.laid(inner.span));
            let all = before.span.to(span);
            let message = format!("`?` comes last: `{better}`");
            self.report_fix(Code::OptionalLast, all, message, &format!("write `{better}`"), &better);
        } else {
            let message = format!("`{}` takes no bound", self.laid(before.span));
            let help = "bounds are `text max 80 words`, `[T] max 20`, `int 1..10` and `number 0..1`";
            self.report(Code::Unexpected, span, message, help);
        }
    }
}
