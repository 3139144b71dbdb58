//! The text that the grammar reads: the laid-out one without what the grammar does not look at.
//!
//! A run of blanks is one blank and a run of line ends one line end. A word that the grammar has no rule for is one letter
//! (`x`, or `X` for a word with a capital letter), and so are the characters of a text, where nothing in them could mean
//! something to the grammar. The tree comes out the same, in a fraction of the time; each byte knows its place in the file.

use super::scan::{Kind, Token};
use super::words;
use crate::base::Span;
use pest::unicode::UPPERCASE_LETTER;

/// What is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shorten {
    /// Blanks, names and the characters of texts.
    Everything,
    /// Blanks alone: what the grammar is written for.
    Blanks,
}

/// What the first byte belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    Code,
    /// The characters of a text.
    Text,
}

/// A text for the grammar.
pub(super) struct Short {
    pub text: String,
    /// The place in the file of each byte, and of the end.
    pub places: Vec<u32>,
}

struct Shortener<'t> {
    laid: &'t str,
    how: Shorten,
    out: Short,
    /// For every text and hole that is open, which of them it is.
    open: Vec<Inside>,
    base: Inside,
    at: usize,
    /// Whether the token before has a mark of its own in the text.
    marked: bool,
}

/// Shortens what stands in `span` of a laid-out text; `tokens` are all of the file.
pub(super) fn shorten(laid: &str, span: Span, tokens: &[Token], base: Inside, how: Shorten) -> Short {
    let length = span.len();
    let out = Short { text: String::with_capacity(length / 2), places: Vec::with_capacity(length / 2) };
    let at = span.start as usize;
    let mut shortener = Shortener { laid, how, out, open: Vec::new(), base, at, marked: true };
    let first = tokens.partition_point(|token| token.start < span.start);
    for token in tokens.iter().skip(first).take_while(|token| token.end <= span.end) {
        shortener.token(*token);
    }
    shortener.gap(span.end as usize);
    shortener.out.places.push(span.end);
    shortener.out
}

impl Shortener<'_> {
    fn inside(&self) -> Inside {
        self.open.last().copied().unwrap_or(self.base)
    }

    fn token(&mut self, token: Token) {
        self.gap(token.start as usize);
        let end = token.end as usize;
        match token.kind {
            Kind::TextOpen => self.open.push(Inside::Text),
            Kind::HoleOpen => self.open.push(Inside::Code),
            Kind::TextClose | Kind::HoleClose => {
                self.open.pop();
            }
            Kind::Word => self.word(end),
            _ => {}
        }
        self.marked = token.end > token.start;
        self.mark(token);
    }

    /// The mark of a token; one that was written with a letter of several bytes has blanks beside it.
    fn mark(&mut self, token: Token) {
        let laid = self.laid.get(token.span().range()).unwrap_or_default();
        let mark = laid.trim_matches(' ');
        if mark.len() == 1 && laid.len() > 1 {
            mark.chars().for_each(|letter| self.put(letter, token.start as usize));
            self.at = token.end as usize;
        } else {
            self.blanks(token.end as usize);
        }
    }

    fn word(&mut self, end: usize) {
        let word = self.laid.get(self.at..end).unwrap_or_default();
        if word.ends_with(' ') {
            return self.written(word.trim_end_matches(' '), end);
        }
        if self.how == Shorten::Blanks || word.len() == 1 || words::in_grammar(word) {
            return self.copy(end);
        }
        let letter = if word.starts_with(UPPERCASE_LETTER) { 'X' } else { 'x' };
        self.put(letter, self.at);
        self.at = end;
    }

    /// A word that stands in the place of a longer one; or nothing does.
    fn written(&mut self, word: &str, end: usize) {
        word.char_indices().for_each(|(at, letter)| self.put(letter, self.at + at));
        self.at += word.len();
        self.blanks(end);
    }

    /// What stands between two tokens.
    fn gap(&mut self, end: usize) {
        if self.at >= end {
            return;
        }
        if self.inside() == Inside::Code {
            return self.blanks(end);
        }
        let chars = self.laid.get(self.at..end).unwrap_or_default();
        let plain = !chars.bytes().any(|byte| matches!(byte, b'"' | b'\\' | b'$' | 0 | 1));
        if plain && self.marked && self.how == Shorten::Everything {
            self.put('x', self.at);
            self.at = end;
        }
        self.copy(end);
    }

    fn blanks(&mut self, end: usize) {
        for (at, letter) in self.laid.get(self.at..end).unwrap_or_default().char_indices() {
            let last = self.out.text.as_bytes().last().copied();
            let again = match letter {
                ' ' => matches!(last, Some(b' ' | b'\n')),
                '\n' => last == Some(b'\n'),
                _ => false,
            };
            if !again {
                self.put(letter, self.at + at);
            }
        }
        self.at = self.at.max(end);
    }

    /// Takes everything up to `end` as it stands.
    fn copy(&mut self, end: usize) {
        if let Some(part) = self.laid.get(self.at..end) {
            self.out.text.push_str(part);
            self.out.places.extend((self.at..end).map(|at| Span::at(at).start));
            self.at = end;
        }
    }

    fn put(&mut self, letter: char, at: usize) {
        self.out.text.push(letter);
        self.out.places.extend(std::iter::repeat_n(Span::at(at).start, letter.len_utf8()));
    }
}
