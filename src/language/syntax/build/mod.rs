//! The grammar's nodes as the typed tree: one function a rule.
//!
//! What a rule named `miss_*`, `bad_*` or `err_*` stands for is reported here, in the words of the place where it was found.

mod block_text;
mod body;
mod callable;
mod expr;
mod foreign;
mod item;
mod report;
mod text;
mod types;

use super::ast::{Doc, Item, Name};
use super::grammar::{Node, Rule};
use super::kept::KeptChunk;
use super::scan::{Kind, Token};
use super::shift::Shift;
use super::trivia::Docs;
use super::words;
use crate::base::{FileId, Place, Span, is_lower_snake, to_lower_snake, to_upper_camel};
use crate::diag::{Code, Diagnostic, Edit, Fix};
use smol_str::SmolStr;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// Builds the tree of one file.
pub(super) struct Builder<'a> {
    file: FileId,
    laid: &'a str,
    docs: Docs,
    tokens: &'a [Token],
    diagnostics: Vec<Diagnostic>,
    /// The declarations so far.
    pub(super) items: Vec<Item>,
    /// Whether the missing `}` of this declaration was reported.
    pub(super) unclosed: bool,
    /// The type that the declaration which is read gives, where a record may be meant.
    result: Option<SmolStr>,
}

/// How far a tree is.
#[derive(Clone, Copy)]
pub(super) struct Progress {
    items: usize,
    diagnostics: usize,
    docs: usize,
}

/// What kind of thing a name is bound to, for messages.
#[derive(Clone, Copy)]
enum Bound {
    Type,
    Value(&'static str),
}

fn set_doc(item: &mut Item, doc: Option<Doc>) {
    // Nearly always it is the same, and then nothing is copied.
    if item.doc() == doc.as_ref() {
        return;
    }
    match item {
        Item::Type(it) => Arc::make_mut(it).doc = doc,
        Item::Agent(it) => Arc::make_mut(it).head.doc = doc,
        Item::Rubric(it) => Arc::make_mut(it).head.doc = doc,
        Item::Tool(it) => Arc::make_mut(it).head.doc = doc,
        Item::Workflow(it) => Arc::make_mut(it).head.doc = doc,
        Item::Let(it) => Arc::make_mut(it).doc = doc,
        Item::Use(_) | Item::Test(_) | Item::Bad(_) => {}
    }
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: FileId, laid: &'a str, docs: Docs, tokens: &'a [Token]) -> Self {
        Self {
            file,
            laid,
            docs,
            tokens,
            diagnostics: Vec::new(),
            items: Vec::new(),
            unclosed: false,
            result: None,
        }
    }

    /// How far the tree is.
    pub(super) fn progress(&self) -> Progress {
        Progress {
            items: self.items.len(),
            diagnostics: self.diagnostics.len(),
            docs: self.docs.asked().len(),
        }
    }

    /// What was made since then of a part of the text, to be taken again; nothing where something was wrong, for what is
    /// said of that looks at more than the part.
    pub(super) fn kept(&self, since: Progress, span: Span) -> Option<KeptChunk> {
        let items = since.items..self.items.len();
        let docs = self.docs.asked().get(since.docs..).unwrap_or_default().to_vec();
        (self.diagnostics.len() == since.diagnostics).then_some(KeptChunk { span, items, docs })
    }

    /// Takes what was made of the same text before, which stood at another place. The doc comment in front of a
    /// declaration is not a part of its text.
    pub(super) fn take(&mut self, kept: &KeptChunk, items: &[Item], span: Span) {
        let by = span.start.wrapping_sub(kept.span.start);
        let first = self.items.len();
        self.items.extend_from_slice(items);
        let items = self.items.get_mut(first..).unwrap_or_default();
        items.iter_mut().for_each(|item| item.shift(by));
        for asked in &kept.docs {
            let start = asked.wrapping_add(by);
            let doc = self.docs.take(start);
            if let Some(item) = items.iter_mut().find(|item| item.span().start == start) {
                set_doc(item, doc);
            }
        }
    }

    /// Takes all further declarations, which stand `by` bytes further on. The doc comment in front of the first one is not a
    /// part of their text.
    pub(super) fn take_rest(&mut self, rest: &[KeptChunk], items: &[Item], by: u32) -> Vec<KeptChunk> {
        let (Some(first), number) = (rest.first(), self.items.len()) else { return Vec::new() };
        let moved = items.iter().skip(first.items.start).map(|item| {
            let mut item = item.clone();
            item.shift(by);
            item
        });
        self.items.extend(moved);
        if let (Some(asked), Some(item)) = (first.docs.first(), self.items.get_mut(number)) {
            let start = asked.wrapping_add(by);
            if item.span().start == start {
                set_doc(item, self.docs.take(start));
            }
        }
        let renumbered = |at: usize| at - first.items.start + number;
        let moved =
            |chunk: &KeptChunk| chunk.moved(by, renumbered(chunk.items.start)..renumbered(chunk.items.end));
        rest.iter().map(moved).collect()
    }

    /// The declarations, the comments, and what was wrong.
    pub(super) fn finish(self) -> (Vec<Item>, Docs, Vec<Diagnostic>) {
        (self.items, self.docs, self.diagnostics)
    }

