//! Words and marks of other languages beside a thing that is ours: each is said once, and taken away or written as ours
//! before anything is read, so that what stands around it is read all the same.

use super::scan::{Bracket, Kind, Scan, Token};
use super::slip::{Slip, SlipKind};
use super::words;
use crate::base::Span;

/// What is said of a word or mark of another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    pub message: String,
    pub help: String,
    /// The certain repair, if there is one.
    pub edits: Vec<(Span, String)>,
}

/// Writes what is foreign in the tokens of one declaration as ours.
pub(super) fn put_right(tokens: &mut Vec<Token>, text: &str, laid: &mut [u8], slips: &mut Vec<Slip>) {
    let mut reader = Reader { tokens, text, writes: Vec::new(), slips };
    reader.run();
    let writes = reader.writes;
    if writes.is_empty() {
        return;
    }
    for (span, with) in &writes {
        if let Some(bytes) = laid.get_mut(span.range()) {
            bytes.fill(b' ');
            bytes.iter_mut().zip(with.bytes()).for_each(|(place, byte)| *place = byte);
        }
    }
    tokens.retain_mut(|token| {
        let written = writes.iter().find(|(span, _)| *span == token.span());
        if let Some((_, with)) = written {
            token.end = token.start + Span::at(with.len()).start;
        }
        token.start < token.end || written.is_none()
    });
}

struct Reader<'t> {
    tokens: &'t [Token],
    text: &'t str,
    /// Which token is written as what; as nothing, it is gone.
    writes: Vec<(Span, &'static str)>,
    slips: &'t mut Vec<Slip>,
}

