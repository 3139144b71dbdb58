use super::Snapshot;
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit, Severity};

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

/// What can be done about what is wrong in a part of a file: each certain fix, and for a warning that it is allowed.
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
    found.extend(near.iter().filter_map(|it| allow(snapshot, it)));
    found
}

/// A comment above the line that allows the warning; the author writes the reason.
fn allow(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Option<Action> {
    if diagnostic.severity != Severity::Warning
        || matches!(diagnostic.code, Code::UselessAllowance | Code::AllowedWithoutReason)
    {
        return None;
    }
    let source = snapshot.source(diagnostic.place.file)?;
    let line = source.line_span(source.line_column(diagnostic.place.span.start).line);
    let text = source.slice(line);
    let indent = text.get(..text.len() - text.trim_start().len())?;
    let slug = diagnostic.code.slug();
    let edit = Edit {
        place: Place { file: diagnostic.place.file, span: Span::at(line.start as usize) },
        text: format!("{indent}// agentflow: allow({slug}) because …\n"),
    };
    Some(Action {
        title: format!("allow `{slug}` here, with a reason"),
        code: diagnostic.code,
        place: diagnostic.place,
        certain: false,
        edits: vec![edit],
    })
}
