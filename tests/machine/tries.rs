use crate::plan::{Build, With, int, text};
use crate::stage::{Stage, reply};
use agentflow::base::Decimal;
use agentflow::engine::effect::{EventKind, FaultDetail, Message, ModelReply, Stop, Usage};
use agentflow::engine::eval::Value;
use agentflow::engine::machine::Input;
use agentflow::plan::{Annotations, Plan, Tiers};

/// One step that asks for an `int 1..10`.
fn counted(annotations: Annotations) -> Plan {
    let mut build = Build::new();
    let counter = build.agent("counter", &[], agentflow::plan::Type::Int(Some((1, 10))));
    build.workflow("w", &[], |w| {
        let (_, n) = w.agent("n", counter, &[], With::annotations(annotations));
        let n = w.var(n);
        w.return_(&n, int());
    });
    build.plan
}

fn tiers(low: u8, high: u8) -> Annotations {
    Annotations { tier: Some(Tiers { low, high }), ..Annotations::default() }
}

#[test]
fn an_answer_that_does_not_fit_is_asked_again_with_the_reasons() {
    let mut stage = Stage::of(counted(Annotations::default()));
    stage.say("w/n", r#"{"answer": 12}"#);
    let request = stage.request("w/n");
    assert_eq!((request.number, request.messages.len()), (1, 3));
    assert_eq!(
        request.messages[1],
        Message::Assistant { text: r#"{"answer": 12}"#.into(), tool_calls: vec![] }
    );
    let Message::User { text } = &request.messages[2] else { panic!() };
    assert!(text.contains("12"), "{text}");
    stage.say("w/n", r#"{"answer": 7}"#);
    stage.check();
    assert_eq!(stage.outcome().result, Some(Value::Int(7)));
    assert_eq!((stage.report("w/n").calls, stage.report("w/n").usage.output_tokens), (2, 10));
    assert!(stage.has_event(|event| matches!(event, EventKind::CallRejected { .. })));
}

#[test]
fn after_the_last_try_the_step_is_invalid_and_says_why() {
    let mut stage = Stage::of(counted(Annotations { retry: Some(2), ..Annotations::default() }));
    for _ in 0..3 {
        stage.say("w/n", "no number at all");
    }
    stage.check();
    let (kind, _, message) = stage.error();
    assert_eq!(kind, "invalid");
    assert!(message.starts_with("`n` got no usable answer, in 3 tries: "), "{message}");
    assert_eq!(stage.report("w/n").calls, 3);
}

#[test]
fn a_range_of_tiers_climbs_with_each_re_ask_and_allows_as_many() {
    let mut stage = Stage::of(counted(tiers(2, 4)));
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(stage.request("w/n").tier);
        stage.say("w/n", "");
    }
    assert_eq!(seen, [2, 3, 4]);
    stage.check();
    assert_eq!(stage.error().0, "invalid");
    assert_eq!(stage.report("w/n").tier, Some(4));
}

#[test]
fn a_refusal_and_an_output_cap_are_asked_again_only_with_a_range() {
    let mut stage = Stage::of(counted(Annotations::default()));
    stage.stop("w/n", "I will not", Stop::Refused);
    stage.check();
    assert_eq!(stage.error().0, "refused");
    let mut stage = Stage::of(counted(Annotations::default()));
    stage.stop("w/n", "1, 2, 3", Stop::OutputCap);
    stage.check();
    let (kind, _, message) = stage.error();
    assert_eq!(kind, "too_long");
    assert!(message.contains("@max_tokens") && message.contains("4096"), "{message}");
    let mut stage = Stage::of(counted(tiers(1, 2)));
    stage.stop("w/n", "I will not", Stop::Refused);
    let request = stage.request("w/n");
    assert_eq!((request.tier, request.messages.len()), (2, 1));
    stage.say("w/n", r#"{"answer": 3}"#);
    stage.check();
    assert_eq!(stage.outcome().result, Some(Value::Int(3)));
}

#[test]
fn an_answer_that_broke_off_is_never_a_value() {
    let mut stage = Stage::of(counted(Annotations { retry: Some(0), ..Annotations::default() }));
    stage.stop("w/n", r#"{"answer": 3}"#, Stop::Unfinished);
    stage.check();
    assert_eq!(stage.error().0, "invalid");
}

#[test]
fn a_transport_fault_is_the_routers_and_not_asked_again() {
    let mut stage = Stage::of(counted(tiers(1, 4)));
    stage.fault("w/n", FaultDetail::Overloaded);
    stage.check();
    assert_eq!(stage.error().0, "unavailable");
    assert_eq!(stage.report("w/n").calls, 0);
}

#[test]
fn an_empty_text_is_no_answer() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        w.agent("a", one, &[], With::default());
    });
    let mut stage = Stage::of(build.plan);
    stage.say("w/a", "  \n");
    assert_eq!(stage.request("w/a").messages.len(), 2);
    stage.say("w/a", "there");
    stage.check();
}

#[test]
fn annotations_of_a_step_stand_over_those_of_its_agent() {
    let mut plan = counted(Annotations { max_tokens: Some(200), ..tiers(3, 3) });
    plan.agents[0].annotations =
        Annotations { max_tokens: Some(900), temperature: Some(Decimal::ONE), cache: true, ..tiers(2, 2) };
    let request = Stage::of(plan).request("w/n");
    assert_eq!((request.tier, request.max_tokens, request.cache), (3, 200, true));
    assert_eq!(request.temperature, Some(Decimal::ONE));
    assert_eq!(request.timeout_ms, 300_000);
    assert_eq!(&*request.idempotency_key, "r1/w/n#0");
}

#[test]
fn the_deadline_is_for_all_tries_together() {
    let mut stage = Stage::of(counted(Annotations { timeout_ms: Some(1000), ..Annotations::default() }));
    stage.pass(600);
    stage.say("w/n", "nothing");
    assert_eq!(stage.request("w/n").timeout_ms, 400);
    stage.pass(400);
    stage.check();
    assert_eq!(stage.error().0, "timeout");
}

#[test]
fn votes_are_judgements_of_their_own_and_the_score_is_computed_once() {
    let mut build = Build::new();
    let standard = build.rubric("standard");
    build.plan.rubrics[0].annotations.votes = Some(3);
    build.workflow("w", &[], |w| {
        let work = w.build.text("some work");
        let (_, review) = w.rubric("verdict", standard, &[&work], With::default());
        let review = w.var(review);
        let score = w.build.field(&review, 1);
        w.return_(&score, agentflow::plan::Type::Number(None));
    });
    let grade = |grade: &str| format!(r#"{{"quality": {{"reason": "r", "grade": "{grade}"}}}}"#);
    let mut stage = Stage::with(build.plan, |start| start.max_parallel = 2);
    assert_eq!(stage.in_flight(), ["w/verdict", "w/verdict"]);
    stage.say("w/verdict", &grade("S"));
    assert_eq!(stage.in_flight().len(), 2);
    stage.say("w/verdict", "nonsense");
    assert_eq!(stage.in_flight().len(), 2);
    stage.say("w/verdict", &grade("C"));
    stage.say("w/verdict", &grade("A"));
    stage.check();
    assert_eq!(stage.outcome().result, Some(Value::Number(Decimal::from(90))));
    assert_eq!(stage.report("w/verdict").calls, 4);
}

#[test]
fn a_budget_that_is_spent_refuses_the_next_call() {
    let dollar = |cents: i64| Decimal::from(cents).div(Decimal::HUNDRED).unwrap();
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (a, _) = w.agent("a", one, &[], With::default());
        w.agent("b", one, &[], With::after(&[a]));
        w.workflow.annotations.budget = Some(dollar(5));
    });
    let mut stage = Stage::of(build.plan);
    let mut dear: ModelReply = reply("x");
    dear.stats.usage = Usage { cost_usd: dollar(6), ..Usage::default() };
    stage.answer("w/a", dear);
    stage.check();
    assert_eq!(
        stage.error(),
        ("over_budget".into(), "w/b".into(), "the budget of $0.05 is spent, so `b` does not ask".into())
    );
    assert_eq!(stage.outcome().usage.cost_usd, dollar(6));
}

