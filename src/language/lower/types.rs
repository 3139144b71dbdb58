use super::lowering::Lowering;
use super::vars::Owner;
use crate::language::hir::{self, Definition, ModuleId, Type, TypeId, TypeKind};
use crate::plan;

impl Lowering<'_> {
    /// A type of the plan. What was never given a type (`[]` alone) is held as JSON: it has no values to be wrong about.
    pub(super) fn ty(&mut self, module: ModuleId, ty: &Type) -> plan::Type {
        match ty {
            Type::Error | Type::Never | Type::Json => plan::Type::Json,
            Type::None => plan::Type::Optional(Box::new(plan::Type::Json)),
            Type::Text(max) => plan::Type::Text(*max),
            Type::Int(range) => plan::Type::Int(*range),
            Type::Number(range) => plan::Type::Number(*range),
            Type::Bool => plan::Type::Bool,
            Type::Date => plan::Type::Date,
            Type::Grade => plan::Type::Grade,
            Type::Named(id) => plan::Type::Named(self.type_id(module, *id)),
            Type::OneOf(ids) => plan::Type::OneOf(ids.iter().map(|id| self.type_id(module, *id)).collect()),
            Type::List(item, max) => plan::Type::List(Box::new(self.ty(module, item)), *max),
            Type::Optional(inner) => plan::Type::Optional(Box::new(self.ty(module, inner))),
        }
    }

    /// The place of a declared type in the plan. It is taken before the fields are lowered, as types may contain themselves.
    pub(super) fn type_id(&mut self, module: ModuleId, id: TypeId) -> plan::TypeId {
        let shared = self.program.types.len();
        let owner = (id.index() >= shared).then_some(module);
        if let Some(known) = self.types.get(&(owner, id)) {
            return *known;
        }
        let place = plan::TypeId(u32::try_from(self.plan.types.len()).unwrap_or(u32::MAX));
        self.types.insert((owner, id), place);
        let extra = || self.checked.get(module.0 as usize)?.extra_types.get(id.index().checked_sub(shared)?);
        let Some(decl) = self.program.type_decl(id).or_else(extra).cloned() else { return place };
        let empty = plan::TypeKind::Union { members: Vec::new() };
        self.plan.types.push(plan::TypeDecl { name: decl.name.clone(), doc: decl.doc.clone(), kind: empty });
        let kind = self.type_kind(module, id, &decl);
        if let Some(placed) = self.plan.types.get_mut(place.index()) {
            placed.kind = kind;
        }
        place
    }

    fn type_kind(&mut self, module: ModuleId, id: TypeId, decl: &hir::TypeDecl) -> plan::TypeKind {
        match &decl.kind {
            TypeKind::Record(fields) => {
                let fields = fields.iter().map(|field| self.field(module, field)).collect();
                let (requires, vars) = self.record_requires(id);
                plan::TypeKind::Record { fields, requires, vars }
            }
            TypeKind::Enum { variants, ordered } => {
                let variant = |variant: &hir::Variant| plan::Variant {
                    name: variant.name.clone(),
                    doc: variant.doc.clone(),
                };
                plan::TypeKind::Enum { variants: variants.iter().map(variant).collect(), ordered: *ordered }
            }
            TypeKind::Union(members) => plan::TypeKind::Union {
                members: members.iter().map(|id| self.type_id(module, *id)).collect(),
            },
            TypeKind::Error => plan::TypeKind::Union { members: Vec::new() },
        }
    }

    fn field(&mut self, module: ModuleId, field: &hir::Field) -> plan::Field {
        plan::Field { name: field.name.clone(), doc: field.doc.clone(), ty: self.ty(module, &field.ty) }
    }

    fn record_requires(&mut self, id: TypeId) -> (Vec<plan::Require>, Vec<plan::Var>) {
        let Some((module, Definition::Requires(_, requires, locals))) = self.requires.get(&id).copied()
        else {
            return (Vec::new(), Vec::new());
        };
        let mut owner = Owner::new(self, module, locals);
        let requires = requires.iter().map(|require| owner.require(require)).collect();
        (requires, owner.finish())
    }
}
