use super::fits::decimals;
use super::{Type, Types};
use crate::plan::TextMax;
use std::sync::Arc;

/// Where values of these types meet: the tightest type that they all fit and that is made by `?`, `number` and looser
/// bounds alone (L2.7). `None` where there is none: a union or `json` is only taken where it is declared.
pub fn meet<'a>(types: &dyn Types, all: impl IntoIterator<Item = &'a Type>) -> Option<Type> {
    all.into_iter().try_fold(Type::Never, |so_far, next| meet_two(types, &so_far, next))
}

fn meet_two(types: &dyn Types, a: &Type, b: &Type) -> Option<Type> {
    Some(match (a, b) {
        (Type::Error, _) | (_, Type::Error) => Type::Error,
        (Type::Never, other) | (other, Type::Never) => other.clone(),
        (Type::None, other) | (other, Type::None) => other.clone().optional(),
        (Type::Optional(inner), other) | (other, Type::Optional(inner)) => {
            meet_two(types, inner, other.present())?.optional()
        }
        (Type::Text(a), Type::Text(b)) => Type::Text(looser_text(*a, *b)),
        (Type::Int(a), Type::Int(b)) => Type::Int(hull(*a, *b)),
        (Type::Number(a), Type::Number(b)) => Type::Number(hull(*a, *b)),
        (Type::Int(whole), Type::Number(range)) | (Type::Number(range), Type::Int(whole)) => {
            Type::Number(hull(whole.map(decimals), *range))
        }
        (Type::List(a, m), Type::List(b, n)) => {
            let max = m.zip(*n).map(|(m, n)| m.max(n));
            Type::List(Arc::new(meet_two(types, a, b)?), max)
        }
        _ if a == b => a.clone(),
        _ if types.is_broken(a) || types.is_broken(b) => Type::Error,
        _ => return None,
    })
}

fn looser_text(a: Option<TextMax>, b: Option<TextMax>) -> Option<TextMax> {
    let (a, b) = a.zip(b)?;
    (a.unit == b.unit).then(|| TextMax { count: a.count.max(b.count), unit: a.unit })
}

fn hull<T: Ord>(a: Option<(T, T)>, b: Option<(T, T)>) -> Option<(T, T)> {
    let (a, b) = a.zip(b)?;
    Some((a.0.min(b.0), a.1.max(b.1)))
}
