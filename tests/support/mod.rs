//! What several suites share: checking scripts that are data, and showing what was found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]
#![allow(dead_code, reason = "each suite uses a part of it")]

pub mod calls;
pub mod files;
pub mod notes;
pub mod provider;
pub mod walk;

use agentflow::base::Source;
use agentflow::diag::Diagnostic;
use agentflow::language::hir::MemoryWorld;
use files::CaseFile;
#[allow(unused_imports, reason = "each suite uses a part of it")]
pub use walk::walk;

/// What the compiler says to a set of files, of which the first is checked.
pub struct Checked {
    pub sources: Vec<Source>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks the first of `files`; the others are there to be imported.
pub fn check(files: &[CaseFile]) -> Checked {
    let world = files
        .iter()
        .fold(MemoryWorld::default(), |world, file| world.with(file.path.as_str(), file.text.as_str()));
    let entries: Vec<String> = files.iter().take(1).map(|file| file.path.clone()).collect();
    let allowed = agentflow::host::config::Limits::default().calls;
    let compiled = agentflow::host::check(&world, &entries, &|_| allowed);
    Checked { sources: compiled.program.sources, diagnostics: compiled.diagnostics }
}

/// The diagnostics as a person sees them.
pub fn rendered(checked: &Checked) -> String {
    use agentflow::diag::render::{Look, human};
    human(&checked.diagnostics, &checked.sources, Look::Plain)
}
