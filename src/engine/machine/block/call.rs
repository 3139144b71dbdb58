use crate::base::Decimal;
use crate::engine::effect::{EventKind, RunStatus, StepPath};
use crate::engine::eval::Value;
use crate::engine::machine::failure::{Failure, Fault, duration};
use crate::engine::machine::frame::{ActivationId, End, FrameId};
use crate::engine::machine::machine::{Alarm, Stage};
use crate::engine::machine::ready::Key;
use crate::engine::machine::settle::Turn;
use crate::engine::machine::step::{RunId, Work};
use crate::engine::machine::tables::Tables;
use crate::engine::machine::{Command, Machine, TimerId};
use crate::plan::{NodeId, ScopeId, Tiers, Workflow, WorkflowId};
use std::sync::Arc;

/// A workflow that runs: the one that was started, or one that a step calls.
#[derive(Debug)]
pub(in crate::engine::machine) struct Activation {
    pub workflow: WorkflowId,
    pub tables: Arc<Tables>,
    /// The path of what calls it.
    pub prefix: Arc<str>,
    /// The same without rounds.
    pub seed_prefix: Arc<str>,
    pub key: Key,
    pub frame: Option<FrameId>,
    /// The step that calls it.
    pub caller: Option<RunId>,
    /// What calls it belongs to.
    pub parent: Option<ActivationId>,
    /// `@tier` in the workflow's place.
    pub tiers: Option<Tiers>,
    pub result: Option<Value>,
    pub round: Option<u32>,
    pub item: Option<u32>,
    pub repeated: bool,
    pub clock: Clock,
    pub budget: Option<Budget>,
}

/// The deadline of a workflow. It stands still while an `ask` below is open (L3.9).
#[derive(Debug, Default)]
pub(in crate::engine::machine) struct Clock {
    /// The whole time, for the message.
    limit: u64,
    state: ClockState,
    /// Questions to people below that are open.
    asks: u32,
}

#[derive(Clone, Copy, Debug, Default)]
enum ClockState {
    #[default]
    None,
    Runs {
        until: u64,
        timer: TimerId,
    },
    Stands {
        left: u64,
    },
}

/// What may be spent, and what was.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::machine) struct Budget {
    pub limit: Decimal,
    pub spent: Decimal,
}

impl Budget {
    pub fn new(limit: Decimal) -> Self {
        Self { limit, spent: Decimal::ZERO }
    }

    /// Whether nothing more may be asked for.
    pub fn is_spent(&self) -> bool {
        self.spent > Decimal::ZERO && self.spent >= self.limit
    }
}

impl Activation {
    pub fn path_of(&self, name: &str, suffix: &str) -> String {
        let mut path = String::with_capacity(self.prefix.len() + name.len() + suffix.len() + 1);
        path.push_str(&self.prefix);
        path.push('/');
        path.push_str(name);
        path.push_str(suffix);
        path
    }

    pub fn seed_path_of(&self, name: &str, suffix: &str) -> String {
        format!("{}/{name}{suffix}", self.seed_prefix)
    }

    pub fn key_of(&self, node: NodeId, indices: &[u32]) -> Key {
        self.key.iter().copied().chain([node.0.saturating_mul(2)]).chain(indices.iter().copied()).collect()
    }

    /// The judge of a loop stands behind the last statement of the body.
    pub fn judge_key_of(&self, last: NodeId, indices: &[u32]) -> Key {
        let place = last.0.saturating_mul(2).saturating_add(1);
        self.key.iter().copied().chain([place]).chain(indices.iter().copied()).collect()
    }
}

impl Machine {
    /// The workflow that the run is of.
    pub(in crate::engine::machine) fn begin_root(
        &mut self,
        id: WorkflowId,
        args: Vec<Value>,
        timeout: Option<u64>,
    ) {
        let tables = self.tables_of(id);
        let plan = Arc::clone(&self.plan);
        let Some(workflow) = plan.workflow(id) else {
            self.stage = Stage::Over;
            return;
        };
        let name: Arc<str> = Arc::from(workflow.name.as_str());
        let activation = Activation {
            workflow: id,
            tables,
            prefix: Arc::clone(&name),
            seed_prefix: name,
            key: Arc::from([].as_slice()),
            frame: None,
            caller: None,
            parent: None,
            tiers: workflow.annotations.tier,
            result: None,
            round: None,
            item: None,
            repeated: false,
            clock: Clock::default(),
            budget: workflow.annotations.budget.map(Budget::new),
        };
        let limits = [timeout, workflow.annotations.timeout_ms];
        let limit = limits.into_iter().flatten().min();
        self.begin_activation(activation, workflow, args, limit);
    }

