//! A file as a row of declarations, each of which is read by itself.

use super::foreign;
use super::layout::lay_out;
use super::recover::balance;
use super::scan::{Bracket, Kind, Scan, Token};
use super::slip::Slip;
use super::words;
use crate::base::Span;

/// How deeply things may stand in each other.
pub(super) const DEPTH: u32 = 128;

/// The text of one declaration, or what stands in the place of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    /// Without the line end in front of it.
    pub span: Span,
    /// Where it gets too deep for the parser, if it does.
    pub too_deep: Option<Span>,
    /// Whether a missing `}` was reported.
    pub unclosed: bool,
}

/// Takes a scanned file apart, and puts the brackets and lines of each part in order.
pub(super) fn chunks(scan: &mut Scan, text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    foreign::hash_comments(scan, text);
    let tokens = std::mem::take(&mut scan.tokens);
    let mut start = 0;
    let mut first = 0;
    let borders = tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Boundary);
    let ends = borders.map(|(at, token)| (at, token.start as usize, token.end as usize));
    for (at, end, next) in ends.chain(std::iter::once((tokens.len(), text.len(), text.len()))) {
        let inside = tokens.get(first..at).unwrap_or_default();
        if inside.iter().any(|token| token.kind != Kind::Newline) {
            chunks.push(chunk(inside, Span::new(start, end), text, &mut scan.laid, &mut scan.slips));
        }
        first = at + 1;
        start = next;
    }
    scan.tokens = tokens;
    chunks
}

fn chunk(tokens: &[Token], span: Span, text: &str, laid: &mut [u8], slips: &mut Vec<Slip>) -> Chunk {
    let balanced = balance(tokens, span.end as usize, text, laid, slips);
    lay_out(&balanced, text, laid, slips);
    Chunk { span, too_deep: too_deep(&balanced.tokens, text), unclosed: balanced.unclosed }
}

/// How deep an open bracket is, for the tree: what is built before and behind a nested thing counts as well.
#[derive(Default)]
struct Depth {
    /// Operators in the thing that is being written.
    operators: u32,
    /// The deepest thing nested in it.
    nested: u32,
    /// The deepest finished thing.
    deepest: u32,
}

impl Depth {
    fn finish(&mut self) -> u32 {
        self.deepest = self.deepest.max(self.operators + self.nested);
        self.operators = 0;
        self.nested = 0;
        self.deepest
    }
}

/// Where the tree of these tokens would be deeper than [`DEPTH`].
fn too_deep(tokens: &[Token], text: &str) -> Option<Span> {
    let mut levels = vec![Depth::default()];
    // The variants of a type stand beside each other.
    let first = tokens.iter().find(|token| token.kind == Kind::Word);
    let flat = first.and_then(|token| text.get(token.span().range())) == Some("type");
    for (at, token) in tokens.iter().enumerate() {
        let operator = match token.kind {
            Kind::Operator => !(flat && levels.len() == 1),
            Kind::Dot | Kind::Question | Kind::Other => true,
            Kind::Word => nests(text.get(token.span().range()).unwrap_or_default()),
            Kind::Open(_) | Kind::HoleOpen => {
                levels.push(Depth::default());
                continue;
            }
            Kind::Close(_) | Kind::HoleClose => {
                close(&mut levels);
                // An index is built around what stands before it.
                token.kind == Kind::Close(Bracket::Square)
            }
            Kind::Comma => {
                levels.last_mut().map(Depth::finish);
                false
            }
            Kind::Newline if ends_thing(tokens, at, text) => {
                levels.last_mut().map(Depth::finish);
                false
            }
            _ => false,
        };
        if let Some(level) = levels.last_mut() {
            level.operators += u32::from(operator);
            let open = u32::try_from(levels.len()).unwrap_or(u32::MAX);
            let deep = levels.last().map_or(0, |level| level.operators + level.nested);
            if open + deep > DEPTH {
                return Some(token.span());
            }
        }
    }
    None
}

fn close(levels: &mut Vec<Depth>) {
    if levels.len() < 2 {
        return;
    }
    let inner = levels.pop().map_or(0, |mut level| level.finish());
    if let Some(level) = levels.last_mut() {
        level.nested = level.nested.max(inner + 1);
    }
}

fn nests(word: &str) -> bool {
    matches!(
        word,
        "and" | "or" | "not" | "in" | "is" | "when" | "then" | "otherwise" | "else" | "elif" | "if"
    )
}

/// Whether a line end between tokens ends a thing: neither the line before nor the line behind goes on.
fn ends_thing(tokens: &[Token], at: usize, text: &str) -> bool {
    let joins = |token: &Token| match token.kind {
        Kind::Operator | Kind::Dot | Kind::Newline => true,
        Kind::Word => {
            let word = text.get(token.span().range()).unwrap_or_default();
            words::continues(word) || words::joins(word)
        }
        Kind::Open(bracket) => bracket == Bracket::Curly,
        _ => false,
    };
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    !before.is_some_and(joins) && !tokens.get(at + 1).is_some_and(joins)
}

/// Puts the holes of a prompt file in order; where they get too deep, if they do.
pub(super) fn prompt(tokens: &[Token], text: &str, scan: &mut Scan) -> Option<Span> {
    chunk(tokens, Span::new(0, text.len()), text, &mut scan.laid, &mut scan.slips).too_deep
}