fn held(stage: &mut Stage, path: &str, for_ms: u64) {
    let (id, at) = (stage.find(path), stage.at);
    stage.feed(Input::Held { id, at, for_ms });
}

#[test]
fn waiting_for_a_rate_limit_does_not_count_for_the_deadline() {
    let mut stage = Stage::of(counted(Annotations { timeout_ms: Some(1_000), ..Annotations::default() }));
    stage.pass(400);
    held(&mut stage, "w/n", 5_000);
    stage.pass(5_500);
    assert_eq!(stage.in_flight(), ["w/n"], "500 ms of its second are used");
    // A re-ask has what is left of the deadline.
    stage.say("w/n", "no number at all");
    assert_eq!(stage.request("w/n").timeout_ms, 100);
    stage.pass(100);
    stage.check();
    assert_eq!(stage.error().2, "`n` timed out after 1s");
    assert_eq!(stage.report("w/n").finished_ms, Some(6_000));
}

#[test]
fn calls_that_wait_side_by_side_hold_the_clock_once() {
    let mut build = Build::new();
    let judge = build.rubric("standard");
    build.plan.rubrics[0].annotations.votes = Some(3);
    build.plan.rubrics[0].annotations.timeout_ms = Some(1_000);
    build.workflow("w", &[], |w| {
        let work = w.build.text("some work");
        w.rubric("r", judge, &[&work], With::default());
    });
    let mut stage = Stage::of(build.plan);
    let ids: Vec<_> = stage.open.keys().copied().collect();
    assert_eq!(ids.len(), 3);
    for (id, at, for_ms) in [(ids[0], 0, 2_000), (ids[1], 500, 2_000), (ids[2], 500, 100)] {
        stage.pass(at - stage.at);
        stage.feed(Input::Held { id, at: stage.at, for_ms });
    }
    // From 0 to 2,500 somebody waited.
    stage.pass(2_999);
    assert_eq!(stage.in_flight().len(), 3);
    stage.pass(1);
    assert_eq!(stage.report("w/r").finished_ms, Some(3_500));
}

#[test]
fn what_does_not_fly_holds_nothing() {
    let mut stage = Stage::of(counted(Annotations { timeout_ms: Some(1_000), ..Annotations::default() }));
    let id = stage.find("w/n");
    stage.say("w/n", "no number at all");
    stage.feed(Input::Held { id, at: 0, for_ms: 5_000 });
    stage.pass(1_000);
    assert_eq!(stage.error().2, "`n` timed out after 1s");
}
