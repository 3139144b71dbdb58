use super::{Snapshot, Symbol};
use crate::base::{FileId, Span};
use crate::diag::Code;

/// A part of a file that leads somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The part: a name, without quotes.
    pub span: Span,
    /// Where it leads.
    pub target: LinkTarget,
}

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// To a file.
    File(FileId),
    /// To the page of a code.
    Page(Code),
}

/// What a script names: modules behind `use`, texts behind `prompt file`, and in comments the codes of diagnostics.
pub fn links(snapshot: &Snapshot, file: FileId) -> Vec<Link> {
    let Some((id, module)) = snapshot.module(file) else { return Vec::new() };
    let all = snapshot.index(id).into_iter().flat_map(super::FileIndex::occurrences);
    let files = all.filter_map(|it| match it.symbol {
        Symbol::File(target) => Some(Link { span: it.span, target: LinkTarget::File(target) }),
        _ => None,
    });
    let mut found: Vec<Link> = files.collect();
    for comment in &module.tree.comments {
        let text = snapshot.source(file).map(|source| source.slice(comment.span)).unwrap_or_default();
        found.extend(pages(text, comment.span.start as usize));
    }
    found.sort_by_key(|link| link.span.start);
    found
}

/// The codes in a comment: by number anywhere, by name where a diagnostic is allowed.
fn pages(comment: &str, start: usize) -> Vec<Link> {
    let allowed = comment.split_once("allow(").and_then(|(front, rest)| {
        let names = rest.split(')').next()?;
        front.contains("agentflow:").then_some((front.len() + "allow(".len(), names))
    });
    let inside = |at: usize| allowed.is_some_and(|(from, names)| (from..from + names.len()).contains(&at));
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let mut found = Vec::new();
    let mut at = 0;
    for word in comment.split(|letter: char| !is_word(letter)) {
        let numbered = word.len() == 6 && word.starts_with("AF");
        if let Ok(code) = word.parse::<Code>()
            && (numbered || inside(at))
        {
            let span = Span::new(start + at, start + at + word.len());
            found.push(Link { span, target: LinkTarget::Page(code) });
        }
        at += word.len();
        at += comment.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::pages;

    #[test]
    fn codes_in_comments_lead_to_their_pages() {
        let at =
            |text: &str| pages(text, 0).iter().map(|it| text[it.span.range()].to_owned()).collect::<Vec<_>>();
        assert_eq!(at("// agentflow: allow(unused-step) because é AF0402"), ["unused-step", "AF0402"]);
        assert_eq!(at("// an unused-step is AF9999"), Vec::<String>::new());
    }
}
