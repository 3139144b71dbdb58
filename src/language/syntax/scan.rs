//! The small scanner in front of the grammar: where texts, comments, brackets and words are.
//!
//! It makes two things: a list of tokens, from which lines and brackets are put in order (`layout`, `recover`), and the
//! *laid-out* text that the grammar reads, as long as the file, in which comments are blanks already.

use super::slip::{Slip, SlipKind};
use super::words;
use crate::base::Span;
use pest::unicode::{XID_CONTINUE, XID_START};

/// A token; what is between two of them are blanks, comments, and the characters of texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// The first quote of a text; its last one. Zero width where it is missing.
    TextOpen,
    TextClose,
    /// `${` and its `}`; zero width where it is missing.
    HoleOpen,
    HoleClose,
    Open(Bracket),
    Close(Bracket),
    Comma,
    /// A binary operator, `=`, `->` or `|`.
    Operator,
    Dot,
    Colon,
    At,
    Question,
    Other,
    Newline,
    /// The line end in front of a declaration.
    Boundary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
    Curly,
}

impl Token {
    pub(super) fn span(self) -> Span {
        Span { start: self.start, end: self.end }
    }
}

/// A comment, slashes included.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawComment {
    pub span: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub alone: bool,
    /// How many tokens stand before it.
    pub before: u32,
}

/// What the scanner found.
pub(super) struct Scan {
    pub tokens: Vec<Token>,
    pub comments: Vec<RawComment>,
    pub slips: Vec<Slip>,
    /// The laid-out text; only ASCII bytes and whole characters are ever replaced, by ASCII.
    pub laid: Vec<u8>,
}

enum Frame {
    Line,
    Block,
    /// How many brackets are open in the hole.
    Hole(u32),
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    line_start: usize,
    /// The end of the last line that was asked for.
    line_stop: usize,
    /// Whether a token stands on this line already.
    begun: bool,
    frames: Vec<Frame>,
    /// Brackets that are open since the last declaration began.
    curly: u32,
    other: u32,
    /// How far the declaration's head is indented, and whether a line of its body is deeper: then a `let` that is not
    /// deeper begins a declaration, also where a `}` is missing.
    head_indent: usize,
    body_indented: bool,
    /// Where a declaration is awaited, and whether it began there.
    awaited: Option<usize>,
    arrived: bool,
    out: Scan,
}

/// Scans a script.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner::new(text);
    if text.starts_with('\u{FEFF}') {
        scanner.blank(0, 3);
        scanner.at = 3;
        scanner.line_start = 3;
    }
    scanner.run();
    scanner.out
}

/// Scans a script from the beginning of a declaration, behind its line end, up to that of another one if it comes there;
/// whether it does. `laid` is the laid-out text, as it is from where it is scanned. What a border leads to follows from the
/// text behind it alone, but for what stands open, and nothing does.
pub(super) fn scan_part(text: &str, laid: Vec<u8>, from: usize, until: Option<usize>) -> (Scan, bool) {
    let mut scanner =
        Scanner { at: from, line_start: from, line_stop: 0, awaited: until, ..Scanner::over(text, laid) };
    scanner.push(Kind::Boundary, from.saturating_sub(1), from);
    scanner.begun = false;
    scanner.run();
    (scanner.out, scanner.arrived)
}