    /// A step calls a workflow.
    pub(in crate::engine::machine) fn call_workflow(
        &mut self,
        run_id: RunId,
        id: WorkflowId,
        args: Vec<Value>,
        annotations: &crate::plan::Annotations,
    ) {
        let tables = self.tables_of(id);
        let plan = Arc::clone(&self.plan);
        let Some(workflow) = plan.workflow(id) else {
            return self
                .finish_run(run_id, Err(Fault::failed("the plan is wrong: there is no such workflow")));
        };
        let Some(run) = self.runs.get(run_id) else { return };
        let outer = self.activation(run.activation).and_then(|found| found.tiers);
        let activation = Activation {
            workflow: id,
            tables,
            prefix: Arc::clone(&run.path),
            seed_prefix: Arc::clone(&run.seed_path),
            key: Arc::clone(&run.key),
            frame: None,
            caller: Some(run_id),
            parent: Some(run.activation),
            tiers: annotations.tier.or(workflow.annotations.tier).or(outer),
            result: None,
            round: run.round,
            item: run.item,
            repeated: run.repeated,
            clock: Clock::default(),
            budget: workflow.annotations.budget.map(Budget::new),
        };
        let limit = annotations.timeout_ms.or(workflow.annotations.timeout_ms);
        self.begin_activation(activation, workflow, args, limit);
    }

    fn begin_activation(
        &mut self,
        activation: Activation,
        workflow: &Workflow,
        args: Vec<Value>,
        limit: Option<u64>,
    ) {
        let id = ActivationId(u32::try_from(self.activations.len()).unwrap_or(u32::MAX));
        if let Some(run) = activation.caller.and_then(|run| self.runs.get_mut(run)) {
            run.work = Work::Workflow(id);
        }
        self.activations.push(activation);
        if let Some(limit) = limit {
            let timer = self.set_alarm(limit, Alarm::Workflow(id));
            let until = self.now.saturating_add(limit);
            if let Some(clock) = self.clock_mut(id) {
                *clock = Clock { limit, state: ClockState::Runs { until, timer }, asks: 0 };
            }
        }
        let Some(frame) = self.add_frame(id, ScopeId::default(), None, Turn::Body) else {
            return self.workflow_done(id);
        };
        if let Some(activation) = self.activation_mut(id) {
            activation.frame = Some(frame);
        }
        for (param, value) in workflow.params.iter().zip(args) {
            self.bind(frame, param.var, value);
        }
        let fixed = self.start.as_ref().map(|start| (start.today, Arc::clone(&start.now)));
        if let Some((today, now)) = fixed {
            if let Some(var) = workflow.today {
                self.bind(frame, var, Value::Date(today));
            }
            if let Some(var) = workflow.now {
                self.bind(frame, var, Value::Text(now));
            }
        }
        self.open_frame(frame, Workflow::BODY);
    }

    /// All statements of a workflow have ended.
    pub(super) fn workflow_done(&mut self, id: ActivationId) {
        let Some(activation) = self.activation(id) else { return };
        let bad =
            activation.frame.and_then(|frame| self.frames.get(frame)).and_then(|frame| frame.bad.clone());
        let (caller, frame) = (activation.caller, activation.frame);
        self.stop_clock(id);
        match caller {
            None => self.finish_root(bad),
            Some(run) => {
                if let Some(frame) = frame {
                    self.frames.drop(frame);
                }
                let result = self.activation_mut(id).and_then(|found| found.result.take());
                match bad {
                    Some(failure) => self.finish_failed_workflow(run, &failure),
                    None => self.finish_run(run, Ok(result.unwrap_or(Value::None))),
                }
            }
        }
    }

    fn finish_root(&mut self, bad: Option<Arc<Failure>>) {
        let error = bad.map(|failure| failure.error.clone());
        let (status, event) = match &error {
            Some(error) => (RunStatus::Failed, EventKind::RunFailed { error: error.clone() }),
            None => (RunStatus::Succeeded, EventKind::RunFinished { status: RunStatus::Succeeded }),
        };
        self.end_with(status, error, event);
    }

    fn end_with(
        &mut self,
        status: RunStatus,
        error: Option<crate::engine::effect::RunError>,
        event: EventKind,
    ) {
        self.stage = Stage::Over;
        self.emit(None, None, event);
        let outcome = Box::new(self.outcome(status, error));
        self.order(Command::Finish { outcome });
    }

