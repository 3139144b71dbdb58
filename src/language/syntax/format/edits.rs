//! The way from a text to its printed form in small steps: only what stands between words changes.

use super::format;
use crate::base::Span;
use crate::language::syntax::scan::{Kind, Scan, scan};

/// A part of a text with what takes its place.
pub type Change = (Span, String);

/// What the formatter changes in the lines of a span, gap by gap: each change lies between two words, so that any of them
/// alone leaves the program as it is. Empty where nothing changes.
pub fn format_range(text: &str, within: Span) -> Vec<Change> {
    let start = text.get(..within.start as usize).and_then(|front| front.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(within.end as usize..).unwrap_or_default();
    let end = within.end as usize + rest.find('\n').unwrap_or(rest.len());
    let inside = |(span, _): &Change| {
        let last = span.end as usize;
        (start..=end).contains(&last) && (span.start as usize + 1 >= start || last > start || start == 0)
    };
    changes(text, &format(text).text).into_iter().filter(inside).collect()
}

/// The changes that make the one text of the other, which has the same words. Empty where the words are others.
pub fn changes(before: &str, after: &str) -> Vec<Change> {
    aligned(before, after).unwrap_or_default()
}

fn aligned(before: &str, after: &str) -> Option<Vec<Change>> {
    let (old, new) = (words(before), words(after));
    let (was, is) = (texts(before, &old), texts(after, &new));
    let mut found = Vec::new();
    let (mut end, mut printed) = (0, 0);
    let (mut from, mut to) = (0, 0);
    while from < old.len() {
        if was.get(from) != is.get(to) && is.get(to..to + 2) == Some(&["max", "3"]) {
            // The formatter writes out the `max 3` of a loop.
            to += 2;
        }
        let count = alike(was.get(from..)?, is.get(to..)?)?;
        let (first, last) = (old.get(from)?, old.get(from + count - 1)?);
        let (here, there) = (new.get(to)?, new.get(to + count - 1)?);
        let moved = count > 1;
        let stop = if moved { last.end } else { first.start };
        let shown = after.get(printed..if moved { there.end } else { here.start } as usize)?;
        push(&mut found, before, (end, stop as usize), shown);
        (end, printed) = (last.end as usize, there.end as usize);
        (from, to) = (from + count, to + count);
    }
    if to < new.len() {
        return None;
    }
    push(&mut found, before, (end, before.len()), after.get(printed..)?);
    Some(found)
}

fn push(found: &mut Vec<Change>, before: &str, (from, to): (usize, usize), written: &str) {
    if before.get(from..to).unwrap_or_default() != written {
        found.push((Span::new(from, to), written.to_owned()));
    }
}

/// How many words both begin with in some order: mostly one. A mark between two lines may go to the other side of the
/// comments between them.
fn alike(old: &[&str], new: &[&str]) -> Option<usize> {
    const MOST: usize = 32;
    let same = |count: &usize| {
        let sorted = |words: &[&str]| {
            let mut words: Vec<String> = words.iter().take(*count).map(ToString::to_string).collect();
            words.sort_unstable();
            words
        };
        sorted(old) == sorted(new)
    };
    if old.first() == new.first() {
        return Some(1);
    }
    (2..=MOST.min(old.len()).min(new.len())).find(same)
}

fn texts<'t>(text: &'t str, spans: &[Span]) -> Vec<&'t str> {
    spans.iter().map(|span| text.get(span.range()).unwrap_or_default()).collect()
}

/// Words, marks and comments in the order of the page, without commas and line ends; a text is one of them.
fn words(text: &str) -> Vec<Span> {
    let Scan { tokens, comments, .. } = scan(text);
    let mut out = Vec::with_capacity(tokens.len());
    let mut open: Vec<usize> = Vec::new();
    for token in &tokens {
        match token.kind {
            Kind::Newline | Kind::Boundary | Kind::Comma => {}
            Kind::TextOpen => open.push(token.start as usize),
            Kind::TextClose => {
                let start = open.pop().unwrap_or_default();
                if open.is_empty() {
                    out.push(Span::new(start, token.end as usize));
                }
            }
            _ if open.is_empty() => out.push(token.span()),
            _ => {}
        }
    }
    out.extend(comments.iter().map(|it| {
        let written = text.get(it.span.range()).unwrap_or_default();
        Span::new(it.span.start as usize, it.span.start as usize + written.trim_end().len())
    }));
    out.sort_by_key(|span| (span.start, span.end));
    out
}

#[cfg(test)]
mod tests {
    use super::{changes, format_range};
    use crate::base::Span;

    #[test]
    fn only_what_stands_between_words_changes() {
        let (before, after) = ("let  a=[1,2 ] // x", "let a = [1, 2] // x\n");
        let made: Vec<(usize, String)> =
            changes(before, after).into_iter().map(|(span, text)| (span.start as usize, text)).collect();
        let wanted = [(3, " "), (6, " "), (7, " "), (9, ", "), (11, ""), (18, "\n")];
        assert_eq!(made, wanted.map(|(at, text)| (at, text.to_owned())));
        assert_eq!(changes("let a = 1", "let b = 1"), []);
    }

    #[test]
    fn a_range_leaves_the_lines_around_it() {
        let text = "let  a = 1\nlet  b = 2\nlet  c = 3\n";
        let made = format_range(text, Span::new(13, 13));
        assert_eq!(made, [(Span::new(14, 16), " ".to_owned())]);
    }
}
