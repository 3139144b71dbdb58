//! How one end leads to others: variables are bound, waiting statements come nearer, blocks close.

use super::Machine;
use super::block::BlockState;
use super::failure::{Failure, Fault, keep_first};
use super::frame::{ActivationId, At, End, Frame, FrameId, Slot, Standing, State, Statement};
use super::machine::Here;
use super::report::Listing;
use super::tables::Owner;
use crate::engine::effect::{EventKind, StepStatus};
use crate::engine::eval::Value;
use crate::plan::{BlockId, NodeId, NodeKind, ScopeId, VarId};
use std::fmt::Write;
use std::sync::Arc;

/// Which run of a scope a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Body,
    Round(u32),
    Item(u32),
    Tail,
}

impl Machine {
    /// A new frame in which nothing is open yet.
    pub(super) fn add_frame(
        &mut self,
        activation_id: ActivationId,
        scope: ScopeId,
        around: Option<(FrameId, At)>,
        turn: Turn,
    ) -> Option<FrameId> {
        let activation = self.activation(activation_id)?;
        let tables = Arc::clone(&activation.tables);
        let table = tables.scope(scope)?;
        let parent = around.and_then(|(parent, _)| self.frames.get(parent));
        let mut frame = Frame {
            activation: activation_id,
            scope,
            parent: around.map(|(parent, _)| parent),
            owner: around.map(|(_, owner)| owner),
            indices: parent.map_or_else(|| Arc::from([].as_slice()), |parent| Arc::clone(&parent.indices)),
            suffix: parent.map_or_else(|| Arc::from(""), |parent| Arc::clone(&parent.suffix)),
            seed_suffix: parent.map_or_else(|| Arc::from(""), |parent| Arc::clone(&parent.seed_suffix)),
            round: parent.map_or(activation.round, |parent| parent.round),
            item: parent.map_or(activation.item, |parent| parent.item),
            repeated: parent.map_or(activation.repeated, |parent| parent.repeated),
            slots: (0..table.vars).map(|_| Slot::Pending(Vec::new())).collect(),
            statements: table.pending.iter().map(|pending| Statement::new(*pending)).collect(),
            open: 0,
            bad: None,
        };
        frame.turn(turn);
        let id = self.frames.add(frame);
        for (local, target) in &table.outer {
            let waiter = At { frame: id, local: *local };
            if let Some((parent, _)) = around
                && let Standing::Settled(bad) = self.frames.watch(parent, *target, waiter)
            {
                self.arrive(waiter, bad.as_ref());
            }
        }
        Some(id)
    }

    /// Lets the statements of a frame begin.
    pub(super) fn open_frame(&mut self, id: FrameId, block: BlockId) {
        let Some(tables) = self.frames.get(id).and_then(|frame| self.activation(frame.activation)) else {
            return;
        };
        let tables = Arc::clone(&tables.tables);
        let locals = self.locals_of(id, block);
        let is_item = self.is_item(id);
        let end = self.frames.get(id).and_then(|frame| tables.scope(frame.scope)).filter(|table| table.end);
        let give = end.filter(|_| is_item).map(|table| u32::try_from(table.nodes.len()).unwrap_or(u32::MAX));
        if let Some(frame) = self.frames.get_mut(id) {
            frame.open = u32::try_from(locals.len()).unwrap_or(u32::MAX) + u32::from(give.is_some());
        }
        for local in locals.into_iter().chain(give) {
            self.arrive(At { frame: id, local }, None);
        }
        if self.frames.get(id).is_some_and(|frame| frame.open == 0) {
            self.frame_done(id);
        }
    }

    /// The local numbers of a block's statements.
    pub(super) fn locals_of(&self, frame: FrameId, block: BlockId) -> Vec<u32> {
        let locals = || {
            let activation = self.activation(self.frames.get(frame)?.activation)?;
            let block = self.plan.workflow(activation.workflow)?.blocks.get(block.index())?;
            let local = |node: &NodeId| activation.tables.node(*node).map(|table| table.local);
            Some(block.nodes.iter().filter_map(local).collect())
        };
        locals().unwrap_or_default()
    }

