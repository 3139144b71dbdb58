use super::block::Budget;
use super::failure::{Failure, Fault, failure_value};
use super::frame::{ActivationId, At, End, FrameId, Slot, State};
use super::machine::{Alarm, Here};
use super::ready::{Key, Needs};
use super::report::{Ending, callable};
use super::tools::ToolTry;
use super::tries::Asking;
use super::{Command, EffectId, Machine, TimerId};
use crate::engine::effect::{AskRequest, CallableKind, EventKind, RunError, StepPath, StepStatus, Usage};
use crate::engine::eval::rubric::ReviewView;
use crate::engine::eval::{Value, as_declared, to_json};
use crate::plan::{Annotations, Call, ExprId, Fallback, NodeId, NodeKind, RubricId, Type, VarId, builtin};
use smol_str::SmolStr;
use std::collections::VecDeque;
use std::sync::Arc;

/// A step from the moment when it may start until it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunId(pub u32);

/// What a running step is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// A statement.
    Step(At, NodeId),
    /// The judge of a loop.
    Judge(At, NodeId),
}

#[derive(Debug)]
pub(super) struct Run {
    pub origin: Origin,
    pub activation: ActivationId,
    /// The frame that its expressions see.
    pub frame: FrameId,
    pub key: Key,
    pub path: StepPath,
    pub seed_path: StepPath,
    pub round: Option<u32>,
    pub item: Option<u32>,
    pub repeated: bool,
    pub kind: CallableKind,
    pub callable: SmolStr,
    pub started: Option<u64>,
    pub deadline: Option<Deadline>,
    pub work: Work,
    /// Places for calls that it has: one from its start to its end, more while several calls are in flight.
    pub places: u32,
    pub in_flight: u32,
    /// Calls that wait for a further place.
    pub surplus: VecDeque<Job>,
    pub effects: Vec<EffectId>,
    pub number: u32,
    pub calls: u32,
    pub attempts: u32,
    pub usage: Usage,
    pub tier: Option<u8>,
    pub model: Option<SmolStr>,
    pub budget: Option<Budget>,
}

/// When a step has to be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    pub limit: u64,
    pub until: u64,
    pub timer: TimerId,
    /// The clock stands still until then.
    pub held_until: u64,
}

/// What a step is doing.
#[derive(Debug)]
pub(super) enum Work {
    Idle,
    Asking(Box<Asking>),
    Tool(Box<ToolTry>),
    Person(EffectId, Box<AskRequest>, Type),
    Workflow(ActivationId),
}

/// A call of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// The next question of this conversation.
    Talk(usize),
    /// A tool that the model called, in this conversation, at this position.
    AgentTool(usize, usize),
    /// The step's own tool.
    Tool,
    /// The step's own question to a person.
    Person,
}

/// An effect that was ordered and has not ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub run: RunId,
    pub job: Job,
    pub timer: Option<TimerId>,
}

/// Steps that have not ended. Numbers are not used again.
#[derive(Debug, Default)]
pub(super) struct Runs(Vec<Option<Box<Run>>>);

impl Runs {
    pub fn add(&mut self, run: Run) -> RunId {
        let id = RunId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(Some(Box::new(run)));
        id
    }

    pub fn get(&self, id: RunId) -> Option<&Run> {
        self.0.get(id.0 as usize)?.as_deref()
    }

    pub fn get_mut(&mut self, id: RunId) -> Option<&mut Run> {
        self.0.get_mut(id.0 as usize)?.as_deref_mut()
    }

    pub fn take(&mut self, id: RunId) -> Option<Box<Run>> {
        self.0.get_mut(id.0 as usize)?.take()
    }

    pub fn put(&mut self, id: RunId, run: Box<Run>) {
        if let Some(slot) = self.0.get_mut(id.0 as usize) {
            *slot = Some(run);
        }
    }
}

/// Whether `on failure` may take over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handling {
    Call,
    Inputs,
}

