//! Which line ends end something (L1.3): the others become blanks of the laid-out text.

use super::recover::Balanced;
use super::scan::{Bracket, Kind, Token};
use super::slip::{Slip, SlipKind};
use super::words;

/// What is open around a token.
struct Level {
    /// What opened it; `None` for the declaration itself.
    open: Option<Kind>,
    /// Whether it is closed.
    closed: bool,
    /// The first token of the thing that is being written in it.
    first: Option<usize>,
}

struct Layout<'t> {
    tokens: &'t [Token],
    closed: &'t [bool],
    text: &'t str,
    levels: Vec<Level>,
}

/// What becomes of the line ends between two tokens.
enum LineEnd {
    Kept,
    Joined,
    JoinedAs(SlipKind),
}

/// Makes blanks of the line ends of one chunk that end nothing.
pub(super) fn lay_out(balanced: &Balanced, text: &str, laid: &mut [u8], slips: &mut Vec<Slip>) {
    let top = Level { open: None, closed: true, first: None };
    let mut layout = Layout { tokens: &balanced.tokens, closed: &balanced.closed, text, levels: vec![top] };
    let mut at = 0;
    while let Some(token) = layout.tokens.get(at) {
        if token.kind != Kind::Newline {
            layout.token(at, token.kind);
            at += 1;
            continue;
        }
        let start = at;
        while layout.tokens.get(at).is_some_and(|token| token.kind == Kind::Newline) {
            at += 1;
        }
        match layout.line_end(start, at) {
            LineEnd::Kept => layout.finish(),
            LineEnd::Joined => layout.join(start, at, laid),
            LineEnd::JoinedAs(kind) => {
                let span = layout.tokens.get(at).map(|token| token.span()).unwrap_or_default();
                slips.push(Slip { kind, span });
                layout.join(start, at, laid);
            }
        }
    }
}

impl Layout<'_> {
    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn word(&self, at: usize) -> &str {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Word);
        token.and_then(|token| self.text.get(token.span().range())).unwrap_or_default()
    }

    fn token(&mut self, at: usize, kind: Kind) {
        match kind {
            Kind::Close(_) | Kind::HoleClose => {
                self.levels.pop_if(|level| level.open.is_some());
            }
            // `showing a, b` goes on over its own commas.
            Kind::Comma if self.in_step() => {}
            Kind::Comma => self.finish(),
            _ => {
                if let Some(level) = self.levels.last_mut() {
                    level.first.get_or_insert(at);
                }
            }
        }
        if matches!(kind, Kind::Open(_) | Kind::HoleOpen) {
            let closed = kind == Kind::HoleOpen || self.closed.get(at).copied().unwrap_or(false);
            if closed || kind == Kind::Open(Bracket::Curly) {
                self.levels.push(Level { open: Some(kind), closed, first: None });
            }
        }
    }

    fn in_step(&self) -> bool {
        self.levels.last().and_then(|level| level.first).is_some_and(|first| self.word(first) == "step")
    }

    fn finish(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.first = None;
        }
    }

    fn join(&self, start: usize, end: usize, laid: &mut [u8]) {
        for token in self.tokens.iter().take(end).skip(start) {
            if let Some(byte) = laid.get_mut(token.start as usize).filter(|byte| **byte == b'\n') {
                *byte = b' ';
            }
        }
    }

    fn line_end(&self, start: usize, next: usize) -> LineEnd {
        let Some(level) = self.levels.last() else { return LineEnd::Kept };
        let lines_are_blanks = level.closed
            && matches!(level.open, Some(Kind::Open(Bracket::Round | Bracket::Square) | Kind::HoleOpen));
        let (Some(before), Some(behind)) = (start.checked_sub(1), self.kind(next)) else {
            return LineEnd::Kept;
        };
        if lines_are_blanks {
            return LineEnd::Joined;
        }
        if behind == Kind::Close(Bracket::Curly) || self.kind(before) == Some(Kind::Open(Bracket::Curly)) {
            return LineEnd::Kept;
        }
        if self.wants_more(before) {
            let alone = matches!(
                self.kind(next + 1),
                None | Some(Kind::Colon | Kind::Comma | Kind::Newline | Kind::Close(_))
            );
            let statement = words::begins_statement(self.word(next)) && !alone;
            return if statement { LineEnd::Kept } else { LineEnd::Joined };
        }
        self.line_start(before, next, level.first)
    }

    /// Whether the token in front of a line end wants something behind it.
    fn wants_more(&self, before: usize) -> bool {
        match self.kind(before) {
            Some(Kind::Comma | Kind::Operator | Kind::Open(_)) => true,
            Some(Kind::Word) => {
                let after_dot = before.checked_sub(1).and_then(|at| self.kind(at)) == Some(Kind::Dot);
                words::joins(self.word(before)) && !after_dot
            }
            _ => false,
        }
    }

    /// Whether a line goes on with the line before because of how it begins.
    fn line_start(&self, before: usize, next: usize, first: Option<usize>) -> LineEnd {
        let Some(first) = first else { return LineEnd::Kept };
        let before = || self.tokens.get(before).map(|token| token.span()).unwrap_or_default();
        let key = self.kind(next + 1) == Some(Kind::Colon);
        match self.kind(next) {
            Some(Kind::Word) if key => LineEnd::Kept,
            Some(Kind::Word) => {
                let word = self.word(next);
                let in_tail = self.word(first) == "step" && self.is_tail(word, next);
                if words::continues(word) || in_tail { LineEnd::Joined } else { LineEnd::Kept }
            }
            Some(Kind::At) => LineEnd::Joined,
            Some(Kind::Operator) if self.spelled(next) == "|" => LineEnd::Joined,
            Some(Kind::Operator | Kind::Dot) => {
                LineEnd::JoinedAs(SlipKind::OperatorFirst { before: before() })
            }
            Some(Kind::Open(Bracket::Curly)) => LineEnd::JoinedAs(SlipKind::BraceFirst { before: before() }),
            _ => LineEnd::Kept,
        }
    }

    fn spelled(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.text.get(token.span().range())).unwrap_or_default()
    }

    fn is_tail(&self, word: &str, at: usize) -> bool {
        match word {
            "after" | "showing" => self.kind(at + 1) != Some(Kind::Newline),
            "to" => self.kind(at + 1) == Some(Kind::TextOpen),
            "on" => self.word(at + 1) == "failure",
            "depends_on" | "needs" => true,
            _ => false,
        }
    }
}