impl<'t> Reader<'t> {
    fn run(&mut self) {
        let mut first = None;
        for at in 0..self.tokens.len() {
            let Some(token) = self.token(at) else { break };
            if token.kind == Kind::Newline {
                first = None;
                continue;
            }
            let begins = first.is_none();
            let first = *first.get_or_insert(at);
            match token.kind {
                Kind::Word if self.touches(at, Kind::TextOpen) => self.letter_before_text(at),
                Kind::Word if begins => self.first_of_line(at),
                Kind::Word if matches!(token.end - token.start, 3 | 5) => self.waiting(first, at),
                Kind::Colon if at <= first + 2 && self.touches(at, Kind::Operator) => self.walrus(at),
                _ => {}
            }
        }
    }

    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|token| token.kind)
    }

    fn spelled(&self, at: usize) -> &'t str {
        self.token(at).and_then(|token| self.text.get(token.span().range())).unwrap_or_default()
    }

    fn span(&self, at: usize) -> Span {
        self.token(at).map(Token::span).unwrap_or_default()
    }

    /// A token with the blanks behind it.
    fn with_blanks(&self, at: usize) -> Span {
        let span = self.span(at);
        Span { start: span.start, end: self.token(at + 1).map_or(span.end, |next| next.start) }
    }

    /// Whether a token of this kind follows without a blank between.
    fn touches(&self, at: usize, kind: Kind) -> bool {
        let end = self.token(at).map(|token| token.end);
        self.token(at + 1).is_some_and(|next| next.kind == kind && Some(next.start) == end)
    }

    /// Whether a call begins here.
    fn is_call(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word) && self.touches(at, Kind::Open(Bracket::Round))
    }

    fn say(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
        edits: Vec<(Span, String)>,
    ) {
        let foreign = Foreign { message: message.into(), help: help.into(), edits };
        self.slips.push(Slip { kind: SlipKind::Foreign(Box::new(foreign)), span });
    }

    /// The whole of `what` is written `ours`.
    fn is_written(&mut self, at: usize, ours: &'static str) {
        let (span, word) = (self.span(at), self.spelled(at));
        let message = format!("`{word}` is written `{ours}`");
        self.say(span, message, format!("write `{ours}`"), vec![(span, ours.into())]);
        self.writes.push((span, ours));
    }

    fn first_of_line(&mut self, at: usize) {
        let names_behind = self.kind(at + 1) == Some(Kind::Word);
        match self.spelled(at) {
            "async" | "export" | "pub" | "public" | "private" | "static" | "default" if names_behind => {
                self.in_front(at);
            }
            "const" | "var" | "val" | "final" if names_behind => self.binding(at),
            "class" | "struct" | "interface" | "record" | "enum"
                if names_behind
                    && self.is_at_top(at)
                    && self.kind(at + 2) == Some(Kind::Open(Bracket::Curly)) =>
            {
                self.is_written(at, "type");
            }
            "for" => self.for_head(at),
            "await" if self.is_call(at + 1) => {
                let span = self.span(at);
                let help = "write `step`: it starts as soon as what it uses is ready";
                self.say(span, "steps wait by themselves", help, vec![(span, "step".into())]);
                self.writes.push((span, ""));
            }
            "step" | "let" if names_behind && self.spelled(at + 2) == "==" => {
                let span = self.span(at + 2);
                let message = "a name is bound with `=`; `==` compares";
                self.say(span, message, "write `=`", vec![(span, "=".into())]);
                self.writes.push((span, "="));
            }
            _ => {}
        }
    }

    fn is_at_top(&self, at: usize) -> bool {
        let is_gone = |token: &Token| self.writes.iter().any(|(span, _)| *span == token.span());
        self.tokens.iter().take(at).all(|token| token.kind == Kind::Newline || is_gone(token))
    }

    /// `export async` in front of a declaration.
    fn in_front(&mut self, at: usize) {
        let is_one =
            |word| matches!(word, "async" | "export" | "pub" | "public" | "private" | "static" | "default");
        let count = (at..self.tokens.len()).take_while(|at| is_one(self.spelled(*at))).count();
        let next = self.spelled(at + count);
        let is_ours = words::is_item(next) || matches!(next, "step" | "let");
        let is_known = matches!(next, "class" | "struct" | "interface" | "record" | "enum" | "const" | "var");
        if !is_ours && !is_known {
            return;
        }
        let span = self.span(at).to(self.span(at + count - 1));
        let gone = Span { start: span.start, end: self.span(at + count).start };
        let message = format!("nothing stands in front of `{next}`");
        let help = match self.spelled(at) {
            "async" => "take it away: a step starts as soon as what it uses is ready",
            _ => "take it away: whatever a file declares can be imported",
        };
        self.say(span, message, help, vec![(gone, String::new())]);
        self.writes.extend((at..at + count).map(|at| (self.span(at), "")).collect::<Vec<_>>());
        if is_known {
            self.first_of_line(at + count);
        }
    }

    /// `const x = …`
    fn binding(&mut self, at: usize) {
        if self.spelled(at + 2) != "=" && self.kind(at + 2) != Some(Kind::Colon) {
            return;
        }
        let (span, word) = (self.span(at), self.spelled(at));
        let waits = self.spelled(at + 3) == "await" && self.is_call(at + 4);
        let ours = if waits { "step" } else { "let" };
        let mut edits = vec![(span, ours.to_string())];
        if waits {
            edits.push((self.with_blanks(at + 3), String::new()));
        }
        let help = "a name is bound once and never changes";
        self.say(span, format!("`{word}` is written `{ours}`"), help, edits);
        self.writes.push((span, "let"));
    }

    /// `await f(x)` and `try f(x)` in the place of a call.
    fn waiting(&mut self, first: usize, at: usize) {
        let word = self.spelled(at);
        let before = self.spelled(at - 1);
        if !matches!(word, "await" | "try")
            || !self.is_call(at + 1)
            || !matches!(before, "=" | "return" | "give")
        {
            return;
        }
        let (span, gone) = (self.span(at), self.with_blanks(at));
        let start = self.span(first);
        let mut edits = vec![(gone, String::new())];
        match self.spelled(first) {
            "step" | "return" | "give" => {}
            "let" => edits.insert(0, (start, "step".into())),
            _ => edits.insert(0, (Span { start: start.start, end: start.start }, "step ".into())),
        }
        if word == "await" {
            self.say(span, "steps wait by themselves", "take the `await` away", edits);
        } else {
            let message = "a failed step is answered with `on failure` behind it";
            self.say(
                span,
                message,
                "take the `try` away; a failure that nobody handles fails the run",
                edits,
            );
        }
        self.writes.push((span, ""));
    }

    /// `x := …`
    fn walrus(&mut self, at: usize) {
        if self.spelled(at + 1) != "=" {
            return;
        }
        let span = self.span(at).to(self.span(at + 1));
        let message = "a name is bound with `=`, not with `:=`";
        self.say(span, message, "write `=`", vec![(span, "=".into())]);
        self.writes.push((self.span(at), ""));
    }

    /// `for (const x of xs)` and `for x of xs`.
    fn for_head(&mut self, at: usize) {
        if self.kind(at + 1) == Some(Kind::Open(Bracket::Round)) {
            return self.for_in_parentheses(at);
        }
        if self.kind(at + 1) == Some(Kind::Word) && self.spelled(at + 2) == "of" {
            self.is_written(at + 2, "in");
        }
    }

    fn for_in_parentheses(&mut self, at: usize) {
        let line = self.tokens.iter().skip(at).take_while(|token| token.kind != Kind::Newline).count();
        let Some(close) =
            (at..at + line).rev().find(|at| self.kind(*at) == Some(Kind::Close(Bracket::Round)))
        else {
            return;
        };
        let name = at + 2 + usize::from(matches!(self.spelled(at + 2), "const" | "let" | "var" | "val"));
        let is_one = self.kind(name) == Some(Kind::Word) && matches!(self.spelled(name + 1), "of" | "in");
        let all = self.span(at + 1).to(self.span(close));
        if !is_one || name + 2 >= close {
            let message = "a `for` goes through a list: `for item in items { … }`";
            let help = "the numbers 1 to 3 are `range(1, 3)`; what goes on until something holds is a `loop`";
            return self.say(self.span(at).to(all), message, help, Vec::new());
        }
        let list = Span { start: self.span(name + 2).start, end: self.span(close).start };
        let list = self.text.get(list.range()).unwrap_or_default().trim();
        let better = format!("{} in {list}", self.spelled(name));
        let blank = if self.touches(at, Kind::Open(Bracket::Round)) { " " } else { "" };
        let message = format!("a `for` has no parentheses: `for {better} {{ … }}`");
        self.say(all, message, format!("write `for {better}`"), vec![(all, format!("{blank}{better}"))]);
        let gone = [at + 1, close].into_iter().chain((name > at + 2).then_some(at + 2));
        self.writes.extend(gone.map(|at| (self.span(at), "")).collect::<Vec<_>>());
        self.writes.push((self.span(name + 1), "in"));
    }

    /// `f"…"` and `r"…"`.
    fn letter_before_text(&mut self, at: usize) {
        let (span, word) = (self.span(at), self.spelled(at));
        if !matches!(word, "f" | "F" | "r" | "R" | "b" | "u" | "rf" | "fr") {
            return;
        }
        let holes = word.contains(['f', 'F']);
        let message = if holes {
            format!("a text has no `{word}` in front of it: a hole is written `${{…}}`")
        } else {
            format!("a text has no `{word}` in front of it")
        };
        let edits = self.text_in_our_words(at, holes).into_iter().collect();
        self.say(span, message, format!("take the `{word}` away"), edits);
        self.writes.push((span, ""));
    }

    /// The text behind a letter, with holes as we write them, where that is certain.
    fn text_in_our_words(&self, at: usize, holes: bool) -> Option<(Span, String)> {
        let open = self.token(at + 1)?;
        let mut depth = 0;
        let close = self.tokens.iter().skip(at + 1).find(|token| {
            depth += match token.kind {
                Kind::TextOpen => 1,
                Kind::TextClose => -1,
                _ => 0,
            };
            depth == 0
        })?;
        let inner = self.text.get(open.end as usize..close.start as usize)?;
        if close.start == close.end || inner.contains(['\\', '"', '\'']) || inner.contains("${") {
            return None;
        }
        let quote = if self.spelled(at + 1) == "\"\"\"" { "\"\"\"" } else { "\"" };
        let inner = if holes { our_holes(inner)? } else { inner.to_string() };
        let span = Span { start: self.span(at).start, end: close.end };
        Some((span, format!("{quote}{inner}{quote}")))
    }
}

