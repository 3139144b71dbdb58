use super::block::BlockState;
use super::failure::Failure;
use super::step::RunId;
use super::tables::{Tables, Target};
use crate::engine::eval::{Env, Value};
use crate::plan::{ScopeId, VarId};
use std::sync::Arc;

/// A frame of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameId(pub u32);

/// A workflow that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ActivationId(pub u32);

/// A statement in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub frame: FrameId,
    pub local: u32,
}

/// One run of a scope: the body of a workflow, a round, an item, a tail.
#[derive(Debug)]
pub(super) struct Frame {
    pub activation: ActivationId,
    pub scope: ScopeId,
    pub parent: Option<FrameId>,
    /// The loop or fan-out whose round, item or tail this is.
    pub owner: Option<At>,
    /// Rounds and items around it, outermost first.
    pub indices: Arc<[u32]>,
    /// The same as a path ends: `[2][0]`.
    pub suffix: Arc<str>,
    /// The same without rounds.
    pub seed_suffix: Arc<str>,
    /// The innermost round around it.
    pub round: Option<u32>,
    /// The innermost item around it.
    pub item: Option<u32>,
    /// Whether it runs again in another round.
    pub repeated: bool,
    pub slots: Vec<Slot>,
    pub statements: Vec<Statement>,
    /// Statements of its block that are not done.
    pub open: u32,
    /// The first failure on the page among them.
    pub bad: Option<Arc<Failure>>,
}

/// A variable of a frame.
#[derive(Debug)]
pub(super) enum Slot {
    /// Not bound yet, with those in other frames that wait for it.
    Pending(Vec<At>),
    /// Bound.
    Ready(Value),
    /// Will never be bound, because of this.
    Cancelled(Arc<Failure>),
}

/// A statement of a frame.
#[derive(Debug)]
pub(super) struct Statement {
    /// What it still waits for.
    pub pending: u32,
    /// The first failure on the page among what it waited for.
    pub doom: Option<Arc<Failure>>,
    /// Those in other frames that wait for it.
    pub waiters: Vec<At>,
    pub state: State,
}

/// How far a statement is.
#[derive(Debug)]
pub(super) enum State {
    Waiting,
    Step(RunId),
    Block(Box<BlockState>),
    Done(End),
}

/// How a statement ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// It did what it should, or somebody took over.
    Good,
    /// It stands in a case that was not taken.
    Skipped,
    /// It failed, holds something that failed, or waited for something that failed: what stands first on the page.
    Bad(Arc<Failure>),
}

impl End {
    pub fn bad(&self) -> Option<&Arc<Failure>> {
        match self {
            Self::Bad(failure) => Some(failure),
            Self::Good | Self::Skipped => None,
        }
    }
}

/// How a target stands.
pub(super) enum Standing {
    Pending,
    Settled(Option<Arc<Failure>>),
}

/// All frames of a run. Numbers are not used again.
#[derive(Debug, Default)]
pub(super) struct Frames(Vec<Option<Box<Frame>>>);

impl Frames {
    pub fn add(&mut self, frame: Frame) -> FrameId {
        let id = FrameId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(Some(Box::new(frame)));
        id
    }

    /// How many there were, those that are gone included.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    pub fn get(&self, id: FrameId) -> Option<&Frame> {
        self.0.get(id.0 as usize)?.as_deref()
    }

    pub fn get_mut(&mut self, id: FrameId) -> Option<&mut Frame> {
        self.0.get_mut(id.0 as usize)?.as_deref_mut()
    }

    pub fn drop(&mut self, id: FrameId) {
        if let Some(slot) = self.0.get_mut(id.0 as usize) {
            *slot = None;
        }
    }

    pub fn statement(&self, at: At) -> Option<&Statement> {
        self.get(at.frame)?.statements.get(at.local as usize)
    }

    pub fn statement_mut(&mut self, at: At) -> Option<&mut Statement> {
        self.get_mut(at.frame)?.statements.get_mut(at.local as usize)
    }

    /// The frame of `scope` that `from` is, or stands in.
    pub fn around(&self, from: FrameId, scope: ScopeId) -> Option<FrameId> {
        let mut id = from;
        loop {
            let frame = self.get(id)?;
            if frame.scope == scope {
                return Some(id);
            }
            id = frame.parent?;
        }
    }

    /// How what is waited for stands; if it is pending, `waiter` is told later.
    pub fn watch(&mut self, from: FrameId, target: Target, waiter: At) -> Standing {
        let (Target::Node(scope, local) | Target::Var(scope, local)) = target;
        let frame = self.around(from, scope).and_then(|id| self.get_mut(id));
        match (frame, target) {
            (Some(frame), Target::Node(..)) => match frame.statements.get_mut(local as usize) {
                Some(Statement { state: State::Done(end), .. }) => Standing::Settled(end.bad().cloned()),
                Some(statement) => {
                    statement.waiters.push(waiter);
                    Standing::Pending
                }
                None => Standing::Settled(None),
            },
            (Some(frame), Target::Var(..)) => match frame.slots.get_mut(local as usize) {
                Some(Slot::Pending(waiters)) => {
                    waiters.push(waiter);
                    Standing::Pending
                }
                Some(Slot::Cancelled(failure)) => Standing::Settled(Some(Arc::clone(failure))),
                Some(Slot::Ready(_)) | None => Standing::Settled(None),
            },
            (None, _) => Standing::Settled(None),
        }
    }
}

/// The variables that a statement of a frame sees.
pub(super) struct Scope<'a> {
    pub frames: &'a Frames,
    pub tables: &'a Tables,
    pub frame: FrameId,
    /// A variable that lives in one expression only.
    pub extra: Option<(VarId, Value)>,
}

impl Env for Scope<'_> {
    fn lookup(&self, var: VarId) -> Option<Value> {
        if let Some((extra, value)) = &self.extra
            && *extra == var
        {
            return Some(value.clone());
        }
        let table = self.tables.var(var)?;
        let frame = self.frames.get(self.frames.around(self.frame, table.scope)?)?;
        match frame.slots.get(table.local as usize)? {
            Slot::Ready(value) => Some(value.clone()),
            Slot::Pending(_) | Slot::Cancelled(_) => None,
        }
    }
}
