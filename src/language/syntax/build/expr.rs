use super::{Bound, Builder, Rule};
use crate::base::Span;
use crate::diag::{Code, Fix};
use crate::language::syntax::ast::{
    Arg, BinaryOp, Call, Comprehension, Expr, ExprKind, FieldInit, Is, Name, Pattern, PatternKind, UnaryOp,
    WhenExpr,
};
use crate::language::syntax::grammar::{Children, Node};

/// How tightly operators bind, loosest first.
mod power {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARE: u8 = 4;
    pub(super) const ADD: u8 = 5;
    pub(super) const MULTIPLY: u8 = 6;
    pub(super) const NEGATE: u8 = 7;
    pub(super) const ELSE: u8 = 8;
}

impl Builder<'_> {
    pub(super) fn missing_expr(&self, node: Node<'_>) -> Expr {
        Expr { span: self.behind(node.whole().start), kind: ExprKind::Missing }
    }

    /// An expression; where it is missing, `what` is expected.
    pub(super) fn expr_or(&mut self, node: Node<'_>, what: &str) -> Expr {
        match node.rule() {
            Rule::expr => self.expr(node),
            Rule::err_action => self.first_expr(node, what),
            _ => {
                self.missing(node, what);
                self.missing_expr(node)
            }
        }
    }

    /// The expression that is a node's first child.
    pub(super) fn first_expr(&mut self, node: Node<'_>, what: &str) -> Expr {
        match node.first() {
            Some(part) => self.expr_or(part, what),
            None => self.missing_expr(node),
        }
    }

    /// The expression of a node `expr`.
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        let mut row = node.children();
        if let Some(when) = row.next_of(Rule::when_expr) {
            return self.when_then(when);
        }
        let built = self.climb(&mut row, 0);
        let built = match row.next_of(Rule::err_ternary) {
            Some(choice) => self.ternary(built, choice),
            None => built,
        };
        for rest in row {
            self.trouble(rest);
        }
        built
    }

    /// `when c then a otherwise b`, also as the content of a hole.
    pub(super) fn when_then(&mut self, node: Node<'_>) -> Expr {
        let mut parts: Vec<Expr> = Vec::with_capacity(3);
        let inner = node.child(Rule::then_part);
        let nodes = node.children().filter(|part| part.rule() != Rule::then_part);
        for part in nodes.chain(inner.into_iter().flat_map(Node::children)) {
            match part.rule() {
                Rule::expr => parts.push(self.expr(part)),
                Rule::miss_expr => {
                    let what = ["a condition", "a value behind `then`", "a value behind `otherwise`"];
                    self.missing(part, what.get(parts.len()).copied().unwrap_or("a value"));
                    parts.push(self.missing_expr(part));
                }
                Rule::miss_then => {
                    self.missing(part, "`then` and a value");
                    parts.push(self.missing_expr(part));
                    break;
                }
                Rule::miss_otherwise => {
                    self.missing(part, "`otherwise` and a value: a `when … then` always says both");
                    parts.push(self.missing_expr(part));
                }
                _ => self.trouble(part),
            }
        }
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_else(|| self.missing_expr(node));
        let (condition, then, otherwise) = (next(), next(), next());
        let span = if inner.is_some() { condition.span.to(otherwise.span) } else { self.span(node) };
        Expr { span, kind: ExprKind::When(Box::new(WhenExpr { condition, then, otherwise })) }
    }

    fn climb(&mut self, row: &mut Children<'_>, min: u8) -> Expr {
        let mut left = self.prefixed(row, min);
        while let Some(node) = row.peek() {
            match node.rule() {
                Rule::infix => {
                    let (op, power, right) = operator(self.spelled(node));
                    if power < min {
                        break;
                    }
                    row.next();
                    left = self.binary(left, node, (op, power), row, right);
                }
                Rule::is_test if power::COMPARE >= min => {
                    row.next();
                    left = self.is_test(left, node);
                }
                Rule::is_test | Rule::err_ternary => break,
                _ => {
                    row.next();
                    self.trouble(node);
                }
            }
        }
        left
    }

    fn binary(
        &mut self,
        left: Expr,
        node: Node<'_>,
        (op, power): (BinaryOp, u8),
        row: &mut Children<'_>,
        right: bool,
    ) -> Expr {
        let place = self.span(node);
        self.foreign_operator(node, place);
        let operand = self.climb(row, if right { power } else { power + 1 });
        if power == power::COMPARE && is_comparison(&left) {
            self.chained(&left, place);
        }
        let span = left.span.to(operand.span);
        Expr { span, kind: ExprKind::Binary(op, place, Box::new(left), Box::new(operand)) }
    }

    fn chained(&mut self, left: &Expr, place: Span) {
        let diagnostic = self
            .new_diagnostic(Code::ChainedComparison, place, "comparisons do not chain")
            .label(self.file, left.span, "this is `true` or `false` already")
            .help("compare twice: `low <= x and x <= high`");
        self.push(diagnostic);
    }

    fn foreign_operator(&mut self, node: Node<'_>, place: Span) {
        let spelled = self.spelled(node);
        let better = match spelled {
            "&&" => "and",
            "||" => "or",
            "===" => "==",
            "!==" | "<>" => "!=",
            "**" => {
                return self.report(
                    Code::ForeignWord,
                    place,
                    "there is no operator `**`",
                    "multiply: `x * x`",
                );
            }
            _ if spelled.starts_with('=') && spelled != "==" => {
                let message = "values are compared with `==`";
                return self.report_fix(Code::AssignInExpression, place, message, "write `==`", "==");
            }
            _ => return,
        };
        let message = format!("`{spelled}` is written `{better}`");
        self.report_fix(Code::ForeignWord, place, message, &format!("write `{better}`"), better);
    }

    fn prefixed(&mut self, row: &mut Children<'_>, min: u8) -> Expr {
        let Some(node) = row.next_of(Rule::prefix) else { return self.operand(row) };
        let place = self.span(node);
        let spelled = self.laid(place);
        if spelled == "-" {
            let value = self.climb(row, power::NEGATE);
            return Expr {
                span: place.to(value.span),
                kind: ExprKind::Unary(UnaryOp::Negate, place, Box::new(value)),
            };
        }
        if spelled == "!" {
            self.report_fix(Code::ForeignWord, place, "`!` is written `not`", "write `not`", "not ");
        } else if min > power::NOT {
            let message = "`not` cannot stand behind this operator";
            self.report(
                Code::NotBehindOperator,
                place,
                message,
                "put it in parentheses: `a == (not b)`, or compare with `!=`",
            );
        }
        let value = self.climb(row, power::NOT);
        Expr { span: place.to(value.span), kind: ExprKind::Unary(UnaryOp::Not, place, Box::new(value)) }
    }

    /// An operand and what follows it directly.
    fn operand(&mut self, row: &mut Children<'_>) -> Expr {
        let Some(node) = row.next() else { return Expr { span: Span::default(), kind: ExprKind::Missing } };
        let mut value = self.primary(node, row);
        while let Some(part) = row.peek() {
            match part.rule() {
                Rule::field => {
                    let name = self.field_name(part);
                    let span = value.span.to(part.whole());
                    value = Expr { span, kind: ExprKind::Field(Box::new(value), name) };
                }
                Rule::index => {
                    let index = self.index(part);
                    let span = value.span.to(part.whole());
                    value = Expr { span, kind: ExprKind::Index(Box::new(value), Box::new(index)) };
                }
                Rule::err_method => self.method(&value, part),
                _ => break,
            }
            row.next();
        }
        value
    }

    fn field_name(&mut self, node: Node<'_>) -> Name {
        match node.first() {
            Some(word) if word.rule() == Rule::member_word => self.name(word),
            _ => {
                self.missing(node.first().unwrap_or(node), "the name of a field behind the `.`");
                Name { text: "".into(), span: Span::at(node.whole().end as usize) }
            }
        }
    }

    fn index(&mut self, node: Node<'_>) -> Expr {
        let mut value = self.missing_expr(node);
        for part in node.children() {
            match part.rule() {
                Rule::expr | Rule::miss_expr => value = self.expr_or(part, "a position, counted from 0"),
                _ => self.trouble(part),
            }
        }
        value
    }

    fn method(&mut self, value: &Expr, args: Node<'_>) {
        let span = value.span.to(args.whole());
        let message = match &value.kind {
            ExprKind::Field(subject, name) => {
                format!(
                    "values have no methods: `{}.{}(…)` calls nothing",
                    self.laid(subject.span),
                    name.text
                )
            }
            _ => "this cannot be called".to_string(),
        };
        let help = "call a function with the value in the parentheses, as in `count(xs)`; what stands in another file is imported with `use`";
        self.report(Code::NoMethods, span, message, help);
    }

    fn primary(&mut self, node: Node<'_>, row: &mut Children<'_>) -> Expr {
        let span = node.whole();
        match node.rule() {
            Rule::value | Rule::max_callee => {
                let name = self.name_at(span);
                if let Some(args) = row.next_of(Rule::args) {
                    let call = self.call_of(name, args);
                    return Expr { span: call.span, kind: ExprKind::Call(call) };
                }
                Expr { span, kind: value_kind(name) }
            }
            Rule::grade_value => Expr { span, kind: ExprKind::TypeName(self.name_at(span)) },
            Rule::type_value => self.type_value(node, row),
            Rule::text => {
                let text = self.text(node);
                Expr { span: text.span, kind: ExprKind::Text(text) }
            }
            Rule::number => self.number(span),
            Rule::list => self.list(node),
            Rule::paren => self.paren(node),
            Rule::err_number => self.bad_number(node),
            Rule::err_spread => {
                self.report(
                    Code::ForeignWord,
                    span,
                    "there is no `...`",
                    "join lists with `+`; write the fields of a record out",
                );
                self.primary_behind(row, span)
            }
            Rule::miss_expr => {
                self.missing(node, "a value");
                self.missing_expr(node)
            }
            _ => {
                self.trouble(node);
                self.missing_expr(node)
            }
        }
    }

    fn primary_behind(&mut self, row: &mut Children<'_>, span: Span) -> Expr {
        match row.next() {
            Some(node) => self.primary(node, row),
            None => Expr { span, kind: ExprKind::Missing },
        }
    }

    fn type_value(&mut self, node: Node<'_>, row: &mut Children<'_>) -> Expr {
        let name = self.name(node);
        if let Some(record) = row.next_of(Rule::record) {
            let span = name.span.to(record.whole());
            let fields = self.record(record);
            return Expr { span, kind: ExprKind::Record(name, fields) };
        }
        if let Some(args) = row.next_of(Rule::args) {
            let span = name.span.to(args.whole());
            let message = format!("a record is written with braces: `{} {{ … }}`", name.text);
            self.report(Code::RecordInParens, span, message, "write `Name { field: value }`");
            return Expr { span, kind: ExprKind::Missing };
        }
        if let Some(kind) =
            foreign_literal(&name.text).filter(|_| row.peek().is_none_or(|it| it.rule() != Rule::field))
        {
            let better = if kind == ExprKind::None { "none".into() } else { name.text.to_lowercase() };
            self.foreign_word(node, &better);
            return Expr { span: name.span, kind };
        }
        Expr { span: name.span, kind: ExprKind::TypeName(name) }
    }

    fn number(&mut self, span: Span) -> Expr {
        let digits: String = self.laid(span).chars().filter(|letter| *letter != '_').collect();
        let kind = if digits.contains('.') {
            digits.parse().map(ExprKind::Number).ok()
        } else {
            digits.parse().map(ExprKind::Int).ok()
        };
        if kind.is_none() {
            self.number_too_large(span);
        }
        Expr { span, kind: kind.unwrap_or(ExprKind::Missing) }
    }

    fn bad_number(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(node);
        let spelled = self.laid(span);
        let digits = spelled.trim_end_matches(|letter: char| letter.is_alphabetic());
        let unit = spelled.get(digits.len()..).unwrap_or_default();
        if let Some(rest) =
            spelled.strip_prefix('.').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let better = format!("0.{rest}");
            let message = format!("a number begins with a digit: `{better}`");
            self.report_fix(Code::BadNumber, span, message, &format!("write `{better}`"), &better);
        } else if matches!(unit, "ms" | "s" | "m" | "h" | "d") {
            let message = format!("`{spelled}` is a duration, which stands only in annotations");
            self.report(Code::BadNumber, span, message, "durations are for `@timeout(…)`");
        } else if spelled.starts_with('$') {
            let message = format!("`{spelled}` is money, which stands only in annotations");
            self.report(Code::BadNumber, span, message, "money is for `@budget(…)`");
        } else {
            let message = format!("`{spelled}` is no number");
            self.report(
                Code::BadNumber,
                span,
                message,
                "numbers are written `3`, `0.25` or `1_000`; a name begins with a letter",
            );
        }
        Expr { span, kind: ExprKind::Missing }
    }

    fn paren(&mut self, node: Node<'_>) -> Expr {
        let span = node.whole();
        let mut values: Vec<Expr> = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::expr => values.push(self.expr(part)),
                _ => self.trouble(part),
            }
        }
        let several = values.len() > 1;
        let mut values = values.into_iter();
        let Some(first) = values.next() else {
            let place = Span { start: span.start + 1, end: span.start + 1 };
            self.report(
                Code::Expected,
                place,
                "expected a value between the parentheses",
                "write a value, or take the `( )` away",
            );
            return Expr { span, kind: ExprKind::Missing };
        };
        if several {
            self.report(
                Code::Unexpected,
                span,
                "parentheses hold one value",
                "several values are a list `[a, b]` or a record",
            );
        }
        Expr { span, kind: ExprKind::Paren(Box::new(first)) }
    }

    pub(super) fn list(&mut self, node: Node<'_>) -> Expr {
        let span = node.whole();
        let mut items: Vec<Expr> = Vec::new();
        let mut before = span.start + 1;
        for part in node.children() {
            match part.rule() {
                Rule::expr => {
                    self.commas(before, part.whole().start, items.is_empty());
                    items.push(self.expr(part));
                    before = part.whole().end;
                }
                Rule::comprehension => {
                    let give = items.pop().unwrap_or_else(|| self.missing_expr(part));
                    if !items.is_empty() {
                        let message = "a list with `for` has one value in front of it";
                        self.report(Code::Unexpected, self.span(part), message, "join two lists with `+`");
                    }
                    let built = self.comprehension(give, part);
                    items.push(Expr { span, kind: ExprKind::Comprehension(Box::new(built)) });
                    before = part.whole().end;
                }
                _ => {
                    self.trouble(part);
                    before = part.whole().end;
                }
            }
        }
        self.commas(before, span.end, self.no_trailing_comma(before, span.end));
        match items.last() {
            Some(Expr { kind: ExprKind::Comprehension(_), span: inner }) if *inner == span => {
                items.pop().unwrap_or_else(|| self.missing_expr(node))
            }
            _ => Expr { span, kind: ExprKind::List(items) },
        }
    }

    fn comprehension(&mut self, give: Expr, node: Node<'_>) -> Comprehension {
        let (mut item, mut list) = (self.missing_name(node), self.missing_expr(node));
        let (mut filter, mut key, mut descending) = (None, None, false);
        for part in node.children() {
            match part.rule() {
                Rule::def_name | Rule::miss_name => {
                    item = self.def_name(part, Bound::Value("the item's name"));
                }
                Rule::expr | Rule::miss_expr => list = self.expr_or(part, "a list"),
                Rule::miss_in => self.missing(part, "`in`"),
                Rule::filter => filter = Some(self.filter(part)),
                Rule::sort_key => {
                    key = Some(self.first_expr(part, "what to sort by"));
                    if let Some(word) = part.child(Rule::descending) {
                        descending = self.descending(word);
                    }
                }
                _ => self.trouble(part),
            }
        }
        Comprehension { give, item, list, filter, key, descending }
    }

    fn descending(&mut self, node: Node<'_>) -> bool {
        let span = self.span(node);
        let down = self.laid(span) == "descending";
        if !down {
            self.report_fix(
                Code::Unexpected,
                span,
                "`by` sorts ascending without a word",
                "take it away",
                "",
            );
        }
        down
    }

    fn filter(&mut self, node: Node<'_>) -> Expr {
        let mut value = self.missing_expr(node);
        for part in node.children() {
            match part.rule() {
                Rule::err_if_word => self.foreign_word(part, "when"),
                _ => value = self.expr_or(part, "a condition"),
            }
        }
        value
    }

    pub(super) fn call(&mut self, node: Node<'_>) -> Call {
        let mut parts = node.children();
        let callee = parts.next().map_or_else(|| self.missing_name(node), |callee| self.name(callee));
        match parts.next() {
            Some(args) => self.call_of(callee, args),
            None => Call { span: callee.span, callee, args: Vec::new() },
        }
    }

    pub(super) fn call_of(&mut self, callee: Name, node: Node<'_>) -> Call {
        let whole = node.whole();
        let mut args = Vec::new();
        let mut before = whole.start + 1;
        for part in node.children() {
            match part.rule() {
                Rule::arg => {
                    self.commas(before, part.whole().start, args.is_empty());
                    args.push(self.arg(part));
                }
                _ => self.trouble(part),
            }
            before = part.whole().end;
        }
        self.commas(before, whole.end, self.no_trailing_comma(before, whole.end));
        Call { span: callee.span.to(self.trim(whole)), callee, args }
    }

    /// Whether no comma stands in a gap, which at the end of a bracket is as good as one.
    pub(super) fn no_trailing_comma(&self, before: u32, end: u32) -> bool {
        !self.laid(Span { start: before, end: end.max(before) }).contains(',')
    }

    fn arg(&mut self, node: Node<'_>) -> Arg {
        let (mut name, mut value) = (None, self.missing_expr(node));
        for part in node.children() {
            match part.rule() {
                Rule::arg_name => name = Some(self.arg_name(part)),
                Rule::expr | Rule::miss_expr => value = self.expr_or(part, "a value"),
                Rule::err_braces => value = self.braces(part, None),
                _ => self.trouble(part),
            }
        }
        Arg { span: self.span(node), name, value }
    }

    fn arg_name(&mut self, node: Node<'_>) -> Name {
        let span = self.span(node);
        let sign = Span { start: span.end - 1, end: span.end };
        let name = self.trim(Span { start: span.start, end: sign.start });
        if self.laid(sign) == "=" {
            let message = format!("an argument is named with `:`, as in `{}: …`", self.laid(name));
            let place = Span { start: name.end, end: sign.end };
            self.report_fix(Code::ForeignWord, place, message, "write `:`", ":");
        }
        self.name_at(name)
    }

    fn record(&mut self, node: Node<'_>) -> Vec<FieldInit> {
        let mut fields: Vec<FieldInit> = Vec::new();
        let mut before = node.whole().start + 1;
        for part in node.children() {
            match part.rule() {
                Rule::record_field => {
                    self.commas(before, part.whole().start, fields.is_empty());
                    fields.push(self.field_init(part));
                }
                _ => self.trouble(part),
            }
            before = part.whole().end;
        }
        fields
    }

    fn field_init(&mut self, node: Node<'_>) -> FieldInit {
        let (mut name, mut value) = (self.missing_name(node), None);
        for part in node.children() {
            match part.rule() {
                Rule::word => name = self.name(part),
                Rule::expr => value = Some(self.expr(part)),
                Rule::miss_expr => {
                    self.missing(part, &format!("a value for `{}`", name.text));
                    value = Some(self.missing_expr(part));
                }
                Rule::miss_colon => self.missing_fix(part, "`:` between the field and its value", ":"),
                Rule::err_equals => self.wrong_colon(part),
                _ => self.trouble(part),
            }
        }
        FieldInit { span: self.span(node), name, value }
    }

    /// `=` or `=>` in the place of `:`.
    pub(super) fn wrong_colon(&mut self, node: Node<'_>) {
        let span = self.span(node);
        let message = format!("a field and its value are joined by `:`, not by `{}`", self.laid(span));
        self.report_fix(Code::ForeignWord, span, message, "write `:`", ":");
    }

    fn is_test(&mut self, value: Expr, node: Node<'_>) -> Expr {
        if is_comparison(&value) {
            self.chained(&value, self.keyword(node, "is"));
        }
        let negated = node.child(Rule::k_not).is_some();
        let last = node.children().last().unwrap_or(node);
        let pattern = self.pattern(last);
        let span = value.span.to(self.span(node));
        Expr { span, kind: ExprKind::Is(Box::new(Is { value, negated, pattern })) }
    }

    /// What stands after `is`.
    pub(super) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        if node.rule() != Rule::pattern {
            self.missing(node, "a variant, a record, `none`, `true` or `false` behind `is`");
            return Pattern { span: self.behind(node.whole().start), kind: PatternKind::Missing };
        }
        let name = self.name(node);
        let span = name.span;
        let kind = match name.text.as_str() {
            "none" => PatternKind::None,
            "true" => PatternKind::Bool(true),
            "false" => PatternKind::Bool(false),
            text => match text.find('.') {
                Some(dot) => {
                    let border = span.start as usize + dot;
                    let owner = self.name_at(Span::new(span.start as usize, border));
                    PatternKind::Qualified(owner, self.name_at(Span::new(border + 1, span.end as usize)))
                }
                None if text.starts_with(char::is_uppercase) => PatternKind::Type(name),
                None => PatternKind::Variant(name),
            },
        };
        Pattern { span, kind }
    }

    /// `x otherwise y` as an expression.
    pub(super) fn otherwise_value(&mut self, node: Node<'_>) {
        let word = self.keyword(node, "otherwise");
        let message = "a value has no `otherwise`: for one that may be absent write `??`";
        let fix = Fix::replace("write `??`", self.place(word), "??");
        let diagnostic = self
            .new_diagnostic(Code::OtherwiseInExpression, word, message)
            .help("`x ?? y` is x, or y if there is no x; `when c then x otherwise y` chooses")
            .fix(fix);
        self.push(diagnostic);
    }
}

