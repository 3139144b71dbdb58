//! Blocks: what is opened, what is repeated, and how the ends of their statements become one end.

mod call;
mod each;
mod loops;
mod parallel;
mod when;

pub(super) use call::{Activation, Budget, Clock};
pub(super) use each::EachState;
pub(super) use loops::LoopState;

use super::Machine;
use super::failure::{Failure, keep_first};
use super::frame::{At, End, FrameId, State};
use super::machine::Here;
use super::ready::CapId;
use std::sync::Arc;

/// A block that was opened.
#[derive(Debug)]
pub(super) enum BlockState {
    When { arm: usize, open: u32, bad: Option<Arc<Failure>> },
    Parallel { open: u32, bad: Option<Arc<Failure>>, cap: Option<CapId> },
    Each(EachState),
    Loop(LoopState),
}

impl BlockState {
    /// The cap on its arms.
    pub fn cap(&self) -> Option<CapId> {
        match self {
            Self::Parallel { cap, .. } => *cap,
            Self::Each(each) => each.cap,
            Self::When { .. } | Self::Loop(_) => None,
        }
    }

    /// A statement in it has ended; gives the end of the block when it was the last one.
    #[expect(clippy::option_option, reason = "the end of a block may be without failure")]
    pub fn close_one(&mut self, end: &End) -> Option<Option<Arc<Failure>>> {
        let (Self::When { open, bad, .. } | Self::Parallel { open, bad, .. }) = self else { return None };
        keep_first(bad, end.bad());
        *open = open.saturating_sub(1);
        (*open == 0).then(|| bad.clone())
    }
}

impl Machine {
    /// All statements of a `when` or `parallel` have ended.
    pub(super) fn block_done(&mut self, at: At, bad: Option<Arc<Failure>>) {
        if let Some(BlockState::When { arm, .. }) = self.block_mut(at) {
            let arm = *arm;
            self.cancel_absent(at, arm, bad.as_ref());
        }
        self.conclude(at, bad.map_or(End::Good, End::Bad));
    }

    /// All statements of a frame have ended.
    pub(super) fn frame_done(&mut self, id: FrameId) {
        let Some(frame) = self.frames.get(id) else { return };
        let Some(owner) = frame.owner else { return self.workflow_done(frame.activation) };
        let bad = frame.bad.clone();
        let tail = self.is_tail(id);
        match self.block_mut(owner) {
            Some(BlockState::Each(_)) => self.item_done(owner, id, bad),
            Some(BlockState::Loop(_)) if tail => self.tail_done(owner, bad),
            Some(BlockState::Loop(_)) => self.round_done(owner, id, bad),
            _ => {}
        }
    }

    /// The end of a frame has all that it waits for.
    pub(super) fn end_of_scope(&mut self, at: At, doom: Option<Arc<Failure>>) {
        let Some(owner) = self.frames.get(at.frame).and_then(|frame| frame.owner) else { return };
        let tail = self.is_tail(at.frame);
        match self.block_mut(owner) {
            Some(BlockState::Each(_)) => self.give(owner, at, doom),
            Some(BlockState::Loop(_)) if tail => self.fail_in_tail(owner, at.frame, doom),
            Some(BlockState::Loop(_)) => self.judge_round(owner, at.frame, doom),
            _ => {}
        }
    }

    fn is_tail(&self, id: FrameId) -> bool {
        let kind = || {
            let frame = self.frames.get(id)?;
            let workflow = self.plan.workflow(self.activation(frame.activation)?.workflow)?;
            Some(workflow.scopes.get(frame.scope.index())?.kind)
        };
        matches!(kind(), Some(crate::plan::ScopeKind::Tail(_)))
    }

    /// Ends what runs in the frames of a loop or fan-out.
    pub(super) fn sweep_frames(&mut self, at: At, here: &Here, state: BlockState, end: &End) {
        match state {
            BlockState::Each(each) => self.sweep_each(at, here, each, end),
            BlockState::Loop(rounds) => self.sweep_loop(here, rounds, end),
            BlockState::When { .. } | BlockState::Parallel { .. } => {}
        }
    }

    pub(super) fn set_block(&mut self, at: At, state: BlockState) {
        if let Some(statement) = self.frames.statement_mut(at) {
            statement.state = State::Block(Box::new(state));
        }
    }
}
