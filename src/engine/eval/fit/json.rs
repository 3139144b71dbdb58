use super::{Misfit, leaf, words};
use crate::base::Decimal;
use crate::engine::eval::interpreter::Interpreter;
use crate::engine::eval::wire::{LONG_TAG, TAG, members, tag_key};
use crate::engine::eval::{Date, Numbered, Requires, Value};
use crate::plan::{Field, Plan, Require, Type, TypeDecl, TypeId, TypeKind};
use serde_json::{Map, Value as Json};

/// Reads JSON as a type and collects what does not fit.
pub(in crate::engine::eval) struct Fitter<'a> {
    pub(super) plan: &'a Plan,
    requires: Requires,
    /// How deep this stands in the evaluation of other `require`s.
    nesting: u32,
    path: String,
    misfits: Vec<Misfit>,
}

impl<'a> Fitter<'a> {
    pub(in crate::engine::eval) fn new(plan: &'a Plan, requires: Requires, nesting: u32) -> Self {
        Self { plan, requires, nesting, path: String::new(), misfits: Vec::new() }
    }

    /// Begins below a name.
    pub(in crate::engine::eval) fn at(mut self, name: &str) -> Self {
        name.clone_into(&mut self.path);
        self
    }

    pub(in crate::engine::eval) fn fit(mut self, json: &Json, ty: &Type) -> Result<Value, Vec<Misfit>> {
        match self.read(json, ty) {
            Some(value) if self.misfits.is_empty() => Ok(value),
            _ => Err(self.misfits),
        }
    }

    pub(super) fn end(self) -> Result<(), Vec<Misfit>> {
        if self.misfits.is_empty() { Ok(()) } else { Err(self.misfits) }
    }

    /// How many misfits were noted.
    pub(super) fn count(&self) -> usize {
        self.misfits.len()
    }

    /// The value, where the shape is right; bounds that do not hold are only noted.
    fn read(&mut self, json: &Json, ty: &Type) -> Option<Value> {
        match (ty, json) {
            (Type::Optional(_), Json::Null) => Some(Value::None),
            (Type::Optional(inner), json) => self.read(json, inner),
            (Type::Json, json) => Some(Value::Json(json.clone().into())),
            (Type::Text(max), Json::String(text)) => {
                self.note(leaf::text(text, *max));
                Some(Value::text(text.as_str()))
            }
            (Type::Bool, Json::Bool(value)) => Some(Value::Bool(*value)),
            (Type::Int(_) | Type::Number(_), Json::Number(number)) => self.read_number(json, number, ty),
            (Type::Date, Json::String(text)) => match text.parse::<Date>() {
                Ok(date) => Some(Value::Date(date)),
                Err(_) => self.mismatch(json, ty),
            },
            (Type::Grade, Json::String(text)) => match text.parse() {
                Ok(grade) => Some(Value::Grade(grade)),
                Err(_) => self.unknown_word(json, ty, text, words::grades()),
            },
            (Type::List(item, max), Json::Array(items)) => {
                self.note(leaf::list(items.len(), *max));
                self.read_items(items, item)
            }
            (Type::Named(_) | Type::OneOf(_), json) => self.read_declared(json, ty),
            _ => self.mismatch(json, ty),
        }
    }

    fn read_number(&mut self, json: &Json, number: &serde_json::Number, ty: &Type) -> Option<Value> {
        if let (Type::Int(range), Some(value)) = (ty, number.as_i64()) {
            self.note(leaf::int(value, *range));
            return Some(Value::Int(value));
        }
        let Ok(decimal) = Decimal::from_json_digits(number.as_str()) else {
            return self
                .refuse(format!("expected a number of at most 28 digits, found {}", words::found(json)));
        };
        match ty {
            Type::Int(range) => match decimal.to_i64() {
                Some(value) => {
                    self.note(leaf::int(value, *range));
                    Some(Value::Int(value))
                }
                None if decimal.is_whole() => {
                    self.refuse(format!("expected a whole number of 64 bits, found {}", words::found(json)))
                }
                None => self.mismatch(json, ty),
            },
            Type::Number(range) => {
                self.note(leaf::number(decimal, *range));
                Some(Value::Number(decimal))
            }
            _ => None,
        }
    }

