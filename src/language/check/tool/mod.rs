//! Tools (§8): what each body takes, and which results it allows (the table of L8.1).

mod body;
mod http;
mod table;

use super::cx::{Cx, Room};
use super::wanted::Wanted;
use crate::base::Place;
use crate::diag::{Code, Fix};
use crate::language::hir::{self, CallableId, CallableKind, Type};
use crate::language::syntax::ast::{self, EffectKind, ToolBodyKind};

/// The inside of a tool.
pub(super) fn check_tool(cx: &mut Cx<'_>, id: CallableId, tool: &ast::Tool) -> hir::Tool {
    cx.begin(Room::Tool);
    cx.bind_params(id, &tool.head.params);
    let defaults = cx.defaults(id, &tool.head.params);
    let mut body = None;
    for (at, written) in tool.bodies.iter().enumerate() {
        if at == 0 {
            effect_fits(cx, tool, written);
            table::check(cx, id, tool, written);
            body = body::check(cx, id, written);
        } else {
            second(cx, tool, written);
        }
    }
    if tool.bodies.is_empty() && !cx.has_slip(tool.head.span) {
        let name = &tool.head.name;
        let report = cx
            .error(Code::ToolBody, name.span, format!("the tool `{}` does nothing", name.text))
            .help("say what it does: `read`, `write`, `run`, `get`, `post`, `mcp` or `return`");
        cx.report(report);
    }
    if !matches!(tool.bodies.first().map(|body| &body.kind), Some(ToolBodyKind::Mcp(..)) | None) {
        cx.note_unread(id);
    }
    hir::Tool { locals: cx.take_locals(), defaults, body, annotations: crate::plan::Annotations::default() }
}

fn second(cx: &mut Cx<'_>, tool: &ast::Tool, body: &ast::ToolBody) {
    let first = tool.bodies.first().map(|first| first.span).unwrap_or_default();
    let report = cx
        .error(Code::ToolBody, body.span, format!("the tool `{}` does two things", tool.head.name.text))
        .here("the second")
        .label(cx.file, first, "the first")
        .help("a tool has one body: make two tools");
    cx.report(report);
}

/// A tool is `pure` exactly when its body is `return`, and what writes does not read (L8.1).
fn effect_fits(cx: &mut Cx<'_>, tool: &ast::Tool, body: &ast::ToolBody) {
    let Some(effect) = &tool.effect else { return };
    let word = first_word(&body.kind);
    let place = Place { file: cx.file, span: effect.span };
    let (message, help, fix) = match (&body.kind, effect.kind) {
        (ToolBodyKind::Return(_), EffectKind::Pure) => return,
        (ToolBodyKind::Return(_), _) => (
            "a tool that only computes is `pure`".to_string(),
            "a `return` touches nothing".to_string(),
            Some(Fix::replace("write `pure`", place, "pure")),
        ),
        (_, EffectKind::Pure) => (
            format!("a tool with the body `{word}` is not pure"),
            format!("say what it touches: `{}`", likely(&body.kind)),
            None,
        ),
        (ToolBodyKind::Write(..), EffectKind::Reads) => {
            let resource = if effect.resource.is_missing() { "files" } else { effect.resource.text.as_str() };
            (
                "a tool that writes a file does not only read".to_string(),
                "its effect says what keeps its place on the page".to_string(),
                Some(Fix::replace(format!("write `writes {resource}`"), place, format!("writes {resource}"))),
            )
        }
        _ => return,
    };
    let report = cx
        .error(Code::ToolEffect, effect.span, message)
        .label(cx.file, body.span, format!("its body is `{word}`"))
        .help(help);
    let report = match fix {
        Some(fix) => report.fix(fix),
        None => report,
    };
    cx.report(report);
}

/// The word that begins a body.
fn first_word(body: &ToolBodyKind) -> &str {
    match body {
        ToolBodyKind::Read(_) => "read",
        ToolBodyKind::Write(..) => "write",
        ToolBodyKind::Run { .. } => "run",
        ToolBodyKind::Http(http) => http.method.text.as_str(),
        ToolBodyKind::Mcp(..) => "mcp",
        ToolBodyKind::Return(_) => "return",
    }
}

fn likely(body: &ToolBodyKind) -> &'static str {
    match body {
        ToolBodyKind::Read(_) => "reads files",
        ToolBodyKind::Write(..) | ToolBodyKind::Run { .. } => "writes files",
        ToolBodyKind::Http(http) if http.method.text == "get" => "reads web",
        ToolBodyKind::Http(_) => "sends web",
        ToolBodyKind::Mcp(..) | ToolBodyKind::Return(_) => "reads web",
    }
}

/// Whether what an expression needs is `text`, with the words for where it stands.
fn text_of(cx: &mut Cx<'_>, expr: &ast::Expr, words: &str) -> hir::Expr {
    cx.expect(expr, &Type::TEXT, Wanted::Words(words))
}

/// Whether the callable is a tool; it always is here.
fn is_tool(cx: &Cx<'_>, id: CallableId) -> bool {
    cx.program.callable(id).is_some_and(|callable| callable.kind == CallableKind::Tool)
}