    /// Nothing more can be done now: the run is waiting for answers, or for a person, or is over.
    pub(in crate::engine::machine) fn rest(&mut self) {
        if self.stage == Stage::Over || !self.flights.is_empty() {
            return;
        }
        let steps = self.open_paths();
        if steps.is_empty() {
            let path: StepPath =
                self.activations.first().map_or_else(|| Arc::from(""), |root| root.prefix.clone());
            let message = "the plan is wrong: its statements wait for each other".to_owned();
            let kind = crate::plan::FaultKind::Failed;
            let error = crate::engine::effect::RunError { kind, step: path, message };
            return self.end_with(RunStatus::Failed, Some(error.clone()), EventKind::RunFailed { error });
        }
        if self.stage == Stage::Waiting {
            return;
        }
        self.stage = Stage::Waiting;
        let noted = self.ledger.entries.len();
        self.note_waiting();
        self.emit(None, None, EventKind::RunWaiting { steps });
        let outcome = Box::new(self.outcome(RunStatus::Waiting, None));
        self.ledger.entries.truncate(noted);
        self.order(Command::Finish { outcome });
    }

    /// A person cancels the run.
    pub(in crate::engine::machine) fn cancel_run(&mut self) {
        let path = self.activations.first().map_or_else(|| Arc::from(""), |root| Arc::clone(&root.prefix));
        let end = End::Bad(Failure::by_person(path));
        self.sweep_activation(ActivationId(0), &end);
        self.end_with(RunStatus::Cancelled, None, EventKind::RunCancelled);
    }

    pub(in crate::engine::machine) fn sweep_activation(&mut self, id: ActivationId, end: &End) {
        self.stop_clock(id);
        if let Some(frame) = self.activation(id).and_then(|activation| activation.frame) {
            self.sweep_block(frame, Workflow::BODY, end);
            if id != ActivationId(0) {
                self.frames.drop(frame);
            }
        }
    }

    /// The deadline of a workflow passed: what is in flight below is cancelled.
    pub(in crate::engine::machine) fn workflow_timed_out(&mut self, id: ActivationId) {
        let Some(activation) = self.activation_mut(id) else { return };
        let limit = activation.clock.limit;
        activation.clock = Clock::default();
        let (caller, path, key) = (activation.caller, Arc::clone(&activation.prefix), activation.key.clone());
        let name = match caller.and_then(|run| self.runs.get(run)) {
            Some(run) => run.name(),
            None => path.to_string(),
        };
        let fault = Fault::new(
            crate::plan::FaultKind::Timeout,
            format!("`{name}` timed out after {}", duration(limit)),
        );
        let failure = Failure::new(key, path, fault.clone());
        self.sweep_activation(id, &End::Bad(Arc::clone(&failure)));
        match caller {
            Some(run) => self.finish_run(run, Err(fault)),
            None => self.finish_root(Some(failure)),
        }
    }

    fn stop_clock(&mut self, id: ActivationId) {
        let state = self.clock_mut(id).map(|clock| std::mem::take(&mut clock.state));
        if let Some(ClockState::Runs { timer, .. }) = state {
            self.stop_alarm(timer);
        }
    }

    /// A question to a person opens: the clocks of all workflows around it stand still.
    pub(in crate::engine::machine) fn hold_clocks(&mut self, from: ActivationId) {
        let now = self.now;
        let mut next = Some(from);
        while let Some(id) = next {
            let Some(activation) = self.activation_mut(id) else { return };
            next = activation.parent;
            activation.clock.asks += 1;
            if let ClockState::Runs { until, timer } = activation.clock.state {
                activation.clock.state = ClockState::Stands { left: until.saturating_sub(now) };
                self.stop_alarm(timer);
            }
        }
    }

    /// A question to a person closes.
    pub(in crate::engine::machine) fn release_clocks(&mut self, from: ActivationId) {
        let now = self.now;
        let mut next = Some(from);
        while let Some(id) = next {
            let Some(activation) = self.activation_mut(id) else { return };
            next = activation.parent;
            activation.clock.asks = activation.clock.asks.saturating_sub(1);
            if activation.clock.asks == 0
                && let ClockState::Stands { left } = activation.clock.state
            {
                let timer = self.set_alarm(left, Alarm::Workflow(id));
                let until = now.saturating_add(left);
                if let Some(clock) = self.clock_mut(id) {
                    clock.state = ClockState::Runs { until, timer };
                }
            }
        }
    }
}
