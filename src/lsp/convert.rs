use crate::base::{Source, Span};
use crate::diag::Code;
use crate::language::hir::{MemoryWorld, World};
use std::path::Path;
use std::str::FromStr;
use tower_lsp::ls_types::{Position, Range, Uri};

/// The scheme of the library's modules, which stand on no disk.
const STD: &str = "agentflow-std:";

/// The scheme of the pages that say what codes mean.
const PAGE: &str = "agentflow-page:";

/// The address of the page of a code.
pub(super) fn page_of(number: &str) -> String {
    format!("{PAGE}/{number}.md")
}

/// The text behind an address that stands on no disk: a page of a code.
pub(super) fn page_behind(uri: &Uri) -> Option<&'static str> {
    let name = uri.as_str().strip_prefix(PAGE)?.trim_start_matches('/').trim_end_matches(".md");
    name.parse::<Code>().ok().map(Code::page)
}

/// How the compiler knows a document: its path, or for what stands on no disk its whole address.
pub(super) fn path_of(uri: &Uri) -> String {
    let text = uri.as_str();
    if let Some(name) = text.strip_prefix(STD) {
        return name.trim_start_matches('/').trim_end_matches(".agentflow").to_string();
    }
    if !text.starts_with("file:") {
        return text.to_string();
    }
    match uri.to_file_path() {
        Some(path) => normal(&path),
        None => text.to_string(),
    }
}

/// A path with `/`, without `.` and needless `..`.
pub(super) fn normal(path: &Path) -> String {
    MemoryWorld::default().join("", &path.to_string_lossy().replace('\\', "/"))
}

/// The address of a path of the compiler.
pub(super) fn uri_of(path: &str) -> Option<Uri> {
    if path.starts_with("std.") {
        return Uri::from_str(&format!("{STD}/{path}.agentflow")).ok();
    }
    if Path::new(path).is_absolute() { Uri::from_file_path(path) } else { Uri::from_str(path).ok() }
}

/// The byte of a position; one behind the end of its line is that end.
pub(super) fn offset_of(source: &Source, position: Position) -> usize {
    let line = source.line_span(position.line.saturating_add(1));
    let text = source.slice(line);
    let mut units = position.character;
    for (at, letter) in text.char_indices() {
        let width = u32::try_from(letter.len_utf16()).unwrap_or(1);
        if units < width {
            return line.start as usize + at;
        }
        units -= width;
    }
    line.end as usize
}

/// The position of a byte.
pub(super) fn position_of(source: &Source, offset: usize) -> Position {
    let offset = u32::try_from(offset.min(source.text.len())).unwrap_or(u32::MAX);
    let line = source.line_column(offset).line;
    let Span { start, end } = source.line_span(line);
    // Between the two letters of a line's end is no place for a client.
    let text = source.slice(Span { start, end: offset.min(end).max(start) });
    let character = text.chars().map(char::len_utf16).sum::<usize>();
    Position { line: line.saturating_sub(1), character: u32::try_from(character).unwrap_or(u32::MAX) }
}

/// The range of a span.
pub(super) fn range_of(source: &Source, span: Span) -> Range {
    Range { start: position_of(source, span.start as usize), end: position_of(source, span.end as usize) }
}

/// The span of a range.
pub(super) fn span_of(source: &Source, range: Range) -> Span {
    Span::new(offset_of(source, range.start), offset_of(source, range.end))
}

#[cfg(test)]
mod tests {
    use super::{offset_of, path_of, position_of, uri_of};
    use crate::base::Source;
    use tower_lsp::ls_types::Position;

    #[test]
    fn positions_count_utf16_units() {
        let source = Source::new("a", "one\r\nä𝄞b\n\n");
        for (line, character, offset) in
            [(0, 3, 3), (1, 0, 5), (1, 1, 7), (1, 3, 11), (1, 4, 12), (2, 0, 13), (3, 0, 14)]
        {
            assert_eq!(offset_of(&source, Position { line, character }), offset, "{line}:{character}");
            assert_eq!(position_of(&source, offset), Position { line, character }, "{offset}");
        }
        assert_eq!(offset_of(&source, Position { line: 1, character: 2 }), 7);
        assert_eq!(position_of(&source, 4), Position { line: 0, character: 3 });
        assert_eq!(offset_of(&source, Position { line: 0, character: 99 }), 3);
        assert_eq!(offset_of(&source, Position { line: 99, character: 0 }), 14);
    }

    #[test]
    fn addresses_and_paths_are_turned_into_each_other() {
        for path in ["/a b/ü.agentflow", "std.rubrics", "untitled:Untitled-1"] {
            assert_eq!(path_of(&uri_of(path).unwrap()), path);
        }
    }
}
