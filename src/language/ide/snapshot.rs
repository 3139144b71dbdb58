use super::index::{FileIndex, Parts, Symbol};
use super::limits::Limits;
use crate::base::{FileId, Place, Source, Span};
use crate::diag::Diagnostic;
use crate::language::hir::{
    Definition, GivenUp, LocalKind, Memory, Module, ModuleId, Program, Type, TypeDecl, TypeId, Types, World,
    show,
};
use crate::language::{Analysis, Earlier, analyse, check::Checked};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Scripts as they were at one moment, checked. Never changed, so that questions may be asked of it from anywhere.
#[derive(Debug)]
pub struct Snapshot {
    analysis: Analysis,
    /// What is wrong, put together when it is first asked for.
    diagnostics: OnceLock<Vec<Diagnostic>>,
    files: BTreeMap<Arc<str>, FileId>,
    /// The module of each file that is one.
    modules: BTreeMap<FileId, ModuleId>,
    /// What the names of each module mean, found when it is first asked for.
    indexes: Vec<Arc<Parts>>,
    /// What the projects of files say, where it is not the default.
    limits: BTreeMap<FileId, Limits>,
}

/// The types that one module knows: those of the program, and the records of its loops.
#[derive(Clone, Copy, Debug)]
pub struct ModuleTypes<'a> {
    program: &'a Program,
    extra: &'a [TypeDecl],
}

impl Types for ModuleTypes<'_> {
    fn type_decl(&self, id: TypeId) -> Option<&TypeDecl> {
        match id.index().checked_sub(self.program.types.len()) {
            Some(extra) => self.extra.get(extra),
            None => self.program.types.get(id.index()),
        }
    }
}

impl ModuleTypes<'_> {
    /// A type as an author writes it; nothing where it is not known.
    pub fn shown(&self, ty: &Type) -> Option<String> {
        let text = show(self, ty);
        (!text.contains('?') || !self.is_broken(ty)).then_some(text)
    }

    /// Whether a type has no name that could be written: the record of a loop's round.
    pub fn is_nameless(&self, ty: &Type) -> bool {
        match ty {
            Type::Named(id) => id.index() >= self.program.types.len(),
            Type::List(inner, _) | Type::Optional(inner) => self.is_nameless(inner),
            _ => false,
        }
    }
}

impl Snapshot {
    /// Checks these scripts and all that they import.
    pub fn of(world: &dyn World, entries: &[String]) -> Self {
        Self::again(world, entries, &Memory::default(), None, &|| false)
            .unwrap_or_else(|| Self::made(Analysis::default(), None))
    }

    /// As [`Snapshot::of`], with the same result, where `last` is an earlier one: what neither changed nor imports what
    /// changed is taken from it, and what `memory` holds is not read again. `None` where it was given up.
    pub fn again(
        world: &dyn World,
        entries: &[String],
        memory: &Memory,
        last: Option<&Self>,
        given_up: &GivenUp<'_>,
    ) -> Option<Self> {
        let earlier = Earlier { memory, last: last.map(|last| &last.analysis), given_up };
        Some(Self::made(analyse(world, entries, &earlier)?, last))
    }

    fn made(analysis: Analysis, last: Option<&Self>) -> Self {
        let sources = analysis.program.sources.iter().enumerate();
        let files = sources.map(|(at, source)| (source.name.clone(), file_id(at))).collect();
        let modules = analysis.program.modules.iter().enumerate();
        let modules: BTreeMap<FileId, ModuleId> =
            modules.map(|(at, module)| (module.file, module_id(at))).collect();
        let known = |(at, module): (usize, &Module)| {
            last.and_then(|last| last.parts_of(at, &analysis)).unwrap_or_else(|| Arc::new(Parts::of(module)))
        };
        let indexes = analysis.program.modules.iter().enumerate().map(known).collect();
        let (diagnostics, limits) = (OnceLock::new(), BTreeMap::new());
        Self { analysis, diagnostics, files, modules, indexes, limits }
    }

    /// With what the projects of its files say: `of` knows it by the path of a file.
    #[must_use]
    pub fn limited(mut self, of: &dyn Fn(&str) -> Limits) -> Self {
        let own = self.files.iter().filter(|(path, _)| !path.starts_with("std."));
        let limits = own.map(|(path, file)| (*file, of(path)));
        self.limits = limits.filter(|(_, limits)| *limits != Limits::default()).collect();
        self
    }

    /// What the project of a file says.
    pub fn limits(&self, file: FileId) -> Limits {
        self.limits.get(&file).copied().unwrap_or_default()
    }

    /// What is known of the names of a module, where it is the same in a later version.
    fn parts_of(&self, at: usize, later: &Analysis) -> Option<Arc<Parts>> {
        let checked = later.checked.get(at)?;
        let same = self.analysis.checked.get(at).is_some_and(|it| Arc::ptr_eq(it, checked));
        self.indexes.get(at).filter(|_| same).cloned()
    }

