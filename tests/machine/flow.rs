use crate::plan::{Build, With, text};
use crate::stage::Stage;
use agentflow::engine::effect::{EventKind, RunStatus, StepStatus};
use agentflow::engine::machine::Input;

/// `a`, then `b` and `c` of it, then `d` of both.
fn diamond() -> agentflow::plan::Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[("x", text())], text());
    let two = build.agent("two", &[("x", text()), ("y", text())], text());
    build.workflow("w", &[], |w| {
        let start = w.build.text("start");
        let (_, a) = w.agent("a", one, &[&start], With::default());
        let a = w.var(a);
        let (_, b) = w.agent("b", one, &[&a], With::default());
        let (_, c) = w.agent("c", one, &[&a], With::default());
        let (b, c) = (w.var(b), w.var(c));
        let (_, d) = w.agent("d", two, &[&b, &c], With::default());
        let d = w.var(d);
        w.return_(&d, text());
    });
    build.plan
}

#[test]
fn a_step_starts_when_what_it_uses_is_ready() {
    let mut stage = Stage::of(diamond());
    assert_eq!(stage.in_flight(), ["w/a"]);
    stage.say("w/a", "A");
    assert_eq!(stage.in_flight(), ["w/b", "w/c"]);
    stage.say("w/c", "C");
    assert_eq!(stage.in_flight(), ["w/b"]);
    stage.say("w/b", "B");
    assert_eq!(stage.request("w/d").messages.len(), 1);
    stage.say("w/d", "D");
    stage.check();
    assert_eq!(stage.result_text(), "D");
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
    assert_eq!((stage.outcome().calls, stage.outcome().usage.input_tokens), (4, 40));
    assert_eq!(stage.statuses(), ["w/a succeeded", "w/b succeeded", "w/c succeeded", "w/d succeeded"]);
}

#[test]
fn a_limit_of_one_runs_in_the_order_of_the_page() {
    let mut stage = Stage::with(diamond(), |start| start.max_parallel = 1);
    let mut order = Vec::new();
    stage.finish(|request| {
        order.push(request.step.to_string());
        "x".to_owned()
    });
    assert_eq!(order, ["w/a", "w/b", "w/c", "w/d"]);
}

#[test]
fn a_failure_cancels_what_waits_for_it_and_names_the_first_cause() {
    let mut stage = Stage::of(diamond());
    stage.say("w/a", "A");
    stage.fault("w/b", agentflow::engine::effect::FaultDetail::Connect);
    stage.say("w/c", "C");
    stage.check();
    assert_eq!(
        stage.statuses(),
        ["w/a succeeded", "w/b failed", "w/c succeeded", "w/d cancelled because w/b"]
    );
    let (kind, step, message) = stage.error();
    assert_eq!((kind.as_str(), step.as_str()), ("unavailable", "w/b"));
    assert_eq!(message, "`b` got no answer: it went wrong");
    assert_eq!(stage.outcome().status, RunStatus::Failed);
}

#[test]
fn after_waits_for_a_step_whose_value_nobody_uses() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (a, _) = w.agent("a", one, &[], With::default());
        w.agent("b", one, &[], With::after(&[a]));
    });
    let mut stage = Stage::of(build.plan);
    assert_eq!(stage.in_flight(), ["w/a"]);
    stage.say("w/a", "x");
    assert_eq!(stage.in_flight(), ["w/b"]);
}

#[test]
fn a_require_holds_up_all_below_it_and_nothing_above() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", one, &[], With::default());
        let (a, ok) = (w.var(a), w.build.text("ok"));
        let condition = w.build.eq(&a, &ok);
        w.agent("free", one, &[], With::default());
        w.require(&condition, "not ok");
        w.agent("below", one, &[], With::default());
    });
    let mut stage = Stage::of(build.plan.clone());
    assert_eq!(stage.in_flight(), ["w/a", "w/free"]);
    stage.say("w/a", "ok");
    assert_eq!(stage.in_flight(), ["w/free", "w/below"]);
    let mut stage = Stage::of(build.plan);
    stage.say("w/a", "bad");
    stage.say("w/free", "x");
    stage.check();
    assert_eq!(
        stage.statuses(),
        ["w/a succeeded", "w/free succeeded", "w/below cancelled because w/require"]
    );
    assert_eq!(stage.error(), ("failed".into(), "w/require".into(), "not ok".into()));
}

#[test]
fn a_fault_of_a_let_is_a_failure_at_the_let() {
    let mut build = Build::new();
    let one = build.agent("one", &[("x", crate::plan::int())], text());
    build.workflow("w", &[], |w| {
        let bad = w.build.faulty();
        let total = w.let_("total", crate::plan::int(), &bad);
        let total = w.var(total);
        w.agent("a", one, &[&total], With::default());
    });
    let stage = Stage::of(build.plan);
    stage.check();
    assert_eq!(stage.statuses(), ["w/a cancelled because w/total"]);
    assert_eq!(stage.error().0, "arithmetic");
    assert_eq!(stage.error().1, "w/total");
}

#[test]
fn a_cancel_stops_what_is_in_flight_and_blames_nobody() {
    let mut stage = Stage::of(diamond());
    stage.say("w/a", "A");
    stage.feed(Input::Cancel { at: 5 });
    stage.check();
    assert_eq!(stage.outcome().status, RunStatus::Cancelled);
    assert_eq!(stage.statuses(), ["w/a succeeded", "w/b cancelled", "w/c cancelled", "w/d cancelled"]);
    assert!(stage.outcome().error.is_none());
    assert!(stage.machine.is_over());
    assert!(stage.has_event(|event| matches!(event, EventKind::RunCancelled)));
}

#[test]
fn nothing_changes_behind_the_end() {
    let mut stage = Stage::of(diamond());
    stage.finish(|_| "x".to_owned());
    assert!(stage.machine.step(Input::Cancel { at: 99 }).is_empty());
}

#[test]
fn times_are_those_of_the_inputs() {
    let mut stage = Stage::of(diamond());
    stage.pass(812);
    stage.say("w/a", "A");
    stage.finish(|_| "x".to_owned());
    assert_eq!((stage.report("w/a").started_ms, stage.report("w/a").finished_ms), (Some(0), Some(812)));
    assert_eq!(stage.report("w/b").started_ms, Some(812));
    assert_eq!(stage.status("w/d"), StepStatus::Succeeded);
}

#[test]
fn a_workflow_of_nothing_succeeds() {
    let mut build = Build::new();
    build.workflow("w", &[], |_| {});
    let stage = Stage::of(build.plan);
    stage.check();
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
}

#[test]
fn a_plan_whose_statements_wait_for_each_other_fails_instead_of_hanging() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (a, _) = w.agent("a", one, &[], With::default());
        let (b, _) = w.agent("b", one, &[], With::after(&[a]));
        w.workflow.nodes[0].waits.push(agentflow::plan::Wait::Node(b));
    });
    let stage = Stage::of(build.plan);
    assert_eq!(stage.outcome().status, RunStatus::Failed);
    assert!(stage.error().2.contains("wait for each other"));
}
