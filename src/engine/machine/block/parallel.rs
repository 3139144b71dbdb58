use super::BlockState;
use crate::engine::machine::Machine;
use crate::engine::machine::frame::{At, End};
use crate::engine::machine::ready::{Cap, CapId};
use crate::engine::machine::step::RunId;
use crate::engine::machine::tables::Owner;
use crate::plan::BlockId;

impl Machine {
    pub(in crate::engine::machine) fn open_parallel(&mut self, at: At, block: BlockId, cap: Option<u32>) {
        let locals = self.locals_of(at.frame, block);
        if locals.is_empty() {
            return self.conclude(at, End::Good);
        }
        let open = u32::try_from(locals.len()).unwrap_or(u32::MAX);
        let cap = cap.map(|limit| self.add_cap(limit));
        self.set_block(at, BlockState::Parallel { open, bad: None, cap });
        for local in locals {
            self.arrive(At { frame: at.frame, local }, None);
        }
    }

    pub(super) fn add_cap(&mut self, limit: u32) -> CapId {
        let id = CapId(u32::try_from(self.caps.len()).unwrap_or(u32::MAX));
        self.caps.push(Cap::new(limit));
        id
    }

    /// Gives the step's arms their places, outermost first; false where one has to wait.
    pub(in crate::engine::machine) fn admitted(&mut self, at: At, run: RunId) -> bool {
        let chain = self.caps_around(at);
        chain
            .into_iter()
            .rev()
            .all(|(cap, arm)| self.caps.get_mut(cap.0 as usize).is_none_or(|cap| cap.admit(arm, run)))
    }

    pub(in crate::engine::machine) fn release_arm(&mut self, cap: CapId, arm: u32) {
        let runs = self.caps.get_mut(cap.0 as usize).map(|cap| cap.release(arm)).unwrap_or_default();
        for run in runs {
            if let Some(key) = self.runs.get(run).map(|run| run.key.clone()) {
                self.queue.add_fresh(key, run);
            }
        }
    }

    /// The capped blocks around a statement and the arm that it belongs to, innermost first.
    fn caps_around(&self, from: At) -> Vec<(CapId, u32)> {
        let mut caps = Vec::new();
        let mut at = from;
        let capped = |at: At| self.frames.get(at.frame).and_then(|frame| self.activation(frame.activation));
        if !capped(at).is_some_and(|activation| activation.tables.capped) {
            return caps;
        }
        while let Some((around, arm)) = self.arm_of(at) {
            let statement = self.frames.statement(around);
            if let Some(crate::engine::machine::frame::State::Block(state)) =
                statement.map(|found| &found.state)
                && let Some(cap) = state.cap()
                && let Some(arm) = arm
            {
                caps.push((cap, arm));
            }
            at = around;
        }
        caps
    }

    /// The block around a statement, and the number of the arm or item there.
    fn arm_of(&self, at: At) -> Option<(At, Option<u32>)> {
        let frame = self.frames.get(at.frame)?;
        let activation = self.activation(frame.activation)?;
        let in_frame = |node| {
            let local = activation.tables.node(node)?.local;
            Some(At { frame: at.frame, local })
        };
        let owner = self.node_of(at).and_then(|node| {
            let node = self.plan.workflow(activation.workflow)?.nodes.get(node.index())?;
            Some(activation.tables.owner(node.block))
        });
        match owner.unwrap_or(Owner::Frame) {
            Owner::Case(node) => Some((in_frame(node)?, None)),
            Owner::Arms(node) => Some((in_frame(node)?, Some(at.local))),
            Owner::Frame => Some((frame.owner?, frame.indices.last().copied())),
        }
    }
}
