use crate::base::Source;
use crate::diag::{Diagnostic, Severity, in_page_order};
use crate::language;
use crate::language::hir::{MemoryWorld, ModuleId, World};
use crate::plan::Plan;

/// What the compiler says to some scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked {
    /// All texts that it read.
    pub sources: Vec<Source>,
    /// In the order of the page.
    pub diagnostics: Vec<Diagnostic>,
    /// What would run, of one script without errors.
    pub plan: Option<Plan>,
}

/// Checks the scripts at these paths, and what they use.
pub(super) fn check(world: &dyn World, entries: &[String]) -> Checked {
    let compiled = language::compile(world, entries);
    let mut diagnostics = compiled.diagnostics;
    in_page_order(&mut diagnostics);
    Checked { sources: compiled.program.sources, diagnostics, plan: None }
}

/// Checks one script and makes its plan, where there is no error.
pub(super) fn compile(world: &dyn World, entry: &str) -> Checked {
    let mut compiled = language::compile(world, &[entry.to_string()]);
    in_page_order(&mut compiled.diagnostics);
    let is_broken = compiled.diagnostics.iter().any(|it| it.severity == Severity::Error);
    let plan = (!is_broken && !compiled.program.modules.is_empty())
        .then(|| language::lower::lower(&compiled.program, &compiled.checked, ModuleId(0)));
    Checked { sources: compiled.program.sources, diagnostics: compiled.diagnostics, plan }
}

/// Checks a script that is a text, or several behind lines `//- path`, of which the first is checked.
pub(super) fn check_text(text: &str) -> Checked {
    let mut world = MemoryWorld::default();
    let mut entry = String::new();
    for part in format!("\n{text}").split("\n//- ").filter(|part| !part.trim().is_empty()) {
        let (path, text) = if text.contains("//- ") {
            part.split_once('\n').unwrap_or((part, ""))
        } else {
            ("example.agentflow", part.trim_start_matches('\n'))
        };
        if entry.is_empty() {
            entry = path.trim().to_string();
        }
        world = world.with(path.trim(), text);
    }
    check(&world, &[entry])
}
