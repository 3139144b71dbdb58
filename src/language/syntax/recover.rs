//! Brackets put in order before the grammar sees them.
//!
//! The `{ }` of a declaration leave here balanced: where a `}` or `{` is missing, indentation says where it belongs and it
//! is written into a blank of the laid-out text; one too many becomes a blank. So a slip in one block does not take
//! the next statements with it, and the declarations around it not at all.

use super::scan::{Bracket, Kind, Token};
use super::slip::{Slip, SlipKind};
use super::words;
use crate::base::Span;

/// The tokens of one declaration, with what is known of its brackets.
pub(super) struct Balanced {
    pub tokens: Vec<Token>,
    /// For every token that opens a bracket: whether it is closed.
    pub closed: Vec<bool>,
    /// Whether a missing `}` was reported.
    pub unclosed: bool,
}

/// Puts the brackets of one chunk in order. `end` is where the chunk ends in the text.
pub(super) fn balance(
    tokens: &[Token],
    end: usize,
    text: &str,
    laid: &mut [u8],
    slips: &mut Vec<Slip>,
) -> Balanced {
    let mut balanced = Balanced { tokens: tokens.to_vec(), closed: Vec::new(), unclosed: false };
    if !match_up(&mut balanced, text, laid, &mut Vec::new(), Strays::Keep) {
        let repair = Repair::new(&balanced.tokens, text, end);
        balanced.unclosed = repair.missing_close();
        balanced.tokens = repair.run(laid, slips);
    }
    match_up(&mut balanced, text, laid, slips, Strays::Blank);
    balanced
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strays {
    /// Only look.
    Keep,
    /// Report, and make blanks of them.
    Blank,
}

/// Finds each bracket's partner. False if `{ }` are not balanced.
fn match_up(it: &mut Balanced, text: &str, laid: &mut [u8], slips: &mut Vec<Slip>, strays: Strays) -> bool {
    let Balanced { tokens, closed, .. } = it;
    closed.clear();
    closed.resize(tokens.len(), false);
    let mut open: Vec<(usize, Kind)> = Vec::new();
    let mut balanced = true;
    let mut first = true;
    for at in 0..tokens.len() {
        let Some(token) = tokens.get(at).copied() else { break };
        let is_first = std::mem::replace(&mut first, token.kind == Kind::Newline);
        match token.kind {
            Kind::Open(_) | Kind::HoleOpen => open.push((at, token.kind)),
            Kind::HoleClose => while open.pop().is_some_and(|(_, kind)| kind != Kind::HoleOpen) {},
            Kind::Close(bracket) => match partner(&open, bracket) {
                Some(depth) => {
                    open.truncate(depth + 1);
                    if let Some(flag) = open.pop().and_then(|(at, _)| closed.get_mut(at)) {
                        *flag = true;
                    }
                }
                None => {
                    balanced &= bracket != Bracket::Curly;
                    if strays == Strays::Blank {
                        stray(token, laid, slips);
                        if let Some(token) = tokens.get_mut(at) {
                            token.kind = Kind::Other;
                        }
                    }
                }
            },
            Kind::Word if is_first && begins_statement(tokens, at, text) => {
                while open.last().is_some_and(|(_, kind)| is_list(*kind)) {
                    open.pop();
                }
            }
            _ => {}
        }
    }
    balanced && !open.iter().any(|(_, kind)| *kind == Kind::Open(Bracket::Curly))
}

fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::Open(Bracket::Round | Bracket::Square))
}

/// The index in `open` of what `bracket` closes: nothing behind a `{` for `)`, nothing outside of a hole.
fn partner(open: &[(usize, Kind)], bracket: Bracket) -> Option<usize> {
    for (depth, (_, kind)) in open.iter().enumerate().rev() {
        match kind {
            Kind::Open(other) if *other == bracket => return Some(depth),
            Kind::HoleOpen => return None,
            Kind::Open(Bracket::Curly) => return None,
            _ => {}
        }
    }
    None
}

