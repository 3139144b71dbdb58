use super::Builder;
use super::text::Piece;
use crate::base::Span;
use crate::diag::Code;

impl Builder<'_> {
    /// Takes the indentation of a block text away, and the lines that hold nothing but markers.
    pub(super) fn dedent(&mut self, mut pieces: Vec<Piece>, whole: Span, closed: bool) -> Vec<Piece> {
        self.check_opener(&mut pieces, whole);
        let indent = self.closer_indent(&mut pieces, whole, closed);
        let mut line_start = true;
        for at in 0..pieces.len() {
            let next_is_text = pieces.get(at + 1).is_some();
            match pieces.get_mut(at) {
                Some(Piece::Chars(chars, span)) => {
                    let raw = std::mem::take(chars);
                    let place = *span;
                    self.foreign_holes(place);
                    let dedented = self.dedent_chars(&raw, place, &indent, line_start, next_is_text);
                    line_start = raw.ends_with('\n');
                    if let Some(Piece::Chars(chars, _)) = pieces.get_mut(at) {
                        *chars = unescape_block(&dedented);
                    }
                }
                Some(piece) => {
                    let span = match piece {
                        Piece::Hole(_, span)
                        | Piece::For { span, .. }
                        | Piece::When { span, .. }
                        | Piece::Otherwise(span)
                        | Piece::End(span) => *span,
                        Piece::Chars(..) => continue,
                    };
                    if line_start && !indent.is_empty() {
                        self.too_shallow(Span { start: span.start, end: span.start });
                    }
                    line_start = false;
                }
                None => {}
            }
        }
        without_marker_lines(pieces)
    }

    /// The opener stands alone behind what is before it; its line break is dropped.
    fn check_opener(&mut self, pieces: &mut [Piece], whole: Span) {
        let open = Span { start: whole.start, end: whole.start + 3 };
        if let Some(Piece::Chars(chars, span)) = pieces.first_mut() {
            let blanks = chars.len() - chars.trim_start_matches([' ', '\t', '\r']).len();
            if chars.as_bytes().get(blanks) == Some(&b'\n') {
                chars.drain(..=blanks);
                *span = Span::new(span.start as usize + blanks + 1, span.end as usize);
                return;
            }
        }
        if whole.len() > 3 {
            let message = "a block text begins on the line below its `\"\"\"`";
            self.report(
                Code::BlockTextShape,
                open,
                message,
                "break the line behind the `\"\"\"`; a text of one line stands between single `\"`",
            );
        }
    }

    /// The blanks in front of the closer, which every line begins with; its line and line break are dropped.
    fn closer_indent(&mut self, pieces: &mut [Piece], whole: Span, closed: bool) -> String {
        let only = pieces.len() == 1;
        if let Some(Piece::Chars(chars, span)) = pieces.last_mut() {
            let line = chars.rfind('\n').map_or(0, |at| at + 1);
            let last = chars.get(line..).unwrap_or_default();
            if last.chars().all(|letter| letter == ' ' || letter == '\t') && (line > 0 || only) {
                let indent = last.to_string();
                let mut end = line;
                if closed && end > 0 {
                    end -= 1;
                    if chars.as_bytes().get(end.wrapping_sub(1)) == Some(&b'\r') {
                        end -= 1;
                    }
                }
                chars.truncate(end);
                *span = Span::new(span.start as usize, span.start as usize + end);
                return indent;
            }
        }
        if closed && whole.len() > 6 {
            let close = Span { start: whole.end - 3, end: whole.end };
            let message = "the `\"\"\"` that ends a block text stands on a line of its own";
            self.report(
                Code::BlockTextShape,
                close,
                message,
                "put it on the line below, as deep as the text",
            );
        }
        String::new()
    }

    fn dedent_chars(
        &mut self,
        raw: &str,
        span: Span,
        indent: &str,
        line_start: bool,
        goes_on: bool,
    ) -> String {
        let mut out = String::with_capacity(raw.len());
        let mut at = span.start as usize;
        let mut first = !line_start;
        let mut lines = raw.split_inclusive('\n').peekable();
        while let Some(line) = lines.next() {
            let content =
                line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
            let is_last = lines.peek().is_none() && !line.ends_with('\n');
            if std::mem::take(&mut first) {
                out.push_str(content);
            } else if let Some(rest) = content.strip_prefix(indent) {
                out.push_str(rest);
            } else if content.trim().is_empty() && !(is_last && goes_on) {
                // A blank line has no indentation to lose.
            } else {
                let blanks = content.len() - content.trim_start().len();
                self.too_shallow(Span::new(at, at + blanks.max(1).min(content.len().max(1))));
                out.push_str(content.trim_start());
            }
            if line.ends_with('\n') {
                out.push('\n');
            }
            at += line.len();
        }
        out
    }

    fn too_shallow(&mut self, span: Span) {
        let message = "this line is indented less than the `\"\"\"` that ends its text";
        self.report(
            Code::BlockTextIndent,
            span,
            message,
            "indent the line as deep as the closing `\"\"\"`, or move that to the left",
        );
    }
}

