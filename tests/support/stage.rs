//! A run on the machine alone: a test plays the outside, one answer at a time.

use agentflow::base::Decimal;
use agentflow::engine::effect::{
    Answered, CallFault, CallStats, Entry, Event, EventKind, FaultDetail, ModelReply, ModelRequest, Outcome,
    Start, StepReport, StepStatus, Stop, ToolCall, ToolOutput, ToolRequest, Usage,
};
use agentflow::engine::eval::{Date, Value};
use agentflow::engine::machine::{Command, EffectId, Input, Machine, Output, TimerId, replay};
use agentflow::plan::{Plan, WorkflowId};
use std::collections::BTreeMap;
use std::sync::Arc;

pub struct Stage {
    pub plan: Arc<Plan>,
    pub machine: Machine,
    pub open: BTreeMap<EffectId, Command>,
    pub timers: BTreeMap<TimerId, u64>,
    pub events: Vec<Event>,
    pub entries: Vec<Entry>,
    pub outcome: Option<Outcome>,
    pub at: u64,
}

pub fn start(workflow: WorkflowId, args: Vec<Value>) -> Start {
    Start {
        run: Arc::from("r1"),
        workflow,
        args,
        today: Date { year: 2025, month: 3, day: 1 },
        now: Arc::from("2025-03-01T12:00:00Z"),
        max_parallel: 10,
        timeout_ms: None,
        default_tier: 1,
        tool_result_tokens: 8000,
        value_tokens: 32000,
        simulated: false,
        people: true,
    }
}

pub fn reply(text: &str) -> ModelReply {
    ModelReply {
        text: text.to_owned(),
        tool_calls: Vec::new(),
        stop: Stop::End,
        stats: CallStats {
            model: Some("test:model".into()),
            attempts: 1,
            usage: Usage { input_tokens: 10, output_tokens: 5, cost_usd: Decimal::ZERO, unpriced: false },
            ..CallStats::default()
        },
    }
}

impl Stage {
    pub fn new(plan: Plan, start: Start) -> Self {
        let plan = Arc::new(plan);
        let mut stage = Self {
            machine: Machine::new(Arc::clone(&plan)),
            plan,
            open: BTreeMap::new(),
            timers: BTreeMap::new(),
            events: Vec::new(),
            entries: Vec::new(),
            outcome: None,
            at: 0,
        };
        stage.feed(Input::Start(Box::new(start)));
        stage
    }

    /// Runs the last workflow of a plan, without arguments.
    pub fn of(plan: Plan) -> Self {
        let workflow = WorkflowId(plan.workflows.len() as u32 - 1);
        Self::new(plan, start(workflow, Vec::new()))
    }

    pub fn with(plan: Plan, change: impl FnOnce(&mut Start)) -> Self {
        let workflow = WorkflowId(plan.workflows.len() as u32 - 1);
        let mut begin = start(workflow, Vec::new());
        change(&mut begin);
        Self::new(plan, begin)
    }

    pub fn feed(&mut self, input: Input) {
        self.entries.push(Entry::Input(input.clone()));
        for output in self.machine.step(input) {
            match output {
                Output::Event(event) => self.events.push(event),
                Output::Command(command) => {
                    self.entries.push(Entry::Command(command.clone()));
                    self.perform(command);
                }
            }
        }
    }

    fn perform(&mut self, command: Command) {
        match command {
            Command::Call { id, .. } | Command::Tool { id, .. } | Command::Ask { id, .. } => {
                assert!(self.open.insert(id, command).is_none(), "an effect was ordered twice");
            }
            Command::Stop { id } => {
                assert!(self.open.remove(&id).is_some(), "an effect was stopped that is not open");
            }
            Command::Timer { id, in_ms } => {
                self.timers.insert(id, self.at + in_ms);
            }
            Command::StopTimer { id } => {
                assert!(self.timers.remove(&id).is_some(), "a timer was stopped that does not run");
            }
            Command::Finish { outcome } => self.outcome = Some(*outcome),
        }
    }

    /// The paths of what is in flight, in the order of the orders.
    pub fn in_flight(&self) -> Vec<String> {
        self.open.values().map(|command| path_of(command).to_owned()).collect()
    }

    pub fn find(&self, path: &str) -> EffectId {
        let found = self.open.iter().find(|(_, command)| path_of(command) == path);
        *found.unwrap_or_else(|| panic!("`{path}` is not in flight, but {:?}", self.in_flight())).0
    }

    pub fn request(&self, path: &str) -> ModelRequest {
        match &self.open[&self.find(path)] {
            Command::Call { request, .. } => (**request).clone(),
            other => panic!("`{path}` is no call: {other:?}"),
        }
    }

    pub fn tool_request(&self, path: &str) -> ToolRequest {
        match &self.open[&self.find(path)] {
            Command::Tool { request, .. } => (**request).clone(),
            other => panic!("`{path}` is no tool: {other:?}"),
        }
    }

    pub fn say(&mut self, path: &str, text: &str) {
        self.answer(path, reply(text));
    }

    pub fn answer(&mut self, path: &str, reply: ModelReply) {
        let id = self.find(path);
        self.open.remove(&id);
        self.feed(Input::Model { id, at: self.at, answered: Box::new(Answered::Reply(reply)) });
    }

    /// The same for several calls, one after the other.
    pub fn say_all(&mut self, answers: &[(&str, &str)]) {
        for (path, text) in answers {
            self.say(path, text);
        }
    }

