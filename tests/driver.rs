//! The driver on tokio, in paused time: deadlines, cancellation by drop, journal before effect.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]
#![allow(dead_code, reason = "the support is shared")]

#[path = "support/plan.rs"]
mod plan;
#[path = "support/stage.rs"]
mod stage;

use agentflow::engine::driver::{DriveError, Effects, MemoryJournal, run};
use agentflow::engine::effect::{
    Answered, BoxFuture, Delta, DeltaSink, Entry, Event, EventKind, EventSink, Journal, JournalError,
    ModelClient, ModelRequest, RunStatus,
};
use agentflow::engine::machine::{Command, Input, replay};
use agentflow::engine::sim::{SimModels, SimPeople, SimTools, SimWorld};
use agentflow::plan::{Annotations, Plan, WorkflowId};
use plan::{Build, With, text};
use stage::start;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Event>>>);

impl EventSink for Events {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// Three steps, one after the other.
fn chain(timeout_ms: Option<u64>) -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        let mut last = w.build.text("start");
        for name in ["a", "b", "c"] {
            let annotations = Annotations { timeout_ms, ..Annotations::default() };
            let (_, step) = w.agent(name, one, &[&last], With::annotations(annotations));
            last = w.var(step);
        }
        w.return_(&last, text());
    });
    build.plan
}

struct Rig {
    plan: Arc<Plan>,
    journal: MemoryJournal,
    events: Events,
    cancel: CancellationToken,
}

impl Rig {
    fn new(plan: Plan) -> Self {
        Self {
            plan: Arc::new(plan),
            journal: MemoryJournal::new(),
            events: Events::default(),
            cancel: CancellationToken::new(),
        }
    }

    fn effects(&self, models: Arc<dyn ModelClient>) -> Effects {
        let world = Arc::new(SimWorld::new(Arc::clone(&self.plan), 1));
        Effects {
            models,
            tools: Arc::new(SimTools::new(Arc::clone(&world))),
            people: Arc::new(SimPeople::new(world)),
            journal: Box::new(self.journal.clone()),
            events: Arc::new(self.events.clone()),
            cancel: self.cancel.clone(),
        }
    }

    fn simulated(&self, delay: Duration) -> Effects {
        let world = SimWorld::new(Arc::clone(&self.plan), 1).with_delay(delay);
        self.effects(Arc::new(SimModels::new(Arc::new(world))))
    }
}

fn begin() -> agentflow::engine::effect::Start {
    start(WorkflowId(0), Vec::new())
}

#[tokio::test(start_paused = true)]
async fn a_chain_runs_to_its_end_and_its_journal_replays() {
    let rig = Rig::new(chain(None));
    let outcome =
        run(Arc::clone(&rig.plan), begin(), rig.simulated(Duration::from_millis(200))).await.unwrap();
    assert_eq!(outcome.status, RunStatus::Succeeded);
    let times: Vec<_> = outcome.steps.iter().map(|step| (step.started_ms, step.finished_ms)).collect();
    assert_eq!(times, [(Some(0), Some(200)), (Some(200), Some(400)), (Some(400), Some(600))]);
    let replayed = replay(&rig.plan, &rig.journal.entries()).unwrap();
    assert!(replayed.unrecorded.is_empty());
    assert!(replayed.machine.is_over());
    let seen = rig.events.0.lock().unwrap();
    assert_eq!(*seen, replayed.events);
}

#[tokio::test(start_paused = true)]
async fn a_replay_of_another_plan_names_the_first_field_that_differs() {
    let rig = Rig::new(chain(None));
    run(Arc::clone(&rig.plan), begin(), rig.simulated(Duration::ZERO)).await.unwrap();
    let mut other = chain(None);
    other.agents[0].annotations.max_tokens = Some(7);
    let difference = replay(&Arc::new(other), &rig.journal.entries()).unwrap_err();
    assert_eq!((difference.entry, difference.field.as_str()), (2, "call.request.max_tokens"));
    assert_eq!((difference.recorded.as_deref(), difference.now.as_deref()), (Some("4096"), Some("7")));
}

/// Notes how many of its calls are alive.
struct Counting {
    alive: Arc<AtomicUsize>,
    journal: MemoryJournal,
}

struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl ModelClient for Counting {
    fn call<'a>(&'a self, request: &'a ModelRequest, deltas: &'a dyn DeltaSink) -> BoxFuture<'a, Answered> {
        self.alive.fetch_add(1, Ordering::SeqCst);
        let alive = Alive(Arc::clone(&self.alive));
        let recorded = self.journal.entries().iter().any(|entry| {
            matches!(entry, Entry::Command(Command::Call { request: recorded, .. }) if **recorded == *request)
        });
        assert!(recorded, "a call is performed that is not recorded");
        Box::pin(async move {
            let _alive = alive;
            deltas.delta(&request.step, Delta::Text("half a".into()));
            std::future::pending().await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_drops_the_call_and_deltas_are_numbered_with_the_events() {
    let rig = Rig::new(chain(Some(5_000)));
    let alive = Arc::new(AtomicUsize::new(0));
    let models = Arc::new(Counting { alive: Arc::clone(&alive), journal: rig.journal.clone() });
    let outcome = run(Arc::clone(&rig.plan), begin(), rig.effects(models)).await.unwrap();
    let error = outcome.error.unwrap();
    assert_eq!(
        (error.kind.to_string().as_str(), error.message.as_str()),
        ("timeout", "`a` timed out after 5s")
    );
    assert_eq!(outcome.steps[0].finished_ms, Some(5_000));
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    let seen = rig.events.0.lock().unwrap();
    let seqs: Vec<u64> = seen.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    assert!(
        seen.iter().any(|event| matches!(&event.kind, EventKind::StepDelta { text } if text == "half a"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancel_ends_the_run_and_drops_what_is_in_flight() {
    let rig = Rig::new(chain(None));
    let alive = Arc::new(AtomicUsize::new(0));
    let models = Arc::new(Counting { alive: Arc::clone(&alive), journal: rig.journal.clone() });
    let cancel = rig.cancel.clone();
    let running = run(Arc::clone(&rig.plan), begin(), rig.effects(models));
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(alive.load(Ordering::SeqCst), 1);
        cancel.cancel();
    };
    let (outcome, ()) = tokio::join!(running, stopping);
    assert_eq!(outcome.unwrap().status, RunStatus::Cancelled);
    assert_eq!(alive.load(Ordering::SeqCst), 0);
    assert!(matches!(rig.journal.entries().last(), Some(Entry::Command(Command::Finish { .. }))));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_run_drops_what_it_has_in_flight() {
    let rig = Rig::new(chain(None));
    let alive = Arc::new(AtomicUsize::new(0));
    let models = Arc::new(Counting { alive: Arc::clone(&alive), journal: rig.journal.clone() });
    let running = run(Arc::clone(&rig.plan), begin(), rig.effects(models));
    assert!(tokio::time::timeout(Duration::from_millis(10), running).await.is_err());
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

/// Takes this many entries.
struct Full(usize);

impl Journal for Full {
    fn append(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        match self.0.checked_sub(entries.len()) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(JournalError("the disk is full".into())),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_recorded_is_not_done() {
    let rig = Rig::new(chain(None));
    let calls = Arc::new(AtomicUsize::new(0));
    let models = Arc::new(Counting { alive: Arc::clone(&calls), journal: rig.journal.clone() });
    let mut effects = rig.effects(models);
    effects.journal = Box::new(Full(1));
    let error = run(Arc::clone(&rig.plan), begin(), effects).await.unwrap_err();
    assert_eq!(error, DriveError::Journal(JournalError("the disk is full".into())));
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_journal_cut_anywhere_replays_and_says_what_was_not_recorded() {
    let rig = Rig::new(chain(None));
    run(Arc::clone(&rig.plan), begin(), rig.simulated(Duration::from_millis(3))).await.unwrap();
    let entries = rig.journal.entries();
    for length in 0..entries.len() {
        let replayed = replay(&rig.plan, &entries[..length]).unwrap();
        assert!(!replayed.machine.is_over() || !replayed.unrecorded.is_empty() || length == entries.len());
    }
    let answers = entries.iter().filter(|entry| matches!(entry, Entry::Input(Input::Model { .. })));
    assert_eq!(answers.count(), 3);
}

/// Waits for a rate limit before each answer.
struct Limited(Duration);

impl ModelClient for Limited {
    fn call<'a>(&'a self, request: &'a ModelRequest, deltas: &'a dyn DeltaSink) -> BoxFuture<'a, Answered> {
        Box::pin(async move {
            deltas.delta(&request.step, Delta::Held(u64::try_from(self.0.as_millis()).unwrap()));
            tokio::time::sleep(self.0).await;
            Answered::Reply(stage::reply("yes"))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_that_is_longer_than_the_deadline_is_waited_for_and_replays() {
    let rig = Rig::new(chain(Some(5_000)));
    let models = Arc::new(Limited(Duration::from_mins(1)));
    let outcome = run(Arc::clone(&rig.plan), begin(), rig.effects(models)).await.unwrap();
    assert_eq!(outcome.status, RunStatus::Succeeded, "{:?}", outcome.error);
    assert_eq!(outcome.steps[2].finished_ms, Some(180_000));
    let replayed = replay(&rig.plan, &rig.journal.entries()).unwrap();
    assert!(replayed.machine.is_over() && replayed.unrecorded.is_empty());
}
