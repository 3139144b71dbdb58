use super::choices::Choices;
use super::hash::Dice;
use crate::base::Decimal;
use crate::engine::eval::{Date, Value, broken_requires};
use crate::plan::{Grade, Plan, TextMax, TextUnit, Type, TypeId, TypeKind, builtin};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt;

/// How often a record is drawn until its `require`s hold.
const DRAWS: u32 = 100;
/// Draws that keep the choices of the call's number and change the rest alone.
const STEADY_DRAWS: u32 = 20;
/// How often a type may stand in itself.
const DEPTH: usize = 3;
/// Items of a list at most.
const ITEMS: u64 = 3;
/// What an int or number without a range lies between: small, so that a `require` over sums has a chance.
const PLAIN: (i64, i64) = (0, 10);

/// What a sample is a function of, beside its type.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'a> {
    /// `--seed`
    pub seed: u64,
    /// The step's path without its rounds.
    pub path: &'a str,
    /// The number of the call there, from 0.
    pub number: u32,
    /// What texts say of who made them.
    pub naming: &'a Naming,
}

/// Who makes a value: what its texts say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// The agent, tool or person.
    pub name: SmolStr,
    /// The round of the innermost loop.
    pub round: Option<u32>,
    /// The position in the innermost fan-out.
    pub item: Option<u32>,
}

impl fmt::Display for Naming {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        if let Some(round) = self.round {
            write!(formatter, " round {round}")?;
        }
        if let Some(item) = self.item {
            write!(formatter, " item {item}")?;
        }
        Ok(())
    }
}

/// A drawn value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// It fits its type, but for what `unmet` says.
    pub value: Value,
    /// `require`s that did not hold in a hundred draws.
    pub unmet: Vec<Unmet>,
}

/// A `require` that could not be met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmet {
    /// The record.
    pub record: SmolStr,
    /// The message of its `require`.
    pub message: String,
}

/// A value of a type: a pure function of the type and the draw.
pub fn sample(plan: &Plan, ty: &Type, draw: &Draw<'_>) -> Sampled {
    let mut sampler = Sampler {
        plan,
        draw,
        choices: Choices::of(plan, ty, draw.seed, draw.path),
        shape: Shape::default(),
        attempt: 0,
        turned: 0,
        unmet: BTreeSet::new(),
        given_up: BTreeSet::new(),
    };
    let value = sampler.value(ty, "");
    Sampled { value, unmet: sampler.unmet.into_iter().collect() }
}

/// Places in a value, and how deep it stands in itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    open: Vec<TypeId>,
}

impl Shape {
    pub(super) fn enter(&mut self, id: TypeId) {
        self.open.push(id);
    }

    pub(super) fn leave(&mut self) {
        self.open.pop();
    }

    /// Whether a value of this type would stand in itself more often than it may.
    pub(super) fn is_too_deep(&self, plan: &Plan, ty: &Type) -> bool {
        match ty {
            Type::List(inner, _) | Type::Optional(inner) => self.is_too_deep(plan, inner),
            Type::OneOf(members) => members.iter().any(|member| self.is_full(*member)),
            Type::Named(id) => match plan.type_decl(*id).map(|decl| &decl.kind) {
                Some(TypeKind::Union { members }) => {
                    self.is_full(*id) || members.iter().any(|member| self.is_full(*member))
                }
                _ => self.is_full(*id),
            },
            _ => false,
        }
    }

    fn is_full(&self, id: TypeId) -> bool {
        self.open.iter().filter(|open| **open == id).count() >= DEPTH
    }

    /// Items of a list at most.
    pub(super) fn longest(max: Option<u64>) -> u64 {
        max.unwrap_or(ITEMS).min(ITEMS)
    }

    pub(super) fn item(place: &str, position: u64) -> String {
        format!("{place}[{position}]")
    }

    pub(super) fn field(place: &str, name: &str) -> String {
        if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
    }

    pub(super) fn member(place: &str, id: TypeId) -> String {
        format!("{place}<{}>", id.0)
    }
}

