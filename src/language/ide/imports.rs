//! How a script takes a name from another module: the path as it is written there, and the edit that adds it.

use super::Snapshot;
use crate::base::{Place, Span};
use crate::diag::Edit;
use crate::language::hir::{Module, ModuleId, Program};
use crate::language::syntax::ast::{Item, Use};
use std::collections::BTreeSet;

/// A module as a script names it behind `use`. `None` where no path leads there: from or to what stands on no disk.
pub(super) fn written(from: &Module, to: &Module) -> Option<String> {
    if to.is_std() {
        return Some(to.path.to_string());
    }
    let on_disk = !has_scheme(&from.path) && !has_scheme(&to.path);
    (on_disk && !from.is_std()).then(|| format!("\"{}\"", relative(&from.path, &to.path)))
}

/// Whether it is an address of something else than a file; one letter is a drive.
fn has_scheme(path: &str) -> bool {
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|it| it.len() > 1 && it.chars().all(|letter| letter.is_ascii_alphanumeric()))
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

/// The modules that a module uses, and those that they use: a script that is among them must not be used by it (L3.1). The
/// module itself is one.
pub(super) fn used_by(program: &Program, id: ModuleId) -> BTreeSet<ModuleId> {
    let (mut seen, mut open) = (BTreeSet::from([id]), vec![id]);
    while let Some(module) = open.pop().and_then(|id| program.module(id)) {
        open.extend(module.uses.iter().flatten().filter(|id| seen.insert(**id)));
    }
    seen
}

/// The modules that use the one of a path, directly or not, with the module itself.
pub(super) fn users_of(program: &Program, path: &str) -> BTreeSet<ModuleId> {
    let modules = || (0..).map(ModuleId).zip(&program.modules);
    let mut found: BTreeSet<ModuleId> =
        modules().filter(|(_, module)| *module.path == *path).map(|(id, _)| id).collect();
    loop {
        let before = found.len();
        for (id, module) in modules() {
            if module.uses.iter().flatten().any(|used| found.contains(used)) {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Takes a name from the module of a path, which is written so: behind the last name of a `use` of the same module, or in a
/// `use` of its own below the others.
pub(super) fn import(snapshot: &Snapshot, module: &Module, path: &str, written: &str, name: &str) -> Edit {
    let edit = |at: u32, text: String| Edit {
        place: Place { file: module.file, span: Span::at(at as usize) },
        text,
    };
    let uses = module.tree.items.iter().filter_map(|item| match item {
        Item::Use(it) => Some(&**it),
        _ => None,
    });
    let uses: Vec<&Use> = uses.collect();
    let leads = |id: &Option<ModuleId>| {
        id.and_then(|id| snapshot.program().module(id)).is_some_and(|other| *other.path == *path)
    };
    let known = uses.iter().zip(&module.uses).find(|(it, id)| leads(id) && !it.imports.is_empty());
    if let Some(last) = known.and_then(|(it, _)| it.imports.last()) {
        let end = last.alias.as_ref().map_or(last.name.span.end, |alias| alias.span.end);
        return edit(end, format!(", {name}"));
    }
    let line = format!("use {written} {{ {name} }}");
    if let Some(last) = uses.last() {
        return edit(end_of_line(snapshot, module, last.span), format!("\n{line}"));
    }
    match module.tree.doc.as_ref().map(|doc| doc.span.end) {
        Some(end) => edit(end, format!("\n\n{line}")),
        None => edit(0, format!("{line}\n\n")),
    }
}

/// Behind a declaration, and what stands beside it.
fn end_of_line(snapshot: &Snapshot, module: &Module, span: Span) -> u32 {
    let Some(source) = snapshot.source(module.file) else { return span.end };
    // What is written of it may go on behind a line's end.
    let end = span.start as usize + source.slice(span).trim_end().len();
    let end = u32::try_from(end).unwrap_or(span.end);
    source.line_span(source.line_column(end).line).end
}

#[cfg(test)]
mod tests {
    use super::{has_scheme, relative};

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

    #[test]
    fn what_stands_on_no_disk_has_a_scheme() {
        assert!(has_scheme("untitled:Untitled-1"));
        assert!(!has_scheme("C:/a/b.agentflow"));
        assert!(!has_scheme("/a:b/c.agentflow"));
    }
}