impl Run {
    /// What messages call it: the last part of its path, without rounds and items.
    pub fn name(&self) -> String {
        let last = self.path.rsplit('/').next().unwrap_or(&self.path);
        last.split('[').next().unwrap_or(last).to_owned()
    }
}

/// What a step calls, wherever it was written.
pub(super) struct Called<'a> {
    pub call: Calling<'a>,
    pub annotations: Annotations,
}

#[derive(Clone, Copy)]
pub(super) enum Calling<'a> {
    Step(&'a Call, Option<&'a Type>),
    Judge(RubricId, &'a [ExprId]),
}

impl Machine {
    /// A step has all that it waits for.
    pub(super) fn ready_step(&mut self, at: At, here: &Here) {
        let Some(node) = here.node() else { return };
        let NodeKind::Step { call, annotations, .. } = &node.kind else { return };
        let (kind, callable) = callable(&self.plan, call);
        let Some(frame) = self.frames.get(at.frame) else { return };
        let Some(activation) = self.activation(here.activation) else { return };
        let path: StepPath = activation.path_of(&node.name, &frame.suffix).into();
        let seed_path = if frame.repeated {
            activation.seed_path_of(&node.name, &frame.seed_suffix).into()
        } else {
            Arc::clone(&path)
        };
        let run = Run {
            key: activation.key_of(here.node, &frame.indices),
            round: frame.round,
            item: frame.item,
            repeated: frame.repeated,
            budget: annotations.budget.map(Budget::new),
            ..Run::new(
                Origin::Step(at, here.node),
                here.activation,
                at.frame,
                path,
                seed_path,
                kind,
                callable,
            )
        };
        let id = self.enqueue(run);
        if let Some(statement) = self.frames.statement_mut(at) {
            statement.state = State::Step(id);
        }
    }

    /// The body of a round is done; its judge may start.
    pub(super) fn ready_judge(&mut self, at: At, frame_id: FrameId, here: &Here) {
        let Some(run) = self.judge_run(at, frame_id, here) else { return };
        let id = self.enqueue(run);
        if let Some(state) = self.loop_mut(at) {
            state.judge = Some(id);
        }
    }

    fn judge_run(&self, at: At, frame_id: FrameId, here: &Here) -> Option<Run> {
        let NodeKind::Loop(plan) = &here.node()?.kind else { return None };
        let judge = plan.judge.as_ref()?;
        let frame = self.frames.get(frame_id)?;
        let activation = self.activation(here.activation)?;
        let last = super::tables::last_inside(here.workflow()?, plan.block).unwrap_or(here.node);
        let path = activation.path_of("review", &frame.suffix).into();
        let seed_path = activation.seed_path_of("review", &frame.seed_suffix).into();
        let name = self.plan.rubric(judge.rubric).map(|rubric| rubric.name.clone()).unwrap_or_default();
        let origin = Origin::Judge(at, here.node);
        Some(Run {
            key: activation.judge_key_of(last, &frame.indices),
            round: frame.round,
            item: frame.item,
            repeated: true,
            ..Run::new(origin, here.activation, frame_id, path, seed_path, CallableKind::Rubric, name)
        })
    }

    /// Notes a judge that never began.
    pub(super) fn note_judge(&mut self, at: At, frame: FrameId, failure: &Arc<Failure>) {
        let Some(here) = self.here(at) else { return };
        let Some(run) = self.judge_run(at, frame, &here) else { return };
        let because = failure.because();
        self.note(&run, StepStatus::Cancelled, Ending { because: because.clone(), ..Ending::default() });
        self.emit(Some(&run.path), run.round, EventKind::StepCancelled { because });
    }

    fn enqueue(&mut self, run: Run) -> RunId {
        let (path, round, key) = (Arc::clone(&run.path), run.round, Arc::clone(&run.key));
        let id = self.runs.add(run);
        self.emit(Some(&path), round, EventKind::StepReady);
        self.queue.add_fresh(key, id);
        id
    }

