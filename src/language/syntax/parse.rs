use super::ast::{Text, Tree};
use crate::base::FileId;
use crate::diag::Diagnostic;

/// A tree and what was wrong with the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// Always there, however broken the text.
    pub tree: Tree,
    /// In the order of the page: one per slip.
    pub diagnostics: Vec<Diagnostic>,
}

/// The template of a prompt file and what was wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptFile {
    /// Its parts; spans lie in the prompt file.
    pub text: Text,
    /// In the order of the page.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a script. Total: any text gives a tree. `file` is written into the diagnostics' places.
pub fn parse(_file: FileId, _text: &str) -> Parsed {
    Parsed::default()
}

/// Reads the content of a file named by `prompt file` or `role file` (L1.9). Total, as [`parse`].
pub fn parse_prompt(_file: FileId, text: &str) -> PromptFile {
    let span = crate::base::Span::new(0, text.len());
    let parts = vec![super::ast::TextPart::Chars(text.into(), span)];
    PromptFile { text: Text { span, style: super::ast::TextStyle::File, parts }, diagnostics: Vec::new() }
}
