//! The evaluator: a stack machine of its own, so that no expression, however deep, can overflow the native stack.
//!
//! A task is pushed for what remains to be done once the values below it are there; the values wait on a second stack.
//! Variables that an expression binds itself lie on a third; a pure tool and a record's `require`s see only what
//! was bound above their floor.

use super::expr::{as_bool, as_list, as_text};
use super::limits::within_limits;
use super::{Env, EvalFault, Value, compare, functions, operators};
use crate::plan::{Expr, ExprId, Literal, Plan, Require, ToolBody, ToolId, TypeId, TypeKind, VarId};
use smol_str::SmolStr;

mod comprehension;
mod text;

/// Tasks that may wait at once for each expression of the plan. In a checked plan an expression is at work once at a time,
/// so it stays below; one whose expressions contain themselves ends here.
const TASKS_OF_AN_EXPRESSION: usize = 8;
/// Evaluations within evaluations: `parse` checks a record, whose `require` parses again.
const MAX_NESTING: u32 = 16;

/// What remains to be done.
enum Task<'a> {
    Eval(ExprId),
    /// The operands are there.
    Apply(&'a Expr),
    /// The left side of `and`, `or`, `??`, or the condition of a `when`, is there.
    Decide(&'a Expr),
    /// A comprehension.
    Comprehension(comprehension::Stage),
    /// A text.
    Text(text::Stage<'a>),
    /// Back to the variables of the caller.
    Leave(Scope),
    /// The condition of a `require` is there.
    Required(TypeId, &'a Require),
    /// The message of a `require` that does not hold is there.
    Refuse(TypeId),
}

/// Which variables are seen.
#[derive(Clone, Copy)]
struct Scope {
    /// Bindings below are not seen.
    floor: usize,
    /// Whether the variables of the caller are seen.
    outer: bool,
    /// How many bindings there were.
    bindings: usize,
}

pub(super) struct Interpreter<'a> {
    plan: &'a Plan,
    env: &'a dyn Env,
    nesting: u32,
    tasks: Vec<Task<'a>>,
    values: Vec<Value>,
    bindings: Vec<(VarId, Value)>,
    floor: usize,
    /// Whether the caller's variables are seen: not in a pure tool, nor in a record's `require`.
    outer: bool,
    /// Texts that are being written, the innermost last.
    texts: Vec<String>,
    comprehensions: Vec<comprehension::Running>,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(plan: &'a Plan, env: &'a dyn Env, nesting: u32) -> Self {
        Self {
            plan,
            env,
            nesting,
            tasks: Vec::new(),
            values: Vec::new(),
            bindings: Vec::new(),
            floor: 0,
            outer: true,
            texts: Vec::new(),
            comprehensions: Vec::new(),
        }
    }

    pub(super) fn run(mut self, id: ExprId) -> Result<Value, EvalFault> {
        if self.nesting > MAX_NESTING {
            return Err(EvalFault::too_long("the checks of a record call each other too deep"));
        }
        let most = self.plan.exprs.len().saturating_mul(TASKS_OF_AN_EXPRESSION).saturating_add(1_000);
        self.tasks.push(Task::Eval(id));
        while let Some(task) = self.tasks.pop() {
            self.step(task)?;
            if self.tasks.len() > most {
                return Err(EvalFault::too_long("the expression is nested too deep"));
            }
        }
        self.pop()
    }

    fn step(&mut self, task: Task<'a>) -> Result<(), EvalFault> {
        match task {
            Task::Eval(id) => self.open(self.plan.expr(id)),
            Task::Apply(expr) => self.apply(expr),
            Task::Decide(expr) => self.decide(expr),
            Task::Comprehension(stage) => self.comprehension(stage),
            Task::Text(stage) => self.text(stage),
            Task::Leave(scope) => {
                self.leave(scope);
                Ok(())
            }
            Task::Required(ty, require) => self.required(ty, require),
            Task::Refuse(ty) => self.refuse(ty),
        }
    }

    /// Begins an expression.
    fn open(&mut self, expr: &'a Expr) -> Result<(), EvalFault> {
        match expr {
            Expr::Literal(literal) => self.values.push(constant(literal)),
            Expr::Var(var) => {
                let value = self.lookup(*var)?;
                self.values.push(value);
            }
            Expr::Text(pieces) => self.open_text(pieces),
            Expr::Comprehension { list, .. } => {
                self.tasks.push(Task::Apply(expr));
                self.tasks.push(Task::Eval(*list));
            }
            Expr::And(first, _) | Expr::Or(first, _) | Expr::Else(first, _) | Expr::When(first, ..) => {
                self.tasks.push(Task::Decide(expr));
                self.tasks.push(Task::Eval(*first));
            }
            _ => self.strict(expr),
        }
        Ok(())
    }

    /// Begins an expression that needs all its operands.
    fn strict(&mut self, expr: &'a Expr) {
        self.tasks.push(Task::Apply(expr));
        match expr {
            Expr::Field(one, _)
            | Expr::Not(one)
            | Expr::Negate(one)
            | Expr::Is(one, _)
            | Expr::Parse(one, _)
            | Expr::ToJson(one, _) => self.tasks.push(Task::Eval(*one)),
            Expr::Index(left, right)
            | Expr::Int(_, left, right)
            | Expr::Number(_, left, right)
            | Expr::Concat(left, right)
            | Expr::Compare(_, left, right)
            | Expr::In(left, right)
            | Expr::Cut(left, _, right)
            | Expr::Chunks(left, _, right) => {
                self.tasks.push(Task::Eval(*right));
                self.tasks.push(Task::Eval(*left));
            }
            Expr::List(many) | Expr::Record(_, many) | Expr::Call(_, many) | Expr::PureTool(_, many) => {
                self.tasks.extend(many.iter().rev().map(|id| Task::Eval(*id)));
            }
            _ => {}
        }
    }

    /// Goes on with the side that is needed.
    fn decide(&mut self, expr: &'a Expr) -> Result<(), EvalFault> {
        let value = self.pop()?;
        let next = match expr {
            Expr::And(_, right) if as_bool(&value)? => Some(right),
            Expr::Or(_, right) if !as_bool(&value)? => Some(right),
            Expr::Else(_, right) if value.is_none() => Some(right),
            Expr::When(_, then, otherwise) => Some(if as_bool(&value)? { then } else { otherwise }),
            _ => None,
        };
        match next {
            Some(id) => self.tasks.push(Task::Eval(*id)),
            None => self.values.push(value),
        }
        Ok(())
    }

    /// Ends an expression whose operands are there.
    fn apply(&mut self, expr: &'a Expr) -> Result<(), EvalFault> {
        let value = match expr {
            Expr::Field(_, position) => operators::field(&self.pop()?, *position)?,
            Expr::Not(_) => Value::Bool(!as_bool(&self.pop()?)?),
            Expr::Negate(_) => operators::negate(&self.pop()?)?,
            Expr::Is(_, pattern) => Value::Bool(operators::is(&self.pop()?, pattern)),
            Expr::Parse(_, ty) => {
                let value = self.pop()?;
                functions::parse(self.plan, &value, ty, self.nesting)?
            }
            Expr::ToJson(_, ty) => {
                let value = self.pop()?;
                functions::to_json_text(self.plan, &value, Some(ty))?
            }
            Expr::List(items) => Value::list(self.take(items.len())?),
            Expr::Call(function, args) => {
                let args = self.take(args.len())?;
                functions::call(self.plan, *function, &args)?
            }
            Expr::Record(ty, fields) => return self.record(*ty, fields.len()),
            Expr::PureTool(tool, args) => return self.enter_tool(*tool, args.len()),
            Expr::Comprehension { .. } => return self.begin_comprehension(expr),
            _ => self.binary(expr)?,
        };
        self.finish(value)
    }

    fn binary(&mut self, expr: &'a Expr) -> Result<Value, EvalFault> {
        let right = self.pop()?;
        let left = self.pop()?;
        match expr {
            Expr::Index(..) => operators::index(&left, &right),
            Expr::Int(op, ..) => operators::int(*op, &left, &right),
            Expr::Number(op, ..) => operators::number(*op, &left, &right),
            Expr::Concat(..) => operators::concat(&left, &right),
            Expr::Compare(op, ..) => operators::compare(self.plan, *op, &left, &right),
            Expr::In(..) => {
                let found = as_list(&right)?.iter().any(|item| compare::equal(self.plan, &left, item));
                Ok(Value::Bool(found))
            }
            Expr::Cut(_, unit, _) => functions::cut(&left, *unit, &right),
            Expr::Chunks(_, unit, _) => functions::chunks(&left, *unit, &right),
            _ => Err(EvalFault::type_fault("an expression has no meaning")),
        }
    }

    /// Pushes a value that was made here, if it is not too large.
    fn finish(&mut self, value: Value) -> Result<(), EvalFault> {
        if matches!(value, Value::Text(_) | Value::List(_) | Value::Record(_)) {
            within_limits(&value)?;
        }
        self.values.push(value);
        Ok(())
    }

    /// Makes a record and begins its `require`s, which see its fields and nothing else.
    fn record(&mut self, ty: TypeId, count: usize) -> Result<(), EvalFault> {
        let fields = self.take(count)?;
        let requires = match self.plan.type_decl(ty).map(|decl| &decl.kind) {
            Some(TypeKind::Record { requires, .. }) => requires.as_slice(),
            _ => &[],
        };
        let value = Value::record(ty, fields.clone());
        self.finish(value)?;
        if requires.is_empty() {
            return Ok(());
        }
        self.tasks.push(Task::Leave(self.scope()));
        self.enter((0..).map(VarId).zip(fields));
        for require in requires.iter().rev() {
            self.tasks.push(Task::Required(ty, require));
            self.tasks.push(Task::Eval(require.condition));
        }
        Ok(())
    }

    fn required(&mut self, ty: TypeId, require: &'a Require) -> Result<(), EvalFault> {
        if !as_bool(&self.pop()?)? {
            self.tasks.push(Task::Refuse(ty));
            self.tasks.push(Task::Eval(require.message));
        }
        Ok(())
    }

    fn refuse(&mut self, ty: TypeId) -> Result<(), EvalFault> {
        let message = as_text(&self.pop()?)?;
        let name = self.plan.type_decl(ty).map_or_else(SmolStr::default, |decl| decl.name.clone());
        Err(EvalFault::invalid(format!("`{name}` does not keep its `require`: {message}")))
    }

    /// Begins the body of a pure tool, which sees its parameters and nothing else.
    fn enter_tool(&mut self, id: ToolId, count: usize) -> Result<(), EvalFault> {
        let args = self.take(count)?;
        let tool = self.plan.tool(id).ok_or_else(|| EvalFault::type_fault("there is no such tool"))?;
        let ToolBody::Return(body) = &tool.body else {
            return Err(EvalFault::type_fault("a tool that touches the world is called in an expression"));
        };
        self.tasks.push(Task::Leave(self.scope()));
        self.enter(tool.params.iter().map(|param| param.var).zip(args));
        self.tasks.push(Task::Eval(*body));
        Ok(())
    }

    fn scope(&self) -> Scope {
        Scope { floor: self.floor, outer: self.outer, bindings: self.bindings.len() }
    }

    fn enter(&mut self, bindings: impl Iterator<Item = (VarId, Value)>) {
        self.floor = self.bindings.len();
        self.outer = false;
        self.bindings.extend(bindings);
    }

    fn leave(&mut self, scope: Scope) {
        self.bindings.truncate(scope.bindings);
        self.floor = scope.floor;
        self.outer = scope.outer;
    }

    fn lookup(&self, var: VarId) -> Result<Value, EvalFault> {
        let seen = self.bindings.get(self.floor..).unwrap_or_default();
        let bound = seen.iter().rev().find(|(bound, _)| *bound == var).map(|(_, value)| value.clone());
        let outer = || if self.outer { self.env.lookup(var) } else { None };
        bound.or_else(outer).ok_or_else(|| EvalFault::type_fault(format!("variable {} is not bound", var.0)))
    }

    fn pop(&mut self) -> Result<Value, EvalFault> {
        self.values.pop().ok_or_else(|| EvalFault::type_fault("a value is missing"))
    }

    fn take(&mut self, count: usize) -> Result<Vec<Value>, EvalFault> {
        let from = self.values.len().checked_sub(count);
        from.map(|from| self.values.split_off(from))
            .ok_or_else(|| EvalFault::type_fault("an operand is missing"))
    }
}

fn constant(literal: &Literal) -> Value {
    match literal {
        Literal::None => Value::None,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::Int(*value),
        Literal::Number(value) => Value::Number(*value),
        Literal::Grade(value) => Value::Grade(*value),
        Literal::Variant(ty, position) => Value::Variant(*ty, *position),
    }
}