    /// Lets a step through the caps around it.
    pub(super) fn admit(&mut self, id: RunId) {
        let Some(run) = self.runs.get(id) else { return };
        let at = match run.origin {
            Origin::Step(at, _) | Origin::Judge(at, _) => at,
        };
        let needs = match run.kind {
            CallableKind::Agent | CallableKind::Rubric | CallableKind::Tool => Needs::Place,
            CallableKind::Ask | CallableKind::Workflow => Needs::Nothing,
        };
        let key = Arc::clone(&run.key);
        if self.admitted(at, id) {
            self.queue.add(key, id, needs);
        }
    }

    /// Starts a step.
    pub(super) fn launch(&mut self, id: RunId) {
        let now = self.now;
        let Some(run) = self.runs.get_mut(id) else { return };
        if !matches!(run.kind, CallableKind::Ask | CallableKind::Workflow) {
            run.places = 1;
            self.queue.take_place();
        }
        run.started = Some(now);
        let origin = run.origin;
        let (Origin::Step(at, _) | Origin::Judge(at, _)) = origin;
        let Some(here) = self.here(at) else { return };
        match (origin, here.node().map(|node| &node.kind)) {
            (Origin::Step(..), Some(NodeKind::Step { call, annotations, result, .. })) => {
                let call = Calling::Step(call, result.as_ref());
                self.call(id, &Called { call, annotations: annotations.clone() });
            }
            (Origin::Judge(..), Some(NodeKind::Loop(crate::plan::Loop { judge: Some(judge), .. }))) => {
                let call = Calling::Judge(judge.rubric, &judge.args);
                self.call(id, &Called { call, annotations: Annotations::default() });
            }
            _ => {}
        }
    }

    fn call(&mut self, id: RunId, called: &Called<'_>) {
        let args = match called.call {
            Calling::Step(
                Call::Agent(_, args) | Call::Rubric(_, args) | Call::Tool(_, args) | Call::Workflow(_, args),
                _,
            ) => self.args(id, args),
            Calling::Judge(_, args) => self.args(id, args),
            Calling::Step(Call::Prompt(_) | Call::Ask(_), _) => Ok(Vec::new()),
        };
        let args = match args {
            Ok(args) => args,
            Err(fault) => {
                self.say_started(id, None);
                return self.fail_inputs(id, fault);
            }
        };
        match called.call {
            Calling::Step(Call::Agent(agent, _), _) => self.start_agent(id, *agent, args, called),
            Calling::Step(Call::Prompt(prompt), result) => self.start_prompt(id, *prompt, result, called),
            Calling::Step(Call::Rubric(rubric, _), _) => self.start_rubric(id, *rubric, args, called),
            Calling::Judge(rubric, _) => self.start_rubric(id, rubric, args, called),
            Calling::Step(Call::Tool(tool, _), _) => self.start_tool(id, *tool, args, called),
            Calling::Step(Call::Workflow(workflow, _), _) => {
                self.say_started(id, None);
                self.record_call(id, called, &args);
                self.call_workflow(id, *workflow, args, &called.annotations);
            }
            Calling::Step(Call::Ask(ask), _) => self.start_ask(id, ask, called),
        }
    }

    fn args(&self, id: RunId, args: &[ExprId]) -> Result<Vec<Value>, Fault> {
        let Some(frame) = self.runs.get(id).map(|run| run.frame) else { return Ok(Vec::new()) };
        args.iter().map(|arg| self.eval(frame, *arg).map_err(Fault::from)).collect()
    }

    pub(super) fn say_started(&mut self, id: RunId, tier: Option<u8>) {
        let Some(run) = self.runs.get_mut(id) else { return };
        run.tier = tier;
        let event = EventKind::StepStarted { kind: run.kind, callable: run.callable.clone(), tier };
        let (path, round) = (Arc::clone(&run.path), run.round);
        self.emit(Some(&path), round, event);
    }

