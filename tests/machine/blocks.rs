use crate::plan::{Build, With, int, list, text};
use crate::stage::{Stage, start};
use agentflow::engine::effect::{FaultDetail, RunStatus, StepStatus};
use agentflow::engine::eval::Value;
use agentflow::plan::{Plan, WorkflowId};

fn texts(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| Value::text(*item)).collect())
}

/// `when a == "yes" { step x = one() } otherwise { step y = one(); }`, and what uses nothing of it.
fn branches() -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", crate::plan::optional(text()))], text());
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", one, &[], With::default());
        let (a, yes) = (w.var(a), w.build.text("yes"));
        let condition = w.build.eq(&a, &yes);
        let mut x = None;
        w.when(
            &condition,
            |w| x = Some(w.agent("x", one, &[], With::default()).1),
            |w| {
                w.agent("y", one, &[], With::default());
            },
        );
        let x = w.var(x.unwrap());
        w.agent("below", shows, &[&x], With::default());
    });
    build.plan
}

#[test]
fn the_case_taken_runs_and_the_other_is_skipped_which_holds_nobody_up() {
    let mut stage = Stage::of(branches());
    assert_eq!(stage.in_flight(), ["w/a"]);
    stage.say("w/a", "no");
    assert_eq!(stage.in_flight(), ["w/y", "w/below"]);
    stage.finish(|_| "x".to_owned());
    assert_eq!(stage.statuses(), ["w/a succeeded", "w/x skipped", "w/y succeeded", "w/below succeeded"]);
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
}

#[test]
fn a_name_bound_in_the_case_taken_is_ready_with_its_step() {
    let mut stage = Stage::of(branches());
    stage.say("w/a", "yes");
    assert_eq!(stage.in_flight(), ["w/x"]);
    stage.say("w/x", "X");
    assert_eq!(stage.in_flight(), ["w/below"]);
}

#[test]
fn a_cancelled_condition_cancels_its_block_and_the_names_bound_there() {
    let mut stage = Stage::of(branches());
    stage.fault("w/a", FaultDetail::Connect);
    stage.check();
    assert_eq!(
        stage.statuses(),
        [
            "w/a failed",
            "w/x cancelled because w/a",
            "w/y cancelled because w/a",
            "w/below cancelled because w/a"
        ]
    );
}

#[test]
fn what_a_step_in_a_case_waits_for_in_vain_is_nothing_where_the_case_is_not_taken() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        let (_, bad) = w.agent("bad", one, &[], With::default());
        let (_, a) = w.agent("a", one, &[], With::default());
        let (bad, a, yes) = (w.var(bad), w.var(a), w.build.text("yes"));
        let condition = w.build.eq(&a, &yes);
        w.when(
            &condition,
            |w| {
                w.agent("x", shows, &[&bad], With::default());
            },
            |_| {},
        );
    });
    let mut stage = Stage::of(build.plan);
    stage.fault("w/bad", FaultDetail::Connect);
    stage.say("w/a", "no");
    stage.check();
    assert_eq!(stage.status("w/x"), StepStatus::Skipped);
}

#[test]
fn steps_of_one_name_in_several_cases_are_one_step() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let two = build.agent("two", &[], text());
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", one, &[], With::default());
        let (a, yes) = (w.var(a), w.build.text("yes"));
        let condition = w.build.eq(&a, &yes);
        let reply = w.declare("reply", text());
        w.when(
            &condition,
            |w| {
                w.agent_into("reply", reply, one, &[]);
            },
            |w| {
                w.agent_into("reply", reply, two, &[]);
            },
        );
        let reply = w.var(reply);
        w.return_(&reply, text());
    });
    let mut stage = Stage::of(build.plan);
    stage.say("w/a", "no");
    stage.say("w/reply", "R");
    stage.check();
    assert_eq!(stage.statuses(), ["w/a succeeded", "w/reply succeeded"]);
    assert_eq!(stage.report("w/reply").callable, "two");
    assert_eq!(stage.result_text(), "R");
}

