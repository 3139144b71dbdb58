use super::Machine;
use super::frame::{At, End, State};
use super::ready::Key;
use super::step::{Origin, Run};
use crate::engine::effect::{
    CallableKind, Event, EventKind, Gate, Outcome, RunError, RunStatus, StepPath, StepReport, StepStatus,
    Usage,
};
use crate::engine::machine::Output;
use crate::plan::{BlockId, Call, NodeId, NodeKind, WorkflowId};
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::Arc;

/// What is known about a run when it ends.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub entries: Vec<Entry>,
    pub gates: Vec<(Key, Gate)>,
    pub usage: Usage,
    pub calls: u32,
    pub attempts: u32,
}

/// A step as it ended.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: Key,
    pub workflow: WorkflowId,
    /// The statement; of a judge, its loop.
    pub node: NodeId,
    pub judge: bool,
    pub report: StepReport,
}

impl Ledger {
    /// Every step once, in the order of page, round and item. Of steps of one name in several cases the one that ran.
    pub fn steps(&self) -> Vec<&Entry> {
        let mut sorted: Vec<&Entry> = self.entries.iter().collect();
        sorted.sort_by(|a, b| a.key.cmp(&b.key));
        if sorted.iter().all(|entry| rank(entry.report.status) == 0) {
            return sorted;
        }
        let mut best: HashMap<&StepPath, (u8, usize)> = HashMap::new();
        for (position, entry) in sorted.iter().enumerate() {
            let this = (rank(entry.report.status), position);
            best.entry(&entry.report.id).and_modify(|kept| *kept = this.min(*kept)).or_insert(this);
        }
        let kept = |(position, entry): &(usize, &Entry)| {
            best.get(&entry.report.id).is_some_and(|(_, kept)| kept == position)
        };
        sorted.into_iter().enumerate().filter(kept).map(|(_, entry)| entry).collect()
    }

    fn gates(&self) -> Vec<Gate> {
        let mut sorted: Vec<&(Key, Gate)> = self.gates.iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        sorted.into_iter().map(|(_, gate)| gate.clone()).collect()
    }
}

/// Which of several entries of one step tells what became of it.
fn rank(status: StepStatus) -> u8 {
    match status {
        StepStatus::Succeeded | StepStatus::Failed => 0,
        StepStatus::Waiting => 1,
        StepStatus::Cancelled => 2,
        StepStatus::Skipped => 3,
    }
}

pub(super) fn add_usage(sum: &mut Usage, more: &Usage) {
    sum.input_tokens = sum.input_tokens.saturating_add(more.input_tokens);
    sum.output_tokens = sum.output_tokens.saturating_add(more.output_tokens);
    sum.cost_usd = sum.cost_usd.add(more.cost_usd).unwrap_or(sum.cost_usd);
    sum.unpriced |= more.unpriced;
}

/// What a call is called in reports.
pub(super) fn callable(plan: &crate::plan::Plan, call: &Call) -> (CallableKind, SmolStr) {
    let or = |name: Option<&SmolStr>, word: &'static str| {
        name.cloned().unwrap_or_else(|| SmolStr::new_static(word))
    };
    match call {
        Call::Agent(id, _) => (CallableKind::Agent, or(plan.agent(*id).map(|agent| &agent.name), "agent")),
        Call::Prompt(_) => (CallableKind::Agent, SmolStr::new_static("prompt")),
        Call::Rubric(id, _) => {
            (CallableKind::Rubric, or(plan.rubric(*id).map(|rubric| &rubric.name), "rubric"))
        }
        Call::Tool(id, _) => (CallableKind::Tool, or(plan.tool(*id).map(|tool| &tool.name), "tool")),
        Call::Workflow(id, _) => {
            (CallableKind::Workflow, or(plan.workflow(*id).map(|workflow| &workflow.name), "workflow"))
        }
        Call::Ask(_) => (CallableKind::Ask, SmolStr::new_static("ask")),
    }
}

