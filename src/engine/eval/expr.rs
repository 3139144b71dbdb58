use super::{Env, EvalFault, Value, interpreter::Interpreter};
use crate::plan::{ExprId, Plan};
use std::sync::Arc;

/// The value of an expression.
pub fn eval(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<Value, EvalFault> {
    Interpreter::new(plan, env, 0).run(id)
}

/// The value of a condition.
pub fn eval_bool(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<bool, EvalFault> {
    as_bool(&eval(plan, id, env)?)
}

/// The value of a text: a prompt, a role, a message.
pub fn eval_text(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<Arc<str>, EvalFault> {
    as_text(&eval(plan, id, env)?)
}

pub(super) fn as_bool(value: &Value) -> Result<bool, EvalFault> {
    if let Value::Bool(value) = value {
        Ok(*value)
    } else {
        Err(EvalFault::type_fault("a condition is no bool"))
    }
}

pub(super) fn as_text(value: &Value) -> Result<Arc<str>, EvalFault> {
    if let Value::Text(text) = value {
        Ok(Arc::clone(text))
    } else {
        Err(EvalFault::type_fault("a text is no text"))
    }
}

pub(super) fn as_list(value: &Value) -> Result<&[Value], EvalFault> {
    value.as_list().ok_or_else(|| EvalFault::type_fault("a list is no list"))
}
