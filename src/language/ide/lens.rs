use super::Snapshot;
use super::navigation::occurrences;
use super::{Role, Symbol};
use crate::base::{FileId, Span};
use crate::language::syntax::ast::Item;

/// Something that can be done with a declaration, shown above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The name of the declaration.
    pub span: Span,
    /// What can be done.
    pub kind: LensKind,
}

/// What can be done with a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensKind {
    /// Run this workflow.
    Run(String),
    /// Run this workflow with simulated answers.
    RunWithoutModels(String),
    /// Run the test of this title.
    RunTest(String),
    /// How many places use it.
    References(usize),
}

/// The lenses of a file, in the order of the page.
pub fn lenses(snapshot: &Snapshot, file: FileId) -> Vec<Lens> {
    let Some((_, module)) = snapshot.module(file) else { return Vec::new() };
    let mut found = Vec::new();
    for item in &module.tree.items {
        match item {
            Item::Workflow(it) if !it.head.name.is_missing() => {
                let name = it.head.name.text.to_string();
                let span = it.head.name.span;
                found.push(Lens { span, kind: LensKind::Run(name.clone()) });
                found.push(Lens { span, kind: LensKind::RunWithoutModels(name.clone()) });
                let callable = module.callables.get(&it.head.name.text);
                found.extend(callable.map(|id| uses(snapshot, Symbol::Callable(*id), span)));
            }
            Item::Agent(it) => {
                let callable = module.callables.get(&it.head.name.text);
                found.extend(callable.map(|id| uses(snapshot, Symbol::Callable(*id), it.head.name.span)));
            }
            Item::Test(it) => {
                let title = it.title.plain().unwrap_or_default();
                found.push(Lens { span: it.title.span, kind: LensKind::RunTest(title) });
            }
            _ => {}
        }
    }
    found
}

fn uses(snapshot: &Snapshot, symbol: Symbol, span: Span) -> Lens {
    let count = occurrences(snapshot, symbol).iter().filter(|(_, it)| it.role != Role::Definition).count();
    Lens { span, kind: LensKind::References(count) }
}
