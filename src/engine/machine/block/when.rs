use super::BlockState;
use crate::engine::eval::Value;
use crate::engine::machine::Machine;
use crate::engine::machine::failure::{Failure, Fault};
use crate::engine::machine::frame::{At, End, Slot};
use crate::plan::{Arm, NodeKind};
use std::sync::Arc;

impl Machine {
    /// Takes the first case whose condition holds; the steps of the others are skipped.
    pub(in crate::engine::machine) fn open_when(&mut self, at: At, arms: &[Arm]) {
        let taken = match self.taken(at, arms) {
            Ok(taken) => taken,
            Err(fault) => return self.fail(at, fault),
        };
        let locals = arms.get(taken).map(|arm| self.locals_of(at.frame, arm.block)).unwrap_or_default();
        let open = u32::try_from(locals.len()).unwrap_or(u32::MAX);
        self.set_block(at, BlockState::When { arm: taken, open, bad: None });
        for (number, arm) in arms.iter().enumerate() {
            if number != taken {
                self.sweep_block(at.frame, arm.block, &End::Skipped);
            } else if !arm.fails {
                for var in &arm.absent {
                    self.bind(at.frame, *var, Value::None);
                }
            }
        }
        if open == 0 {
            return self.block_done(at, None);
        }
        for local in locals {
            self.arrive(At { frame: at.frame, local }, None);
        }
    }

    fn taken(&self, at: At, arms: &[Arm]) -> Result<usize, Fault> {
        for (number, arm) in arms.iter().enumerate() {
            let holds = match arm.condition {
                Some(condition) => self.eval_bool(at.frame, condition)?,
                None => true,
            };
            if holds {
                return Ok(number);
            }
        }
        Ok(arms.len())
    }

    /// What only other cases bind is cancelled where the case taken ended in `fail`.
    pub(super) fn cancel_absent(&mut self, at: At, arm: usize, bad: Option<&Arc<Failure>>) {
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::When { arms }) = here.node().map(|node| &node.kind) else { return };
        let Some(arm) = arms.get(arm) else { return };
        for var in &arm.absent {
            let slot = match bad {
                Some(failure) => Slot::Cancelled(Arc::clone(failure)),
                None => Slot::Ready(Value::None),
            };
            self.set_slot(at.frame, *var, slot);
        }
    }
}
