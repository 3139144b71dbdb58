//! What the engine costs beside what it runs: no-op steps under simulation, journal in memory.

#![allow(clippy::cast_possible_wrap, reason = "a suite over files on the disk")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark"
)]
#![allow(dead_code, reason = "the support is shared")]

#[path = "../tests/support/plan.rs"]
mod plan;

use agentflow::engine::driver::{Effects, MemoryJournal, run};
use agentflow::engine::effect::{Event, EventSink, RunStatus, Start};
use agentflow::engine::eval::{Date, Value};
use agentflow::engine::sim::{SimModels, SimPeople, SimTools, SimWorld};
use agentflow::plan::{Plan, WorkflowId};
use divan::Bencher;
use divan::counter::ItemsCount;
use plan::{Build, With, int, list};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

struct Nobody;

impl EventSink for Nobody {
    fn event(&self, _: &Event) {}
}

fn effects(plan: &Arc<Plan>, delay: Duration) -> Effects {
    let world = Arc::new(SimWorld::new(Arc::clone(plan), 1).with_delay(delay));
    Effects {
        models: Arc::new(SimModels::new(Arc::clone(&world))),
        tools: Arc::new(SimTools::new(Arc::clone(&world))),
        people: Arc::new(SimPeople::new(world)),
        journal: Box::new(MemoryJournal::new()),
        events: Arc::new(Nobody),
        cancel: CancellationToken::new(),
    }
}

fn start(args: Vec<Value>) -> Start {
    Start {
        run: Arc::from("r1"),
        workflow: WorkflowId(0),
        args,
        today: Date { year: 2025, month: 3, day: 1 },
        now: Arc::from("2025-03-01T12:00:00Z"),
        max_parallel: 10,
        timeout_ms: None,
        default_tier: 1,
        tool_result_tokens: 8000,
        value_tokens: 32000,
        simulated: true,
        people: true,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn drive(plan: &Arc<Plan>, args: Vec<Value>) {
    let outcome =
        runtime().block_on(run(Arc::clone(plan), start(args), effects(plan, Duration::ZERO))).unwrap();
    assert_eq!(outcome.status, RunStatus::Succeeded);
}

fn agents() -> (Build, agentflow::plan::AgentId, agentflow::plan::AgentId) {
    let mut build = Build::new();
    let one = build.agent("one", &[("n", int())], int());
    let two = build.agent("two", &[("n", int()), ("m", int())], int());
    (build, one, two)
}

/// Each step uses the one before.
fn chain(steps: usize) -> Plan {
    let (mut build, one, _) = agents();
    build.workflow("w", &[], |w| {
        let mut last = w.build.int(0);
        for step in 0..steps {
            let (_, var) = w.agent(&format!("s{step}"), one, &[&last], With::default());
            last = w.var(var);
        }
    });
    build.plan
}

/// Rows of ten, each step of which uses two of the row above.
fn grid(steps: usize) -> Plan {
    let (mut build, _, two) = agents();
    build.workflow("w", &[], |w| {
        let zero = w.build.int(0);
        let mut row = vec![zero; 10];
        for step in 0..steps {
            let column = step % 10;
            let (left, right) = (row[column].clone(), row[(column + 1) % 10].clone());
            let (_, var) = w.agent(&format!("s{step}"), two, &[&left, &right], With::default());
            row[column] = w.var(var);
        }
    });
    build.plan
}

/// `parallel for n in items as rows { step x = one(n); give x }`
fn fan_out() -> Plan {
    let (mut build, one, _) = agents();
    build.workflow("w", &[("items", list(int()))], |w| {
        let items = w.param(0);
        w.each("rows", &items, true, None, |w, item| {
            let item = w.var(item);
            let (_, x) = w.agent("x", one, &[&item], With::default());
            Some((w.var(x), int()))
        });
    });
    build.plan
}

const SIZES: [usize; 2] = [1_000, 10_000];

#[divan::bench(args = SIZES)]
fn chain_of_steps(bencher: Bencher<'_, '_>, steps: usize) {
    let plan = Arc::new(chain(steps));
    bencher.counter(ItemsCount::new(steps)).bench_local(|| drive(&plan, Vec::new()));
}

#[divan::bench(args = SIZES)]
fn fan_out_of_steps(bencher: Bencher<'_, '_>, steps: usize) {
    let plan = Arc::new(fan_out());
    let items = Value::list((0..steps as i64).map(Value::Int).collect());
    bencher.counter(ItemsCount::new(steps)).bench_local(|| drive(&plan, vec![items.clone()]));
}

#[divan::bench(args = SIZES)]
fn grid_of_steps(bencher: Bencher<'_, '_>, steps: usize) {
    let plan = Arc::new(grid(steps));
    bencher.counter(ItemsCount::new(steps)).bench_local(|| drive(&plan, Vec::new()));
}

/// A thousand runs at once, of three steps that wait 200 ms each: 600 ms of waiting.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn thousand_concurrent_runs(bencher: Bencher<'_, '_>) {
    let plan = Arc::new(chain(3));
    bencher.bench_local(|| {
        runtime().block_on(async {
            let mut runs = tokio::task::JoinSet::new();
            for _ in 0..1_000 {
                runs.spawn(run(
                    Arc::clone(&plan),
                    start(Vec::new()),
                    effects(&plan, Duration::from_millis(200)),
                ));
            }
            while let Some(outcome) = runs.join_next().await {
                assert_eq!(outcome.unwrap().unwrap().status, RunStatus::Succeeded);
            }
        });
    });
}

fn main() {
    divan::main();
}
