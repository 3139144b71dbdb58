use super::{http, text_of};
use crate::diag::Code;
use crate::language::check::cx::Cx;
use crate::language::check::wanted::Wanted;
use crate::language::hir::{self, CallableId, Type, builtin};
use crate::language::syntax::ast::{self, ExprKind, ToolBodyKind};

/// What a tool does, with its expressions.
pub(super) fn check(cx: &mut Cx<'_>, id: CallableId, body: &ast::ToolBody) -> Option<hir::ToolBody> {
    Some(match &body.kind {
        ToolBodyKind::Read(path) => hir::ToolBody::Read(cx.text(path)),
        ToolBodyKind::Write(path, text) => {
            let path = cx.text(path);
            hir::ToolBody::Write(path, text_of(cx, text, "what `write` writes is a text"))
        }
        ToolBodyKind::Run { command, directory, stdin } => {
            let command = command_of(cx, command);
            let directory = directory.as_ref().map(|directory| cx.text(directory));
            let stdin = stdin.as_ref().map(|stdin| text_of(cx, stdin, "a text stands behind `stdin`"));
            hir::ToolBody::Run { command, directory, stdin }
        }
        ToolBodyKind::Http(request) => http::check(cx, id, request)?,
        ToolBodyKind::Mcp(server, tool) => hir::ToolBody::Mcp(server.plain()?.into(), tool.plain()?.into()),
        ToolBodyKind::Return(value) => hir::ToolBody::Return(returned(cx, id, value)),
    })
}

fn returned(cx: &mut Cx<'_>, id: CallableId, value: &ast::Expr) -> hir::Expr {
    match cx.program.callable(id).and_then(|callable| callable.result.clone()) {
        Some(ty) => cx.expect(value, &ty, Wanted::Result(id)),
        None => cx.infer(value, Some(&Type::Error)),
    }
}

/// A program and its arguments: a list, never a shell line, so that a hole fills exactly one argument.
fn command_of(cx: &mut Cx<'_>, command: &ast::Expr) -> hir::Expr {
    match &command.kind {
        ExprKind::Text(text) => {
            cx.text(text);
            let plain = text.plain().unwrap_or_default();
            let words: Vec<String> = plain.split_whitespace().map(|word| format!("\"{word}\"")).collect();
            let report = cx
                .error(Code::WrongCommand, command.span, "`run` takes a list, never a shell line")
                .help("each argument is an item, so that what stands in a hole is one argument");
            let report = if words.is_empty() {
                report
            } else {
                report.fix(cx.rewrite(command.span, format!("[{}]", words.join(", "))))
            };
            cx.report(report);
            crate::language::check::cx::broken(command.span)
        }
        ExprKind::List(items) if items.is_empty() => {
            let report = cx
                .error(Code::WrongCommand, command.span, "`run` needs a program")
                .help("the first item is the program: `run [\"cargo\", \"test\"]`");
            cx.report(report);
            crate::language::check::cx::broken(command.span)
        }
        _ => {
            let texts = Type::list(Type::TEXT);
            cx.expect(
                command,
                &texts,
                Wanted::Words("`run` takes a list of texts: the program and its arguments"),
            )
        }
    }
}

/// Whether a tool gives the whole answer of a request.
pub(super) fn gives_http(cx: &Cx<'_>, id: CallableId) -> bool {
    let result = cx.program.callable(id).and_then(|callable| callable.result.as_ref());
    result == Some(&Type::Named(builtin::HTTP))
}
