use super::symbol::{join, local, of_symbol};
use super::{annotation, statement};
use crate::base::{FileId, Place, Span};
use crate::language::hir::{CallableId, CallableKind};
use crate::language::ide::navigation::symbol_at;
use crate::language::ide::{Role, Snapshot, Symbol};

/// What is said of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is said of.
    pub span: Span,
    /// Markdown: code in fences, then prose.
    pub text: String,
    /// What a plan could say more of.
    pub subject: Option<Subject>,
}

/// What a plan can say more of than the script: the prompt of an agent, the calls of a workflow or of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An agent or a workflow, wherever it is named.
    Callable(CallableId),
    /// A statement of a workflow.
    Statement {
        /// The workflow.
        workflow: CallableId,
        /// The statement.
        at: Place,
        /// What it calls, if it is a step that calls something by name.
        callee: Option<CallableId>,
    },
}

/// What is said of a place: of a name its declaration, its type and its doc comment, of an annotation what it is for, of
/// the word that begins a statement what follows from it.
pub fn hover(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Hover> {
    if let Some(hover) = annotation::annotation(snapshot, file, offset) {
        return Some(hover);
    }
    let Some(at) = symbol_at(snapshot, file, offset) else {
        return statement::keyword(snapshot, file, offset);
    };
    let limits = snapshot.limits(file);
    let (text, subject) = match at.symbol {
        Symbol::Local(_) if at.role == Role::Definition => {
            let (more, subject) = statement::step(snapshot, file, at.span).unwrap_or_default();
            (join([local(snapshot, at.symbol, file, at.span), more])?, subject)
        }
        Symbol::Local(_) => (local(snapshot, at.symbol, file, at.span)?, None),
        Symbol::Callable(id) => {
            (of_symbol(snapshot, at.symbol, limits)?, callee(snapshot, file, id, at.span))
        }
        symbol => (of_symbol(snapshot, symbol, limits)?, None),
    };
    Some(Hover { span: at.span, text, subject })
}

/// A callee is spoken of where it is called, with the arguments that it gets there.
fn callee(snapshot: &Snapshot, file: FileId, id: CallableId, name: Span) -> Option<Subject> {
    let kind = snapshot.program().callable(id)?.kind;
    let stands = statement::around(snapshot, file, name.start as usize).and_then(|it| it.subject);
    match stands {
        Some(subject @ Subject::Statement { callee: Some(callee), .. }) if callee == id => Some(subject),
        _ => matches!(kind, CallableKind::Agent | CallableKind::Workflow).then_some(Subject::Callable(id)),
    }
}
