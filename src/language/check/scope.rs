use crate::base::Span;
use crate::language::hir::{LocalId, Type};
use indexmap::IndexMap;
use smol_str::SmolStr;

/// What is visible at a place: names, and what is known of them there.
///
/// Scopes nest by [`Scope::enter`] and [`Scope::leave`]; what is bound, hidden or assumed is forgotten with the scope
/// that it happened in. Constants and callables are not here: they belong to the module.
#[derive(Debug, Default)]
pub struct Scope {
    /// `None` where a name was visible, and is not any more.
    names: IndexMap<SmolStr, Option<Entry>>,
    facts: IndexMap<LocalId, Vec<(Vec<u32>, Type)>>,
    log: Vec<Undo>,
    open: Vec<usize>,
}

/// What a name is at a place.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A variable.
    Local(LocalId),
    /// It is bound further down on the page. A use of it is recorded in `Cx::forward_uses`, and whoever registered it
    /// says what is wrong.
    Forward(Forward),
    /// It lives in a scope that is closed.
    Hidden(Hidden),
}

/// A name that is bound further down.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Where it is bound.
    pub span: Span,
}

/// A name that lives elsewhere.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// What is said of it, as a continuation of its name: "lives inside the `for`".
    pub why: String,
    /// What to do, if there is something.
    pub help: Option<String>,
    /// Where it is bound.
    pub span: Span,
}

/// A variable, or fields of it: what narrowing is about (L2.4). An index is no part of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The variable.
    pub local: LocalId,
    /// Positions of fields, outermost first.
    pub fields: Vec<u32>,
}

/// What is known of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Of what.
    pub path: Path,
    /// Its type where the fact does not hold: what it was narrowed from.
    pub from: Type,
    /// Its type where the fact holds.
    pub ty: Type,
}

#[derive(Debug)]
enum Undo {
    /// A name, and what it was before.
    Name(SmolStr, Option<Entry>),
    Fact(LocalId),
}

impl Scope {
    /// Opens a scope.
    pub fn enter(&mut self) {
        self.open.push(self.log.len());
    }

    /// Closes the innermost scope: what happened in it is forgotten.
    pub fn leave(&mut self) {
        let mark = self.open.pop().unwrap_or(0);
        for undo in self.log.drain(mark..).rev() {
            match undo {
                Undo::Name(name, before) => drop(self.names.insert(name, before)),
                Undo::Fact(local) => drop(self.facts.get_mut(&local).and_then(Vec::pop)),
            }
        }
    }

    /// What a name is here.
    pub fn lookup(&self, name: &str) -> Option<&Entry> {
        self.names.get(name)?.as_ref()
    }

    /// The variable of this name.
    pub fn local(&self, name: &str) -> Option<LocalId> {
        match self.lookup(name)? {
            Entry::Local(id) => Some(*id),
            Entry::Forward(_) | Entry::Hidden(_) => None,
        }
    }

    /// Makes a variable visible. That the name is free is `Cx::bind`'s matter.
    pub fn bind(&mut self, name: SmolStr, local: LocalId) {
        self.push(name, Entry::Local(local));
    }

    /// Registers a name that is bound further down. It does not hide what is visible.
    pub fn forward(&mut self, name: SmolStr, forward: Forward) {
        if self.local(&name).is_none() {
            self.push(name, Entry::Forward(forward));
        }
    }

    /// Remembers a name that lives in a scope that was closed. It does not hide what is visible.
    pub fn hide(&mut self, name: SmolStr, hidden: Hidden) {
        if !matches!(self.lookup(&name), Some(Entry::Local(_))) {
            self.push(name, Entry::Hidden(hidden));
        }
    }

    /// The names of all variables that are visible, in the order in which their names were first seen.
    pub fn visible(&self) -> impl Iterator<Item = &str> {
        let local = self.names.iter().filter(|(_, entry)| matches!(entry, Some(Entry::Local(_))));
        local.map(|(name, _)| name.as_str())
    }

    /// From here to the end of the innermost scope these facts hold.
    pub fn assume(&mut self, facts: &[Fact]) {
        for fact in facts {
            let known = self.facts.entry(fact.path.local).or_default();
            known.push((fact.path.fields.clone(), fact.ty.clone()));
            self.log.push(Undo::Fact(fact.path.local));
        }
    }

    /// Whether anything was ever assumed.
    pub fn has_facts(&self) -> bool {
        !self.facts.is_empty()
    }

    /// The type to which a path is narrowed here.
    pub fn narrowed(&self, path: &Path) -> Option<&Type> {
        let known = self.facts.get(&path.local)?;
        known.iter().rev().find(|(fields, _)| *fields == path.fields).map(|(_, ty)| ty)
    }

    fn push(&mut self, name: SmolStr, entry: Entry) {
        let before = self.names.insert(name.clone(), Some(entry)).flatten();
        self.log.push(Undo::Name(name, before));
    }
}
