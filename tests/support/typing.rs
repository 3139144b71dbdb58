//! Where in a text that is being typed something may be wrong.

/// A place in the middle of a line that is being typed.
pub struct Typed<'t> {
    /// All that has been typed so far.
    pub before: &'t str,
    /// The number of the unfinished line, from 1.
    pub line: u32,
    /// The lines at which begins what is open because of it.
    open: Vec<u32>,
}

impl Typed<'_> {
    /// The words of the unfinished line.
    pub fn last(&self) -> &str {
        self.before.rsplit('\n').next().unwrap_or_default().trim()
    }

    /// Whether what is wrong on a line may be so because the text is unfinished: it is the line that is being typed, or one
    /// that begins a declaration, block, bracket or text that is not closed yet.
    pub fn may_be_wrong(&self, line: u32) -> bool {
        line == self.line || self.open.contains(&line)
    }
}

/// Every so many places at which a text that is typed from its start has an unfinished line: there is something on it, its
/// end is not reached, and it is no comment.
pub fn unfinished(text: &str, every: usize) -> Vec<Typed<'_>> {
    let places = text.char_indices().map(|(at, _)| text.split_at(at));
    let unfinished = places.filter(|(before, behind)| {
        let last = before.rsplit('\n').next().unwrap_or_default().trim_start();
        !last.is_empty() && !behind.starts_with('\n') && !last.starts_with("//")
    });
    unfinished
        .step_by(every)
        .map(|(before, _)| Typed { before, line: line_of(before), open: open_lines(before) })
        .collect()
}

/// The number of the last line.
fn line_of(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

/// What can be open.
#[derive(PartialEq)]
enum Open {
    Bracket,
    Hole,
    LineText,
    BlockText,
}

/// The lines at which begins what a text leaves open, from 1.
fn open_lines(text: &str) -> Vec<u32> {
    let mut open: Vec<(Open, u32)> = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        let inside = open.last().map(|(kind, _)| kind);
        let in_text = matches!(inside, Some(Open::LineText | Open::BlockText));
        if letter == '\n' {
            line += 1;
            // A one-line text ends with its line, whatever is open in it.
            if let Some(at) = open.iter().position(|(kind, _)| *kind == Open::LineText) {
                open.truncate(at);
            }
        } else if in_text {
            let ends = if inside == Some(&Open::BlockText) { "\"\"\"" } else { "\"" };
            if rest.starts_with('\\') {
                length += rest.chars().nth(1).map_or(0, char::len_utf8);
            } else if rest.starts_with("${") {
                open.push((Open::Hole, line));
                length = 2;
            } else if rest.starts_with(ends) {
                open.pop();
                length = ends.len();
            }
        } else if rest.starts_with("//") {
            length = rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("\"\"\"") {
            open.push((Open::BlockText, line));
            length = 3;
        } else {
            match letter {
                '"' => open.push((Open::LineText, line)),
                '{' | '(' | '[' => open.push((Open::Bracket, line)),
                '}' | ')' | ']' => drop(open.pop()),
                _ => {}
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    open.into_iter().map(|(_, line)| line).collect()
}
