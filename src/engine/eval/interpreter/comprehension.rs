use super::{Interpreter, Task};
use crate::engine::eval::expr::as_bool;
use crate::engine::eval::{EvalFault, Value, functions};
use crate::plan::{Expr, ExprId, VarId};
use std::sync::Arc;

/// Where a comprehension is.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    /// The next item, or the end.
    Next,
    /// The filter's answer is there.
    Filtered,
    /// The key is there.
    Keyed,
    /// What the item gives is there.
    Given,
}

/// A comprehension under way.
pub(super) struct Running {
    item: VarId,
    items: Arc<Vec<Value>>,
    position: usize,
    filter: Option<ExprId>,
    key: Option<ExprId>,
    descending: bool,
    give: ExprId,
    keys: Vec<Value>,
    given: Vec<Value>,
}

impl Interpreter<'_> {
    pub(super) fn begin_comprehension(&mut self, expr: &Expr) -> Result<(), EvalFault> {
        let Expr::Comprehension { item, filter, key, descending, give, .. } = expr else {
            return Err(EvalFault::type_fault("a comprehension is none"));
        };
        let Value::List(items) = self.pop()? else {
            return Err(EvalFault::type_fault("a comprehension walks over no list"));
        };
        self.comprehensions.push(Running {
            item: *item,
            items,
            position: 0,
            filter: *filter,
            key: *key,
            descending: *descending,
            give: *give,
            keys: Vec::new(),
            given: Vec::new(),
        });
        self.tasks.push(Task::Comprehension(Stage::Next));
        Ok(())
    }

    pub(super) fn comprehension(&mut self, stage: Stage) -> Result<(), EvalFault> {
        match stage {
            Stage::Next => self.next_item(),
            Stage::Filtered => {
                let keep = as_bool(&self.pop()?)?;
                if keep { self.key_or_give() } else { self.skip_item() }
            }
            Stage::Keyed => {
                let key = self.pop()?;
                let running = self.running()?;
                running.keys.push(key);
                let give = running.give;
                self.await_item(Stage::Given, give);
                Ok(())
            }
            Stage::Given => {
                let value = self.pop()?;
                self.running()?.given.push(value);
                self.skip_item()
            }
        }
    }

    fn next_item(&mut self) -> Result<(), EvalFault> {
        let running = self.running()?;
        let Some(value) = running.items.get(running.position).cloned() else {
            return self.end_comprehension();
        };
        running.position += 1;
        let (item, filter) = (running.item, running.filter);
        self.bindings.push((item, value));
        match filter {
            Some(filter) => {
                self.await_item(Stage::Filtered, filter);
                Ok(())
            }
            None => self.key_or_give(),
        }
    }

    fn key_or_give(&mut self) -> Result<(), EvalFault> {
        let running = self.running()?;
        let (stage, id) = running.key.map_or((Stage::Given, running.give), |key| (Stage::Keyed, key));
        self.await_item(stage, id);
        Ok(())
    }

    fn await_item(&mut self, stage: Stage, id: ExprId) {
        self.tasks.push(Task::Comprehension(stage));
        self.tasks.push(Task::Eval(id));
    }

    fn skip_item(&mut self) -> Result<(), EvalFault> {
        self.bindings.pop();
        self.tasks.push(Task::Comprehension(Stage::Next));
        Ok(())
    }

    fn end_comprehension(&mut self) -> Result<(), EvalFault> {
        let running = self.comprehensions.pop();
        let running = running.ok_or_else(|| EvalFault::type_fault("a comprehension ends twice"))?;
        let value = if running.key.is_some() {
            Value::list(functions::sorted_by(running.given, &running.keys, running.descending)?)
        } else {
            Value::list(running.given)
        };
        self.finish(value)
    }

    fn running(&mut self) -> Result<&mut Running, EvalFault> {
        self.comprehensions.last_mut().ok_or_else(|| EvalFault::type_fault("no comprehension is under way"))
    }
}
