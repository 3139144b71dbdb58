use super::ast::{Comment, Item, Text, TextStyle, Tree};
use super::build::Builder;
use super::cascade;
use super::chunks::{self, Chunk};
use super::grammar::{Nodes, Rule};
use super::kept::{Kept, KeptChunk, Seen, Trouble};
use super::reread::reread;
use super::scan::{Scan, Token, scan, scan_prompt};
use super::short::{Inside, Short, Shorten, shorten};
use super::slip::Slip;
use super::trivia::{self, Docs};
use crate::base::{FileId, Span};
use crate::diag::Diagnostic;
use std::sync::Arc;

/// A tree and what was wrong with the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// Always there, however broken the text.
    pub tree: Tree,
    /// In the order of the page: one per slip.
    pub diagnostics: Vec<Diagnostic>,
}

/// The template of a prompt file and what was wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptFile {
    /// Its parts; spans lie in the prompt file.
    pub text: Text,
    /// In the order of the page.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a script. Total: any text gives a tree. `file` is written into the diagnostics' places.
pub fn parse(file: FileId, text: &str) -> Parsed {
    read(file, text, Way::Chunks(&Seen::default())).0
}

/// Reads a script as [`parse`] does, and takes from an earlier version of it the declarations that are still the same.
/// With the tree goes what was wrong.
pub fn parse_again(file: FileId, text: &Arc<str>, before: Option<&Kept>) -> (Kept, Vec<Diagnostic>) {
    if let Some(read) = before.and_then(|before| reread(file, text, before)) {
        return read;
    }
    let seen = before.map(|before| before.seen(0..before.chunks.len())).unwrap_or_default();
    let (Parsed { tree, diagnostics }, Rest { laid, chunks, trouble }) = read(file, text, Way::Chunks(&seen));
    // What was taken from before is trimmed already.
    let trimmed = |tree: Tree| {
        let items = tree.items.iter().map(Item::trimmed).collect();
        Tree { doc: tree.doc, items, comments: tree.comments.clone() }
    };
    let tree = if before.is_none() { trimmed(tree) } else { tree };
    (Kept { text: Arc::clone(text), tree: Arc::new(tree), laid, chunks, trouble }, diagnostics)
}

/// Reads a script by the rule for the whole file, which is the specification of [`parse`]: slower, and the same tree.
#[doc(hidden)]
pub fn parse_whole(file: FileId, text: &str) -> Parsed {
    read(file, text, Way::Whole).0
}

#[derive(Clone, Copy)]
enum Way<'s> {
    /// Declaration by declaration, without those that were seen before.
    Chunks(&'s Seen<'s>),
    Whole,
}

/// What the next version of a text needs to know of this one besides its tree.
struct Rest {
    laid: String,
    chunks: Vec<KeptChunk>,
    trouble: Trouble,
}

fn read(file: FileId, text: &str, way: Way<'_>) -> (Parsed, Rest) {
    let mut scanned = scan(text);
    let chunks = chunks::chunks(&mut scanned, text);
    let docs = Docs::new(&scanned, text);
    let laid = laid_out(&mut scanned);
    let (mut kept, mut trouble) = (Vec::new(), Trouble::default());
    let mut builder = Builder::new(file, &laid, docs, &scanned.tokens);
    if let Way::Chunks(seen) = way {
        let page = Page { text, laid: &laid, tokens: &scanned.tokens };
        page.chunks(&mut builder, &chunks, seen, &mut kept, &mut trouble);
    } else if chunks.iter().any(|chunk| chunk.too_deep.is_some()) {
        for chunk in &chunks {
            read_chunk(&mut builder, &laid, &scanned.tokens, chunk);
        }
    } else if let Some(nodes) = Nodes::read(Rule::file, &whole(&laid, &scanned.tokens)) {
        let mut chunks = chunks.iter();
        for node in nodes.root().into_iter().flat_map(super::grammar::Node::children) {
            if node.first().is_some() {
                builder.unclosed = chunks.next().is_some_and(|chunk| chunk.unclosed);
                builder.chunk(node);
            }
        }
    }
    let (items, docs, found) = builder.finish();
    let (doc, comments) = docs.finish();
    trouble.add_marks(&scanned.slips, &comments);
    let diagnostics = said(file, text, found, &scanned.slips, &comments);
    (Parsed { tree: Tree { doc, items, comments }, diagnostics }, Rest { laid, chunks: kept, trouble })
}

