use super::Snapshot;
use super::place::{OpenKind, Surroundings};
use crate::base::{FileId, Span};

/// A path that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPlace {
    /// What stands there so far, up to the cursor.
    pub written: String,
    /// What a path takes the place of.
    pub replaces: Span,
    /// Whether its quotes stand already.
    pub quoted: bool,
    /// What it leads to.
    pub to: PathTo,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathTo {
    /// A script.
    Script,
    /// A text: a prompt or a role.
    Text,
}

/// The path at a place of a script: behind `use`, and behind `prompt file` and `role file`. Which files there are is for
/// others to say.
pub fn path_at(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<PathPlace> {
    let source = snapshot.source(file)?;
    snapshot.module(file)?;
    let before = source.text.get(..offset)?;
    let around = Surroundings::at_end_of(before);
    if around.comment {
        return None;
    }
    if !around.in_text() {
        let line = before.rsplit('\n').next()?;
        let written = line.strip_prefix("use ")?.trim_start();
        let is_path =
            written.chars().all(|letter| matches!(letter, '.' | '/' | '_') || letter.is_alphanumeric());
        return (is_path && !written.starts_with("std")).then(|| PathPlace {
            written: written.to_owned(),
            replaces: Span::new(offset - written.len(), offset),
            quoted: false,
            to: PathTo::Script,
        });
    }
    let open = around.innermost().filter(|open| open.kind == OpenKind::Line)?;
    let head = before.get(..open.at)?.rsplit('\n').next()?.trim();
    let mut words = head.split_whitespace().rev();
    let to = match (words.next(), words.next()) {
        (Some("use"), None) => PathTo::Script,
        (Some("file"), Some("prompt" | "role")) => PathTo::Text,
        _ => return None,
    };
    let start = open.at + 1;
    let rest = source.text.get(offset..)?;
    let end =
        rest.find(['"', '\n', '\r']).filter(|end| rest.get(*end..).is_some_and(|it| it.starts_with('"')));
    let end = offset + end.unwrap_or(0);
    let written = before.get(start..)?.to_owned();
    Some(PathPlace { written, replaces: Span::new(start, end), quoted: true, to })
}
