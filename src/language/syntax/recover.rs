//! Brackets put in order before the grammar sees them.
//!
//! The `{ }` of a declaration leave here balanced: where a `}` or `{` is missing, indentation says where it belongs and it
//! is written into a blank of the laid-out text; one too many becomes a blank. So a slip in one block does not take
//! the next statements with it, and the declarations around it not at all.

use super::habits;
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
    let colons = habits::put_right(&mut balanced.tokens, text, laid, slips);
    if !match_up(&mut balanced, text, laid, &mut Vec::new(), Strays::Keep) {
        let repair = Repair::new(&balanced.tokens, text, end, colons);
        balanced.unclosed = repair.missing_close();
        let known = slips.len();
        let tokens = repair.run(laid, slips);
        if let Some(text) = endless_text(&balanced.tokens) {
            let mut at = 0;
            slips.retain(|slip| {
                at += 1;
                at <= known || !matches!(slip.kind, SlipKind::NoClose { .. }) || slip.span.start < text
            });
        }
        balanced.tokens = tokens;
    }
    match_up(&mut balanced, text, laid, slips, Strays::Blank);
    balanced
}

/// Where a block text begins that has no end: it took what stands below it, the `}` of blocks too.
fn endless_text(tokens: &[Token]) -> Option<u32> {
    let mut open: Vec<Token> = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::TextOpen => open.push(*token),
            Kind::TextClose => {
                let opener = open.pop()?;
                if token.start == token.end && opener.end - opener.start == 3 {
                    return Some(opener.start);
                }
            }
            _ => {}
        }
    }
    None
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
    if let Some(bytes) = laid.get_mut(token.span().range()) {
        bytes.fill(b' ');
    }
}

/// A `{` that is open.
struct Opened {
    token: Span,
    /// Of the line on which it stands.
    indent: usize,
}

/// What a repair has found so far.
#[derive(Default)]
struct Found {
    open: Vec<Opened>,
    inserts: Vec<Insert>,
    strays: Vec<usize>,
    slips: Vec<Slip>,
}

struct Repair<'t> {
    tokens: &'t [Token],
    text: &'t str,
    end: usize,
    opens: usize,
    closes: usize,
    /// Each `:` that was read as a `{`.
    colons: Vec<Span>,
}

/// A brace that is written into the text.
struct Insert {
    /// Before which token.
    before: usize,
    close: bool,
}

impl<'t> Repair<'t> {
    fn new(tokens: &'t [Token], text: &'t str, end: usize, colons: Vec<Span>) -> Self {
        let count = |kind| tokens.iter().filter(|token| token.kind == kind).count();
        let (opens, closes) = (count(Kind::Open(Bracket::Curly)), count(Kind::Close(Bracket::Curly)));
        Self { tokens, text, end, opens, closes, colons }
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
        let mut found = Found::default();
        let mut above: Option<std::ops::Range<usize>> = None;
        let mut head_line = 0..0;
        let mut head = 0;
        let mut at = 0;
        while at < self.tokens.len() {
            let line = self.line(at);
            let Some(first) = self.token(at).filter(|_| !line.is_empty()) else {
                at += 1;
                continue;
            };
            let indent = self.indent(first);
            self.close_above(at, indent, &mut found);
            let is_tail = first.kind == Kind::At;
            if above.is_some_and(|above| !is_tail && self.wants_open(&above, &head_line, indent)) {
                let place = self.behind(at);
                let opened = Opened { token: place, indent: self.line_indent(&head_line) };
                found.inserts.push(Insert { before: at, close: false });
                found.open.push(opened);
                found.slips.push(Slip { kind: SlipKind::NoOpen, span: place });
            }
            // A brace behind annotations on lines of their own belongs to the head above them.
            if !is_tail {
                head = indent;
                head_line = line.clone();
            }
            self.walk(line.clone(), head.min(indent), &mut found);
            at = line.end;
            above = Some(line);
        }
        while let Some(opened) = found.open.pop() {
            self.close(opened.token, self.tokens.len(), &mut found);
        }
        slips.append(&mut found.slips);
        self.written(&found, laid, slips)
    }

    /// Reports that what `open` opens is not closed above the token `at`, and closes it there.
    fn close(&self, open: Span, at: usize, found: &mut Found) {
        let end = self.behind(at);
        found.slips.push(if self.colons.contains(&open) {
            Slip { kind: SlipKind::ColonBlock { end }, span: open }
        } else {
            Slip { kind: SlipKind::NoClose { open }, span: end }
        });
        found.inserts.push(Insert { before: at, close: true });
    }

    fn line_indent(&self, line: &std::ops::Range<usize>) -> usize {
        self.token(line.start).map_or(0, |token| self.indent(token))
    }

    /// Blocks that should have ended above a line, by its indentation.
    fn close_above(&self, at: usize, indent: usize, found: &mut Found) {
        let closes = self.token(at).is_some_and(|token| token.kind == Kind::Close(Bracket::Curly));
        if !self.missing_close() {
            return;
        }
        // `otherwise` goes on behind a `}`, which a block that began with a `:` does not have.
        let goes_on = words::continues(self.word(at));
        let ends = |last: &mut Opened| {
            (last.indent > indent || last.indent == indent && !closes)
                && (!goes_on || self.colons.contains(&last.token))
        };
        while let Some(last) = found.open.pop_if(ends) {
            self.close(last.token, at, found);
        }
    }

