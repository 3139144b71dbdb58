use super::block::{Activation, Clock};
use super::frame::{ActivationId, At, FrameId, Frames, Scope};
use super::given::Oracle;
use super::ready::{Cap, Queue};
use super::report::Ledger;
use super::step::{Flight, RunId, Runs};
use super::tables::Tables;
use super::tries::Prepared;
use super::{Command, EffectId, Input, Output, TimerId};
use crate::engine::effect::{Start, StepPath};
use crate::engine::eval::{EvalFault, Value};
use crate::plan::{ExprId, Node, NodeId, Plan, VarId, Workflow, WorkflowId};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// A run as a state machine. The same inputs always give the same outputs.
#[derive(Debug)]
pub struct Machine {
    pub(super) plan: Arc<Plan>,
    pub(super) start: Option<Box<Start>>,
    /// `at` of the last input.
    pub(super) now: u64,
    pub(super) stage: Stage,
    pub(super) seq: u64,
    pub(super) out: Vec<Output>,
    pub(super) tables: Vec<Option<Arc<Tables>>>,
    pub(super) frames: Frames,
    pub(super) activations: Vec<Activation>,
    pub(super) runs: Runs,
    pub(super) caps: Vec<Cap>,
    /// Statements that have all that they wait for.
    pub(super) agenda: VecDeque<At>,
    pub(super) queue: Queue,
    pub(super) flights: HashMap<EffectId, Flight>,
    pub(super) alarms: HashMap<TimerId, Alarm>,
    /// Questions that no person can be asked in this run.
    pub(super) unasked: BTreeMap<EffectId, RunId>,
    pub(super) last_effect: u64,
    pub(super) last_timer: u64,
    /// How many calls each path has made that runs again in another round.
    pub(super) numbers: HashMap<StepPath, u32>,
    pub(super) ledger: Ledger,
    pub(super) prepared: Prepared,
    pub(super) oracle: Option<Box<Oracle>>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Fresh,
    Running,
    /// Nothing can move until a person answers.
    Waiting,
    Over,
}

/// What a deadline is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Alarm {
    Step(RunId),
    AgentTool(EffectId),
    Workflow(ActivationId),
}

/// A statement with all that its frame knows of it.
pub(super) struct Here {
    pub plan: Arc<Plan>,
    pub tables: Arc<Tables>,
    pub activation: ActivationId,
    pub workflow: WorkflowId,
    pub node: NodeId,
}

impl Here {
    pub fn workflow(&self) -> Option<&Workflow> {
        self.plan.workflow(self.workflow)
    }

    pub fn node(&self) -> Option<&Node> {
        self.workflow()?.nodes.get(self.node.index())
    }
}