/// A line that holds nothing but block markers leaves no line behind.
///
/// Its own line break goes. Where it is the last line, it has none: then each line of the block that it ends takes the
/// break before it instead of the one behind, so that a block that gives nothing leaves no empty line at the end.
pub(super) fn without_marker_lines(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if !pieces.iter().any(Piece::is_marker) {
        return pieces;
    }
    pieces.retain(|piece| !matches!(piece, Piece::Chars(chars, _) if chars.is_empty()));
    let alone: Vec<bool> = (0..pieces.len()).map(|at| stands_alone(&pieces, at)).collect();
    let trailing = if alone.last() == Some(&true) { trailing_block(&pieces, &alone) } else { None };
    for at in 0..pieces.len() {
        if alone.get(at) == Some(&true) {
            if let Some(Piece::Chars(chars, span)) =
                at.checked_sub(1).and_then(|before| pieces.get_mut(before))
            {
                let kept = chars.trim_end_matches([' ', '\t']).len();
                let cut = chars.len() - kept;
                chars.truncate(kept);
                *span = Span::new(
                    span.start as usize,
                    (span.end as usize).saturating_sub(cut).max(span.start as usize),
                );
            }
            if let Some(Piece::Chars(chars, span)) = pieces.get_mut(at + 1) {
                let blanks = chars.len() - chars.trim_start_matches([' ', '\t']).len();
                if chars.as_bytes().get(blanks) == Some(&b'\n') {
                    chars.drain(..=blanks);
                    *span = Span::new(span.start as usize + blanks + 1, span.end as usize);
                }
            }
        }
    }
    if let Some(start) = trailing {
        turn_line_breaks(&mut pieces, start);
    }
    pieces
}

/// Whether the marker at `at` stands on a line of nothing but markers.
fn stands_alone(pieces: &[Piece], at: usize) -> bool {
    if !pieces.get(at).is_some_and(Piece::is_marker) {
        return false;
    }
    let blank = |text: &str| text.chars().all(|letter| matches!(letter, ' ' | '\t' | '\r'));
    let before = pieces.get(..at).unwrap_or_default().iter().rev();
    let mut clear = true;
    for piece in before {
        match piece {
            Piece::Chars(chars, _) => match chars.rfind('\n') {
                Some(line) => {
                    clear &= blank(chars.get(line + 1..).unwrap_or_default());
                    break;
                }
                None => clear &= blank(chars),
            },
            piece => clear &= piece.is_marker(),
        }
    }
    for piece in pieces.get(at + 1..).unwrap_or_default() {
        match piece {
            Piece::Chars(chars, _) => match chars.find('\n') {
                Some(line) => {
                    clear &= blank(chars.get(..line).unwrap_or_default());
                    break;
                }
                None => clear &= blank(chars),
            },
            piece => clear &= piece.is_marker(),
        }
    }
    clear
}

/// The index of the marker that opens the block that ends the text, if all of its markers stand alone.
fn trailing_block(pieces: &[Piece], alone: &[bool]) -> Option<usize> {
    let mut depth = 0_i32;
    for at in (0..pieces.len()).rev() {
        let piece = pieces.get(at)?;
        if piece.is_marker() && alone.get(at) != Some(&true) {
            return None;
        }
        match piece {
            Piece::End(_) => depth += 1,
            Piece::For { .. } | Piece::When { .. } => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Gives each line of the block that begins at `start` the line break before it instead of the one behind it.
fn turn_line_breaks(pieces: &mut Vec<Piece>, start: usize) {
    let Some(Piece::Chars(before, _)) = start.checked_sub(1).and_then(|at| pieces.get_mut(at)) else {
        return;
    };
    if before.pop_if_newline().is_none() {
        return;
    }
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len() + 4);
    let rest = pieces.split_off(start);
    let mut run: Vec<Piece> = Vec::new();
    for piece in rest {
        if piece.is_marker() {
            turn(&mut run, &mut out);
            out.push(piece);
        } else {
            run.push(piece);
        }
    }
    turn(&mut run, &mut out);
    pieces.append(&mut out);
}

fn turn(run: &mut Vec<Piece>, out: &mut Vec<Piece>) {
    let ended = match run.last_mut() {
        Some(Piece::Chars(chars, _)) => chars.pop_if_newline().is_some(),
        _ => false,
    };
    match run.first_mut() {
        Some(Piece::Chars(chars, _)) if ended => chars.insert(0, '\n'),
        Some(Piece::Hole(_, span)) if ended => {
            let at = Span { start: span.start, end: span.start };
            out.push(Piece::Chars("\n".into(), at));
        }
        _ => {}
    }
    out.append(run);
}

trait PopNewline {
    /// Takes a line break from the end.
    fn pop_if_newline(&mut self) -> Option<char>;
}

impl PopNewline for String {
    fn pop_if_newline(&mut self) -> Option<char> {
        if self.ends_with('\n') { self.pop() } else { None }
    }
}

pub(super) fn unescape_block(text: &str) -> String {
    if text.contains('\\') {
        text.replace("\\${", "${").replace("\\\"\"\"", "\"\"\"")
    } else {
        text.to_string()
    }
}
