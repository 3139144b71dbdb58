//! Does a value fit its type; if not, where and why.
//!
//! What comes from outside is read here and nowhere else: a model's answer, a tool's result, a person's, an input.
//! Everything that does not fit is reported, not the first alone. Fields that a type does not have are ignored, and an
//! optional field may be absent or `null`; nothing else is forgiven: the JSON schema says the same.

mod json;
mod leaf;
mod value;
mod words;

pub(super) use json::Fitter;
pub(super) use words::at_most;

use super::{Args, EvalFault, Requires, Value, eval};
use crate::plan::{Param, Plan, Type, TypeId, TypeKind};

/// A place in a value that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where: `findings[2].severity`; empty for the whole value.
    pub path: String,
    /// What is wrong, in words with the expected and the found.
    pub message: String,
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "`{}`: {}", self.path, self.message)
        }
    }
}

/// JSON as a value of a type, or everything that does not fit.
pub fn fit(
    plan: &Plan,
    json: &serde_json::Value,
    ty: &Type,
    requires: Requires,
) -> Result<Value, Vec<Misfit>> {
    Fitter::new(plan, requires, 0).fit(json, ty)
}

/// Whether a value fits a type, bounds and `require`s included, or everything that does not.
pub fn check_value(plan: &Plan, value: &Value, ty: &Type, requires: Requires) -> Result<(), Vec<Misfit>> {
    value::check(Fitter::new(plan, requires, 0), value, ty)
}

/// The messages of the `require`s of a record that do not hold for its fields, in their order (L2.6).
pub fn broken_requires(plan: &Plan, record: TypeId, fields: &[Value]) -> Vec<String> {
    let mut fitter = Fitter::new(plan, Requires::Checked, 0);
    if let Some(TypeKind::Record { requires, .. }) = plan.type_decl(record).map(|decl| &decl.kind) {
        fitter.check_requires(requires, fields);
    }
    let broken = fitter.end().err().unwrap_or_default();
    broken.into_iter().map(|misfit| misfit.message).collect()
}

/// The arguments that a JSON object gives to parameters by name, defaults filled in: a tool call of a model, an input.
/// A name that is no parameter is a misfit.
pub fn fit_args(plan: &Plan, params: &[Param], json: &serde_json::Value) -> Result<Vec<Value>, Vec<Misfit>> {
    let Some(entries) = json.as_object() else {
        let message = format!("expected an object with the parameters, found {}", words::found(json));
        return Err(vec![Misfit { path: String::new(), message }]);
    };
    let mut misfits: Vec<Misfit> =
        entries.keys().filter_map(|key| words::unknown_param(params, key)).collect();
    let mut values: Vec<Value> = Vec::new();
    for param in params {
        match argument(plan, param, entries.get(param.name.as_str()), &values, params) {
            Ok(value) => values.push(value),
            Err(found) => {
                misfits.extend(found);
                values.push(Value::None);
            }
        }
    }
    if misfits.is_empty() { Ok(values) } else { Err(misfits) }
}

fn argument(
    plan: &Plan,
    param: &Param,
    json: Option<&serde_json::Value>,
    before: &[Value],
    params: &[Param],
) -> Result<Value, Vec<Misfit>> {
    let here = |message| Misfit { path: param.name.to_string(), message };
    match (json, param.default) {
        (Some(json), _) => Fitter::new(plan, Requires::Checked, 0).at(&param.name).fit(json, &param.ty),
        (None, Some(default)) => {
            eval(plan, default, &Args { params, values: before }).map_err(|fault| vec![here(fault.message)])
        }
        (None, None) if matches!(param.ty, Type::Optional(_)) => Ok(Value::None),
        (None, None) => Err(vec![here(format!("missing: expected {}", words::expected(plan, &param.ty)))]),
    }
}

/// What a parameter is that was left out; `None` for one that has to be given.
pub fn default_of(plan: &Plan, param: &Param) -> Option<Result<Value, EvalFault>> {
    match param.default {
        Some(default) => Some(eval(plan, default, &super::NoVars)),
        None if matches!(param.ty, Type::Optional(_)) => Some(Ok(Value::None)),
        None => None,
    }
}
