//! A text whose line breaks are not decided yet, after P. Wadler, "A prettier printer" (1998), with the linear layout of
//! C. Lindig, "Strictly pretty" (2000).

/// A document.
#[derive(Clone, Debug)]
pub(super) enum Doc<'a> {
    /// Characters without a line break.
    Text(&'a str),
    /// A slice of the source, put out byte for byte; it may have line breaks.
    Verbatim(&'a str),
    /// A comment, behind which the line ends.
    Comment(&'a str),
    /// A blank, or a line break where its group does not fit.
    Line,
    /// Nothing, or a line break where its group does not fit.
    Soft,
    /// A line break.
    Hard,
    /// A line break and an empty line.
    Blank,
    /// Characters that stand there only where the group is broken.
    IfBroken(&'a str),
    /// Characters that stand there only where the group is on one line.
    IfFlat(&'a str),
    /// One level deeper.
    Nest(Box<Doc<'a>>),
    /// Stands on one line if it fits there.
    Group(Box<Doc<'a>>, Fit),
    /// One after the other.
    Concat(Vec<Doc<'a>>),
}

/// Whether a group may stand on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// If there is room.
    Flat,
    /// Something in it ends the line.
    Broken,
}

/// The width of a page, in characters.
const WIDTH: usize = 100;
/// The width of a level, in characters.
const STEP: usize = 2;

impl<'a> Doc<'a> {
    pub(super) fn nil() -> Doc<'a> {
        Doc::Concat(Vec::new())
    }

    pub(super) fn nest(self) -> Doc<'a> {
        Doc::Nest(Box::new(self))
    }

    /// A group, which is broken from the start where something in it ends a line.
    pub(super) fn group(self) -> Doc<'a> {
        let fit = if self.ends_a_line() { Fit::Broken } else { Fit::Flat };
        Doc::Group(Box::new(self), fit)
    }

    pub(super) fn then(self, next: Doc<'a>) -> Doc<'a> {
        match self {
            Doc::Concat(mut parts) => {
                parts.push(next);
                Doc::Concat(parts)
            }
            first => Doc::Concat(vec![first, next]),
        }
    }

    /// Whether it ends a line wherever it stands. A group knows already.
    pub(super) fn ends_a_line(&self) -> bool {
        match self {
            Doc::Comment(_) | Doc::Hard | Doc::Blank => true,
            Doc::Text(_) | Doc::Verbatim(_) | Doc::Line | Doc::Soft | Doc::IfBroken(_) | Doc::IfFlat(_) => {
                false
            }
            Doc::Nest(inner) => inner.ends_a_line(),
            Doc::Group(_, fit) => *fit == Fit::Broken,
            Doc::Concat(parts) => parts.iter().any(Doc::ends_a_line),
        }
    }
}

/// `a b`, `a, b`: documents with one between two.
pub(super) fn joined<'a>(docs: impl IntoIterator<Item = Doc<'a>>, between: &Doc<'a>) -> Doc<'a> {
    let mut parts = Vec::new();
    for doc in docs {
        if !parts.is_empty() {
            parts.push(between.clone());
        }
        parts.push(doc);
    }
    Doc::Concat(parts)
}

#[derive(Clone, Copy)]
struct Piece<'d, 'a> {
    doc: &'d Doc<'a>,
    indent: usize,
    fit: Fit,
}

struct Layout<'d, 'a> {
    line: &'static str,
    stack: Vec<Piece<'d, 'a>>,
    out: String,
    column: usize,
    /// Indentation that is written with the next character, so that no line ends in blanks.
    owed: usize,
}

/// Lays a document out on the page; `line` ends a line.
pub(super) fn render(doc: &Doc<'_>, line: &'static str) -> String {
    let first = Piece { doc, indent: 0, fit: Fit::Broken };
    let mut layout = Layout { line, stack: vec![first], out: String::new(), column: 0, owed: 0 };
    while let Some(piece) = layout.stack.pop() {
        layout.piece(piece);
    }
    layout.out
}

impl<'d, 'a> Layout<'d, 'a> {
    fn piece(&mut self, piece: Piece<'d, 'a>) {
        let Piece { doc, indent, fit } = piece;
        match doc {
            Doc::Text(text) | Doc::Comment(text) => self.write(text),
            Doc::Verbatim(text) => self.verbatim(text),
            Doc::Line if fit == Fit::Flat => self.write(" "),
            Doc::Soft if fit == Fit::Flat => {}
            Doc::IfBroken(text) if fit == Fit::Broken => self.write(text),
            Doc::IfFlat(text) if fit == Fit::Flat => self.write(text),
            Doc::IfBroken(_) | Doc::IfFlat(_) => {}
            Doc::Line | Doc::Soft | Doc::Hard => self.line(indent),
            Doc::Blank => {
                self.out.push_str(self.line);
                self.line(indent);
            }
            Doc::Nest(inner) => self.stack.push(Piece { doc: inner, indent: indent + STEP, fit }),
            Doc::Group(inner, Fit::Broken) => {
                self.stack.push(Piece { doc: inner, indent, fit: Fit::Broken });
            }
            Doc::Group(inner, Fit::Flat) => {
                let fit = if self.fits(inner) { Fit::Flat } else { Fit::Broken };
                self.stack.push(Piece { doc: inner, indent, fit });
            }
            Doc::Concat(parts) => {
                self.stack.extend(parts.iter().rev().map(|doc| Piece { doc, indent, fit }));
            }
        }
    }

    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.out.extend(std::iter::repeat_n(' ', self.owed));
        self.owed = 0;
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn verbatim(&mut self, text: &str) {
        self.write(text);
        if let Some((_, last)) = text.rsplit_once('\n') {
            self.column = last.chars().count();
        }
    }

    fn line(&mut self, indent: usize) {
        self.out.push_str(self.line);
        self.owed = indent;
        self.column = indent;
    }

    /// Whether a group fits on the rest of the line, with what follows it up to the next possible line break.
    fn fits(&self, doc: &'d Doc<'a>) -> bool {
        let mut room = WIDTH.saturating_sub(self.column);
        let mut inner = vec![(doc, Fit::Flat)];
        let mut outer = self.stack.iter().rev();
        loop {
            let (doc, fit) = match inner.pop() {
                Some(next) => next,
                None => match outer.next() {
                    Some(piece) => (piece.doc, piece.fit),
                    None => return true,
                },
            };
            let taken = match doc {
                Doc::Text(text) => text.chars().count(),
                Doc::Verbatim(text) => match text.split_once('\n') {
                    Some((first, _)) => return first.chars().count() <= room,
                    None => text.chars().count(),
                },
                Doc::Line | Doc::Soft if fit == Fit::Broken => return true,
                // A comment may stand over the edge.
                Doc::Comment(_) | Doc::Hard | Doc::Blank => return true,
                Doc::Line => 1,
                Doc::Soft => 0,
                Doc::IfBroken(text) => text.len() * usize::from(fit == Fit::Broken),
                Doc::IfFlat(text) => text.len() * usize::from(fit == Fit::Flat),
                // What follows the group may still be broken; what is in it may not.
                Doc::Nest(next) | Doc::Group(next, _) => {
                    inner.push((next, fit));
                    0
                }
                Doc::Concat(parts) => {
                    inner.extend(parts.iter().rev().map(|part| (part, fit)));
                    0
                }
            };
            let Some(left) = room.checked_sub(taken) else { return false };
            room = left;
        }
    }
}
