use super::navigation::{occurrences, symbol_at};
use super::{Occurrence, Role, Snapshot, Symbol};
use crate::base::{FileId, Place, Span, is_upper_camel};
use crate::diag::Edit;
use crate::language::syntax::is_reserved;
use crate::plan::Grade;

/// Why something is not renamed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenameRefusal {
    /// There is no name at the place.
    #[error("there is no name here")]
    Nothing,
    /// The language, or its library, gives the name.
    #[error("`{0}` belongs to the language")]
    NotYours(String),
    /// The new name is none.
    #[error("`{0}` is not a name: letters, digits and `_`, and no digit first")]
    NotAName(String),
    /// The new name is a word of the language.
    #[error("`{0}` is a word of the language")]
    Reserved(String),
    /// A type's name begins with an upper-case letter, all others do not.
    #[error("{0}")]
    WrongCase(&'static str),
    /// The new name is taken where the old one stands.
    #[error("`{name}` is taken: it stands in line {line} of {path}")]
    Taken {
        /// The new name.
        name: String,
        /// Where it stands.
        path: String,
        /// Its line, from 1.
        line: u32,
    },
    /// The files that use it are not known, or hold it in a part that cannot be read.
    #[error("`{path}` has a syntax error near a use of this name")]
    Broken {
        /// The file.
        path: String,
    },
}

/// The span of the name at a place, where it can be renamed.
pub fn prepare_rename(snapshot: &Snapshot, file: FileId, offset: usize) -> Result<Span, RenameRefusal> {
    let at = symbol_at(snapshot, file, offset).ok_or(RenameRefusal::Nothing)?;
    own(snapshot, at).map(|_| at.span)
}

/// The name as it is declared, where that is in an author's file.
fn own(snapshot: &Snapshot, at: Occurrence) -> Result<String, RenameRefusal> {
    let place = snapshot.declaration(at.symbol).filter(|_| !matches!(at.symbol, Symbol::File(_)));
    let named = |symbol: Symbol| match symbol {
        Symbol::Function(function) => function.word().to_string(),
        Symbol::Word(word) => word.to_string(),
        Symbol::File(_) => "this".to_string(),
        _ => "this name".to_string(),
    };
    let Some(place) = place else { return Err(RenameRefusal::NotYours(named(at.symbol))) };
    let source = snapshot.source(place.file).ok_or(RenameRefusal::Nothing)?;
    let name = source.slice(place.span).to_string();
    match snapshot.module(place.file) {
        Some((_, module)) if module.is_std() => Err(RenameRefusal::NotYours(name)),
        _ => Ok(name),
    }
}

/// The edits that give the symbol at a place another name, in all files of the snapshot.
///
/// Only occurrences that are spelled like the declaration change: an import under another name keeps it. A name that is
/// taken in the reach of the old one is refused, since a body and a file bind a name once.
pub fn rename(
    snapshot: &Snapshot,
    file: FileId,
    offset: usize,
    name: &str,
) -> Result<Vec<Edit>, RenameRefusal> {
    let at = symbol_at(snapshot, file, offset).ok_or(RenameRefusal::Nothing)?;
    let old = own(snapshot, at)?;
    valid(at.symbol, name)?;
    if old == name {
        return Ok(Vec::new());
    }
    let all: Vec<(FileId, Occurrence)> = occurrences(snapshot, at.symbol)
        .into_iter()
        .filter(|(file, it)| snapshot.source(*file).is_some_and(|source| source.slice(it.span) == old))
        .collect();
    taken(snapshot, at.symbol, &all, name)?;
    Ok(all.iter().map(|(file, it)| edit(*file, it, &old, name)).collect())
}

fn edit(file: FileId, it: &Occurrence, old: &str, name: &str) -> Edit {
    let text = match it.role {
        Role::ShortField => format!("{name}: {old}"),
        Role::ShortValue => format!("{old}: {name}"),
        Role::Definition | Role::Use | Role::Import => name.to_string(),
    };
    Edit { place: Place { file, span: it.span }, text }
}

fn valid(symbol: Symbol, name: &str) -> Result<(), RenameRefusal> {
    let mut letters = name.chars();
    let is_name = letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_');
    if !is_name {
        return Err(RenameRefusal::NotAName(name.into()));
    }
    if is_reserved(name) && !matches!(symbol, Symbol::Field(..)) || name.parse::<Grade>().is_ok() {
        return Err(RenameRefusal::Reserved(name.into()));
    }
    match (symbol, is_upper_camel(name)) {
        (Symbol::Type(_), false) => {
            Err(RenameRefusal::WrongCase("a type's name begins with an upper-case letter"))
        }
        (Symbol::Type(_) | Symbol::Field(..), _) => Ok(()),
        (_, true) => Err(RenameRefusal::WrongCase("only a type's name begins with an upper-case letter")),
        (_, false) => Ok(()),
    }
}

/// Whether the new name means something in the reach of the old one: for fields, variants and parameters, beside them;
/// for what a body binds, in the declaration around it; for declarations, in each file that names them.
fn taken(
    snapshot: &Snapshot,
    symbol: Symbol,
    all: &[(FileId, Occurrence)],
    name: &str,
) -> Result<(), RenameRefusal> {
    for (file, it) in all {
        let Some((id, module)) = snapshot.module(*file) else { continue };
        let (Some(index), Some(source)) = (snapshot.index(id), snapshot.source(*file)) else { continue };
        let whole = Span::new(0, source.text.len());
        let around = |span: Span| {
            let items = module.tree.items.iter().map(crate::language::syntax::ast::Item::span);
            items.into_iter().find(|item| item.start <= span.start && span.end <= item.end).unwrap_or(whole)
        };
        let reach = if is_file_wide(symbol) { whole } else { around(it.span) };
        let clash = index
            .within(reach)
            .find(|other| source.slice(other.span) == name && competes(symbol, other.symbol));
        if let Some(clash) = clash {
            let line = source.line_column(clash.span.start).line;
            return Err(RenameRefusal::Taken { name: name.into(), path: source.name.to_string(), line });
        }
        if module.has_slip_around(it.span) {
            return Err(RenameRefusal::Broken { path: source.name.to_string() });
        }
    }
    Ok(())
}

fn is_file_wide(symbol: Symbol) -> bool {
    matches!(symbol, Symbol::Type(_) | Symbol::Callable(_) | Symbol::Constant(_))
}

/// Whether two symbols of one name would be taken for each other where both stand.
fn competes(renamed: Symbol, other: Symbol) -> bool {
    use Symbol as S;
    match (renamed, other) {
        (S::Field(a, _), S::Field(b, _)) | (S::Variant(a, _), S::Variant(b, _)) => a == b,
        (S::Field(..), S::Local(_) | S::Constant(_)) => false,
        (
            S::Local(_) | S::Param(..) | S::Constant(_),
            S::Local(_) | S::Param(..) | S::Constant(_) | S::Variant(..),
        ) => true,
        (S::Variant(..), S::Local(_) | S::Param(..) | S::Constant(_)) => true,
        (S::Type(_), S::Type(_)) | (S::Callable(_), S::Callable(_) | S::Function(_)) => true,
        _ => false,
    }
}
