//! Whether two texts read as the same words: the last guard before a printed form takes the place of what was written.

use crate::language::syntax::scan::{Kind, Scan, Token, scan};

/// Whether both have the same tokens, texts byte for byte, and comments, apart from commas, line ends and the `max 3` that
/// a loop is given.
pub(super) fn same(source: &str, printed: &str) -> bool {
    if source == printed {
        return true;
    }
    let (before, after) = (scan(source), scan(printed));
    let comments = |scan: &Scan, text: &str| -> Vec<String> {
        scan.comments
            .iter()
            .map(|it| text.get(it.span.range()).unwrap_or_default().trim_end().to_owned())
            .collect()
    };
    if comments(&before, source) != comments(&after, printed) {
        return false;
    }
    let (before, after) = (words(&before.tokens, source), words(&after.tokens, printed));
    let mut after = after.into_iter().peekable();
    let mut last = "";
    for word in before {
        if after.peek() != Some(&word) && after.peek() == Some(&"max") {
            after.next();
            if after.next() != Some("3") || last == "max" {
                return false;
            }
        }
        if after.next() != Some(word) {
            return false;
        }
        last = word;
    }
    after.next().is_none()
}

/// The words and marks in order; a text is one of them, with all that is in its holes.
fn words<'t>(tokens: &[Token], text: &'t str) -> Vec<&'t str> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut open: Vec<usize> = Vec::new();
    for token in tokens {
        let span = token.span();
        match token.kind {
            Kind::Newline | Kind::Boundary | Kind::Comma => {}
            Kind::TextOpen => open.push(span.start as usize),
            Kind::TextClose => {
                let start = open.pop().unwrap_or_default();
                if open.is_empty() {
                    out.push(text.get(start..span.end as usize).unwrap_or_default());
                }
            }
            _ if open.is_empty() => out.push(text.get(span.range()).unwrap_or_default()),
            _ => {}
        }
    }
    out
}