    fn is_item(&self, id: FrameId) -> bool {
        let owner = self.frames.get(id).and_then(|frame| frame.owner);
        let state = owner.and_then(|owner| self.frames.statement(owner)).map(|statement| &statement.state);
        matches!(state, Some(State::Block(block)) if matches!(**block, BlockState::Each(_)))
    }

    /// One of the things that a statement waits for is done.
    pub(super) fn arrive(&mut self, at: At, bad: Option<&Arc<Failure>>) {
        let Some(statement) = self.frames.statement_mut(at) else { return };
        if !matches!(statement.state, State::Waiting) {
            return;
        }
        keep_first(&mut statement.doom, bad);
        statement.pending = statement.pending.saturating_sub(1);
        if statement.pending == 0 {
            self.agenda.push_back(at);
        }
    }

    /// A statement has all that it waits for.
    pub(super) fn perform(&mut self, at: At) {
        let Some(statement) = self.frames.statement(at) else { return };
        if !matches!(statement.state, State::Waiting) {
            return;
        }
        let doom = statement.doom.clone();
        let Some(here) = self.here(at) else { return self.end_of_scope(at, doom) };
        match doom {
            Some(failure) => self.cancel(at, &failure),
            None => self.start_statement(at, &here),
        }
    }

    fn start_statement(&mut self, at: At, here: &Here) {
        let Some(node) = here.node() else { return self.conclude(at, End::Good) };
        match &node.kind {
            NodeKind::Step { .. } => self.ready_step(at, here),
            NodeKind::Let { value, binds } => match self.eval(at.frame, *value) {
                Ok(value) => {
                    self.bind(at.frame, *binds, value);
                    self.conclude(at, End::Good);
                }
                Err(fault) => self.fail(at, fault.into()),
            },
            NodeKind::Require { condition, message } => match self.eval_bool(at.frame, *condition) {
                Ok(true) => self.conclude(at, End::Good),
                Ok(false) => self.fail_with(at, *message),
                Err(fault) => self.fail(at, fault.into()),
            },
            NodeKind::Fail { message } => self.fail_with(at, *message),
            NodeKind::Return { value } => match self.eval(at.frame, *value) {
                Ok(value) => {
                    if let Some(activation) = self.activation_mut(here.activation) {
                        activation.result = Some(value);
                    }
                    self.conclude(at, End::Good);
                }
                Err(fault) => self.fail(at, fault.into()),
            },
            NodeKind::When { arms } => self.open_when(at, arms),
            NodeKind::Parallel { block, cap } => self.open_parallel(at, *block, *cap),
            NodeKind::Each(each) => self.open_each(at, each),
            NodeKind::Loop(plan) => self.open_loop(at, plan),
        }
    }

    fn fail_with(&mut self, at: At, message: crate::plan::ExprId) {
        let fault = match self.eval_text(at.frame, message) {
            Ok(text) => Fault::failed(&*text),
            Err(fault) => fault.into(),
        };
        self.fail(at, fault);
    }

    /// A statement that is no step fails; what stands in it is cancelled because of it.
    pub(super) fn fail(&mut self, at: At, fault: Fault) {
        let path = self.path_at(at);
        let failure = Failure::new(self.key_at(at), Arc::clone(&path), fault);
        let event = EventKind::StepFailed { error: failure.error.clone(), handled: false };
        self.emit(Some(&path), self.round_at(at.frame), event);
        self.cancel(at, &failure);
    }

    /// A statement ends as cancelled, with all that is in it and all that it would have bound.
    pub(super) fn cancel(&mut self, at: At, failure: &Arc<Failure>) {
        let end = End::Bad(Arc::clone(failure));
        self.sweep(at, &end);
        self.close(at, &end);
    }

    /// A statement has ended.
    pub(super) fn conclude(&mut self, at: At, end: End) {
        self.settle(at, &end);
        self.close(at, &end);
    }

