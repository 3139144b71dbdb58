use super::wire::{members, present};
use super::{Value, to_json};
use crate::plan::{Plan, Type, TypeId, TypeKind};
use std::collections::BTreeSet;

/// What a call of type `from` gave, in the form that it has where `to` is declared for it. Only its type says which member
/// of a union a record is; what is kept as `json` has no such type any more, so the record's name is written into it.
pub fn as_declared(plan: &Plan, value: Value, from: &Type, to: &Type) -> Value {
    match (present(from), present(to), value) {
        (_, _, Value::None) => Value::None,
        (from, Type::Json, value) if holds_union(plan, from, &mut BTreeSet::new()) => {
            Value::Json(to_json(plan, &value, Some(from)).into())
        }
        (Type::List(from, _), Type::List(to, _), Value::List(items)) if from != to => {
            Value::list(items.iter().map(|item| as_declared(plan, item.clone(), from, to)).collect())
        }
        (_, _, value) => value,
    }
}

/// Whether a part of what has this type may be one of several records.
fn holds_union(plan: &Plan, ty: &Type, seen: &mut BTreeSet<TypeId>) -> bool {
    if members(plan, ty).is_some() {
        return true;
    }
    match ty {
        Type::List(inner, _) | Type::Optional(inner) => holds_union(plan, inner, seen),
        Type::OneOf(ids) => ids.iter().any(|id| holds_union(plan, &Type::Named(*id), seen)),
        Type::Named(id) if seen.insert(*id) => match plan.type_decl(*id).map(|decl| &decl.kind) {
            Some(TypeKind::Record { fields, .. }) => {
                fields.iter().any(|field| holds_union(plan, &field.ty, seen))
            }
            Some(TypeKind::Union { members }) => {
                members.iter().any(|id| holds_union(plan, &Type::Named(*id), seen))
            }
            _ => false,
        },
        _ => false,
    }
}
