use crate::base::{Source, Span};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The three kinds of names that a file declares; each has a space of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// Of types.
    Type,
    /// Of agents, rubrics, tools and workflows.
    Callable,
    /// Of constants.
    Value,
}

/// What a text lost to its syntax errors: names and types that may have been written, and are not missed elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Lost {
    /// The places of the errors.
    slips: Vec<Span>,
    /// The lines that they stand on.
    lines: Vec<Span>,
    /// The words of these lines, and what stands for something that was reported.
    names: BTreeSet<SmolStr>,
    /// Kinds of declarations of which one has no name: whatever is unknown of that kind may be it.
    nameless: BTreeSet<NameKind>,
}

impl Lost {
    /// What a text with these errors lost.
    pub fn of(source: &Source, slips: Vec<Span>) -> Self {
        let line = |slip: &Span| source.line_span(source.line_column(slip.start).line);
        let lines: Vec<Span> = slips.iter().map(line).collect();
        let words = lines.iter().flat_map(|line| words(source.slice(*line))).map(SmolStr::from);
        let names = words.collect();
        Self { slips, lines, names, nameless: BTreeSet::new() }
    }

    /// Whether nothing is lost: the text was read whole.
    pub fn is_nothing(&self) -> bool {
        self.slips.is_empty()
    }

    /// Whether there is a syntax error in a part of the text.
    pub fn within(&self, span: Span) -> bool {
        self.slips.iter().any(|slip| span.start <= slip.start && slip.start <= span.end)
    }

    /// Whether there is a syntax error in a part of the text, but in none of these parts of it.
    pub fn outside(&self, span: Span, parts: &[Span]) -> bool {
        let inside = |part: &Span, slip: &Span| part.start <= slip.start && slip.start < part.end;
        let own = |slip: &&Span| span.start <= slip.start && slip.start <= span.end;
        self.slips.iter().filter(own).any(|slip| !parts.iter().any(|part| inside(part, slip)))
    }

    /// Whether a part of the text stands on a line with a syntax error.
    pub fn touches(&self, span: Span) -> bool {
        self.lines.iter().any(|line| span.start <= line.end && line.start <= span.end)
    }

    /// Whether a name that is not known may be that of a part that was lost.
    pub fn may_be(&self, name: &str, kind: NameKind) -> bool {
        self.nameless.contains(&kind) || self.names.contains(name)
    }

    /// A name stands for something that was reported.
    pub(super) fn add(&mut self, name: SmolStr) {
        self.names.insert(name);
    }

    /// The name of a declaration was lost.
    pub(super) fn add_nameless(&mut self, kind: NameKind) {
        self.nameless.insert(kind);
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).filter(|word| !word.is_empty())
}

/// Whether a text binds a name, as it seems: the word stands behind one that binds, or before a `:`.
pub fn seems_to_bind(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + name.len()..).unwrap_or_default();
        let is_part = |letter: Option<char>| letter.is_some_and(|it| it.is_alphanumeric() || it == '_');
        if is_part(before.chars().next_back()) || is_part(after.chars().next()) {
            return false;
        }
        let word = words(before).last();
        matches!(word, Some("step" | "let" | "as" | "for")) && before.ends_with(char::is_whitespace)
            || after.trim_start().starts_with(':')
    })
}