/// `{a.b}` as `${a.b}`; nothing where more than a path stands between braces.
fn our_holes(text: &str) -> Option<String> {
    let mut parts = text.split('{');
    let mut out = parts.next().filter(|first| !first.contains('}'))?.to_string();
    for part in parts {
        let (path, rest) = part.split_once('}')?;
        let is_path = path.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
        if path.is_empty() || !is_path || rest.contains('}') {
            return None;
        }
        out.push_str(&format!("${{{path}}}{rest}"));
    }
    Some(out)
}

/// Reads a `#` behind code as the beginning of a comment.
pub(super) fn hash_comments(scan: &mut Scan, text: &str) {
    let mut comments: Vec<Span> = Vec::new();
    for slip in scan.slips.iter_mut().filter(|slip| slip.kind == SlipKind::Strange) {
        let here = text.get(slip.span.range()).unwrap_or_default();
        let rest = text.get(slip.span.end as usize..).unwrap_or_default();
        let rest = rest.get(..rest.find('\n').unwrap_or(rest.len())).unwrap_or_default();
        let from = slip.span.end as usize;
        let comment = Span::new(from, from + rest.len());
        if here.bytes().all(|byte| byte == b'#') && !rest.starts_with('"') && is_whole(comment, &scan.tokens)
        {
            slip.kind = SlipKind::HashComment;
            comments.push(comment);
        }
    }
    for comment in &comments {
        scan.laid.get_mut(comment.range()).into_iter().for_each(|bytes| bytes.fill(b' '));
    }
    let mut rest = comments.iter().peekable();
    scan.tokens.retain(|token| {
        while rest.next_if(|comment| comment.end <= token.start).is_some() {}
        rest.peek().is_none_or(|comment| token.start < comment.start)
    });
}

/// Whether each text and hole that begins in a part of a line ends in it, and none else does.
fn is_whole(part: Span, tokens: &[Token]) -> bool {
    let first = tokens.partition_point(|token| token.start < part.start);
    let inside = tokens.iter().skip(first).take_while(|token| token.start < part.end);
    let mut depth = 0_i32;
    let mut lowest = 0;
    for token in inside {
        depth += match token.kind {
            Kind::TextOpen | Kind::HoleOpen => 1,
            Kind::TextClose | Kind::HoleClose => -1,
            _ => 0,
        };
        lowest = lowest.min(depth);
    }
    depth == 0 && lowest == 0
}
