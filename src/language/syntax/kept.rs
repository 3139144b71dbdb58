//! What the next version of a text takes from this one: the declarations in which nothing is wrong, by their text.
//!
//! Such a declaration is a function of its text alone, but for its doc comment, which stands in front of it. Reading a
//! text this way gives the tree that [`super::parse`] gives; that is a law under test.

use super::ast::{Comment, CommentKind, Item, Tree};
use super::slip::Slip;
use crate::base::Span;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A script as it was read, from which its next version is read faster.
#[derive(Clone, Debug)]
pub struct Kept {
    pub(super) text: Arc<str>,
    pub(super) tree: Arc<Tree>,
    /// As the grammar saw it: brackets and lines that were put in order are part of what was read.
    pub(super) laid: String,
    pub(super) chunks: Vec<KeptChunk>,
    pub(super) trouble: Trouble,
}

/// The smallest part of a text in which all that is wrong lies, with the declarations that are not kept for it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trouble(pub Option<Span>);

/// The text of a declaration, with what was made of it.
#[derive(Clone, Debug)]
pub(super) struct KeptChunk {
    pub span: Span,
    /// Which declarations of the tree it is.
    pub items: Range<usize>,
    /// Where doc comments were looked for.
    pub docs: Vec<u32>,
}

/// The declarations that were seen before, by their text.
#[derive(Default)]
pub(super) struct Seen<'k> {
    laid: &'k str,
    items: &'k [Item],
    chunks: HashMap<&'k str, &'k KeptChunk>,
}

impl Kept {
    /// All declarations, or those of a part.
    pub(super) fn seen(&self, chunks: Range<usize>) -> Seen<'_> {
        let chunks = self.chunks.get(chunks).unwrap_or_default().iter();
        let chunks = chunks.filter_map(|it| Some((self.text.get(it.span.range())?, it)));
        Seen { laid: &self.laid, items: &self.tree.items, chunks: chunks.collect() }
    }

    /// The text that was read.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The tree that it gave.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }
}

impl KeptChunk {
    /// The same at another place, where its declarations have other numbers.
    pub(super) fn moved(&self, by: u32, items: Range<usize>) -> Self {
        let span = Span { start: self.span.start.wrapping_add(by), end: self.span.end.wrapping_add(by) };
        Self { span, items, docs: self.docs.iter().map(|at| at.wrapping_add(by)).collect() }
    }
}

impl Trouble {
    /// Makes it hold this too.
    pub(super) fn add(&mut self, span: Span) {
        self.0 = Some(self.0.map_or(span, |known| known.to(span)));
    }

    /// Makes it hold the slips of the scanner, and doc comments that belong to nothing.
    pub(super) fn add_marks(&mut self, slips: &[Slip], comments: &[Comment]) {
        slips.iter().for_each(|slip| self.add(slip.span));
        let strays = comments.iter().filter(|it| it.kind == CommentKind::StrayDoc);
        strays.for_each(|it| self.add(it.span));
    }
}

impl<'k> Seen<'k> {
    /// What was made of a part of a text, if the same was read before.
    pub(super) fn find(&self, text: &str, laid: &str, span: Span) -> Option<(&'k KeptChunk, &'k [Item])> {
        let known = *self.chunks.get(text.get(span.range())?)?;
        let same = self.laid.get(known.span.range())? == laid.get(span.range())?;
        Some((known, self.items.get(known.items.clone())?)).filter(|_| same)
    }
}
