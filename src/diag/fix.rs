use crate::base::{Place, Span};

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

/// Applies the edits that lie in one text; those that overlap an earlier one are left out, so that a second run finds them.
pub fn apply(text: &str, edits: &mut Vec<(Span, String)>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (span, new) in edits.iter() {
        let range = span.range();
        let Some(kept) = text.get(done..range.start) else { continue };
        out.push_str(kept);
        out.push_str(new);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}
