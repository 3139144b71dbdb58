//! The built-in functions (L5.2): what each takes, and what it gives.

use super::Type;
use crate::base::Decimal;
use crate::plan::{Function, TextMax, TextUnit};
use std::sync::Arc;

/// What a parameter of a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A list of anything.
    List,
    /// A list of `int` or `number`.
    Numbers,
    /// A list of what compares with `<`.
    Ordered,
    /// A list of what is written on one line: texts, numbers, bools, dates, grades, variants.
    Scalars,
    /// A list of lists.
    Lists,
    /// A `text`.
    Text,
    /// A text that is a regular expression.
    Pattern,
    /// An `int`.
    Int,
    /// An `int` or a `number`.
    Number,
    /// A `date`.
    Date,
    /// A text that is written where it stands.
    Literal,
    /// A `text` or a `json`.
    TextOrJson,
    /// Anything that is there.
    Anything,
    /// An `int` behind `words:` or `chars:`.
    Measure,
}

/// What a function takes.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its parameters with their names.
    pub params: &'static [(&'static str, Takes)],
    /// How many of them must be given.
    pub needed: usize,
}

/// What a function takes (L5.2).
pub fn shape(function: Function) -> Shape {
    use Function as F;
    use Takes as T;
    let params: &'static [(&'static str, Takes)] = match function {
        F::Count | F::First | F::Last | F::Reverse | F::Unique | F::Present => &[("items", T::List)],
        F::Majority | F::MostCommon | F::Agreement => &[("votes", T::List)],
        F::Sum | F::Mean => &[("numbers", T::Numbers)],
        F::Min | F::Max | F::Sort => &[("items", T::Ordered)],
        F::Flatten => &[("lists", T::Lists)],
        F::Take => &[("items", T::List), ("count", T::Int)],
        F::Batches => &[("items", T::List), ("size", T::Int)],
        F::Range => &[("first", T::Int), ("last", T::Int)],
        F::Words | F::Lines | F::Length | F::Trim | F::Upper | F::Lower => &[("of", T::Text)],
        F::Split => &[("of", T::Text), ("separator", T::Text)],
        F::Join => &[("items", T::Scalars), ("separator", T::Text)],
        F::Contains | F::StartsWith | F::EndsWith => &[("of", T::Text), ("part", T::Text)],
        F::Replace => &[("of", T::Text), ("old", T::Text), ("new", T::Text)],
        F::Matches | F::Find => &[("of", T::Text), ("pattern", T::Pattern)],
        F::Cut | F::Chunks => &[("of", T::Text), ("words", T::Measure)],
        F::Round => &[("value", T::Number), ("digits", T::Int)],
        F::Abs => &[("value", T::Number)],
        F::Clamp => &[("value", T::Number), ("low", T::Number), ("high", T::Number)],
        F::Parse => &[("of", T::TextOrJson)],
        F::ToJson => &[("of", T::Anything)],
        F::DaysBetween => &[("from", T::Date), ("to", T::Date)],
        F::Date => &[("day", T::Literal)],
    };
    let needed = if function == Function::Round { 1 } else { params.len() };
    Shape { params, needed }
}

/// A call as an author writes it: `take(items, count)`.
pub fn show_call(function: Function) -> String {
    if matches!(function, Function::Cut | Function::Chunks) {
        return format!("{function}(text, words: n)");
    }
    let names: Vec<&str> = shape(function).params.iter().map(|(name, _)| *name).collect();
    format!("{function}({})", names.join(", "))
}

/// What a function gives for arguments of these types. `known` are the values of the arguments where they are known before the run.
///
/// `parse` gives what is declared for it, and is not asked here.
pub fn result(function: Function, args: &[Type], known: &[Option<Decimal>]) -> Type {
    use Function as F;
    let list = args.first().map(list_of);
    let (item, max) = list.unwrap_or((Type::Error, None));
    match function {
        F::Count | F::Length | F::DaysBetween => Type::INT,
        F::Sum => summed(&item),
        F::Mean => Type::NUMBER.optional(),
        F::Min | F::Max | F::First | F::Last => item.optional(),
        F::Sort | F::Reverse | F::Unique => List(item, max),
        F::Present => List(item.present().clone(), max),
        F::Flatten => {
            let (inner, each) = list_of(&item);
            List(inner, max.zip(each).and_then(|(max, each)| max.checked_mul(each)))
        }
        F::Take => List(item, smaller(max, count(known.get(1)))),
        F::Batches => List(List(item, smaller(max, count(known.get(1)))), max),
        F::Range => List(Type::INT, length_of_range(known)),
        F::Majority | F::MostCommon => item.present().clone().optional(),
        F::Agreement => Type::Number(Some((Decimal::ZERO, Decimal::ONE))),
        F::Words | F::Lines | F::Split => List(Type::TEXT, None),
        F::Join | F::Upper | F::Lower | F::Replace | F::ToJson | F::Cut => Type::TEXT,
        F::Trim => args.first().cloned().unwrap_or(Type::TEXT),
        F::Contains | F::StartsWith | F::EndsWith | F::Matches => Type::Bool,
        F::Find => Type::TEXT.optional(),
        F::Chunks => List(Type::TEXT, None),
        F::Round => {
            if args.len() > 1 {
                Type::NUMBER
            } else {
                Type::INT
            }
        }
        F::Abs => summed(args.first().unwrap_or(&Type::INT)),
        F::Clamp => clamped(args, known),
        F::Parse => Type::Error,
        F::Date => Type::Date,
    }
}

