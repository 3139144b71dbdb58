use super::{Code, Fix, Severity};
use crate::base::{FileId, Place, Span};

/// One thing that is wrong, for an author to read. Plain data: no renderer's type is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The code, which has a page.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One line that stands alone: lower case, no full stop.
    pub message: String,
    /// The place that an editor underlines.
    pub place: Place,
    /// Said at `place`, where more is to be said than the message says.
    pub label: Option<String>,
    /// Other places that belong to it: the other end of a conflict.
    pub labels: Vec<Label>,
    /// Facts that have no place in a text.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// A change that is certain to be right.
    pub fix: Option<Fix>,
    /// Where the same is wrong once more: a report says it once, and an editor marks each place. In the order of the page.
    pub again: Vec<Place>,
}

/// A remark at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is to be seen there.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic of this code, with the severity that the registry gives it.
    pub fn new(code: Code, file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            place: Place { file, span },
            label: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            again: Vec::new(),
        }
    }

    /// The same in another file, where all of its places lie in one.
    #[must_use]
    pub fn in_file(mut self, file: FileId) -> Self {
        self.place.file = file;
        self.labels.iter_mut().for_each(|label| label.place.file = file);
        self.again.iter_mut().for_each(|place| place.file = file);
        self.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.place.file = file);
        self
    }

    /// Every place where it is wrong: its own, and those where the same is wrong once more.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        std::iter::once(self.place).chain(self.again.iter().copied())
    }

    /// With a remark at the main place.
    #[must_use]
    pub fn here(mut self, message: impl Into<String>) -> Self {
        self.label = Some(message.into());
        self
    }

    /// With a remark at another place.
    #[must_use]
    pub fn label(mut self, file: FileId, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { place: Place { file, span }, message: message.into() });
        self
    }

    /// With a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a change that is certain to be right.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// Sorts by file and place; what stands at one place goes errors first, then by code, and says nothing twice.
pub fn in_page_order(diagnostics: &mut Vec<Diagnostic>) {
    let key = |it: &Diagnostic| (it.place.file, it.place.span.start, it.severity, it.code, it.place.span.end);
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
    diagnostics.dedup();
}
