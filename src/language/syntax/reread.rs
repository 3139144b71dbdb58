//! Reading a text of which an earlier version was read: only the part around what changed is scanned.
//!
//! Every declaration begins behind a border, at which nothing is open; so what follows a border is read in the same way
//! wherever it stands. The part goes from one border in front of the change to one behind it, and holds all that was wrong.

use super::ast::{Comment, Item, Tree};
use super::build::Builder;
use super::chunks::chunks;
use super::kept::{Kept, KeptChunk, Trouble};
use super::parse::{Page, laid_out, said};
use super::scan::{Scan, scan_part};
use super::shift::Shift;
use super::trivia::Docs;
use crate::base::FileId;
use crate::diag::{Code, Diagnostic};
use std::sync::Arc;

/// What has to be read again.
struct Part<'k> {
    /// The declaration in front of it, which is scanned to come to what follows it.
    lead: usize,
    leader: &'k KeptChunk,
    /// The first declaration behind it, with where that stands now.
    behind: Option<(usize, usize)>,
}

/// Reads a text as it would be read anew; `None` where the change is too near the top, or where what is said of it has to do
/// with the whole text.
pub(super) fn reread(file: FileId, text: &Arc<str>, before: &Kept) -> Option<(Kept, Vec<Diagnostic>)> {
    let part = Part::of(text, before)?;
    let (mut scanned, arrived) = part.scan(text, before)?;
    let behind = part.behind.filter(|_| arrived);
    // The first word behind the part was scanned for the comments in front of it.
    let next = behind.and_then(|_| scanned.tokens.pop());
    let all = chunks(&mut scanned, text);
    scanned.tokens.extend(next);
    let own = all.split_first().filter(|(first, _)| first.span == part.leader.span)?.1;
    let docs = Docs::new(&scanned, text);
    if let Some((behind, at)) = behind {
        let old = before.chunks.get(behind)?.span.start as usize;
        scanned.laid.get_mut(at..)?.copy_from_slice(before.laid.as_bytes().get(old..)?);
    }
    let laid = laid_out(&mut scanned);

    let mut kept = before.chunks.get(..=part.lead)?.to_vec();
    let mut trouble = Trouble::default();
    let mut builder = Builder::new(file, &laid, docs, &scanned.tokens);
    builder.items = before.tree.items.get(..part.leader.items.end)?.to_vec();
    let seen = before.seen(part.lead..behind.map_or(before.chunks.len(), |(behind, _)| behind));
    let page = Page { text, laid: &laid, tokens: &scanned.tokens };
    page.chunks(&mut builder, own, &seen, &mut kept, &mut trouble);
    let rest = behind.and_then(|(behind, _)| before.chunks.get(behind..)).unwrap_or_default();
    let by = behind.map_or(0, |(_, at)| distance(rest, at));
    kept.extend(builder.take_rest(rest, &before.tree.items, by));

    let (items, docs, found) = builder.finish();
    // A better name is written wherever the old one stands in the file.
    if found.iter().any(|it| it.code == Code::NameStyle) {
        return None;
    }
    let mut comments = docs.finish().1;
    comments.retain(|it| it.span.start >= part.inside(before));
    trouble.add_marks(&scanned.slips, &comments);
    let diagnostics = said(file, text, found, &scanned.slips, &comments);
    let comments = part.comments(before, comments, rest, by);
    let tree = Arc::new(Tree { doc: before.tree.doc.clone(), items, comments });
    Some((Kept { text: Arc::clone(text), tree, laid, chunks: kept, trouble }, diagnostics))
}

impl<'k> Part<'k> {
    /// The declarations that a change touches, with one around them on each side.
    fn of(text: &str, before: &'k Kept) -> Option<Self> {
        let (old, new) = (before.text.as_bytes(), text.as_bytes());
        let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let most = old.len().min(new.len()) - same;
        let ends = old.iter().rev().zip(new.iter().rev()).take(most);
        let same_end = ends.take_while(|(a, b)| a == b).count();
        let (mut start, mut end) = (same, old.len() - same_end);
        if let Some(trouble) = before.trouble.0 {
            start = start.min(trouble.start as usize);
            end = end.max(trouble.end as usize);
        }
        let above = before.chunks.partition_point(|it| (it.span.end as usize) < start);
        let above = before.chunks.get(..above.checked_sub(1)?)?;
        let lead = above.iter().rposition(|it| stands_alone(it, before))?;
        let behind = before.chunks.partition_point(|it| (it.span.start as usize) <= end);
        let moved = |chunk: &KeptChunk| (behind, chunk.span.start as usize + new.len() - old.len());
        Some(Self { lead, leader: above.get(lead)?, behind: before.chunks.get(behind).map(moved) })
    }

    /// Scans it; whether what stands behind it begins as before.
    fn scan(&self, text: &str, before: &Kept) -> Option<(Scan, bool)> {
        let from = self.leader.span.start as usize;
        let mut laid = Vec::with_capacity(text.len());
        laid.extend_from_slice(before.laid.as_bytes().get(..from)?);
        laid.extend_from_slice(text.as_bytes().get(from..)?);
        Some(scan_part(text, laid, from, self.behind.map(|(_, at)| at)))
    }

    /// Where the comments of the declaration in front of it end, and its own begin.
    fn inside(&self, before: &Kept) -> u32 {
        let items = before.tree.items.get(self.leader.items.clone()).unwrap_or_default();
        items.last().map_or(self.leader.span.start, |item| item.span().end)
    }

    /// All comments of the text: those above and below are what they were.
    fn comments(&self, before: &Kept, own: Vec<Comment>, rest: &[KeptChunk], by: u32) -> Vec<Comment> {
        let known = &before.tree.comments;
        let above = known.partition_point(|it| it.span.start < self.inside(before));
        let mut all = known.get(..above).unwrap_or_default().to_vec();
        all.extend(own);
        if let Some(first) = rest.first() {
            let below = known.partition_point(|it| it.span.start < first.span.start);
            let below = known.get(below..).unwrap_or_default().iter().cloned();
            all.extend(below.map(|mut comment| {
                comment.span.shift(by);
                comment
            }));
        }
        all
    }
}

/// Whether a declaration begins a line with its keyword, so that it is one wherever it stands; a `let` may belong to what
/// stands around it.
fn stands_alone(chunk: &KeptChunk, before: &Kept) -> bool {
    let start = chunk.span.start as usize;
    let line = start.checked_sub(1).and_then(|at| before.text.as_bytes().get(at)) == Some(&b'\n');
    let first = before.tree.items.get(chunk.items.start);
    line && first.is_some_and(|item| {
        item.span().start == chunk.span.start && !matches!(item, Item::Let(_) | Item::Bad(_))
    })
}

/// How far declarations have moved whose first one begins at a place now; backwards it wraps around.
fn distance(rest: &[KeptChunk], at: usize) -> u32 {
    let old = rest.first().map_or(0, |it| it.span.start);
    u32::try_from(at).unwrap_or(u32::MAX).wrapping_sub(old)
}
