use super::{Callable, CallableId, Constant, ConstantId, TypeDecl, TypeId};
use crate::base::{FileId, Source};
use crate::language::syntax::ast::Tree;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// A module of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

/// All modules that a script reaches, with everything that they declare. Made once, then only read, so that modules are
/// checked side by side.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The sources by [`FileId`]: modules, prompt files, std.
    pub sources: Vec<Source>,
    /// The modules; those that were asked for come first, in their order.
    pub modules: Vec<Module>,
    /// Declared types; the built-in ones first.
    pub types: Vec<TypeDecl>,
    /// Agents, rubrics, tools, workflows.
    pub callables: Vec<Callable>,
    /// Constants.
    pub constants: Vec<Constant>,
}

/// A file with what it declares and imports: for each kind of name what it means here.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its file.
    pub file: FileId,
    /// Its path in the world; `std.rubrics` for a module of the library.
    pub path: Arc<str>,
    /// As it was parsed.
    pub tree: Arc<Tree>,
    /// Types, declared and imported.
    pub types: IndexMap<SmolStr, TypeId>,
    /// Callables, declared and imported.
    pub callables: IndexMap<SmolStr, CallableId>,
    /// Constants, declared and imported.
    pub constants: IndexMap<SmolStr, ConstantId>,
    /// The template of each prompt file that the module names, by the path as written: its file and text.
    pub prompt_files: IndexMap<SmolStr, (FileId, crate::language::syntax::ast::Text)>,
}

impl Program {
    /// A declared type.
    pub fn type_decl(&self, id: TypeId) -> Option<&TypeDecl> {
        self.types.get(id.index())
    }

    /// A callable.
    pub fn callable(&self, id: CallableId) -> Option<&Callable> {
        self.callables.get(id.index())
    }

    /// A constant.
    pub fn constant(&self, id: ConstantId) -> Option<&Constant> {
        self.constants.get(id.index())
    }

    /// A module.
    pub fn module(&self, id: ModuleId) -> Option<&Module> {
        self.modules.get(id.0 as usize)
    }
}
