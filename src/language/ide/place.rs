/// What is open at a place of a text, found without a tree: it works in the middle of a line that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// Brackets and texts that are open, outermost first.
    pub(super) open: Vec<Open>,
    /// Whether the place is in a comment.
    pub(super) comment: bool,
}

/// A bracket or text that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) kind: OpenKind,
    /// Where it opens.
    pub(super) at: usize,
    /// Commas in it so far, without those in brackets of its own.
    pub(super) commas: usize,
    /// Behind the last of those commas, or behind the bracket.
    pub(super) item: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OpenKind {
    Paren,
    Bracket,
    Brace,
    /// `${`
    Hole,
    /// `"`
    Line,
    /// `"""`
    Block,
}

/// How many bytes stand in front of the first of these, which are ASCII.
fn until_one_of(marks: &[u8], rest: &str) -> usize {
    rest.bytes().position(|byte| marks.contains(&byte)).unwrap_or(rest.len())
}

impl Surroundings {
    /// At the end of `text`, the beginning of a file.
    pub(super) fn at_end_of(text: &str) -> Self {
        let mut found = Self::default();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            at += if found.in_text() { found.text(rest, at) } else { found.code(rest, at) };
        }
        found
    }

    /// Whether the place is in the characters of a text.
    pub(super) fn in_text(&self) -> bool {
        matches!(self.open.last().map(|it| it.kind), Some(OpenKind::Line | OpenKind::Block))
    }

    /// The innermost open bracket.
    pub(super) fn innermost(&self) -> Option<Open> {
        self.open.last().copied()
    }

    fn push(&mut self, kind: OpenKind, at: usize, length: usize) -> usize {
        self.open.push(Open { kind, at, commas: 0, item: at + length });
        length
    }

    /// The characters of a text; how many bytes were read.
    fn text(&mut self, rest: &str, at: usize) -> usize {
        let block = self.open.last().is_some_and(|it| it.kind == OpenKind::Block);
        let first = rest.chars().next().map_or(1, char::len_utf8);
        if rest.starts_with("\\${") {
            return 3;
        }
        if rest.starts_with('\\') && !block {
            let escaped = rest.chars().nth(1).filter(|letter| *letter != '\n');
            return 1 + escaped.map_or(0, char::len_utf8);
        }
        if rest.starts_with("\\\"\"\"") {
            return 4;
        }
        if rest.starts_with("${") {
            return self.push(OpenKind::Hole, at, 2);
        }
        if block && rest.starts_with("\"\"\"") {
            self.open.pop();
            return 3;
        }
        if !block && rest.starts_with(['"', '\n']) {
            self.open.pop();
            return first;
        }
        first + until_one_of(b"\\$\"\n", rest.get(first..).unwrap_or_default())
    }

    fn code(&mut self, rest: &str, at: usize) -> usize {
        let first = rest.chars().next().unwrap_or(' ');
        match first {
            '/' if rest.starts_with("//") && !self.in_hole() => {
                let end = rest.find('\n');
                self.comment = end.is_none();
                return end.unwrap_or(rest.len());
            }
            '"' if rest.starts_with("\"\"\"") => return self.push(OpenKind::Block, at, 3),
            '"' => return self.push(OpenKind::Line, at, 1),
            '(' => return self.push(OpenKind::Paren, at, 1),
            '[' => return self.push(OpenKind::Bracket, at, 1),
            '{' => return self.push(OpenKind::Brace, at, 1),
            ')' => self.close(OpenKind::Paren),
            ']' => self.close(OpenKind::Bracket),
            '}' => self.close_brace(),
            ',' => {
                if let Some(open) = self.open.last_mut() {
                    open.commas += 1;
                    open.item = at + 1;
                }
            }
            '\n' => self.line_end(rest),
            _ => {
                let first = first.len_utf8();
                return first + until_one_of(b"/\"([{)]},\n", rest.get(first..).unwrap_or_default());
            }
        }
        first.len_utf8()
    }

    fn in_hole(&self) -> bool {
        self.open.iter().any(|it| it.kind == OpenKind::Hole)
    }

    fn close(&mut self, kind: OpenKind) {
        if self.open.last().is_some_and(|it| it.kind == kind) {
            self.open.pop();
        }
    }

    /// A brace also ends what was left open inside of it.
    fn close_brace(&mut self) {
        let is_brace = |it: &Open| matches!(it.kind, OpenKind::Brace | OpenKind::Hole);
        if let Some(last) = self.open.iter().rposition(is_brace) {
            self.open.truncate(last);
        }
    }

    /// A one-line text ends with its line, also in a hole of it; the first word of a declaration ends everything.
    fn line_end(&mut self, rest: &str) {
        if let Some(line) = self.open.iter().position(|it| it.kind == OpenKind::Line) {
            self.open.truncate(line);
        }
        let next = rest.get(1..).unwrap_or_default();
        let word = next.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
        let begins = matches!(word, "use" | "type" | "agent" | "rubric" | "tool" | "workflow" | "test");
        if begins && next.get(word.len()..).is_some_and(|rest| rest.starts_with(' ')) && !self.in_block() {
            self.open.clear();
        }
    }

    fn in_block(&self) -> bool {
        self.open.iter().any(|it| it.kind == OpenKind::Block)
    }
}

#[cfg(test)]
mod tests {
    use super::{OpenKind, Surroundings};

    fn kinds(text: &str) -> Vec<OpenKind> {
        Surroundings::at_end_of(text).open.iter().map(|it| it.kind).collect()
    }

    #[test]
    fn brackets_and_texts_nest() {
        assert_eq!(
            kinds("workflow w() {\n  step a = f(x, [1"),
            [OpenKind::Brace, OpenKind::Paren, OpenKind::Bracket]
        );
        assert_eq!(kinds("let a = \"x ${f(y"), [OpenKind::Line, OpenKind::Hole, OpenKind::Paren]);
        assert_eq!(kinds("let a = \"x ${y} z"), [OpenKind::Line]);
        assert_eq!(kinds("let a = \"x\n"), []);
        assert_eq!(
            kinds("agent a() {\n  prompt \"\"\"\n  a \" ${b"),
            [OpenKind::Brace, OpenKind::Block, OpenKind::Hole]
        );
        assert_eq!(kinds("workflow w() {\n  step a = f(\n\nagent b() {"), [OpenKind::Brace]);
        assert!(Surroundings::at_end_of("let a = 1 // b").comment);
        assert!(!Surroundings::at_end_of("let a = 1 // b\n").comment);
    }

    #[test]
    fn commas_count_arguments() {
        let found = Surroundings::at_end_of("step a = f(x, g(1, 2), [3, 4], ");
        assert_eq!(found.innermost().map(|it| it.commas), Some(3));
    }
}