    /// A node's span without the blanks that its last token took.
    fn span(&self, node: Node<'_>) -> Span {
        self.trim(node.whole())
    }

    fn trim(&self, span: Span) -> Span {
        let bytes = self.laid.as_bytes().get(span.range()).unwrap_or_default();
        let blanks = bytes.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\n' | 0 | 1)).count();
        Span::new(span.start as usize, span.end as usize - blanks)
    }

    /// The place behind the last token before `at`, where something is missing.
    fn behind(&self, at: u32) -> Span {
        let before = self.laid.as_bytes().get(..at as usize).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\n' | 0 | 1)).count();
        let end = before.len() - blanks;
        Span::at(if end == 0 { at as usize } else { end })
    }

    fn laid(&self, span: Span) -> &'a str {
        self.laid.get(span.range()).unwrap_or_default()
    }

    fn spelled(&self, node: Node<'_>) -> &'a str {
        self.laid(self.span(node))
    }

    /// The span of a keyword that begins a node.
    fn keyword(&self, node: Node<'_>, word: &str) -> Span {
        let start = node.whole().start as usize;
        Span::new(start, start + word.len())
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    fn new_diagnostic(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.file, span, message)
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = self.new_diagnostic(code, span, message).help(help);
        self.push(diagnostic);
    }

    /// Reports something whose repair is certain.
    fn report_fix(&mut self, code: Code, span: Span, message: impl Into<String>, title: &str, with: &str) {
        let fix = Fix::replace(title, self.place(span), with);
        let diagnostic = self.new_diagnostic(code, span, message).help(title).fix(fix);
        self.push(diagnostic);
    }

    /// Says that a declaration is nested too deeply to be read.
    pub(super) fn too_deep(&mut self, span: Span) {
        let message = format!("this is nested more than {} deep", super::chunks::DEPTH);
        self.report(Code::TooDeep, span, message, "take it apart: name the inner parts with `let`");
    }

    fn name_at(&self, span: Span) -> Name {
        let text = self.laid(span);
        let text = if text.is_ascii() { SmolStr::new(text) } else { text.nfc().collect() };
        Name { text, span }
    }

    fn name(&self, node: Node<'_>) -> Name {
        self.name_at(self.span(node))
    }

    fn missing_name(&self, node: Node<'_>) -> Name {
        Name { text: SmolStr::default(), span: self.behind(node.whole().start) }
    }

    /// A name where it is bound: it follows the style of its kind and is no reserved word.
    fn def_name(&mut self, node: Node<'_>, bound: Bound) -> Name {
        if node.rule() != Rule::def_name {
            let what = match bound {
                Bound::Type => "the type's name",
                Bound::Value(what) => what,
            };
            self.missing(node, what);
            return self.missing_name(node);
        }
        let name = self.name(node);
        self.check_name(&name, bound);
        name
    }

    fn check_name(&mut self, name: &Name, bound: Bound) {
        if words::is_reserved(&name.text) {
            let message = format!("`{}` is a keyword, choose another name", name.text);
            let help = format!("for example `{0}_1` or `the_{0}`", name.text);
            return self.report(Code::ReservedWord, name.span, message, help);
        }
        match bound {
            Bound::Type => {
                if !name.text.starts_with(char::is_uppercase) && name.text.starts_with(char::is_alphabetic) {
                    let better = to_upper_camel(&name.text);
                    self.rename(
                        name,
                        &better,
                        format!("a type's name begins with a capital letter: `{better}`"),
                    );
                }
            }
            Bound::Value(_) => {
                if !is_lower_snake(&name.text) {
                    let better = to_lower_snake(&name.text);
                    self.rename(name, &better, format!("names are written in small letters: `{better}`"));
                }
            }
        }
    }

    /// Reports a name in the wrong style; the fix renames it wherever it stands in the file.
    fn rename(&mut self, name: &Name, better: &str, message: String) {
        let same = |token: &&Token| token.kind == Kind::Word && self.laid(token.span()) == name.text;
        let edit = |token: &Token| Edit { place: self.place(token.span()), text: better.into() };
        let edits = self.tokens.iter().filter(same).map(edit).collect();
        let title = format!("rename `{}` to `{better}`", name.text);
        let diagnostic = self.new_diagnostic(Code::NameStyle, name.span, message).help(title.clone());
        let diagnostic =
            if words::is_reserved(better) { diagnostic } else { diagnostic.fix(Fix { title, edits }) };
        self.push(diagnostic);
    }

    /// Checks that one comma stands between the parts of a bracket.
    fn commas(&mut self, before: u32, behind: u32, first: bool) {
        let gap = Span { start: before, end: behind.max(before) };
        let count = self.laid(gap).bytes().filter(|byte| *byte == b',').count();
        let newline = self.laid(gap).contains('\n');
        if count == 0 && !first && !newline {
            let place = self.behind(behind);
            self.report_fix(
                Code::MissingComma,
                place,
                "expected a `,` between these two",
                "put a `,` here",
                ",",
            );
        }
        if count > usize::from(!first) {
            let at = self.laid(gap).rfind(',').unwrap_or(0) + before as usize;
            let message = "one `,` too many";
            self.report_fix(Code::ExtraComma, Span::new(at, at + 1), message, "take the `,` away", "");
        }
    }
}