/// What `cut` gives, and each item of `chunks`: the bound that is asked for, or the tighter one that was there.
pub fn cut_to(text: &Type, unit: TextUnit, count: Option<i64>) -> Type {
    let asked = count.and_then(|count| u64::try_from(count).ok()).filter(|count| *count > 0);
    match (text, asked) {
        (Type::Text(Some(has)), Some(asked)) if has.unit == unit => {
            Type::Text(Some(TextMax { count: has.count.min(asked), unit }))
        }
        (_, Some(count)) => Type::Text(Some(TextMax { count, unit })),
        (Type::Text(has), None) => Type::Text(*has),
        _ => Type::TEXT,
    }
}

#[expect(non_snake_case, reason = "reads as the type it makes")]
fn List(item: Type, max: Option<u64>) -> Type {
    Type::List(Arc::new(item), max)
}

fn list_of(ty: &Type) -> (Type, Option<u64>) {
    match ty {
        Type::List(item, max) => ((**item).clone(), *max),
        _ => (Type::Error, None),
    }
}

/// The type of a sum of these: arithmetic forgets bounds.
fn summed(item: &Type) -> Type {
    match item {
        Type::Number(_) => Type::NUMBER,
        Type::Error => Type::Error,
        _ => Type::INT,
    }
}

fn count(known: Option<&Option<Decimal>>) -> Option<u64> {
    known.copied().flatten().and_then(Decimal::to_i64).map(|count| u64::try_from(count).unwrap_or(0))
}

fn smaller(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn length_of_range(known: &[Option<Decimal>]) -> Option<u64> {
    let end = |at: usize| known.get(at).copied().flatten().and_then(Decimal::to_i64);
    let (first, last) = (end(0)?, end(1)?);
    let length = i128::from(last) - i128::from(first) + 1;
    u64::try_from(length.max(0)).ok()
}

/// `clamp` of whole numbers is one, and its ends are its range where they are known.
fn clamped(args: &[Type], known: &[Option<Decimal>]) -> Type {
    if args.contains(&Type::Error) {
        return Type::Error;
    }
    let ends = known.get(1).copied().flatten().zip(known.get(2).copied().flatten());
    let ends = ends.filter(|(low, high)| low <= high);
    if args.iter().all(|ty| matches!(ty, Type::Int(_))) {
        Type::Int(ends.and_then(|(low, high)| low.to_i64().zip(high.to_i64())))
    } else {
        Type::Number(ends)
    }
}

/// The habits of other languages: a function that is called something else here.
pub fn habit(name: &str) -> Option<&'static str> {
    Some(match name {
        "len" | "size" | "length_of" => {
            "write `count(items)` for a list, `length(t)` for the characters of a text"
        }
        "print" | "log" | "println" => "nothing is printed: `return` what is to be seen",
        "str" | "string" | "to_string" | "text" => "write a text with a hole: `\"${x}\"`",
        "int" | "float" | "number" => "read a number with `parse`: `let n: int? = parse(t)`",
        "avg" | "average" => "write `mean(numbers)`",
        "sorted" => "write `sort(items)`, or a comprehension: `[x for x in items by x.key]`",
        "reversed" => "write `reverse(items)`",
        "map" | "filter" => "write a comprehension: `[f.note for f in findings when f.severity is high]`",
        "reduce" | "fold" => "write `sum`, `min`, `max`, `join` or `count`",
        "append" | "push" | "concat" | "extend" => "write `items + [item]`",
        "strip" => "write `trim(t)`",
        "to_upper" | "uppercase" | "toUpperCase" => "write `upper(t)`",
        "to_lower" | "lowercase" | "toLowerCase" => "write `lower(t)`",
        "startswith" | "startsWith" => "write `starts_with(t, part)`",
        "endswith" | "endsWith" => "write `ends_with(t, part)`",
        "includes" | "has" => "write `x in items` for a list, `contains(t, part)` for a text",
        "substring" | "truncate" | "slice" => "write `cut(t, chars: n)` or `take(items, n)`",
        "json" | "json_parse" | "from_json" => {
            "write `parse(t)` with a declared type: `let o: Order? = parse(t)`"
        }
        "dumps" | "stringify" => "write `to_json(x)`",
        "distinct" | "set" => "write `unique(items)`",
        "dedupe" | "dedup" => "write `unique(items)`",
        "compact" => "write `present(items)`",
        "floor" | "ceil" => "write `round(x)`",
        "any" => "write `count([x for x in items when …]) > 0`",
        "all" => "write `count([x for x in items when not …]) == 0`",
        "zip" | "enumerate" => "fan out over the list: `index` is the position",
        "if" => "write `when c then a otherwise b`",
        "regex" | "re" | "match" => "write `matches(t, pattern)` or `find(t, pattern)`",
        "chunk" => "write `chunks(t, words: 500)` for a text, `batches(items, 10)` for a list",
        "vote" => "write `majority(votes)`",
        "average_of" => "write `mean(numbers)`",
        "today" | "now" => "it is a value: write it without `( )`",
        _ => return None,
    })
}
