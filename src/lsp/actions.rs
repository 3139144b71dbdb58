//! What an author may let the editor do, and what follows when it is done: the place where the author goes on.

use super::convert::{page_of, range_of, span_of};
use super::documents::Reach;
use super::publish::marks;
use super::view::View;
use crate::base::{Source, Span};
use crate::diag::{Code, Edit};
use crate::language::ide::{self, Action, ActionKind, Written};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::str::FromStr;
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Command, Range, Uri,
};

/// The command that shows a place, or a page, to the author.
pub(super) const REVEAL: &str = "agentflow.reveal";

/// What [`REVEAL`] shows.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Revealed {
    pub(super) uri: Uri,
    /// What is selected there.
    pub(super) range: Option<Range>,
}

/// Whether the client lets the server show a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reveal {
    Understood,
    #[default]
    Unknown,
}

/// The kinds of actions that are offered.
pub(super) const KINDS: [CodeActionKind; 3] =
    [CodeActionKind::QUICKFIX, CodeActionKind::REFACTOR_EXTRACT, CodeActionKind::REFACTOR_REWRITE];

/// How far to look for what can be done: for a name that is missing, in the whole workspace.
pub(super) fn reach(view: &View, params: &CodeActionParams) -> Reach {
    let near = || {
        let file = view.file(&params.text_document.uri)?;
        let within = span_of(view.source(file)?, params.range);
        let mut all = view.snapshot.diagnostics().iter();
        all.find(|it| {
            matches!(it.code, Code::UnknownName | Code::UnknownCallable | Code::UnknownType)
                && it.places().any(|place| place.file == file && place.span.meets(within))
        })
    };
    if near().is_some() { Reach::Workspace } else { Reach::Open }
}

fn kind(kind: ActionKind) -> CodeActionKind {
    match kind {
        ActionKind::Certain | ActionKind::Likely | ActionKind::Explain => CodeActionKind::QUICKFIX,
        ActionKind::Extract => CodeActionKind::REFACTOR_EXTRACT,
        ActionKind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
    }
}

pub(super) fn code_actions(
    view: &View,
    params: &CodeActionParams,
    reveal: Reveal,
) -> Option<Vec<CodeActionOrCommand>> {
    let file = view.file(&params.text_document.uri)?;
    let within = span_of(view.source(file)?, params.range);
    let only = params.context.only.as_ref();
    let is_wanted = |it: &Action| {
        let kind = kind(it.kind);
        let below = |wanted: &CodeActionKind| {
            let rest = kind.as_str().strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || wanted.as_str().is_empty())
        };
        only.is_none_or(|only| only.iter().any(below))
            && (it.kind != ActionKind::Explain || reveal == Reveal::Understood)
    };
    let all = ide::actions(&view.snapshot, file, within).into_iter().filter(is_wanted);
    Some(all.map(|it| CodeActionOrCommand::CodeAction(action(view, it, reveal))).collect())
}

fn action(view: &View, it: Action, reveal: Reveal) -> CodeAction {
    let answered = it.answers.map(|(code, place)| {
        let all = view.snapshot.diagnostics().iter();
        let answered = all.filter(|found| found.code == code && found.place == place);
        answered.flat_map(|found| marks(view, found)).collect()
    });
    let revealed = match (it.kind, it.answers) {
        (ActionKind::Explain, Some((code, _))) => {
            Uri::from_str(&page_of(code.number())).ok().map(|uri| Revealed { uri, range: None })
        }
        _ => it.next.and_then(|next| written(view, &it.edits, next)),
    };
    let revealed = revealed.filter(|_| reveal == Reveal::Understood);
    CodeAction {
        kind: Some(kind(it.kind)),
        diagnostics: answered,
        edit: (!it.edits.is_empty()).then(|| view.edit(&it.edits)),
        is_preferred: (it.kind == ActionKind::Certain).then_some(true),
        command: revealed.map(|it| Command::new("show".into(), REVEAL.into(), Some(vec![json!(it)]))),
        title: it.title,
        ..CodeAction::default()
    }
}

/// Where a part of what an edit writes stands when all edits are made.
fn written(view: &View, edits: &[Edit], next: Written) -> Option<Revealed> {
    let edit = edits.get(next.edit)?;
    let source = view.source(edit.place.file)?;
    let mut own: Vec<&Edit> = edits.iter().filter(|it| it.place.file == edit.place.file).collect();
    own.sort_by_key(|it| it.place.span);
    let (mut text, mut done, mut start) = (String::new(), 0, 0);
    for it in own {
        let span = it.place.span.range();
        text.push_str(source.text.get(done..span.start)?);
        if std::ptr::eq(it, edit) {
            start = text.len();
        }
        text.push_str(&it.text);
        done = span.end;
    }
    text.push_str(source.text.get(done..)?);
    let part = Span::new(start + next.part.start as usize, start + next.part.end as usize);
    let after = Source::new(source.name.clone(), &text);
    Some(Revealed { uri: view.uri(edit.place.file)?, range: Some(range_of(&after, part)) })
}
