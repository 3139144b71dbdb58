//! Editor questions as plain data over a snapshot: what stands here, where it is declared, who uses it, what may follow.
//!
//! A [`Snapshot`] is a checked program of one moment; every question is a function of it, a file and a place, and its
//! answer speaks of files and byte spans. Nothing here fails: a question without an answer is `None` or empty.
//! Not here: the editor protocol, which is `lsp`, and what is wrong, which the snapshot's compilation says.

mod actions;
mod calls;
mod completion;
mod folding;
mod graph;
mod hints;
mod hover;
mod imports;
mod index;
mod lens;
mod limits;
mod links;
mod navigation;
mod paths;
mod place;
mod rename;
mod scope;
mod selection;
mod signature;
mod snapshot;
mod sound;
mod symbols;
mod tokens;
mod typing;
mod visit;

pub use actions::{Action, ActionKind, Written, actions};
pub use calls::{Call, Party, incoming, outgoing, party_at};
pub use completion::{
    About, Completion, CompletionKind, Completions, Import, Insert, Rest, completions, completions_with,
    said_of,
};
pub use folding::{Fold, FoldKind, folds};
pub use graph::{WorkflowGraph, graph};
pub use hints::{Hint, hints};
pub use hover::{Hover, Subject, hover};
pub use index::{FileIndex, Occurrence, Role, Symbol};
pub use lens::{Lens, LensKind, lenses, uses};
pub use limits::Limits;
pub use links::{Link, LinkTarget, links};
pub use navigation::{Declarations, definition, highlights, references, type_definition};
pub use paths::{PathPlace, PathTo, path_at};
pub use rename::{RenameRefusal, prepare_rename, rename};
pub use selection::selections;
pub use signature::{SignatureHelp, signature_help};
pub use snapshot::{ModuleTypes, Snapshot};
pub use sound::is_sound;
pub use symbols::{Outline, SymbolKind, distance, outline, workspace_symbols};
pub use tokens::{Token, TokenKind, tokens};
pub use typing::{Typed, on_type};
