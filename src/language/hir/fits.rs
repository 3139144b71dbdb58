use super::{Type, Types};
use crate::base::Decimal;
use crate::plan::TextMax;
use std::sync::Arc;

/// Why a type does not fit another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It would, if it were not for the `?`.
    Optional,
    /// It would, if it were not for a bound.
    Bound,
    /// They are of different kinds.
    Kind,
}

/// Whether a value of type `from` may stand where `to` is expected (L2.2).
///
/// Knows types only; that a literal is measured is the matter of `check::expr`.
pub fn fits(types: &dyn Types, from: &Type, to: &Type) -> Result<(), Misfit> {
    match (from, to) {
        (Type::Error | Type::Never, _) | (_, Type::Error | Type::Json) => Ok(()),
        (Type::None, Type::Optional(_) | Type::None) => Ok(()),
        (Type::None, _) => Err(Misfit::Optional),
        (Type::Optional(inner), Type::Optional(wanted)) => fits(types, inner, wanted),
        (Type::Optional(inner), _) => fits(types, inner, to).and(Err(Misfit::Optional)),
        (_, Type::Optional(wanted)) => fits(types, from, wanted),
        (Type::Text(has), Type::Text(wanted)) => bound(text_within(*has, *wanted)),
        (Type::Int(has), Type::Int(wanted)) => bound(within(*has, *wanted)),
        (Type::Int(has), Type::Number(wanted)) => bound(within(has.map(decimals), *wanted)),
        (Type::Number(has), Type::Number(wanted)) => bound(within(*has, *wanted)),
        (Type::List(item, max), Type::List(wanted, limit)) => {
            fits(types, item, wanted)?;
            bound(limit.is_none_or(|limit| max.is_some_and(|max| max <= limit)))
        }
        (Type::Named(a), Type::Named(b)) if a == b => Ok(()),
        (Type::Named(_) | Type::OneOf(_), Type::Named(_) | Type::OneOf(_)) => members_fit(types, from, to),
        _ if from == to => Ok(()),
        _ => Err(Misfit::Kind),
    }
}

/// A type without any of its bounds, nor those of what is in it.
pub fn loosened(ty: &Type) -> Type {
    match ty {
        Type::Text(_) => Type::TEXT,
        Type::Int(_) => Type::INT,
        Type::Number(_) => Type::NUMBER,
        Type::List(item, _) => Type::list(loosened(item)),
        Type::Optional(inner) => Type::Optional(Arc::new(loosened(inner))),
        other => other.clone(),
    }
}

/// Whether values of these types can be equal: one fits the other, whatever bounds and absence say (L2.4, L5.1).
pub fn comparable(types: &dyn Types, a: &Type, b: &Type) -> bool {
    let (a, b) = (loosened(a.present()), loosened(b.present()));
    if a == Type::None || b == Type::None {
        return true;
    }
    fits(types, &a, &b).is_ok() || fits(types, &b, &a).is_ok()
}

fn bound(holds: bool) -> Result<(), Misfit> {
    if holds { Ok(()) } else { Err(Misfit::Bound) }
}

fn text_within(has: Option<TextMax>, wanted: Option<TextMax>) -> bool {
    match (has, wanted) {
        (_, None) => true,
        (Some(has), Some(wanted)) => has.unit == wanted.unit && has.count <= wanted.count,
        (None, Some(_)) => false,
    }
}

fn within<T: PartialOrd>(has: Option<(T, T)>, wanted: Option<(T, T)>) -> bool {
    match (has, wanted) {
        (_, None) => true,
        (Some(has), Some(wanted)) => wanted.0 <= has.0 && has.1 <= wanted.1,
        (None, Some(_)) => false,
    }
}

/// A range of whole numbers as one of numbers.
pub(super) fn decimals(range: (i64, i64)) -> (Decimal, Decimal) {
    (range.0.into(), range.1.into())
}

fn members_fit(types: &dyn Types, from: &Type, to: &Type) -> Result<(), Misfit> {
    if types.is_broken(from) || types.is_broken(to) {
        return Ok(());
    }
    let is_union = match to {
        Type::OneOf(_) => true,
        Type::Named(id) => {
            types.type_decl(*id).is_some_and(|decl| matches!(decl.kind, super::TypeKind::Union(_)))
        }
        _ => false,
    };
    let (Some(has), Some(wanted)) = (types.members(from), types.members(to)) else {
        return Err(Misfit::Kind);
    };
    if is_union && has.iter().all(|id| wanted.contains(id)) { Ok(()) } else { Err(Misfit::Kind) }
}
