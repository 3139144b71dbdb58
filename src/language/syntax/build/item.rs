use super::foreign::named;
use super::report::first_word;
use super::{Bound, Builder, Rule};
use crate::base::Span;
use crate::diag::{Code, Fix, closest};
use crate::language::syntax::ast::{
    Agent, AgentProperty, Annotation, AnnotationArg, Block, Constant, Field, Head, Import, Item, Name, Param,
    Rubric, Separator, Text, TypeBody, TypeDecl, TypeExpr, TypeExprKind, Use, UseSource, Variant, Workflow,
};
use crate::language::syntax::grammar::Node;
use std::sync::Arc;

const ITEMS: [&str; 8] = ["use", "type", "agent", "rubric", "tool", "workflow", "test", "let"];

impl Builder<'_> {
    /// What stands between two borders: a declaration, or what is none.
    pub(in crate::language::syntax) fn chunk(&mut self, node: Node<'_>) {
        for part in node.children() {
            let item = match part.rule() {
                Rule::use_decl => Item::Use(Arc::new(self.use_decl(part))),
                Rule::type_decl => Item::Type(Arc::new(self.type_decl(part))),
                Rule::agent_decl => Item::Agent(Arc::new(self.agent(part))),
                Rule::rubric_decl => Item::Rubric(Arc::new(self.rubric(part))),
                Rule::tool_decl => Item::Tool(Arc::new(self.tool(part))),
                Rule::workflow_decl => Item::Workflow(Arc::new(self.workflow(part))),
                Rule::test_decl => Item::Test(Arc::new(self.test(part))),
                Rule::let_decl => Item::Let(Arc::new(self.constant(part))),
                Rule::bad_item | Rule::bad_rest => self.bad_item(part),
                _ => continue,
            };
            self.items.push(item);
        }
    }

    fn bad_item(&mut self, node: Node<'_>) -> Item {
        let whole = self.span(node);
        let line = self.first_line(whole);
        let text = self.laid(line);
        let word = match first_word(text) {
            front @ ("async" | "export" | "pub" | "public" | "default") => {
                first_word(text.get(front.len()..).unwrap_or_default().trim_start_matches(' '))
            }
            word => word,
        };
        if let Some(name) = self.constant_without_word(line) {
            let message = format!("a constant is bound with `let`: `let {name} = …`");
            let place = Span { start: line.start, end: line.start };
            let fix = Fix::replace("put `let` in front", self.place(place), "let ");
            let diagnostic = self.new_diagnostic(Code::NotADeclaration, line, message);
            self.push(diagnostic.help("put `let` in front").fix(fix));
            return Item::Bad(whole);
        }
        let (message, help) = no_declaration(word, &self.describe(line.start));
        let diagnostic = self.new_diagnostic(Code::NotADeclaration, line, message).help(help);
        let begins = text.starts_with(word) && word.len() > 2;
        let fix = closest(word, ITEMS).filter(|_| begins).map(|wanted| {
            let span = Span::new(line.start as usize, line.start as usize + word.len());
            Fix::replace(format!("write `{wanted}`"), self.place(span), wanted)
        });
        self.push(match fix {
            Some(fix) => diagnostic.fix(fix),
            None => diagnostic,
        });
        Item::Bad(whole)
    }

    fn use_decl(&mut self, node: Node<'_>) -> Use {
        let mut source = UseSource::Missing(self.behind(node.whole().start));
        let mut imports = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::text => source = UseSource::File(self.plain_text(part, "the path of a script")),
                Rule::module => source = self.module(part),
                Rule::miss_module => self.missing(part, "a module: `std.rubrics`, or the path of a script"),
                Rule::imports => imports = self.imports(part),
                Rule::miss_imports => {
                    if node.child(Rule::miss_module).is_none() {
                        self.missing(part, "the names that are taken: `{ … }`");
                        self.hint("name what is used here, as in `use std.rubrics { standard }`");
                    }
                }
                _ => self.trouble(part),
            }
        }
        Use { span: self.span(node), source, imports }
    }

    fn module(&mut self, node: Node<'_>) -> UseSource {
        let span = self.span(node);
        let mut words = Vec::new();
        let mut at = span.start as usize;
        for word in self.laid(span).split('.') {
            words.push(self.name_at(Span::new(at, at + word.len())));
            at += word.len() + 1;
        }
        UseSource::Module(words, span)
    }

    fn imports(&mut self, node: Node<'_>) -> Vec<Import> {
        let mut imports: Vec<Import> = Vec::new();
        let mut before = node.whole().start + 1;
        for part in node.children() {
            match part.rule() {
                Rule::import => {
                    self.commas(before, part.whole().start, imports.is_empty());
                    imports.push(self.import(part));
                }
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                _ => self.trouble(part),
            }
            before = part.whole().end;
        }
        imports
    }

    fn import(&mut self, node: Node<'_>) -> Import {
        let (mut name, mut alias) = (self.missing_name(node), None);
        for part in node.children() {
            match part.rule() {
                Rule::import_name => name = self.name(part),
                Rule::def_name | Rule::miss_name => {
                    let upper = name.text.starts_with(char::is_uppercase);
                    let bound = if upper { Bound::Type } else { Bound::Value("the name behind `as`") };
                    alias = Some(self.def_name(part, bound));
                }
                _ => self.trouble(part),
            }
        }
        Import { name, alias }
    }

    fn type_decl(&mut self, node: Node<'_>) -> TypeDecl {
        let doc = self.docs.take(node.whole().start);
        let mut name = self.missing_name(node);
        let mut body = TypeBody::Missing;
        let (mut variants, mut separators) = (Vec::new(), Vec::new());
        let mut lead = None;
        for part in node.children() {
            match part.rule() {
                Rule::def_name => name = self.def_name(part, Bound::Type),
                Rule::miss_name
                    if name.is_missing()
                        && body == TypeBody::Missing
                        && !self
                            .laid(Span { start: node.whole().start, end: part.whole().start })
                            .contains('=') =>
                {
                    self.missing(part, "the type's name");
                }
                Rule::miss_name => self.missing(part, "the name of a variant"),
                Rule::err_type_equals => {
                    let span = self.span(part);
                    self.report_fix(
                        Code::Unexpected,
                        span,
                        "a record has no `=` in front of its `{`",
                        "take the `=` away",
                        "",
                    );
                }
                Rule::record_type => body = self.record_type(part),
                Rule::separator => {
                    lead = Some(part.whole().start);
                    if let Some(separator) = self.separator(part) {
                        separators.push(separator);
                    }
                }
                Rule::variant => variants.push(self.variant(part, lead.take())),
                Rule::miss_type_body => self.missing(part, "`{ … }` for a record, or `=` and the variants"),
                _ => self.trouble(part),
            }
        }
        if !variants.is_empty() {
            // A separator in front of the first variant separates nothing.
            separators.drain(..(separators.len() + 1).saturating_sub(variants.len()));
            body = TypeBody::Alternatives { variants, separators };
        }
        TypeDecl { span: self.span(node), doc, name, body }
    }

    fn separator(&mut self, node: Node<'_>) -> Option<(Separator, Span)> {
        let span = self.span(node);
        match self.laid(span) {
            "|" => Some((Separator::Bar, span)),
            "<" => Some((Separator::Less, span)),
            spelled => {
                let message = format!(
                    "variants are separated by `|`, or by `<` where their order counts, not by `{spelled}`"
                );
                self.report_fix(
                    Code::ForeignWord,
                    span,
                    message,
                    "write `|`",
                    if spelled == "," { " |" } else { "|" },
                );
                Some((Separator::Bar, span))
            }
        }
    }

    fn variant(&mut self, node: Node<'_>, lead: Option<u32>) -> Variant {
        let own = self.docs.take(node.whole().start);
        let doc = own.or_else(|| lead.and_then(|start| self.docs.take(start)));
        if let Some(text) = node.first() {
            let span = self.span(text);
            let word = self.laid(span).trim_matches('"').to_string();
            let message = "a variant is a word, without quotes";
            if !word.is_empty() && first_word(&word) == word {
                self.report_fix(Code::Unexpected, span, message, "take the quotes away", &word);
            } else {
                self.report(Code::Unexpected, span, message, "write it with `_`, as in `very_high`");
            }
            return Variant { doc, name: Name { text: word.into(), span } };
        }
        let name = self.name(node);
        if name.text.starts_with(char::is_lowercase) {
            self.check_name(&name, Bound::Value("a variant"));
        }
        Variant { doc, name }
    }

    fn record_type(&mut self, node: Node<'_>) -> TypeBody {
        let (mut fields, mut requires) = (Vec::new(), Vec::new());
        if let Some(variants) = self.variants_in_braces(node) {
            return variants;
        }
        let mut before: Option<Span> = None;
        for part in node.children() {
            if matches!(part.rule(), Rule::field_decl | Rule::require) {
                self.own_line(before, part);
            }
            match part.rule() {
                Rule::field_decl => fields.push(self.field_decl(part)),
                Rule::require => requires.push(self.require(part)),
                Rule::bad_line => self.bad_line(part, "a field `name: type`", &["require"]),
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                Rule::bad_tail if self.laid(self.span(part)).starts_with(['|', '<']) => {
                    self.enum_in_a_field(part, fields.last().map(|field| &field.name));
                }
                _ => self.trouble(part),
            }
            before = (part.rule() != Rule::bad_tail).then(|| part.whole());
        }
        TypeBody::Record { fields, requires }
    }

    /// `kind: bug | feature`
    fn enum_in_a_field(&mut self, tail: Node<'_>, field: Option<&Name>) {
        let span = self.first_line(self.span(tail));
        let name = field.map_or_else(|| "Kind".into(), |field| super::to_upper_camel(&field.text));
        let help = format!("declare `type {name} = …` at file level, and write `{name}` here");
        self.report(
            Code::Unexpected,
            span,
            "an enum is a type with a name of its own, and does not stand in a field",
            help,
        );
    }

    fn field_decl(&mut self, node: Node<'_>) -> Field {
        let doc = self.docs.take(node.whole().start);
        let mut name = self.missing_name(node);
        let mut ty = TypeExpr { span: self.behind(node.whole().start), kind: TypeExprKind::Missing };
        for part in node.children() {
            match part.rule() {
                Rule::word => name = self.name(part),
                Rule::type_expr => ty = self.type_expr(part),
                Rule::miss_type => {
                    self.missing(part, &format!("the type of `{}`", name.text));
                    ty.span = self.behind(part.whole().start);
                }
                Rule::miss_colon => self.missing_fix(part, "`:` between the field and its type", ":"),
                Rule::err_colon => self.foreign_colon(part, node),
                Rule::err_default => {
                    let span = self.span(part);
                    self.report(
                        Code::Unexpected,
                        span,
                        "a field has no default",
                        "make it optional with `?`, and say what stands instead where it is read: `x ?? y`",
                    );
                }
                _ => self.trouble(part),
            }
        }
        Field { span: self.span(node), doc, name, ty }
    }

    /// What all heads have in common. `body` is where the `{` stands, if there is one.
    fn empty_head(&mut self, node: Node<'_>, word: &str, body: Option<Node<'_>>) -> Head {
        let span = self.span(node);
        let end =
            body.map_or(Span { start: span.end, end: span.end }, |body| self.behind(body.whole().start));
        Head {
            span,
            keyword: self.keyword(node, word),
            doc: self.docs.take(node.whole().start),
            name: self.missing_name(node),
            params: Vec::new(),
            result: None,
            annotations: Vec::new(),
            end,
        }
    }

    /// A part of a head; false if it is none.
    pub(super) fn head_part(&mut self, part: Node<'_>, head: &mut Head, what: &'static str) -> bool {
        match part.rule() {
            Rule::def_name => head.name = self.def_name(part, Bound::Value(what)),
            Rule::miss_name => {
                self.missing(part, what);
                head.name = self.missing_name(part);
            }
            Rule::params => head.params = self.params(part),
            Rule::miss_params => {
                if !head.name.is_missing() {
                    self.missing_fix(part, "parameters in parentheses, or `()`", "()");
                }
            }
            Rule::result => {
                let result = self.result(part);
                if head.result.is_some() {
                    self.report(
                        Code::Twice,
                        self.span(part),
                        "this has a result already",
                        "one `->` is enough",
                    );
                }
                head.result = head.result.take().or(Some(result));
            }
            Rule::annotation => {
                let annotation = self.annotation(part);
                head.annotations.push(annotation);
            }
            Rule::miss_body => self.missing(part, "`{` and a body"),
            _ => return false,
        }
        true
    }

    fn result(&mut self, node: Node<'_>) -> TypeExpr {
        let mut ty = TypeExpr { span: self.behind(node.whole().end), kind: TypeExprKind::Missing };
        for part in node.children() {
            match part.rule() {
                Rule::type_expr => ty = self.type_expr(part),
                Rule::miss_type if self.describe(part.whole().start) == "`{`" => {
                    let place = self.behind(part.whole().start);
                    let help =
                        "write `text`, or the name of a record: `type Result { … }`, and `-> Result` here";
                    self.report(Code::Expected, place, "expected a type behind `->`, found `{`", help);
                }
                Rule::miss_type => self.missing(part, "a type behind `->`"),
                Rule::err_arrow => {
                    let span = self.span(part);
                    let message =
                        format!("the result is written behind `->`, not behind `{}`", self.laid(span));
                    let with = if self.laid(span) == ":" { " ->" } else { "->" };
                    self.report_fix(Code::ForeignWord, span, message, "write `->`", with);
                }
                _ => self.trouble(part),
            }
        }
        ty
    }

    fn params(&mut self, node: Node<'_>) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let start = node.whole().start;
        let open = self.laid(node.whole()).starts_with('(');
        let mut before = start + u32::from(open);
        for part in node.children() {
            match part.rule() {
                Rule::param => {
                    self.commas(before, part.whole().start, params.is_empty());
                    params.push(self.param(part));
                }
                Rule::err_paren => self.missing_fix(part, "`(` before the parameters", "("),
                _ => self.trouble(part),
            }
            before = part.whole().end;
        }
        params
    }

    fn param(&mut self, node: Node<'_>) -> Param {
        let doc = self.docs.take(node.whole().start);
        let mut name = self.missing_name(node);
        let mut ty = TypeExpr { span: self.behind(node.whole().start), kind: TypeExprKind::Missing };
        let mut default = None;
        for part in node.children() {
            match part.rule() {
                Rule::def_name => name = self.def_name(part, Bound::Value("the parameter's name")),
                Rule::type_expr => ty = self.type_expr(part),
                Rule::miss_type => {
                    self.missing(part, &format!("the type of `{}`", name.text));
                    ty.span = self.behind(part.whole().start);
                }
                Rule::miss_colon if node.child(Rule::type_expr).is_some() => {
                    self.missing_fix(part, "`:` between the parameter and its type", ":");
                }
                Rule::miss_colon => {
                    self.missing(part, &format!("`:` and the type of `{}`", name.text));
                    self.hint(format!("write `{0}: text`, or another type behind `{0}:`", name.text));
                    ty.span = self.behind(part.whole().start);
                }
                Rule::err_colon => self.foreign_colon(part, node),
                Rule::expr | Rule::miss_expr => default = Some(self.expr_or(part, "a default behind `=`")),
                _ => self.trouble(part),
            }
        }
        Param { span: self.span(node), doc, name, ty, default }
    }

    pub(super) fn annotation(&mut self, node: Node<'_>) -> Annotation {
        let (mut name, mut args) = (self.missing_name(node), None);
        for part in node.children() {
            match part.rule() {
                Rule::word => name = self.name(part),
                Rule::miss_name => self.missing(part, "an annotation behind `@`"),
                Rule::annotation_args => args = Some(self.annotation_args(part)),
                _ => self.trouble(part),
            }
        }
        Annotation { span: self.span(node), name, args }
    }

    fn annotation_args(&mut self, node: Node<'_>) -> Vec<AnnotationArg> {
        let mut args = Vec::new();
        let mut before = node.whole().start + 1;
        for part in node.children() {
            match part.rule() {
                Rule::annotation_arg => {
                    self.commas(before, part.whole().start, args.is_empty());
                    args.extend(part.first().map(|inner| self.annotation_arg(inner)));
                }
                _ => self.trouble(part),
            }
            before = part.whole().end;
        }
        args
    }

    fn annotation_arg(&mut self, node: Node<'_>) -> AnnotationArg {
        let span = self.span(node);
        match node.rule() {
            Rule::range => {
                let range = self.range(node);
                AnnotationArg::Range(range.low, range.high, span)
            }
            Rule::duration => AnnotationArg::Duration(milliseconds(self.laid(span)), span),
            Rule::money => {
                let digits = self.laid(span).trim_start_matches('$');
                match digits.parse() {
                    Ok(amount) => AnnotationArg::Money(amount, span),
                    Err(_) => {
                        self.number_too_large(span);
                        AnnotationArg::Money(crate::base::Decimal::ZERO, span)
                    }
                }
            }
            _ => AnnotationArg::Expr(self.expr(node)),
        }
    }

    fn agent(&mut self, node: Node<'_>) -> Agent {
        let body = node.child(Rule::agent_body);
        let mut head = self.empty_head(node, "agent", body);
        let mut properties = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::agent_body => properties = self.agent_body(part),
                _ => {
                    if !self.head_part(part, &mut head, "the agent's name") {
                        self.trouble(part);
                    }
                }
            }
        }
        Agent { head, properties }
    }

    fn agent_body(&mut self, node: Node<'_>) -> Vec<AgentProperty> {
        let mut properties = Vec::new();
        let mut before: Option<Span> = None;
        for part in node.children() {
            if matches!(part.rule(), Rule::role | Rule::prompt | Rule::tools) {
                self.own_line(before, part);
            }
            match part.rule() {
                Rule::role => {
                    let source = self.prompt_source(part.first().unwrap_or(part));
                    properties.push(AgentProperty::Role(self.keyword(part, "role"), source));
                }
                Rule::prompt => {
                    let source = self.prompt_source(part.first().unwrap_or(part));
                    properties.push(AgentProperty::Prompt(self.keyword(part, "prompt"), source));
                }
                Rule::tools => properties.push(self.tools(part)),
                Rule::err_property => self.wrong_property(part),
                Rule::bad_line => {
                    self.bad_line(part, "`role`, `prompt` or `tools`", &["role", "prompt", "tools"]);
                }
                Rule::miss_rbrace => self.unclosed_brace(part, node),
                _ => self.trouble(part),
            }
            before = (part.rule() != Rule::bad_tail).then(|| part.whole());
        }
        properties
    }

    fn tools(&mut self, node: Node<'_>) -> AgentProperty {
        let mut names = Vec::new();
        let listed = node.child(Rule::err_list_open);
        for part in node.children() {
            match part.rule() {
                Rule::use_name => names.push(self.name(part)),
                Rule::miss_name if listed.is_none() => {
                    self.missing(part, "the name of a tool behind `tools`");
                }
                Rule::miss_name | Rule::err_list_open | Rule::err_list_close => {}
                _ => self.trouble(part),
            }
        }
        if listed.is_some() {
            let span = self.span(node);
            let better = format!(
                "tools {}",
                names.iter().map(|name: &Name| name.text.as_str()).collect::<Vec<_>>().join(", ")
            );
            if names.is_empty() {
                self.report(
                    Code::Unexpected,
                    span,
                    "an agent without tools has no line `tools`",
                    "take the line away",
                );
            } else {
                self.report_fix(
                    Code::Unexpected,
                    span,
                    "tools are listed without brackets",
                    &format!("write `{better}`"),
                    &better,
                );
            }
        }
        AgentProperty::Tools(self.keyword(node, "tools"), names)
    }

    /// A line like `model "…"` in an agent.
    fn wrong_property(&mut self, node: Node<'_>) {
        let line = self.first_line(self.span(node));
        let word = first_word(self.laid(line));
        let span = Span::new(line.start as usize, line.start as usize + word.len());
        let (message, help) = match word {
            "model" | "provider" | "llm" => (
                "a script says how hard the task is, never which model does it",
                "write `@tier(2)` behind the head: 1 sorts and extracts, 2 writes, 3 judges, 4 reasons",
            ),
            "temperature" => {
                ("the temperature is an annotation", "write `@temperature(0.2)` behind the head")
            }
            "max_tokens" => ("the output cap is an annotation", "write `@max_tokens(500)` behind the head"),
            "retries" | "retry" => {
                ("how often it asks again is an annotation", "write `@retry(2)` behind the head")
            }
            "timeout" => ("the deadline is an annotation", "write `@timeout(30s)` behind the head"),
            "system" | "persona" | "instructions" => {
                ("the system message is written `role \"…\"`", "write `role`")
            }
            "user" | "template" | "task" => {
                ("the user's message is written `prompt \"…\"`", "write `prompt`")
            }
            "output" | "returns" | "schema" => {
                ("what an agent answers stands in its head", "write `-> Type` behind the parameters")
            }
            "input" | "inputs" => (
                "what an agent gets stands in its head",
                "write the parameters in parentheses behind the name",
            ),
            "tool" => ("the tools of an agent are listed behind `tools`", "write `tools a, b`"),
            _ => return self.bad_line(node, "`role`, `prompt` or `tools`", &["role", "prompt", "tools"]),
        };
        self.report(Code::ForeignWord, span, message, help);
    }

    fn rubric(&mut self, node: Node<'_>) -> Rubric {
        let body = node.child(Rule::rubric_body);
        let mut head = self.empty_head(node, "rubric", body);
        let mut items = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::rubric_body => items = self.rubric_body(part),
                _ => {
                    if !self.head_part(part, &mut head, "the rubric's name") {
                        self.trouble(part);
                    }
                }
            }
        }
        Rubric { head, items }
    }

    pub(super) fn new_head(&mut self, node: Node<'_>, word: &str, body: Option<Node<'_>>) -> Head {
        self.empty_head(node, word, body)
    }

    fn workflow(&mut self, node: Node<'_>) -> Workflow {
        let block = node.child(Rule::block);
        let mut head = self.empty_head(node, "workflow", block);
        let mut body = Block { span: head.end, stmts: Vec::new() };
        for part in node.children() {
            match part.rule() {
                Rule::block => {
                    self.result = head.result.as_ref().and_then(named);
                    body = self.block(part);
                }
                _ => {
                    if !self.head_part(part, &mut head, "the workflow's name") {
                        self.trouble(part);
                    }
                }
            }
        }
        Workflow { head, body }
    }

    fn constant(&mut self, node: Node<'_>) -> Constant {
        let doc = self.docs.take(node.whole().start);
        let (built, action) = self.let_parts(node);
        if action.is_some() {
            let message = "a constant asks nobody";
            self.report(
                Code::CallInLet,
                self.keyword(node, "let"),
                message,
                "ask in a step of a workflow, or in an agent",
            );
        }
        Constant { span: built.span, doc, name: built.name, ty: built.ty, value: built.value }
    }

    pub(super) fn text_of(&mut self, node: Node<'_>, what: &str) -> Text {
        match node.children().find(|part| matches!(part.rule(), Rule::text | Rule::miss_text)) {
            Some(text) => self.text_or(text, what),
            None => self.text_or(node, what),
        }
    }
}

