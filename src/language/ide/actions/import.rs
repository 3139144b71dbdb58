use super::Action;
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit};
use crate::language::hir::Module;
use crate::language::ide::Snapshot;
use crate::language::syntax::ast::Item;

/// For a name that is missing here and declared elsewhere: takes it from there. One action a module that has it.
pub(super) fn import(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<Action> {
    if !matches!(diagnostic.code, Code::UnknownName | Code::UnknownCallable | Code::UnknownType) {
        return Vec::new();
    }
    let (file, span) = (diagnostic.place.file, diagnostic.place.span);
    let (Some(source), Some((_, module))) = (snapshot.source(file), snapshot.module(file)) else {
        return Vec::new();
    };
    let name = source.slice(span);
    let others = snapshot
        .program()
        .modules
        .iter()
        .filter(|other| other.file != file && declares(snapshot, other, name));
    let action = |other: &Module| {
        let path = if other.is_std() {
            other.path.to_string()
        } else {
            format!("\"{}\"", relative(&module.path, &other.path))
        };
        let title = format!("take `{name}` from {path}");
        Action::likely(diagnostic, title, edit(snapshot, module, other.file, &path, name))
    };
    others.map(action).collect()
}

/// Whether a module declares a name itself.
fn declares(snapshot: &Snapshot, module: &Module, name: &str) -> bool {
    let program = snapshot.program();
    let file = |it: FileId| it == module.file;
    module.callables.get(name).and_then(|id| program.callable(*id)).is_some_and(|it| file(it.file))
        || module.types.get(name).and_then(|id| program.type_decl(*id)).is_some_and(|it| file(it.file))
        || module.constants.get(name).and_then(|id| program.constant(*id)).is_some_and(|it| file(it.file))
}

/// Behind the last name of a `use` of the same module, or a `use` of its own below the others.
fn edit(snapshot: &Snapshot, module: &Module, target: FileId, path: &str, name: &str) -> Edit {
    let place = |at: u32| Place { file: module.file, span: Span::at(at as usize) };
    let uses = module.tree.items.iter().filter_map(|item| match item {
        Item::Use(it) => Some(it),
        _ => None,
    });
    let uses: Vec<_> = uses.collect();
    let leads = |id: &Option<crate::language::hir::ModuleId>| {
        id.and_then(|id| snapshot.program().module(id)).is_some_and(|other| other.file == target)
    };
    let known = uses.iter().zip(&module.uses).find(|(it, id)| leads(id) && !it.imports.is_empty());
    if let Some(last) = known.and_then(|(it, _)| it.imports.last()) {
        let end = last.alias.as_ref().map_or(last.name.span.end, |alias| alias.span.end);
        return Edit { place: place(end), text: format!(", {name}") };
    }
    let line = format!("use {path} {{ {name} }}");
    match uses.last() {
        Some(last) => Edit { place: place(last.span.end), text: format!("\n{line}") },
        None => {
            let doc = module.tree.doc.as_ref().map(|doc| doc.span.end);
            match doc {
                Some(end) => Edit { place: place(end), text: format!("\n\n{line}") },
                None => Edit { place: place(0), text: format!("{line}\n\n") },
            }
        }
    }
}

/// The path of a file as a script at another path writes it.
fn relative(from: &str, to: &str) -> String {
    let mut base: Vec<&str> = from.split('/').collect();
    base.pop();
    let target: Vec<&str> = to.split('/').collect();
    let same = base.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(base.len() - same);
    let down = target.get(same..).unwrap_or_default().join("/");
    if up.is_empty() { format!("./{down}") } else { format!("{up}{down}") }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn paths_are_written_from_where_the_script_stands() {
        for (from, to, written) in [
            ("/a/b.agentflow", "/a/c.agentflow", "./c.agentflow"),
            ("/a/b/c.agentflow", "/a/d.agentflow", "../d.agentflow"),
            ("/a/b.agentflow", "/a/x/y.agentflow", "./x/y.agentflow"),
            ("b.agentflow", "c.agentflow", "./c.agentflow"),
        ] {
            assert_eq!(relative(from, to), written);
        }
    }
}
