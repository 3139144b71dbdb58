//! Simulation, sentence by sentence of `runtime.md` §3.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod mini;

use agentflow::engine::effect::{
    Answered, AskRequest, Delta, DeltaSink, EventKind, FaultDetail, Message, ModelClient, ModelReply,
    ModelRequest, People, StepPath, Stop, ToolHost, ToolOutput, ToolRequest, ToolRequestBody, Usage,
};
use agentflow::engine::eval::rubric::Verdict;
use agentflow::engine::eval::{
    Expected, Question, QuestionKind, Requires, Value, read_judgement, read_value, render,
};
use agentflow::engine::sim::{
    Draw, FaultSchedule, Mishap, Naming, Sampled, SimModels, SimPeople, SimTools, SimWorld, sample,
};
use agentflow::plan::{Grade, Plan, Tiers, ToolId, Type, builtin};
use mini::{Mini, show};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn draw(plan: &Plan, ty: &Type, seed: u64, path: &str, number: u32) -> Sampled {
    let naming = Naming { name: "writer".into(), round: None, item: None };
    sample(plan, ty, &Draw { seed, path, number, naming: &naming })
}

/// The values of calls one after the other, as they are shown.
fn calls(plan: &Plan, ty: &Type, count: u32) -> Vec<String> {
    (0..count).map(|number| show(plan, &draw(plan, ty, 1, "flow/step", number).value)).collect()
}

#[test]
fn a_value_is_a_function_of_seed_path_and_number() {
    let mini = Mini::new();
    let ty = mini.ty("Everything");
    let at = |seed, path, number| show(&mini.plan, &draw(&mini.plan, &ty, seed, path, number).value);
    assert_eq!(at(1, "a/b", 3), at(1, "a/b", 3));
    assert_ne!(at(1, "a/b", 3), at(2, "a/b", 3));
    assert_ne!(at(1, "a/b", 3), at(1, "a/c", 3));
    assert_ne!(at(1, "a/b", 3), at(1, "a/b", 4));
}

#[test]
fn enums_unions_and_bools_go_round() {
    let mini = Mini::new();
    for (ty, cases) in [("bool", 2), ("Severity", 3), ("Grade", 6), ("Action", 2)] {
        let ty = mini.ty(ty);
        let shown: Vec<String> = (0..12)
            .map(|number| match draw(&mini.plan, &ty, 1, "flow/step", number).value {
                Value::Record(record) => record.ty.0.to_string(),
                value => show(&mini.plan, &value),
            })
            .collect();
        let round: BTreeSet<&String> = shown.iter().take(cases).collect();
        assert_eq!(round.len(), cases, "{shown:?}");
        assert_eq!(shown[..cases], shown[cases..2 * cases]);
    }
}

#[test]
fn several_in_one_answer_are_the_digits_of_a_counter_and_bools_are_the_fastest() {
    let mut mini = Mini::new();
    mini.record("Digits", "severity: Severity, first: bool, second: bool", &[]);
    let ty = mini.ty("Digits");
    let shown = calls(&mini.plan, &ty, 24);
    assert_eq!(shown.iter().take(12).collect::<BTreeSet<_>>().len(), 12, "every combination in twelve calls");
    assert_eq!(shown[..12], shown[12..]);
    let field =
        |number: u32, at: usize| draw(&mini.plan, &ty, 1, "flow/step", number).value.field(at).cloned();
    for number in 0..23 {
        assert_ne!(field(number, 1), field(number + 1, 1), "the first bool turns with every call");
        assert_eq!(field(number, 2) != field(number + 1, 2), number % 2 == 1, "the second with every other");
        assert_eq!(field(number, 0) != field(number + 1, 0), number % 4 == 3, "the enum after both");
    }
}

