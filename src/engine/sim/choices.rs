//! What goes round from call to call: bools, enums, grades, unions.
//!
//! The choices of one answer are the digits of a counter that the number of the call turns: bools are the fastest, then
//! the others; of each, those outside lists come before those in lists, and the order of the page decides. A digit
//! starts where seed and path say. So every combination comes after as many calls as there are combinations.

use super::hash::Dice;
use crate::engine::sim::sample::Shape;
use crate::plan::{Grade, Plan, Type, TypeKind};
use std::collections::BTreeMap;

/// Digits that are counted; an answer of more choices takes the rest by lot.
const COUNTED: usize = 5_000;

/// The choices of an answer, by their place in it.
#[derive(Debug, Default)]
pub(super) struct Choices(BTreeMap<String, Digit>);

#[derive(Clone, Copy, Debug)]
struct Digit {
    /// How many calls it stands still.
    period: u128,
    radix: u64,
    start: u64,
}

/// A choice before its place in the counter is known.
struct Found {
    place: String,
    radix: u64,
    slow: bool,
    lists: usize,
}

impl Choices {
    /// The choices of a type.
    pub(super) fn of(plan: &Plan, ty: &Type, seed: u64, path: &str) -> Self {
        let mut finder = Finder { plan, found: Vec::new(), shape: Shape::default() };
        finder.find(ty, "", 0);
        let mut found = finder.found;
        found.sort_by_key(|choice| (choice.slow, choice.lists));
        let mut period = 1_u128;
        let mut digits = BTreeMap::new();
        for choice in found {
            let start = Dice::of(seed, &[path, "choice", &choice.place]).below(choice.radix);
            digits.insert(choice.place, Digit { period, radix: choice.radix, start });
            period = period.saturating_mul(u128::from(choice.radix.max(1)));
        }
        Self(digits)
    }

    /// What a choice is in the call of this number; `None` for a place that is not counted.
    pub(super) fn digit(&self, place: &str, number: u64) -> Option<u64> {
        let digit = self.0.get(place)?;
        let turned = u64::try_from(u128::from(number) / digit.period).unwrap_or(0);
        turned.wrapping_add(digit.start).checked_rem(digit.radix)
    }
}

struct Finder<'a> {
    plan: &'a Plan,
    found: Vec<Found>,
    shape: Shape,
}

impl Finder<'_> {
    fn find(&mut self, ty: &Type, place: &str, lists: usize) {
        if self.found.len() >= COUNTED {
            return;
        }
        match ty {
            Type::Bool => self.add(place, 2, false, lists),
            Type::Grade => self.add(place, Grade::ALL.len(), true, lists),
            Type::List(item, max) if !self.shape.is_too_deep(self.plan, item) => {
                for position in 0..Shape::longest(*max) {
                    self.find(item, &Shape::item(place, position), lists + 1);
                }
            }
            Type::Optional(inner) if !self.shape.is_too_deep(self.plan, inner) => {
                self.find(inner, place, lists);
            }
            Type::OneOf(members) => self.members(members, place, lists),
            Type::Named(id) => {
                self.shape.enter(*id);
                self.declared(*id, place, lists);
                self.shape.leave();
            }
            _ => {}
        }
    }

    fn declared(&mut self, id: crate::plan::TypeId, place: &str, lists: usize) {
        let plan = self.plan;
        match plan.type_decl(id).map(|decl| &decl.kind) {
            Some(TypeKind::Enum { variants, .. }) => self.add(place, variants.len(), true, lists),
            Some(TypeKind::Record { fields, .. }) => {
                for field in fields {
                    self.find(&field.ty, &Shape::field(place, &field.name), lists);
                }
            }
            Some(TypeKind::Union { members }) => self.members(members, place, lists),
            None => {}
        }
    }

    fn members(&mut self, members: &[crate::plan::TypeId], place: &str, lists: usize) {
        if members.len() > 1 {
            self.add(place, members.len(), true, lists);
        }
        for member in members {
            self.find(&Type::Named(*member), &Shape::member(place, *member), lists);
        }
    }

    fn add(&mut self, place: &str, radix: usize, slow: bool, lists: usize) {
        self.found.push(Found { place: place.to_owned(), radix: radix as u64, slow, lists });
    }
}
