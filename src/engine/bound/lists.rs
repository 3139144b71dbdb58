//! The most items that a list can have (L2.8), by the values that are known and by the form of its expression.

use crate::engine::eval::{Env, MAX_ITEMS, Value, eval};
use crate::plan::{Expr, ExprId, Function, Plan, Type, TypeKind, VarId};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What is known of a variable before a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    /// All of it.
    Value(Value),
    /// A list of at most so many.
    Items(u64),
    /// The parameter of the outermost workflow that it follows from, whose length decides.
    Param(SmolStr),
    /// It is this expression.
    Expr(ExprId),
}

/// The most items of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Most {
    /// At most so many.
    Items(u64),
    /// It follows from this parameter.
    Param(SmolStr),
}

/// Variables of a workflow, as far as they are known.
#[derive(Clone, Debug)]
pub(super) struct Scope<'a> {
    pub(super) plan: &'a Plan,
    pub(super) vars: &'a [crate::plan::Var],
    pub(super) known: BTreeMap<VarId, Known>,
}

impl Env for Scope<'_> {
    fn lookup(&self, var: VarId) -> Option<Value> {
        match self.known.get(&var)? {
            Known::Value(value) => Some(value.clone()),
            _ => None,
        }
    }
}

impl Scope<'_> {
    /// The value of an expression over what is known.
    pub(super) fn value(&self, id: ExprId) -> Option<Value> {
        eval(self.plan, id, self).ok()
    }

    /// The most items that an expression can have. What nothing bounds is bounded by the size of values.
    pub(super) fn most(&self, id: ExprId) -> Most {
        if let Some(Value::List(items)) = self.value(id) {
            return Most::Items(items.len() as u64);
        }
        self.by_form(id).unwrap_or(Most::Items(MAX_ITEMS as u64))
    }

    fn by_form(&self, id: ExprId) -> Option<Most> {
        match self.plan.expr(id) {
            Expr::Var(var) => self.of_var(*var),
            Expr::List(items) => Some(Most::Items(items.len() as u64)),
            Expr::Comprehension { list, .. } => self.by_form(*list),
            Expr::Concat(left, right) => {
                both(self.by_form(*left)?, self.by_form(*right)?, u64::saturating_add)
            }
            Expr::When(_, left, right) | Expr::Else(left, right) => {
                both(self.by_form(*left)?, self.by_form(*right)?, u64::max)
            }
            Expr::Call(function, args) => self.of_call(*function, args),
            _ => self.of_type(id).or_else(|| self.root(id).map(Most::Param)),
        }
    }

    fn of_var(&self, var: VarId) -> Option<Most> {
        let by_type = || max_of(&self.vars.get(var.index())?.ty);
        match self.known.get(&var) {
            Some(Known::Items(items)) => Some(Most::Items(by_type().map_or(*items, |max| max.min(*items)))),
            Some(Known::Value(Value::List(items))) => Some(Most::Items(items.len() as u64)),
            Some(Known::Param(name)) => {
                Some(by_type().map_or_else(|| Most::Param(name.clone()), Most::Items))
            }
            Some(Known::Expr(id)) => by_type().map(Most::Items).or_else(|| self.by_form(*id)),
            _ => by_type().map(Most::Items),
        }
    }

    fn of_call(&self, function: Function, args: &[ExprId]) -> Option<Most> {
        let list = *args.first()?;
        let int = || self.value(*args.get(1)?)?.as_int().map(|count| count.max(0).unsigned_abs());
        match function {
            Function::Sort | Function::Reverse | Function::Unique | Function::Present => self.by_form(list),
            Function::Take => match (self.by_form(list), int()) {
                (Some(Most::Items(items)), Some(count)) => Some(Most::Items(items.min(count))),
                (_, Some(count)) => Some(Most::Items(count)),
                (most, None) => most,
            },
            Function::Batches => match (self.by_form(list)?, int()) {
                (Most::Items(items), Some(size)) => Some(Most::Items(items.div_ceil(size.max(1)))),
                (most, _) => Some(most),
            },
            Function::Flatten => {
                let Some(Type::List(inner, _)) = self.type_of(list) else { return None };
                let inner = max_of(&inner)?;
                match self.by_form(list)? {
                    Most::Items(items) => Some(Most::Items(items.saturating_mul(inner))),
                    param @ Most::Param(_) => Some(param),
                }
            }
            _ => None,
        }
    }

    fn of_type(&self, id: ExprId) -> Option<Most> {
        self.type_of(id).and_then(|ty| max_of(&ty)).map(Most::Items)
    }

    /// The type of a path, a parsed value or a pure tool's result.
    fn type_of(&self, id: ExprId) -> Option<Type> {
        match self.plan.expr(id) {
            Expr::Var(var) => Some(self.vars.get(var.index())?.ty.clone()),
            Expr::Field(base, position) => {
                let id = match self.type_of(*base)? {
                    Type::Named(id) => id,
                    Type::Optional(inner) => match *inner {
                        Type::Named(id) => id,
                        _ => return None,
                    },
                    _ => return None,
                };
                match &self.plan.type_decl(id)?.kind {
                    TypeKind::Record { fields, .. } => Some(fields.get(*position as usize)?.ty.clone()),
                    _ => None,
                }
            }
            Expr::Parse(_, ty) => Some(ty.clone()),
            Expr::PureTool(tool, _) => self.plan.tool(*tool)?.result.clone(),
            _ => None,
        }
    }

    /// The parameter that a path begins with.
    fn root(&self, id: ExprId) -> Option<SmolStr> {
        match self.plan.expr(id) {
            Expr::Field(base, _) | Expr::Index(base, _) => self.root(*base),
            Expr::Var(var) => match self.known.get(var)? {
                Known::Param(name) => Some(name.clone()),
                Known::Expr(id) => self.root(*id),
                _ => None,
            },
            _ => None,
        }
    }
}

fn both(left: Most, right: Most, join: impl Fn(u64, u64) -> u64) -> Option<Most> {
    match (left, right) {
        (Most::Items(left), Most::Items(right)) => Some(Most::Items(join(left, right))),
        (param @ Most::Param(_), _) | (_, param @ Most::Param(_)) => Some(param),
    }
}

/// The `max` of a list's type.
fn max_of(ty: &Type) -> Option<u64> {
    match ty {
        Type::List(_, max) => *max,
        Type::Optional(inner) => max_of(inner),
        _ => None,
    }
}
