//! Formatting of a part: of a range, and of what has just been finished.

use super::convert::{range_of, span_of};
use super::view::View;
use crate::language::ide::{self, Typed};
use crate::language::syntax::format_range;
use tower_lsp::ls_types::{Position, Range, TextEdit, Uri};

/// What the formatter changes in the lines of a range.
pub(super) fn range(view: &View, uri: &Uri, range: Range) -> Option<Vec<TextEdit>> {
    let file = view.file(uri)?;
    let source = view.source(file)?;
    view.snapshot.module(file)?;
    let changes = format_range(&source.text, span_of(source, range));
    let edit = |(span, new_text)| TextEdit { range: range_of(source, span), new_text };
    Some(changes.into_iter().map(edit).collect())
}

/// What the formatter changes in what this character has finished.
pub(super) fn on_type(view: &View, uri: &Uri, position: Position, typed: &str) -> Option<Vec<TextEdit>> {
    let typed = match typed {
        "}" => Typed::Brace,
        "\n" | "\r\n" => Typed::LineEnd,
        _ => return None,
    };
    let (file, offset) = view.place(uri, position)?;
    let made = ide::on_type(&view.snapshot, file, offset, typed);
    let edit =
        |it: crate::diag::Edit| TextEdit { range: view.span_range(file, it.place.span), new_text: it.text };
    Some(made.into_iter().map(edit).collect())
}
