//! Whole forms of other languages, read as what they mean here where that is clear.

use super::report::first_word;
use super::{Builder, Rule};
use crate::base::{Span, to_lower_snake};
use crate::diag::{Code, Edit, Fix};
use crate::language::syntax::ast::{
    Expr, ExprKind, JsonPair, JsonValue, Name, Separator, Stmt, TypeBody, TypeExpr, TypeExprKind, Variant,
    When, WhenExpr,
};
use crate::language::syntax::grammar::Node;
use smol_str::SmolStr;

/// The name of a type of the author's.
pub(super) fn named(ty: &TypeExpr) -> Option<SmolStr> {
    match &ty.kind {
        TypeExprKind::Named(name) if name.text.starts_with(char::is_uppercase) => Some(name.text.clone()),
        TypeExprKind::Optional(inner) => named(inner),
        _ => None,
    }
}

/// What is said where a form of another language stands in the place of a declaration.
pub(super) fn no_declaration(word: &str, found: &str) -> Option<(&'static str, &'static str)> {
    match (word, found) {
        ("", "`@`") => Some((
            "annotations stand behind the head of a declaration, not above it",
            "write `workflow name() @budget($1) {`",
        )),
        ("", "a text") => Some((
            "a text stands in the place of a declaration",
            "what a file or a declaration is for is said in `///` lines above it",
        )),
        ("print" | "println" | "log" | "echo" | "console", _) => Some(super::report::PRINT),
        ("if", _) => Some((
            "what a file does stands in a `workflow`",
            "the first workflow of a file is what `agentflow run` runs",
        )),
        _ => None,
    }
}