/// All that is wrong: what was found in the declarations, the slips of the scanner, and doc comments that belong to nothing.
pub(super) fn said(
    file: FileId,
    text: &str,
    mut found: Vec<Diagnostic>,
    slips: &[Slip],
    comments: &[Comment],
) -> Vec<Diagnostic> {
    found.extend(slips.iter().map(|slip| slip.diagnostic(file, text)));
    let strays = trivia::strays(file, comments, text, &found);
    found.extend(strays);
    cascade::filter(&mut found, file, text);
    found
}

/// A scanned and laid-out text.
#[derive(Clone, Copy)]
pub(super) struct Page<'p> {
    pub text: &'p str,
    pub laid: &'p str,
    pub tokens: &'p [Token],
}

impl Page<'_> {
    /// Reads declarations, but for those that were seen before. Those in which nothing is wrong are `kept`, the others are
    /// trouble.
    pub(super) fn chunks(
        self,
        builder: &mut Builder<'_>,
        chunks: &[Chunk],
        seen: &Seen<'_>,
        kept: &mut Vec<KeptChunk>,
        trouble: &mut Trouble,
    ) {
        for chunk in chunks {
            let before = builder.progress();
            match seen.find(self.text, self.laid, chunk.span) {
                Some((known, items)) => builder.take(known, items, chunk.span),
                None => read_chunk(builder, self.laid, self.tokens, chunk),
            }
            match builder.kept(before, chunk.span) {
                Some(chunk) => kept.push(chunk),
                None => trouble.add(chunk.span),
            }
        }
    }
}

/// The scanner and the layout replace ASCII bytes and whole characters by ASCII, so the text stays a text.
pub(super) fn laid_out(scan: &mut Scan) -> String {
    String::from_utf8(std::mem::take(&mut scan.laid))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The whole file with its names and texts, as the grammar's rules are written.
fn whole(laid: &str, tokens: &[Token]) -> Short {
    shorten(laid, Span::new(0, laid.len()), tokens, Inside::Code, Shorten::Blanks)
}

fn read_chunk(builder: &mut Builder<'_>, laid: &str, tokens: &[Token], chunk: &Chunk) {
    builder.unclosed = chunk.unclosed;
    let short = || shorten(laid, chunk.span, tokens, Inside::Code, Shorten::Everything);
    if chunk.too_deep.is_none()
        && let Some(nodes) = Nodes::read(Rule::one_chunk, &short())
    {
        for node in nodes.root().into_iter().flat_map(super::grammar::Node::children) {
            builder.chunk(node);
        }
        return;
    }
    builder.too_deep(chunk.too_deep.unwrap_or(chunk.span));
    builder.items.push(Item::Bad(chunk.span));
}

/// Reads the content of a file named by `prompt file` or `role file` (L1.9). Total, as [`parse`].
pub fn parse_prompt(file: FileId, text: &str) -> PromptFile {
    let mut scanned = scan_prompt(text);
    let tokens = std::mem::take(&mut scanned.tokens);
    let deep = chunks::prompt(&tokens, text, &mut scanned);
    scanned.tokens = tokens;
    let docs = Docs::new(&scanned, text);
    let laid = laid_out(&mut scanned);
    let mut builder = Builder::new(file, &laid, docs, &scanned.tokens);
    let all = Span::new(0, laid.len());
    let short = || shorten(&laid, all, &scanned.tokens, Inside::Text, Shorten::Everything);
    let nodes = if deep.is_none() { Nodes::read(Rule::prompt_file, &short()) } else { None };
    let built = match nodes.as_ref().and_then(Nodes::root) {
        Some(root) => builder.prompt_file(root),
        None => {
            builder.too_deep(deep.unwrap_or_default());
            Text { span: Span::new(0, text.len()), style: TextStyle::File, parts: Vec::new() }
        }
    };
    let (_, _, mut diagnostics) = builder.finish();
    diagnostics.extend(scanned.slips.iter().map(|slip| slip.diagnostic(file, text)));
    cascade::filter(&mut diagnostics, file, text);
    PromptFile { text: built, diagnostics }
}
