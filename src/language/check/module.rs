use crate::diag::Diagnostic;
use crate::language::hir::{Definition, ModuleId, Program, TypeDecl, Used};

/// A checked module.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Which.
    pub module: ModuleId,
    /// The insides of its declarations, in the order of the page; one that is too broken is left out.
    pub definitions: Vec<Definition>,
    /// Records without a name; their ids follow those of the program, and hold in this module only.
    pub extra_types: Vec<TypeDecl>,
    /// What was found, not in order.
    pub diagnostics: Vec<Diagnostic>,
    /// What it uses, in signatures and insides.
    pub used: Used,
}

/// Checks the insides of a module's declarations. The program is complete by then, so modules are checked side by side.
pub fn check_module(_program: &Program, module: ModuleId) -> Checked {
    Checked { module, ..Checked::default() }
}
