//! What may be written at a place: keywords by place, callables with their arguments, names in scope (also in the holes of
//! prompts), fields, variants, types, annotations, functions.
//!
//! Where the place is, is read from the text before it (`super::place`), so that it works in a line that is being written;
//! what there is, is read from the snapshot.

mod awaited;
mod context;
mod elsewhere;
mod expressions;
mod keywords;
mod tails;

pub use context::{completions, completions_with};
pub(super) use keywords::ANNOTATIONS;

use super::hover::of_symbol;
use super::index::Symbol;
use super::snapshot::Snapshot;
use crate::base::{FileId, Span};
use crate::diag::Edit;
use crate::language::hir::Module;
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
    /// What else changes where it is of another module.
    pub import: Option<Import>,
}

/// How a name of another module is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The module, as the script writes it: `std.rubrics`, `"./team.agentflow"`.
    pub from: String,
    /// The module, as its snapshot knows it.
    pub path: String,
    /// The `use` that takes the name, or its part of one.
    pub edit: Edit,
}

/// What may be written at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// Best first.
    pub items: Vec<Completion>,
    /// Whether there may be more once more is written.
    pub has_more: bool,
}

/// What is known of the scripts of a workspace besides those that a snapshot has.
#[derive(Clone, Copy, Debug, Default)]
pub enum Rest<'a> {
    /// There are none.
    #[default]
    Nothing,
    /// They were not read yet.
    Unread,
    /// They were like this, not long ago.
    Read(&'a Snapshot),
}

/// What is said of a completion. A list has hundreds of them, of which an author reads one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Markdown.
    Text(String),
    /// What is said of a name that the file knows; [`said_of`] finds it by the completion's label.
    Name(Symbol),
    /// What is said of the name in the module of this path; [`said_of`] finds it by the completion's label.
    Elsewhere(String),
}

impl About {
    /// The Markdown, for a completion of this label in a file.
    pub fn text(&self, snapshot: &Snapshot, rest: Rest<'_>, file: FileId, label: &str) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Name(symbol) => of_symbol(snapshot, *symbol, snapshot.limits(file)),
            Self::Elsewhere(path) => said_of(snapshot, rest, file, label, Some(path)),
        }
    }
}

impl From<String> for About {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What is said of a name that a file knows at its top level, or of a built-in function, or of a name that the module at
/// `path` declares: Markdown.
pub fn said_of(
    snapshot: &Snapshot,
    rest: Rest<'_>,
    file: FileId,
    name: &str,
    path: Option<&str>,
) -> Option<String> {
    let limits = snapshot.limits(file);
    let Some(path) = path else {
        let (_, module) = snapshot.module(file)?;
        let function = || Function::ALL.iter().find(|it| it.word() == name).copied().map(Symbol::Function);
        return of_symbol(snapshot, named(module, name).or_else(function)?, limits);
    };
    let rest = match rest {
        Rest::Read(rest) => Some(rest),
        Rest::Nothing | Rest::Unread => None,
    };
    let known = std::iter::once(snapshot).chain(rest).chain([elsewhere::library()]);
    let mut modules = known.filter_map(|it| Some((it, it.module(it.file(path)?)?.1)));
    let (of, symbol) = modules.find_map(|(it, module)| Some((it, named(module, name)?)))?;
    of_symbol(of, symbol, limits)
}

/// What a name is at the top level of a module.
fn named(module: &Module, name: &str) -> Option<Symbol> {
    let callable = module.callables.get(name).copied().map(Symbol::Callable);
    callable
        .or_else(|| module.types.get(name).copied().map(Symbol::Type))
        .or_else(|| module.constants.get(name).copied().map(Symbol::Constant))
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