#[test]
fn where_they_start_follows_from_seed_and_path() {
    let mini = Mini::new();
    let ty = mini.ty("Severity");
    let starts = |differ: &dyn Fn(u64) -> (u64, String)| {
        (0..40)
            .map(differ)
            .map(|(seed, path)| show(&mini.plan, &draw(&mini.plan, &ty, seed, &path, 0).value))
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert_eq!(starts(&|seed| (seed, "flow/step".to_owned())), 3);
    assert_eq!(starts(&|item| (1, format!("flow/step[{item}]"))), 3);
}

#[test]
fn numbers_lie_inside_their_range_and_on_its_ends_only_where_nothing_is_between() {
    let mini = Mini::new();
    let ints = |ty: &str| -> BTreeSet<i64> {
        let ty = mini.ty(ty);
        (0..300).map(|number| draw(&mini.plan, &ty, 1, "p", number).value.as_int().unwrap()).collect()
    };
    assert_eq!(ints("int 1..10"), (2..10).collect());
    assert_eq!(ints("int -1..1"), [0].into());
    assert_eq!(ints("int 1..2"), [1, 2].into());
    assert_eq!(ints("int 5..5"), [5].into());
    assert!(ints("int -9223372036854775807..9223372036854775807").len() > 200);
    let numbers = |ty: &str| -> Vec<agentflow::base::Decimal> {
        let ty = mini.ty(ty);
        (0..300).map(|number| draw(&mini.plan, &ty, 1, "p", number).value.as_number().unwrap()).collect()
    };
    let (zero, one) = (0.into(), 1.into());
    assert!(numbers("number 0..1").iter().all(|number| *number > zero && *number < one));
    assert!(numbers("number 1..1").iter().all(|number| *number == one));
}

#[test]
fn lists_have_one_to_three_items_within_their_bound() {
    let mini = Mini::new();
    let lengths = |ty: &str| -> BTreeSet<usize> {
        let ty = mini.ty(ty);
        (0..100).map(|number| draw(&mini.plan, &ty, 1, "p", number).value.as_list().unwrap().len()).collect()
    };
    assert_eq!(lengths("[text]"), [1, 2, 3].into());
    assert_eq!(lengths("[text] max 40"), [1, 2, 3].into());
    assert_eq!(lengths("[text] max 2"), [1, 2].into());
    assert_eq!(lengths("[text] max 0"), [0].into());
}

#[test]
fn optionals_are_there_in_two_of_three_draws() {
    let mini = Mini::new();
    let ty = mini.ty("int?");
    let there = (0..3000).filter(|number| !draw(&mini.plan, &ty, 1, "p", *number).value.is_none()).count();
    assert!((1900..2100).contains(&there), "{there} of 3000");
}

#[test]
fn recursion_stops_at_depth_three() {
    let mini = Mini::new();
    let ty = mini.ty("Tree");
    let depth = |value: &Value| {
        fn of(value: &Value) -> usize {
            1 + value.field(1).and_then(Value::as_list).unwrap_or_default().iter().map(of).max().unwrap_or(0)
        }
        of(value)
    };
    let deepest = (0..50).map(|number| depth(&draw(&mini.plan, &ty, 1, "p", number).value)).max();
    assert_eq!(deepest, Some(3));
    for ty in ["Maybe", "Term", "[Term]"] {
        let ty = mini.ty(ty);
        (0..50).for_each(|number| drop(draw(&mini.plan, &ty, 1, "p", number)));
    }
}

#[test]
fn texts_name_who_made_them_and_keep_their_bound() {
    let mini = Mini::new();
    let naming = Naming { name: "writer".into(), round: Some(2), item: Some(0) };
    let draw = Draw { seed: 1, path: "p", number: 0, naming: &naming };
    let text = |ty: &str| show(&mini.plan, &sample(&mini.plan, &mini.ty(ty), &draw).value);
    assert_eq!(text("text"), "\"writer round 2 item 0\"");
    assert_eq!(text("text max 3 words"), "\"writer round 2\"");
    assert_eq!(text("text max 1 words"), "\"writer\"");
    assert_eq!(text("text max 4 chars"), "\"writ\"");
    assert_eq!(text("text max 7 chars"), "\"writer\"");
    let search = sample(&mini.plan, &mini.ty("Search"), &draw).value;
    assert_eq!(search.field(0).and_then(Value::as_text), Some("writer round 2 item 0: query"));
}

#[test]
fn a_run_succeeds_and_so_does_a_request() {
    let mini = Mini::new();
    let run = draw(&mini.plan, &Type::Named(builtin::RUN), 1, "p", 0).value;
    assert_eq!(run.field(0), Some(&Value::Int(0)));
    let http = draw(&mini.plan, &Type::Named(builtin::HTTP), 1, "p", 7).value;
    assert_eq!(http.field(0), Some(&Value::Int(200)));
}

#[test]
fn a_record_is_drawn_until_its_requires_hold() {
    let mini = Mini::new();
    for ty in ["Span", "[Span]"] {
        let ty = mini.ty(ty);
        for number in 0..200 {
            assert_eq!(draw(&mini.plan, &ty, 1, "p", number).unmet, vec![], "draw {number}");
        }
    }
    let ty = mini.ty("Invoice");
    let met = (0..100).filter(|number| draw(&mini.plan, &ty, 1, "p", *number).unmet.is_empty()).count();
    assert!(met > 80, "{met} of 100 invoices add up");
}

#[test]
fn where_they_never_hold_the_last_draw_is_used_and_says_so() {
    let mini = Mini::new();
    let ty = mini.ty("[Never]");
    let Sampled { value, unmet } = draw(&mini.plan, &ty, 1, "p", 0);
    assert!(!value.as_list().unwrap().is_empty());
    assert_eq!(unmet.len(), 1);
    assert_eq!((unmet[0].record.as_str(), unmet[0].message.as_str()), ("Never", "n is too small"));
}

/// Deltas, kept.
#[derive(Default)]
struct Kept(Mutex<Vec<Delta>>);

impl DeltaSink for Kept {
    fn delta(&self, _: &StepPath, delta: Delta) {
        self.0.lock().unwrap().push(delta);
    }
}

fn request(expected: Expected, round: Option<u32>, number: u32) -> ModelRequest {
    ModelRequest {
        step: "flow/draft[2]".into(),
        seed_path: "flow/draft".into(),
        callable: "writer".into(),
        number,
        round,
        item: None,
        tier: 1,
        tiers: Tiers { low: 1, high: 1 },
        system: String::new(),
        messages: vec![Message::User { text: "go".into() }],
        expected,
        schema: None,
        tools: Vec::new(),
        temperature: None,
        max_tokens: 4096,
        cache: false,
        timeout_ms: 300_000,
        idempotency_key: "key".into(),
    }
}

fn world(mini: &Mini) -> Arc<SimWorld> {
    Arc::new(SimWorld::new(Arc::new(mini.plan.clone()), 1))
}

async fn reply(world: &Arc<SimWorld>, request: &ModelRequest) -> ModelReply {
    match SimModels::new(Arc::clone(world)).call(request, &Kept::default()).await {
        Answered::Reply(reply) => reply,
        Answered::Fault(fault, _) => panic!("{fault:?}"),
    }
}

#[tokio::test]
async fn a_model_answers_as_a_model_does() {
    let mini = Mini::new();
    let world = world(&mini);
    for ty in [
        "text",
        "text max 2 words",
        "Finding",
        "[Finding] max 2",
        "Action?",
        "bool",
        "int 1..3",
        "Everything",
    ] {
        let ty = mini.ty(ty);
        let request = request(Expected::Value(ty.clone()), Some(2), 4);
        let reply = reply(&world, &request).await;
        let value = read_value(&mini.plan, &reply.text, &ty, Requires::Checked).unwrap();
        let naming = Naming { name: "writer".into(), round: Some(2), item: None };
        let draw = Draw { seed: 1, path: "flow/draft", number: 4, naming: &naming };
        let drawn = sample(&mini.plan, &ty, &draw).value;
        assert_eq!(render(&mini.plan, &value, &ty), render(&mini.plan, &drawn, &ty));
        assert_eq!((reply.stop, reply.stats.unmet, reply.stats.attempts), (Stop::End, false, 1));
        assert_eq!(reply.stats.usage, Usage::default(), "it costs nothing");
    }
}

#[tokio::test]
async fn a_require_that_is_not_met_is_an_event_and_stands_on_the_banner() {
    let mini = Mini::new();
    let world = world(&mini);
    let kept = Kept::default();
    let request = request(Expected::Value(mini.ty("Never")), None, 0);
    let answered = SimModels::new(Arc::clone(&world)).call(&request, &kept).await;
    let Answered::Reply(reply) = answered else { panic!("a fault") };
    assert!(reply.stats.unmet);
    assert!(read_value(&mini.plan, &reply.text, &mini.ty("Never"), Requires::Checked).is_err());
    assert!(read_value(&mini.plan, &reply.text, &mini.ty("Never"), Requires::Taken).is_ok());
    let events = kept.0.into_inner().unwrap();
    let wanted =
        EventKind::SimulationRequireUnmet { record: "Never".into(), message: "n is too small".into() };
    assert_eq!(events, vec![Delta::Route(wanted)]);
    assert_eq!(world.unmet().len(), 1);
}

fn question(key: &str, kind: QuestionKind) -> Question {
    Question { key: key.into(), text: "well?".into(), kind }
}

#[tokio::test]
async fn a_judge_gives_c_then_b_then_a_then_s_and_no_then_yes() {
    let questions =
        vec![question("coverage", QuestionKind::Grade), question("tested_1", QuestionKind::Holds)];
    let world = world(&Mini::new());
    let judged = async |round: Option<u32>, number: u32| {
        let request = request(Expected::Judgement(questions.clone()), round, number);
        let judgement = read_judgement(&reply(&world, &request).await.text, &questions).unwrap();
        assert!(judgement.answers.iter().all(|answer| !answer.reason.is_empty()));
        judgement.answers.into_iter().map(|answer| answer.verdict).collect::<Vec<_>>()
    };
    let wanted = |grade, holds| vec![Verdict::Grade(grade), Verdict::Holds(holds)];
    let turns = [(Grade::C, false), (Grade::B, true), (Grade::A, true), (Grade::S, true), (Grade::S, true)];
    for (turn, (grade, holds)) in (0_u32..).zip(turns) {
        assert_eq!(judged(Some(turn + 1), 0).await, wanted(grade, holds), "round {} of a loop", turn + 1);
        assert_eq!(judged(Some(turn + 1), 17).await, wanted(grade, holds), "whatever call it is");
        assert_eq!(judged(None, turn).await, wanted(grade, holds), "call {turn} of a plain step");
    }
}

fn ask(form: Type) -> AskRequest {
    AskRequest {
        step: "flow/decision".into(),
        seed_path: "flow/decision".into(),
        number: 0,
        question: "Publish?".into(),
        to: Some("editor".into()),
        showing: Vec::new(),
        form,
    }
}

#[tokio::test]
async fn a_person_takes_the_first_choice_and_says_yes() {
    let mini = Mini::new();
    let people = SimPeople::new(world(&mini));
    let answer = async |ty: &str| show(&mini.plan, &people.ask(&ask(mini.ty(ty))).await.unwrap());
    assert_eq!(answer("bool").await, "true");
    assert_eq!(answer("Severity").await, "low");
    assert_eq!(answer("text").await, "\"editor\"");
    assert_eq!(answer("int 1..3").await, "2");
    assert!(answer("Finding").await.starts_with("Finding { file: \"editor: file\""));
}

fn tool(result: Option<Type>) -> ToolRequest {
    ToolRequest {
        step: "flow/read".into(),
        seed_path: "flow/read".into(),
        number: 0,
        tool: ToolId(0),
        name: "read_file".into(),
        args: Vec::new(),
        body: ToolRequestBody::Read { path: "a".into() },
        result,
        timeout_ms: 60_000,
        idempotency_key: "key".into(),
    }
}

#[tokio::test]
async fn a_tool_gives_a_sample_and_touches_nothing() {
    let mini = Mini::new();
    let tools = SimTools::new(world(&mini));
    assert_eq!(tools.run(&tool(None)).await, Ok(ToolOutput::Nothing));
    let text = tools.run(&tool(Some(mini.ty("text")))).await;
    assert_eq!(text, Ok(ToolOutput::Value(Value::text("read_file"))));
    let Ok(ToolOutput::Value(run)) = tools.run(&tool(Some(Type::Named(builtin::RUN)))).await else {
        panic!("no value")
    };
    assert_eq!(run.field(0), Some(&Value::Int(0)));
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_goes_wrong_where_it_is_written() {
    let mini = Mini::new();
    let faults = FaultSchedule::default()
        .with("flow/draft", 0, Mishap::Fault(FaultDetail::Overloaded))
        .with("flow/draft", 1, Mishap::Reply("no".into(), Stop::OutputCap))
        .with("flow/draft", 2, Mishap::Late(5_000))
        .with("flow/draft", 3, Mishap::Hang);
    let world = SimWorld::new(Arc::new(mini.plan.clone()), 1)
        .with_faults(faults)
        .with_delay(Duration::from_millis(200));
    let models = SimModels::new(Arc::new(world));
    let call = async |number| {
        models.call(&request(Expected::Value(Type::Text(None)), None, number), &Kept::default()).await
    };
    assert!(matches!(call(0).await, Answered::Fault(fault, _) if fault.detail == FaultDetail::Overloaded));
    assert!(matches!(call(1).await, Answered::Reply(reply) if reply.stop == Stop::OutputCap));
    let before = tokio::time::Instant::now();
    assert!(matches!(call(2).await, Answered::Reply(_)));
    assert_eq!(before.elapsed(), Duration::from_millis(5_200));
    assert!(tokio::time::timeout(Duration::from_hours(1), call(3)).await.is_err(), "it hangs");
    assert!(matches!(call(4).await, Answered::Reply(reply) if reply.text == "writer"));
}

#[tokio::test]
async fn seeded_mishaps_are_as_many_as_was_said_and_the_same_each_time() {
    let mini = Mini::new();
    let count = async || {
        let faults = FaultSchedule::seeded(30);
        let world = SimWorld::new(Arc::new(mini.plan.clone()), 7).with_faults(faults);
        let models = SimModels::new(Arc::new(world));
        let mut wrong = Vec::new();
        for number in 0..400 {
            let request = request(Expected::Value(Type::Text(None)), None, number);
            match models.call(&request, &Kept::default()).await {
                Answered::Reply(reply) if reply.text == "writer" => {}
                _ => wrong.push(number),
            }
        }
        wrong
    };
    let first = count().await;
    assert!((80..160).contains(&first.len()), "{} of 400", first.len());
    assert_eq!(first, count().await);
}