fn begins_statement(tokens: &[Token], at: usize, text: &str) -> bool {
    let word = tokens.get(at).and_then(|token| text.get(token.span().range())).unwrap_or_default();
    let behind = tokens.get(at + 1).map(|token| token.kind);
    words::begins_statement(word)
        && !matches!(behind, None | Some(Kind::Colon | Kind::Comma | Kind::Newline | Kind::Close(_)))
}

fn stray(token: Token, laid: &mut [u8], slips: &mut Vec<Slip>) {
    slips.push(Slip { kind: SlipKind::Stray, span: token.span() });
    if let Some(byte) = laid.get_mut(token.start as usize) {
        *byte = b' ';
    }
}

/// A `{` that is open.
struct Opened {
    token: Span,
    /// Of the line on which it stands.
    indent: usize,
    /// Whether its block stands on the lines below.
    ends_line: bool,
}

struct Repair<'t> {
    tokens: &'t [Token],
    text: &'t str,
    end: usize,
    opens: usize,
    closes: usize,
}

/// A brace that is written into the text.
struct Insert {
    /// Before which token.
    before: usize,
    close: bool,
}

impl<'t> Repair<'t> {
    fn new(tokens: &'t [Token], text: &'t str, end: usize) -> Self {
        let count = |kind| tokens.iter().filter(|token| token.kind == kind).count();
        let (opens, closes) = (count(Kind::Open(Bracket::Curly)), count(Kind::Close(Bracket::Curly)));
        Self { tokens, text, end, opens, closes }
    }

