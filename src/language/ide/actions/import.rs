use super::Action;
use crate::base::FileId;
use crate::diag::{Code, Diagnostic};
use crate::language::hir::{Module, ModuleId};
use crate::language::ide::Snapshot;
use crate::language::ide::imports::{import as edit, used_by, written};

/// For a name that is missing here and declared elsewhere: takes it from there. One action a module that has it.
pub(super) fn import(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<Action> {
    if !matches!(diagnostic.code, Code::UnknownName | Code::UnknownCallable | Code::UnknownType) {
        return Vec::new();
    }
    let (file, span) = (diagnostic.place.file, diagnostic.place.span);
    let (Some(source), Some((own, module))) = (snapshot.source(file), snapshot.module(file)) else {
        return Vec::new();
    };
    let name = source.slice(span);
    let program = snapshot.program();
    let has_it = (0..).map(ModuleId).zip(&program.modules).filter(|(_, it)| declares(snapshot, it, name));
    let others = has_it.filter(|(id, _)| !used_by(program, *id).contains(&own));
    let action = |(_, other): (ModuleId, &Module)| {
        let path = written(module, other)?;
        let title = format!("take `{name}` from {path}");
        Some(Action::likely(diagnostic, title, edit(snapshot, module, &other.path, &path, name)))
    };
    others.filter_map(action).collect()
}

/// Whether a module declares a name itself.
fn declares(snapshot: &Snapshot, module: &Module, name: &str) -> bool {
    let program = snapshot.program();
    let file = |it: FileId| it == module.file;
    module.callables.get(name).and_then(|id| program.callable(*id)).is_some_and(|it| file(it.file))
        || module.types.get(name).and_then(|id| program.type_decl(*id)).is_some_and(|it| file(it.file))
        || module.constants.get(name).and_then(|id| program.constant(*id)).is_some_and(|it| file(it.file))
}
