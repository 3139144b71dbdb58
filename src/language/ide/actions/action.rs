use super::{allow, bound, create, extract, import, on_failure, otherwise, parallel};
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit};
use crate::language::ide::Snapshot;

/// A change that an author may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does, as an order.
    pub title: String,
    /// What kind of change it is.
    pub kind: ActionKind,
    /// The code that it answers, and where.
    pub answers: Option<(Code, Place)>,
    /// What changes.
    pub edits: Vec<Edit>,
    /// What the author writes next: a part of what one of the edits writes.
    pub next: Option<Written>,
}

/// What kind of change an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// A fix that is certain to be right.
    Certain,
    /// A likely answer to a diagnostic.
    Likely,
    /// A part is put somewhere of its own.
    Extract,
    /// The same place, written otherwise.
    Rewrite,
    /// Nothing changes: the page of the code says more.
    Explain,
}

/// A part of what an edit writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The edit, by its position.
    pub edit: usize,
    /// The part, in bytes of the edit's text.
    pub part: Span,
}

impl Action {
    /// A likely answer to a diagnostic, of one edit.
    pub(super) fn likely(diagnostic: &Diagnostic, title: String, edit: Edit) -> Self {
        Self {
            title,
            kind: ActionKind::Likely,
            answers: Some((diagnostic.code, diagnostic.place)),
            edits: vec![edit],
            next: None,
        }
    }

    /// A change that nothing asks for.
    pub(super) fn change(kind: ActionKind, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), kind, answers: None, edits, next: None }
    }

    /// With this part of its first edit to be written next.
    #[must_use]
    pub(super) fn next(mut self, part: &str) -> Self {
        let at = self.edits.first().and_then(|edit| edit.text.find(part));
        self.next = at.map(|at| Written { edit: 0, part: Span::new(at, at + part.len()) });
        self
    }

    /// With the end of that line, in place of the part itself.
    #[must_use]
    pub(super) fn inside(mut self) -> Self {
        if let Some(Written { part, .. }) = &mut self.next {
            *part = Span::at((part.end as usize).saturating_sub(1));
        }
        self
    }
}

/// What can be done about a part of a file: certain fixes first, then what is likely, then what nothing asks for.
pub fn actions(snapshot: &Snapshot, file: FileId, within: Span) -> Vec<Action> {
    let here = |it: &&Diagnostic| it.places().any(|place| place.file == file && place.span.meets(within));
    let near: Vec<&Diagnostic> = snapshot.diagnostics().iter().filter(here).collect();
    let mut found: Vec<Action> = Vec::new();
    for diagnostic in &near {
        if let Some(fix) = &diagnostic.fix {
            found.push(Action {
                title: fix.title.clone(),
                kind: ActionKind::Certain,
                answers: Some((diagnostic.code, diagnostic.place)),
                edits: fix.edits.clone(),
                next: None,
            });
        }
    }
    for diagnostic in &near {
        found.extend(import::import(snapshot, diagnostic));
        found.extend(create::create(snapshot, diagnostic));
        found.extend(otherwise::for_cases(snapshot, diagnostic));
        found.extend(bound::where_made(snapshot, diagnostic));
    }
    found.extend(extract::extract(snapshot, file, within));
    found.extend(parallel::parallel(snapshot, file, within));
    found.extend(on_failure::on_failure(snapshot, file, within));
    found.extend(otherwise::otherwise(snapshot, file, within));
    found.extend(bound::answer(snapshot, file, within));
    found.extend(near.iter().filter_map(|diagnostic| allow::allow(snapshot, diagnostic)));
    let mut explained: Vec<Code> = Vec::new();
    for diagnostic in near {
        if !explained.contains(&diagnostic.code) {
            explained.push(diagnostic.code);
            found.push(explain(diagnostic));
        }
    }
    found
}

fn explain(diagnostic: &Diagnostic) -> Action {
    let Diagnostic { code, place, .. } = diagnostic;
    Action {
        title: format!("explain {}: {}", code.number(), code.title()),
        kind: ActionKind::Explain,
        answers: Some((*code, *place)),
        edits: Vec::new(),
        next: None,
    }
}
