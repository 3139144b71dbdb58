use super::first_word;
use crate::diag::Code;
use crate::language::check::cx::Cx;
use crate::language::hir::{CallableId, Type, TypeKind, Types, builtin};
use crate::language::syntax::ast::{self, TextPart, ToolBodyKind};

/// What a tool gives, by the columns of the table of L8.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gives {
    Nothing,
    Text,
    /// A record, a union, a list or `json`.
    Data,
    Run,
    Http,
    Other,
}

/// Whether the body allows the result that is declared.
pub(super) fn check(cx: &mut Cx<'_>, id: CallableId, tool: &ast::Tool, body: &ast::ToolBody) {
    let Some(callable) = cx.program.callable(id) else { return };
    let result = callable.result.clone();
    if result.as_ref().is_some_and(|ty| cx.is_broken(ty)) || !super::is_tool(cx, id) {
        return;
    }
    let gives = gives(cx, result.as_ref());
    let word = first_word(&body.kind).to_string();
    let allowed: &str = match (&body.kind, gives) {
        (ToolBodyKind::Return(_), Gives::Nothing) => "a type: say what it returns",
        (ToolBodyKind::Read(_), Gives::Text) => return,
        (ToolBodyKind::Read(path), Gives::Data) => return file_format(cx, tool, path, result.as_ref()),
        (ToolBodyKind::Read(_), _) => "`text`, or a record or list that the file is parsed as",
        (ToolBodyKind::Write(..), Gives::Nothing) => return,
        (ToolBodyKind::Write(..), _) => "nothing: leave out the `->`",
        (ToolBodyKind::Run { .. }, Gives::Nothing | Gives::Text | Gives::Data | Gives::Run) => return,
        (ToolBodyKind::Run { .. }, _) => "nothing, `text`, a record or list, or `Run` for code, out and err",
        (ToolBodyKind::Http(_), Gives::Nothing | Gives::Text | Gives::Data | Gives::Http) => return,
        (ToolBodyKind::Http(_), _) => "nothing, `text`, a record or list, or `Http` for status and body",
        (ToolBodyKind::Mcp(..), Gives::Nothing | Gives::Text | Gives::Data) => return,
        (ToolBodyKind::Mcp(..), _) => "nothing, `text`, or a record or list",
        (ToolBodyKind::Return(_), _) => return,
    };
    let message = match &result {
        Some(ty) => format!("`{word}` does not give {}", cx.a(ty)),
        None => format!("`{word}` gives something, and the tool says nothing of it"),
    };
    let report = cx
        .error(Code::ToolResult, callable.result_span, message)
        .label(cx.file, body.span, format!("its body is `{word}`"))
        .help(format!("`{word}` gives {allowed}"));
    cx.report(report);
}

fn gives(cx: &Cx<'_>, result: Option<&Type>) -> Gives {
    match result {
        None => Gives::Nothing,
        Some(Type::Text(_)) => Gives::Text,
        Some(Type::Named(builtin::RUN)) => Gives::Run,
        Some(Type::Named(builtin::HTTP)) => Gives::Http,
        Some(Type::List(..) | Type::Json) => Gives::Data,
        Some(Type::Named(id)) => match cx.type_decl(*id).map(|decl| &decl.kind) {
            Some(TypeKind::Record(_) | TypeKind::Union(_)) => Gives::Data,
            _ => Gives::Other,
        },
        Some(_) => Gives::Other,
    }
}

/// A file is parsed by its ending, where that is written.
fn file_format(cx: &mut Cx<'_>, tool: &ast::Tool, path: &ast::Text, result: Option<&Type>) {
    let Some(TextPart::Chars(last, _)) = path.parts.last() else { return };
    let Some((_, ending)) = last.rsplit_once('.') else { return no_format(cx, path, last) };
    let is_list = matches!(result, Some(Type::List(..)));
    match ending.to_lowercase().as_str() {
        "json" => {}
        "jsonl" | "csv" if is_list => {}
        "jsonl" | "csv" => {
            let span = tool.head.result.as_ref().map_or(tool.head.end, |ty| ty.span);
            let report = cx
                .error(Code::ToolResult, span, format!("a `.{ending}` file is a list"))
                .label(cx.file, path.span, "the file")
                .help("declare a list: `-> [Row]`");
            cx.report(report);
        }
        _ => no_format(cx, path, last),
    }
}

fn no_format(cx: &mut Cx<'_>, path: &ast::Text, name: &str) {
    let message = format!("`{name}` is read as a text: only .json, .jsonl and .csv are parsed");
    let report =
        cx.error(Code::ToolResult, path.span, message).help("declare `-> text`, and read it with `parse`");
    cx.report(report);
}