impl Machine {
    pub(super) fn emit(&mut self, step: Option<&StepPath>, round: Option<u32>, kind: EventKind) {
        self.seq += 1;
        let run = self.start.as_ref().map_or_else(|| Arc::from(""), |start| Arc::clone(&start.run));
        self.out.push(Output::Event(Event {
            run,
            seq: self.seq,
            at: self.now,
            step: step.cloned(),
            round,
            kind,
        }));
    }

    /// Notes how a step that had begun ended.
    pub(super) fn note(&mut self, run: &Run, status: StepStatus, ending: Ending) {
        let report = StepReport {
            id: Arc::clone(&run.path),
            kind: run.kind,
            callable: run.callable.clone(),
            status,
            tier: run.tier,
            model: run.model.clone(),
            calls: run.calls,
            attempts: run.attempts,
            usage: run.usage,
            because: ending.because,
            error: ending.error,
            handled: ending.handled,
            started_ms: run.started,
            finished_ms: run.started.filter(|_| status != StepStatus::Waiting).map(|_| self.now),
        };
        let (workflow, node, judge) = self.origin_of(run);
        self.ledger.entries.push(Entry { key: Arc::clone(&run.key), workflow, node, judge, report });
    }

    fn origin_of(&self, run: &Run) -> (WorkflowId, NodeId, bool) {
        let workflow = self.activation(run.activation).map(|found| found.workflow).unwrap_or_default();
        match run.origin {
            Origin::Step(_, node) => (workflow, node, false),
            Origin::Judge(_, node) => (workflow, node, true),
        }
    }

    /// Notes a step that never began.
    pub(super) fn note_unstarted(&mut self, at: At, node_id: NodeId, status: StepStatus, end: &End) {
        let Some(frame) = self.frames.get(at.frame) else { return };
        let (activation, suffix, indices) =
            (frame.activation, Arc::clone(&frame.suffix), Arc::clone(&frame.indices));
        let round = frame.round;
        if self.is_said_of_a_twin(at, node_id, status) {
            return;
        }
        self.note_static(&Listing { activation, node: node_id, suffix, indices, round, status, end });
    }

    /// Whether a step of the same name in another case says how this one ended, as they are one step: one that may still
    /// run, or one that was cancelled just so.
    fn is_said_of_a_twin(&self, at: At, node: NodeId, status: StepStatus) -> bool {
        let Some(frame) = self.frames.get(at.frame) else { return false };
        let tables = self.activation(frame.activation).map(|activation| &activation.tables);
        let twins = tables.and_then(|tables| tables.node(node)).map(|table| table.twins.as_slice());
        let states = twins.unwrap_or_default().iter().filter_map(|twin| frame.statements.get(*twin as usize));
        let mut states = states.map(|twin| &twin.state);
        match status {
            StepStatus::Skipped => states.any(|state| !matches!(state, State::Done(End::Skipped))),
            StepStatus::Cancelled => states.any(|state| matches!(state, State::Done(End::Bad(_)))),
            _ => false,
        }
    }

    pub(super) fn note_static(&mut self, listing: &Listing<'_>) {
        let plan = Arc::clone(&self.plan);
        let Some(activation) = self.activation(listing.activation) else { return };
        let workflow_id = activation.workflow;
        let path_of = |name: &str| -> StepPath { activation.path_of(name, &listing.suffix).into() };
        let key = activation.key_of(listing.node, &listing.indices);
        let Some(node) = plan.workflow(workflow_id).and_then(|found| found.nodes.get(listing.node.index()))
        else {
            return;
        };
        let path = path_of(&node.name);
        let NodeKind::Step { call, .. } = &node.kind else { return };
        let (kind, callable) = callable(&plan, call);
        let because = listing.end.bad().and_then(|failure| failure.because());
        let event = match listing.status {
            StepStatus::Skipped => Some(EventKind::StepSkipped { because: None }),
            StepStatus::Cancelled => Some(EventKind::StepCancelled { because: because.clone() }),
            _ => None,
        };
        let report = StepReport {
            id: Arc::clone(&path),
            kind,
            callable,
            status: listing.status,
            tier: None,
            model: None,
            calls: 0,
            attempts: 0,
            usage: Usage::default(),
            because,
            error: None,
            handled: false,
            started_ms: None,
            finished_ms: None,
        };
        self.ledger.entries.push(Entry {
            key,
            workflow: workflow_id,
            node: listing.node,
            judge: false,
            report,
        });
        if let Some(event) = event {
            self.emit(Some(&path), listing.round, event);
        }
    }

