use super::check::{
    Checked, calls_at_a_glance, check_module, check_program, complete, once, silence, suppress,
};
use super::hir::{CallableId, Effects, GivenUp, Memory, ModuleId, Program, Resolved, World, resolve};
use super::unchanged::{Known, unchanged};
use crate::base::parallel_map;
use crate::diag::{Diagnostic, in_page_order};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Scripts with everything that they reach, checked.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// What is declared.
    pub program: Program,
    /// The insides, one a module, by `ModuleId`.
    pub checked: Vec<Arc<Checked>>,
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

/// Scripts with everything that they reach, each module checked by itself, before it is said what is wrong.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What is declared.
    pub program: Program,
    /// The insides, one a module, by `ModuleId`.
    pub checked: Vec<Arc<Checked>>,
    /// What was found before the insides were looked at.
    early: Vec<Diagnostic>,
}

impl Analysis {
    /// What is said of it, by file and page: what was found in each module, and what is to be said of all together.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut found = check_program(&self.program, &self.checked, &self.early);
        found.extend(self.early.iter().cloned());
        found.extend(self.checked.iter().flat_map(|module| module.diagnostics.iter().cloned()));
        suppress(&self.program, &mut found);
        silence(&self.program, &mut found);
        in_page_order(&mut found);
        once(&self.program, &mut found);
        found
    }

    fn compiled(self) -> Compiled {
        let diagnostics = self.diagnostics();
        Compiled { program: self.program, checked: self.checked, diagnostics }
    }
}

/// Reads, resolves and checks scripts and all that they import.
///
/// Total: what cannot be read is a diagnostic at its `use`, or at the file itself where it was asked for. Files are read,
/// parsed and checked on as many threads as the machine has cores; the result is the same on one.
pub fn compile(world: &dyn World, entries: &[String]) -> Compiled {
    let memory = Memory::default();
    let earlier = Earlier { memory: &memory, last: None, given_up: &|| false };
    analyse(world, entries, &earlier).unwrap_or_default().compiled()
}

/// What is known from before, so that only what changed is gone through again.
#[derive(Clone, Copy)]
pub struct Earlier<'e> {
    /// The files that were read.
    pub memory: &'e Memory,
    /// What was found last, from the same entries or others.
    pub last: Option<&'e Analysis>,
    /// Whether nobody waits for the result any more.
    pub given_up: &'e GivenUp<'e>,
}

/// As [`compile`] does, up to what is said of it: modules that neither changed nor import what changed are not checked
/// again. `None` where it was given up.
pub fn analyse(world: &dyn World, entries: &[String], earlier: &Earlier<'_>) -> Option<Analysis> {
    let given_up = earlier.given_up;
    let Resolved { mut program, diagnostics: mut early } = resolve(world, entries, earlier.memory, given_up);
    if given_up() {
        return None;
    }
    early.extend(complete(&mut program));
    program.effects = Effects::of(&program);
    let known = earlier.last.map(|last| unchanged(last, &program)).unwrap_or_default();
    let modules: Vec<ModuleId> = (0..program.modules.len()).map(module_id).collect();
    let checked = parallel_map(&modules, |at, id| match known.get(at).and_then(Option::as_ref) {
        Some(Known::All(known)) => Arc::clone(known),
        _ if given_up() => Arc::default(),
        Some(Known::Declarations(before)) => Arc::new(check_module(&program, *id, Some(before))),
        None if earlier.last.is_none() => Arc::new(check_module(&program, *id, None).trimmed()),
        None => Arc::new(check_module(&program, *id, None)),
    });
    if given_up() {
        return None;
    }
    Some(Analysis { program, checked, early })
}

fn module_id(at: usize) -> ModuleId {
    ModuleId(u32::try_from(at).unwrap_or(u32::MAX))
}