impl Machine {
    /// A run of a plan that has not started.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self {
            tables: vec![None; plan.workflows.len()],
            plan,
            start: None,
            now: 0,
            stage: Stage::Fresh,
            seq: 0,
            out: Vec::new(),
            frames: Frames::default(),
            activations: Vec::new(),
            runs: Runs::default(),
            caps: Vec::new(),
            agenda: VecDeque::new(),
            queue: Queue::default(),
            flights: HashMap::new(),
            alarms: HashMap::new(),
            unasked: BTreeMap::new(),
            last_effect: 0,
            last_timer: 0,
            numbers: HashMap::new(),
            ledger: Ledger::default(),
            prepared: Prepared::default(),
            oracle: None,
        }
    }

    /// Takes an input; gives what is to be done and shown because of it, in order.
    ///
    /// An input that answers nothing that is open, or that comes after the end, changes nothing.
    pub fn step(&mut self, input: Input) -> Vec<Output> {
        match (self.stage, input) {
            (Stage::Fresh, Input::Start(start)) => self.begin(start),
            (Stage::Running | Stage::Waiting, input) => self.take(input),
            _ => return Vec::new(),
        }
        self.drain();
        std::mem::take(&mut self.out)
    }

    /// Whether the run has ended: nothing follows, whatever is put in.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn begin(&mut self, start: Box<Start>) {
        self.stage = Stage::Running;
        self.queue.set_limit(start.max_parallel);
        let workflow = start.workflow;
        let args = start.args.clone();
        let limit = start.timeout_ms;
        let simulated = start.simulated;
        self.start = Some(start);
        let name = self.plan.workflow(workflow).map(|found| found.name.clone()).unwrap_or_default();
        let started = crate::engine::effect::EventKind::RunStarted { workflow: name, simulated };
        self.emit(None, None, started);
        self.begin_root(workflow, args, limit);
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Start(_) => {}
            Input::Model { id, at, answered } => {
                self.arrive_at(at);
                self.model_answered(id, *answered);
            }
            Input::Tool { id, at, output } => {
                self.arrive_at(at);
                self.tool_answered(id, output);
            }
            Input::Answer { id, at, value } => {
                self.arrive_at(at);
                self.person_answered(id, value);
            }
            Input::Held { id, at, for_ms } => {
                self.arrive_at(at);
                self.hold_deadline(id, for_ms);
            }
            Input::Timer { id, at } => {
                self.arrive_at(at);
                self.alarm(id);
            }
            Input::Cancel { at } => {
                self.arrive_at(at);
                self.cancel_run();
            }
        }
    }

    fn arrive_at(&mut self, at: u64) {
        self.now = self.now.max(at);
    }

    fn alarm(&mut self, id: TimerId) {
        match self.alarms.remove(&id) {
            Some(Alarm::Step(run)) => self.step_timed_out(run),
            Some(Alarm::AgentTool(effect)) => self.agent_tool_timed_out(effect),
            Some(Alarm::Workflow(activation)) => self.workflow_timed_out(activation),
            None => {}
        }
    }

    /// Does everything that can be done without an answer from outside.
    fn drain(&mut self) {
        while self.stage != Stage::Over {
            if let Some(at) = self.agenda.pop_front() {
                self.perform(at);
            } else if let Some(run) = self.queue.next_fresh() {
                self.admit(run);
            } else if let Some(run) = self.queue.next_surplus() {
                self.issue_surplus(run);
            } else if let Some(run) = self.queue.next() {
                self.launch(run);
            } else if !self.settle_given() {
                self.rest();
                break;
            }
        }
    }

    pub(super) fn order(&mut self, command: Command) {
        self.out.push(Output::Command(command));
    }

    pub(super) fn new_effect(&mut self) -> EffectId {
        self.last_effect += 1;
        EffectId(self.last_effect)
    }

    pub(super) fn set_alarm(&mut self, in_ms: u64, alarm: Alarm) -> TimerId {
        self.last_timer += 1;
        let id = TimerId(self.last_timer);
        self.alarms.insert(id, alarm);
        self.order(Command::Timer { id, in_ms });
        id
    }

    pub(super) fn stop_alarm(&mut self, id: TimerId) {
        if self.alarms.remove(&id).is_some() {
            self.order(Command::StopTimer { id });
        }
    }

    pub(super) fn activation(&self, id: ActivationId) -> Option<&Activation> {
        self.activations.get(id.0 as usize)
    }

    pub(super) fn activation_mut(&mut self, id: ActivationId) -> Option<&mut Activation> {
        self.activations.get_mut(id.0 as usize)
    }

    pub(super) fn clock_mut(&mut self, id: ActivationId) -> Option<&mut Clock> {
        self.activation_mut(id).map(|activation| &mut activation.clock)
    }

    pub(super) fn tables_of(&mut self, workflow: WorkflowId) -> Arc<Tables> {
        let slot = self.tables.get_mut(workflow.index());
        if let Some(Some(tables)) = &slot {
            return Arc::clone(tables);
        }
        let tables = Arc::new(super::tables::workflow_or_empty(&self.plan, workflow));
        if let Some(slot) = slot {
            *slot = Some(Arc::clone(&tables));
        }
        tables
    }

    pub(super) fn node_of(&self, at: At) -> Option<NodeId> {
        let frame = self.frames.get(at.frame)?;
        let tables = &self.activation(frame.activation)?.tables;
        tables.scope(frame.scope)?.nodes.get(at.local as usize).copied()
    }

    pub(super) fn here(&self, at: At) -> Option<Here> {
        let frame = self.frames.get(at.frame)?;
        let activation = self.activation(frame.activation)?;
        let node = activation.tables.scope(frame.scope)?.nodes.get(at.local as usize).copied()?;
        Some(Here {
            plan: Arc::clone(&self.plan),
            tables: Arc::clone(&activation.tables),
            activation: frame.activation,
            workflow: activation.workflow,
            node,
        })
    }

    /// Evaluates an expression in a frame.
    pub(super) fn eval(&self, frame: FrameId, expr: ExprId) -> Result<Value, EvalFault> {
        self.eval_with(frame, expr, None)
    }

    pub(super) fn eval_with(
        &self,
        frame: FrameId,
        expr: ExprId,
        extra: Option<(VarId, Value)>,
    ) -> Result<Value, EvalFault> {
        match self.scope(frame, extra) {
            Some(scope) => crate::engine::eval::eval(&self.plan, expr, &scope),
            None => Err(EvalFault::type_fault("a frame is gone")),
        }
    }

    pub(super) fn eval_bool(&self, frame: FrameId, expr: ExprId) -> Result<bool, EvalFault> {
        match self.scope(frame, None) {
            Some(scope) => crate::engine::eval::eval_bool(&self.plan, expr, &scope),
            None => Err(EvalFault::type_fault("a frame is gone")),
        }
    }

    pub(super) fn eval_text(&self, frame: FrameId, expr: ExprId) -> Result<Arc<str>, EvalFault> {
        match self.scope(frame, None) {
            Some(scope) => crate::engine::eval::eval_text(&self.plan, expr, &scope),
            None => Err(EvalFault::type_fault("a frame is gone")),
        }
    }

    fn scope(&self, frame: FrameId, extra: Option<(VarId, Value)>) -> Option<Scope<'_>> {
        let activation = self.activation(self.frames.get(frame)?.activation)?;
        Some(Scope { frames: &self.frames, tables: &activation.tables, frame, extra })
    }

    pub(super) fn path_at(&self, at: At) -> StepPath {
        let path = || {
            let frame = self.frames.get(at.frame)?;
            let activation = self.activation(frame.activation)?;
            let node = self.plan.workflow(activation.workflow)?.nodes.get(self.node_of(at)?.index())?;
            Some(activation.path_of(&node.name, &frame.suffix).into())
        };
        path().unwrap_or_else(|| Arc::from(""))
    }

    pub(super) fn key_at(&self, at: At) -> super::ready::Key {
        let key = || {
            let frame = self.frames.get(at.frame)?;
            Some(self.activation(frame.activation)?.key_of(self.node_of(at)?, &frame.indices))
        };
        key().unwrap_or_else(|| Arc::from([].as_slice()))
    }

    pub(super) fn round_at(&self, frame: FrameId) -> Option<u32> {
        self.frames.get(frame).and_then(|frame| frame.round)
    }
}
