use super::declare::{builtin_types, complete, declare, import};
use super::load::Loader;
use super::{Memory, ModuleId, Program, World};
use crate::diag::Diagnostic;

/// A program whose names, types and signatures are known, with what was found on the way. The values and types of its
/// constants are not known yet: they are expressions, and `check` makes them.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// What is declared.
    pub program: Program,
    /// What was found, not in order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Asked between two files: whether nobody waits for the result any more. The work then ends early, and what it gave is
/// of no use.
pub type GivenUp<'g> = dyn Fn() -> bool + Sync + 'g;

/// Reads scripts and all that they import, and says what every name in them means. What `memory` holds is not read again.
pub fn resolve(world: &dyn World, entries: &[String], memory: &Memory, given_up: &GivenUp<'_>) -> Resolved {
    let mut loader = Loader::new(world, memory, given_up);
    loader.load(entries);
    let Loader { mut program, mut diagnostics, .. } = loader;
    program.types = builtin_types();
    let modules: Vec<ModuleId> =
        (0..program.modules.len()).map(|at| ModuleId(u32::try_from(at).unwrap_or(u32::MAX))).collect();
    for id in &modules {
        declare(&mut program, *id, &mut diagnostics);
    }
    for id in &modules {
        import(&mut program, *id, &mut diagnostics);
    }
    complete(&mut program, &mut diagnostics);
    let rubrics = program.modules.iter().find(|module| &*module.path == "std.rubrics");
    program.standard = rubrics.and_then(|module| module.callables.get("standard").copied());
    Resolved { program, diagnostics }
}
