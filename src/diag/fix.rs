use super::Diagnostic;
use crate::base::{FileId, Place, Source, Span};
use std::collections::BTreeMap;

/// A change that `check --fix` and an editor may make without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "write `otherwise`".
    pub title: String,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

/// The text at a place is replaced; an empty place inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub place: Place,
    /// What stands there afterwards.
    pub text: String,
}

impl Fix {
    /// A fix of one edit.
    pub fn replace(title: impl Into<String>, place: Place, text: impl Into<String>) -> Self {
        Self { title: title.into(), edits: vec![Edit { place, text: text.into() }] }
    }
}

/// Texts after their fixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The new text of every file that changed.
    pub files: BTreeMap<FileId, String>,
    /// How many fixes were made.
    pub count: usize,
}

/// Makes the fixes of `diagnostics`, in their order.
///
/// A fix is made wholly or not at all: one that touches what an earlier one changed is left for the next check,
/// which sees the text as it is by then.
pub fn apply_fixes<'a>(sources: &[Source], diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> Fixed {
    let mut accepted: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    let mut count = 0;
    for fix in diagnostics.into_iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
        if fix.edits.is_empty() || fix.edits.iter().any(|edit| collides(&accepted, edit)) {
            continue;
        }
        count += 1;
        for edit in &fix.edits {
            accepted.entry(edit.place.file).or_default().push(edit.clone());
        }
    }
    let mut files = BTreeMap::new();
    for (file, mut edits) in accepted {
        let Some(source) = sources.get(file.0 as usize) else { continue };
        files.insert(file, apply(&source.text, &mut edits));
    }
    Fixed { files, count }
}

fn collides(accepted: &BTreeMap<FileId, Vec<Edit>>, edit: &Edit) -> bool {
    let made = accepted.get(&edit.place.file).map(Vec::as_slice).unwrap_or_default();
    made.iter().any(|other| touches(other.place.span, edit.place.span))
}

/// Whether two edits share a byte, or insert at the same place, where their order would be a guess.
fn touches(a: Span, b: Span) -> bool {
    if a.is_empty() || b.is_empty() {
        return a.start <= b.end && b.start <= a.end;
    }
    a.start < b.end && b.start < a.end
}

/// Makes edits that do not overlap; an edit whose span is not a part of `text` is left out.
fn apply(text: &str, edits: &mut [Edit]) -> String {
    edits.sort_by_key(|edit| (edit.place.span.start, edit.place.span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits.iter() {
        let range = edit.place.span.range();
        let Some(kept) = text.get(done..range.start) else { continue };
        if !text.is_char_boundary(range.end) {
            continue;
        }
        out.push_str(kept);
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}