fn foreign_literal(word: &str) -> Option<ExprKind> {
    match word {
        "None" => Some(ExprKind::None),
        "True" => Some(ExprKind::Bool(true)),
        "False" => Some(ExprKind::Bool(false)),
        _ => None,
    }
}

fn value_kind(name: Name) -> ExprKind {
    match name.text.as_str() {
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        "none" => ExprKind::None,
        _ => ExprKind::Name(name),
    }
}

fn is_comparison(expr: &Expr) -> bool {
    use BinaryOp::{Equal, Greater, GreaterEqual, In, Less, LessEqual, NotEqual, NotIn};
    match &expr.kind {
        ExprKind::Is(_) => true,
        ExprKind::Binary(op, ..) => {
            matches!(op, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual | In | NotIn)
        }
        _ => false,
    }
}

/// The operator, how tightly it binds, and whether it groups to the right.
fn operator(spelled: &str) -> (BinaryOp, u8, bool) {
    match spelled {
        "or" | "||" => (BinaryOp::Or, power::OR, false),
        "and" | "&&" => (BinaryOp::And, power::AND, false),
        "!=" | "!==" | "<>" => (BinaryOp::NotEqual, power::COMPARE, false),
        "<" => (BinaryOp::Less, power::COMPARE, false),
        "<=" => (BinaryOp::LessEqual, power::COMPARE, false),
        ">" => (BinaryOp::Greater, power::COMPARE, false),
        ">=" => (BinaryOp::GreaterEqual, power::COMPARE, false),
        "in" => (BinaryOp::In, power::COMPARE, false),
        "+" => (BinaryOp::Add, power::ADD, false),
        "-" => (BinaryOp::Subtract, power::ADD, false),
        "*" | "**" => (BinaryOp::Multiply, power::MULTIPLY, false),
        "/" => (BinaryOp::Divide, power::MULTIPLY, false),
        "%" => (BinaryOp::Remainder, power::MULTIPLY, false),
        "??" => (BinaryOp::Else, power::ELSE, true),
        _ if spelled.starts_with("not") => (BinaryOp::NotIn, power::COMPARE, false),
        _ => (BinaryOp::Equal, power::COMPARE, false),
    }
}
