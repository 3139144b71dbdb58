use super::Value;
use crate::plan::{Param, VarId};

/// What the variables of an expression hold.
pub trait Env {
    /// The value of a variable; `None` for one that is not bound (yet).
    fn lookup(&self, var: VarId) -> Option<Value>;
}

/// No variables: constants.
#[derive(Clone, Copy, Debug)]
pub struct NoVars;

impl Env for NoVars {
    fn lookup(&self, _: VarId) -> Option<Value> {
        None
    }
}

/// Variables that are numbered from 0 without gaps: the fields of a record in its `require`s.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<'a>(pub &'a [Value]);

impl Env for Numbered<'_> {
    fn lookup(&self, var: VarId) -> Option<Value> {
        self.0.get(var.index()).cloned()
    }
}

/// The parameters of an agent, rubric, tool or workflow with a value each.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    /// The parameters.
    pub params: &'a [Param],
    /// A value for each.
    pub values: &'a [Value],
}

impl Env for Args<'_> {
    fn lookup(&self, var: VarId) -> Option<Value> {
        let position = self.params.iter().position(|param| param.var == var)?;
        self.values.get(position).cloned()
    }
}
