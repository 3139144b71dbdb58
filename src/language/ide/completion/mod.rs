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

use super::hover::of_symbol;
use super::index::Symbol;
use super::snapshot::Snapshot;
use crate::base::{FileId, Span};
use crate::plan::Function;

/// Something that may be written at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown in the list, and what is searched for.
    pub label: String,
    /// What is shown behind it: a type, a signature.
    pub detail: Option<String>,
    /// What is said of it.
    pub doc: Option<About>,
    /// What is written.
    pub insert: Insert,
    /// What it replaces: the word that is being written.
    pub replaces: Span,
    /// What it is.
    pub kind: CompletionKind,
    /// The lower, the higher in the list.
    pub rank: u8,
}

/// What is said of a completion. A list has hundreds of them, of which an author reads one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Markdown.
    Text(String),
    /// What is said of a name that the file knows; [`said_of`] finds it by the completion's label.
    Name(Symbol),
}

impl About {
    /// The Markdown.
    pub fn text(&self, snapshot: &Snapshot) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Name(symbol) => of_symbol(snapshot, *symbol),
        }
    }
}

impl From<String> for About {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What is said of a name that a file knows at its top level, or of a built-in function: Markdown.
pub fn said_of(snapshot: &Snapshot, file: FileId, name: &str) -> Option<String> {
    let (_, module) = snapshot.module(file)?;
    let callable = module.callables.get(name).copied().map(Symbol::Callable);
    let symbol = callable
        .or_else(|| module.types.get(name).copied().map(Symbol::Type))
        .or_else(|| module.constants.get(name).copied().map(Symbol::Constant))
        .or_else(|| Function::ALL.iter().find(|it| it.word() == name).copied().map(Symbol::Function))?;
    of_symbol(snapshot, symbol)
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
