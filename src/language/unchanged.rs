//! Which modules of a program need not be checked again.

use super::Analysis;
use super::check::{Before, Checked};
use super::hir::{Module, ModuleId, Program};
use std::sync::Arc;

/// What is known of a module from before.
pub(super) enum Known<'a> {
    /// All that was checked: the module and all that it reaches through imports are what they were, and all numbers by which
    /// they are known. That is enough, for checking a module looks at nothing else.
    All(Arc<Checked>),
    /// Its declarations are what they were, and so is all that it reaches.
    Declarations(Before<'a>),
}

/// What is known of the modules, by `ModuleId`. Where a declaration is added the numbers behind it move, and what they stand
/// for is checked again.
pub(super) fn unchanged<'a>(last: &'a Analysis, program: &Program) -> Vec<Option<Known<'a>>> {
    let before = &last.program;
    // Records without a name are numbered behind all others.
    if before.types.len() != program.types.len() || before.standard != program.standard {
        return Vec::new();
    }
    let mut changed: Vec<bool> = program
        .modules
        .iter()
        .enumerate()
        .map(|(at, module)| !is_same(before, program, at, module))
        .collect();
    let only = alone(&changed);
    spread(program, &mut changed);
    let known = |(at, changed): (usize, &bool)| {
        let checked = last.checked.get(at)?;
        match changed {
            false => Some(Known::All(Arc::clone(checked))),
            true if only == Some(at) && is_in_place(before, program, at) => {
                Before::of(before, program, checked).map(Known::Declarations)
            }
            true => None,
        }
    };
    changed.iter().enumerate().map(known).collect()
}

/// The only one that changed.
fn alone(changed: &[bool]) -> Option<usize> {
    let mut all = changed.iter().enumerate().filter_map(|(at, it)| it.then_some(at));
    all.next().filter(|_| all.next().is_none())
}

/// What imports something that changed has changed.
fn spread(program: &Program, changed: &mut [bool]) {
    let mut importers: Vec<Vec<usize>> = vec![Vec::new(); program.modules.len()];
    for (at, module) in program.modules.iter().enumerate() {
        for used in module.uses.iter().flatten() {
            if let Some(importers) = importers.get_mut(used.0 as usize) {
                importers.push(at);
            }
        }
    }
    let mut open: Vec<usize> = changed.iter().enumerate().filter_map(|(at, it)| it.then_some(at)).collect();
    while let Some(at) = open.pop() {
        for importer in importers.get(at).into_iter().flatten() {
            if let Some(known) = changed.get_mut(*importer).filter(|known| !**known) {
                *known = true;
                open.push(*importer);
            }
        }
    }
}

fn is_same(before: &Program, program: &Program, at: usize, module: &Module) -> bool {
    before.modules.get(at).is_some_and(|old| Arc::ptr_eq(&old.tree, &module.tree))
        && is_in_place(before, program, at)
}

/// Whether a module is known by the same numbers, and so is what it names.
fn is_in_place(before: &Program, program: &Program, at: usize) -> bool {
    let (Some(old), Some(module)) = (before.modules.get(at), program.modules.get(at)) else { return false };
    let texts = |module: &Module| -> Vec<_> {
        let all = module.prompt_files.values();
        all.map(|(file, text)| (*file, Arc::as_ptr(text))).collect()
    };
    old.file == module.file
        && old.path == module.path
        && old.uses == module.uses
        && texts(old) == texts(module)
        && numbers(before, at) == numbers(program, at)
}

/// The first numbers of a module's types, callables and constants.
fn numbers(program: &Program, at: usize) -> [usize; 3] {
    let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
    [
        program.types.partition_point(|it| it.module < Some(id)),
        program.callables.partition_point(|it| it.module < id),
        program.constants.partition_point(|it| it.module < id),
    ]
}
