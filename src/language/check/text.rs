use super::cx::{Cx, Room, broken};
use super::narrow::{facts, path_of};
use crate::base::{Place, Span};
use crate::diag::{Code, Edit, Fix};
use crate::language::hir::{Expr, ExprKind, LocalKind, Piece, Type};
use crate::language::syntax::ast::{self, TextPart, TextSource, TextStyle};

impl Cx<'_> {
    /// A text as a template: its holes, `${for}` and `${when}` are checked (L1.8, L2.4). The result is a `text`.
    pub fn text(&mut self, text: &ast::Text) -> Expr {
        let pieces = self.pieces(&text.parts, text.style);
        Expr { ty: Type::TEXT, span: text.span, kind: ExprKind::Text(pieces) }
    }

    /// The text of a prompt or role: written here, or in a file beside the script (L1.9).
    pub fn source(&mut self, source: &TextSource) -> Expr {
        match source {
            TextSource::Inline(text) => self.text(text),
            TextSource::Missing(span) => broken(*span),
            TextSource::File(path) => {
                let Some(written) = path.plain() else { return broken(path.span) };
                let known = self.names().and_then(|names| names.prompt_files.get(written.as_str()));
                let Some((file, text)) = known.cloned() else { return broken(path.span) };
                let script = std::mem::replace(&mut self.file, file);
                let checked = self.text(&text);
                self.file = script;
                Expr { span: path.span, ..checked }
            }
        }
    }

    /// The characters of a text that may have no holes, where the grammar lets it have some; one that has any is reported.
    /// `what` reads before "is a plain text": "what stands behind `to`". (Those of L1.9 are reported by the parser.)
    pub fn plain(&mut self, text: &ast::Text, what: &str) -> Option<String> {
        let plain = text.plain();
        if plain.is_none() {
            let marker = text.parts.iter().find_map(|part| match part {
                TextPart::Chars(..) => None,
                TextPart::Hole(_, span) | TextPart::For { span, .. } | TextPart::When { span, .. } => {
                    Some(*span)
                }
            });
            let message = format!("{what} is a plain text, without holes");
            let report = self.error(Code::PlainText, marker.unwrap_or(text.span), message);
            self.report(report);
        }
        plain
    }

    fn pieces(&mut self, parts: &[TextPart], style: TextStyle) -> Vec<Piece> {
        parts.iter().map(|part| self.piece(part, style)).collect()
    }

    fn piece(&mut self, part: &TextPart, style: TextStyle) -> Piece {
        match part {
            TextPart::Chars(chars, _) => Piece::Chars(chars.clone()),
            TextPart::Hole(expr, span) => {
                let value = self.infer(expr, None);
                Piece::Hole(self.writable(value, *span, style))
            }
            TextPart::For { item, list, body, .. } => {
                let list = self.infer(list, None);
                let (ty, _) = self.items_of(&list, "`${for}` goes over a list");
                self.scope.enter();
                let item = self.bind(item, ty, LocalKind::Inner);
                let body = self.pieces(body, style);
                self.scope.leave();
                Piece::For { item, list, body }
            }
            TextPart::When { condition, then, otherwise, .. } => {
                let condition = self.condition(condition);
                let known = facts(self, &condition);
                let then = self.under(&known.holds, |cx| cx.pieces(then, style));
                let otherwise = self.under(&known.fails, |cx| cx.pieces(otherwise, style));
                Piece::When { condition, then, otherwise }
            }
        }
    }

    /// A value that can be written into a text: one that is there (L2.4).
    fn writable(&mut self, value: Expr, marker: Span, style: TextStyle) -> Expr {
        if value.ty.is_optional() {
            self.optional_hole(&value, marker, style);
            return broken(value.span);
        }
        if let Type::List(item, _) = &value.ty
            && item.is_optional()
        {
            let called = self.called(value.span);
            let code = called.trim_matches('`');
            let report = self
                .error(
                    Code::OptionalInText,
                    value.span,
                    format!("items of {called} may be absent, and a text has no holes"),
                )
                .help(format!("drop what is absent: `${{present({code})}}`"));
            let report = self.with_origin(report, &value);
            self.report(report);
            return broken(value.span);
        }
        value
    }

    fn optional_hole(&mut self, value: &Expr, marker: Span, style: TextStyle) {
        let called = self.called(value.span);
        let what = if self.room == Room::Agent { "a prompt has no holes" } else { "a text has no holes" };
        let may_be = if value.ty == Type::None { "is none" } else { "may be absent" };
        let message = format!("{called} {may_be} here, and {what}");
        let report = self.error(Code::OptionalInText, marker, message).here("used as a text");
        let report = self.with_origin(report, value);
        let code = called.trim_matches('`');
        if value.ty == Type::None {
            return self.report(report.help("here it is known to be none: take it out of this text"));
        }
        let instead = format!("say what stands there instead: ${{{code} ?? \"nothing yet\"}}");
        let report = match (path_of(value), style) {
            (Some(_), TextStyle::Block | TextStyle::File) => {
                let report = report.help(format!(
                    "show the line only when it is there, with `${{when {code}}}`, or {instead}"
                ));
                match self.when_around(marker, code) {
                    Some(fix) => report.fix(fix),
                    None => report,
                }
            }
            (Some(_), TextStyle::Line) => {
                report.help(format!("write `${{when {code}}}…${{end}}` around it, or {instead}"))
            }
            (None, _) => report.help(instead),
        };
        self.report(report);
    }

    /// A fix that shows the line of a hole only where its value is there.
    fn when_around(&self, marker: Span, code: &str) -> Option<Fix> {
        let source = self.program.sources.get(self.file.0 as usize)?;
        let line = source.line_span(source.line_column(marker.start).line);
        if marker.end > line.end || code.is_empty() || code == "this" {
            return None;
        }
        let text = source.slice(line);
        let indent: String = text.chars().take_while(|letter| letter.is_whitespace()).collect();
        // A line that opens or closes the text, or a block of it, holds more than what is shown.
        if text.contains("\"\"\"")
            || text.contains("${when")
            || text.contains("${end")
            || text.contains("${for")
        {
            return None;
        }
        let at = |offset: u32, text: String| Edit {
            place: Place { file: self.file, span: Span { start: offset, end: offset } },
            text,
        };
        Some(Fix {
            title: "show the line only when it is there".into(),
            edits: vec![
                at(line.start, format!("{indent}${{when {code}}}\n")),
                at(line.end, format!("\n{indent}${{end}}")),
            ],
        })
    }
}