impl Builder<'_> {
    /// Adds what to do to the last report.
    pub(super) fn hint(&mut self, help: impl Into<String>) {
        if let Some(last) = self.diagnostics.pop() {
            self.diagnostics.push(last.help(help));
        }
    }

    /// `a ? b : c` and `b if a else c`.
    pub(super) fn ternary(&mut self, first: Expr, node: Node<'_>) -> Expr {
        let asks_first = node.child(Rule::err_if_word).is_none();
        let exprs: Vec<Node<'_>> = node.children().filter(|part| part.rule() == Rule::expr).collect();
        let mut exprs = exprs.into_iter().map(|part| self.expr(part));
        let (Some(second), Some(third)) = (exprs.next(), exprs.next()) else { return first };
        let (condition, then, otherwise) =
            if asks_first { (first, second, third) } else { (second, first, third) };
        let [asked, yes, no] = [&condition, &then, &otherwise].map(|part| self.laid(part.span));
        let better = format!("when {asked} then {yes} otherwise {no}");
        let start = condition.span.start.min(then.span.start);
        let span = Span { start, end: otherwise.span.end };
        let message = "a choice between two values is written `when … then … otherwise …`";
        self.report_fix(Code::ForeignWord, span, message, &format!("write `{better}`"), &better);
        Expr { span, kind: ExprKind::When(Box::new(WhenExpr { condition, then, otherwise })) }
    }

    /// `{ … }` in the place of a value; `ty` is the type that is wanted there, where it may be a record.
    pub(super) fn braces(&mut self, node: Node<'_>, ty: Option<&SmolStr>) -> Expr {
        let span = self.span(node);
        let missing = Expr { span, kind: ExprKind::Missing };
        if node.child(Rule::bad_field).is_some() || node.child(Rule::miss_rbrace).is_some() {
            let help = "a record begins with the name of its type: `Name { field: value }`";
            self.report(Code::Expected, span, "expected a value, found `{`", help);
            return missing;
        }
        let known = self.diagnostics.len();
        let pairs: Vec<JsonPair> = node
            .children()
            .filter(|part| part.rule() == Rule::json_pair)
            .map(|part| self.json_pair(part))
            .collect();
        self.diagnostics.truncate(known);
        match (ty, pairs.as_slice()) {
            (Some(ty), pairs) => self.record_without_name(span, ty, pairs),
            (None, [JsonPair { key, value: JsonValue::Expr(value) }]) if value.span == key.span => {
                let better = self.laid(value.span).to_string();
                let message = format!("a value stands without braces: `{better}`");
                self.report_fix(Code::Unexpected, span, message, &format!("write `{better}`"), &better);
                return value.clone();
            }
            _ => {
                let message = "a record begins with the name of its type";
                let help = "declare it, `type Result { … }`, and write `Result { field: value }`";
                self.report(Code::Unexpected, span, message, help);
            }
        }
        missing
    }

    /// `return { a, "b": c }` where a record is wanted: its name goes in front, and the quotes go.
    fn record_without_name(&mut self, span: Span, ty: &SmolStr, pairs: &[JsonPair]) {
        let message = format!("a record begins with the name of its type: `{ty} {{ … }}`");
        let name =
            Edit { place: self.place(Span { start: span.start, end: span.start }), text: format!("{ty} ") };
        let quoted = pairs.iter().map(|pair| &pair.key).filter(|key| key.span.len() != key.text.len());
        let bare = |key: &Name| Edit { place: self.place(key.span), text: key.text.to_string() };
        let edits: Vec<Edit> = std::iter::once(name).chain(quoted.clone().map(bare)).collect();
        let words = quoted.clone().all(|key| !key.text.is_empty() && first_word(&key.text) == key.text);
        let help = format!("write `{ty}` in front of the `{{`");
        let diagnostic = self.new_diagnostic(Code::Unexpected, span, message).help(help.clone());
        self.push(if words { diagnostic.fix(Fix { title: help, edits }) } else { diagnostic });
    }

    /// `T | null` is `T?`.
    pub(super) fn or_null(&mut self, before: TypeExpr, node: Node<'_>) -> TypeExpr {
        let start = self.behind(node.whole().start).start;
        let span = Span { start, end: self.span(node).end };
        let message = "what may be absent has a `?` behind its type";
        self.report_fix(Code::ForeignWord, span, message, "write `?`", "?");
        TypeExpr { span: before.span.to(span), kind: TypeExprKind::Optional(Box::new(before)) }
    }

    /// `name?: T` and `name -> T` in a parameter or field.
    pub(super) fn foreign_colon(&mut self, mark: Node<'_>, whole: Node<'_>) {
        let span = self.span(mark);
        if !self.laid(span).starts_with('?') {
            let message = format!("a name and its type are joined by `:`, not by `{}`", self.laid(span));
            let all = Span { start: self.behind(span.start).start, end: span.end };
            return self.report_fix(Code::ForeignWord, all, message, "write `:`", ":");
        }
        let message = "what may be absent has a `?` behind its type, not behind its name";
        let diagnostic =
            self.new_diagnostic(Code::ForeignWord, span, message).help("put the `?` behind the type");
        let ty = whole.child(Rule::type_expr).map(|ty| self.span(ty));
        let there = ty.is_some_and(|ty| self.laid(ty).ends_with('?'));
        self.push(match ty.map(|ty| ty.end) {
            Some(_) if there => diagnostic.fix(Fix::replace("take the `?` away", self.place(span), ":")),
            Some(end) => {
                let colon = Edit { place: self.place(span), text: ":".into() };
                let mark = Edit { place: self.place(Span { start: end, end }), text: "?".into() };
                diagnostic.fix(Fix { title: "put the `?` behind the type".into(), edits: vec![colon, mark] })
            }
            None => diagnostic,
        });
    }

    /// `type Kind { bug feature }`: words without types are the variants of an enum.
    pub(super) fn variants_in_braces(&mut self, node: Node<'_>) -> Option<TypeBody> {
        let parts: Vec<Node<'_>> = node.children().collect();
        let words: Vec<Name> = parts
            .iter()
            .filter(|part| part.rule() == Rule::bad_line)
            .filter_map(|part| self.words_of(self.span(*part)))
            .flatten()
            .collect();
        let lines = parts.iter().filter(|part| part.rule() == Rule::bad_line);
        if words.is_empty()
            || words.len() < lines.count()
            || parts.iter().any(|part| part.rule() != Rule::bad_line)
        {
            return None;
        }
        let all: Vec<String> = words.iter().map(|word| to_lower_snake(&word.text)).collect();
        let better = format!("= {}", all.join(" | "));
        let span = self.span(node);
        let open = Span { start: span.start, end: span.start + 1 };
        let message = "a field has a type; the variants of an enum stand behind `=`";
        let help = format!("write `{better}`");
        let fix = Fix::replace(help.clone(), self.place(span), better);
        let diagnostic = self.new_diagnostic(Code::Unexpected, open, message).help(help);
        // A comment is blanks here, and would be lost.
        let commented = self.laid(span).lines().any(|line| line.ends_with(' '));
        let records = words.iter().any(|word| word.text.starts_with(char::is_uppercase));
        self.push(if commented || records { diagnostic } else { diagnostic.fix(fix) });
        if records {
            return Some(TypeBody::Missing);
        }
        let variant = |(word, name): (&Name, String)| Variant {
            doc: None,
            name: Name { text: name.into(), span: word.span },
        };
        let separators = words.iter().skip(1).map(|word| (Separator::Bar, word.span)).collect();
        let variants = words.iter().zip(all).map(variant).collect();
        Some(TypeBody::Alternatives { variants, separators })
    }

    /// The words of a line that holds nothing else but commas.
    fn words_of(&self, line: Span) -> Option<Vec<Name>> {
        let text = self.laid(line);
        let mut words = Vec::new();
        let mut at = 0;
        for part in text.split([',', ' ']) {
            let start = line.start as usize + at;
            at += part.len() + 1;
            if part.is_empty() {
                continue;
            }
            if first_word(part) != part || part.starts_with(|letter: char| letter.is_ascii_digit()) {
                return None;
            }
            words.push(self.name_at(Span::new(start, start + part.len())));
        }
        Some(words)
    }

    /// The name in `name = …` at file level.
    pub(super) fn constant_without_word(&self, line: Span) -> Option<&str> {
        let text = self.laid(line);
        let name = first_word(text);
        let behind = text.get(name.len()..)?.trim_start_matches(' ');
        let value = behind.strip_prefix('=')?;
        (!name.is_empty() && !value.starts_with('=') && !value.trim().is_empty()).then_some(name)
    }

    /// `switch x { case a { … } }`
    pub(super) fn err_switch(&mut self, node: Node<'_>) -> When {
        let mut parts = node.children();
        let word = parts.next().unwrap_or(node);
        self.foreign_word(word, "when");
        self.when_rest(node, parts, self.span(word))
    }

    /// Whether a line goes on with the `try` above it, which was reported: what it holds answers a failure, and is to be
    /// written in other words.
    pub(super) fn catches(&mut self, node: Node<'_>, before: Option<&Stmt>) -> bool {
        let first = |span: Span| first_word(self.laid(span)).to_string();
        let goes_on = matches!(first(self.span(node)).as_str(), "catch" | "except" | "finally");
        let tried = match before {
            Some(Stmt::Bad(span, _)) => {
                matches!(first(*span).as_str(), "try" | "catch" | "except" | "finally")
            }
            _ => false,
        };
        goes_on && tried
    }

    /// What is said of a statement of another language.
    pub(super) fn foreign_statement(&self, line: Span) -> Option<(&'static str, String)> {
        let text = self.laid(line);
        let word = first_word(text);
        let behind = text.get(word.len()..).unwrap_or_default().trim_start_matches(' ');
        let help = match word {
            "try" => {
                let step = self.first_step(line);
                let help = format!(
                    "take the `try` away, and write `{step} on failure value`; a failure that nobody handles fails the run"
                );
                return Some(("there is no `try`: what a failed step gives instead stands behind it", help));
            }
            "catch" | "except" | "finally" => {
                let help = "write `step x = f(y) on failure value`".to_string();
                return Some(("a failed step is answered with `on failure` behind it", help));
            }
            "import" | "from" => {
                return Some((
                    "another file is read with `use`",
                    "write it at the top of the file: `use \"./other.agentflow\" { name }`".into(),
                ));
            }
            "pass" => return Some(("an empty block holds nothing: `{ }`", "take the `pass` away".into())),
            "with" | "using" => {
                return Some(("there is no `with`: nothing is opened or closed", "files are read and written by tools: `tool load(path: text) -> text reads files { read \"${path}\" }`".into()));
            }
            "console" | "logger" | "logging" | "System" => (super::report::PRINT.0, super::report::PRINT.1),
            _ if ["+=", "-=", "*=", "++", "--"].iter().any(|mark| behind.starts_with(mark)) => (
                "a name is bound once and never changes",
                "bind a new name: `let other = …`; a sum over a list is `sum(xs)`",
            ),
            "" if text.starts_with('-') => {
                ("a body holds statements, not a list", "write a step for each: `step name = f(x)`")
            }
            "" if text.starts_with('"') => {
                ("a text is no statement", "what a declaration is for is said in a `///` line above it")
            }
            _ => return None,
        };
        Some((help.0, help.1.into()))
    }

    /// The first step of the block behind a head, as it is written, or one that stands for it.
    fn first_step(&self, head: Span) -> &str {
        let rest = self.laid.get(head.end as usize..).unwrap_or_default();
        let lines = rest.lines().skip(1).map(str::trim);
        lines.take(1).find(|line| line.starts_with("step ") && line.ends_with(')')).unwrap_or("step x = f(y)")
    }

    /// What stands behind a complete statement in the words of another language; false if it is nothing known.
    pub(super) fn foreign_tail(&mut self, span: Span) -> bool {
        let spelled = self.laid(span);
        let word = first_word(spelled);
        let behind = spelled.get(word.len()..).unwrap_or_default().trim_start_matches(' ');
        if !matches!(word, "catch" | "except" | "rescue" | "fallback") || behind.is_empty() {
            return false;
        }
        let message = "what a failed step gives instead stands behind `on failure`";
        let place = Span::new(span.start as usize, span.start as usize + word.len());
        let certain = behind.starts_with(|letter: char| letter == '"' || letter.is_alphanumeric());
        if certain {
            self.report_fix(Code::ForeignWord, place, message, "write `on failure`", "on failure");
        } else {
            self.report(Code::ForeignWord, place, message, "write `on failure` and a value");
        }
        true
    }
}
