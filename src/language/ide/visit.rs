use crate::base::Span;
use crate::language::syntax::ast::{
    Action, AgentProperty, AnnotationArg, Block, Criterion, DimensionBody, ExpectKind, Expr, ExprKind,
    GivenAnswer, Item, JsonObject, JsonValue, LoopOtherwise, RubricItem, Stmt, TestItem, Text, TextPart,
    TextSource, ToolBodyKind, TypeBody,
};

/// A part of the page that may be inside of another.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Expr(&'a Expr),
    Text(&'a Text),
    Stmt(&'a Stmt),
    Block(&'a Block),
}

impl Part<'_> {
    pub(super) fn span(self) -> Span {
        match self {
            Self::Expr(it) => it.span,
            Self::Text(it) => it.span,
            Self::Block(it) => it.span,
            Self::Stmt(it) => it.span(),
        }
    }
}

/// The parts that a declaration is made of.
pub(super) fn parts_of_item<'a>(item: &'a Item, see: &mut dyn FnMut(Part<'a>)) {
    if let Some((head, _)) = crate::language::hir::head_of(item) {
        head.params.iter().filter_map(|param| param.default.as_ref()).for_each(|it| see(Part::Expr(it)));
    }
    match item {
        Item::Use(_) | Item::Bad(_) => {}
        Item::Type(decl) => {
            if let TypeBody::Record { requires, .. } = &decl.body {
                for require in requires {
                    see(Part::Expr(&require.condition));
                    see(Part::Expr(&require.message));
                }
            }
        }
        Item::Agent(agent) => {
            for property in &agent.properties {
                if let AgentProperty::Role(_, source) | AgentProperty::Prompt(_, source) = property {
                    source_text(source).into_iter().for_each(|it| see(Part::Text(it)));
                }
            }
        }
        Item::Rubric(rubric) => rubric.items.iter().for_each(|item| rubric_parts(item, see)),
        Item::Tool(tool) => tool.bodies.iter().for_each(|body| tool_parts(&body.kind, see)),
        Item::Workflow(workflow) => see(Part::Block(&workflow.body)),
        Item::Test(test) => test.items.iter().for_each(|item| test_parts(item, see)),
        Item::Let(it) => see(Part::Expr(&it.value)),
    }
}

fn source_text(source: &TextSource) -> Option<&Text> {
    match source {
        TextSource::Inline(text) | TextSource::File(text) => Some(text),
        TextSource::Missing(_) => None,
    }
}

fn rubric_parts<'a>(item: &'a RubricItem, see: &mut dyn FnMut(Part<'a>)) {
    match item {
        RubricItem::Require(require) => {
            see(Part::Expr(&require.condition));
            see(Part::Expr(&require.message));
        }
        RubricItem::Floor(..) => {}
        RubricItem::Dimension(dimension) => match &dimension.body {
            DimensionBody::Described(text) => see(Part::Text(text)),
            DimensionBody::Criteria(all) => all.iter().for_each(|it| match it {
                Criterion::Question(text) => see(Part::Text(text)),
                Criterion::Check(_, expr) => see(Part::Expr(expr)),
            }),
            DimensionBody::Missing => {}
        },
    }
}

fn tool_parts<'a>(body: &'a ToolBodyKind, see: &mut dyn FnMut(Part<'a>)) {
    match body {
        ToolBodyKind::Read(text) => see(Part::Text(text)),
        ToolBodyKind::Write(path, text) => {
            see(Part::Text(path));
            see(Part::Expr(text));
        }
        ToolBodyKind::Run { command, directory, stdin } => {
            see(Part::Expr(command));
            directory.iter().for_each(|text| see(Part::Text(text)));
            stdin.iter().for_each(|expr| see(Part::Expr(expr)));
        }
        ToolBodyKind::Http(http) => {
            if let crate::language::syntax::ast::Address::Url(text) = &http.address {
                see(Part::Text(text));
            }
            http.headers.iter().for_each(|object| json_parts(object, see));
            http.body.iter().for_each(|value| json_value(value, see));
        }
        ToolBodyKind::Mcp(..) => {}
        ToolBodyKind::Return(expr) => see(Part::Expr(expr)),
    }
}

fn json_parts<'a>(object: &'a JsonObject, see: &mut dyn FnMut(Part<'a>)) {
    object.pairs.iter().for_each(|pair| json_value(&pair.value, see));
}

fn json_value<'a>(value: &'a JsonValue, see: &mut dyn FnMut(Part<'a>)) {
    match value {
        JsonValue::Expr(expr) => see(Part::Expr(expr)),
        JsonValue::Object(object) => json_parts(object, see),
        JsonValue::Secret(_) => {}
    }
}

fn test_parts<'a>(item: &'a TestItem, see: &mut dyn FnMut(Part<'a>)) {
    match item {
        TestItem::Given(given) => given.answers.iter().for_each(|answer| {
            if let GivenAnswer::Value(value) = answer {
                see(Part::Expr(value));
            }
        }),
        TestItem::Run(_, expr) => see(Part::Expr(expr)),
        TestItem::Expect(expect) => match &expect.kind {
            ExpectKind::Holds(expr) => see(Part::Expr(expr)),
            ExpectKind::Fails { text } | ExpectKind::Prompt { text, .. } => see(Part::Text(text)),
            _ => {}
        },
        TestItem::Bad(stmt) => see(Part::Stmt(stmt)),
    }
}

/// The parts that a part is made of, in the order of the page.
pub(super) fn parts_of<'a>(part: Part<'a>, see: &mut dyn FnMut(Part<'a>)) {
    match part {
        Part::Block(block) => block.stmts.iter().for_each(|stmt| see(Part::Stmt(stmt))),
        Part::Text(text) => text_parts(&text.parts, see),
        Part::Stmt(stmt) => stmt_parts(stmt, see),
        Part::Expr(expr) => expr_parts(expr, see),
    }
}

fn text_parts<'a>(parts: &'a [TextPart], see: &mut dyn FnMut(Part<'a>)) {
    for part in parts {
        match part {
            TextPart::Chars(..) => {}
            TextPart::Hole(expr, _) => see(Part::Expr(expr)),
            TextPart::For { list, body, .. } => {
                see(Part::Expr(list));
                text_parts(body, see);
            }
            TextPart::When { condition, then, otherwise, .. } => {
                see(Part::Expr(condition));
                text_parts(then, see);
                text_parts(otherwise, see);
            }
        }
    }
}

fn stmt_parts<'a>(stmt: &'a Stmt, see: &mut dyn FnMut(Part<'a>)) {
    match stmt {
        Stmt::Step(step) => {
            match &step.action {
                Action::Call(call) => call.args.iter().for_each(|arg| see(Part::Expr(&arg.value))),
                Action::Prompt(_, source) => {
                    source_text(source).into_iter().for_each(|it| see(Part::Text(it)));
                }
                Action::Ask(_, text) => see(Part::Text(text)),
                Action::Missing(_) => {}
            }
            step.showing.iter().flat_map(|(_, shown)| shown).for_each(|it| see(Part::Expr(it)));
            for arg in step.annotations.iter().filter_map(|it| it.args.as_ref()).flatten() {
                if let AnnotationArg::Expr(expr) = arg {
                    see(Part::Expr(expr));
                }
            }
            step.on_failure.iter().for_each(|handler| see(Part::Expr(&handler.value)));
        }
        Stmt::Let(it) => see(Part::Expr(&it.value)),
        Stmt::When(it) => {
            see(Part::Expr(&it.subject));
            super::index::blocks_of(stmt).into_iter().for_each(|block| see(Part::Block(block)));
        }
        Stmt::Parallel(it) => see(Part::Block(&it.body)),
        Stmt::For(it) => {
            see(Part::Expr(&it.list));
            see(Part::Block(&it.body));
        }
        Stmt::Loop(it) => {
            see(Part::Expr(&it.until));
            see(Part::Block(&it.body));
            match &it.otherwise {
                Some(LoopOtherwise::Fail(_, fail)) => see(Part::Expr(&fail.message)),
                Some(LoopOtherwise::Block(_, block)) => see(Part::Block(block)),
                Some(LoopOtherwise::KeepBest(_) | LoopOtherwise::KeepLast(_)) | None => {}
            }
        }
        Stmt::Require(it) => {
            see(Part::Expr(&it.condition));
            see(Part::Expr(&it.message));
        }
        Stmt::Fail(it) => see(Part::Expr(&it.message)),
        Stmt::Return(it) => see(Part::Expr(&it.value)),
        Stmt::Give(it) => see(Part::Expr(&it.value)),
        Stmt::Bad(_, block) => block.iter().for_each(|block| see(Part::Block(block))),
    }
}

fn expr_parts<'a>(expr: &'a Expr, see: &mut dyn FnMut(Part<'a>)) {
    match &expr.kind {
        ExprKind::Text(text) => see(Part::Text(text)),
        ExprKind::Field(a, _) | ExprKind::Unary(_, _, a) | ExprKind::Paren(a) => see(Part::Expr(a)),
        ExprKind::Index(a, b) | ExprKind::Binary(_, _, a, b) => {
            see(Part::Expr(a));
            see(Part::Expr(b));
        }
        ExprKind::Call(call) => call.args.iter().for_each(|arg| see(Part::Expr(&arg.value))),
        ExprKind::Record(_, fields) => {
            fields.iter().filter_map(|field| field.value.as_ref()).for_each(|it| see(Part::Expr(it)));
        }
        ExprKind::List(items) => items.iter().for_each(|it| see(Part::Expr(it))),
        ExprKind::Comprehension(it) => {
            see(Part::Expr(&it.give));
            see(Part::Expr(&it.list));
            it.filter.iter().chain(&it.key).for_each(|it| see(Part::Expr(it)));
        }
        ExprKind::When(it) => {
            [&it.condition, &it.then, &it.otherwise].into_iter().for_each(|it| see(Part::Expr(it)));
        }
        ExprKind::Is(it) => see(Part::Expr(&it.value)),
        ExprKind::Missing
        | ExprKind::Int(_)
        | ExprKind::Number(_)
        | ExprKind::Bool(_)
        | ExprKind::None
        | ExprKind::Name(_)
        | ExprKind::TypeName(_) => {}
    }
}
