use crate::base::{FileId, Place, Span};
use crate::language::hir::{CallableId, ConstantId, TypeId};
use crate::plan::Function;

/// What a name stands for, in the whole program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A declared or built-in type.
    Type(TypeId),
    /// A field of a declared or built-in record.
    Field(TypeId, u32),
    /// A variant of an enum.
    Variant(TypeId, u32),
    /// An agent, rubric, tool or workflow.
    Callable(CallableId),
    /// A parameter.
    Param(CallableId, u32),
    /// A constant at file level.
    Constant(ConstantId),
    /// A step, a `let` or whatever else is bound inside a declaration: the place of its first binding.
    Local(Place),
    /// A built-in function.
    Function(Function),
    /// A word that the language gives a meaning: `previous`, `today`.
    Word(&'static str),
    /// A file that is named.
    File(FileId),
}

/// How a symbol stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is declared or bound here.
    Definition,
    /// It is used.
    Use,
    /// It is taken from another file.
    Import,
    /// `{ report }` in a record: the field that is written.
    ShortField,
    /// `{ report }` in a record: the value that is read.
    ShortValue,
}

/// A symbol at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Where its name stands.
    pub span: Span,
    /// What it is.
    pub symbol: Symbol,
    /// How it stands there.
    pub role: Role,
}

/// The words that have a meaning of their own, with what they are.
pub const WORDS: [(&str, &str); 9] = [
    ("previous", "The round before this one, with what it bound; absent in the first round."),
    ("earlier", "All rounds before this one, oldest first; empty in the first round."),
    ("round", "The number of this round, from 1."),
    ("index", "The position of this item in its list, from 0."),
    ("today", "The day on which the run started (a `date`): recorded, and the same in the whole run."),
    (
        "now",
        "The moment at which the run started (a `text`, ISO 8601): recorded, and the same in the whole run.",
    ),
    ("result", "What the workflow under test returned."),
    ("review", "The verdict of the rubric behind `until` on this round."),
    ("rubric", "The standard rubric of `std.rubrics`, on what the only step of the body made."),
];

impl Symbol {
    /// A word that has a meaning of its own.
    pub fn word(text: &str) -> Option<Self> {
        WORDS.iter().find(|(word, _)| *word == text).map(|(word, _)| Self::Word(word))
    }
}
