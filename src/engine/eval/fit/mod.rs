//! Does a value fit its type; if not, where and why.

use super::{EvalFault, Requires, Value};
use crate::plan::{Param, Plan, Type};

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
            write!(formatter, "{}: {}", self.path, self.message)
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
    let _ = (plan, json, ty, requires);
    Err(Vec::new())
}

/// Whether a value fits a type, bounds and `require`s included, or everything that does not.
pub fn check_value(plan: &Plan, value: &Value, ty: &Type, requires: Requires) -> Result<(), Vec<Misfit>> {
    let _ = (plan, value, ty, requires);
    Ok(())
}

/// The arguments that a JSON object gives to parameters by name, defaults filled in: a tool call of a model, an input.
pub fn fit_args(plan: &Plan, params: &[Param], json: &serde_json::Value) -> Result<Vec<Value>, Vec<Misfit>> {
    let _ = (plan, params, json);
    Err(Vec::new())
}

/// What parameters are that were left out; `None` for one that has to be given.
pub fn default_of(plan: &Plan, param: &Param) -> Option<Result<Value, EvalFault>> {
    let _ = (plan, param);
    None
}
