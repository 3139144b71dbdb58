use super::check::{
    Checked, calls_at_a_glance, check_module, check_program, complete, once, silence, suppress,
};
use super::hir::{CallableId, Effects, ModuleId, Program, Resolved, World, resolve};
use crate::base::parallel_map;
use crate::diag::{Diagnostic, in_page_order};
use std::collections::BTreeMap;

/// Scripts with everything that they reach, checked.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// What is declared.
    pub program: Program,
    /// The insides, one a module, by `ModuleId`.
    pub checked: Vec<Checked>,
    /// Everything that was found, by file and page; the files that were asked for come first.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// A number for each workflow that is no smaller than the calls that any run of it can make (L10.1), found without a
    /// plan; the largest one where it does not say at a glance.
    pub fn calls_at_a_glance(&self) -> BTreeMap<CallableId, u64> {
        calls_at_a_glance(&self.program, &self.checked)
    }
}

/// Reads, resolves and checks scripts and all that they import.
///
/// Total: what cannot be read is a diagnostic at its `use`, or at the file itself where it was asked for. Files are read,
/// parsed and checked on as many threads as the machine has cores; the result is the same on one.
pub fn compile(world: &dyn World, entries: &[String]) -> Compiled {
    let Resolved { mut program, mut diagnostics } = resolve(world, entries);
    diagnostics.extend(complete(&mut program));
    program.effects = Effects::of(&program);
    let modules: Vec<ModuleId> =
        (0..program.modules.len()).map(|at| ModuleId(u32::try_from(at).unwrap_or(u32::MAX))).collect();
    let mut checked = parallel_map(&modules, |_, id| check_module(&program, *id));
    let whole = check_program(&program, &checked, &diagnostics);
    diagnostics.extend(whole);
    for module in &mut checked {
        diagnostics.append(&mut module.diagnostics);
    }
    suppress(&program, &mut diagnostics);
    silence(&program, &mut diagnostics);
    in_page_order(&mut diagnostics);
    once(&program, &mut diagnostics);
    Compiled { program, checked, diagnostics }
}
