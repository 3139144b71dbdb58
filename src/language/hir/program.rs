use super::{Callable, CallableId, Constant, ConstantId, Effects, Lost, TypeDecl, TypeId, Used};
use crate::base::{FileId, Source, Span};
use crate::language::syntax::ast::{Item, Text, Tree};
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
    /// `standard` of `std.rubrics`: what a bare `rubric` after `until` stands for. It is always there.
    pub standard: Option<CallableId>,
    /// What each callable does besides answering: [`Effects::of`] the rest.
    pub effects: Effects,
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
    /// What is imported, in the order of the page.
    pub imports: Vec<Imported>,
    /// What its signatures and types use; the insides are in `check::Checked::used`.
    pub used: Used,
    /// The template of each prompt file that the module names, by the path as written: its file and text.
    pub prompt_files: IndexMap<SmolStr, (FileId, Arc<Text>)>,
    /// The module of each of its `use`s, in the order of the page; `None` was reported.
    pub uses: Vec<Option<ModuleId>>,
    /// What its syntax errors took away; whoever misses it is silent.
    pub lost: Lost,
}

impl Module {
    /// A module that declares nothing yet.
    pub fn new(file: FileId, path: Arc<str>, tree: Arc<Tree>, lost: Lost) -> Self {
        Self {
            file,
            path,
            tree,
            types: IndexMap::new(),
            callables: IndexMap::new(),
            constants: IndexMap::new(),
            imports: Vec::new(),
            used: Used::default(),
            prompt_files: IndexMap::new(),
            uses: Vec::new(),
            lost,
        }
    }

    /// Whether the text has syntax errors: then "never used" is a guess, and is not said.
    pub fn is_broken(&self) -> bool {
        !self.lost.is_nothing()
    }

    /// Whether there is a syntax error in a part of the text.
    pub fn has_slip(&self, span: Span) -> bool {
        self.lost.within(span)
    }

    /// Whether there is a syntax error in the declaration around a place.
    pub fn has_slip_around(&self, place: Span) -> bool {
        let around = |item: &&Item| item.span().start <= place.start && place.end <= item.span().end;
        self.is_broken() && self.tree.items.iter().find(around).is_some_and(|item| self.has_slip(item.span()))
    }

    /// Whether it belongs to the standard library.
    pub fn is_std(&self) -> bool {
        self.path.starts_with("std.")
    }
}

/// A name that a module takes from another.
#[derive(Clone, Debug)]
pub struct Imported {
    /// How it is called here.
    pub name: SmolStr,
    /// Where that stands in the `use`.
    pub span: Span,
    /// What it is.
    pub target: Target,
}

/// What a name of a module can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the three kinds of declarations with a name")]
pub enum Target {
    Type(TypeId),
    Callable(CallableId),
    Constant(ConstantId),
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