#[test]
fn a_case_that_ends_in_fail_cancels_what_only_the_others_bind() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", one, &[], With::default());
        let (a, yes) = (w.var(a), w.build.text("yes"));
        let condition = w.build.eq(&a, &yes);
        let mut x = None;
        w.when(
            &condition,
            |w| {
                w.fail("no way");
            },
            |w| x = Some(w.agent("x", one, &[], With::default()).1),
        );
        let x = w.var(x.unwrap());
        w.agent("uses", shows, &[&x], With::default());
        w.agent("free", one, &[], With::default());
    });
    let mut stage = Stage::of(build.plan);
    stage.say("w/a", "yes");
    stage.say("w/free", "f");
    stage.check();
    assert_eq!(
        stage.statuses(),
        ["w/a succeeded", "w/x skipped", "w/uses cancelled because w/fail", "w/free succeeded"]
    );
}

fn arms(cap: Option<u32>) -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        let mut first = None;
        w.parallel(cap, |w| {
            let items = {
                let (a, b) = (w.build.text("a"), w.build.text("b"));
                w.build.list(&[&a, &b])
            };
            w.each("rows", &items, true, None, |w, item| {
                let item = w.var(item);
                w.agent("inner", shows, &[&item], With::default());
                None
            });
            first = Some(w.agent("p", one, &[], With::default()).1);
            w.agent("q", one, &[], With::default());
        });
        let first = w.var(first.unwrap());
        w.agent("below", shows, &[&first], With::default());
    });
    build.plan
}

#[test]
fn a_cap_is_of_arms_not_of_steps() {
    let mut stage = Stage::of(arms(Some(1)));
    assert_eq!(stage.in_flight(), ["w/inner[0]", "w/inner[1]"]);
    stage.say("w/inner[1]", "x");
    assert_eq!(stage.in_flight(), ["w/inner[0]"]);
    stage.say("w/inner[0]", "x");
    assert_eq!(stage.in_flight(), ["w/p"]);
    stage.say("w/p", "x");
    assert_eq!(stage.in_flight(), ["w/q", "w/below"]);
    stage.finish(|_| "x".to_owned());
}

#[test]
fn an_arm_takes_its_place_when_its_first_step_may_start() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let shows = build.agent("shows", &[("x", text())], text());
    build.workflow("w", &[], |w| {
        let (_, slow) = w.agent("slow", one, &[], With::default());
        let slow = w.var(slow);
        w.parallel(Some(1), |w| {
            w.agent("p", shows, &[&slow], With::default());
            w.agent("q", one, &[], With::default());
        });
    });
    let mut stage = Stage::of(build.plan);
    assert_eq!(stage.in_flight(), ["w/slow", "w/q"]);
    stage.say("w/slow", "x");
    assert_eq!(stage.in_flight(), ["w/q"]);
    stage.say("w/q", "x");
    assert_eq!(stage.in_flight(), ["w/p"]);
}

#[test]
fn without_a_cap_all_arms_run_and_what_uses_one_waits_for_it_alone() {
    let mut stage = Stage::of(arms(None));
    assert_eq!(stage.in_flight(), ["w/inner[0]", "w/inner[1]", "w/p", "w/q"]);
    stage.say("w/p", "x");
    assert!(stage.in_flight().contains(&"w/below".to_owned()));
}

/// `for item in items as rows { step x = shows(item); give x }`, and what uses the rows.
fn fan_out(parallel: bool, cap: Option<u32>) -> Plan {
    let mut build = Build::new();
    let shows = build.agent("shows", &[("x", text())], text());
    let all = build.agent("all", &[("x", list(text()))], text());
    build.workflow("w", &[("items", list(text()))], |w| {
        let items = w.param(0);
        let (_, rows) = w.each("rows", &items, parallel, cap, |w, item| {
            let item = w.var(item);
            let (_, x) = w.agent("x", shows, &[&item], With::default());
            Some((w.var(x), text()))
        });
        let rows = w.var(rows.unwrap());
        w.agent("all", all, &[&rows], With::default());
        w.return_(&rows, list(text()));
    });
    build.plan
}

fn with_items(plan: Plan, items: &[&str]) -> Stage {
    Stage::new(plan, start(WorkflowId(0), vec![texts(items)]))
}

