use super::visible;
use crate::base::{LineColumn, Place, Source};
use std::borrow::Cow;

/// A place as a reader names it.
pub(super) struct Located<'a> {
    /// The file as the author gave it.
    pub file: Cow<'a, str>,
    /// First character.
    pub start: LineColumn,
    /// One past the last character.
    pub end: LineColumn,
}

/// Where `place` is. A file that is not among the sources has no name and is all at its beginning.
pub(super) fn locate(place: Place, sources: &[Source]) -> Located<'_> {
    let origin = LineColumn { line: 1, column: 1 };
    let Some(source) = sources.get(place.file.0 as usize) else {
        return Located { file: Cow::Borrowed(""), start: origin, end: origin };
    };
    Located {
        file: visible(&source.name),
        start: source.line_column(place.span.start),
        end: source.line_column(place.span.end),
    }
}
