use crate::base::Span;
use crate::diag::Code;
use crate::language::check::cx::{Cx, broken};
use crate::language::check::wanted::Wanted;
use crate::language::hir::{Expr, ExprKind, Field, Type, TypeId, TypeKind, name_of};
use crate::language::syntax::ast::{FieldInit, Name};
use crate::plan::Literal;

impl Cx<'_> {
    /// `Finding { file: f, note }`
    pub(super) fn record(&mut self, span: Span, name: &Name, inits: &[FieldInit]) -> Expr {
        let id = self.expect_type(name);
        let kind = id.and_then(|id| self.type_decl(id)).map(|decl| decl.kind.clone());
        match (id, kind) {
            (Some(id), Some(TypeKind::Record(fields))) => self.record_of(span, name, id, &fields, inits),
            (Some(id), Some(kind)) => {
                self.no_record(name, id, &kind);
                self.silently(inits);
                broken(span)
            }
            _ => {
                self.silently(inits);
                broken(span)
            }
        }
    }

    fn record_of(
        &mut self,
        span: Span,
        name: &Name,
        id: TypeId,
        fields: &[Field],
        inits: &[FieldInit],
    ) -> Expr {
        let mut values: Vec<Option<Expr>> = vec![None; fields.len()];
        let mut first: Vec<Option<Span>> = vec![None; fields.len()];
        let mut is_broken = false;
        for init in inits {
            let Some(at) = fields.iter().position(|field| field.name == init.name.text) else {
                is_broken = true;
                if !init.name.is_missing() {
                    self.unknown_field(id, &init.name, inits);
                }
                self.silently(std::slice::from_ref(init));
                continue;
            };
            let (Some(slot), Some(seen), Some(field)) =
                (values.get_mut(at), first.get_mut(at), fields.get(at))
            else {
                continue;
            };
            if let Some(earlier) = seen {
                let message = format!("`{}` is given twice", init.name.text);
                let report = self.error(Code::GivenTwice, init.name.span, message).here("again here").label(
                    self.file,
                    *earlier,
                    "first here",
                );
                self.report(report);
            }
            *seen = Some(init.name.span);
            let wanted = Wanted::Field(id, at);
            *slot = Some(match &init.value {
                Some(value) => self.expect(value, &field.ty, wanted),
                None => {
                    let value = self.value_of(&init.name, Some(&field.ty));
                    let told = self.diagnostics.len();
                    let value = self.expect_checked(value, &field.ty, wanted);
                    self.write_out(&init.name, told);
                    value
                }
            });
        }
        self.missing_fields(span, name, id, fields, &values, is_broken);
        let absent = |value: Option<Expr>| {
            value.unwrap_or(Expr { ty: Type::None, span, kind: ExprKind::Literal(Literal::None) })
        };
        let values = values.into_iter().map(absent).collect();
        Expr { ty: Type::Named(id), span, kind: ExprKind::Record(id, values) }
    }

    /// Fixes of what was told since then write the short form of a field out: what they write is its value.
    fn write_out(&mut self, field: &Name, told: usize) {
        let since = self.diagnostics.iter_mut().skip(told);
        for edit in since.filter_map(|it| it.fix.as_mut()).flat_map(|fix| &mut fix.edits) {
            if edit.place.span == field.span {
                edit.text = format!("{}: {}", field.text, edit.text);
            }
        }
    }

    fn missing_fields(
        &mut self,
        span: Span,
        name: &Name,
        id: TypeId,
        fields: &[Field],
        values: &[Option<Expr>],
        is_broken: bool,
    ) {
        let missing: Vec<&Field> = fields
            .iter()
            .zip(values)
            .filter(|(field, value)| value.is_none() && !field.ty.is_optional() && field.ty != Type::Error)
            .map(|(field, _)| field)
            .collect();
        // A misspelt field is missing too; saying both would be one slip twice.
        if missing.is_empty() || is_broken || name.is_missing() || self.has_slip(span) {
            return;
        }
        let names = list_of(missing.iter().map(|field| format!("`{}`", field.name)));
        let message = format!("`{}` also needs {names}", name.text);
        let mut report =
            self.error(Code::FieldMissing, Span { start: name.span.start, end: span.end }, message);
        report.place.span = name.span;
        let parts: Vec<String> =
            missing.iter().map(|field| format!("{}: {}", field.name, self.show(&field.ty))).collect();
        if let Some(decl) = self.type_decl(id)
            && decl.module.is_some()
        {
            for field in &missing {
                report = report.label(decl.file, field.span, format!("`{}` is not optional", field.name));
            }
        }
        let report = report.help(format!("add {}", parts.join(", ")));
        self.report(report);
    }

    fn no_record(&mut self, name: &Name, id: TypeId, kind: &TypeKind) {
        let (message, help) = match kind {
            TypeKind::Union(members) => (
                format!("`{}` is a union: write the record that is meant", name.text),
                format!(
                    "it is one of {}",
                    list_of(members.iter().map(|id| format!("`{}`", name_of(self, *id))))
                ),
            ),
            TypeKind::Enum { variants, .. } => (
                format!("`{}` is an enum, and only records are written with `{{ }}`", name.text),
                format!(
                    "write `{}.{}`",
                    name.text,
                    variants.first().map_or("variant", |it| it.name.as_str())
                ),
            ),
            TypeKind::Record(_) | TypeKind::Error => return,
        };
        let mut report = self.error(Code::NotARecord, name.span, message).help(help);
        if let Some(decl) = self.type_decl(id) {
            report = report.label(decl.file, decl.span, "declared here");
        }
        self.report(report);
    }

    /// Values for which there is no demand any more: they count as used, and what is not known is silent.
    fn silently(&mut self, inits: &[FieldInit]) {
        for init in inits {
            match &init.value {
                Some(value) => drop(self.infer(value, Some(&Type::Error))),
                None => drop(self.value_of(&init.name, Some(&Type::Error))),
            }
        }
    }
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn list_of(words: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = words.collect();
    match all.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
