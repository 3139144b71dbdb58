use super::BlockState;
use crate::engine::effect::StepStatus;
use crate::engine::eval::{EvalFault, Value};
use crate::engine::machine::Machine;
use crate::engine::machine::failure::{Failure, Fault, keep_first};
use crate::engine::machine::frame::{At, End, FrameId, Slot};
use crate::engine::machine::machine::Here;
use crate::engine::machine::ready::CapId;
use crate::engine::machine::report::Listing;
use crate::engine::machine::settle::{Turn, with_index};
use crate::plan::{Each, NodeId, NodeKind};
use std::sync::Arc;

/// A fan-out that runs.
#[derive(Debug)]
pub(in crate::engine::machine) struct EachState {
    items: Arc<Vec<Value>>,
    /// The item that begins next.
    next: usize,
    /// Items that have not ended.
    open: usize,
    rows: Vec<Value>,
    /// Frames of items that run.
    frames: Vec<Option<FrameId>>,
    bad: Option<Arc<Failure>>,
    pub cap: Option<CapId>,
}

impl Machine {
    pub(in crate::engine::machine) fn open_each(&mut self, at: At, each: &Each) {
        let items = match self.eval(at.frame, each.list) {
            Ok(Value::List(items)) => items,
            Ok(_) => return self.fail(at, EvalFault::type_fault("a fan-out has no list").into()),
            Err(fault) => return self.fail(at, fault.into()),
        };
        let count = items.len();
        let cap = each.cap.filter(|_| each.parallel).map(|limit| self.add_cap(limit));
        let rows = if each.give.is_some() { vec![Value::None; count] } else { Vec::new() };
        let state =
            EachState { items, next: 0, open: count, rows, frames: vec![None; count], bad: None, cap };
        self.set_block(at, BlockState::Each(state));
        let empty = each.give.is_none() && self.locals_of_plan(at, each.block) == 0;
        if count == 0 || empty {
            return self.end_each(at);
        }
        let first = if each.parallel { count } else { 1 };
        for _ in 0..first {
            self.begin_item(at, each);
        }
    }

    fn locals_of_plan(&self, at: At, block: crate::plan::BlockId) -> usize {
        let count = || Some(self.here(at)?.workflow()?.blocks.get(block.index())?.nodes.len());
        count().unwrap_or_default()
    }

    fn each_mut(&mut self, at: At) -> Option<&mut EachState> {
        match self.block_mut(at)? {
            BlockState::Each(state) => Some(state),
            _ => None,
        }
    }

    fn begin_item(&mut self, at: At, each: &Each) {
        let Some(activation) = self.frames.get(at.frame).map(|frame| frame.activation) else { return };
        let Some(state) = self.each_mut(at) else { return };
        let number = state.next;
        let Some(item) = state.items.get(number).cloned() else { return };
        state.next += 1;
        let index = u32::try_from(number).unwrap_or(u32::MAX);
        let frame = self.add_frame(activation, each.scope, Some((at.frame, at)), Turn::Item(index));
        let Some(frame) = frame else { return };
        if let Some(slot) = self.each_mut(at).and_then(|state| state.frames.get_mut(number)) {
            *slot = Some(frame);
        }
        self.bind(frame, each.item, item);
        if let Some(var) = each.index {
            self.bind(frame, var, Value::Int(i64::from(index)));
        }
        self.open_frame(frame, each.block);
    }

    /// What an item gives is ready to be computed.
    pub(super) fn give(&mut self, owner: At, at: At, doom: Option<Arc<Failure>>) {
        let Some(here) = self.here(owner) else { return };
        let Some(NodeKind::Each(Each { give: Some((give, _)), .. })) = here.node().map(|node| &node.kind)
        else {
            return;
        };
        let end = match doom {
            Some(failure) => End::Bad(failure),
            None => match self.eval(at.frame, *give) {
                Ok(value) => {
                    self.set_row(owner, at.frame, value);
                    End::Good
                }
                Err(fault) => End::Bad(self.failure_in(owner, at.frame, fault.into())),
            },
        };
        if let Some(statement) = self.frames.statement_mut(at) {
            statement.state = crate::engine::machine::frame::State::Done(end.clone());
        }
        self.close_in_frame(at.frame, &end);
    }

