use super::{Env, EvalFault, Value};
use crate::plan::{ExprId, Plan};
use std::sync::Arc;

/// The value of an expression.
pub fn eval(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<Value, EvalFault> {
    let _ = (plan, id, env);
    Err(EvalFault::type_fault("not evaluated yet"))
}

/// The value of a condition.
pub fn eval_bool(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<bool, EvalFault> {
    match eval(plan, id, env)? {
        Value::Bool(value) => Ok(value),
        _ => Err(EvalFault::type_fault("a condition is no bool")),
    }
}

/// The value of a text: a prompt, a role, a message.
pub fn eval_text(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<Arc<str>, EvalFault> {
    match eval(plan, id, env)? {
        Value::Text(text) => Ok(text),
        _ => Err(EvalFault::type_fault("a text is no text")),
    }
}
