//! What the next version of a module takes from this one: the insides of declarations that did not change nor move, while
//! everything that is declared around them is the same.
//!
//! Only what was checked without a word is taken, in a text that was read whole: then every name in it was found, and is found
//! again. Whatever it says of other declarations it says by their ids.

use super::{Checked, Cx};
use crate::base::{Source, Span};
use crate::language::hir::{CallableId, Definition, Module, Program, Used};
use crate::language::syntax::ast::{self, Item};
use std::collections::BTreeSet;
use std::ops::Range;

/// What checking the declarations of a module gave, one by one.
#[derive(Clone, Default)]
pub(super) struct Insides(Vec<Inside>);

/// What checking a declaration gave.
#[derive(Clone, Default)]
pub(super) struct Inside {
    pub(super) definition: Option<Definition>,
    used: Used,
    unread: Vec<(CallableId, usize)>,
    /// Which records without a name were made for it.
    types: Range<usize>,
    /// Whether nothing was found, in a text that was read whole.
    sound: bool,
}

/// An earlier version of a module, around whose declarations everything is the same.
pub struct Before<'a> {
    module: &'a Module,
    checked: &'a Checked,
    /// Who does something else now.
    other: BTreeSet<CallableId>,
}

impl std::fmt::Debug for Insides {
    /// What it holds says nothing that the rest does not.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Insides")
    }
}

impl Insides {
    pub(super) fn push(&mut self, inside: Inside) {
        self.0.push(inside);
    }

    /// Replaces that of the declaration of a number.
    pub(super) fn set(&mut self, at: usize, inside: Inside) {
        if let Some(place) = self.0.get_mut(at) {
            *place = inside;
        }
    }

    /// All that there are so far.
    pub(super) fn definitions(&self) -> impl Iterator<Item = Definition> {
        self.0.iter().filter_map(|inside| inside.definition.clone())
    }
}

impl Inside {
    /// Of a declaration that is checked now.
    pub(super) fn of(cx: &mut Cx<'_>, check: impl FnOnce(&mut Cx<'_>) -> Option<Definition>) -> Self {
        let (found, types, unread) = (said(cx), cx.extra_types.len(), cx.unread.len());
        let before = std::mem::take(&mut cx.used);
        let definition = check(cx);
        let used = std::mem::replace(&mut cx.used, before);
        cx.used.extend(&used);
        let whole = cx.names().is_some_and(|module| !module.is_broken());
        Self {
            definition,
            used,
            unread: cx.unread.get(unread..).unwrap_or_default().to_vec(),
            types: types..cx.extra_types.len(),
            sound: whole && said(cx) == found,
        }
    }
}

/// How much was found that is not right.
fn said(cx: &Cx<'_>) -> [usize; 2] {
    [cx.diagnostics.len(), cx.dropped.len()]
}

impl<'a> Before<'a> {
    /// The earlier version of a module; `None` where something else that is declared has changed than the insides of
    /// workflows, and tests. All other modules that it reaches are to be the same.
    pub fn of(earlier: &'a Program, program: &Program, checked: &'a Checked) -> Option<Self> {
        let id = checked.module;
        let (old, new) = (earlier.module(id)?, program.module(id)?);
        let texts = (source(earlier, old)?, source(program, new)?);
        let same = old.tree.items.len() == new.tree.items.len()
            && old
                .tree
                .items
                .iter()
                .zip(&new.tree.items)
                .all(|(a, b)| declares_the_same((old, a), (new, b), texts));
        let other = earlier.effects.differing(&program.effects).filter(|_| same)?;
        Some(Self { module: old, checked, other })
    }

    /// What checking a declaration gave, if that is the one of this number, all that it calls does what it did and is none of
    /// these, and all declarations in front of it have made the same types.
    pub(super) fn take(
        &self,
        cx: &mut Cx<'_>,
        at: usize,
        item: &Item,
        fresh: &BTreeSet<CallableId>,
    ) -> Option<Inside> {
        let inside = self.checked.taken.0.get(at)?;
        let same = self.module.tree.items.get(at).is_some_and(|old| old.is(item));
        let called = &inside.used.callables;
        let tests_fresh =
            matches!(&inside.definition, Some(Definition::Test(it)) if fresh.contains(&it.workflow));
        let calls_alike = self.other.is_disjoint(called) && fresh.is_disjoint(called) && !tests_fresh;
        if !same || !inside.sound || !calls_alike || inside.types.start != cx.extra_types.len() {
            return None;
        }
        cx.extra_types.extend_from_slice(self.checked.extra_types.get(inside.types.clone())?);
        cx.used.extend(&inside.used);
        cx.unread.extend_from_slice(&inside.unread);
        Some(inside.clone())
    }
}

fn source<'p>(program: &'p Program, module: &Module) -> Option<&'p Source> {
    program.sources.get(module.file.0 as usize)
}

/// Whether two versions of a declaration are the same for all others: by their texts, but for the bodies of workflows, and
/// tests, which nobody speaks of.
fn declares_the_same(
    (old, a): (&Module, &Item),
    (new, b): (&Module, &Item),
    texts: (&Source, &Source),
) -> bool {
    let (x, y) = match (a, b) {
        _ if a.is(b) => return true,
        (Item::Test(_), Item::Test(_)) => return true,
        (Item::Bad(_), _) | (_, Item::Bad(_)) => return false,
        (Item::Workflow(a), Item::Workflow(b)) => (head_of_workflow(a), head_of_workflow(b)),
        (a, b) => (a.span(), b.span()),
    };
    texts.0.slice(x) == texts.1.slice(y) && !old.has_slip(x) && !new.has_slip(y)
}

/// The part of a workflow that others see.
fn head_of_workflow(workflow: &ast::Workflow) -> Span {
    Span { start: workflow.head.span.start, end: workflow.body.span.start }
}
