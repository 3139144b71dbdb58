//! What may be written at a place: keywords by place, callables with their arguments, names in scope (also in the holes of
//! prompts), fields, variants, types, annotations, functions.
//!
//! Where the place is, is read from the text before it (`super::place`), so that it works in a line that is being written;
//! what there is, is read from the snapshot.

mod context;
mod expressions;
mod keywords;
mod tails;

pub use context::completions;
pub(super) use keywords::ANNOTATIONS;

use crate::base::Span;

/// Something that may be written at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown in the list, and what is searched for.
    pub label: String,
    /// What is shown behind it: a type, a signature.
    pub detail: Option<String>,
    /// Markdown.
    pub doc: Option<String>,
    /// What is written.
    pub insert: Insert,
    /// What it replaces: the word that is being written.
    pub replaces: Span,
    /// What it is.
    pub kind: CompletionKind,
    /// The lower, the higher in the list.
    pub rank: u8,
}

/// What is written for a completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insert {
    /// This text.
    Plain(String),
    /// A text with `${1:…}` to fill in, as snippets of the editor protocol are written.
    Snippet(String),
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the kinds of things that can be written")]
pub enum CompletionKind {
    Keyword,
    Type,
    Variant,
    Field,
    Value,
    Constant,
    Agent,
    Rubric,
    Tool,
    Workflow,
    Function,
    Annotation,
    Module,
    Argument,
}
