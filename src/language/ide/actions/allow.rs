use super::Action;
use crate::base::{Place, Span};
use crate::diag::{Code, Diagnostic, Edit, Severity};
use crate::language::ide::Snapshot;
use crate::language::ide::place::Surroundings;

/// A comment above the line that allows the warning; the author writes the reason.
pub(super) fn allow(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Option<Action> {
    if diagnostic.severity != Severity::Warning
        || matches!(diagnostic.code, Code::UselessAllowance | Code::AllowedWithoutReason)
    {
        return None;
    }
    let source = snapshot.source(diagnostic.place.file)?;
    snapshot.module(diagnostic.place.file)?;
    let line = source.line_span(source.line_column(diagnostic.place.span.start).line);
    // A line of a text has no comments.
    if Surroundings::at_end_of(source.text.get(..line.start as usize)?).in_text() {
        return None;
    }
    let text = source.slice(line);
    let indent = text.get(..text.len() - text.trim_start().len())?;
    let slug = diagnostic.code.slug();
    let edit = Edit {
        place: Place { file: diagnostic.place.file, span: Span::at(line.start as usize) },
        text: format!("{indent}// agentflow: allow({slug}) because …\n"),
    };
    Some(Action::likely(diagnostic, format!("allow `{slug}` here, with a reason"), edit).next("…"))
}