    /// Whether the line above should have ended with a `{`: it is a head, or ends one, and this line is deeper.
    fn wants_open(
        &self,
        above: &std::ops::Range<usize>,
        head_line: &std::ops::Range<usize>,
        indent: usize,
    ) -> bool {
        let last = above.clone().next_back().and_then(|at| self.token(at));
        let ends_open =
            last.is_some_and(|token| matches!(token.kind, Kind::Open(_) | Kind::Comma | Kind::Operator));
        let mut first = head_line
            .clone()
            .filter(|at| self.token(*at).is_some_and(|token| !matches!(token.kind, Kind::Close(_))));
        let word = head_line.clone().next_back().map_or("", |at| self.word(at));
        let head = first.next().is_some_and(|at| words::opens_block(self.word(at)))
            || word.starts_with(char::is_uppercase)
            || matches!(word, "json" | "headers");
        self.closes > self.opens && head && !ends_open && self.line_indent(head_line) < indent
    }

    /// The braces of one line.
    fn walk(&self, line: std::ops::Range<usize>, indent: usize, found: &mut Found) {
        let (start, end) = (line.start, line.end);
        let mut inline: Vec<usize> = Vec::new();
        for at in line {
            match self.token(at).map(|token| token.kind) {
                Some(Kind::Open(Bracket::Curly)) => inline.push(at),
                Some(Kind::Close(Bracket::Curly)) => {
                    if inline.pop().is_some() {
                        continue;
                    }
                    let deeper = found.open.last().is_some_and(|last| last.indent < indent);
                    let over = self.closes > self.opens && (at != start || deeper);
                    if over || found.open.pop().is_none() {
                        found.strays.push(at);
                    }
                }
                _ => {}
            }
        }
        let block = inline.pop_if(|at| *at + 1 == end);
        for at in inline {
            self.unclosed_on_its_line(at, end, block.is_some(), indent, found);
        }
        found
            .open
            .extend(block.and_then(|at| self.token(at)).map(|token| Opened { token: token.span(), indent }));
    }

    /// A `{` in the middle of a line that ends without its `}`.
    fn unclosed_on_its_line(&self, at: usize, end: usize, block: bool, indent: usize, found: &mut Found) {
        let Some(token) = self.token(at) else { return };
        let next = self.tokens.iter().enumerate().skip(end).find(|(_, token)| token.kind != Kind::Newline);
        let deeper = next.is_some_and(|(_, token)| self.indent(*token) > indent);
        if !self.missing_close() || deeper && !block {
            found.open.push(Opened { token: token.span(), indent });
        } else if block {
            found.strays.push(at);
        } else {
            self.close(token.span(), next.map_or(self.tokens.len(), |(at, _)| at), found);
        }
    }

    /// The end of the last token before `at`.
    fn behind(&self, at: usize) -> Span {
        let before = self.tokens.iter().take(at).rev().find(|token| token.kind != Kind::Newline);
        Span::at(before.map_or(0, |token| token.end as usize))
    }

    /// The tokens with the inserts among them, where the laid-out text has room for each.
    fn written(&self, found: &Found, laid: &mut [u8], slips: &mut Vec<Slip>) -> Vec<Token> {
        let mut out: Vec<Token> = Vec::with_capacity(self.tokens.len() + found.inserts.len());
        let mut inserts = found.inserts.iter().peekable();
        let mut strays = found.strays.iter().peekable();
        for at in 0..=self.tokens.len() {
            while let Some(insert) = inserts.next_if(|insert| insert.before <= at) {
                self.write(insert, at, &mut out, laid);
            }
            if strays.next_if(|stray| **stray <= at).is_some() {
                self.token(at).into_iter().for_each(|token| stray(token, laid, slips));
            } else {
                out.extend(self.token(at));
            }
        }
        out
    }

    fn write(&self, insert: &Insert, at: usize, out: &mut Vec<Token>, laid: &mut [u8]) {
        let newlines = out.iter().rev().take_while(|token| token.kind == Kind::Newline).count();
        let from = out.len() - newlines;
        let start = from.checked_sub(1).and_then(|at| out.get(at)).map_or(0, |token| token.end as usize);
        let end = self.token(at).map_or(self.end, |token| token.start as usize);
        // A letter of several bytes that means nothing is several blanks, and no brace stands in the middle of it.
        let whole = |place: usize| self.text.is_char_boundary(place) && self.text.is_char_boundary(place + 1);
        let free = |place: &usize| matches!(laid.get(*place), Some(b' ' | b'\n')) && whole(*place);
        let room = (start..end).find(free);
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
        let brace = Token { kind, start: span.start, end: span.end };
        match out.get_mut(from) {
            Some(newline) if newline.start == span.start => *newline = brace,
            _ => out.insert(from, brace),
        }
    }
}
