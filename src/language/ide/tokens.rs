use super::{Role, Snapshot, Symbol};
use crate::base::{FileId, Span};
use crate::language::hir::{CallableKind, TypeKind};

/// A coloured part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where; on one line.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
    /// Whether it is declared here.
    pub declares: bool,
    /// Whether the language or its library gives it.
    pub library: bool,
}

/// What a coloured part is. The order is that of the protocol's legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the kinds of names")]
pub enum TokenKind {
    Type,
    Enum,
    Variant,
    Field,
    Parameter,
    Variable,
    Constant,
    Agent,
    Rubric,
    Tool,
    Workflow,
    Function,
    Word,
}

impl TokenKind {
    /// All, in the order of the legend.
    pub const ALL: [Self; 13] = [
        Self::Type,
        Self::Enum,
        Self::Variant,
        Self::Field,
        Self::Parameter,
        Self::Variable,
        Self::Constant,
        Self::Agent,
        Self::Rubric,
        Self::Tool,
        Self::Workflow,
        Self::Function,
        Self::Word,
    ];
}

/// The names of a file with what they are, also in the holes of prompts, in the order of the page. What a grammar can colour
/// without knowing names (keywords, texts, comments) is not among them.
pub fn tokens(snapshot: &Snapshot, file: FileId) -> Vec<Token> {
    let Some((id, _)) = snapshot.module(file) else { return Vec::new() };
    let mut found: Vec<Token> = Vec::new();
    for it in snapshot.index(id).into_iter().flat_map(super::FileIndex::occurrences) {
        let Some(kind) = kind(snapshot, it.symbol) else { continue };
        // In `{ report }` the value is shown.
        if found.last().is_some_and(|last| last.span.end > it.span.start) {
            found.pop();
        }
        found.push(Token {
            span: it.span,
            kind,
            declares: it.role == Role::Definition,
            library: is_library(snapshot, it.symbol),
        });
    }
    found
}

fn kind(snapshot: &Snapshot, symbol: Symbol) -> Option<TokenKind> {
    Some(match symbol {
        Symbol::Type(id) => match snapshot.program().type_decl(id)?.kind {
            TypeKind::Enum { .. } => TokenKind::Enum,
            _ => TokenKind::Type,
        },
        Symbol::Field(..) => TokenKind::Field,
        Symbol::Variant(..) => TokenKind::Variant,
        Symbol::Callable(id) => match snapshot.program().callable(id)?.kind {
            CallableKind::Agent => TokenKind::Agent,
            CallableKind::Rubric => TokenKind::Rubric,
            CallableKind::Tool => TokenKind::Tool,
            CallableKind::Workflow => TokenKind::Workflow,
        },
        Symbol::Param(..) => TokenKind::Parameter,
        Symbol::Constant(_) => TokenKind::Constant,
        Symbol::Local(_) => TokenKind::Variable,
        Symbol::Function(_) => TokenKind::Function,
        Symbol::Word(_) => TokenKind::Word,
        Symbol::File(_) => return None,
    })
}

fn is_library(snapshot: &Snapshot, symbol: Symbol) -> bool {
    match snapshot.declaration(symbol) {
        Some(place) => snapshot.module(place.file).is_some_and(|(_, module)| module.is_std()),
        None => true,
    }
}
