use crate::plan::{Build, With, optional, text};
use crate::stage::Stage;
use agentflow::engine::effect::{EventKind, RunStatus, StepStatus};
use agentflow::engine::eval::Value;
use agentflow::engine::machine::{Command, Input};
use agentflow::plan::{Annotations, FaultKind, Plan, Type};

/// A draft, an approval that shows it, and what uses the answer; beside it a free step.
fn approval(timeout_ms: Option<u64>) -> Plan {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    let absent = build.agent("absent", &[], optional(text()));
    build.workflow("w", &[], |w| {
        let (_, draft) = w.agent("draft", one, &[], With::default());
        let (_, extra) = w.agent("extra", absent, &[], With::default());
        let (draft, extra) = (w.var(draft), w.var(extra));
        let no = w.build.bool(false);
        let with = With {
            annotations: Annotations { timeout_ms, ..Annotations::default() },
            ..With::fallback(&[FaultKind::Timeout], no)
        };
        let (_, ok) =
            w.ask("ok", Type::Bool, &[("draft", &draft, text()), ("extra", &extra, optional(text()))], with);
        let ok = w.var(ok);
        w.return_(&ok, Type::Bool);
        w.workflow.annotations.timeout_ms = Some(60_000);
    });
    build.plan
}

fn asked(timeout_ms: Option<u64>) -> Stage {
    let mut stage = Stage::of(approval(timeout_ms));
    stage.say("w/draft", "the text");
    stage.say("w/extra", r#"{"answer": null}"#);
    stage
}

#[test]
fn an_ask_shows_what_is_there_and_takes_the_answer() {
    let mut stage = asked(None);
    let id = stage.find("w/ok");
    let Command::Ask { request, .. } = stage.open[&id].clone() else { panic!() };
    assert_eq!(request.showing, [("draft".into(), "the text".to_owned())]);
    assert_eq!((request.to.as_deref(), request.question.as_str()), (Some("editor"), "Publish?"));
    stage.person("w/ok", Value::Bool(true));
    stage.check();
    assert_eq!(stage.outcome().result, Some(Value::Bool(true)));
    assert!(stage.has_event(|event| matches!(event, EventKind::AskAnswered { .. })));
}

#[test]
fn the_workflows_clock_stands_still_while_an_ask_is_open() {
    let mut stage = Stage::of(approval(None));
    stage.pass(50_000);
    stage.say("w/draft", "the text");
    stage.say("w/extra", r#"{"answer": null}"#);
    stage.pass(10_000_000);
    assert_eq!(stage.in_flight(), ["w/ok"]);
    stage.person("w/ok", Value::Bool(true));
    stage.check();
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
}

#[test]
fn an_ask_that_is_out_of_time_is_a_timeout() {
    let mut stage = asked(Some(2 * 86_400_000));
    stage.pass(2 * 86_400_000);
    stage.check();
    assert_eq!(stage.outcome().result, Some(Value::Bool(false)));
    assert_eq!(stage.report("w/ok").error.as_ref().unwrap().message, "`ok` timed out after 2d");
}

#[test]
fn an_answer_that_does_not_fit_its_form_is_invalid() {
    let mut stage = asked(None);
    stage.person("w/ok", Value::text("maybe"));
    stage.check();
    assert_eq!(stage.error().0, "invalid");
}

#[test]
fn without_people_the_run_waits_once_nothing_else_can_move_and_goes_on_with_the_answer() {
    let mut build = Build::new();
    let one = build.agent("one", &[], text());
    build.workflow("w", &[], |w| {
        let (ok, _) = w.ask("ok", Type::Bool, &[], With::default());
        w.agent("free", one, &[], With::default());
        w.agent("below", one, &[], With::after(&[ok]));
    });
    let mut stage = Stage::with(build.plan, |start| start.people = false);
    assert_eq!(stage.in_flight(), ["w/free"]);
    assert!(stage.outcome.is_none());
    stage.say("w/free", "x");
    assert_eq!(stage.outcome().status, RunStatus::Waiting);
    assert_eq!(stage.statuses(), ["w/ok waiting", "w/free succeeded", "w/below waiting"]);
    assert!(!stage.machine.is_over());
    let (id, path) = {
        let open = stage.machine.open_questions();
        (open[0].0, open[0].1.step.to_string())
    };
    assert_eq!(path, "w/ok");
    stage.feed(Input::Answer { id, at: 9, value: Ok(Value::Bool(true)) });
    assert_eq!(stage.in_flight(), ["w/below"]);
    stage.say("w/below", "x");
    assert_eq!(stage.outcome().status, RunStatus::Succeeded);
    assert_eq!(stage.status("w/ok"), StepStatus::Succeeded);
    stage.check();
}