    /// Starts the clock of a step: from the real start of its first try.
    pub(super) fn set_deadline(&mut self, id: RunId, limit: u64) {
        let timer = self.set_alarm(limit, Alarm::Step(id));
        let until = self.now.saturating_add(limit);
        if let Some(run) = self.runs.get_mut(id) {
            run.deadline = Some(Deadline { limit, until, timer, held_until: 0 });
        }
    }

    /// A call of a step waits for a rate limit: the step's deadline comes so much later. Calls that wait side by side do
    /// not add up.
    pub(super) fn hold_deadline(&mut self, effect: EffectId, for_ms: u64) {
        let Some(id) = self.flights.get(&effect).map(|flight| flight.run) else { return };
        let Some(deadline) = self.runs.get(id).and_then(|run| run.deadline) else { return };
        let held_until = self.now.saturating_add(for_ms).max(deadline.held_until);
        let longer = held_until - deadline.held_until.max(self.now).min(held_until);
        if longer == 0 {
            return;
        }
        self.stop_alarm(deadline.timer);
        let until = deadline.until.saturating_add(longer);
        let timer = self.set_alarm(until.saturating_sub(self.now), Alarm::Step(id));
        if let Some(run) = self.runs.get_mut(id) {
            run.deadline = Some(Deadline { until, timer, held_until, ..deadline });
        }
    }

