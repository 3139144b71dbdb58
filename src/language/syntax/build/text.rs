use super::block_text::{unescape_block, without_marker_lines};
use super::{Bound, Builder, Rule};
use crate::base::Span;
use crate::diag::{Code, Fix};
use crate::language::syntax::ast::{Expr, Name, Text, TextPart, TextSource, TextStyle};
use crate::language::syntax::grammar::Node;
use smol_str::SmolStr;

/// A part of a text before its template blocks are matched.
pub(super) enum Piece {
    /// Characters; where they stand in the file.
    Chars(String, Span),
    Hole(Expr, Span),
    For {
        span: Span,
        item: Name,
        list: Expr,
    },
    When {
        span: Span,
        condition: Expr,
    },
    Otherwise(Span),
    End(Span),
}

impl Piece {
    pub(super) fn is_marker(&self) -> bool {
        !matches!(self, Self::Chars(..) | Self::Hole(..))
    }
}

impl Builder<'_> {
    /// A text of any style, with its quotes.
    pub(super) fn text(&mut self, node: Node<'_>) -> Text {
        let whole = node.whole();
        let block = self.laid(whole).starts_with("\"\"\"");
        let mut pieces = Vec::new();
        let mut closed = true;
        for part in node.children() {
            match part.rule() {
                Rule::hole => pieces.push(self.hole(part)),
                Rule::line_chars => pieces.push(self.line_chars(part)),
                Rule::block_chars => pieces.push(self.raw_chars(part)),
                Rule::miss_quote => {
                    closed = false;
                    self.unclosed_text(whole);
                }
                Rule::miss_close => {
                    closed = false;
                    self.unclosed_block(whole);
                }
                _ => self.trouble(part),
            }
        }
        if block {
            pieces = self.dedent(pieces, whole, closed);
        }
        let style = if block { TextStyle::Block } else { TextStyle::Line };
        let (parts, open) = self.matched(pieces);
        // A text that has no end has not said the ends of its blocks either.
        if closed {
            self.unclosed_markers(&open);
        }
        Text { span: if closed { whole } else { self.trim(whole) }, style, parts }
    }

    fn unclosed_markers(&mut self, open: &[Span]) {
        for span in open {
            let message = format!("`{}` has no `${{end}}`", self.laid(*span));
            let help = "write `${end}` where the block ends, in the same text";
            self.report(Code::TemplateBlock, *span, message, help);
        }
    }

    /// The content of a prompt file.
    pub(in crate::language::syntax) fn prompt_file(&mut self, node: Node<'_>) -> Text {
        let mut pieces = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::hole => pieces.push(self.hole(part)),
                Rule::file_chars => pieces.push(self.raw_chars(part)),
                _ => {}
            }
        }
        for piece in &mut pieces {
            if let Piece::Chars(chars, span) = piece {
                self.foreign_holes(*span);
                *chars = unescape_block(&chars.replace("\r\n", "\n"));
            }
        }
        if let Some(Piece::Chars(chars, _)) = pieces.last_mut()
            && chars.ends_with('\n')
        {
            chars.pop();
        }
        let pieces = without_marker_lines(pieces);
        let (parts, open) = self.matched(pieces);
        self.unclosed_markers(&open);
        Text { span: node.whole(), style: TextStyle::File, parts }
    }

    fn unclosed_text(&mut self, whole: Span) {
        let end = self.trim(whole);
        let place = Span { start: end.end, end: end.end };
        let quote = Span { start: whole.start, end: whole.start + 1 };
        let diagnostic = self
            .new_diagnostic(
                Code::UnclosedText,
                place,
                "expected `\"` at the end of this text, found the end of the line",
            )
            .label(self.file, quote, "the text begins here")
            .help("put a `\"` where the text ends; a text of several lines stands between `\"\"\"`");
        self.push(diagnostic);
    }

    fn unclosed_block(&mut self, whole: Span) {
        let quote = Span { start: whole.start, end: whole.start + 3 };
        let end = self.trim(whole).end;
        let stray = self.laid(whole).lines().skip(1).position(|line| line.trim() == "\"");
        let diagnostic = self.new_diagnostic(
            Code::UnclosedText,
            quote,
            "this text has no end: expected `\"\"\"` on a line of its own",
        );
        let diagnostic = diagnostic.label(self.file, Span { start: end, end }, "the text goes on up to here");
        let diagnostic = match stray {
            Some(_) => diagnostic.help("the line with a single `\"` should be `\"\"\"`"),
            None => {
                diagnostic.help("write `\"\"\"` on a line of its own below the text, as deep as the text")
            }
        };
        self.push(diagnostic);
    }

    fn raw_chars(&self, node: Node<'_>) -> Piece {
        let span = node.whole();
        Piece::Chars(self.laid(span).to_string(), span)
    }

    fn line_chars(&mut self, node: Node<'_>) -> Piece {
        let span = node.whole();
        let raw = self.laid(span);
        self.foreign_holes(span);
        let raw = raw.trim_end_matches('\r');
        if !raw.contains('\\') {
            return Piece::Chars(raw.to_string(), span);
        }
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('\\') {
            out.push_str(rest.get(..at).unwrap_or_default());
            let escape = rest.get(at + 1..).unwrap_or_default();
            let start = span.start as usize + (raw.len() - escape.len()) - 1;
            let length = self.escape(escape, start, &mut out);
            rest = escape.get(length..).unwrap_or_default();
        }
        out.push_str(rest);
        Piece::Chars(out, span)
    }

    /// Reads what stands behind a `\`; how many bytes it takes.
    fn escape(&mut self, escape: &str, start: usize, out: &mut String) -> usize {
        let Some(letter) = escape.chars().next() else {
            self.unknown_escape(start, start + 1, "\\");
            return 0;
        };
        match letter {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '"' | '\\' | '$' => out.push(letter),
            'u' if escape.starts_with("u{") => return self.code_point(escape, start, out),
            _ => {
                let spelled = format!("\\{letter}");
                self.unknown_escape(start, start + spelled.len(), &spelled);
                out.push_str(&spelled);
            }
        }
        letter.len_utf8()
    }

    fn code_point(&mut self, escape: &str, start: usize, out: &mut String) -> usize {
        let Some(end) = escape.find('}') else {
            self.unknown_escape(start, start + 2, "\\u");
            return 1;
        };
        let digits = escape.get(2..end).unwrap_or_default();
        let valid = digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let letter = u32::from_str_radix(digits, 16).ok().filter(|_| valid).and_then(char::from_u32);
        match letter {
            Some(letter) => out.push(letter),
            None => {
                let span = Span::new(start, start + end + 2);
                let message = format!("`\\u{{{digits}}}` is no character");
                self.report(
                    Code::UnknownEscape,
                    span,
                    message,
                    "between the braces stand one to six hexadecimal digits: `\\u{e9}`",
                );
            }
        }
        end + 1
    }

    fn unknown_escape(&mut self, start: usize, end: usize, spelled: &str) {
        let span = Span::new(start, end);
        let message = format!(
            "`{spelled}` means nothing in a text; there are `\\n`, `\\t`, `\\\"`, `\\\\`, `\\$` and `\\u{{…}}`"
        );
        let with = format!("\\{spelled}");
        self.report_fix(Code::UnknownEscape, span, message, "write `\\\\` for a backslash", &with);
    }

    /// `{{ x }}`, and lines of only `{for …}`, `{when …}`, `{end}`: holes of other template languages.
    pub(super) fn foreign_holes(&mut self, span: Span) {
        let raw = self.laid(span);
        let mut from = 0;
        while let Some(open) = raw.get(from..).and_then(|rest| rest.find("{{")).map(|at| at + from) {
            let Some(close) = raw.get(open..).and_then(|rest| rest.find("}}")).map(|at| at + open) else {
                break;
            };
            let inner = raw.get(open + 2..close).unwrap_or_default().trim();
            from = open + 2;
            if is_path(inner) {
                let place = Span::new(span.start as usize + open, span.start as usize + close + 2);
                let better = format!("${{{inner}}}");
                let message = format!("a hole is written `{better}`");
                self.report_fix(Code::ForeignTemplate, place, message, &format!("write `{better}`"), &better);
                from = close;
            }
        }
        self.bare_markers(span, raw);
    }

    fn bare_markers(&mut self, span: Span, raw: &str) {
        let mut at = span.start as usize;
        for line in raw.split_inclusive('\n') {
            let marker = line.trim();
            let inner = marker.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
            let word = inner.split_whitespace().next().unwrap_or_default();
            let looks = word == "for" && inner.contains(" in ")
                || word == "when" && inner.len() > 5
                || inner == "end"
                || inner == "otherwise";
            if looks && line.ends_with('\n') {
                let start = at + line.find('{').unwrap_or(0);
                let place = Span::new(start, start + marker.len());
                let message = format!("a marker begins with `${{`: `${marker}`");
                self.report_fix(
                    Code::ForeignTemplate,
                    place,
                    message,
                    "put a `$` in front",
                    &format!("${marker}"),
                );
            }
            at += line.len();
        }
    }

    fn hole(&mut self, node: Node<'_>) -> Piece {
        let span = node.whole();
        let mut piece = None;
        for part in node.children() {
            match part.rule() {
                Rule::m_for => piece = Some(self.for_marker(part, span)),
                Rule::m_when => piece = Some(self.when_marker(part, span)),
                Rule::m_otherwise => piece = Some(Piece::Otherwise(span)),
                Rule::m_end => piece = Some(Piece::End(span)),
                Rule::err_marker => piece = Some(self.wrong_marker(part, span)),
                Rule::expr => piece = Some(Piece::Hole(self.expr(part), span)),
                Rule::miss_expr => {
                    let message = "this hole is empty: expected an expression between `${` and `}`";
                    self.report(
                        Code::Expected,
                        span,
                        message,
                        "name what belongs here; for the characters themselves write `\\${`",
                    );
                    piece = Some(Piece::Hole(self.missing_expr(part), span));
                }
                Rule::miss_hole_end => self.unclosed_hole(part, span),
                Rule::bad_hole => self.bad_hole(part),
                _ => self.trouble(part),
            }
        }
        piece.unwrap_or(Piece::Chars(String::new(), span))
    }

    fn unclosed_hole(&mut self, node: Node<'_>, hole: Span) {
        let place = self.behind(node.whole().start);
        let open = Span { start: hole.start, end: hole.start + 2 };
        let fix = Fix::replace("put a `}` here", self.place(place), "}");
        let diagnostic = self
            .new_diagnostic(Code::UnclosedHole, place, "expected `}` at the end of this hole")
            .label(self.file, open, "the hole begins here")
            .help("put a `}` here; for the characters themselves write `\\${`")
            .fix(fix);
        self.push(diagnostic);
    }

    fn bad_hole(&mut self, node: Node<'_>) {
        let span = self.span(node);
        let spelled = self.laid(span);
        let (message, help) = if spelled.starts_with('|') {
            (
                "a hole has no filters".to_string(),
                "call a function: `${upper(name)}`, `${join(names, \", \")}`",
            )
        } else if spelled.starts_with(':') {
            ("a hole has no format".to_string(), "round a number with `${round(x, 2)}`")
        } else {
            (
                format!("expected `}}` at the end of this hole, found {}", self.describe(span.start)),
                "a hole holds one expression",
            )
        };
        self.report(Code::Unexpected, span, message, help);
    }

    fn for_marker(&mut self, node: Node<'_>, span: Span) -> Piece {
        let (mut item, mut list) = (self.missing_name(node), self.missing_expr(node));
        for part in node.children() {
            match part.rule() {
                Rule::def_name | Rule::miss_name => {
                    item = self.def_name(part, Bound::Value("the item's name"));
                }
                Rule::expr => list = self.expr(part),
                Rule::miss_expr => {
                    self.missing(part, "the list");
                    list = self.missing_expr(part);
                }
                Rule::miss_in => self.missing(part, "`in`"),
                _ => self.trouble(part),
            }
        }
        Piece::For { span, item, list }
    }

    fn when_marker(&mut self, node: Node<'_>, span: Span) -> Piece {
        if node.child(Rule::then_part).is_some() {
            return Piece::Hole(self.when_then(node), span);
        }
        let condition = self.first_expr(node, "a condition");
        Piece::When { span, condition }
    }

    /// `${if x}`, `${else}`, `${endif}` and their like.
    fn wrong_marker(&mut self, node: Node<'_>, span: Span) -> Piece {
        let word = node.first().map_or("", |word| self.spelled(word));
        let condition = node.child(Rule::expr);
        let spelled = condition.map_or("", |condition| self.spelled(condition));
        let (better, certain) = match word {
            "if" => (format!("${{when {spelled}}}"), true),
            "else" => ("${otherwise}".to_string(), true),
            "endif" | "endfor" | "endwhen" => ("${end}".to_string(), true),
            "foreach" => ("${for x in xs}".to_string(), false),
            _ => ("${otherwise}${when …}…${end}${end}".to_string(), false),
        };
        let message = format!("`{}` is written `{better}`", self.laid(span));
        if certain {
            self.report_fix(Code::ForeignTemplate, span, message, &format!("write `{better}`"), &better);
        } else {
            self.report(Code::ForeignTemplate, span, message, format!("write `{better}`"));
        }
        match (word, condition) {
            ("if", Some(condition)) => Piece::When { span, condition: self.expr(condition) },
            ("else", _) => Piece::Otherwise(span),
            ("endif" | "endfor" | "endwhen", _) => Piece::End(span),
            _ => Piece::Chars(String::new(), span),
        }
    }

    /// Template blocks by their markers.
    fn matched(&mut self, pieces: Vec<Piece>) -> (Vec<TextPart>, Vec<Span>) {
        let mut open: Vec<Open> = Vec::new();
        let mut parts: Vec<TextPart> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Chars(chars, span) => {
                    if !chars.is_empty() {
                        parts.push(TextPart::Chars(SmolStr::from(chars), span));
                    }
                }
                Piece::Hole(expr, span) => parts.push(TextPart::Hole(expr, span)),
                Piece::For { span, item, list } => {
                    let kind = OpenKind::For(item, list);
                    open.push(Open { span, kind, outer: std::mem::take(&mut parts) });
                }
                Piece::When { span, condition } => {
                    let kind = OpenKind::When(condition, None);
                    open.push(Open { span, kind, outer: std::mem::take(&mut parts) });
                }
                Piece::Otherwise(span) => self.template_otherwise(open.last_mut(), span, &mut parts),
                Piece::End(span) => match open.pop() {
                    Some(block) => parts = block.close(parts),
                    None => self.report(
                        Code::TemplateBlock,
                        span,
                        "this `${end}` ends nothing",
                        "take it away, or look for the `${for …}` or `${when …}` that it should end",
                    ),
                },
            }
        }
        let mut unclosed = Vec::new();
        while let Some(block) = open.pop() {
            unclosed.push(block.span);
            parts = block.close(parts);
        }
        (parts, unclosed)
    }

    fn template_otherwise(&mut self, block: Option<&mut Open>, span: Span, parts: &mut Vec<TextPart>) {
        match block {
            Some(Open { kind: OpenKind::When(_, then @ None), .. }) => *then = Some(std::mem::take(parts)),
            Some(Open { kind: OpenKind::When(..), .. }) => {
                self.report(
                    Code::TemplateBlock,
                    span,
                    "this `${when …}` has an `${otherwise}` already",
                    "for a third case put a `${when …}` inside the `${otherwise}`",
                );
            }
            Some(_) => self.report(
                Code::TemplateBlock,
                span,
                "`${for …}` has no `${otherwise}`",
                "ask `${when count(xs) > 0}` around it",
            ),
            None => self.report(
                Code::TemplateBlock,
                span,
                "this `${otherwise}` belongs to no `${when …}`",
                "take it away, or look for the `${when …}` above",
            ),
        }
    }

    /// A text for a place that takes a prompt: written here or in a file.
    pub(super) fn prompt_source(&mut self, part: Node<'_>) -> TextSource {
        match part.rule() {
            Rule::text => TextSource::Inline(self.text(part)),
            Rule::file_text => match part.first() {
                Some(text) => TextSource::File(self.plain_text(text, "the path of the file")),
                None => TextSource::Missing(self.behind(part.whole().start)),
            },
            _ => {
                self.missing(part, "a text");
                TextSource::Missing(self.behind(part.whole().start))
            }
        }
    }

    /// A text without holes (L1.9).
    pub(super) fn plain_text(&mut self, node: Node<'_>, what: &str) -> Text {
        let text = self.text_or(node, what);
        if let Some(TextPart::Hole(_, span) | TextPart::For { span, .. } | TextPart::When { span, .. }) =
            text.parts.iter().find(|part| !matches!(part, TextPart::Chars(..)))
        {
            let message = format!("{what} is a plain text, without holes");
            self.report(
                Code::HoleInPlainText,
                *span,
                message,
                "write it out: it has to be known before anything runs",
            );
        }
        text
    }

    /// A text, or an empty one where it is missing.
    pub(super) fn text_or(&mut self, node: Node<'_>, what: &str) -> Text {
        if node.rule() == Rule::text {
            return self.text(node);
        }
        self.missing(node, what);
        Text { span: self.behind(node.whole().start), style: TextStyle::Line, parts: Vec::new() }
    }
}

/// A template block that is open.
struct Open {
    span: Span,
    kind: OpenKind,
    /// The parts before it.
    outer: Vec<TextPart>,
}

enum OpenKind {
    For(Name, Expr),
    /// With what stands before the `${otherwise}`.
    When(Expr, Option<Vec<TextPart>>),
}

impl Open {
    fn close(self, inner: Vec<TextPart>) -> Vec<TextPart> {
        let mut parts = self.outer;
        let span = self.span;
        parts.push(match self.kind {
            OpenKind::For(item, list) => TextPart::For { span, item, list, body: inner },
            OpenKind::When(condition, None) => {
                TextPart::When { span, condition, then: inner, otherwise: Vec::new() }
            }
            OpenKind::When(condition, Some(then)) => {
                TextPart::When { span, condition, then, otherwise: inner }
            }
        });
        parts
    }
}

fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|word| {
            word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
                && word.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        })
}