/// Scans the content of a prompt file: all of it is the inside of a block text.
pub(super) fn scan_prompt(text: &str) -> Scan {
    let mut scanner = Scanner::new(text);
    while scanner.at < scanner.bytes.len() {
        if scanner.frames.is_empty() {
            scanner.frames.push(Frame::Block);
        }
        scanner.step_prompt();
    }
    scanner.out
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        let mut scanner = Self::over(text, text.as_bytes().to_vec());
        scanner.out.tokens.reserve(text.len() / 4);
        scanner
    }

    fn over(text: &'t str, laid: Vec<u8>) -> Self {
        let out = Scan { tokens: Vec::new(), comments: Vec::new(), slips: Vec::new(), laid };
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            line_start: 0,
            line_stop: text.find('\n').unwrap_or(text.len()),
            begun: false,
            frames: Vec::new(),
            curly: 0,
            other: 0,
            head_indent: 0,
            body_indented: false,
            awaited: None,
            arrived: false,
            out,
        }
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self, from: usize) -> &'t str {
        self.text.get(from..).unwrap_or_default()
    }

    fn ahead_is(&self, what: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(what.as_bytes()))
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let span = Span::new(start, end);
        self.out.tokens.push(Token { kind, start: span.start, end: span.end });
        self.begun = true;
    }

    fn take(&mut self, kind: Kind, length: usize) {
        self.push(kind, self.at, self.at + length);
        self.at += length;
    }

    fn blank(&mut self, start: usize, end: usize) {
        if let Some(bytes) = self.out.laid.get_mut(start..end) {
            for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
        }
    }

    fn put(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.out.laid.get_mut(at) {
            *place = byte;
        }
    }

    fn slip(&mut self, kind: SlipKind, start: usize, end: usize) {
        self.out.slips.push(Slip { kind, span: Span::new(start, end) });
    }

    /// Where the line of `from` ends; `from` lies at or behind where the scanner is.
    fn line_end(&mut self, from: usize) -> usize {
        if from > self.line_stop {
            let rest = self.bytes.get(from..).unwrap_or_default();
            let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            self.line_stop = from + length;
        }
        self.line_stop
    }

    fn run(&mut self) {
        while self.at < self.bytes.len() && !self.arrived {
            match self.frames.last() {
                None | Some(Frame::Hole(_)) => self.code(),
                Some(Frame::Line) => self.line_text(),
                Some(Frame::Block) => self.block_text(false),
            }
        }
        while let Some(frame) = self.frames.pop() {
            let kind = if matches!(frame, Frame::Hole(_)) { Kind::HoleClose } else { Kind::TextClose };
            self.push(kind, self.at, self.at);
        }
    }

    fn step_prompt(&mut self) {
        match self.frames.last() {
            Some(Frame::Line) => self.line_text(),
            Some(Frame::Hole(_)) => self.code(),
            Some(Frame::Block) if self.frames.len() > 1 => self.block_text(false),
            _ => self.block_text(true),
        }
    }

    fn in_hole(&self) -> bool {
        !self.frames.is_empty()
    }

    fn code(&mut self) {
        let byte = self.byte(0);
        match byte {
            b' ' => self.at += 1,
            b'\t' | b'\r' => {
                self.put(self.at, b' ');
                self.at += 1;
            }
            b'\n' => self.newline(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'"' => self.open_text(),
            b'/' if self.byte(1) == b'/' && !self.in_hole() => self.comment(),
            b'(' => self.open(Bracket::Round, 1),
            b'[' => self.open(Bracket::Square, 1),
            b'{' => self.open(Bracket::Curly, 1),
            b')' => self.close(Bracket::Round, 1),
            b']' => self.close(Bracket::Square, 1),
            b'}' => self.close(Bracket::Curly, 1),
            b',' => self.take(Kind::Comma, 1),
            b'.' => self.take(Kind::Dot, if self.ahead_is("..") { 2 } else { 1 }),
            b':' => self.take(Kind::Colon, 1),
            b'@' => self.take(Kind::At, 1),
            b'?' => self.question(),
            b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'%' | b'|' | b'&' => self.operator(),
            b'/' => self.slash(),
            b';' => self.semicolon(),
            b'\'' | b'`' => self.wrong_quote(byte),
            b'#' if !self.begun && !self.in_hole() => self.hash_comment(),
            b'$' => self.take(Kind::Other, 1),
            0x80.. => self.unicode(),
            _ => self.strange(1),
        }
    }

    fn question(&mut self) {
        // `T??` on a field is a doubled optional; an operator has a blank before it or a value behind it.
        let operator = self.byte(1) == b'?' && self.byte(2) != b'\n' && self.byte(2) != b'?'
            || self.byte(1) == b'?' && self.at > 0 && self.bytes.get(self.at - 1) == Some(&b' ');
        if operator { self.take(Kind::Operator, 2) } else { self.take(Kind::Question, 1) }
    }

    fn operator(&mut self) {
        const LONG: [&str; 12] = ["===", "!==", "==", "!=", "<=", ">=", "->", "=>", "<>", "&&", "||", "**"];
        let long = LONG.iter().find(|operator| self.ahead_is(operator));
        match (long, self.byte(0)) {
            (Some(operator), _) => self.take(Kind::Operator, operator.len()),
            (None, b'!' | b'&') => self.take(Kind::Other, 1),
            (None, b'>') if self.closes_generic() => self.take(Kind::Other, 1),
            (None, _) => self.take(Kind::Operator, 1),
        }
    }

    /// Whether a `>` ends `List<T>` and is no comparison: a `<` stands on its line directly behind a word.
    fn closes_generic(&self) -> bool {
        let line = self.bytes.get(self.line_start..self.at).unwrap_or_default();
        line.last().is_some_and(|byte| *byte != b' ')
            && line.windows(2).any(|pair| matches!(pair, [letter, b'<'] if letter.is_ascii_alphanumeric()))
    }

    fn slash(&mut self) {
        if self.byte(1) != b'*' || self.in_hole() {
            return self.take(Kind::Operator, 1);
        }
        let end = match self.rest(self.at + 2).find("*/") {
            Some(length) => self.at + 2 + length + 2,
            None => self.line_end(self.at),
        };
        self.slip(SlipKind::BlockComment, self.at, end);
        self.blank(self.at, end);
        while self.at < end {
            if self.byte(0) == b'\n' { self.newline() } else { self.at += 1 }
        }
    }

    fn semicolon(&mut self) {
        let end = self.line_end(self.at);
        let rest = self.bytes.get(self.at + 1..end).unwrap_or_default();
        let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
        let last = next.is_none_or(|byte| *byte == b'/');
        self.slip(SlipKind::Semicolon { last }, self.at, self.at + 1);
        if last || self.in_hole() || self.other > 0 {
            self.put(self.at, b' ');
        } else {
            self.put(self.at, b'\n');
            self.push(Kind::Newline, self.at, self.at + 1);
        }
        self.at += 1;
    }

    /// `'…'` and `` `…` `` are read as texts where they end on their line.
    fn wrong_quote(&mut self, quote: u8) {
        let end = self.line_end(self.at);
        let line = self.bytes.get(self.at + 1..end).unwrap_or_default();
        let close = line.iter().position(|byte| *byte == quote);
        let Some(length) = close.filter(|at| !line.iter().take(*at).any(|byte| *byte == b'"')) else {
            return self.strange(1);
        };
        let end = self.at + length + 2;
        self.slip(SlipKind::Quotes, self.at, end);
        self.put(self.at, b'"');
        self.put(end - 1, b'"');
        self.push(Kind::TextOpen, self.at, self.at + 1);
        self.push(Kind::TextClose, end - 1, end);
        self.at = end;
    }

    fn hash_comment(&mut self) {
        let end = self.line_end(self.at);
        self.slip(SlipKind::HashComment, self.at, self.at + 1);
        self.blank(self.at, end);
        self.at = end;
    }

    fn unicode(&mut self) {
        let Some(letter) = self.rest(self.at).chars().next() else { return self.at += 1 };
        match letter {
            '\u{201C}' | '\u{201D}' | '\u{201E}' => self.smart_quote(),
            '\u{FF0C}' => self.full_width(b','),
            '\u{FF1A}' => self.full_width(b':'),
            '\u{FF08}' => self.full_width(b'('),
            '\u{FF09}' => self.full_width(b')'),
            _ if XID_START(letter) => self.word(),
            _ => self.strange(letter.len_utf8()),
        }
    }

    /// A mark of East Asian keyboards, read as ours.
    fn full_width(&mut self, mark: u8) {
        let end = self.at + 3;
        self.slip(SlipKind::FullWidth { mark: char::from(mark) }, self.at, end);
        self.blank(self.at, end);
        self.put(end - 1, mark);
        match mark {
            b'(' => self.open(Bracket::Round, 3),
            b')' => self.close(Bracket::Round, 3),
            b',' => self.take(Kind::Comma, 3),
            _ => self.take(Kind::Colon, 3),
        }
    }

    fn smart_quote(&mut self) {
        let end = self.line_end(self.at);
        let line = self.text.get(self.at + 3..end).unwrap_or_default();
        let Some(length) = line
            .find(['\u{201C}', '\u{201D}'])
            .filter(|at| !line.get(..*at).unwrap_or_default().contains('"'))
        else {
            return self.strange(3);
        };
        let close = self.at + 3 + length;
        self.slip(SlipKind::Quotes, self.at, close + 3);
        self.blank(self.at, self.at + 3);
        self.blank(close, close + 3);
        // At the end of the letter, so that no span is trimmed into it.
        self.put(self.at + 2, b'"');
        self.put(close + 2, b'"');
        self.push(Kind::TextOpen, self.at, self.at + 3);
        self.push(Kind::TextClose, close, close + 3);
        self.at = close + 3;
    }

    fn strange(&mut self, length: usize) {
        let end = self.at + length;
        let again = self
            .out
            .slips
            .last()
            .is_some_and(|slip| slip.kind == SlipKind::Strange && slip.span.end as usize == self.at);
        if let Some(slip) = self.out.slips.last_mut().filter(|_| again) {
            slip.span.end = Span::at(end).end;
        } else {
            self.slip(SlipKind::Strange, self.at, end);
        }
        self.blank(self.at, end);
        self.at = end;
    }

    fn word(&mut self) {
        let start = self.at;
        while matches!(self.byte(0), b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9') {
            self.at += 1;
        }
        while self.byte(0) >= 0x80 {
            let Some(letter) = self.rest(self.at).chars().next().filter(|letter| XID_CONTINUE(*letter))
            else {
                break;
            };
            self.at += letter.len_utf8();
            while matches!(self.byte(0), b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9') {
                self.at += 1;
            }
        }
        if !self.begun && self.frames.is_empty() {
            if self.begins_item(start) {
                self.boundary();
                self.head_indent = start - self.line_start;
                self.body_indented = false;
                let border = self.out.tokens.last().filter(|token| token.kind == Kind::Boundary);
                self.arrived =
                    self.awaited == Some(start) && border.is_some_and(|it| it.end as usize == start);
            } else {
                self.body_indented |= self.curly > 0 && start - self.line_start > self.head_indent;
            }
        }
        self.push(Kind::Word, start, self.at);
    }

    fn number(&mut self) {
        let start = self.at;
        let digits = |scanner: &mut Self| {
            while matches!(scanner.byte(0), b'0'..=b'9' | b'_' | b'a'..=b'z' | b'A'..=b'Z') {
                scanner.at += 1;
            }
        };
        digits(self);
        if self.byte(0) == b'.' && self.byte(1).is_ascii_digit() {
            self.at += 1;
            digits(self);
        }
        self.push(Kind::Number, start, self.at);
    }

    fn comment(&mut self) {
        let end = self.line_end(self.at);
        let trimmed = if self.bytes.get(end.wrapping_sub(1)) == Some(&b'\r') { end - 1 } else { end };
        let before = u32::try_from(self.out.tokens.len()).unwrap_or(u32::MAX);
        let span = Span::new(self.at, trimmed.max(self.at + 2));
        self.out.comments.push(RawComment { span, alone: !self.begun, before });
        self.blank(self.at, end);
        self.at = end;
    }

    fn open(&mut self, bracket: Bracket, length: usize) {
        match self.frames.last_mut() {
            Some(Frame::Hole(depth)) => *depth += 1,
            _ if bracket == Bracket::Curly => self.curly += 1,
            _ => self.other += 1,
        }
        self.take(Kind::Open(bracket), length);
    }

    fn close(&mut self, bracket: Bracket, length: usize) {
        match self.frames.last_mut() {
            Some(Frame::Hole(0)) if bracket == Bracket::Curly => {
                self.frames.pop();
                return self.take(Kind::HoleClose, 1);
            }
            Some(Frame::Hole(depth)) => *depth = depth.saturating_sub(1),
            _ if bracket == Bracket::Curly => {
                self.curly = self.curly.saturating_sub(1);
                if self.curly == 0 {
                    self.other = 0;
                }
            }
            _ => self.other = self.other.saturating_sub(1),
        }
        self.take(Kind::Close(bracket), length);
    }

    fn newline(&mut self) {
        if let Some(Frame::Hole(depth)) = self.frames.last() {
            let depth = *depth;
            if self.frames.iter().any(|frame| matches!(frame, Frame::Line)) {
                return self.break_line_text();
            }
            if !self.hole_goes_on(depth) {
                self.frames.pop();
                return self.push(Kind::HoleClose, self.at, self.at);
            }
        }
        self.take(Kind::Newline, 1);
        self.line_start = self.at;
        self.begun = false;
    }

    /// Whether a hole of a block text may close on a later line.
    fn hole_goes_on(&self, depth: u32) -> bool {
        let joins = self.out.tokens.last().is_some_and(|token| {
            matches!(token.kind, Kind::Comma | Kind::Operator | Kind::Open(_) | Kind::HoleOpen)
        });
        if depth == 0 && !joins && !self.next_line_goes_on() {
            return false;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let stop = rest.windows(3).position(|three| three == b"\"\"\"" || three.starts_with(b"${"));
        rest.iter().take(stop.unwrap_or(rest.len())).any(|byte| *byte == b'}')
    }

    fn next_line_goes_on(&self) -> bool {
        let next = self.rest(self.at + 1).trim_start_matches([' ', '\t']);
        let word: String =
            next.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        next.starts_with('}') || words::continues(&word)
    }

    fn open_text(&mut self) {
        let in_line_text = matches!(self.frames.as_slice(), [.., Frame::Line, Frame::Hole(_)]);
        let end = if in_line_text { self.line_end(self.at) } else { self.at };
        if in_line_text && !self.bytes.get(self.at..end).unwrap_or_default().contains(&b'}') {
            self.frames.pop();
            return self.push(Kind::HoleClose, self.at, self.at);
        }
        if self.ahead_is("\"\"\"") {
            self.take(Kind::TextOpen, 3);
            self.frames.push(Frame::Block);
        } else {
            self.take(Kind::TextOpen, 1);
            self.frames.push(Frame::Line);
        }
    }

    fn line_text(&mut self) {
        match self.byte(0) {
            b'"' => {
                self.frames.pop();
                self.take(Kind::TextClose, 1);
            }
            b'\\' if !matches!(self.byte(1), b'\n' | b'\r') => self.at += 2,
            b'$' if self.byte(1) == b'{' => self.open_hole(),
            b'\n' => self.break_line_text(),
            byte => self.text_byte(byte),
        }
    }

    fn text_byte(&mut self, byte: u8) {
        if byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') {
            return self.strange(1);
        }
        self.at += 1;
    }

    fn open_hole(&mut self) {
        self.take(Kind::HoleOpen, 2);
        self.frames.push(Frame::Hole(0));
    }

    /// A one-line text ends with its line, and so does everything in it.
    fn break_line_text(&mut self) {
        let keep = self.frames.iter().position(|frame| matches!(frame, Frame::Line)).unwrap_or(0);
        while self.frames.len() > keep {
            let hole = matches!(self.frames.pop(), Some(Frame::Hole(_)));
            self.push(if hole { Kind::HoleClose } else { Kind::TextClose }, self.at, self.at);
        }
    }

    fn block_text(&mut self, whole_file: bool) {
        match self.byte(0) {
            b'"' if self.ahead_is("\"\"\"") && !whole_file => {
                if self.opens_another() {
                    return self.break_block_text();
                }
                self.frames.pop();
                self.take(Kind::TextClose, 3);
            }
            b'\\' if self.ahead_is("\\${") || self.ahead_is("\\\"\"\"") => self.at += 2,
            b'$' if self.byte(1) == b'{' => self.open_hole(),
            b'\n' => {
                self.at += 1;
                self.line_start = self.at;
                if !whole_file && self.frames.len() == 1 && words::is_whole_head(self.rest(self.at)) {
                    self.frames.clear();
                    self.push(Kind::TextClose, self.at - 1, self.at - 1);
                    self.push(Kind::Newline, self.at - 1, self.at);
                    self.begun = false;
                }
            }
            byte => self.text_byte(byte),
        }
    }

    /// Whether a `"""` in a block text opens the next one, because the end of this one is missing.
    fn opens_another(&self) -> bool {
        let before = self.text.get(self.line_start..self.at).unwrap_or_default().trim_start();
        let behind = self.rest(self.at + 3);
        let behind = behind.get(..behind.find('\n').unwrap_or(behind.len())).unwrap_or_default();
        let inside = self.out.tokens.last().is_some_and(|token| (token.start as usize) < self.line_start);
        inside && self.frames.len() == 1 && behind.trim().is_empty() && words::opens_block_text(before)
    }

    fn break_block_text(&mut self) {
        self.frames.clear();
        let end = self.line_start.saturating_sub(1);
        self.put(end, 1);
        self.push(Kind::TextClose, end, end);
        self.push(Kind::Newline, end, end + 1);
        self.at = self.line_start;
        self.begun = false;
    }

    /// Whether the word that begins this line at `start` begins a declaration (§11).
    fn begins_item(&self, start: usize) -> bool {
        let word = self.text.get(start..self.at).unwrap_or_default();
        let behind = self.rest(self.at).trim_start_matches([' ', '\t']);
        let first = start == self.line_start;
        let outside = self.curly == 0 && self.other == 0;
        if words::is_item(word) {
            let nameless = outside && first && behind.starts_with('(') && word != "rubric";
            return if nameless {
                true
            } else if first || outside {
                !behind.starts_with([':', '(', '.', ',', ')', ']']) && !behind.starts_with(">=")
            } else {
                words::is_whole_head(self.rest(start))
            };
        }
        if word == "let" {
            return start - self.line_start <= self.head_indent && (outside || self.body_indented);
        }
        outside && first && !words::continues(word) && !self.line_goes_on()
    }

    /// Whether what stands before this line wants more.
    fn line_goes_on(&self) -> bool {
        let last = self.out.tokens.iter().rev().find(|token| token.kind != Kind::Newline);
        last.is_some_and(|token| matches!(token.kind, Kind::Comma | Kind::Operator | Kind::At | Kind::Dot))
    }

    /// The line end in front of this line becomes the border of a declaration.
    fn boundary(&mut self) {
        self.curly = 0;
        self.other = 0;
        if let Some(token) = self.out.tokens.last_mut().filter(|token| token.kind == Kind::Newline) {
            token.kind = Kind::Boundary;
            let at = token.start as usize;
            self.put(at, 0);
        }
    }
}