#[test]
fn rows_are_in_the_order_of_the_items_however_they_end() {
    let mut stage = with_items(fan_out(true, None), &["a", "b", "c"]);
    assert_eq!(stage.in_flight(), ["w/x[0]", "w/x[1]", "w/x[2]"]);
    stage.say_all(&[("w/x[2]", "C"), ("w/x[0]", "A"), ("w/x[1]", "B")]);
    assert_eq!(stage.in_flight(), ["w/all"]);
    stage.say("w/all", "x");
    stage.check();
    assert_eq!(stage.outcome().result, Some(texts(&["A", "B", "C"])));
}

#[test]
fn an_empty_list_gives_empty_rows() {
    let mut stage = with_items(fan_out(true, None), &[]);
    stage.say("w/all", "x");
    stage.check();
    assert_eq!(stage.outcome().result, Some(texts(&[])));
}

#[test]
fn a_cap_of_two_runs_two_items_at_once() {
    let mut stage = with_items(fan_out(true, Some(2)), &["a", "b", "c"]);
    assert_eq!(stage.in_flight(), ["w/x[0]", "w/x[1]"]);
    stage.say("w/x[1]", "B");
    assert_eq!(stage.in_flight(), ["w/x[0]", "w/x[2]"]);
    stage.finish(|_| "x".to_owned());
}

#[test]
fn if_an_item_of_parallel_for_fails_the_others_finish_and_the_block_fails() {
    let mut stage = with_items(fan_out(true, None), &["a", "b", "c"]);
    stage.fault("w/x[1]", FaultDetail::Connect);
    stage.say_all(&[("w/x[2]", "C"), ("w/x[0]", "A")]);
    stage.check();
    assert_eq!(
        stage.statuses(),
        ["w/x[0] succeeded", "w/x[1] failed", "w/x[2] succeeded", "w/all cancelled because w/x[1]"]
    );
}

#[test]
fn items_of_a_plain_for_run_one_after_the_other_and_end_with_the_first_failure() {
    let mut stage = with_items(fan_out(false, None), &["a", "b", "c", "d"]);
    assert_eq!(stage.in_flight(), ["w/x[0]"]);
    stage.say("w/x[0]", "A");
    assert_eq!(stage.in_flight(), ["w/x[1]"]);
    stage.fault("w/x[1]", FaultDetail::Connect);
    stage.check();
    assert_eq!(
        stage.statuses(),
        [
            "w/x[0] succeeded",
            "w/x[1] failed",
            "w/x[2] cancelled because w/x[1]",
            "w/x[3] cancelled because w/x[1]",
            "w/all cancelled because w/x[1]"
        ]
    );
}

#[test]
fn give_may_wait_for_a_step_outside() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[("items", list(text()))], |w| {
        let items = w.param(0);
        let (_, slow) = w.agent("slow", one, &[], With::default());
        let slow = w.var(slow);
        let (_, rows) = w.each("rows", &items, true, None, |w, _| {
            w.agent("x", one, &[], With::default());
            Some((slow.clone(), text()))
        });
        let rows = w.var(rows.unwrap());
        w.return_(&rows, list(text()));
    });
    let mut stage = Stage::new(build.plan, start(WorkflowId(0), vec![texts(&["a", "b"])]));
    stage.say_all(&[("w/x[0]", "x"), ("w/x[1]", "x")]);
    assert!(stage.outcome.is_none());
    stage.say("w/slow", "S");
    stage.check();
    assert_eq!(stage.outcome().result, Some(texts(&["S", "S"])));
}

#[test]
fn a_hundred_thousand_items_that_do_nothing_need_no_stack() {
    let mut build = Build::new();
    build.workflow("w", &[("items", list(int()))], |w| {
        let items = w.param(0);
        w.each("rows", &items, false, None, |w, item| {
            let one = w.build.int(1);
            w.let_("n", int(), &one);
            Some((w.var(item), int()))
        });
        w.each("nothing", &items, false, None, |_, _| None);
        w.each("gives", &items, false, None, |w, item| Some((w.var(item), int())));
    });
    let items = Value::list((0..100_000).map(Value::Int).collect());
    let stage = Stage::new(build.plan, start(WorkflowId(0), vec![items]));
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
}
