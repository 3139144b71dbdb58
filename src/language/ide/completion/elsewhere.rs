use super::context::{Calls, Context};
use super::{About, Completion, CompletionKind, Import, Insert, Rest};
use crate::language::hir::{Callable, MemoryWorld, Module, ModuleId, Program, std_names};
use crate::language::ide::imports::{import, users_of, written};
use crate::language::ide::symbols::head_line;
use crate::language::ide::{Snapshot, Symbol};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// At most so many names of other modules are offered at a place.
const MOST: usize = 50;

/// Behind everything that is known already.
const RANK: u8 = 9;

/// What another module declares and this one could take from it.
#[derive(Clone, Debug)]
pub(super) struct Export<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) module: ModuleId,
    pub(super) name: SmolStr,
    pub(super) symbol: Symbol,
    /// The module as this one writes it.
    from: String,
}

impl<'a> Export<'a> {
    pub(super) fn callable(&self) -> Option<&'a Callable> {
        match self.symbol {
            Symbol::Callable(id) => self.snapshot.program().callable(id),
            _ => None,
        }
    }

    fn path(&self) -> &'a str {
        self.snapshot.program().module(self.module).map_or("", |module| &module.path)
    }
}

impl<'a> Context<'a> {
    /// Offers what other modules declare and is wanted here, once a letter of it is written. Where there may be more than is
    /// offered, the list says so.
    pub(super) fn elsewhere(&mut self, offer: impl Fn(&mut Self, &Export<'a>)) {
        let typed = self.typed();
        if typed.is_empty() || matches!(self.rest, Rest::Unread) {
            self.has_more = true;
        }
        if typed.is_empty() {
            return;
        }
        if self.exports.is_none() {
            let found = exports(self, &typed);
            self.exports = Some(found);
        }
        for export in self.exports.clone().into_iter().flatten() {
            offer(self, &export);
        }
    }

    /// What is written of the word so far, in small letters.
    fn typed(&self) -> String {
        let source = self.snapshot.source(self.file);
        source.map(|source| source.slice(self.word).to_lowercase()).unwrap_or_default()
    }

    pub(super) fn callables_elsewhere(&mut self, wanted: impl Fn(&Callable) -> bool, calls: Calls) {
        self.elsewhere(|cx, export| {
            let Symbol::Callable(id) = export.symbol else { return };
            let Some(callable) = export.callable().filter(|it| wanted(it)) else { return };
            let insert = super::context::called(export.snapshot, &export.name, callable, calls);
            let detail = head_line(export.snapshot, id);
            cx.export(export, super::context::kind_of(callable.kind), insert, detail);
        });
    }

    /// Offers a name with the `use` that takes it.
    pub(super) fn export(
        &mut self,
        export: &Export<'a>,
        kind: CompletionKind,
        insert: Insert,
        detail: Option<String>,
    ) {
        if self.taken >= MOST {
            self.has_more = true;
            return;
        }
        self.taken += 1;
        let path = export.path();
        let edit = import(self.snapshot, self.module, path, &export.from, &export.name);
        let from = export.from.clone();
        self.found.push(Completion {
            label: export.name.to_string(),
            detail: Some(match detail {
                Some(detail) => format!("from {from}: {detail}"),
                None => format!("from {from}"),
            }),
            doc: Some(About::Elsewhere(path.to_owned())),
            insert,
            replaces: self.word,
            kind,
            rank: RANK,
            import: Some(Import { from, path: path.to_owned(), edit }),
        });
    }
}

/// What begins with these letters and is declared in a module that may be used here: of the program, of the rest of the
/// workspace, of the library. The nearest modules come first.
fn exports<'a>(cx: &Context<'a>, typed: &str) -> Vec<Export<'a>> {
    let mut found = Vec::new();
    let mut seen: BTreeSet<Arc<str>> = BTreeSet::from([Arc::clone(&cx.module.path)]);
    let taken = taken(cx);
    for snapshot in snapshots(cx) {
        let program = snapshot.program();
        let users = users_of(program, &cx.module.path);
        for (id, module) in (0..).map(ModuleId).zip(&program.modules) {
            if !seen.insert(Arc::clone(&module.path)) || users.contains(&id) {
                continue;
            }
            let Some(from) = written(cx.module, module) else { continue };
            let fits = |name: &str| {
                name.to_lowercase().starts_with(typed)
                    && !cx.module.callables.contains_key(name)
                    && !cx.module.types.contains_key(name)
                    && !cx.module.constants.contains_key(name)
                    && !taken.contains(&(Arc::clone(&module.path), SmolStr::new(name)))
            };
            for (name, symbol) in declared(program, id, module).filter(|(name, _)| fits(name)) {
                found.push(Export { snapshot, module: id, name, symbol, from: from.clone() });
            }
        }
    }
    let far = |it: &Export<'_>| (it.from.starts_with("std."), it.from.matches('/').count());
    found.sort_by(|a, b| far(a).cmp(&far(b)).then_with(|| (&a.name, &a.from).cmp(&(&b.name, &b.from))));
    found
}

/// The snapshots that know of modules, the one that knows best first.
fn snapshots<'a>(cx: &Context<'a>) -> Vec<&'a Snapshot> {
    let rest = match cx.rest {
        Rest::Read(rest) => Some(rest),
        Rest::Nothing | Rest::Unread => None,
    };
    std::iter::once(cx.snapshot).chain(rest).chain([library()]).collect()
}

/// What the module has under some name, be it another one: the module that declares it, and its name there.
fn taken(cx: &Context<'_>) -> BTreeSet<(Arc<str>, SmolStr)> {
    let program = cx.snapshot.program();
    let path = |id: ModuleId| program.module(id).map(|module| Arc::clone(&module.path));
    let callables = cx.module.callables.values().filter_map(|id| program.callable(*id));
    let types = cx.module.types.values().filter_map(|id| program.type_decl(*id));
    let constants = cx.module.constants.values().filter_map(|id| program.constant(*id));
    callables
        .filter_map(|it| Some((path(it.module)?, it.name.clone())))
        .chain(types.filter_map(|it| Some((path(it.module?)?, it.name.clone()))))
        .chain(constants.filter_map(|it| Some((path(it.module)?, it.name.clone()))))
        .collect()
}

/// What a module declares itself.
fn declared<'a>(
    program: &'a Program,
    own: ModuleId,
    module: &'a Module,
) -> impl Iterator<Item = (SmolStr, Symbol)> + 'a {
    let callables = module.callables.iter().filter_map(move |(name, id)| {
        let is_own = program.callable(*id)?.module == own;
        is_own.then(|| (name.clone(), Symbol::Callable(*id)))
    });
    let types = module.types.iter().filter_map(move |(name, id)| {
        let is_own = program.type_decl(*id)?.module == Some(own);
        is_own.then(|| (name.clone(), Symbol::Type(*id)))
    });
    let constants = module.constants.iter().filter_map(move |(name, id)| {
        let is_own = program.constant(*id)?.module == own;
        is_own.then(|| (name.clone(), Symbol::Constant(*id)))
    });
    callables.chain(types).chain(constants)
}

/// The library, for scripts that do not use all of it yet; read once in a process.
pub(super) fn library() -> &'static Snapshot {
    static LIBRARY: OnceLock<Snapshot> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        // What is wrong with it is said to nobody: it is there to reach every module.
        let uses: String = std_names().map(|name| format!("use std.{name} {{ all }}\n")).collect();
        Snapshot::of(&MemoryWorld::default().with("library", uses), &["library".to_owned()])
    })
}
