use super::{Interpreter, Task};
use crate::engine::eval::expr::as_bool;
use crate::engine::eval::limits::text_fits;
use crate::engine::eval::{EvalFault, Value, render};
use crate::plan::{Piece, Type, VarId};
use std::sync::Arc;

/// Where a text is.
pub(super) enum Stage<'a> {
    /// These pieces are still to be written.
    Pieces(&'a [Piece]),
    /// The value of a hole is there.
    Hole(&'a Type),
    /// The list of a `${for}` is there.
    List(VarId, &'a [Piece]),
    /// The items of a `${for}` from this position on are still to be written.
    Items(VarId, Arc<Vec<Value>>, usize, &'a [Piece]),
    /// An item is written: its name is not bound any more.
    Unbind,
    /// The condition of a `${when}` is there.
    When(&'a [Piece], &'a [Piece]),
    /// All is written.
    End,
}

impl<'a> Interpreter<'a> {
    pub(super) fn open_text(&mut self, pieces: &'a [Piece]) {
        self.texts.push(String::new());
        self.tasks.push(Task::Text(Stage::End));
        self.tasks.push(Task::Text(Stage::Pieces(pieces)));
    }

    pub(super) fn text(&mut self, stage: Stage<'a>) -> Result<(), EvalFault> {
        match stage {
            Stage::Pieces(pieces) => self.pieces(pieces),
            Stage::Hole(ty) => {
                let value = self.pop()?;
                match &value {
                    Value::Text(text) => self.write(text),
                    other => self.write(&render(self.plan, other, ty)),
                }
            }
            Stage::List(item, body) => match self.pop()? {
                Value::List(items) => self.items(item, items, 0, body),
                _ => Err(EvalFault::type_fault("a `${for}` walks over no list")),
            },
            Stage::Items(item, items, position, body) => self.items(item, items, position, body),
            Stage::Unbind => {
                self.bindings.pop();
                Ok(())
            }
            Stage::When(then, otherwise) => {
                let chosen = if as_bool(&self.pop()?)? { then } else { otherwise };
                self.tasks.push(Task::Text(Stage::Pieces(chosen)));
                Ok(())
            }
            Stage::End => {
                let text = self.texts.pop().unwrap_or_default();
                self.values.push(Value::text(text));
                Ok(())
            }
        }
    }

    /// Writes characters up to the first piece that has to be evaluated.
    fn pieces(&mut self, pieces: &'a [Piece]) -> Result<(), EvalFault> {
        let mut rest = pieces;
        while let [first, behind @ ..] = rest {
            rest = behind;
            let (stage, id) = match first {
                Piece::Chars(chars) => {
                    self.write(chars)?;
                    continue;
                }
                Piece::Hole(id, ty) => (Stage::Hole(ty), *id),
                Piece::For { item, list, body } => (Stage::List(*item, body), *list),
                Piece::When { condition, then, otherwise } => (Stage::When(then, otherwise), *condition),
            };
            self.tasks.push(Task::Text(Stage::Pieces(rest)));
            self.tasks.push(Task::Text(stage));
            self.tasks.push(Task::Eval(id));
            break;
        }
        Ok(())
    }

    fn items(
        &mut self,
        item: VarId,
        items: Arc<Vec<Value>>,
        position: usize,
        body: &'a [Piece],
    ) -> Result<(), EvalFault> {
        if let Some(value) = items.get(position).cloned() {
            self.bindings.push((item, value));
            self.tasks.push(Task::Text(Stage::Items(item, items, position + 1, body)));
            self.tasks.push(Task::Text(Stage::Unbind));
            self.tasks.push(Task::Text(Stage::Pieces(body)));
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), EvalFault> {
        let Some(out) = self.texts.last_mut() else {
            return Err(EvalFault::type_fault("no text is being written"));
        };
        text_fits(out.len().saturating_add(text.len()))?;
        out.push_str(text);
        Ok(())
    }
}