    pub fn stop(&mut self, path: &str, text: &str, stop: Stop) {
        self.answer(path, ModelReply { stop, ..reply(text) });
    }

    pub fn call_tools(&mut self, path: &str, calls: &[(&str, &str, &str)]) {
        let tool_calls = calls
            .iter()
            .map(|(id, name, arguments)| ToolCall {
                id: (*id).into(),
                name: (*name).into(),
                arguments: (*arguments).to_owned(),
            })
            .collect();
        self.answer(path, ModelReply { tool_calls, stop: Stop::ToolUse, ..reply("") });
    }

    pub fn fault(&mut self, path: &str, detail: FaultDetail) {
        let id = self.find(path);
        let fault = CallFault { detail, message: Arc::from("it went wrong") };
        let at = self.at;
        let input = match self.open.remove(&id).unwrap() {
            Command::Call { .. } => {
                Input::Model { id, at, answered: Box::new(Answered::Fault(fault, CallStats::default())) }
            }
            Command::Tool { .. } => Input::Tool { id, at, output: Err(fault) },
            _ => Input::Answer { id, at, value: Err(fault) },
        };
        self.feed(input);
    }

    pub fn tool(&mut self, path: &str, output: ToolOutput) {
        let id = self.find(path);
        self.open.remove(&id);
        self.feed(Input::Tool { id, at: self.at, output: Ok(output) });
    }

    pub fn person(&mut self, path: &str, value: Value) {
        let id = self.find(path);
        self.open.remove(&id);
        self.feed(Input::Answer { id, at: self.at, value: Ok(value) });
    }

    /// Lets time pass; deadlines on the way are reported in their order.
    pub fn pass(&mut self, ms: u64) {
        let until = self.at + ms;
        while let Some((id, due)) = self
            .timers
            .iter()
            .map(|(id, due)| (*id, *due))
            .filter(|(_, due)| *due <= until)
            .min_by_key(|it| it.1)
        {
            self.at = due.max(self.at);
            self.timers.remove(&id);
            self.feed(Input::Timer { id, at: self.at });
        }
        self.at = until;
    }

    /// Answers every call, oldest first, until the run is over.
    pub fn finish(&mut self, mut answer: impl FnMut(&ModelRequest) -> String) {
        while self.outcome.is_none() {
            let (id, command) =
                self.open.iter().next().map(|(id, it)| (*id, it.clone())).expect("the run hangs");
            let Command::Call { request, .. } = command else { panic!("only calls are answered here") };
            self.open.remove(&id);
            let answered = Box::new(Answered::Reply(reply(&answer(&request))));
            self.feed(Input::Model { id, at: self.at, answered });
        }
        self.check();
    }

    pub fn outcome(&self) -> &Outcome {
        self.outcome
            .as_ref()
            .unwrap_or_else(|| panic!("the run is not over; in flight: {:?}", self.in_flight()))
    }

    pub fn report(&self, path: &str) -> &StepReport {
        let steps = &self.outcome().steps;
        steps.iter().find(|step| &*step.id == path).unwrap_or_else(|| {
            panic!("no step `{path}` among {:?}", steps.iter().map(|step| &step.id).collect::<Vec<_>>())
        })
    }

    pub fn status(&self, path: &str) -> StepStatus {
        self.report(path).status
    }

    /// Every step and how it ended: `w/a succeeded`; with the one to blame where there is one.
    pub fn statuses(&self) -> Vec<String> {
        let line = |step: &StepReport| {
            let status = format!("{:?}", step.status).to_lowercase();
            let handled = if step.handled { " handled" } else { "" };
            let because =
                step.because.as_ref().map(|because| format!(" because {because}")).unwrap_or_default();
            format!("{} {status}{handled}{because}", step.id)
        };
        self.outcome().steps.iter().map(line).collect()
    }

    pub fn error(&self) -> (String, String, String) {
        let error = self.outcome().error.clone().expect("the run has no error");
        (error.kind.to_string(), error.step.to_string(), error.message)
    }

    pub fn result_text(&self) -> String {
        match &self.outcome().result {
            Some(Value::Text(text)) => text.to_string(),
            other => panic!("the result is no text: {other:?}"),
        }
    }

    /// What holds of every run that has ended: nothing is left in flight, events are counted without gaps, and its
    /// journal replays.
    pub fn check(&self) {
        self.outcome();
        assert!(self.open.is_empty(), "left in flight: {:?}", self.in_flight());
        assert!(self.timers.is_empty(), "left running: {:?}", self.timers);
        let seqs: Vec<u64> = self.events.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
        self.check_replay();
        let json = serde_json::to_string(&self.entries).unwrap();
        let back: Vec<Entry> = serde_json::from_str(&json).unwrap();
        assert!(replay(&self.plan, &back).is_ok(), "the journal does not survive its serialised form");
    }

    /// Fed back its own journal, the machine gives the same commands and events; also of a run that waits.
    pub fn check_replay(&self) {
        let replayed = replay(&self.plan, &self.entries).unwrap_or_else(|difference| panic!("{difference}"));
        assert_eq!(replayed.events, self.events);
        assert!(replayed.unrecorded.is_empty());
    }

    pub fn has_event(&self, wanted: impl Fn(&EventKind) -> bool) -> bool {
        self.events.iter().any(|event| wanted(&event.kind))
    }
}

pub fn path_of(command: &Command) -> &str {
    match command {
        Command::Call { request, .. } => &request.step,
        Command::Tool { request, .. } => &request.step,
        Command::Ask { request, .. } => &request.step,
        _ => "",
    }
}
