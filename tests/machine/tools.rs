use crate::plan::{Build, With, list, text};
use crate::stage::Stage;
use agentflow::engine::effect::{EventKind, FaultDetail, Message, ToolOutput, ToolRequestBody};
use agentflow::engine::eval::Value;
use agentflow::plan::{Annotations, EffectKind, Plan, Type, builtin};

fn one_tool(kind: EffectKind, result: Option<Type>, annotations: Annotations) -> Plan {
    let mut build = Build::new();
    let tool = build.tool("file", kind, result.clone());
    build.workflow("w", &[], |w| {
        let path = w.build.text("a.txt");
        let (_, t) = w.tool("t", tool, &[&path], With::annotations(annotations));
        if let (Some(t), Some(ty)) = (t, result) {
            let t = w.var(t);
            w.return_(&t, ty);
        }
    });
    build.plan
}

#[test]
fn a_tool_step_is_ordered_with_every_expression_computed() {
    let mut stage = Stage::of(one_tool(EffectKind::Reads, Some(text()), Annotations::default()));
    let request = stage.tool_request("w/t");
    assert_eq!(request.body, ToolRequestBody::Read { path: "a.txt".into() });
    assert_eq!((request.timeout_ms, request.idempotency_key.as_str()), (60_000, "r1/w/t#0"));
    stage.tool("w/t", ToolOutput::Text("content".into()));
    stage.check();
    assert_eq!(stage.result_text(), "content");
    assert_eq!(stage.outcome().calls, 0);
}

#[test]
fn what_only_reads_runs_again_once_and_what_writes_does_not() {
    let mut stage = Stage::of(one_tool(EffectKind::Reads, Some(text()), Annotations::default()));
    stage.fault("w/t", FaultDetail::Tool);
    assert_eq!(stage.tool_request("w/t").number, 1);
    stage.tool("w/t", ToolOutput::Text("content".into()));
    stage.check();
    let mut stage = Stage::of(one_tool(EffectKind::Writes, None, Annotations::default()));
    stage.fault("w/t", FaultDetail::Tool);
    stage.check();
    assert_eq!(stage.error(), ("tool_failed".into(), "w/t".into(), "`t` failed: it went wrong".into()));
    let twice = Annotations { retry: Some(1), ..Annotations::default() };
    let mut stage = Stage::of(one_tool(EffectKind::Writes, None, twice));
    stage.fault("w/t", FaultDetail::Tool);
    stage.tool("w/t", ToolOutput::Nothing);
    stage.check();
}

#[test]
fn what_is_denied_is_not_tried_again() {
    let mut stage = Stage::of(one_tool(EffectKind::Reads, Some(text()), Annotations::default()));
    stage.fault("w/t", FaultDetail::Denied);
    stage.check();
    assert_eq!(stage.error().0, "denied");
}

#[test]
fn a_result_over_its_bound_is_too_long_but_a_list_keeps_its_first_items() {
    let mut stage = Stage::with(one_tool(EffectKind::Reads, Some(text()), Annotations::default()), |start| {
        start.tool_result_tokens = 10;
    });
    stage.tool("w/t", ToolOutput::Text("x".repeat(31)));
    stage.check();
    assert_eq!(stage.error().0, "too_long");
    let short = Type::List(Box::new(text()), Some(2));
    let mut stage = Stage::of(one_tool(EffectKind::Reads, Some(short), Annotations::default()));
    stage.tool("w/t", ToolOutput::Json(serde_json::json!(["a", "b", "c"])));
    stage.check();
    assert_eq!(stage.outcome().result, Some(Value::list(vec![Value::text("a"), Value::text("b")])));
}

#[test]
fn out_and_err_of_a_run_keep_their_last_part() {
    let plan = one_tool(EffectKind::Writes, Some(Type::Named(builtin::RUN)), Annotations::default());
    let mut stage = Stage::with(plan, |start| start.tool_result_tokens = 10);
    let out = format!("{}the end", "x".repeat(100));
    stage.tool("w/t", ToolOutput::Json(serde_json::json!({"code": 1, "out": out, "err": ""})));
    stage.check();
    let Some(Value::Record(run)) = &stage.outcome().result else { panic!() };
    let Value::Text(out) = &run.fields[1] else { panic!() };
    assert!(out.starts_with("[cut: ") && out.ends_with("the end"), "{out}");
}

/// An agent with a reading tool and a pure one.
fn with_tools(annotations: Annotations) -> Plan {
    let mut build = Build::new();
    let reader = build.agent("reader", &[], text());
    let file = build.tool("file", EffectKind::Reads, Some(text()));
    let slug = build.tool("slug", EffectKind::Pure, Some(text()));
    let hits = build.tool("hits", EffectKind::Reads, Some(list(text())));
    build.plan.agents[0].tools = vec![file, slug, hits];
    build.workflow("w", &[], |w| {
        let (_, a) = w.agent("a", reader, &[], With::annotations(annotations));
        let a = w.var(a);
        w.return_(&a, text());
    });
    build.plan
}

fn told(stage: &Stage) -> Vec<(String, String)> {
    let messages = stage.request("w/a").messages;
    let told = messages.iter().filter_map(|message| match message {
        Message::Tool { id, text } => Some((id.to_string(), text.clone())),
        _ => None,
    });
    told.collect()
}

