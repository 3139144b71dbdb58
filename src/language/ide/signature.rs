use super::Snapshot;
use super::place::{Open, OpenKind, Surroundings};
use super::symbols::{head_line, param_line};
use crate::base::FileId;
use crate::plan::Function;

/// The signature of the call around a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    /// In one line.
    pub label: String,
    /// Its parameters, each with its doc comment; their texts are parts of the label.
    pub params: Vec<(String, Option<String>)>,
    /// What is said of it.
    pub doc: Option<String>,
    /// The parameter that is being written.
    pub active: Option<usize>,
}

/// The call around a place of a script: what it takes, and which argument is being written.
pub fn signature_help(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<SignatureHelp> {
    let source = snapshot.source(file)?;
    let before = source.text.get(..offset)?;
    let around = Surroundings::at_end_of(before);
    if around.in_text() || around.comment {
        return None;
    }
    let open = around.open.iter().rev().find(|it| it.kind == OpenKind::Paren)?;
    let callee = callee_before(before, open)?;
    let argument = before.get(open.item..).unwrap_or_default();
    let (_, module) = snapshot.module(file)?;
    let named = argument.split_once(':').map(|(name, _)| name.trim());
    let active = |names: &[&str]| match named.and_then(|name| names.iter().position(|it| *it == name)) {
        Some(at) => Some(at),
        None => (open.commas < names.len()).then_some(open.commas),
    };
    let callable = match module.callables.get(callee) {
        Some(id) => Some(*id),
        None if callee == "rubric" => snapshot.program().standard,
        None => None,
    };
    if let Some(id) = callable {
        let callable = snapshot.program().callable(id)?;
        let names: Vec<&str> = callable.params.iter().map(|it| it.name.as_str()).collect();
        let params = callable.params.iter();
        let params =
            params.map(|it| (param_line(snapshot, callable, it), it.doc.as_ref().map(ToString::to_string)));
        return Some(SignatureHelp {
            label: head_line(snapshot, id)?,
            params: params.collect(),
            doc: callable.doc.as_ref().map(ToString::to_string),
            active: active(&names),
        });
    }
    let function: Function = callee.parse().ok()?;
    let doc = function.doc();
    let params: Vec<(String, Option<String>)> =
        parameters(doc.signature).map(|it| (it.to_string(), None)).collect();
    let last = params.len().checked_sub(1)?;
    Some(SignatureHelp {
        label: doc.signature.into(),
        params,
        doc: Some(doc.does.into()),
        active: Some(open.commas.min(last)),
    })
}

/// The name directly before a bracket, unless it is the head of a declaration.
pub(super) fn callee_before<'a>(text: &'a str, open: &Open) -> Option<&'a str> {
    let before = text.get(..open.at)?;
    let start = before
        .rfind(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let name = before.get(start..).filter(|name| !name.is_empty())?;
    let head = before.get(..start)?.trim_end();
    let word = head.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_head = matches!(word, "agent" | "rubric" | "tool" | "workflow") || head.ends_with('@');
    (!is_head).then_some(name)
}

/// The parameters in a signature of L5.2: `take(xs: [T], n: int) -> [T]`.
fn parameters(signature: &str) -> impl Iterator<Item = &str> {
    let inner = signature.split_once('(').map_or("", |(_, rest)| rest);
    let inner = inner.split_once(") ->").map_or(inner, |(inner, _)| inner);
    inner.split(',').map(str::trim).filter(|part| !part.is_empty())
}
