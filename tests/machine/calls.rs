use crate::plan::{Build, Looped, Otherwise, Until, With, text};
use crate::stage::Stage;
use agentflow::engine::effect::{FaultDetail, RunStatus};
use agentflow::plan::{Annotations, Plan, Tiers};

/// `handle` calls `refund`, which pays and then writes.
fn nested(with: impl FnOnce(&mut crate::plan::Body<'_>) -> With) -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[("x", text())], text());
    let refund = build.workflow("refund", &[("what", text())], |w| {
        let what = w.param(0);
        let (_, pay) = w.agent("pay", one, &[&what], With::default());
        let pay = w.var(pay);
        let (_, note) = w.agent("note", one, &[&pay], With::default());
        let note = w.var(note);
        w.return_(&note, text());
    });
    build.workflow("handle", &[], |w| {
        let what = w.build.text("it");
        let with = with(w);
        let (_, refund) = w.call("refund", refund, &[&what], with);
        let refund = w.var(refund.unwrap());
        w.agent("last", one, &[&refund], With::default());
        w.return_(&refund, text());
    });
    build.plan
}

#[test]
fn a_workflows_steps_follow_its_step() {
    let mut stage = Stage::of(nested(|_| With::default()));
    assert_eq!(stage.in_flight(), ["handle/refund/pay"]);
    stage.say("handle/refund/pay", "p");
    stage.say("handle/refund/note", "n");
    stage.say("handle/last", "l");
    stage.check();
    assert_eq!(stage.result_text(), "n");
    assert_eq!(
        stage.statuses(),
        [
            "handle/refund succeeded",
            "handle/refund/pay succeeded",
            "handle/refund/note succeeded",
            "handle/last succeeded"
        ]
    );
}

#[test]
fn a_workflow_that_is_called_fails_when_all_in_it_has_ended_with_its_first_failure() {
    let mut stage = Stage::of(nested(|_| With::default()));
    stage.fault("handle/refund/pay", FaultDetail::Refused);
    stage.check();
    let (kind, step, message) = stage.error();
    assert_eq!((kind.as_str(), step.as_str()), ("refused", "handle/refund/pay"));
    assert_eq!(message, "`pay` was refused: it went wrong");
    assert_eq!(
        stage.statuses(),
        [
            "handle/refund failed",
            "handle/refund/pay failed",
            "handle/refund/note cancelled because handle/refund/pay",
            "handle/last cancelled because handle/refund/pay"
        ]
    );
}

#[test]
fn a_failure_of_a_called_workflow_can_be_handled_by_its_kind() {
    let mut stage = Stage::of(nested(|w| {
        let value = w.build.text("instead");
        With::fallback(&[agentflow::plan::FaultKind::Refused], value)
    }));
    stage.fault("handle/refund/pay", FaultDetail::Refused);
    stage.say("handle/last", "l");
    stage.check();
    assert_eq!((stage.outcome().status, stage.result_text().as_str()), (RunStatus::Succeeded, "instead"));
}

#[test]
fn a_tier_on_a_workflow_call_stands_in_the_workflows_place_below_its_agents_own() {
    let tiers = |low, high| Some(Tiers { low, high });
    let mut plan = nested(|_| With::annotations(Annotations { tier: tiers(3, 3), ..Annotations::default() }));
    plan.workflows[0].annotations.tier = tiers(2, 2);
    let mut stage = Stage::of(plan.clone());
    assert_eq!(stage.request("handle/refund/pay").tier, 3);
    stage.finish(|_| "x".to_owned());
    assert_eq!(stage.report("handle/last").tier, Some(1));
    plan.agents[0].annotations.tier = tiers(4, 4);
    assert_eq!(Stage::of(plan).request("handle/refund/pay").tier, 4);
}

#[test]
fn a_workflow_step_that_is_out_of_time_cancels_what_is_below_and_can_be_handled() {
    let mut stage = Stage::of(nested(|w| {
        let value = w.build.text("late");
        let with = With::fallback(&[agentflow::plan::FaultKind::Timeout], value);
        With { annotations: Annotations { timeout_ms: Some(500), ..Annotations::default() }, ..with }
    }));
    stage.pass(500);
    assert_eq!(stage.in_flight(), ["handle/last"]);
    stage.say("handle/last", "l");
    stage.check();
    assert_eq!(stage.result_text(), "late");
    let report = stage.report("handle/refund");
    assert_eq!(report.error.as_ref().unwrap().message, "`refund` timed out after 500ms");
    assert_eq!(
        stage.statuses()[1..3],
        [
            "handle/refund/pay cancelled because handle/refund",
            "handle/refund/note cancelled because handle/refund"
        ]
    );
}

#[test]
fn rounds_reach_into_a_workflow_that_a_loop_calls() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.plan.agents[0].annotations.tier = Some(Tiers { low: 1, high: 3 });
    let inner = build.workflow("inner", &[], |w| {
        let (_, x) = w.agent("x", one, &[], With::default());
        let x = w.var(x);
        w.return_(&x, text());
    });
    build.workflow("w", &[], |w| {
        let Looped { .. } = w.loop_("fix", 2, Otherwise::Last, |w, _| {
            w.call("fix", inner, &[], With::default());
            let condition = w.build.bool(false);
            Until { condition, judge: None }
        });
    });
    let mut stage = Stage::of(build.plan);
    assert_eq!(stage.in_flight(), ["w/fix[1]/x"]);
    stage.say("w/fix[1]/x", "x");
    let request = stage.request("w/fix[2]/x");
    assert_eq!((request.number, &*request.seed_path, request.tier), (1, "w/fix/x", 2));
    stage.say("w/fix[2]/x", "x");
    stage.check();
    assert_eq!(
        stage.statuses(),
        ["w/fix[1] succeeded", "w/fix[1]/x succeeded", "w/fix[2] succeeded", "w/fix[2]/x succeeded"]
    );
}