    fn read_items(&mut self, items: &[Json], item_type: &Type) -> Option<Value> {
        let mut values = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            let read = self.below(&format!("[{position}]"), |fitter| fitter.read(item, item_type));
            values.push(read);
        }
        values.into_iter().collect::<Option<Vec<_>>>().map(Value::list)
    }

    fn read_declared(&mut self, json: &Json, ty: &Type) -> Option<Value> {
        if let Some(members) = members(self.plan, ty) {
            return self.read_member(json, ty, members);
        }
        let id = match ty {
            Type::Named(id) => *id,
            Type::OneOf(only) => *only.first()?,
            _ => return None,
        };
        let decl = self.plan.type_decl(id)?;
        match (&decl.kind, json) {
            (TypeKind::Enum { variants, .. }, Json::String(text)) => {
                let names = variants.iter().map(|variant| variant.name.as_str());
                match names.clone().position(|name| name == text) {
                    Some(position) => Some(Value::Variant(id, u32::try_from(position).ok()?)),
                    None => self.unknown_word(json, ty, text, names),
                }
            }
            (TypeKind::Record { .. }, Json::Object(entries)) => self.read_record(id, decl, entries),
            (TypeKind::Union { members }, json) => self.read(json, &Type::Named(*members.first()?)),
            _ => self.mismatch(json, ty),
        }
    }

    fn read_member(&mut self, json: &Json, ty: &Type, members: &[TypeId]) -> Option<Value> {
        let Json::Object(entries) = json else { return self.mismatch(json, ty) };
        let key = tag_key(self.plan, members);
        let name = entries.get(key).or_else(|| entries.get(LONG_TAG)).or_else(|| entries.get(TAG));
        let names = members.iter().filter_map(|id| self.plan.type_decl(*id).map(|decl| (*id, decl)));
        let listed: Vec<&str> = names.clone().map(|(_, decl)| decl.name.as_str()).collect();
        let listed = listed.join(", ");
        let name = match name {
            Some(Json::String(name)) => name,
            Some(other) => {
                let found = words::found(other);
                return self.refuse(format!("expected `{key}` to be one of {listed}, found {found}"));
            }
            None => return self.refuse(format!("`{key}` is missing: expected one of {listed}")),
        };
        match names.clone().find(|(_, decl)| decl.name == name.as_str()) {
            Some((id, decl)) => self.read_record(id, decl, entries),
            None => {
                let hint = words::did_you_mean(name, names.map(|(_, decl)| decl.name.as_str()));
                self.refuse(format!("expected `{key}` to be one of {listed}, found {name:?}{hint}"))
            }
        }
    }

    fn read_record(&mut self, id: TypeId, decl: &'a TypeDecl, entries: &Map<String, Json>) -> Option<Value> {
        let TypeKind::Record { fields, requires, .. } = &decl.kind else { return None };
        let before = self.misfits.len();
        let read: Vec<Option<Value>> = fields.iter().map(|field| self.read_field(field, entries)).collect();
        let values = read.into_iter().collect::<Option<Vec<Value>>>()?;
        if self.misfits.len() == before {
            self.check_requires(requires, &values);
        }
        Some(Value::record(id, values))
    }

    fn read_field(&mut self, field: &'a Field, entries: &Map<String, Json>) -> Option<Value> {
        let json = entries.get(field.name.as_str());
        self.below_name(&field.name, |fitter| match (json, &field.ty) {
            (Some(json), ty) => fitter.read(json, ty),
            (None, Type::Optional(_)) => Some(Value::None),
            (None, ty) => {
                let expected = words::expected(fitter.plan, ty);
                fitter.refuse(format!("missing: expected {expected}"))
            }
        })
    }

    /// Looks at the `require`s of a record whose fields fit.
    pub(super) fn check_requires(&mut self, requires: &'a [Require], fields: &[Value]) {
        if self.requires == Requires::Taken {
            return;
        }
        let env = Numbered(fields);
        let run = |id| Interpreter::new(self.plan, &env, self.nesting).run(id);
        let mut said = Vec::new();
        for require in requires {
            match run(require.condition) {
                Ok(Value::Bool(true)) => {}
                Ok(_) => said.push(match run(require.message) {
                    Ok(Value::Text(message)) => message.to_string(),
                    Ok(_) => String::new(),
                    Err(fault) => fault.message,
                }),
                Err(fault) => said.push(fault.message),
            }
        }
        for message in said {
            self.note(Some(message));
        }
    }

    pub(super) fn below_name<T>(&mut self, name: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        if self.path.is_empty() { self.below(name, act) } else { self.below(&format!(".{name}"), act) }
    }

    pub(super) fn below<T>(&mut self, part: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(part);
        let result = act(self);
        self.path.truncate(length);
        result
    }

    pub(super) fn note(&mut self, message: Option<String>) {
        if let Some(message) = message {
            self.misfits.push(Misfit { path: self.path.clone(), message });
        }
    }

    fn refuse(&mut self, message: String) -> Option<Value> {
        self.note(Some(message));
        None
    }

    fn mismatch(&mut self, json: &Json, ty: &Type) -> Option<Value> {
        let message = format!("expected {}, found {}", words::expected(self.plan, ty), words::found(json));
        self.refuse(message)
    }

    fn unknown_word<'n>(
        &mut self,
        json: &Json,
        ty: &Type,
        word: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Option<Value> {
        let expected = words::expected(self.plan, ty);
        let hint = words::did_you_mean(word, names);
        self.refuse(format!("expected {expected}, found {}{hint}", words::found(json)))
    }
}
