use super::foreign::named;
use super::report::first_word;
use super::{Bound, Builder, Rule};
use crate::base::Span;
use crate::diag::Code;
use crate::language::syntax::ast::{
    Address, BinaryOp, Criterion, Dimension, DimensionBody, Effect, EffectKind, Expect, ExpectKind, Expr,
    ExprKind, Given, GivenAnswer, Http, JsonObject, JsonPair, JsonValue, Name, RubricItem, Stmt, Test,
    TestItem, Text, TextStyle, Tool, ToolBody, ToolBodyKind,
};
use crate::language::syntax::grammar::Node;
use smol_str::SmolStr;

impl Builder<'_> {
    pub(super) fn rubric_body(&mut self, node: Node<'_>) -> Vec<RubricItem> {
        let mut items = Vec::new();
        let mut before: Option<Span> = None;
        for part in node.children() {
            if matches!(part.rule(), Rule::require | Rule::floor | Rule::dimension) {
                self.own_line(before, part);
            }
            match part.rule() {
                Rule::require => items.push(RubricItem::Require(self.require(part))),
                Rule::floor => items.push(self.floor(part)),
                Rule::dimension => items.push(RubricItem::Dimension(self.dimension(part))),
                Rule::bad_line if self.laid(self.span(part)).starts_with('"') => {
                    let span = self.first_line(self.span(part));
                    let message = "a dimension has a name in front of its text: `name \"…\"`";
                    let help = "yes/no questions without names stand in a dimension: `name { \"…\" }`";
                    self.report(Code::Unexpected, span, message, help);
                }
                Rule::bad_line => self.bad_line(
                    part,
                    "a dimension `name \"…\"`, `require` or `floor`",
                    &["require", "floor"],
                ),
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                _ => self.trouble(part),
            }
            before = (part.rule() != Rule::bad_tail).then(|| part.whole());
        }
        items
    }

    fn floor(&mut self, node: Node<'_>) -> RubricItem {
        let word = self.keyword(node, "floor");
        match node.first() {
            Some(grade) if grade.rule() == Rule::word => RubricItem::Floor(word, self.name(grade)),
            other => {
                let other = other.unwrap_or(node);
                self.missing(other, "a grade behind `floor`");
                RubricItem::Floor(word, self.missing_name(other))
            }
        }
    }

    fn dimension(&mut self, node: Node<'_>) -> Dimension {
        let (mut name, mut weight, mut body) = (self.missing_name(node), None, DimensionBody::Missing);
        for part in node.children() {
            match part.rule() {
                Rule::def_name => name = self.def_name(part, Bound::Value("the dimension's name")),
                Rule::weight => {
                    let value = part.first().unwrap_or(part);
                    weight = Some(self.expr_or(value, "a number behind `weight`"));
                }
                Rule::text => body = DimensionBody::Described(self.text(part)),
                Rule::criteria => body = DimensionBody::Criteria(self.criteria(part)),
                Rule::miss_criteria if name.text == "check" => {
                    let message = "a `check` stands in the block of a dimension".to_string();
                    self.report(Code::Expected, name.span, message, "give it a name: `brevity { check … }`");
                }
                Rule::miss_criteria => self.missing(part, "a description, or a block of questions"),
                _ => self.trouble(part),
            }
        }
        Dimension { span: self.span(node), name, weight, body }
    }

    fn criteria(&mut self, node: Node<'_>) -> Vec<Criterion> {
        let mut items = Vec::new();
        let mut before: Option<Span> = None;
        for part in node.children() {
            if matches!(part.rule(), Rule::text | Rule::check) {
                self.own_line(before, part);
            }
            match part.rule() {
                Rule::text => items.push(Criterion::Question(self.text(part))),
                Rule::check => {
                    let value = self.expr_or(part.first().unwrap_or(part), "an expression behind `check`");
                    items.push(Criterion::Check(self.keyword(part, "check"), value));
                }
                Rule::bad_line => {
                    self.bad_line(part, "a question in quotes, or `check` and an expression", &["check"]);
                }
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                _ => self.trouble(part),
            }
            before = (part.rule() != Rule::bad_tail).then(|| part.whole());
        }
        items
    }

    pub(super) fn tool(&mut self, node: Node<'_>) -> Tool {
        let body = node.child(Rule::tool_body);
        let mut head = self.new_head(node, "tool", body);
        let (mut effect, mut bodies) = (None, Vec::new());
        for part in node.children() {
            match part.rule() {
                Rule::tool_body => bodies = self.tool_body(part, head.result.as_ref().and_then(named)),
                Rule::effect if effect.is_some() => {
                    let message = "a tool has one effect";
                    self.report(
                        Code::Twice,
                        self.span(part),
                        message,
                        "keep the stronger one: `reads` < `writes` < `sends`",
                    );
                }
                Rule::effect => effect = Some(self.effect(part)),
                _ => {
                    if !self.head_part(part, &mut head, "the tool's name") {
                        self.trouble(part);
                    }
                }
            }
        }
        if effect.is_none() && body.is_some() && node.child(Rule::bad_head).is_none() {
            let message =
                "expected the effect of this tool before its `{`: `pure`, `reads …`, `writes …` or `sends …`"
                    .to_owned();
            self.report(
                Code::Expected,
                head.end,
                message,
                "for example `reads files`, `reads web`, `writes files`, `sends chat`",
            );
        }
        Tool { head, effect, bodies }
    }

    fn effect(&mut self, node: Node<'_>) -> Effect {
        let span = self.span(node);
        let kind = match self.laid(span).as_bytes() {
            [b'p', ..] => EffectKind::Pure,
            [b'r', ..] => EffectKind::Reads,
            [b'w', ..] => EffectKind::Writes,
            _ => EffectKind::Sends,
        };
        let resource = match node.first() {
            Some(word) => self.name(word),
            None => Name { text: "".into(), span: Span { start: span.end, end: span.end } },
        };
        if resource.is_missing() && kind != EffectKind::Pure {
            let word = self.laid(span);
            self.report(
                Code::Expected,
                resource.span,
                format!("expected what is touched behind `{word}`"),
                "a word that says what: `files`, `web`, `chat`",
            );
        }
        if kind == EffectKind::Pure && !resource.is_missing() {
            self.report(Code::Unexpected, resource.span, "a pure tool touches nothing", "take the word away");
        }
        Effect { span, kind, resource }
    }

    fn tool_body(&mut self, node: Node<'_>, result: Option<SmolStr>) -> Vec<ToolBody> {
        let mut bodies: Vec<ToolBody> = Vec::new();
        let mut before: Option<Span> = None;
        for part in node.children() {
            let kind = match part.rule() {
                Rule::t_read => Some(ToolBodyKind::Read(self.text_of(part, "a path behind `read`"))),
                Rule::t_write => Some(self.write(part)),
                Rule::t_run => Some(self.run_command(part)),
                Rule::t_http => Some(ToolBodyKind::Http(self.http(part))),
                Rule::t_mcp => Some(self.mcp(part)),
                Rule::return_stmt => {
                    self.result.clone_from(&result);
                    let value = self.value(part, "the result");
                    Some(ToolBodyKind::Return(value))
                }
                Rule::bad_line => {
                    const BODIES: [&str; 10] =
                        ["read", "write", "run", "get", "post", "put", "patch", "delete", "mcp", "return"];
                    self.bad_line(part, "`read`, `write`, `run`, `get`, `post`, `mcp` or `return`", &BODIES);
                    None
                }
                Rule::miss_rbrace => {
                    self.unclosed_brace(part, node);
                    None
                }
                _ => {
                    self.trouble(part);
                    None
                }
            };
            if let Some(kind) = kind {
                self.own_line(before, part);
                bodies.push(ToolBody { span: self.span(part), kind });
            }
            before = (part.rule() != Rule::bad_tail).then(|| part.whole());
        }
        bodies
    }

    fn write(&mut self, node: Node<'_>) -> ToolBodyKind {
        let path = self.text_of(node, "a path behind `write`");
        let content = node.children().last().unwrap_or(node);
        let missing = node.child(Rule::miss_text).is_some();
        let value = if missing && content.rule() != Rule::expr {
            self.missing_expr(content)
        } else {
            self.expr_or(content, "what is written")
        };
        ToolBodyKind::Write(path, value)
    }

    fn run_command(&mut self, node: Node<'_>) -> ToolBodyKind {
        let (mut command, mut directory, mut stdin) = (self.missing_expr(node), None, None);
        for part in node.children() {
            match part.rule() {
                // A list before `in` is the command: there `in` names the directory and compares nothing.
                Rule::list => command = self.list(part),
                Rule::expr | Rule::miss_expr => {
                    command = self.expr_or(part, "a list: the program and its arguments");
                }
                Rule::t_in => directory = Some(self.text_of(part, "a directory behind `in`")),
                Rule::t_stdin => {
                    stdin = part.first().map(|value| self.expr_or(value, "a text behind `stdin`"));
                }
                _ => self.trouble(part),
            }
        }
        let (command, written) = without_directory(command);
        ToolBodyKind::Run { command, directory: written.or(directory), stdin }
    }

    fn http(&mut self, node: Node<'_>) -> Http {
        let mut http = Http {
            method: self.missing_name(node),
            address: Address::Url(self.empty_text(node)),
            headers: Vec::new(),
            body: Vec::new(),
            pick: Vec::new(),
        };
        for part in node.children() {
            match part.rule() {
                Rule::method => http.method = self.name(part),
                Rule::secret => http.address = Address::Secret(self.secret(part)),
                Rule::text | Rule::miss_text => http.address = Address::Url(self.text_or(part, "an address")),
                Rule::t_headers => match part.child(Rule::json_object) {
                    Some(object) => {
                        let object = self.json_object(object);
                        http.headers.push(object);
                    }
                    None => self.missing(part.first().unwrap_or(part), "`{ … }` behind `headers`"),
                },
                Rule::t_json => {
                    let value = part.first().map(|value| self.json_value(value));
                    http.body.extend(value);
                }
                Rule::t_at => {
                    let text = self.text_of(part, "a path behind `at`, as in `\"data.items\"`");
                    http.pick.push(text);
                }
                _ => self.trouble(part),
            }
        }
        http
    }

    fn empty_text(&self, node: Node<'_>) -> Text {
        Text { span: self.behind(node.whole().start), style: TextStyle::Line, parts: Vec::new() }
    }

    fn secret(&mut self, node: Node<'_>) -> Text {
        match node.first() {
            Some(text) => self.plain_text(text, "the name of a secret"),
            None => self.empty_text(node),
        }
    }

    fn mcp(&mut self, node: Node<'_>) -> ToolBodyKind {
        let mut texts = Vec::with_capacity(2);
        for part in node.children() {
            let what = if texts.is_empty() { "the name of a server" } else { "the name of a tool" };
            if part.rule() == Rule::miss_text
                && texts.len() == 1
                && node.children().filter(|it| it.rule() == Rule::miss_text).count() == 2
            {
                texts.push(self.empty_text(part));
            } else {
                texts.push(self.plain_text(part, what));
            }
        }
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_else(|| self.empty_text(node));
        let (server, tool) = (next(), next());
        ToolBodyKind::Mcp(server, tool)
    }

    fn json_value(&mut self, node: Node<'_>) -> JsonValue {
        match node.rule() {
            Rule::json_object => JsonValue::Object(self.json_object(node)),
            Rule::secret => JsonValue::Secret(self.secret(node)),
            _ => JsonValue::Expr(self.expr_or(node, "a value")),
        }
    }

    fn json_object(&mut self, node: Node<'_>) -> JsonObject {
        let mut pairs: Vec<JsonPair> = Vec::new();
        let mut before = node.whole().start + 1;
        for part in node.children() {
            match part.rule() {
                Rule::json_pair => {
                    self.commas(before, part.whole().start, pairs.is_empty());
                    pairs.push(self.json_pair(part));
                }
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                _ => self.trouble(part),
            }
            before = part.whole().end;
        }
        JsonObject { span: self.span(node), pairs }
    }

    pub(super) fn json_pair(&mut self, node: Node<'_>) -> JsonPair {
        let (mut key, mut value) = (self.missing_name(node), None);
        for part in node.children() {
            match part.rule() {
                Rule::word => key = self.name(part),
                Rule::text if key.is_missing() => {
                    let text = self.plain_text(part, "a key");
                    key = Name { text: text.plain().unwrap_or_default().into(), span: text.span };
                }
                Rule::miss_colon => self.missing_fix(part, "`:` between the key and its value", ":"),
                Rule::err_equals => self.wrong_colon(part),
                Rule::json_object | Rule::secret | Rule::expr | Rule::miss_expr => {
                    value = Some(self.json_value(part));
                }
                _ => self.trouble(part),
            }
        }
        let short = || {
            let kind = crate::language::syntax::ast::ExprKind::Name(key.clone());
            JsonValue::Expr(Expr { span: key.span, kind })
        };
        let value = value.unwrap_or_else(short);
        JsonPair { key, value }
    }

    pub(super) fn test(&mut self, node: Node<'_>) -> Test {
        let mut title = self.empty_text(node);
        let mut items = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::text => title = self.plain_text(part, "the title of a test"),
                Rule::miss_text => self.missing(part, "a text that says what the test shows"),
                Rule::test_body => items = self.test_body(part),
                Rule::miss_body => self.missing(part, "`{` and a body"),
                _ => self.trouble(part),
            }
        }
        // A doc comment above a test says nothing that its title does not, but it belongs to it.
        self.docs.take(node.whole().start);
        Test { span: self.span(node), title, items }
    }

    fn test_body(&mut self, node: Node<'_>) -> Vec<TestItem> {
        let mut items = Vec::new();
        let mut before: Option<Span> = None;
        for part in node.children() {
            if !matches!(part.rule(), Rule::bad_line | Rule::bad_tail | Rule::miss_rbrace) {
                self.own_line(before, part);
            }
            match part.rule() {
                Rule::given => items.push(TestItem::Given(self.given(part))),
                Rule::run => {
                    let value =
                        self.expr_or(part.first().unwrap_or(part), "the call of a workflow behind `run`");
                    items.push(TestItem::Run(self.keyword(part, "run"), value));
                }
                Rule::expect => items.push(TestItem::Expect(self.expect(part))),
                Rule::err_test_stmt => items.extend(self.statement_in_test(part).map(TestItem::Bad)),
                Rule::bad_line => self.bad_test_line(part),
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                _ => self.trouble(part),
            }
            before = (part.rule() != Rule::bad_tail).then(|| part.whole());
        }
        items
    }

    fn statement_in_test(&mut self, node: Node<'_>) -> Option<Stmt> {
        let part = node.first()?;
        let line = self.first_line(self.span(part));
        let word = super::report::first_word(self.laid(line));
        let span = Span::new(line.start as usize, line.start as usize + word.len());
        let message = format!("`{word}` stands in the body of a workflow, not in a test");
        self.report(
            Code::NotInTest,
            span,
            message,
            "a test says what is `given`, which workflow it `run`s, and what it `expect`s",
        );
        let reported = self.diagnostics.len();
        let stmt = self.stmt(part);
        self.diagnostics.truncate(reported);
        stmt
    }

    fn given(&mut self, node: Node<'_>) -> Given {
        let (mut target, mut answers) = (Vec::new(), Vec::new());
        for part in node.children() {
            match part.rule() {
                Rule::given_target => target = self.given_target(part),
                Rule::miss_name => self.missing(part, "an agent, a rubric, a tool or a step behind `given`"),
                Rule::answer => answers.extend(part.first().map(|answer| self.answer(answer))),
                Rule::miss_expr => self.missing(part, "an answer"),
                Rule::fails => answers.push(self.fails(part)),
                Rule::miss_arrow => self.missing_arrow(part),
                _ => self.trouble(part),
            }
        }
        Given { span: self.span(node), target, answers }
    }

    /// The fix is certain where the answer stands there, and where another word stands in the place of the `->`.
    fn missing_arrow(&mut self, node: Node<'_>) {
        let start = node.whole().start;
        let rest = self.laid(Span { start, end: u32::try_from(self.laid.len()).unwrap_or(start) });
        let word = first_word(rest);
        if matches!(word, "returns" | "return" | "gives" | "answers" | "yields") {
            let span = Span::new(start as usize, start as usize + word.len());
            let message = format!("what is answered stands behind `->`, not behind `{word}`");
            return self.report_fix(Code::ForeignWord, span, message, "write `->`", "->");
        }
        let is_answer = rest.starts_with(|letter: char| {
            letter.is_uppercase() || letter.is_ascii_digit() || matches!(letter, '"' | '[')
        });
        if is_answer || matches!(word, "sample" | "none" | "true" | "false") {
            self.missing_fix(node, "`->` and an answer", " ->");
        } else {
            self.missing(node, "`->` and an answer");
        }
    }

    /// A line of a test that begins with a word of other tests, or is a call.
    fn bad_test_line(&mut self, node: Node<'_>) {
        let line = self.first_line(self.span(node));
        let word = first_word(self.laid(line));
        let (message, better) = match word {
            "assert" | "check" | "ensure" | "verify" | "should" => {
                ("what must hold is written `expect …`".to_string(), "expect")
            }
            "mock" | "stub" | "fake" | "with" => {
                ("an answer is written `given name -> …`".to_string(), "given")
            }
            "call" | "execute" | "invoke" => ("a workflow is run with `run name(…)`".to_string(), "run"),
            _ => return self.bad_line(node, "`given`, `run` or `expect`", &["given", "run", "expect"]),
        };
        let span = Span::new(line.start as usize, line.start as usize + word.len());
        self.report_fix(Code::ForeignWord, span, message, &format!("write `{better}`"), better);
    }

    fn given_target(&mut self, node: Node<'_>) -> Vec<Name> {
        let span = self.span(node);
        let length =
            node.child(Rule::args).map_or(span.len(), |args| (args.whole().start - span.start) as usize);
        if let Some(args) = node.child(Rule::args) {
            let message = "`given` names what answers, without arguments";
            self.report_fix(Code::Unexpected, self.span(args), message, "take the parentheses away", "");
        }
        let mut names = Vec::new();
        let mut at = span.start as usize;
        for word in self.laid(Span::new(at, at + length)).split('.') {
            names.push(self.name_at(Span::new(at, at + word.len())));
            at += word.len() + 1;
        }
        names
    }

    fn answer(&mut self, node: Node<'_>) -> GivenAnswer {
        match node.rule() {
            Rule::sample => GivenAnswer::Sample(self.span(node)),
            _ => GivenAnswer::Value(self.expr(node)),
        }
    }

    fn fails(&mut self, node: Node<'_>) -> GivenAnswer {
        let word = self.keyword(node, "fails");
        match node.first() {
            Some(kind) if kind.rule() == Rule::word => GivenAnswer::Fails(word, self.name(kind)),
            other => {
                let other = other.unwrap_or(node);
                self.missing(other, "a kind of failure behind `fails`, as in `fails timeout`");
                GivenAnswer::Fails(word, self.missing_name(other))
            }
        }
    }

    fn expect(&mut self, node: Node<'_>) -> Expect {
        let mut kind = ExpectKind::Missing;
        for part in node.children() {
            match part.rule() {
                Rule::e_prompt => kind = self.expect_prompt(part),
                Rule::e_fails => {
                    kind = ExpectKind::Fails { text: self.text_of(part, "a text behind `fails`") }
                }
                Rule::e_state => kind = self.expect_state(part),
                Rule::e_count => kind = self.expect_count(part),
                Rule::expr => kind = ExpectKind::Holds(self.expr(part)),
                Rule::miss_expr => {
                    self.missing(part, "what is expected, as in `expect ran draft` or `expect result == 3`");
                }
                _ => self.trouble(part),
            }
        }
        Expect { span: self.span(node), kind }
    }

    fn expect_prompt(&mut self, node: Node<'_>) -> ExpectKind {
        let negated = node.child(Rule::k_not).is_some();
        let name = node.child(Rule::use_name).map_or_else(|| self.missing_name(node), |name| self.name(name));
        let lacking = node.child(Rule::miss_contains);
        if let Some(part) = lacking {
            self.missing(part, "`contains` and a text");
        }
        let text = match node.children().last() {
            Some(text) if lacking.is_none() || text.rule() == Rule::text => {
                self.text_or(text, "a text behind `contains`")
            }
            _ => self.empty_text(node),
        };
        ExpectKind::Prompt { negated, name, text }
    }

    fn expect_state(&mut self, node: Node<'_>) -> ExpectKind {
        let negated = node.child(Rule::k_not).is_some();
        let name = node.child(Rule::use_name).map_or_else(|| self.missing_name(node), |name| self.name(name));
        match node.child(Rule::e_word).map_or("", |word| self.spelled(word)) {
            "skipped" => ExpectKind::Skipped { negated, name },
            "failed" => ExpectKind::Failed { negated, name },
            _ => ExpectKind::Ran { negated, name },
        }
    }

    fn expect_count(&mut self, node: Node<'_>) -> ExpectKind {
        let negated = node.child(Rule::k_not).is_some();
        let name = node.child(Rule::use_name).map_or_else(|| self.missing_name(node), |name| self.name(name));
        let mut times = 1;
        for part in node.children() {
            match part.rule() {
                Rule::times => {
                    let digits: String =
                        self.spelled(part).chars().take_while(char::is_ascii_digit).collect();
                    times = digits.parse().unwrap_or(u64::MAX);
                    if !self.spelled(part).ends_with("times") {
                        let span = self.span(part);
                        let better = format!("{digits} times");
                        self.report_fix(
                            Code::Expected,
                            span,
                            "expected `times` behind the number",
                            &format!("write `{better}`"),
                            &better,
                        );
                    }
                }
                Rule::miss_times => self.missing(part, "`once`, or a number and `times`"),
                Rule::use_name | Rule::k_not => {}
                _ => self.trouble(part),
            }
        }
        ExpectKind::RanTimes { negated, name, times }
    }
}

/// `["make"] in "dir"` is read as one expression; behind `run` its `in` names the directory.
fn without_directory(command: Expr) -> (Expr, Option<Text>) {
    match command.kind {
        ExprKind::Binary(BinaryOp::In, _, left, right) if matches!(right.kind, ExprKind::Text(_)) => {
            match right.kind {
                ExprKind::Text(directory) => (*left, Some(directory)),
                _ => (*left, None),
            }
        }
        kind => (Expr { kind, span: command.span }, None),
    }
}
