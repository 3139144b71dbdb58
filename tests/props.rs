//! Properties of generated programs: a well-typed program is accepted, becomes a plan that survives its serialised form,
//! and never meets a type fault at run time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "a test may fail loudly"
)]

#[path = "support/programs.rs"]
mod programs;

use agentflow::diag::Severity;
use agentflow::engine::bound::call_bound;
use agentflow::engine::driver::{Effects, MemoryJournal, run};
use agentflow::engine::effect::{Event, EventSink, Outcome, RunStatus, Start};
use agentflow::engine::eval::{Date, EvalFault, fit_args};
use agentflow::engine::machine::replay;
use agentflow::engine::sim::{FaultSchedule, SimModels, SimPeople, SimTools, SimWorld};
use agentflow::language::{self, hir::MemoryWorld, hir::ModuleId};
use agentflow::plan::{Plan, WorkflowId};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

fn tape() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(0_u16..10_080, 0..220)
}

fn numbered(program: &str) -> String {
    program.lines().enumerate().map(|(n, line)| format!("{:3} {line}\n", n + 1)).collect()
}

/// The plan of a generated program; panics with the program where the checker refuses it.
fn plan_of(program: &str) -> Plan {
    let world = MemoryWorld::default().with("main.agentflow", program);
    let compiled = language::compile(&world, &["main.agentflow".to_owned()]);
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| {
            let source = &compiled.program.sources[found.place.file.0 as usize];
            let at = source.line_column(found.place.span.start);
            format!("{}:{} {} {}", at.line, at.column, found.code, found.message)
        })
        .collect();
    assert!(errors.is_empty(), "refused:\n{}\n\n{}", errors.join("\n"), numbered(program));
    language::lower::lower(&compiled.program, &compiled.checked, ModuleId(0))
}

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Event>>>);

impl EventSink for Events {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// A way to run a program.
#[derive(Clone, Copy, Debug)]
struct Way {
    seed: u64,
    /// Of a hundred calls, in how many something goes wrong.
    faults: u8,
    max_parallel: u32,
}

const WAYS: [Way; 6] = [
    Way { seed: 1, faults: 0, max_parallel: 10 },
    Way { seed: 2, faults: 0, max_parallel: 1 },
    Way { seed: 3, faults: 0, max_parallel: 3 },
    Way { seed: 4, faults: 10, max_parallel: 10 },
    Way { seed: 5, faults: 10, max_parallel: 1 },
    Way { seed: 6, faults: 40, max_parallel: 2 },
];

/// Runs `main` to its end under simulation and checks what holds of every run.
fn simulate(plan: &Arc<Plan>, way: Way) -> Outcome {
    let id = plan.workflows.iter().position(|workflow| workflow.name == "main").unwrap();
    let workflow = WorkflowId(u32::try_from(id).unwrap());
    let args = fit_args(plan, &plan.workflows[id].params, &serde_json::json!({})).unwrap();
    let bound = call_bound(plan, workflow, Some(&args));
    let start = Start {
        run: Arc::from("r"),
        workflow,
        args,
        today: Date { year: 2025, month: 3, day: 1 },
        now: Arc::from("2025-03-01T12:00:00Z"),
        max_parallel: way.max_parallel,
        timeout_ms: None,
        default_tier: 1,
        tool_result_tokens: 8000,
        value_tokens: 32000,
        simulated: true,
        people: true,
    };
    let world = SimWorld::new(Arc::clone(plan), way.seed).with_faults(FaultSchedule::seeded(way.faults));
    let world = Arc::new(world);
    let (journal, events) = (MemoryJournal::new(), Events::default());
    let effects = Effects {
        models: Arc::new(SimModels::new(Arc::clone(&world))),
        tools: Arc::new(SimTools::new(Arc::clone(&world))),
        people: Arc::new(SimPeople::new(world)),
        journal: Box::new(journal.clone()),
        events: Arc::new(events.clone()),
        cancel: CancellationToken::new(),
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let outcome = runtime.block_on(run(Arc::clone(plan), start, effects)).expect("every run ends");
    let events = events.0.lock().unwrap();
    for event in events.iter() {
        let said = format!("{event:?}");
        assert!(!said.contains(EvalFault::TYPE_FAULT), "{said}");
    }
    assert!(!format!("{:?}", outcome.error).contains(EvalFault::TYPE_FAULT), "{:?}", outcome.error);
    assert!(matches!(outcome.status, RunStatus::Succeeded | RunStatus::Failed), "{outcome:?}");
    assert_eq!(outcome.status == RunStatus::Failed, outcome.error.is_some());
    assert!(
        u128::from(outcome.calls) <= u128::from(bound.calls),
        "{} calls, at most {}",
        outcome.calls,
        bound.calls
    );
    let replayed = replay(plan, &journal.entries()).unwrap_or_else(|difference| panic!("{difference}"));
    assert_eq!(replayed.events, *events);
    assert!(replayed.unrecorded.is_empty());
    outcome
}

/// How every step ended, without times and counts.
fn statuses(outcome: &Outcome) -> Vec<String> {
    outcome.steps.iter().map(|step| format!("{} {:?} {:?}", step.id, step.status, step.because)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_survives_its_serialised_form(tape in tape()) {
        let plan = plan_of(&programs::program(&tape));
        let text = serde_json::to_string(&plan).unwrap();
        let again: Plan = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&plan, &again);
        prop_assert_eq!(plan.hash(), again.hash());
    }

    #[test]
    fn a_checked_program_never_meets_a_type_fault_and_always_ends(tape in tape()) {
        let program = programs::program(&tape);
        let plan = Arc::new(plan_of(&program));
        for way in WAYS {
            let ended = std::panic::catch_unwind(|| simulate(&plan, way));
            let outcome = ended.unwrap_or_else(|_| panic!("{way:?} of\n{}", numbered(&program)));
            // Which vote of a rubric a seeded fault meets depends on how many are asked at once.
            if way.faults == 0 {
                let other = simulate(&plan, Way { max_parallel: way.max_parallel + 4, ..way });
                prop_assert_eq!(statuses(&outcome), statuses(&other), "{:?} of\n{}", way, numbered(&program));
                prop_assert_eq!(&outcome.result, &other.result, "{:?} of\n{}", way, numbered(&program));
            }
        }
    }
}
