use super::Snapshot;
use super::scope::start_of;
use super::visit::{Part, parts_of, parts_of_item};
use crate::base::{FileId, Span};
use crate::language::syntax::ast::{TextPart, TextStyle};

/// What an editor selects around a place, from the word to the file: each span lies in the next.
pub fn selections(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<Span> {
    let Some(source) = snapshot.source(file) else { return Vec::new() };
    let mut found = vec![Span::new(0, source.text.len())];
    if let Some((_, module)) = snapshot.module(file)
        && let Some(item) = module.tree.items.iter().find(|item| item.span().touches(offset))
    {
        found.push(item.span());
        parts_of_item(item, &mut |part| inside(part, offset, &mut found));
    }
    found.extend(word(&source.text, offset));
    found.reverse();
    nested(found)
}

fn inside(part: Part<'_>, offset: usize, found: &mut Vec<Span>) {
    if part.span().touches(offset) {
        found.push(part.span());
        if let Part::Text(text) = part {
            let quotes = match text.style {
                TextStyle::Line => 1,
                TextStyle::Block => 3,
                TextStyle::File => 0,
            };
            let content = (text.span.start + quotes, text.span.end.saturating_sub(quotes));
            if content.0 < content.1 {
                found.push(Span::new(content.0 as usize, content.1 as usize));
            }
            holes(&text.parts, content.1, offset, found);
        }
        parts_of(part, &mut |inner| inside(inner, offset, found));
    }
}

/// The blocks of a template and the holes around a place, outermost first. A block reaches up to what stands behind it.
fn holes(parts: &[TextPart], end: u32, offset: usize, found: &mut Vec<Span>) {
    for (at, part) in parts.iter().enumerate() {
        let next = parts.get(at + 1).map_or(end, start_of);
        let block = |span: &Span| Span { start: span.start, end: next.max(span.end) };
        match part {
            TextPart::Chars(..) => {}
            TextPart::Hole(_, span) if span.touches(offset) => found.push(*span),
            TextPart::Hole(..) => {}
            TextPart::For { span, body, .. } if block(span).touches(offset) => {
                found.push(block(span));
                holes(body, next, offset, found);
            }
            TextPart::When { span, then, otherwise, .. } if block(span).touches(offset) => {
                found.push(block(span));
                holes(then, otherwise.first().map_or(next, start_of), offset, found);
                holes(otherwise, next, offset, found);
            }
            TextPart::For { .. } | TextPart::When { .. } => {}
        }
    }
}

/// Only what lies in what follows, and not the same twice.
fn nested(spans: Vec<Span>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        let fits =
            out.last().is_none_or(|last| span.start <= last.start && last.end <= span.end && span != *last);
        if fits && !span.is_empty() {
            out.push(span);
        }
    }
    out
}

/// The word at a place.
pub(super) fn word(text: &str, offset: usize) -> Option<Span> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let before = text.get(..offset)?;
    let behind = text.get(offset..)?;
    let start = before
        .rfind(|letter| !is_word(letter))
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let end = offset + behind.find(|letter| !is_word(letter)).unwrap_or(behind.len());
    (start < end).then(|| Span::new(start, end))
}
