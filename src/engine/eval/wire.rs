//! How a member of a union is named where two or more members are possible: on the wire and in texts.

use super::Value;
use crate::plan::{Plan, Type, TypeDecl, TypeId, TypeKind};

/// The key that names the member: `type`.
pub(super) const TAG: &str = "type";
/// The key where a member has a field `type` of its own; no field can have this name.
pub(super) const LONG_TAG: &str = "record-type";

/// The records that a type lets choose from; `None` for one that is no choice of two or more.
pub(super) fn members<'a>(plan: &'a Plan, ty: &'a Type) -> Option<&'a [TypeId]> {
    let members = match ty {
        Type::OneOf(members) => members,
        Type::Named(id) => match &plan.type_decl(*id)?.kind {
            TypeKind::Union { members } => members,
            _ => return None,
        },
        Type::Optional(inner) => return self::members(plan, inner),
        _ => return None,
    };
    (members.len() > 1).then_some(members)
}

/// The key that names a member of these.
pub(super) fn tag_key(plan: &Plan, members: &[TypeId]) -> &'static str {
    let has_type = |id: &TypeId| {
        plan.type_decl(*id).is_some_and(
            |decl| matches!(&decl.kind, TypeKind::Record { fields, .. } if fields.iter().any(|field| field.name == TAG)),
        )
    };
    if members.iter().any(has_type) { LONG_TAG } else { TAG }
}

/// Key and name of a value that stands where this type is; `None` where nothing is named.
pub(super) fn tag<'a>(
    plan: &'a Plan,
    value: &Value,
    ty: Option<&'a Type>,
) -> Option<(&'static str, &'a TypeDecl)> {
    let Value::Record(record) = value else { return None };
    let members = members(plan, ty?)?;
    Some((tag_key(plan, members), plan.type_decl(record.ty)?))
}

/// The type inside an optional.
pub(super) fn present(ty: &Type) -> &Type {
    match ty {
        Type::Optional(inner) => inner,
        other => other,
    }
}

/// The type of a list's items, where it is known.
pub(super) fn item_type(ty: Option<&Type>) -> Option<&Type> {
    match ty.map(present) {
        Some(Type::List(item, _)) => Some(item),
        Some(Type::Json) => Some(&Type::Json),
        _ => None,
    }
}
