use crate::language::check::cx::Cx;
use crate::language::hir::{Expr, ExprKind, Type, TypeId, TypeKind, Types};
use crate::plan::Function;
use std::collections::BTreeSet;

impl Cx<'_> {
    /// A value that fits, in the form that it has as `want`.
    ///
    /// Only its type says that a value is one of several records. What is kept as `json` has no such type any more, so the
    /// record's name is written into it there (L2.9, the table of section 2), or nobody could tell the members apart.
    pub(super) fn tagged(&self, value: Expr, want: &Type) -> Expr {
        let Expr { ty, span, kind } = value;
        let kind = match (kind, want.present()) {
            (ExprKind::List(items), Type::List(item, _)) => {
                ExprKind::List(items.into_iter().map(|it| self.tagged(it, item)).collect())
            }
            (ExprKind::When(condition, then, otherwise), _) => ExprKind::When(
                condition,
                Box::new(self.tagged(*then, want)),
                Box::new(self.tagged(*otherwise, want)),
            ),
            (ExprKind::Else(left, right), _) => {
                ExprKind::Else(Box::new(self.tagged(*left, want)), Box::new(self.tagged(*right, want)))
            }
            (kind, _) if self.becomes_json(&ty, want) => {
                return as_json(Expr { ty, span, kind }, want);
            }
            (kind, _) => kind,
        };
        Expr { ty, span, kind }
    }

    /// Whether a part of a value that is one of several records is `json` in the type that takes it.
    pub fn becomes_json(&self, from: &Type, want: &Type) -> bool {
        match (from.present(), want.present()) {
            (Type::List(from, _), Type::List(want, _)) => self.becomes_json(from, want),
            (from, Type::Json) => self.holds_union(from, &mut BTreeSet::new()),
            _ => false,
        }
    }

    fn holds_union(&self, ty: &Type, seen: &mut BTreeSet<TypeId>) -> bool {
        match ty.present() {
            Type::OneOf(members) => members.len() > 1 || members.iter().any(|id| self.holds(*id, seen)),
            Type::Named(id) => self.holds(*id, seen),
            Type::List(item, _) => self.holds_union(item, seen),
            _ => false,
        }
    }

    fn holds(&self, id: TypeId, seen: &mut BTreeSet<TypeId>) -> bool {
        if !seen.insert(id) {
            return false;
        }
        match Types::type_decl(self, id).map(|decl| &decl.kind) {
            Some(TypeKind::Union(members)) => {
                members.len() > 1 || members.iter().any(|id| self.holds(*id, seen))
            }
            Some(TypeKind::Record(fields)) => fields.iter().any(|field| self.holds_union(&field.ty, seen)),
            _ => false,
        }
    }
}

/// The value as JSON text, read as the type that takes it.
fn as_json(value: Expr, want: &Type) -> Expr {
    let span = value.span;
    let ty = if value.ty.is_optional() { want.clone().optional() } else { want.clone() };
    let text = Expr { ty: Type::TEXT, span, kind: ExprKind::Call(Function::ToJson, vec![value]) };
    Expr { ty: ty.clone(), span, kind: ExprKind::Parse(Box::new(text), ty) }
}