fn milliseconds(spelled: &str) -> u64 {
    let digits: String = spelled.chars().filter(char::is_ascii_digit).collect();
    let unit = spelled.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 86_400_000,
    };
    digits.parse::<u64>().map_or(u64::MAX, |count| count.saturating_mul(factor))
}

fn no_declaration(word: &str, found: &str) -> (String, String) {
    if let Some(said) = super::foreign::no_declaration(word, found) {
        return (said.0.into(), said.1.into());
    }
    let all = "a file holds `use`, `type`, `agent`, `rubric`, `tool`, `workflow`, `test` and `let`";
    let (message, help) = match word {
        "step" | "when" | "parallel" | "for" | "loop" | "require" | "fail" | "return" | "give" => {
            return (
                format!("`{word}` stands in the body of a workflow"),
                "look for a `}` too many above, or begin a workflow: `workflow name() { … }`".into(),
            );
        }
        "given" | "expect" | "run" => {
            return (
                format!("`{word}` stands in a test"),
                "look for a `}` too many above, or begin a test: `test \"…\" { … }`".into(),
            );
        }
        "role" | "prompt" | "tools" => {
            return (
                format!("`{word}` stands in the body of an agent"),
                "look for a `}` too many above, or begin an agent: `agent name() { … }`".into(),
            );
        }
        "import" | "from" | "include" | "require_once" => (
            "another file is read with `use`",
            "write `use \"./other.agentflow\" { name }`, or `use std.rubrics { name }`",
        ),
        "def" | "fn" | "func" | "function" => (
            "there are no functions: an `agent` asks a model, a `tool` acts, a `workflow` calls them",
            "for a pure function write `tool name(x: T) -> T pure { return … }`",
        ),
        "class" | "struct" | "record" | "interface" => {
            ("a record is written `type Name { field: type }`", "write `type`")
        }
        "enum" | "union" => ("an enum is written `type Name = a | b`", "write `type`"),
        "const" | "var" | "val" => ("a constant is written `let name = …`", "write `let`"),
        "pipeline" | "flow" | "graph" | "dag" | "main" => {
            ("what runs is a `workflow`", "write `workflow name(…) -> T { … }`")
        }
        "model" | "provider" | "models" => (
            "models are named in `agentflow.toml`, never in a script",
            "a script says how hard a task is: `@tier(2)`",
        ),
        _ => {
            let help = closest(word, ITEMS)
                .filter(|_| word.len() > 2)
                .map_or_else(|| all.to_string(), |wanted| format!("did you mean `{wanted}`?"));
            return (format!("expected a declaration, found {found}"), help);
        }
    };
    (message.into(), help.into())
}
