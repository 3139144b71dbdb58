use crate::plan::{Build, Looped, Otherwise, Until, With, int, text};
use crate::stage::Stage;
use agentflow::engine::effect::{EventKind, FaultDetail, Gate, RunStatus};
use agentflow::engine::eval::Value;
use agentflow::plan::{Annotations, CompareOp, Grade, Plan, Tiers};

/// `loop until rubric(report) >= A max n { step report = editor(round) } otherwise …`, and what uses the report.
fn judged(max: i64, otherwise: Otherwise) -> Plan {
    let mut build = Build::new();
    let editor = build.agent("editor", &[("round", int())], text());
    let shows = build.agent("shows", &[("x", text())], text());
    let standard = build.rubric("standard");
    build.plan.agents[editor.index()].annotations =
        Annotations { tier: Some(Tiers { low: 2, high: 4 }), ..Annotations::default() };
    build.workflow("w", &[], |w| {
        let Looped { names, .. } = w.loop_("report", max, otherwise, |w, round| {
            let number = w.var(round.number);
            let (_, report) = w.agent("report", editor, &[&number], With::default());
            let (report, review) = (w.var(report), w.var(round.review));
            let grade = w.build.field(&review, 0);
            let wanted = w.build.grade(Grade::A);
            let condition = w.build.compare(CompareOp::GreaterEqual, &grade, &wanted);
            Until { condition, judge: Some((standard, vec![report])) }
        });
        let report = w.var(names[0]);
        w.agent("below", shows, &[&report], With::default());
        w.return_(&report, text());
    });
    build.plan
}

