//! What the next version of a text takes from this one: the declarations in which nothing is wrong, by their text.
//!
//! Such a declaration is a function of its text alone, but for its doc comment, which stands in front of it. Reading a
//! text this way gives the tree that [`super::parse`] gives; that is a law under test.

use super::ast::{Item, Tree};
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
}

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
    pub(super) fn seen(&self) -> Seen<'_> {
        let chunks = self.chunks.iter().filter_map(|it| Some((self.text.get(it.span.range())?, it)));
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

impl<'k> Seen<'k> {
    /// What was made of a part of a text, if the same was read before.
    pub(super) fn find(&self, text: &str, laid: &str, span: Span) -> Option<(&'k KeptChunk, &'k [Item])> {
        let known = *self.chunks.get(text.get(span.range())?)?;
        let same = self.laid.get(known.span.range())? == laid.get(span.range())?;
        Some((known, self.items.get(known.items.clone())?)).filter(|_| same)
    }
}