    /// Notes every step in a block that never got frames: once, without the rounds and items it would have had.
    pub(super) fn note_block(&mut self, block: BlockId, listing: &Listing<'_>) {
        let plan = Arc::clone(&self.plan);
        let workflow_id = self.activation(listing.activation).map(|found| found.workflow).unwrap_or_default();
        let Some(workflow) = plan.workflow(workflow_id) else { return };
        let nodes = workflow.blocks.get(block.index()).map(|block| block.nodes.clone()).unwrap_or_default();
        for id in nodes {
            self.note_static(&Listing { node: id, ..listing.clone() });
            let Some(node) = workflow.nodes.get(id.index()) else { continue };
            for inner in super::tables::inner_blocks(&node.kind) {
                self.note_block(inner, listing);
            }
        }
    }

    pub(super) fn outcome(&self, status: RunStatus, error: Option<RunError>) -> Outcome {
        let result = match status {
            RunStatus::Succeeded => self.activations.first().and_then(|root| root.result.clone()),
            _ => None,
        };
        Outcome {
            status,
            result,
            error,
            gates: self.ledger.gates(),
            calls: self.ledger.calls,
            attempts: self.ledger.attempts,
            usage: self.ledger.usage,
            steps: self.ledger.steps().into_iter().map(|entry| entry.report.clone()).collect(),
        }
    }

    /// Notes every step that is not done as waiting.
    pub(super) fn note_waiting(&mut self) {
        for index in 0..self.frames.count() {
            let id = super::frame::FrameId(index);
            let count = self.frames.get(id).map_or(0, |frame| frame.statements.len());
            for local in (0u32..).take(count) {
                self.note_waiting_statement(At { frame: id, local });
            }
        }
    }

    fn note_waiting_statement(&mut self, at: At) {
        let Some(node) = self.node_of(at) else { return };
        match self.frames.statement(at).map(|statement| &statement.state) {
            Some(State::Waiting) => {
                self.note_unstarted(at, node, StepStatus::Waiting, &End::Good);
                let Some((kind, listing)) = self.listing_of(at, node) else { return };
                let inner_scopes = matches!(kind, NodeKind::Each(_) | NodeKind::Loop(_));
                for block in super::tables::inner_blocks(&kind).into_iter().filter(|_| inner_scopes) {
                    self.note_block(block, &listing);
                }
            }
            Some(State::Step(run)) => {
                let run = *run;
                if let Some(found) = self.runs.take(run) {
                    self.note(&found, StepStatus::Waiting, Ending::default());
                    self.runs.put(run, found);
                }
            }
            _ => {}
        }
    }

    fn listing_of(&self, at: At, node: NodeId) -> Option<(NodeKind, Listing<'static>)> {
        static WAITS: End = End::Good;
        let frame = self.frames.get(at.frame)?;
        let workflow = self.activation(frame.activation)?.workflow;
        let kind = self.plan.workflow(workflow)?.nodes.get(node.index())?.kind.clone();
        let listing = Listing {
            activation: frame.activation,
            node,
            suffix: Arc::clone(&frame.suffix),
            indices: Arc::clone(&frame.indices),
            round: frame.round,
            status: StepStatus::Waiting,
            end: &WAITS,
        };
        Some((kind, listing))
    }
}

/// What is said about a step that ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    pub because: Option<StepPath>,
    pub error: Option<RunError>,
    pub handled: bool,
}

/// A step that never began, and where it would have stood.
#[derive(Clone, Debug)]
pub(super) struct Listing<'a> {
    pub activation: super::frame::ActivationId,
    pub node: NodeId,
    pub suffix: Arc<str>,
    pub indices: Arc<[u32]>,
    pub round: Option<u32>,
    pub status: StepStatus,
    pub end: &'a End,
}
