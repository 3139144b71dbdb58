//! The AgentFlow grammar for tree-sitter, for the tests of this repository and for editors that are written in Rust.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_agentflow() -> *const ();
}

/// The grammar, for `tree_sitter::Parser::set_language`.
// SAFETY: the generated parser defines this function with this signature, and it returns a table that is never freed.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_agentflow) };

/// The queries that colour a script.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");
/// The queries that tell where a name is bound and used.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");
/// The queries that name other languages inside a script.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");
/// The queries that tell what can be folded.
pub const FOLDS_QUERY: &str = include_str!("../../queries/folds.scm");