    /// Everything that was found, by file and page.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(|| self.analysis.diagnostics())
    }

    /// The insides, one a module, by `ModuleId`.
    pub fn insides(&self) -> &[Arc<Checked>] {
        &self.analysis.checked
    }

    /// What is declared.
    pub fn program(&self) -> &Program {
        &self.analysis.program
    }

    /// All files by their paths, modules of the library and prompt files too.
    pub fn files(&self) -> impl Iterator<Item = (&str, FileId)> {
        self.files.iter().map(|(path, file)| (&**path, *file))
    }

    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.files.get(path).copied()
    }

    /// The text of a file.
    pub fn source(&self, file: FileId) -> Option<&Source> {
        self.program().sources.get(file.0 as usize)
    }

    /// The module that a file is; prompt files are none.
    pub fn module(&self, file: FileId) -> Option<(ModuleId, &Module)> {
        let id = *self.modules.get(&file)?;
        Some((id, self.program().module(id)?))
    }

    /// The insides of a module.
    pub fn checked(&self, id: ModuleId) -> Option<&Checked> {
        self.analysis.checked.get(id.0 as usize).map(|checked| &**checked)
    }

    /// The types that a module knows.
    pub fn types(&self, id: ModuleId) -> ModuleTypes<'_> {
        let extra = self.checked(id).map(|checked| checked.extra_types.as_slice()).unwrap_or_default();
        ModuleTypes { program: self.program(), extra }
    }

    /// What the names of a module mean.
    pub fn index(&self, id: ModuleId) -> Option<FileIndex<'_>> {
        FileIndex::of(self, id, self.indexes.get(id.0 as usize)?)
    }

    /// All modules with what their names mean.
    pub fn all_indexes(&self) -> impl Iterator<Item = (ModuleId, FileIndex<'_>)> {
        (0..self.indexes.len()).filter_map(|at| Some((module_id(at), self.index(module_id(at))?)))
    }

    /// Where a symbol is declared; what the language itself has stands nowhere.
    pub fn declaration(&self, symbol: Symbol) -> Option<Place> {
        let program = self.program();
        match symbol {
            Symbol::Type(id) => {
                let decl = program.type_decl(id)?;
                decl.module.map(|_| Place { file: decl.file, span: decl.span })
            }
            Symbol::Field(id, at) => {
                let decl = program.type_decl(id)?;
                let crate::language::hir::TypeKind::Record(fields) = &decl.kind else { return None };
                let field = fields.get(at as usize)?;
                decl.module.map(|_| Place { file: decl.file, span: field.span })
            }
            Symbol::Variant(id, at) => {
                let decl = program.type_decl(id)?;
                let crate::language::hir::TypeKind::Enum { variants, .. } = &decl.kind else { return None };
                let variant = variants.get(at as usize)?;
                decl.module.map(|_| Place { file: decl.file, span: variant.span })
            }
            Symbol::Callable(id) => {
                program.callable(id).map(|callable| Place { file: callable.file, span: callable.span })
            }
            Symbol::Param(id, at) => {
                let callable = program.callable(id)?;
                callable.params.get(at as usize).map(|param| Place { file: callable.file, span: param.span })
            }
            Symbol::Constant(id) => {
                program.constant(id).map(|constant| Place { file: constant.file, span: constant.span })
            }
            Symbol::Local(place) => Some(place),
            Symbol::File(file) => Some(Place { file, span: Span::at(0) }),
            Symbol::Function(_) | Symbol::Word(_) => None,
        }
    }

    /// The type of what a symbol stands for, with the module whose types it speaks of.
    pub fn type_of(&self, symbol: Symbol) -> Option<(ModuleId, Type)> {
        let program = self.program();
        match symbol {
            Symbol::Type(id) => Some((program.type_decl(id)?.module.unwrap_or_default(), Type::Named(id))),
            Symbol::Variant(id, _) => {
                Some((program.type_decl(id)?.module.unwrap_or_default(), Type::Named(id)))
            }
            Symbol::Field(id, at) => {
                let decl = program.type_decl(id)?;
                let crate::language::hir::TypeKind::Record(fields) = &decl.kind else { return None };
                Some((decl.module.unwrap_or_default(), fields.get(at as usize)?.ty.clone()))
            }
            Symbol::Callable(id) => {
                let callable = program.callable(id)?;
                Some((callable.module, callable.result.clone()?))
            }
            Symbol::Param(id, at) => {
                let callable = program.callable(id)?;
                Some((callable.module, callable.params.get(at as usize)?.ty.clone()))
            }
            Symbol::Constant(id) => {
                program.constant(id).map(|constant| (constant.module, constant.ty.clone()))
            }
            Symbol::Local(place) => {
                let (module, _) = self.module(place.file)?;
                Some((module, self.index(module)?.bound_type(place.span)?.clone()))
            }
            Symbol::Function(_) | Symbol::Word(_) | Symbol::File(_) => None,
        }
    }

    /// The checked inside of a callable, with its module.
    pub fn definition(&self, id: crate::language::hir::CallableId) -> Option<&Definition> {
        let callable = self.program().callable(id)?;
        let checked = self.checked(callable.module)?;
        checked.definitions.iter().find(|definition| match definition {
            Definition::Agent(of, _)
            | Definition::Rubric(of, _)
            | Definition::Tool(of, _)
            | Definition::Workflow(of, _) => *of == id,
            Definition::Requires(..) | Definition::Test(_) => false,
        })
    }
}

/// Whether a variable is the author's own, with a place where its name stands.
pub(super) fn is_written(kind: LocalKind) -> bool {
    matches!(
        kind,
        LocalKind::Param
            | LocalKind::Stmt(_)
            | LocalKind::Export(_)
            | LocalKind::Block(_)
            | LocalKind::Item(_)
            | LocalKind::Tail(_)
            | LocalKind::Inner
    )
}

fn file_id(at: usize) -> FileId {
    FileId(u32::try_from(at).unwrap_or(u32::MAX))
}

fn module_id(at: usize) -> ModuleId {
    ModuleId(u32::try_from(at).unwrap_or(u32::MAX))
}