struct Sampler<'a> {
    plan: &'a Plan,
    draw: &'a Draw<'a>,
    choices: Choices,
    shape: Shape,
    /// Which of the draws of the records around this is under way.
    attempt: u64,
    /// How far the choices are turned beyond the call's number.
    turned: u64,
    unmet: BTreeSet<Unmet>,
    /// Records whose `require`s did not hold once: they are drawn once from then on.
    given_up: BTreeSet<TypeId>,
}

impl Sampler<'_> {
    fn value(&mut self, ty: &Type, place: &str) -> Value {
        match ty {
            Type::Text(max) => Value::text(self.text(*max, place)),
            Type::Int(range) => Value::Int(self.int(range.unwrap_or(PLAIN), place)),
            Type::Number(range) => Value::Number(self.number(*range, place)),
            Type::Bool => Value::Bool(self.choice(place, 2) == 1),
            Type::Date => self.date(place),
            Type::Json => self.json(place),
            Type::Grade => {
                let grade = Grade::ALL.get(self.position(place, Grade::ALL.len()));
                Value::Grade(grade.copied().unwrap_or(Grade::F))
            }
            Type::Named(id) => self.named(*id, place),
            Type::OneOf(members) => self.member(members, place),
            Type::List(item, max) => self.list(item, *max, place),
            Type::Optional(inner) => {
                let absent =
                    self.shape.is_too_deep(self.plan, inner) || self.dice(place, "absent").below(3) == 0;
                if absent { Value::None } else { self.value(inner, place) }
            }
        }
    }

    /// A stream that is another one in every call and draw.
    fn dice(&self, place: &str, what: &str) -> Dice {
        let (number, attempt) = (self.draw.number.to_string(), self.attempt.to_string());
        Dice::of(self.draw.seed, &[self.draw.path, what, place, &number, &attempt])
    }

    fn choice(&self, place: &str, radix: u64) -> u64 {
        let number = u64::from(self.draw.number) + self.turned;
        self.choices.digit(place, number).unwrap_or_else(|| self.dice(place, "choice").below(radix))
    }

    fn position(&self, place: &str, count: usize) -> usize {
        usize::try_from(self.choice(place, count as u64)).unwrap_or(0)
    }

    /// Who made it, and where it stands in the answer; within its bound.
    fn text(&self, max: Option<TextMax>, place: &str) -> String {
        let naming = self.draw.naming.to_string();
        let text = if place.is_empty() { naming } else { format!("{naming}: {}", without_members(place)) };
        let Some(max) = max else { return text };
        let count = usize::try_from(max.count).unwrap_or(usize::MAX);
        match max.unit {
            TextUnit::Words => text.split_whitespace().take(count).collect::<Vec<_>>().join(" "),
            TextUnit::Chars => text.chars().take(count).collect::<String>().trim_end().to_owned(),
        }
    }

    /// Inside the range; on its ends only where nothing is between.
    fn int(&self, (low, high): (i64, i64), place: &str) -> i64 {
        let mut dice = self.dice(place, "int");
        let between = i128::from(high) - i128::from(low) - 1;
        match u64::try_from(between) {
            Ok(between) if between > 0 => {
                let value = i128::from(low) + 1 + i128::from(dice.below(between));
                i64::try_from(value).unwrap_or(low)
            }
            // Nothing is between: one of the ends.
            _ => {
                if dice.below(2) == 0 {
                    low
                } else {
                    high
                }
            }
        }
    }

    /// Inside the range, on its ends only where both are the same: a tenth of it or several. Without a range a small
    /// whole number, in one of four draws a half more.
    fn number(&self, range: Option<(Decimal, Decimal)>, place: &str) -> Decimal {
        let mut dice = self.dice(place, "number");
        let step = Decimal::from(i64::try_from(dice.below(9) + 1).unwrap_or(1));
        let Some((low, high)) = range else {
            let half =
                if dice.below(4) == 0 { Decimal::ONE.div(Decimal::from(2)) } else { Ok(Decimal::ZERO) };
            return half.and_then(|half| step.add(half)).unwrap_or(step);
        };
        let inside = high
            .sub(low)
            .and_then(|width| width.div(Decimal::from(10)))
            .and_then(|tenth| low.add(tenth.mul(step)?));
        inside.ok().filter(|value| (low..=high).contains(value)).unwrap_or(low)
    }

    fn date(&self, place: &str) -> Value {
        let first = Date { year: 2025, month: 1, day: 1 };
        let days = i64::try_from(self.dice(place, "date").below(365)).unwrap_or(0);
        Value::Date(Date::from_day_number(first.day_number() + days).unwrap_or(first))
    }

    fn json(&self, place: &str) -> Value {
        Value::Json(serde_json::json!({ "simulated": self.text(None, place) }).into())
    }

    fn list(&mut self, item: &Type, max: Option<u64>, place: &str) -> Value {
        if self.shape.is_too_deep(self.plan, item) {
            return Value::list(Vec::new());
        }
        let longest = Shape::longest(max);
        let length = if longest == 0 { 0 } else { self.dice(place, "length").below(longest) + 1 };
        Value::list((0..length).map(|position| self.value(item, &Shape::item(place, position))).collect())
    }

    fn named(&mut self, id: TypeId, place: &str) -> Value {
        let plan = self.plan;
        self.shape.enter(id);
        let value = match plan.type_decl(id).map(|decl| &decl.kind) {
            Some(TypeKind::Enum { variants, .. }) => {
                let position = self.position(place, variants.len());
                Value::Variant(id, u32::try_from(position).unwrap_or(0))
            }
            Some(TypeKind::Union { members }) => self.member(members, place),
            Some(TypeKind::Record { .. }) => self.record(id, place),
            None => Value::None,
        };
        self.shape.leave();
        value
    }

    fn member(&mut self, members: &[TypeId], place: &str) -> Value {
        let position = if members.len() > 1 { self.position(place, members.len()) } else { 0 };
        match members.get(position) {
            Some(id) => self.named(*id, &Shape::member(place, *id)),
            None => Value::None,
        }
    }

    /// Draws a record until its `require`s hold; the last draw stands, and says what it does not keep.
    fn record(&mut self, id: TypeId, place: &str) -> Value {
        let (attempt, turned) = (self.attempt, self.turned);
        let draws = if self.given_up.contains(&id) { 1 } else { DRAWS };
        let (mut fields, mut broken) = (Vec::new(), Vec::new());
        for draw in 0..draws {
            self.attempt = attempt.wrapping_mul(u64::from(DRAWS) + 1).wrapping_add(u64::from(draw));
            self.turned = turned + u64::from(draw.saturating_sub(STEADY_DRAWS - 1));
            fields = self.fields(id, place);
            broken = broken_requires(self.plan, id, &fields);
            if broken.is_empty() {
                break;
            }
        }
        (self.attempt, self.turned) = (attempt, turned);
        if !broken.is_empty() {
            self.given_up.insert(id);
            let record = self.plan.type_decl(id).map_or_else(SmolStr::default, |decl| decl.name.clone());
            self.unmet.extend(broken.into_iter().map(|message| Unmet { record: record.clone(), message }));
        }
        Value::record(id, fields)
    }

    fn fields(&mut self, id: TypeId, place: &str) -> Vec<Value> {
        let plan = self.plan;
        let Some(TypeKind::Record { fields, .. }) = plan.type_decl(id).map(|decl| &decl.kind) else {
            return Vec::new();
        };
        let mut values: Vec<Value> =
            fields.iter().map(|field| self.value(&field.ty, &Shape::field(place, &field.name))).collect();
        let success = match id {
            builtin::RUN => Some(0),
            builtin::HTTP => Some(200),
            _ => None,
        };
        if let (Some(code), Some(first)) = (success, values.first_mut()) {
            *first = Value::Int(code);
        }
        values
    }
}

/// A place as an author writes it: without the numbers of union members.
fn without_members(place: &str) -> String {
    let mut out = String::with_capacity(place.len());
    let mut inside = false;
    for letter in place.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    out.trim_start_matches('.').to_owned()
}
