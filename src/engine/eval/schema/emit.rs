use super::{describe, object};
use crate::engine::eval::fit::at_most;
use crate::engine::eval::json::number;
use crate::engine::eval::wire::{members, tag_key};
use crate::plan::{Field, Plan, TextMax, TextUnit, Type, TypeDecl, TypeId, TypeKind};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// Writes the schema of types, and what they share under `$defs`.
pub(super) struct Emitter<'a> {
    plan: &'a Plan,
    /// The record that is the answer: other places refer to it as `#`.
    root: Option<TypeId>,
    /// Names under `$defs`; a definition that is being written is `null`.
    defined: IndexMap<TypeId, (String, Json)>,
}

impl<'a> Emitter<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self { plan, root: None, defined: IndexMap::new() }
    }

    /// The schema of a type that stands at the top.
    pub(super) fn root(mut self, ty: &Type) -> Json {
        let schema = match ty {
            Type::Named(id) if super::is_asked_as_record(self.plan, ty) => {
                self.root = Some(*id);
                self.declared(*id)
            }
            other => self.below(other, None),
        };
        self.finish(schema)
    }

    /// Adds the definitions that were referred to.
    pub(super) fn finish(self, mut schema: Json) -> Json {
        let definitions: Map<String, Json> = self.defined.into_values().collect();
        if let (Some(entries), false) = (schema.as_object_mut(), definitions.is_empty()) {
            entries.insert("$defs".to_owned(), Json::Object(definitions));
        }
        schema
    }

    /// The schema of a type that stands below something, with what is said about its place.
    pub(super) fn below(&mut self, ty: &Type, doc: Option<&str>) -> Json {
        let mut schema = self.plain(ty);
        describe::add_first(&mut schema, doc);
        schema
    }

    fn plain(&mut self, ty: &Type) -> Json {
        match ty {
            Type::Text(max) => text(*max),
            Type::Int(None) => json!({ "type": "integer" }),
            Type::Int(Some((low, high))) => json!({ "type": "integer", "minimum": low, "maximum": high }),
            Type::Number(None) => json!({ "type": "number" }),
            Type::Number(Some((low, high))) => {
                json!({ "type": "number", "minimum": number(*low), "maximum": number(*high) })
            }
            Type::Bool => json!({ "type": "boolean" }),
            Type::Date => {
                json!({ "type": "string", "format": "date", "description": "a date like 2025-03-01" })
            }
            Type::Json => json!({}),
            Type::Grade => describe::grade(),
            Type::List(item, max) => {
                let mut schema = json!({ "type": "array", "items": self.plain(item) });
                if let (Some(max), Some(entries)) = (max, schema.as_object_mut()) {
                    entries.insert("maxItems".to_owned(), json!(max));
                }
                schema
            }
            Type::Optional(inner) => json!({ "anyOf": [self.plain(inner), { "type": "null" }] }),
            Type::OneOf(ids) => match members(self.plan, ty) {
                Some(members) => self.union(members, None),
                None => ids.first().map_or(Json::Bool(false), |only| self.plain(&Type::Named(*only))),
            },
            Type::Named(id) => self.reference(*id),
        }
    }

    /// An enum as it is; a record or union as it is, or by reference where it stands in several places.
    fn reference(&mut self, id: TypeId) -> Json {
        let Some(decl) = self.plan.type_decl(id) else { return Json::Bool(false) };
        if let TypeKind::Enum { variants, .. } = &decl.kind {
            let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
            let mut schema = json!({ "type": "string", "enum": names });
            describe::add(&mut schema, decl.doc.as_deref().unwrap_or_default());
            describe::add(&mut schema, describe::variants(variants));
            return schema;
        }
        if self.root == Some(id) {
            return json!({ "$ref": "#" });
        }
        if let Some((name, _)) = self.defined.get(&id) {
            return json!({ "$ref": format!("#/$defs/{name}") });
        }
        if !self.is_shared(id) {
            return self.declared(id);
        }
        let name = self.free_name(&decl.name);
        self.defined.insert(id, (name.clone(), Json::Null));
        let schema = self.declared(id);
        if let Some(entry) = self.defined.get_mut(&id) {
            entry.1 = schema;
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// Two modules may have a type of one name.
    fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| self.defined.values().any(|(taken, _)| taken == name);
        let mut numbered = (2..).map(|number| format!("{name}_{number}"));
        if taken(name) { numbered.find(|name| !taken(name)).unwrap_or_default() } else { name.to_owned() }
    }

    fn declared(&mut self, id: TypeId) -> Json {
        let Some(decl) = self.plan.type_decl(id) else { return Json::Bool(false) };
        match &decl.kind {
            TypeKind::Record { fields, .. } => self.record(decl, fields, None),
            TypeKind::Union { members } => match members.as_slice() {
                [only] => self.reference(*only),
                _ => self.union(members, decl.doc.as_deref()),
            },
            TypeKind::Enum { .. } => self.reference(id),
        }
    }

    fn union(&mut self, ids: &[TypeId], doc: Option<&str>) -> Json {
        let key = tag_key(self.plan, ids);
        let mut members = Vec::new();
        for decl in ids.iter().filter_map(|id| self.plan.type_decl(*id)) {
            if let TypeKind::Record { fields, .. } = &decl.kind {
                members.push(self.record(decl, fields, Some(key)));
            }
        }
        let mut schema = json!({ "anyOf": members });
        describe::add_first(&mut schema, doc);
        schema
    }

    fn record(&mut self, decl: &TypeDecl, fields: &[Field], tag: Option<&str>) -> Json {
        let mut properties = Vec::new();
        if let Some(key) = tag {
            properties.push((key.to_owned(), json!({ "type": "string", "const": decl.name })));
        }
        for field in fields {
            properties.push((field.name.to_string(), self.below(&field.ty, field.doc.as_deref())));
        }
        let mut schema = object(properties);
        describe::add_first(&mut schema, decl.doc.as_deref());
        schema
    }

    /// Whether a type holds itself, or holds so much that it is not worth repeating. Types that hold no other record
    /// are written where they stand.
    fn is_shared(&self, id: TypeId) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = self.parts(id);
        while let Some(part) = open.pop() {
            if part == id {
                return true;
            }
            if seen.insert(part) {
                open.extend(self.parts(part));
            }
        }
        seen.len() > SMALL
    }

    /// The records and unions that stand directly in one.
    fn parts(&self, id: TypeId) -> Vec<TypeId> {
        let mut found = Vec::new();
        match self.plan.type_decl(id).map(|decl| &decl.kind) {
            Some(TypeKind::Record { fields, .. }) => {
                fields.iter().for_each(|field| collect(self.plan, &field.ty, &mut found));
            }
            Some(TypeKind::Union { members }) => found.extend(members),
            _ => {}
        }
        found
    }
}

/// A record with no more records in it than this is written wherever it stands, unless it holds itself.
const SMALL: usize = 3;

fn collect(plan: &Plan, ty: &Type, found: &mut Vec<TypeId>) {
    match ty {
        Type::List(inner, _) | Type::Optional(inner) => collect(plan, inner, found),
        Type::OneOf(ids) => found.extend(ids),
        Type::Named(id) => {
            let declared = plan.type_decl(*id).map(|decl| &decl.kind);
            if matches!(declared, Some(TypeKind::Record { .. } | TypeKind::Union { .. })) {
                found.push(*id);
            }
        }
        _ => {}
    }
}

fn text(max: Option<TextMax>) -> Json {
    let mut schema = json!({ "type": "string" });
    let Some(max) = max else { return schema };
    if let (TextUnit::Chars, Some(entries)) = (max.unit, schema.as_object_mut()) {
        entries.insert("maxLength".to_owned(), json!(max.count));
    }
    describe::add(&mut schema, at_most(max));
    schema
}
