use crate::base::{FileId, Source, Span};
use crate::diag::{Code, Diagnostic};
use crate::language::syntax::ast::{Text, Tree};
use crate::language::syntax::{Kept, parse_again, parse_prompt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Files as they were read, so that the same text is not read twice, and one that was edited only where it changed.
///
/// What it gives follows from the texts alone. It may be used from several threads, for programs of different entries.
#[derive(Debug, Default)]
pub struct Memory {
    scripts: Mutex<BTreeMap<Arc<str>, Arc<Script>>>,
    prompts: Mutex<BTreeMap<Arc<str>, Arc<Prompt>>>,
}

/// A script as it was read.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) source: Source,
    pub(super) tree: Arc<Tree>,
    /// What is wrong, in a file of the number 0.
    found: Vec<Diagnostic>,
    /// Nothing where the text was not read.
    kept: Option<Kept>,
}

/// A prompt file as it was read.
#[derive(Debug)]
pub(super) struct Prompt {
    pub(super) source: Source,
    pub(super) text: Arc<Text>,
    /// As [`Script::found`].
    found: Vec<Diagnostic>,
}

impl Script {
    /// What is wrong in it.
    pub(super) fn found(&self, file: FileId) -> Vec<Diagnostic> {
        self.found.iter().map(|it| it.clone().in_file(file)).collect()
    }

    fn new(name: &Arc<str>, text: &str, before: Option<&Self>) -> Self {
        let source = Source::new(name.clone(), text);
        if let Some(nul) = no_text(&source) {
            return Self { source, tree: Arc::default(), found: vec![nul], kept: None };
        }
        let before = before.and_then(|before| before.kept.as_ref());
        let (kept, found) = parse_again(FileId::default(), &source.text, before);
        Self { source, tree: Arc::clone(kept.tree()), found, kept: Some(kept) }
    }
}

impl Prompt {
    /// What is wrong in it.
    pub(super) fn found(&self, file: FileId) -> Vec<Diagnostic> {
        self.found.iter().map(|it| it.clone().in_file(file)).collect()
    }

    fn new(name: &Arc<str>, text: &str) -> Self {
        let source = Source::new(name.clone(), text);
        let parsed = parse_prompt(FileId::default(), &source.text);
        let found = no_text(&source).into_iter().chain(parsed.diagnostics).collect();
        Self { source, text: Arc::new(parsed.text), found }
    }
}

impl Memory {
    /// A script of this path with this text. `name` is how messages call it.
    pub(super) fn script(&self, path: &Arc<str>, name: &Arc<str>, text: &Arc<str>) -> Arc<Script> {
        let before = held(&self.scripts).get(path).cloned();
        if let Some(same) = before.as_ref().filter(|it| is(&it.source, name, text)) {
            return Arc::clone(same);
        }
        let script = Arc::new(Script::new(name, text, before.as_deref()));
        held(&self.scripts).insert(path.clone(), Arc::clone(&script));
        script
    }

    /// A prompt file of this path with this text.
    pub(super) fn prompt(&self, path: &Arc<str>, name: &Arc<str>, text: &Arc<str>) -> Arc<Prompt> {
        let before = held(&self.prompts).get(path).cloned();
        if let Some(same) = before.filter(|it| is(&it.source, name, text)) {
            return same;
        }
        let prompt = Arc::new(Prompt::new(name, text));
        held(&self.prompts).insert(path.clone(), Arc::clone(&prompt));
        prompt
    }

    /// Forgets the files for which this is false.
    pub fn retain(&self, keep: impl Fn(&str) -> bool) {
        held(&self.scripts).retain(|path, _| keep(path));
        held(&self.prompts).retain(|path, _| keep(path));
    }
}

/// What is held is whole after every change, so a panic elsewhere spoils nothing.
fn held<T>(files: &Mutex<T>) -> MutexGuard<'_, T> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is(source: &Source, name: &Arc<str>, text: &Arc<str>) -> bool {
    let same = || *source.text == **text.strip_prefix('\u{FEFF}').as_ref().unwrap_or(&&**text);
    source.name == *name && (Arc::ptr_eq(&source.text, text) || same())
}

/// A byte that no editor writes: what follows it is not worth reading.
fn no_text(source: &Source) -> Option<Diagnostic> {
    let at = source.text.find('\0')?;
    let message = format!("`{}` holds a NUL byte, so it is no text", source.name);
    Some(Diagnostic::new(Code::NulByte, FileId::default(), Span::new(at, at + 1), message))
}
