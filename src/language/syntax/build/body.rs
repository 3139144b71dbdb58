use super::foreign::named;
use super::{Bound, Builder, Rule};
use crate::base::Span;
use crate::diag::{Code, Fix};
use crate::language::syntax::ast::{
    Action, Arm, BinaryOp, Block, Expr, ExprKind, Fail, For, Give, Let, Loop, LoopOtherwise, Name, OnFailure,
    Otherwise, Parallel, Pattern, PatternKind, Require, Return, Step, Stmt, When, WhenBody,
};
use crate::language::syntax::grammar::{Children, Node};

impl Builder<'_> {
    /// A block, or an empty one where it is missing.
    pub(super) fn block(&mut self, node: Node<'_>) -> Block {
        if node.rule() != Rule::block {
            self.missing(node, "a block `{ … }`");
            if self.describe(node.whole().start) == "`[`" {
                self.hint("write `{` and `}` around it, and each thing in it on a line of its own");
            }
            return Block { span: self.behind(node.whole().start), stmts: Vec::new() };
        }
        let mut stmts: Vec<Stmt> = Vec::new();
        let mut before: Option<Span> = None;
        for part in node.children() {
            match part.rule() {
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                Rule::bad_stmt if self.catches(part, stmts.last()) => {
                    stmts.push(Stmt::Bad(self.span(part), None));
                }
                Rule::bad_tail => {
                    self.bad_tail(part);
                    before = None;
                    continue;
                }
                _ => {
                    self.own_line(before, part);
                    if let Some(stmt) = self.stmt(part) {
                        stmts.push(stmt);
                    }
                }
            }
            before = Some(part.whole());
        }
        Block { span: self.span(node), stmts }
    }

    /// Two things on one line need a comma, unless the first ends with a block.
    pub(super) fn own_line(&mut self, before: Option<Span>, part: Node<'_>) {
        let Some(before) = before else { return };
        let gap = Span { start: before.start, end: part.whole().start };
        let laid = self.laid(gap);
        let between = laid.get(self.trim(before).len()..).unwrap_or_default();
        if between.contains(['\n', ',', '\u{1}', '}']) || laid.trim_end().ends_with('}') {
            return;
        }
        let place = self.span(part);
        let message = "expected a line end before this";
        let insert = Span { start: place.start, end: place.start };
        self.report_fix(
            Code::OnOneLine,
            Span { start: place.start, end: place.start + self.word_length(place.start) },
            message,
            "begin a new line here",
            "\n",
        );
        if let Some(fix) = self.diagnostics.last_mut().and_then(|last| last.fix.as_mut())
            && let Some(edit) = fix.edits.first_mut()
        {
            edit.place.span = insert;
        }
    }

    fn word_length(&self, at: u32) -> u32 {
        let rest = self.laid.get(at as usize..).unwrap_or_default();
        let length =
            rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        u32::try_from(length).unwrap_or(0).max(1)
    }

    /// A statement, or what stands in the place of one.
    pub(super) fn stmt(&mut self, node: Node<'_>) -> Option<Stmt> {
        Some(match node.rule() {
            Rule::step => Stmt::Step(self.step(node)),
            Rule::let_stmt => self.let_stmt(node),
            Rule::when_stmt => Stmt::When(self.when(node)),
            Rule::parallel => self.parallel(node),
            Rule::for_stmt => Stmt::For(self.for_stmt(node, None, None)),
            Rule::loop_stmt => Stmt::Loop(self.loop_stmt(node)),
            Rule::require => Stmt::Require(self.require(node)),
            Rule::fail => Stmt::Fail(self.fail(node)),
            Rule::return_stmt => {
                Stmt::Return(Return { span: self.span(node), value: self.value(node, "the result") })
            }
            Rule::give => {
                Stmt::Give(Give { span: self.span(node), value: self.value(node, "what this item gives") })
            }
            Rule::err_if => Stmt::When(self.err_if(node)),
            Rule::err_switch => Stmt::When(self.err_switch(node)),
            Rule::err_call => Stmt::Step(self.bare_call(node)),
            Rule::err_bind => self.bare_bind(node),
            Rule::bad_stmt => self.bad_stmt(node),
            _ => {
                self.trouble(node);
                return None;
            }
        })
    }

    /// The one expression of `return`, `give`, `fail`.
    pub(super) fn value(&mut self, node: Node<'_>, what: &str) -> Expr {
        let mut value = self.missing_expr(node);
        for part in node.children() {
            match part.rule() {
                Rule::expr | Rule::miss_expr | Rule::miss_text => value = self.expr_or(part, what),
                Rule::err_braces => {
                    let ty = self.result.clone().filter(|_| node.rule() == Rule::return_stmt);
                    value = self.braces(part, ty.as_ref());
                }
                _ => self.trouble(part),
            }
        }
        value
    }

    fn fail(&mut self, node: Node<'_>) -> Fail {
        Fail { span: self.span(node), message: self.value(node, "a text that says why") }
    }

    pub(super) fn require(&mut self, node: Node<'_>) -> Require {
        let mut parts: Vec<Expr> = Vec::with_capacity(2);
        for part in node.children() {
            match part.rule() {
                Rule::expr => parts.push(self.expr(part)),
                Rule::miss_expr => {
                    self.missing(part, "a condition behind `require`");
                    parts.push(self.missing_expr(part));
                }
                Rule::miss_text => {
                    self.missing(part, "a text behind `otherwise`");
                    parts.push(self.missing_expr(part));
                }
                Rule::miss_message => {
                    self.missing(part, "`otherwise` and a text that says what is wrong");
                    parts.push(self.missing_expr(part));
                }
                Rule::err_else => self.foreign_word(part, "otherwise"),
                _ => self.trouble(part),
            }
        }
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_else(|| self.missing_expr(node));
        let (condition, message) = (next(), next());
        Require { span: self.span(node), keyword: self.keyword(node, "require"), condition, message }
    }

    fn step(&mut self, node: Node<'_>) -> Step {
        let keyword = self.keyword(node, "step");
        let mut step = self.empty_step(node, keyword);
        for part in node.children() {
            self.step_part(part, &mut step);
        }
        step
    }

    fn empty_step(&self, node: Node<'_>, keyword: Span) -> Step {
        Step {
            span: self.span(node),
            keyword,
            name: None,
            ty: None,
            action: Action::Missing(self.behind(node.whole().start)),
            to: Vec::new(),
            showing: Vec::new(),
            annotations: Vec::new(),
            after: Vec::new(),
            on_failure: Vec::new(),
        }
    }

    fn step_part(&mut self, part: Node<'_>, step: &mut Step) {
        match part.rule() {
            Rule::def_name => step.name = Some(self.def_name(part, Bound::Value("the step's name"))),
            Rule::miss_name => {
                self.missing(part, "the step's name, or what it calls");
                step.name = Some(self.missing_name(part));
            }
            Rule::miss_type if self.describe(part.whole().start) == "the end of the line" => {
                step.ty = Some(self.type_expr(part));
                let name = step.name.as_ref().map_or("x", |name| name.text.as_str());
                self.hint(format!(
                    "a step is one line: `step {name} = f(x)`, where `f` is an agent, a tool or a workflow"
                ));
            }
            Rule::type_expr | Rule::miss_type => step.ty = Some(self.type_expr(part)),
            Rule::miss_equals => match (&step.name, &step.ty) {
                (Some(name), Some(ty)) if self.describe(part.whole().start) == "`(`" => {
                    let colon = Span { start: name.span.end, end: ty.span.start };
                    let message = "what a step calls stands behind `=`, not behind `:`";
                    self.report_fix(Code::Expected, colon, message, "write `=`", " = ");
                }
                _ => self.missing_equals(part),
            },
            Rule::call => step.action = Action::Call(self.call(part)),
            Rule::ask | Rule::inline_prompt => step.action = self.action(part),
            Rule::err_action => step.action = self.no_call(part, step.keyword),
            Rule::miss_call => {
                let what = "what the step calls: an agent, a tool, a workflow, `prompt` or `ask`";
                if step.name.as_ref().is_none_or(|name| !name.is_missing()) {
                    self.missing(part, what);
                }
                step.action = Action::Missing(self.behind(part.whole().start));
            }
            Rule::annotation => {
                let annotation = self.annotation(part);
                step.annotations.push(annotation);
            }
            Rule::after => self.after(part, step),
            Rule::on_failure => {
                let handler = self.on_failure(part);
                step.on_failure.push(handler);
            }
            Rule::showing => {
                let shown = (self.keyword(part, "showing"), self.exprs(part, "what is shown"));
                step.showing.push(shown);
            }
            Rule::to => {
                let text = part.first().unwrap_or(part);
                if text.rule() == Rule::text || !self.asked_without_quotes(text) {
                    let text = self.text_or(text, "a text that says who is asked");
                    step.to.push(text);
                }
            }
            Rule::err_tail => self.depends_on(part, step),
            Rule::err_otherwise => self.step_otherwise(part, step),
            _ => self.trouble(part),
        }
    }

    fn exprs(&mut self, node: Node<'_>, what: &str) -> Vec<Expr> {
        node.children().map(|part| self.expr_or(part, what)).collect()
    }

    /// `= ` is missing; where the next thing is a name, it is the `=` that is missing and not the call.
    pub(super) fn missing_equals(&mut self, node: Node<'_>) {
        self.missing_fix(node, "`=`", " =");
    }

    pub(super) fn action(&mut self, node: Node<'_>) -> Action {
        match node.rule() {
            Rule::ask => {
                let word = self.keyword(node, "ask");
                let text = node.first().unwrap_or(node);
                Action::Ask(word, self.text_or(text, "the question behind `ask`"))
            }
            _ => {
                let word = self.keyword(node, "prompt");
                let source = node.first().unwrap_or(node);
                Action::Prompt(word, self.prompt_source(source))
            }
        }
    }

    /// A step whose right-hand side is no call.
    fn no_call(&mut self, node: Node<'_>, keyword: Span) -> Action {
        let span = self.span(node);
        let value = self.expr_or(node, "a call");
        match &value.kind {
            ExprKind::Name(name) => {
                let message = format!("a step makes a call: `{}(…)`", name.text);
                self.report(
                    Code::StepWithoutCall,
                    span,
                    message,
                    "put the arguments in parentheses behind it",
                );
            }
            ExprKind::Missing => {}
            ExprKind::Binary(BinaryOp::Else | BinaryOp::Or, _, call, _)
                if matches!(call.kind, ExprKind::Call(_)) =>
            {
                let message = "a step makes exactly one call, and this is an expression";
                let help = "write what stands in for a failed step behind `on failure`; what stands in for an absent result, where it is used below";
                self.report(Code::StepWithoutCall, span, message, help);
            }
            _ => {
                let diagnostic = self.new_diagnostic(
                    Code::StepWithoutCall,
                    span,
                    "a step makes exactly one call, and this is an expression",
                );
                let fix = Fix::replace("write `let`", self.place(keyword), "let");
                let diagnostic =
                    diagnostic.help("what is computed is bound with `let`, which costs nothing").fix(fix);
                self.push(diagnostic);
            }
        }
        Action::Missing(span)
    }

    fn after(&mut self, node: Node<'_>, step: &mut Step) {
        for part in node.children() {
            match part.rule() {
                Rule::use_name => step.after.push(self.name(part)),
                _ => self.missing(part, "the name of a step behind `after`"),
            }
        }
    }

    /// `depends_on a, b` is `after a, b`.
    fn depends_on(&mut self, node: Node<'_>, step: &mut Step) {
        let span = self.span(node);
        let names: Vec<Name> = node
            .children()
            .filter(|part| part.rule() == Rule::use_name)
            .map(|part| self.name(part))
            .collect();
        let listed = names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(", ");
        let better = format!("after {listed}");
        let message = "a step waits for what it uses by itself; for anything else write `after`";
        self.report_fix(Code::ForeignWord, span, message, &format!("write `{better}`"), &better);
        step.after.extend(names);
    }

    fn step_otherwise(&mut self, node: Node<'_>, step: &mut Step) {
        let word = self.keyword(node, "otherwise");
        let value = self.first_expr(node, "a value");
        let message = "what a failed step gives instead stands behind `on failure`";
        self.report_fix(Code::OtherwiseInExpression, word, message, "write `on failure`", "on failure");
        step.on_failure.push(OnFailure { span: self.span(node), kinds: None, binder: None, value });
    }

    fn on_failure(&mut self, node: Node<'_>) -> OnFailure {
        let (mut kinds, mut binder, mut value) = (None, None, self.missing_expr(node));
        for part in node.children() {
            match part.rule() {
                Rule::err_failure => self.foreign_word(part, "failure"),
                Rule::miss_failure => self.missing_fix(part, "`failure` behind `on`", " failure"),
                Rule::kinds => kinds = Some(self.kinds(part)),
                Rule::binder => binder = Some(self.binder(part, "the failure's name")),
                Rule::expr | Rule::miss_expr => {
                    value = self.expr_or(part, "the value that the step has then");
                }
                _ => self.trouble(part),
            }
        }
        OnFailure { span: self.span(node), kinds, binder, value }
    }

    fn kinds(&mut self, node: Node<'_>) -> Vec<Name> {
        let mut names = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::word => names.push(self.name(part)),
                _ => self.trouble(part),
            }
        }
        names
    }

    fn binder(&mut self, node: Node<'_>, what: &'static str) -> Name {
        match node.first() {
            Some(name) => self.def_name(name, Bound::Value(what)),
            None => self.missing_name(node),
        }
    }

    /// The parts of `let`, at file level too.
    pub(super) fn let_parts(&mut self, node: Node<'_>) -> (Let, Option<Action>) {
        let (mut name, mut ty) = (self.missing_name(node), None);
        let (mut value, mut action) = (self.missing_expr(node), None);
        for part in node.children() {
            match part.rule() {
                Rule::def_name | Rule::miss_name => {
                    name = self.def_name(part, Bound::Value("the name behind `let`"));
                }
                Rule::type_expr | Rule::miss_type => ty = Some(self.type_expr(part)),
                Rule::miss_equals => self.missing_equals(part),
                Rule::expr => value = self.expr(part),
                Rule::miss_expr => {
                    if !name.is_missing() && !self.ends_in_equals_miss(node) {
                        self.missing(part, "a value");
                    }
                    value = self.missing_expr(part);
                }
                Rule::err_braces => {
                    let record = ty.as_ref().and_then(named);
                    value = self.braces(part, record.as_ref());
                }
                Rule::err_let_action => action = part.first().map(|inner| self.action(inner)),
                Rule::bad_tail => self.bad_tail(part),
                _ => self.trouble(part),
            }
        }
        (Let { span: self.span(node), name, ty, value }, action)
    }

    fn ends_in_equals_miss(&self, node: Node<'_>) -> bool {
        node.child(Rule::miss_equals).is_some()
    }

    fn let_stmt(&mut self, node: Node<'_>) -> Stmt {
        let (built, action) = self.let_parts(node);
        let Some(action) = action else { return Stmt::Let(built) };
        let keyword = self.keyword(node, "let");
        let message = match action {
            Action::Ask(..) => "asking a person is a step",
            _ => "asking a model is a step",
        };
        self.report_fix(Code::CallInLet, keyword, message, "write `step`", "step");
        let mut step = self.empty_step(node, keyword);
        step.name = Some(built.name);
        step.ty = built.ty;
        step.action = action;
        Stmt::Step(step)
    }

    /// `f(x)` as a statement.
    /// `ask "…" to editor`: whether a word stands there.
    fn asked_without_quotes(&mut self, node: Node<'_>) -> bool {
        let start = node.whole().start;
        let rest = self.laid(Span { start, end: u32::try_from(self.laid.len()).unwrap_or(start) });
        let word = super::report::first_word(rest);
        if word.is_empty() {
            return false;
        }
        let span = Span::new(start as usize, start as usize + word.len());
        let title = format!("write `\"{word}\"`");
        let message = format!("who is asked is a text: `\"{word}\"`");
        self.report_fix(Code::Expected, span, message, &title, &format!("\"{word}\""));
        true
    }

    fn bare_call(&mut self, node: Node<'_>) -> Step {
        let start = Span { start: node.whole().start, end: node.whole().start };
        let mut step = self.empty_step(node, start);
        for part in node.children() {
            self.step_part(part, &mut step);
        }
        if let Action::Call(call) = &step.action {
            let span = call.callee.span;
            if matches!(call.callee.text.as_str(), "print" | "println" | "log" | "echo") {
                self.no_printing(span);
                return step;
            }
            let message = format!("a call is a step: `step {}(…)`", call.callee.text);
            let fix = Fix::replace("put `step` in front", self.place(start), "step ");
            let diagnostic = self.new_diagnostic(Code::CallOutsideStep, span, message);
            let diagnostic =
                diagnostic.help("with a name its result can be used below: `step name = …`").fix(fix);
            self.push(diagnostic);
        }
        step
    }

    /// `x = f(x)` as a statement.
    fn bare_bind(&mut self, node: Node<'_>) -> Stmt {
        let start = Span { start: node.whole().start, end: node.whole().start };
        let mut step = self.empty_step(node, start);
        let mut value = None;
        for part in node.children() {
            match part.rule() {
                Rule::err_action => value = Some(self.expr_or(part, "a value")),
                _ => self.step_part(part, &mut step),
            }
        }
        let name = step.name.take().unwrap_or_default();
        let word = if value.is_some() { "let" } else { "step" };
        let message = format!("a name is bound with `{word}`: `{word} {} = …`", name.text);
        let fix = Fix::replace(format!("put `{word}` in front"), self.place(start), format!("{word} "));
        let diagnostic = self.new_diagnostic(Code::BoundWithoutWord, name.span, message);
        let diagnostic = diagnostic
            .help("`step` for a call of an agent, tool or workflow, `let` for what is only computed")
            .fix(fix);
        self.push(diagnostic);
        match value {
            Some(value) => Stmt::Let(Let { span: step.span, name, ty: step.ty, value }),
            None => {
                step.name = Some(name);
                Stmt::Step(step)
            }
        }
    }

    fn when(&mut self, node: Node<'_>) -> When {
        let keyword = self.keyword(node, "when");
        self.when_rest(node, node.children(), keyword)
    }

    /// `if c { … }` is read as `when c { … }`.
    fn err_if(&mut self, node: Node<'_>) -> When {
        let mut parts = node.children();
        let word = parts.next().unwrap_or(node);
        let keyword = self.span(word);
        if self.laid(keyword) == "unless" {
            let message = "there is no `unless`";
            self.report(Code::ForeignWord, keyword, message, "write `when not …`");
        } else if self.laid(keyword) == "if" {
            self.foreign_word(word, "when");
        } else {
            let message = format!("`{}` without a `when` before it", self.laid(keyword));
            self.report(
                Code::ForeignWord,
                keyword,
                message,
                "write `when cond { … } otherwise when cond { … }`",
            );
        }
        self.when_rest(node, parts, keyword)
    }

    pub(super) fn when_rest(&mut self, node: Node<'_>, parts: Children<'_>, keyword: Span) -> When {
        let mut subject = None;
        let mut body: Option<WhenBody> = None;
        for part in parts {
            match part.rule() {
                Rule::expr | Rule::miss_expr if subject.is_none() => {
                    subject = Some(self.expr_or(part, "a condition"));
                }
                Rule::cases => body = Some(self.cases(part)),
                Rule::block | Rule::miss_block => {
                    let then = self.block(part);
                    body = Some(WhenBody::Condition { then, otherwise: None, extra: Vec::new() });
                }
                Rule::otherwise => {
                    if let Some(further) = self.otherwise(part) {
                        add_otherwise(&mut body, further);
                    }
                }
                _ => self.trouble(part),
            }
        }
        let empty = WhenBody::Condition { then: Block::default(), otherwise: None, extra: Vec::new() };
        let subject = subject.unwrap_or_else(|| self.missing_expr(node));
        When { span: self.span(node), keyword, subject, body: body.unwrap_or(empty) }
    }

    fn otherwise(&mut self, node: Node<'_>) -> Option<Otherwise> {
        let start = node.whole().start;
        let word = Span { start, end: start + self.word_length(start) };
        let wrong = node.child(Rule::err_elif).or_else(|| node.child(Rule::err_else));
        let mut built = None;
        for part in node.children() {
            match part.rule() {
                Rule::err_elif | Rule::err_else => {}
                Rule::when_stmt => {
                    if let Some(wrong) = wrong {
                        self.foreign_word(wrong, "otherwise");
                    }
                    built = Some(Otherwise::When(word, Box::new(self.when(part))));
                }
                Rule::when_after_elif => {
                    let whole = Span { start, end: part.whole().start };
                    let span = self.trim(whole);
                    let message = match wrong {
                        Some(_) => format!("`{}` is written `otherwise when`", self.laid(span)),
                        None => "a further case is written `otherwise when`".to_string(),
                    };
                    self.report_fix(
                        Code::ForeignWord,
                        span,
                        message,
                        "write `otherwise when`",
                        "otherwise when",
                    );
                    built =
                        Some(Otherwise::When(word, Box::new(self.when_rest(part, part.children(), span))));
                }
                Rule::block | Rule::miss_block => {
                    match wrong {
                        Some(wrong) if wrong.rule() == Rule::err_elif => {
                            let span = self.span(wrong);
                            let message = format!("expected a condition behind `{}`", self.laid(span));
                            self.report(
                                Code::ForeignWord,
                                span,
                                message,
                                "a further case is written `otherwise when cond { … }`",
                            );
                        }
                        Some(wrong) => self.foreign_word(wrong, "otherwise"),
                        None => {}
                    }
                    built = Some(Otherwise::Block(word, self.block(part)));
                }
                _ => self.trouble(part),
            }
        }
        built
    }

    fn cases(&mut self, node: Node<'_>) -> WhenBody {
        let (mut arms, mut otherwise) = (Vec::new(), Vec::new());
        let mut span = self.span(node);
        for part in node.children() {
            match part.rule() {
                Rule::arm => arms.push(self.arm(part)),
                Rule::arm_otherwise => {
                    let start = part.whole().start;
                    let word = Span { start, end: start + self.word_length(start) };
                    for inner in part.children() {
                        match inner.rule() {
                            Rule::err_else => self.foreign_word(inner, "otherwise"),
                            Rule::block | Rule::miss_block => otherwise.push((word, self.block(inner))),
                            _ => self.trouble(inner),
                        }
                    }
                }
                Rule::bad_stmt => self.bad_case(part),
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                Rule::bad_head => {
                    span.start = self.span(part).end;
                    self.trouble(part);
                }
                _ => self.trouble(part),
            }
        }
        WhenBody::Cases { span, arms, otherwise, extra: Vec::new() }
    }

    fn arm(&mut self, node: Node<'_>) -> Arm {
        let (mut patterns, mut body): (Vec<Pattern>, _) = (Vec::new(), Block::default());
        for part in node.children() {
            match part.rule() {
                Rule::pattern | Rule::miss_pattern => patterns.push(self.pattern(part)),
                Rule::err_case_word => self.foreign_word(part, "is"),
                Rule::block => body = self.block(part),
                Rule::miss_block => {
                    body = Block { span: self.behind(part.whole().start), stmts: Vec::new() };
                    if !patterns.iter().any(|pattern| pattern.kind == PatternKind::Missing) {
                        self.missing(part, "a block `{ … }`");
                    }
                }
                _ => self.trouble(part),
            }
        }
        Arm { span: self.span(node), patterns, body }
    }

    fn parallel(&mut self, node: Node<'_>) -> Stmt {
        let keyword = self.keyword(node, "parallel");
        let mut cap = None;
        for part in node.children() {
            match part.rule() {
                Rule::cap => {
                    for inner in part.children() {
                        match inner.rule() {
                            Rule::bound => cap = Some(self.bound(inner)),
                            _ => self.missing(inner, "`at once`, as in `parallel 4 at once`"),
                        }
                    }
                }
                Rule::for_stmt => return Stmt::For(self.for_stmt(part, Some((keyword, cap)), Some(node))),
                Rule::block | Rule::miss_block => {
                    let body = self.block(part);
                    return Stmt::Parallel(Parallel { span: self.span(node), keyword, cap, body });
                }
                _ => self.trouble(part),
            }
        }
        Stmt::Parallel(Parallel { span: self.span(node), keyword, cap, body: Block::default() })
    }

    fn for_stmt(
        &mut self,
        node: Node<'_>,
        parallel: Option<(Span, Option<crate::language::syntax::ast::Bound>)>,
        outer: Option<Node<'_>>,
    ) -> For {
        let (mut item, mut list) = (self.missing_name(node), self.missing_expr(node));
        let (mut rows, mut body) = (None, Block::default());
        for part in node.children() {
            match part.rule() {
                Rule::def_name | Rule::miss_name => {
                    item = self.def_name(part, Bound::Value("the item's name"));
                }
                Rule::miss_in => self.missing(part, "`in` and a list"),
                Rule::expr => list = self.expr(part),
                Rule::miss_expr => {
                    if node.child(Rule::miss_in).is_none() {
                        self.missing(part, "a list");
                    }
                    list = self.missing_expr(part);
                }
                Rule::binder => rows = Some(self.binder(part, "the name of the results")),
                Rule::block | Rule::miss_block => body = self.block(part),
                _ => self.trouble(part),
            }
        }
        For {
            span: self.span(outer.unwrap_or(node)),
            keyword: self.keyword(node, "for"),
            parallel,
            item,
            list,
            rows,
            body,
        }
    }

    fn loop_stmt(&mut self, node: Node<'_>) -> Loop {
        let mut built = Loop {
            span: self.span(node),
            keyword: self.keyword(node, "loop"),
            until: self.missing_expr(node),
            max: None,
            name: None,
            body: Block::default(),
            otherwise: None,
        };
        for part in node.children() {
            match part.rule() {
                Rule::err_loop_name => self.loop_name(part, &mut built),
                Rule::miss_until if self.describe(part.whole().start) == "`max`" => {
                    let place = self.behind(part.whole().start);
                    let message = "`until` and a condition stand in front of `max`";
                    self.report(Code::Expected, place, message, "write `loop until … max 3 { … }`");
                }
                Rule::miss_until => self.missing(part, "`until` and a condition"),
                Rule::err_while => {
                    let span = self.span(part);
                    self.report(
                        Code::ForeignWord,
                        span,
                        "a loop runs `until` something holds, not `while`",
                        "turn the condition around: `loop until not …`",
                    );
                }
                Rule::expr => built.until = self.expr(part),
                Rule::miss_expr => {
                    if node.child(Rule::miss_until).is_none() {
                        self.missing(part, "a condition behind `until`");
                    }
                }
                Rule::loop_max => {
                    let bound = part.first().map(|bound| self.bound(bound));
                    built.max = bound;
                }
                Rule::binder => built.name = Some(self.binder(part, "the loop's name")),
                Rule::block | Rule::miss_block => built.body = self.block(part),
                Rule::loop_otherwise => built.otherwise = self.loop_otherwise(part),
                _ => self.trouble(part),
            }
        }
        built
    }

    fn loop_name(&mut self, node: Node<'_>, built: &mut Loop) {
        let name = self.name(node);
        let message = format!("a loop's name stands behind its condition: `loop until … as {}`", name.text);
        self.report(Code::Unexpected, name.span, message, "write `as` and the name in front of the `{`");
        built.name = Some(name);
    }

    fn loop_otherwise(&mut self, node: Node<'_>) -> Option<LoopOtherwise> {
        let start = node.whole().start;
        let word = Span { start, end: start + self.word_length(start) };
        let mut built = None;
        for part in node.children() {
            match part.rule() {
                Rule::err_else => self.foreign_word(part, "otherwise"),
                Rule::fail => built = Some(LoopOtherwise::Fail(word, self.fail(part))),
                Rule::keep => built = Some(self.keep(part, word)),
                Rule::block => built = Some(LoopOtherwise::Block(word, self.block(part))),
                Rule::miss_block => self.missing(part, "`keep best`, `keep last`, `fail \"…\"` or a block"),
                _ => self.trouble(part),
            }
        }
        built
    }

    fn keep(&mut self, node: Node<'_>, word: Span) -> LoopOtherwise {
        match node.first() {
            Some(kept) if kept.rule() == Rule::keep_word => {
                if self.spelled(kept) == "best" {
                    LoopOtherwise::KeepBest(word)
                } else {
                    LoopOtherwise::KeepLast(word)
                }
            }
            other => {
                self.missing(other.unwrap_or(node), "`best` or `last` behind `keep`");
                LoopOtherwise::KeepLast(word)
            }
        }
    }
}

fn add_otherwise(body: &mut Option<WhenBody>, further: Otherwise) {
    match body {
        Some(WhenBody::Condition { otherwise: first @ None, .. }) => *first = Some(further),
        Some(WhenBody::Condition { extra, .. } | WhenBody::Cases { extra, .. }) => extra.push(further),
        None => {}
    }
}
