//! Declarations.

use super::doc::{Doc, joined};
use super::printer::{Printer, ROUND, Room};
use crate::base::Span;
use crate::language::syntax::ast::{
    Address, AgentProperty, Annotation, Constant, Criterion, Dimension, DimensionBody, Expect, ExpectKind,
    Field, Given, GivenAnswer, Head, Http, Import, Item, Name, Param, Require, RubricItem, Separator, Test,
    TestItem, Tool, ToolBody, ToolBodyKind, TypeBody, TypeDecl, TypeExpr, Use, UseSource, Variant,
};

impl<'a> Printer<'a> {
    pub(super) fn item(&mut self, item: &'a Item) -> Doc<'a> {
        match item {
            Item::Use(it) => self.use_decl(it),
            Item::Type(it) => self.type_decl(it),
            Item::Agent(agent) => {
                let (head, open) = self.head(&agent.head, "agent ", None);
                head.then(self.braces(open, &agent.properties, property_span, Printer::property))
            }
            Item::Rubric(rubric) => {
                let (head, open) = self.head(&rubric.head, "rubric ", None);
                head.then(self.braces(open, &rubric.items, rubric_item_span, Printer::rubric_item))
            }
            Item::Tool(tool) => self.tool(tool),
            Item::Workflow(workflow) => {
                let (head, _) = self.head(&workflow.head, "workflow ", None);
                head.then(self.block(&workflow.body))
            }
            Item::Test(test) => self.test(test),
            Item::Let(it) => self.constant(it),
            Item::Bad(span) => self.text(*span),
        }
    }

    fn use_decl(&mut self, it: &'a Use) -> Doc<'a> {
        let source = match &it.source {
            UseSource::Module(_, span) => self.source(*span).trim_end(),
            UseSource::File(text) => self.source(text.span),
            UseSource::Missing(span) => self.source(*span),
        };
        let whole = |import: &Import| {
            import.alias.as_ref().map_or(import.name.span, |alias| import.name.span.to(alias.span))
        };
        let from = match &it.source {
            UseSource::Module(_, span) | UseSource::Missing(span) => span.end,
            UseSource::File(text) => text.span.end,
        };
        let open = self.find(from as usize, '{');
        let names = self.braces(open, &it.imports, whole, Printer::import);
        Doc::Concat(vec![Doc::Text("use "), Doc::Text(source), Doc::Text(" "), names])
    }

    fn import(&mut self, import: &'a Import) -> Doc<'a> {
        let name = self.text(import.name.span);
        match &import.alias {
            Some(alias) => name.then(Doc::Text(" as ")).then(self.text(alias.span)),
            None => name,
        }
    }

    fn type_decl(&mut self, it: &'a TypeDecl) -> Doc<'a> {
        let head = Doc::Text("type ").then(self.text(it.name.span));
        match &it.body {
            TypeBody::Record { fields, requires } => self.record(head, it.name.span, fields, requires),
            TypeBody::Alternatives { variants, separators } => {
                let between = |at: usize, last: bool| match separators.get(at) {
                    _ if last => Doc::nil(),
                    Some((Separator::Less, _)) => Doc::Text(" <"),
                    _ => Doc::Text(" |"),
                };
                let end = it.span.end as usize;
                let span = |variant: &Variant| variant.name.span;
                let print = |printer: &mut Self, variant: &'a Variant| printer.text(variant.name.span);
                let variants = self.elements(end, variants, span, print, between);
                let variants = Doc::Line.then(variants.unwrap_or_else(Doc::nil)).nest();
                head.then(Doc::Text(" =")).then(variants).group()
            }
            TypeBody::Missing => head,
        }
    }

    fn record(&mut self, head: Doc<'a>, name: Span, fields: &'a [Field], requires: &'a [Require]) -> Doc<'a> {
        let open = self.find(name.end as usize, '{');
        let last = fields.last().map_or(open + 1, |field| field.span.end as usize);
        let sorted = requires.first().is_none_or(|first| first.span.start as usize >= last);
        let head = head.then(Doc::Text(" "));
        if requires.is_empty() || !sorted {
            // Requirements between fields are left where they stand.
            self.lost |= !requires.is_empty();
            return head.then(self.braces(open, fields, |field| field.span, Printer::field));
        }
        let end = requires.last().map_or(last, |require| require.span.end as usize);
        let (split, close) = (requires.first().map_or(end, |it| it.span.start as usize), self.find(end, '}'));
        let empty = fields.is_empty();
        let fields = self.lines(&Room::inside(open + 1, split), fields, |field| field.span, Printer::field);
        let room = if empty { Room::inside(last, close) } else { Room::below(last, close) };
        let rest = self.lines(&room, requires, |it| it.span, Printer::require);
        head.then(Doc::Concat(vec![Doc::Text("{"), fields.nest(), rest.nest(), Doc::Hard, Doc::Text("}")]))
    }

    fn field(&mut self, field: &'a Field) -> Doc<'a> {
        self.text(field.name.span).then(Doc::Text(": ")).then(self.ty(&field.ty))
    }

    /// A head up to its `{`, and where that stands. Two or more annotations stand on lines of their own.
    fn head(&mut self, head: &'a Head, word: &'static str, effect: Option<Span>) -> (Doc<'a>, usize) {
        let at = head.name.span.end as usize;
        let params = self.list(&ROUND, at, &head.params, |param| param.span, Printer::param);
        let mut rest = Vec::new();
        let mut end = None;
        for part in head_parts(head, effect) {
            let span = part.span();
            let apart = matches!(part, HeadPart::Annotation(_)) && head.annotations.len() > 1;
            let plain = if apart { Doc::Hard } else { Doc::Text(" ") };
            rest.push(self.apart(end.unwrap_or(span.start), span.start, plain));
            end = Some(span.end);
            rest.push(self.head_part(part));
        }
        let rest = Doc::Concat(rest).nest();
        let head_doc =
            Doc::Concat(vec![Doc::Text(word), self.text(head.name.span), params, rest, Doc::Text(" ")]);
        let from = head.annotations.iter().map(|it| it.span.end).chain([head.end.start]).max();
        (head_doc, self.find(from.unwrap_or_default() as usize, '{'))
    }

    fn head_part(&mut self, part: HeadPart<'a>) -> Doc<'a> {
        match part {
            HeadPart::Result(result) => Doc::Text("-> ").then(self.ty(result)),
            HeadPart::Effect(span) => {
                joined(self.source(span).split_whitespace().map(Doc::Text), &Doc::Text(" "))
            }
            HeadPart::Annotation(annotation) => self.annotation(annotation),
        }
    }

    fn param(&mut self, param: &'a Param) -> Doc<'a> {
        let doc = self.text(param.name.span).then(Doc::Text(": ")).then(self.ty(&param.ty));
        match &param.default {
            Some(value) => doc.then(Doc::Text(" = ")).then(self.expr(value)),
            None => doc,
        }
    }

    fn property(&mut self, property: &'a AgentProperty) -> Doc<'a> {
        match property {
            AgentProperty::Role(_, source) => Doc::Text("role ").then(self.text_source(source)),
            AgentProperty::Prompt(_, source) => Doc::Text("prompt ").then(self.text_source(source)),
            AgentProperty::Tools(_, names) => Doc::Text("tools ").then(self.names(names)),
        }
    }

    fn rubric_item(&mut self, item: &'a RubricItem) -> Doc<'a> {
        match item {
            RubricItem::Require(require) => self.require(require),
            RubricItem::Floor(_, grade) => Doc::Text("floor ").then(self.text(grade.span)),
            RubricItem::Dimension(dimension) => self.dimension(dimension),
        }
    }

    fn dimension(&mut self, it: &'a Dimension) -> Doc<'a> {
        let mut parts = vec![self.text(it.name.span), Doc::Text(" ")];
        if let Some(weight) = &it.weight {
            parts.extend([Doc::Text("weight "), self.expr(weight), Doc::Text(" ")]);
        }
        parts.push(match &it.body {
            DimensionBody::Described(text) => self.text(text.span),
            DimensionBody::Criteria(criteria) => {
                let from = it.weight.as_ref().map_or(it.name.span.end, |weight| weight.span.end);
                let open = self.find(from as usize, '{');
                self.braces(open, criteria, criterion_span, Printer::criterion)
            }
            DimensionBody::Missing => Doc::nil(),
        });
        Doc::Concat(parts)
    }

    fn criterion(&mut self, criterion: &'a Criterion) -> Doc<'a> {
        match criterion {
            Criterion::Question(text) => self.text(text.span),
            Criterion::Check(_, expr) => Doc::Text("check ").then(self.expr(expr)),
        }
    }

    fn tool(&mut self, tool: &'a Tool) -> Doc<'a> {
        let effect = tool.effect.as_ref().map(|effect| effect.span);
        let (head, open) = self.head(&tool.head, "tool ", effect);
        let open = effect.map_or(open, |effect| self.find(open.max(effect.end as usize), '{'));
        head.then(self.braces(open, &tool.bodies, |body| body.span, Printer::tool_body))
    }

    fn tool_body(&mut self, body: &'a ToolBody) -> Doc<'a> {
        match &body.kind {
            ToolBodyKind::Read(path) => Doc::Text("read ").then(self.text(path.span)),
            ToolBodyKind::Write(path, value) => {
                let path = Doc::Text("write ").then(self.text(path.span));
                path.then(Doc::Text(" ")).then(self.expr(value))
            }
            ToolBodyKind::Run { command, directory, stdin } => {
                let mut parts = vec![Doc::Text("run "), self.expr(command)];
                if let Some(directory) = directory {
                    parts.extend([Doc::Text(" in "), self.text(directory.span)]);
                }
                if let Some(stdin) = stdin {
                    parts.extend([Doc::Text(" stdin "), self.expr(stdin)]);
                }
                Doc::Concat(parts)
            }
            ToolBodyKind::Http(http) => self.http(http),
            ToolBodyKind::Mcp(server, tool) => {
                let server = Doc::Text("mcp ").then(self.text(server.span));
                server.then(Doc::Text(" ")).then(self.text(tool.span))
            }
            ToolBodyKind::Return(value) => Doc::Text("return ").then(self.expr(value)),
        }
    }

    fn http(&mut self, http: &'a Http) -> Doc<'a> {
        let mut parts: Vec<(u32, Doc<'a>)> = Vec::new();
        for headers in &http.headers {
            parts.push((headers.span.start, Doc::Text("headers ").then(self.json(headers))));
        }
        for body in &http.body {
            let doc = Doc::Text("json ").then(self.json_value(body));
            parts.push((super::expr::json_span(body).start, doc));
        }
        for pick in &http.pick {
            parts.push((pick.span.start, Doc::Text("at ").then(self.text(pick.span))));
        }
        parts.sort_by_key(|(start, _)| *start);
        let address = match &http.address {
            Address::Url(text) => self.text(text.span),
            Address::Secret(text) => Doc::Text("secret ").then(self.text(text.span)),
        };
        let head = Doc::Concat(vec![self.text(http.method.span), Doc::Text(" "), address]);
        parts.into_iter().fold(head, |doc, (_, part)| doc.then(Doc::Text(" ")).then(part))
    }

    fn test(&mut self, test: &'a Test) -> Doc<'a> {
        let open = self.find(test.title.span.end as usize, '{');
        let head = Doc::Concat(vec![Doc::Text("test "), self.text(test.title.span), Doc::Text(" ")]);
        head.then(self.braces(open, &test.items, test_item_span, Printer::test_item))
    }

    fn test_item(&mut self, item: &'a TestItem) -> Doc<'a> {
        match item {
            TestItem::Given(given) => self.given(given),
            TestItem::Run(_, call) => Doc::Text("run ").then(self.expr(call)),
            TestItem::Expect(expect) => Doc::Text("expect ").then(self.expect(expect)),
            TestItem::Bad(stmt) => self.stmt(stmt),
        }
    }

    /// `given x fails timeout, -> a`: what comes first decides whether an arrow stands in front.
    fn given(&mut self, it: &'a Given) -> Doc<'a> {
        let mut parts = vec![Doc::Text("given "), self.dotted(&it.target)];
        let mut after_failure = false;
        let mut end = None;
        for answer in &it.answers {
            let start = answer_span(answer).start;
            match end {
                Some(end) => parts.extend([Doc::Text(","), self.apart(end, start, Doc::Line)]),
                None => parts.push(Doc::Text(" ")),
            }
            let fails = matches!(answer, GivenAnswer::Fails(..));
            if !fails && (end.is_none() || after_failure) {
                parts.push(Doc::Text("-> "));
            }
            after_failure = fails;
            end = Some(answer_span(answer).end);
            parts.push(match answer {
                GivenAnswer::Value(value) => self.expr(value),
                GivenAnswer::Sample(_) => Doc::Text("sample"),
                GivenAnswer::Fails(_, kind) => Doc::Text("fails ").then(self.text(kind.span)),
            });
        }
        // An only answer breaks in its own brackets.
        if it.answers.len() > 1 { Doc::Concat(parts).nest().group() } else { Doc::Concat(parts) }
    }

    fn dotted(&self, names: &'a [Name]) -> Doc<'a> {
        joined(names.iter().map(|name| self.text(name.span)), &Doc::Text("."))
    }

    fn expect(&mut self, expect: &'a Expect) -> Doc<'a> {
        let not = |negated: &bool| if *negated { Doc::Text("not ") } else { Doc::nil() };
        match &expect.kind {
            ExpectKind::Ran { negated, name } => {
                not(negated).then(Doc::Text("ran ")).then(self.text(name.span))
            }
            ExpectKind::Skipped { negated, name } => {
                not(negated).then(Doc::Text("skipped ")).then(self.text(name.span))
            }
            ExpectKind::Failed { negated, name } => {
                not(negated).then(Doc::Text("failed ")).then(self.text(name.span))
            }
            ExpectKind::RanTimes { name, .. } => {
                // `once` and `1 times` mean the same, and stay as they are.
                let span = Span { start: name.span.start, end: expect.span.end };
                let words = joined(self.source(span).split_whitespace().map(Doc::Text), &Doc::Text(" "));
                let before = Span { start: expect.span.start, end: name.span.start };
                let negated = self.source(before).split_whitespace().any(|word| word == "not");
                not(&negated).then(words)
            }
            ExpectKind::Fails { text } => Doc::Text("fails ").then(self.text(text.span)),
            ExpectKind::Prompt { negated, name, text } => {
                let head = not(negated).then(Doc::Text("prompt ")).then(self.text(name.span));
                head.then(Doc::Text(" contains ")).then(self.text(text.span))
            }
            ExpectKind::Holds(expr) => self.expr(expr),
            ExpectKind::Missing => Doc::nil(),
        }
    }

    fn constant(&mut self, it: &'a Constant) -> Doc<'a> {
        let mut parts = vec![Doc::Text("let "), self.text(it.name.span)];
        if let Some(ty) = &it.ty {
            parts.extend([Doc::Text(": "), self.ty(ty)]);
        }
        parts.extend([Doc::Text(" = "), self.expr(&it.value)]);
        Doc::Concat(parts)
    }
}

/// What may follow the parameters of a head, in any order.
enum HeadPart<'a> {
    Result(&'a TypeExpr),
    Effect(Span),
    Annotation(&'a Annotation),
}

impl HeadPart<'_> {
    fn span(&self) -> Span {
        match self {
            HeadPart::Result(result) => result.span,
            HeadPart::Effect(span) => *span,
            HeadPart::Annotation(annotation) => annotation.span,
        }
    }
}

/// What follows the parameters of a head, in the order of the page.
fn head_parts(head: &Head, effect: Option<Span>) -> Vec<HeadPart<'_>> {
    let mut parts: Vec<HeadPart<'_>> = head.result.iter().map(HeadPart::Result).collect();
    parts.extend(effect.map(HeadPart::Effect));
    parts.extend(head.annotations.iter().map(HeadPart::Annotation));
    parts.sort_by_key(|part| part.span().start);
    parts
}

fn property_span(property: &AgentProperty) -> Span {
    match property {
        AgentProperty::Role(word, source) | AgentProperty::Prompt(word, source) => word.to(source.span()),
        AgentProperty::Tools(word, names) => names.last().map_or(*word, |last| word.to(last.span)),
    }
}

fn rubric_item_span(item: &RubricItem) -> Span {
    match item {
        RubricItem::Require(require) => require.span,
        RubricItem::Floor(word, grade) => word.to(grade.span),
        RubricItem::Dimension(dimension) => dimension.span,
    }
}

fn criterion_span(criterion: &Criterion) -> Span {
    match criterion {
        Criterion::Question(text) => text.span,
        Criterion::Check(word, expr) => word.to(expr.span),
    }
}

fn test_item_span(item: &TestItem) -> Span {
    match item {
        TestItem::Given(given) => given.span,
        TestItem::Run(word, call) => word.to(call.span),
        TestItem::Expect(expect) => expect.span,
        TestItem::Bad(stmt) => stmt.span(),
    }
}

fn answer_span(answer: &GivenAnswer) -> Span {
    match answer {
        GivenAnswer::Value(value) => value.span,
        GivenAnswer::Sample(span) => *span,
        GivenAnswer::Fails(word, kind) => word.to(kind.span),
    }
}
