use super::{Program, Type, TypeDecl, TypeId, TypeKind};
use crate::plan::{TextMax, TextUnit};
use std::fmt::Write as _;

/// Whoever knows the declared types: a program, or the state of checking one of its modules, which adds its own.
pub trait Types {
    /// A declared type.
    fn type_decl(&self, id: TypeId) -> Option<&TypeDecl>;

    /// The records that a value of this type can be, where it is a record or a union.
    fn members(&self, ty: &Type) -> Option<Vec<TypeId>> {
        match ty {
            Type::OneOf(ids) => Some(ids.to_vec()),
            Type::Named(id) => match &self.type_decl(*id)?.kind {
                TypeKind::Record(_) => Some(vec![*id]),
                TypeKind::Union(members) => Some(members.clone()),
                TypeKind::Enum { .. } | TypeKind::Error => None,
            },
            _ => None,
        }
    }

    /// Whether this is a declared type that was reported as broken.
    fn is_broken(&self, ty: &Type) -> bool {
        match ty {
            Type::Error => true,
            Type::Named(id) => self.type_decl(*id).is_none_or(|decl| matches!(decl.kind, TypeKind::Error)),
            Type::Optional(inner) | Type::List(inner, _) => self.is_broken(inner),
            _ => false,
        }
    }
}

impl Types for Program {
    fn type_decl(&self, id: TypeId) -> Option<&TypeDecl> {
        self.types.get(id.index())
    }
}

/// A type as an author writes it.
pub fn show(types: &dyn Types, ty: &Type) -> String {
    let mut out = String::new();
    write(types, ty, &mut out);
    out
}

fn write(types: &dyn Types, ty: &Type, out: &mut String) {
    match ty {
        Type::Error => out.push('?'),
        Type::None => out.push_str("none"),
        Type::Never => out.push_str("nothing"),
        Type::Text(max) => {
            out.push_str("text");
            if let Some(max) = max {
                let _ = write!(out, " max {}", show_max(*max));
            }
        }
        Type::Int(None) => out.push_str("int"),
        Type::Int(Some((low, high))) => drop(write!(out, "int {low}..{high}")),
        Type::Number(None) => out.push_str("number"),
        Type::Number(Some((low, high))) => drop(write!(out, "number {low}..{high}")),
        Type::Bool => out.push_str("bool"),
        Type::Date => out.push_str("date"),
        Type::Json => out.push_str("json"),
        Type::Grade => out.push_str("Grade"),
        Type::Named(id) => out.push_str(name_of(types, *id)),
        Type::OneOf(ids) => {
            let names: Vec<&str> = ids.iter().map(|id| name_of(types, *id)).collect();
            out.push_str(&names.join(" or "));
        }
        Type::List(item, _) if **item == Type::Never => out.push_str("[]"),
        Type::List(item, max) => {
            out.push('[');
            write(types, item, out);
            out.push(']');
            if let Some(max) = max {
                let _ = write!(out, " max {max}");
            }
        }
        Type::Optional(inner) => {
            write(types, inner, out);
            out.push('?');
        }
    }
}

/// `80 words`
pub fn show_max(max: TextMax) -> String {
    let unit = match max.unit {
        TextUnit::Words => "words",
        TextUnit::Chars => "chars",
    };
    format!("{} {unit}", max.count)
}

/// The name of a declared type.
pub fn name_of(types: &dyn Types, id: TypeId) -> &str {
    types.type_decl(id).map_or("?", |decl| decl.name.as_str())
}