    fn missing_close(&self) -> bool {
        self.opens > self.closes
    }

    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn word(&self, at: usize) -> &'t str {
        self.token(at).and_then(|token| self.text.get(token.span().range())).unwrap_or_default()
    }

    fn indent(&self, token: Token) -> usize {
        let before = self.text.get(..token.start as usize).unwrap_or_default();
        before.len() - before.rfind('\n').map_or(0, |at| at + 1)
    }

    /// The tokens from `at` to the end of the line.
    fn line(&self, at: usize) -> std::ops::Range<usize> {
        let length = self.tokens.iter().skip(at).position(|token| token.kind == Kind::Newline);
        at..length.map_or(self.tokens.len(), |length| at + length)
    }

    fn run(&self, laid: &mut [u8], slips: &mut Vec<Slip>) -> Vec<Token> {
        let mut open: Vec<Opened> = Vec::new();
        let mut inserts: Vec<Insert> = Vec::new();
        let mut strays: Vec<usize> = Vec::new();
        let mut above: Option<std::ops::Range<usize>> = None;
        let mut at = 0;
        while at < self.tokens.len() {
            let line = self.line(at);
            let Some(first) = self.token(at).filter(|_| !line.is_empty()) else {
                at += 1;
                continue;
            };
            let indent = self.indent(first);
            self.close_above(at, indent, &mut open, &mut inserts, slips);
            if self.wants_open(above.as_ref(), indent) {
                inserts.push(Insert { before: at, close: false });
                let place = self.behind(at);
                open.push(Opened {
                    token: place,
                    indent: above.as_ref().map_or(0, |it| self.line_indent(it)),
                    ends_line: true,
                });
                slips.push(Slip { kind: SlipKind::NoOpen, span: place });
            }
            self.walk(line.clone(), indent, &mut open, &mut strays);
            at = line.end;
            above = Some(line);
        }
        while let Some(opened) = open.pop() {
            slips.push(Slip {
                kind: SlipKind::NoClose { open: opened.token },
                span: self.behind(self.tokens.len()),
            });
            inserts.push(Insert { before: self.tokens.len(), close: true });
        }
        self.written(&inserts, &strays, laid, slips)
    }

    fn line_indent(&self, line: &std::ops::Range<usize>) -> usize {
        self.token(line.start).map_or(0, |token| self.indent(token))
    }

    /// Blocks that should have ended above a line, by its indentation.
    fn close_above(
        &self,
        at: usize,
        indent: usize,
        open: &mut Vec<Opened>,
        inserts: &mut Vec<Insert>,
        slips: &mut Vec<Slip>,
    ) {
        let closes = self.token(at).is_some_and(|token| token.kind == Kind::Close(Bracket::Curly));
        if !self.missing_close() || words::continues(self.word(at)) {
            return;
        }
        while let Some(last) = open.last() {
            if !last.ends_line || last.indent < indent || closes && last.indent == indent {
                break;
            }
            slips.push(Slip { kind: SlipKind::NoClose { open: last.token }, span: self.behind(at) });
            inserts.push(Insert { before: at, close: true });
            open.pop();
        }
    }

    /// Whether the line above should have ended with a `{`: it is a head, and this line is deeper.
    fn wants_open(&self, above: Option<&std::ops::Range<usize>>, indent: usize) -> bool {
        let Some(above) = above.filter(|_| self.closes > self.opens) else { return false };
        let ends_open = above
            .clone()
            .next_back()
            .and_then(|at| self.token(at))
            .is_some_and(|token| matches!(token.kind, Kind::Open(_) | Kind::Comma | Kind::Operator));
        let mut first = above.clone();
        let head = first.any(|at| {
            self.token(at).is_some_and(|token| !matches!(token.kind, Kind::Close(_)))
                && words::opens_block(self.word(at))
        });
        head && !ends_open && self.line_indent(above) < indent
    }

    fn walk(
        &self,
        line: std::ops::Range<usize>,
        indent: usize,
        open: &mut Vec<Opened>,
        strays: &mut Vec<usize>,
    ) {
        let end = line.end;
        let start = line.start;
        for at in line {
            match self.token(at) {
                Some(token) if token.kind == Kind::Open(Bracket::Curly) => {
                    open.push(Opened { token: token.span(), indent, ends_line: at + 1 == end });
                }
                Some(token) if token.kind == Kind::Close(Bracket::Curly) => {
                    let over = self.closes > self.opens
                        && at == start
                        && open.last().is_some_and(|last| last.ends_line && last.indent < indent);
                    if over || open.pop().is_none() {
                        strays.push(at);
                    }
                }
                _ => {}
            }
        }
    }

    /// The end of the last token before `at`.
    fn behind(&self, at: usize) -> Span {
        let before = self.tokens.iter().take(at).rev().find(|token| token.kind != Kind::Newline);
        Span::at(before.map_or(0, |token| token.end as usize))
    }

    /// The tokens with the inserts among them, where the laid-out text has room for each.
    fn written(
        &self,
        inserts: &[Insert],
        strays: &[usize],
        laid: &mut [u8],
        slips: &mut Vec<Slip>,
    ) -> Vec<Token> {
        let mut out: Vec<Token> = Vec::with_capacity(self.tokens.len() + inserts.len());
        let mut inserts = inserts.iter().peekable();
        for at in 0..=self.tokens.len() {
            while let Some(insert) = inserts.next_if(|insert| insert.before == at) {
                self.write(insert, at, &mut out, laid);
            }
            if strays.contains(&at) {
                self.token(at).into_iter().for_each(|token| stray(token, laid, slips));
            } else {
                out.extend(self.token(at));
            }
        }
        out
    }

    fn write(&self, insert: &Insert, at: usize, out: &mut Vec<Token>, laid: &mut [u8]) {
        let mut from = out.len();
        while from > 0 && out.get(from - 1).is_some_and(|token| token.kind == Kind::Newline) {
            from -= 1;
        }
        let start = from.checked_sub(1).and_then(|at| out.get(at)).map_or(0, |token| token.end as usize);
        let end = self.token(at).map_or(self.end, |token| token.start as usize);
        let room = (start..end).find(|place| matches!(laid.get(*place), Some(b' ' | b'\n')));
        let Some(place) = room else { return };
        let (byte, kind) = if insert.close {
            (b'}', Kind::Close(Bracket::Curly))
        } else {
            (b'{', Kind::Open(Bracket::Curly))
        };
        if let Some(target) = laid.get_mut(place) {
            *target = byte;
        }
        let span = Span::new(place, place + 1);
        out.retain(|token| token.kind != Kind::Newline || token.start != span.start);
        let from = from.min(out.len());
        out.insert(from, Token { kind, start: span.start, end: span.end });
    }
}