    /// Marks a statement as done and tells those who wait for it.
    pub(super) fn settle(&mut self, at: At, end: &End) {
        let Some(statement) = self.frames.statement_mut(at) else { return };
        if matches!(statement.state, State::Done(_)) {
            return;
        }
        statement.state = State::Done(end.clone());
        let waiters = std::mem::take(&mut statement.waiters);
        let Some(here) = self.here(at) else { return };
        for local in here.tables.node(here.node).into_iter().flat_map(|table| &table.dependents) {
            self.arrive(At { frame: at.frame, local: *local }, end.bad());
        }
        for waiter in waiters {
            self.arrive(waiter, end.bad());
        }
    }

    /// Tells the block that a statement stands in.
    fn close(&mut self, at: At, end: &End) {
        let Some(here) = self.here(at) else { return };
        let Some(node) = here.node() else { return };
        let owner = here.tables.owner(node.block);
        let (Owner::Case(block) | Owner::Arms(block)) = owner else {
            return self.close_in_frame(at.frame, end);
        };
        let Some(local) = here.tables.node(block).map(|table| table.local) else { return };
        let block = At { frame: at.frame, local };
        let cap = self.block_mut(block).and_then(|state| state.cap());
        if let Some(cap) = cap {
            self.release_arm(cap, at.local);
        }
        let Some(state) = self.block_mut(block) else { return };
        if let Some(bad) = state.close_one(end) {
            self.block_done(block, bad);
        }
    }

    /// A statement, or the end, of a frame's own block is done.
    pub(super) fn close_in_frame(&mut self, id: FrameId, end: &End) {
        let Some(frame) = self.frames.get_mut(id) else { return };
        keep_first(&mut frame.bad, end.bad());
        frame.open = frame.open.saturating_sub(1);
        if frame.open == 0 {
            self.frame_done(id);
        }
    }

    pub(super) fn block_mut(&mut self, at: At) -> Option<&mut BlockState> {
        match &mut self.frames.statement_mut(at)?.state {
            State::Block(state) => Some(state),
            _ => None,
        }
    }

    /// Binds a variable.
    pub(super) fn bind(&mut self, frame: FrameId, var: VarId, value: Value) {
        self.set_slot(frame, var, Slot::Ready(value));
    }

    pub(super) fn set_slot(&mut self, from: FrameId, var: VarId, new: Slot) {
        let bad = match &new {
            Slot::Cancelled(failure) => Some(Arc::clone(failure)),
            _ => None,
        };
        let Some(frame) = self.frames.get(from) else { return };
        let Some(activation) = self.activation(frame.activation) else { return };
        let tables = Arc::clone(&activation.tables);
        let Some(table) = tables.var(var) else { return };
        let Some(id) = self.frames.around(from, table.scope) else { return };
        let slot = self.frames.get_mut(id).and_then(|frame| frame.slots.get_mut(table.local as usize));
        let Some(Slot::Pending(waiters)) = slot else { return };
        let waiters = std::mem::take(waiters);
        if let Some(slot) = slot_of(&mut self.frames, id, table.local) {
            *slot = new;
        }
        for local in &table.dependents {
            self.arrive(At { frame: id, local: *local }, bad.as_ref());
        }
        for waiter in waiters {
            self.arrive(waiter, bad.as_ref());
        }
    }

    /// Ends a statement and all that is in it, whatever it was doing, without telling the block around it.
    pub(super) fn sweep(&mut self, at: At, end: &End) {
        let Some(here) = self.here(at) else { return };
        let Some(node) = here.node() else { return };
        let Some(statement) = self.frames.statement_mut(at) else { return };
        let status = if matches!(end, End::Skipped) { StepStatus::Skipped } else { StepStatus::Cancelled };
        match std::mem::replace(&mut statement.state, State::Done(end.clone())) {
            done @ State::Done(_) => statement.state = done,
            State::Waiting => {
                statement.state = State::Waiting;
                self.note_unstarted(at, here.node, status, end);
                self.sweep_inside(at, &here, &node.kind, None, end);
                self.sweep_rest(at, &node.kind, end);
            }
            State::Step(run) => {
                statement.state = State::Step(run);
                self.abandon(run, end);
                self.sweep_rest(at, &node.kind, end);
            }
            State::Block(state) => {
                statement.state = State::Waiting;
                self.sweep_inside(at, &here, &node.kind, Some(*state), end);
                self.sweep_rest(at, &node.kind, end);
            }
        }
    }