    pub(super) fn step_timed_out(&mut self, id: RunId) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let limit = run.deadline.take().map_or(0, |deadline| deadline.limit);
        let message = format!("`{}` timed out after {}", run.name(), super::failure::duration(limit));
        self.finish_run(id, Err(Fault::new(crate::plan::FaultKind::Timeout, message)));
    }

    /// Orders a call now, or as soon as there is a place for one more.
    pub(super) fn issue(&mut self, id: RunId, job: Job) {
        let Some(run) = self.runs.get_mut(id) else { return };
        if run.in_flight > 0 {
            if !self.queue.try_place() {
                run.surplus.push_back(job);
                self.queue.add_surplus(Arc::clone(&run.key), id);
                return;
            }
            run.places += 1;
        }
        self.send(id, job);
    }

    pub(super) fn issue_surplus(&mut self, id: RunId) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let Some(job) = run.surplus.pop_front() else { return };
        if run.in_flight > 0 {
            run.places += 1;
            self.queue.take_place();
        }
        self.send(id, job);
    }

    fn send(&mut self, id: RunId, job: Job) {
        match job {
            Job::Talk(talk) => self.ask_model(id, talk),
            Job::AgentTool(talk, call) => self.run_agent_tool(id, talk, call),
            Job::Tool => self.run_tool(id),
            Job::Person => {}
        }
    }

    /// Notes an effect of a step as in flight.
    pub(super) fn fly(&mut self, id: RunId, effect: EffectId, job: Job, timer: Option<TimerId>) {
        self.flights.insert(effect, Flight { run: id, job, timer });
        if let Some(run) = self.runs.get_mut(id) {
            run.in_flight += 1;
            run.effects.push(effect);
        }
    }

    /// An effect has ended; gives what it was for, if that is still wanted.
    pub(super) fn land(&mut self, effect: EffectId) -> Option<Flight> {
        let flight = self.flights.remove(&effect)?;
        if let Some(timer) = flight.timer {
            self.stop_alarm(timer);
        }
        let run = self.runs.get_mut(flight.run)?;
        run.in_flight = run.in_flight.saturating_sub(1);
        run.effects.retain(|other| *other != effect);
        if run.in_flight > 0 && run.places > 1 {
            run.places -= 1;
            self.queue.give_back(1);
        } else if run.in_flight == 0
            && let Some(job) = run.surplus.pop_front()
        {
            self.send(flight.run, job);
        }
        Some(flight)
    }

    /// Takes a step off everything that it holds.
    fn end_run(&mut self, id: RunId) -> Option<Box<Run>> {
        let run = self.runs.take(id)?;
        if let Some(deadline) = run.deadline {
            self.stop_alarm(deadline.timer);
        }
        for effect in &run.effects {
            if let Some(flight) = self.flights.remove(effect) {
                self.order(Command::Stop { id: *effect });
                if let Some(timer) = flight.timer {
                    self.stop_alarm(timer);
                }
            }
        }
        if let Work::Person(effect, ..) = &run.work {
            self.unasked.remove(effect);
            self.release_clocks(run.activation);
        }
        self.queue.give_back(run.places);
        Some(run)
    }

    /// A step ends because what it stands in ends.
    pub(super) fn abandon(&mut self, id: RunId, end: &End) {
        let Some(run) = self.end_run(id) else { return };
        if let Work::Workflow(activation) = run.work {
            self.sweep_activation(activation, end);
        }
        let because = end.bad().and_then(|failure| failure.because());
        self.note(&run, StepStatus::Cancelled, Ending { because: because.clone(), ..Ending::default() });
        self.emit(Some(&run.path), run.round, EventKind::StepCancelled { because });
    }

    /// A step has ended.
    pub(super) fn finish_run(&mut self, id: RunId, result: Result<Value, Fault>) {
        self.finish(id, result, Handling::Call);
    }

    /// A step fails before its call began: its arguments have no value.
    fn fail_inputs(&mut self, id: RunId, fault: Fault) {
        self.finish(id, Err(fault), Handling::Inputs);
    }

    fn finish(&mut self, id: RunId, result: Result<Value, Fault>, handling: Handling) {
        let Some(run) = self.end_run(id) else { return };
        match result {
            Ok(value) => self.succeed(&run, value),
            Err(fault) => {
                let failure = Failure::new(Arc::clone(&run.key), Arc::clone(&run.path), fault);
                self.give_up(&run, &failure, handling);
            }
        }
    }

    /// A workflow that a step called has failed, by a failure that began in it.
    pub(super) fn finish_failed_workflow(&mut self, id: RunId, failure: &Arc<Failure>) {
        if let Some(run) = self.end_run(id) {
            self.give_up(&run, failure, Handling::Call);
        }
    }

    fn succeed(&mut self, run: &Run, value: Value) {
        self.note(run, StepStatus::Succeeded, Ending::default());
        if run.kind == CallableKind::Rubric
            && let Some(view) = ReviewView::of(&value)
        {
            let rubric = run.callable.clone();
            let event = EventKind::RubricReviewed {
                rubric,
                grade: view.grade,
                score: view.score,
                advice: view.advice.to_string(),
            };
            self.emit(Some(&run.path), run.round, event);
        }
        let (at, binds, ty) = self.binding(run);
        let from = self.called_type(at);
        let value = match (&from, &ty) {
            (Some(from), Some(ty)) => as_declared(&self.plan, value, from, ty),
            _ => value,
        };
        let json = ty.map(|ty| to_json(&self.plan, &value, Some(&ty)));
        self.emit(Some(&run.path), run.round, EventKind::StepFinished { value: json, usage: run.usage });
        match run.origin {
            Origin::Judge(at, _) => self.judged(at, run.frame, value),
            Origin::Step(..) => {
                if let Some(var) = binds {
                    self.bind(run.frame, var, value);
                }
                self.conclude(at, End::Good);
            }
        }
    }

    fn binding(&self, run: &Run) -> (At, Option<VarId>, Option<Type>) {
        let (Origin::Step(at, _) | Origin::Judge(at, _)) = run.origin;
        let here = self.here(at);
        match (run.origin, here.as_ref().and_then(|here| here.node()).map(|node| &node.kind)) {
            (Origin::Step(..), Some(NodeKind::Step { binds, result, .. })) => (at, *binds, result.clone()),
            _ => (at, None, Some(Type::Named(builtin::REVIEW))),
        }
    }

    /// The type of what the step's call gives, where another one may be declared for it.
    fn called_type(&self, at: At) -> Option<Type> {
        let here = self.here(at)?;
        let NodeKind::Step { call, .. } = &here.node()?.kind else { return None };
        match call {
            Call::Agent(id, _) => self.plan.agent(*id).map(|agent| agent.result.clone()),
            Call::Tool(id, _) => self.plan.tool(*id)?.result.clone(),
            Call::Workflow(id, _) => self.plan.workflow(*id)?.result.clone(),
            Call::Rubric(..) | Call::Prompt(_) | Call::Ask(_) => None,
        }
    }

    fn give_up(&mut self, run: &Run, failure: &Arc<Failure>, handling: Handling) {
        let Origin::Step(at, _) = run.origin else {
            self.say_failed(run, &failure.error, false);
            let (Origin::Judge(at, _) | Origin::Step(at, _)) = run.origin;
            return self.judge_failed(at, failure);
        };
        let here = self.here(at);
        let kind = here.as_ref().and_then(|here| here.node()).map(|node| &node.kind);
        let Some(NodeKind::Step { fallbacks, binds, .. }) = kind else { return };
        let handles =
            |fallback: &&Fallback| fallback.kinds.is_empty() || fallback.kinds.contains(&failure.error.kind);
        let fallback = fallbacks.iter().find(handles).filter(|_| handling == Handling::Call);
        let Some(fallback) = fallback else {
            self.say_failed(run, &failure.error, false);
            return self.fail_step(run, at, *binds, failure);
        };
        let extra = fallback.binder.map(|binder| (binder, failure_value(&failure.error)));
        match self.eval_with(run.frame, fallback.value, extra) {
            Ok(value) => {
                self.say_failed(run, &failure.error, true);
                if let Some(var) = binds {
                    self.bind(run.frame, *var, value);
                }
                self.conclude(at, End::Good);
            }
            Err(fault) => {
                let failure = Failure::new(Arc::clone(&run.key), Arc::clone(&run.path), fault.into());
                self.say_failed(run, &failure.error, false);
                self.fail_step(run, at, *binds, &failure);
            }
        }
    }

    fn fail_step(&mut self, run: &Run, at: At, binds: Option<VarId>, failure: &Arc<Failure>) {
        if let Some(var) = binds {
            self.set_slot(run.frame, var, Slot::Cancelled(Arc::clone(failure)));
        }
        self.conclude(at, End::Bad(Arc::clone(failure)));
    }

    fn say_failed(&mut self, run: &Run, error: &RunError, handled: bool) {
        let ending = Ending { because: None, error: Some(error.clone()), handled };
        self.note(run, StepStatus::Failed, ending);
        self.emit(Some(&run.path), run.round, EventKind::StepFailed { error: error.clone(), handled });
    }

    /// The number of the next call of a step, counted on over rounds.
    pub(super) fn next_number(&mut self, id: RunId) -> u32 {
        let Some(run) = self.runs.get_mut(id) else { return 0 };
        let counter = if run.repeated {
            self.numbers.entry(Arc::clone(&run.seed_path)).or_default()
        } else {
            &mut run.number
        };
        let number = *counter;
        *counter = counter.saturating_add(1);
        number
    }
}

impl Run {
    fn new(
        origin: Origin,
        activation: ActivationId,
        frame: FrameId,
        path: StepPath,
        seed_path: StepPath,
        kind: CallableKind,
        callable: SmolStr,
    ) -> Self {
        Self {
            origin,
            activation,
            frame,
            key: Arc::from([].as_slice()),
            path,
            seed_path,
            round: None,
            item: None,
            repeated: false,
            kind,
            callable,
            started: None,
            deadline: None,
            work: Work::Idle,
            places: 0,
            in_flight: 0,
            surplus: VecDeque::new(),
            effects: Vec::new(),
            number: 0,
            calls: 0,
            attempts: 0,
            usage: Usage::default(),
            tier: None,
            model: None,
            budget: None,
        }
    }
}
