use crate::plan::{Build, E, With, text};
use crate::stage::Stage;
use agentflow::engine::effect::{FaultDetail, Phase, RunStatus, StepStatus};
use agentflow::plan::{Annotations, FaultKind, Plan, Type, VarId, builtin};

fn one_step(with: impl FnOnce(&mut crate::plan::Body<'_>) -> With) -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let with = with(w);
        let (_, a) = w.agent("a", one, &[], with);
        let a = w.var(a);
        w.return_(&a, text());
    });
    build.plan
}

#[test]
fn on_failure_takes_over_and_the_step_counts_as_failed() {
    let mut stage = Stage::of(one_step(|w| {
        let value = w.build.text("instead");
        With::fallback(&[], value)
    }));
    stage.fault("w/a", FaultDetail::Connect);
    stage.check();
    assert_eq!(stage.result_text(), "instead");
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
    assert!(stage.outcome().error.is_none());
    let report = stage.report("w/a");
    assert_eq!((report.status, report.handled), (StepStatus::Failed, true));
    assert_eq!(report.error.as_ref().map(|error| error.kind), Some(FaultKind::Unavailable));
}

#[test]
fn on_failure_of_some_kinds_handles_those_alone_and_the_first_that_fits() {
    let plan = one_step(|w| {
        let (slow, any) = (w.build.text("slow"), w.build.text("refused or limited"));
        let mut with = With::fallback(&[FaultKind::Timeout], slow);
        with.fallbacks.push((vec![FaultKind::Refused, FaultKind::RateLimited], None, any));
        with
    });
    let mut stage = Stage::of(plan.clone());
    stage.fault("w/a", FaultDetail::RateLimited { retry_after_ms: None });
    assert_eq!(stage.result_text(), "refused or limited");
    let mut stage = Stage::of(plan.clone());
    stage.fault("w/a", FaultDetail::Timeout(Phase::Total));
    assert_eq!(stage.result_text(), "slow");
    let mut stage = Stage::of(plan);
    stage.fault("w/a", FaultDetail::Connect);
    assert_eq!(stage.error().0, "unavailable");
}

#[test]
fn on_failure_as_f_reads_kind_message_and_step() {
    let plan = one_step(|w| {
        let binder = w.declare("f", Type::Named(builtin::FAILURE));
        let f = E { id: w.var(binder).id, uses: Vec::new() };
        let (kind, message, step) = (w.build.field(&f, 0), w.build.field(&f, 1), w.build.field(&f, 2));
        let fault = Type::Named(builtin::FAULT);
        let value = w.build.joined(&[(&kind, fault), (&message, text()), (&step, text())]);
        With { fallbacks: vec![(Vec::new(), Some(binder), value)], ..With::default() }
    });
    let mut stage = Stage::of(plan);
    stage.fault("w/a", FaultDetail::Exhausted);
    assert_eq!(stage.result_text(), "exhausted `a` found no credit left: it went wrong w/a");
}

#[test]
fn on_failure_never_handles_the_inputs_of_a_step() {
    let mut build = Build::new();
    let shows = build.agent("shows", &[("n", crate::plan::int())], text());
    build.workflow("w", &[], |w| {
        let bad = w.build.faulty();
        let value = w.build.text("instead");
        w.agent("a", shows, &[&bad], With::fallback(&[], value));
    });
    let stage = Stage::of(build.plan);
    stage.check();
    assert_eq!(stage.error().0, "arithmetic");
    assert_eq!(stage.statuses(), ["w/a failed"]);
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", one, &[], With::default());
        let (a, value) = (w.var(a), w.build.text("instead"));
        w.agent("b", shows, &[&a], With::fallback(&[], value));
    });
    let mut stage = Stage::of(build.plan);
    stage.fault("w/a", FaultDetail::Connect);
    stage.check();
    assert_eq!(stage.statuses(), ["w/a failed", "w/b cancelled because w/a"]);
}

#[test]
fn of_two_causes_the_first_on_the_page_is_named_whichever_came_first() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let two = build.agent("two", &[("x", text()), ("y", text())], text());
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", one, &[], With::default());
        let (_, b) = w.agent("b", one, &[], With::default());
        let (a, b) = (w.var(a), w.var(b));
        w.agent("c", two, &[&a, &b], With::default());
    });
    for order in [["w/a", "w/b"], ["w/b", "w/a"]] {
        let mut stage = Stage::of(build.plan.clone());
        for path in order {
            stage.fault(path, FaultDetail::Connect);
        }
        stage.check();
        assert_eq!(stage.report("w/c").because.as_deref(), Some("w/a"));
        assert_eq!(stage.error().1, "w/a");
    }
}

#[test]
fn what_had_not_started_runs_all_the_same() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        w.agent("a", one, &[], With::default());
        let (_, b) = w.agent("b", one, &[], With::default());
        let b = w.var(b);
        w.agent("c", shows, &[&b], With::default());
    });
    let mut stage = Stage::with(build.plan, |start| start.max_parallel = 1);
    stage.fault("w/a", FaultDetail::Connect);
    stage.finish(|_| "x".to_owned());
    assert_eq!(stage.statuses(), ["w/a failed", "w/b succeeded", "w/c succeeded"]);
}

#[test]
fn the_deadline_of_a_step_counts_from_its_first_try_not_from_its_waiting_for_a_place() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let timed = || With::annotations(Annotations { timeout_ms: Some(1000), ..Annotations::default() });
    build.workflow("w", &[], |w| {
        w.agent("a", one, &[], timed());
        w.agent("b", one, &[], timed());
    });
    let mut stage = Stage::with(build.plan, |start| start.max_parallel = 1);
    stage.pass(900);
    stage.say("w/a", "x");
    assert_eq!(stage.request("w/b").timeout_ms, 1000);
    stage.pass(999);
    assert_eq!(stage.in_flight(), ["w/b"]);
    stage.pass(1);
    stage.check();
    assert_eq!(stage.error(), ("timeout".into(), "w/b".into(), "`b` timed out after 1s".into()));
}

#[test]
fn a_run_that_is_out_of_time_cancels_what_is_in_flight() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (a, _) = w.agent("a", one, &[], With::default());
        w.agent("b", one, &[], With::after(&[a]));
        w.workflow.annotations.timeout_ms = Some(60_000);
    });
    let mut stage = Stage::of(build.plan);
    stage.pass(60_000);
    stage.check();
    assert_eq!(stage.error(), ("timeout".into(), "w".into(), "`w` timed out after 1m".into()));
    assert_eq!(stage.statuses(), ["w/a cancelled because w", "w/b cancelled because w"]);
}

#[test]
fn a_fallback_that_fails_fails_the_step() {
    let mut stage = Stage::of(one_step(|w| {
        let bad = w.build.faulty();
        let value = w.build.joined(&[(&bad, crate::plan::int())]);
        With::fallback(&[], value)
    }));
    stage.fault("w/a", FaultDetail::Connect);
    stage.check();
    assert_eq!(stage.error().0, "arithmetic");
    assert!(!stage.report("w/a").handled);
}

#[test]
fn an_index_out_of_nowhere_is_no_panic() {
    let mut plan = one_step(|_| With::default());
    plan.workflows[0].nodes[0].waits.push(agentflow::plan::Wait::Var(VarId(999)));
    let stage = Stage::of(plan);
    assert_eq!(stage.outcome().status, RunStatus::Failed);
}