    fn set_row(&mut self, owner: At, frame: FrameId, value: Value) {
        let number = self.frames.get(frame).and_then(|frame| frame.item).unwrap_or_default();
        let row = self.each_mut(owner).and_then(|state| state.rows.get_mut(number as usize));
        if let Some(row) = row {
            *row = value;
        }
    }

    /// A failure of a block's own, in one of its frames: `code_review/rows[2]`.
    pub(super) fn failure_in(&mut self, owner: At, frame: FrameId, fault: Fault) -> Arc<Failure> {
        let named = || {
            let here = self.here(owner)?;
            let frame = self.frames.get(frame)?;
            let activation = self.activation(here.activation)?;
            let path = activation.path_of(&here.node()?.name, &frame.suffix);
            Some((activation.key_of(here.node, &frame.indices), path))
        };
        let (key, path) = named().unwrap_or_else(|| (Arc::from([].as_slice()), String::new()));
        let failure = Failure::new(key, path.into(), fault);
        let event =
            crate::engine::effect::EventKind::StepFailed { error: failure.error.clone(), handled: false };
        self.emit(Some(&Arc::clone(&failure.error.step)), self.round_at(frame), event);
        failure
    }

    pub(super) fn item_done(&mut self, at: At, frame: FrameId, bad: Option<Arc<Failure>>) {
        let number = self.frames.get(frame).and_then(|frame| frame.item).unwrap_or_default();
        self.frames.drop(frame);
        let Some(state) = self.each_mut(at) else { return };
        keep_first(&mut state.bad, bad.as_ref());
        state.open = state.open.saturating_sub(1);
        if let Some(slot) = state.frames.get_mut(number as usize) {
            *slot = None;
        }
        let (open, more, cap) = (state.open, state.next < state.items.len(), state.cap);
        if let Some(cap) = cap {
            self.release_arm(cap, number);
        }
        if open == 0 {
            return self.end_each(at);
        }
        if !more {
            return;
        }
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::Each(each)) = here.node().map(|node| &node.kind) else { return };
        match bad {
            None => self.begin_item(at, each),
            Some(failure) => {
                self.cancel_items(at, &here, each, number as usize + 1, &End::Bad(failure));
                self.end_each(at);
            }
        }
    }

    /// Notes the items that never begin.
    fn cancel_items(&mut self, at: At, here: &Here, each: &Each, from: usize, end: &End) {
        let Some(frame) = self.frames.get(at.frame) else { return };
        let (suffix, indices, round) = (Arc::clone(&frame.suffix), Arc::clone(&frame.indices), frame.round);
        let count = self.each_mut(at).map_or(0, |state| state.items.len());
        for number in from..count {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let listing = Listing {
                activation: here.activation,
                node: NodeId(0),
                suffix: with_index(&suffix, number),
                indices: indices.iter().copied().chain([number]).collect(),
                round,
                status: StepStatus::Cancelled,
                end,
            };
            self.note_block(each.block, &listing);
        }
    }

    fn end_each(&mut self, at: At) {
        let Some(here) = self.here(at) else { return };
        let Some(NodeKind::Each(each)) = here.node().map(|node| &node.kind) else { return };
        let Some(state) = self.each_mut(at) else { return };
        let bad = state.bad.clone();
        let rows = std::mem::take(&mut state.rows);
        if let Some(var) = each.rows {
            let slot = match &bad {
                Some(failure) => Slot::Cancelled(Arc::clone(failure)),
                None => Slot::Ready(Value::list(rows)),
            };
            self.set_slot(at.frame, var, slot);
        }
        self.conclude(at, bad.map_or(End::Good, End::Bad));
    }

    pub(super) fn sweep_each(&mut self, at: At, here: &Here, state: EachState, end: &End) {
        let Some(NodeKind::Each(each)) = here.node().map(|node| &node.kind) else { return };
        for frame in state.frames.iter().flatten() {
            self.sweep_frame(*frame, each.block, end);
        }
        let (from, count) = (state.next, state.items.len());
        if from < count {
            self.set_block(at, BlockState::Each(state));
            self.cancel_items(at, here, each, from, end);
        }
    }
}
