//! What an author may let the editor do: each certain fix of a diagnostic, and what is likely but not certain, one file an
//! action.

mod allow;
mod create;
mod import;

use super::Snapshot;
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit};

/// A change that an author may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does, as an order.
    pub title: String,
    /// The code that it answers, and where.
    pub code: Code,
    /// The place of the diagnostic.
    pub place: Place,
    /// Whether it is certain to be right.
    pub certain: bool,
    /// What changes.
    pub edits: Vec<Edit>,
}

impl Action {
    /// A likely answer to a diagnostic, of one edit.
    fn likely(diagnostic: &Diagnostic, title: String, edit: Edit) -> Self {
        Self { title, code: diagnostic.code, place: diagnostic.place, certain: false, edits: vec![edit] }
    }
}

/// What can be done about what is wrong in a part of a file, certain fixes first.
pub fn actions(snapshot: &Snapshot, file: FileId, within: Span) -> Vec<Action> {
    let here = |it: &&Diagnostic| {
        it.place.file == file && it.place.span.start <= within.end && within.start <= it.place.span.end
    };
    let near: Vec<&Diagnostic> = snapshot.compiled().diagnostics.iter().filter(here).collect();
    let mut found: Vec<Action> = Vec::new();
    for diagnostic in &near {
        if let Some(fix) = &diagnostic.fix {
            found.push(Action {
                title: fix.title.clone(),
                code: diagnostic.code,
                place: diagnostic.place,
                certain: true,
                edits: fix.edits.clone(),
            });
        }
    }
    for diagnostic in near {
        found.extend(import::import(snapshot, diagnostic));
        found.extend(create::create(snapshot, diagnostic));
        found.extend(allow::allow(snapshot, diagnostic));
    }
    found
}
