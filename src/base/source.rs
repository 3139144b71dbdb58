use super::Span;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A file of one compilation, by its position in the list of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A span in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Where in it.
    pub span: Span,
}

/// A line and a column, both counted from 1; columns count characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// A source text with its name and line index. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source {
    /// How the file is called in messages: the path as the author gave it.
    pub name: Arc<str>,
    /// The whole text, without a byte-order mark.
    pub text: Arc<str>,
    lines: Arc<LineIndex>,
}

impl Source {
    /// A source of this name and text; a byte-order mark at the front is dropped.
    pub fn new(name: impl Into<Arc<str>>, text: &str) -> Self {
        let text: Arc<str> = text.strip_prefix('\u{FEFF}').unwrap_or(text).into();
        let lines = Arc::new(LineIndex::new(&text));
        Self { name: name.into(), text, lines }
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines.line_column(&self.text, offset)
    }

    /// The text under a span; empty where the span does not lie on character borders of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The span of a line (from 1), without its line end.
    pub fn line_span(&self, line: u32) -> Span {
        self.lines.line_span(&self.text, line)
    }

    /// How many lines the text has; at least 1.
    pub fn line_count(&self) -> u32 {
        self.lines.count()
    }
}

/// Where each line of a text begins, so that a line is found in logarithmic time.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The index of `text`.
    pub fn new(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(ends.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)));
        Self { starts: starts.collect() }
    }

    /// Line and column of an offset into `text`.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        let mut end = (offset as usize).min(text.len()).max(start);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let column = text.get(start..end).map_or(0, |part| part.chars().count()) + 1;
        LineColumn {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The span of a line (from 1), without `\n` or `\r\n`.
    pub fn line_span(&self, text: &str, line: u32) -> Span {
        let index = line.saturating_sub(1) as usize;
        let start = self.starts.get(index).copied().map_or(text.len(), |start| start as usize);
        let next = self.starts.get(index + 1).copied().map_or(text.len(), |start| start as usize);
        let part = text.get(start..next).unwrap_or_default().trim_end_matches(['\n', '\r']);
        Span::new(start, start + part.len())
    }

    /// How many lines there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }
}