#[test]
fn tools_of_a_turn_are_answered_in_their_order_and_the_model_goes_on() {
    let mut stage = Stage::of(with_tools(Annotations::default()));
    assert_eq!(stage.request("w/a").tools.len(), 3);
    stage.call_tools(
        "w/a",
        &[
            ("1", "file", r#"{"path": "a"}"#),
            ("2", "slug", r#"{"path": "b"}"#),
            ("3", "nothing", "{}"),
            ("4", "file", r#"{"path": 5}"#),
            ("5", "file", "no json"),
        ],
    );
    assert_eq!(stage.in_flight(), ["w/a"]);
    stage.tool("w/a", ToolOutput::Text("A".into()));
    let told = told(&stage);
    assert_eq!(told[0], ("1".into(), "A".into()));
    assert_eq!(told[1], ("2".into(), "b".into()));
    assert_eq!(told[2].1, "there is no tool `nothing`; there are: file, slug, hits");
    assert!(told[3].1.starts_with("the arguments do not fit:"), "{}", told[3].1);
    assert!(told[4].1.starts_with("the arguments are no JSON"), "{}", told[4].1);
    stage.say("w/a", "done");
    stage.check();
    assert_eq!((stage.result_text().as_str(), stage.report("w/a").calls), ("done", 2));
}

#[test]
fn the_last_turn_has_no_tools() {
    let two = Annotations { turns: Some(2), retry: Some(0), ..Annotations::default() };
    let mut stage = Stage::of(with_tools(two));
    stage.call_tools("w/a", &[("1", "slug", r#"{"path": "b"}"#)]);
    assert!(stage.request("w/a").tools.is_empty());
    stage.call_tools("w/a", &[("2", "slug", r#"{"path": "b"}"#)]);
    stage.check();
    assert_eq!(stage.error().0, "invalid");
}

#[test]
fn a_re_ask_does_not_call_answered_tools_again() {
    let mut stage = Stage::of(with_tools(Annotations::default()));
    stage.call_tools("w/a", &[("1", "file", r#"{"path": "a"}"#)]);
    stage.tool("w/a", ToolOutput::Text("A".into()));
    stage.say("w/a", "");
    assert_eq!(told(&stage).len(), 1);
    assert_eq!(stage.in_flight(), ["w/a"]);
    stage.say("w/a", "done");
    stage.check();
}

#[test]
fn a_tool_that_fails_is_told_to_the_model_after_its_retry() {
    let mut stage = Stage::of(with_tools(Annotations::default()));
    stage.call_tools("w/a", &[("1", "file", r#"{"path": "a"}"#)]);
    stage.fault("w/a", FaultDetail::Tool);
    assert_eq!(stage.tool_request("w/a").number, 1);
    stage.fault("w/a", FaultDetail::Tool);
    assert_eq!(told(&stage), [("1".into(), "failed: it went wrong".into())]);
    stage.say("w/a", "done");
    stage.check();
}

#[test]
fn a_tool_that_hangs_is_told_to_the_model_when_its_time_is_out() {
    let mut stage = Stage::of(with_tools(Annotations::default()));
    stage.call_tools("w/a", &[("1", "file", r#"{"path": "a"}"#)]);
    stage.pass(60_000);
    assert_eq!(told(&stage), [("1".into(), "failed: it timed out after 1m".into())]);
    stage.say("w/a", "done");
    stage.check();
}

#[test]
fn at_most_eight_tools_run_in_a_turn_and_never_above_the_limit() {
    let mut stage = Stage::with(with_tools(Annotations::default()), |start| start.max_parallel = 3);
    let calls: Vec<(String, &str, &str)> =
        (0..10).map(|number| (number.to_string(), "file", r#"{"path": "a"}"#)).collect();
    let calls: Vec<(&str, &str, &str)> =
        calls.iter().map(|(id, name, arguments)| (id.as_str(), *name, *arguments)).collect();
    stage.call_tools("w/a", &calls);
    for _ in 0..8 {
        assert!(stage.in_flight().len() <= 3, "{:?}", stage.in_flight());
        stage.tool("w/a", ToolOutput::Text("A".into()));
    }
    let told = told(&stage);
    assert_eq!(told.len(), 10);
    assert_eq!(told[8].1, "not run: at most 8 tools are run in one turn");
    stage.say("w/a", "done");
    stage.check();
}

#[test]
fn a_long_result_is_cut_for_a_model_with_a_mark_and_an_event() {
    let mut stage = Stage::with(with_tools(Annotations::default()), |start| start.tool_result_tokens = 10);
    stage.call_tools("w/a", &[("1", "file", r#"{"path": "a"}"#)]);
    stage.tool("w/a", ToolOutput::Text("ä".repeat(100)));
    let told = told(&stage);
    assert!(
        told[0].1.starts_with(&"ä".repeat(15)) && told[0].1.ends_with("[cut: 30 of 200 bytes are shown]")
    );
    assert!(stage.has_event(|event| matches!(event, EventKind::ToolCut { .. })));
    stage.say("w/a", "done");
    stage.check();
}
