use super::{Fitter, Misfit, leaf, words};
use crate::engine::eval::wire::members;
use crate::engine::eval::{Record, Value, to_json};
use crate::plan::{Type, TypeKind};

/// Whether a value that is there fits a type.
pub(super) fn check(mut fitter: Fitter<'_>, value: &Value, ty: &Type) -> Result<(), Vec<Misfit>> {
    look(&mut fitter, value, ty);
    fitter.end()
}

fn look(fitter: &mut Fitter<'_>, value: &Value, ty: &Type) {
    match (ty, value) {
        (Type::Json, _)
        | (Type::Optional(_), Value::None)
        | (Type::Bool, Value::Bool(_))
        | (Type::Date, Value::Date(_))
        | (Type::Grade, Value::Grade(_)) => {}
        (Type::Optional(inner), value) => look(fitter, value, inner),
        (Type::Text(max), Value::Text(text)) => fitter.note(leaf::text(text, *max)),
        (Type::Int(range), Value::Int(value)) => fitter.note(leaf::int(*value, *range)),
        (Type::Number(range), Value::Int(_) | Value::Number(_)) => {
            fitter.note(value.as_number().and_then(|number| leaf::number(number, *range)));
        }
        (Type::List(item, max), Value::List(items)) => {
            fitter.note(leaf::list(items.len(), *max));
            for (position, value) in items.iter().enumerate() {
                fitter.below(&format!("[{position}]"), |fitter| look(fitter, value, item));
            }
        }
        (Type::Named(wanted), Value::Variant(id, _)) if wanted == id => {}
        (Type::Named(_) | Type::OneOf(_), Value::Record(record)) if allows(fitter, ty, record) => {
            fields(fitter, record);
        }
        _ => {
            let found = words::found(&to_json(fitter.plan, value, None));
            fitter.note(Some(format!("expected {}, found {found}", words::expected(fitter.plan, ty))));
        }
    }
}

/// Whether a record is the one that is wanted, or one of them.
fn allows(fitter: &Fitter<'_>, ty: &Type, record: &Record) -> bool {
    if let Some(members) = members(fitter.plan, ty) {
        return members.contains(&record.ty);
    }
    match ty {
        Type::OneOf(only) => only.contains(&record.ty),
        Type::Named(id) => match fitter.plan.type_decl(*id).map(|decl| &decl.kind) {
            Some(TypeKind::Union { members }) => members.contains(&record.ty),
            _ => *id == record.ty,
        },
        _ => false,
    }
}

fn fields(fitter: &mut Fitter<'_>, record: &Record) {
    let plan = fitter.plan;
    let Some(TypeKind::Record { fields, requires, .. }) = plan.type_decl(record.ty).map(|decl| &decl.kind)
    else {
        return;
    };
    if fields.len() != record.fields.len() {
        let (wanted, found) = (fields.len(), record.fields.len());
        return fitter.note(Some(format!("expected {wanted} fields, found {found}")));
    }
    let before = fitter.count();
    for (field, value) in fields.iter().zip(&record.fields) {
        fitter.below_name(&field.name, |fitter| look(fitter, value, &field.ty));
    }
    if fitter.count() == before {
        fitter.check_requires(requires, &record.fields);
    }
}