    fn sweep_rest(&mut self, at: At, kind: &NodeKind, end: &End) {
        if let End::Bad(failure) = end {
            for var in bound_by(kind) {
                self.set_slot(at.frame, var, Slot::Cancelled(Arc::clone(failure)));
            }
        }
        self.settle(at, end);
    }

    fn sweep_inside(&mut self, at: At, here: &Here, kind: &NodeKind, state: Option<BlockState>, end: &End) {
        match kind {
            NodeKind::When { arms } => {
                for arm in arms {
                    self.sweep_block(at.frame, arm.block, end);
                }
            }
            NodeKind::Parallel { block, .. } => self.sweep_block(at.frame, *block, end),
            NodeKind::Each(_) | NodeKind::Loop(_) => match state {
                Some(state) => self.sweep_frames(at, here, state, end),
                None => {
                    for block in super::tables::inner_blocks(kind) {
                        self.note_inside(at.frame, here.activation, block, end);
                    }
                }
            },
            _ => {}
        }
    }

    /// Ends all statements of a block that lives in `frame`.
    pub(super) fn sweep_block(&mut self, frame: FrameId, block: BlockId, end: &End) {
        for local in self.locals_of(frame, block) {
            self.sweep(At { frame, local }, end);
        }
    }

    /// Ends everything in a frame and forgets it.
    pub(super) fn sweep_frame(&mut self, id: FrameId, block: BlockId, end: &End) {
        self.sweep_block(id, block, end);
        self.frames.drop(id);
    }

    /// Notes the steps of a block that never got frames.
    pub(super) fn note_inside(
        &mut self,
        frame: FrameId,
        activation: ActivationId,
        block: BlockId,
        end: &End,
    ) {
        let Some(found) = self.frames.get(frame) else { return };
        let status = if matches!(end, End::Skipped) { StepStatus::Skipped } else { StepStatus::Cancelled };
        let listing = Listing {
            activation,
            node: NodeId(0),
            suffix: Arc::clone(&found.suffix),
            indices: Arc::clone(&found.indices),
            round: found.round,
            status,
            end,
        };
        self.note_block(block, &listing);
    }
}

fn slot_of(frames: &mut super::frame::Frames, id: FrameId, local: u32) -> Option<&mut Slot> {
    frames.get_mut(id)?.slots.get_mut(local as usize)
}

/// The variables that a statement binds in the frame that it stands in.
fn bound_by(kind: &NodeKind) -> Vec<VarId> {
    match kind {
        NodeKind::Step { binds, .. } => binds.iter().copied().collect(),
        NodeKind::Let { binds, .. } => vec![*binds],
        NodeKind::Each(each) => each.rows.into_iter().collect(),
        NodeKind::Loop(plan) => {
            let outer = plan.exports.iter().map(|(_, outer)| *outer);
            outer.chain(plan.gate.map(|(gate, _)| gate)).collect()
        }
        NodeKind::When { arms } => arms.iter().flat_map(|arm| arm.absent.iter().copied()).collect(),
        _ => Vec::new(),
    }
}

impl Statement {
    fn new(pending: u32) -> Self {
        Self { pending, doom: None, waiters: Vec::new(), state: State::Waiting }
    }
}

impl Frame {
    fn turn(&mut self, turn: Turn) {
        let number = match turn {
            Turn::Round(number) => {
                self.round = Some(number);
                self.repeated = true;
                number
            }
            Turn::Item(number) => {
                self.item = Some(number);
                self.seed_suffix = with_index(&self.seed_suffix, number);
                number
            }
            Turn::Body | Turn::Tail => return,
        };
        self.suffix = with_index(&self.suffix, number);
        self.indices = self.indices.iter().copied().chain([number]).collect();
    }
}

pub(super) fn with_index(suffix: &str, number: u32) -> Arc<str> {
    let mut text = String::with_capacity(suffix.len() + 6);
    text.push_str(suffix);
    let _ = write!(text, "[{number}]");
    text.into()
}