fn grade(grade: &str) -> String {
    format!(r#"{{"quality": {{"reason": "it is a {grade}", "grade": "{grade}"}}}}"#)
}

#[test]
fn a_loop_runs_until_its_condition_holds() {
    let mut stage = Stage::of(judged(3, Otherwise::History));
    assert_eq!(stage.in_flight(), ["w/report[1]"]);
    stage.say("w/report[1]", "one");
    assert_eq!(stage.in_flight(), ["w/review[1]"]);
    stage.say("w/review[1]", &grade("C"));
    assert_eq!(stage.in_flight(), ["w/report[2]"]);
    stage.say("w/report[2]", "two");
    stage.say("w/review[2]", &grade("A"));
    assert_eq!(stage.in_flight(), ["w/below"]);
    stage.say("w/below", "x");
    stage.check();
    assert_eq!(stage.result_text(), "two");
    assert_eq!(
        stage.outcome().gates,
        [Gate { path: "w/report".into(), passed: true, rounds: 2, grade: Some(Grade::A) }]
    );
    assert_eq!(
        stage.statuses(),
        [
            "w/report[1] succeeded",
            "w/report[2] succeeded",
            "w/review[1] succeeded",
            "w/review[2] succeeded",
            "w/below succeeded"
        ]
    );
}

#[test]
fn each_round_starts_one_tier_up_and_counts_on() {
    let mut stage = Stage::of(judged(4, Otherwise::Last));
    let mut seen = Vec::new();
    for round in 1..=4 {
        let request = stage.request(&format!("w/report[{round}]"));
        seen.push((request.tier, request.number, request.round, request.seed_path.to_string()));
        stage.say(&format!("w/report[{round}]"), "x");
        stage.say(&format!("w/review[{round}]"), &grade("C"));
    }
    let path = || "w/report".to_owned();
    assert_eq!(
        seen,
        [(2, 0, Some(1), path()), (3, 1, Some(2), path()), (4, 2, Some(3), path()), (4, 3, Some(4), path())]
    );
}

#[test]
fn a_loop_that_runs_out_fails_and_lists_the_grades_and_the_advice() {
    let mut stage = Stage::of(judged(2, Otherwise::History));
    stage.say("w/report[1]", "one");
    stage.say("w/review[1]", &grade("C"));
    stage.say("w/report[2]", "two");
    stage.say("w/review[2]", &grade("B"));
    stage.check();
    let (kind, step, message) = stage.error();
    assert_eq!((kind.as_str(), step.as_str()), ("failed", "w/report"));
    assert!(
        message.starts_with("`report` did not meet its condition in 2 rounds: round 1 C 70, round 2 B 80"),
        "{message}"
    );
    assert!(message.contains("it is a B"), "{message}");
    assert_eq!(stage.report("w/below").because.as_deref(), Some("w/report"));
    assert!(!stage.outcome().gates[0].passed);
}

#[test]
fn keep_best_keeps_the_best_grade_and_the_earliest_of_equals() {
    let mut stage = Stage::of(judged(4, Otherwise::Best));
    for (round, answer) in [(1, "D"), (2, "B"), (3, "B"), (4, "C")] {
        stage.say(&format!("w/report[{round}]"), &format!("text {round}"));
        stage.say(&format!("w/review[{round}]"), &grade(answer));
    }
    stage.say("w/below", "x");
    stage.check();
    assert_eq!(stage.result_text(), "text 2");
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
    assert_eq!(
        stage.outcome().gates,
        [Gate { path: "w/report".into(), passed: false, rounds: 4, grade: Some(Grade::B) }]
    );
}

#[test]
fn otherwise_fail_says_its_own_message() {
    let mut stage = Stage::of(judged(1, Otherwise::Fail("not good enough")));
    stage.say("w/report[1]", "one");
    stage.say("w/review[1]", &grade("C"));
    stage.check();
    assert_eq!(stage.error(), ("failed".into(), "w/report".into(), "not good enough".into()));
}

#[test]
fn a_failure_in_the_body_fails_the_loop_after_the_round_whatever_otherwise_says() {
    let mut stage = Stage::of(judged(3, Otherwise::Last));
    stage.say("w/report[1]", "one");
    stage.say("w/review[1]", &grade("C"));
    stage.fault("w/report[2]", FaultDetail::Overloaded);
    stage.check();
    assert_eq!(
        stage.statuses(),
        [
            "w/report[1] succeeded",
            "w/report[2] failed",
            "w/review[1] succeeded",
            "w/review[2] cancelled because w/report[2]",
            "w/below cancelled because w/report[2]"
        ]
    );
}

#[test]
fn a_judge_that_cannot_answer_is_not_a_pass() {
    let mut stage = Stage::of(judged(3, Otherwise::Last));
    stage.say("w/report[1]", "one");
    stage.say("w/review[1]", "{}");
    assert_eq!(stage.in_flight(), ["w/review[1]"]);
    stage.say("w/review[1]", "{}");
    stage.check();
    let (kind, step, message) = stage.error();
    assert_eq!((kind.as_str(), step.as_str()), ("invalid", "w/review[1]"));
    assert!(message.starts_with("`review` got no usable answer, in 2 tries"), "{message}");
}

#[test]
fn a_gate_that_does_not_hold_is_an_f_without_a_call() {
    let mut stage = Stage::of(judged(2, Otherwise::Last));
    stage.answer("w/report[1]", crate::stage::reply("x"));
    stage.say("w/review[1]", &grade("S"));
    stage.finish(|_| "x".to_owned());
    let mut build = Build::new();
    let standard = build.rubric("standard");
    build.workflow("w", &[], |w| {
        let nothing = w.build.text("");
        let (_, review) = w.rubric("verdict", standard, &[&nothing], With::default());
        let review = w.var(review);
        let advice = w.build.field(&review, 3);
        w.return_(&advice, text());
    });
    let stage = Stage::of(build.plan);
    stage.check();
    assert_eq!(stage.result_text(), "there is nothing to judge");
    assert_eq!(stage.outcome().calls, 0);
    assert!(stage.has_event(|event| matches!(event, EventKind::RubricReviewed { grade: Grade::F, .. })));
}

/// `loop until round == 3 max 5 { step x = one() }` whose names and gate come back.
#[test]
fn previous_earlier_and_the_gate_hold_what_the_rounds_bound() {
    let mut build = Build::new();
    let shows = build.agent("shows", &[("n", int()), ("x", crate::plan::optional(text()))], text());
    build.workflow("w", &[], |w| {
        let Looped { gate, .. } = w.loop_("x", 5, Otherwise::History, |w, round| {
            let previous = w.var(round.previous);
            let last = w.build.field(&previous, 0);
            let earlier = w.var(round.earlier);
            let count = w.build.push(
                agentflow::plan::Expr::Call(agentflow::plan::Function::Count, vec![earlier.id]),
                &[&earlier],
            );
            w.agent("x", shows, &[&count, &last], With::default());
            let (number, three) = (w.var(round.number), w.build.int(3));
            let condition = w.build.eq(&number, &three);
            Until { condition, judge: None }
        });
        let gate = w.var(gate);
        w.return_(&gate, agentflow::plan::Type::Json);
    });
    let mut stage = Stage::of(build.plan);
    let prompt = |stage: &Stage, round: u32| match &stage.request(&format!("w/x[{round}]")).messages[0] {
        agentflow::engine::effect::Message::User { text } => text.clone(),
        other => panic!("{other:?}"),
    };
    assert!(prompt(&stage, 1).starts_with('0'));
    stage.say("w/x[1]", "one");
    assert_eq!(prompt(&stage, 2), "1 one");
    stage.say("w/x[2]", "two");
    assert_eq!(prompt(&stage, 3), "2 two");
    stage.say("w/x[3]", "three");
    stage.check();
    let Some(Value::Record(gate)) = &stage.outcome().result else { panic!() };
    assert_eq!(gate.fields[0], Value::Int(3));
    assert_eq!(gate.fields[1], Value::Bool(true));
    let Value::List(tries) = &gate.fields[2] else { panic!() };
    assert_eq!(tries.len(), 3);
}

#[test]
fn a_condition_waits_for_what_it_uses_outside_the_loop() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (_, slow) = w.agent("slow", one, &[], With::default());
        let slow = w.var(slow);
        w.loop_("x", 2, Otherwise::Last, |w, _| {
            let (_, x) = w.agent("x", one, &[], With::default());
            let x = w.var(x);
            let condition = w.build.eq(&x, &slow);
            Until { condition, judge: None }
        });
    });
    let mut stage = Stage::of(build.plan.clone());
    stage.say("w/x[1]", "same");
    assert_eq!(stage.in_flight(), ["w/slow"]);
    stage.say("w/slow", "same");
    stage.check();
    let mut stage = Stage::of(build.plan);
    stage.say("w/x[1]", "same");
    stage.fault("w/slow", FaultDetail::Connect);
    stage.check();
    assert_eq!(stage.outcome().status, RunStatus::Failed);
    assert_eq!(stage.statuses(), ["w/slow failed", "w/x[1] succeeded"]);
}

#[test]
fn rounds_and_items_stand_in_the_path_outermost_first() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        w.loop_("rows", 2, Otherwise::Last, |w, _| {
            let (a, b) = (w.build.text("a"), w.build.text("b"));
            let items = w.build.list(&[&a, &b]);
            w.each("rows", &items, true, None, |w, _| {
                w.agent("x", one, &[], With::default());
                None
            });
            let condition = w.build.bool(false);
            Until { condition, judge: None }
        });
    });
    let mut stage = Stage::of(build.plan);
    assert_eq!(stage.in_flight(), ["w/x[1][0]", "w/x[1][1]"]);
    let request = stage.request("w/x[1][1]");
    assert_eq!((&*request.seed_path, request.round, request.item), ("w/x[1]", Some(1), Some(1)));
    stage.say_all(&[("w/x[1][0]", "x"), ("w/x[1][1]", "x")]);
    assert_eq!(stage.request("w/x[2][1]").number, 1);
    stage.finish(|_| "x".to_owned());
}
