//! Against real peers, which this suite does not start. Each test says when it is skipped.
//!
//! - `AGENTFLOW_REAL_MODEL=http://127.0.0.1:PORT/v1`: a server that speaks `openai-chat` and has a real model behind it.
//! - `AGENTFLOW_AIMOCK=http://127.0.0.1:PORT/v1`: aimock, a stand-in that this project did not write, with the fixtures that
//!   its tests name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::engine::effect::{Answered, ModelReply, Stop};
use agentflow::models::router::Router;
use serde_json::{Value, json};
use support::calls::{ask, question, router};

fn peer(variable: &str, extra: &str) -> Option<Router> {
    let Ok(url) = std::env::var(variable) else {
        println!("SKIPPED: {variable} is not set");
        return None;
    };
    let toml = format!(
        "[tiers]\n1 = [\"peer:smol\"]\n[router]\npause = \"20ms\"\nmax_wait = \"3s\"\n[providers.peer]\nbase_url = \"{url}\"\n{extra}"
    );
    Some(router(&toml, &[]))
}

async fn reply(router: &Router, fields: Value) -> ModelReply {
    match ask(router, &question(fields)).await {
        (Answered::Reply(reply), _) => reply,
        (Answered::Fault(fault, _), heard) => panic!("{}: {:?}", fault.message, heard.events()),
    }
}

const GRADE: &str = r#"{"type":"object","properties":{"reason":{"type":"string","maxLength":60},"grade":{"enum":["A","B","C"]}},"required":["reason","grade"],"additionalProperties":false}"#;

#[tokio::test]
async fn a_real_model_answers_streamed_and_whole() {
    for extra in ["", "stream = false\n"] {
        let Some(router) = peer("AGENTFLOW_REAL_MODEL", extra) else { return };
        let fields = json!({ "system": "You are terse.", "max_tokens": 40, "temperature": "0" });
        let answer = question(fields.clone());
        let (answered, heard) = ask(&router, &answer).await;
        let Answered::Reply(reply) = answered else { panic!("{answered:?}") };
        assert!(!reply.text.trim().is_empty());
        assert!(matches!(reply.stop, Stop::End | Stop::OutputCap), "{reply:?}");
        assert!(
            reply.stats.usage.input_tokens > 5 && reply.stats.usage.output_tokens > 0,
            "{:?}",
            reply.stats
        );
        if extra.is_empty() {
            assert_eq!(heard.text(), reply.text, "what was heard is what was said");
        }
    }
}

#[tokio::test]
async fn a_real_model_keeps_to_a_schema() {
    for extra in ["", "stream = false\n"] {
        let Some(router) = peer("AGENTFLOW_REAL_MODEL", extra) else { return };
        let schema: Value = serde_json::from_str(GRADE).unwrap();
        let fields = json!({ "schema": schema, "max_tokens": 200, "messages": [{ "role": "user", "text": "Grade this essay: Water is wet." }] });
        let reply = reply(&router, fields).await;
        let value: Value = serde_json::from_str(&reply.text).unwrap_or_else(|_| panic!("{reply:?}"));
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&value), "{value}");
    }
}

#[tokio::test]
async fn a_real_model_stops_at_its_cap() {
    let Some(router) = peer("AGENTFLOW_REAL_MODEL", "") else { return };
    let fields = json!({ "max_tokens": 5, "messages": [{ "role": "user", "text": "Tell a long story about a whale." }] });
    assert_eq!(reply(&router, fields).await.stop, Stop::OutputCap);
}

#[tokio::test]
async fn a_real_server_says_that_its_window_is_too_small() {
    let Some(router) = peer("AGENTFLOW_REAL_MODEL", "") else { return };
    let text = "word ".repeat(12_000);
    let (answered, _) =
        ask(&router, &question(json!({ "messages": [{ "role": "user", "text": text }] }))).await;
    let Answered::Fault(fault, _) = answered else { panic!("{answered:?}") };
    assert_eq!(fault.detail.kind(), agentflow::plan::FaultKind::TooLong, "{}", fault.message);
}

#[tokio::test]
async fn aimock_is_understood() {
    let Some(router) = peer("AGENTFLOW_AIMOCK", "") else { return };
    let say = |text: &str| json!({ "messages": [{ "role": "user", "text": text }] });
    let hello = reply(&router, say("hi there")).await;
    assert_eq!((hello.text.as_str(), hello.stop), ("Hello from aimock", Stop::End));
    // Its fixture fails once in the life of the server; a server that has been used answers at once.
    let recovered = reply(&router, say("flaky")).await;
    let seen = (recovered.text.as_str(), recovered.stats.attempts);
    assert!(matches!(seen, ("recovered", 2) | ("Hello from aimock", 1)), "{seen:?}");
    assert_eq!(reply(&router, say("lenstop")).await.stop, Stop::OutputCap);
    assert_eq!(reply(&router, say("slow")).await.text, "one two three four five six");
    let schema: Value = serde_json::from_str(GRADE).unwrap();
    let mut graded = say("grade this");
    graded["schema"] = schema;
    assert_eq!(serde_json::from_str::<Value>(&reply(&router, graded).await.text).unwrap()["grade"], "A");
}

#[tokio::test]
async fn aimocks_tools_are_called() {
    let Some(router) = peer("AGENTFLOW_AIMOCK", "") else { return };
    let tools = json!([{ "name": "get_weather", "doc": null, "parameters": { "type": "object", "properties": { "city": { "type": "string" } } } }]);
    let first =
        reply(&router, json!({ "tools": tools, "messages": [{ "role": "user", "text": "weather?" }] })).await;
    assert_eq!(first.stop, Stop::ToolUse, "{first:?}");
    let call = &first.tool_calls[0];
    assert_eq!(
        (call.name.as_str(), serde_json::from_str::<Value>(&call.arguments).unwrap()["city"].as_str()),
        ("get_weather", Some("Paris"))
    );
    let messages = json!([
        { "role": "user", "text": "weather?" },
        { "role": "assistant", "text": "", "tool_calls": first.tool_calls },
        { "role": "tool", "id": call.id, "text": "sunny" },
    ]);
    assert_eq!(reply(&router, json!({ "tools": tools, "messages": messages })).await.text, "Sunny in Paris");
}

#[tokio::test]
async fn aimocks_bad_days_are_clear_errors() {
    let cases = [
        ("e429", "the rate limit holds"),
        ("e500", "answered 500: boom"),
        ("badjson", "JSON"),
        ("dropconn", "broke"),
    ];
    for (text, part) in cases {
        let Some(router) = peer("AGENTFLOW_AIMOCK", "") else { return };
        let (answered, heard) = ask(
            &router,
            &question(json!({ "messages": [{ "role": "user", "text": text }], "timeout_ms": 5000 })),
        )
        .await;
        println!("{text}: {answered:?} {:?}", heard.events());
        match answered {
            Answered::Fault(fault, _) => assert!(fault.message.contains(part), "{text}: {}", fault.message),
            Answered::Reply(reply) => panic!("{text}: {reply:?}"),
        }
    }
    let Some(router) = peer("AGENTFLOW_AIMOCK", "") else { return };
    let (answered, heard) =
        ask(&router, &question(json!({ "messages": [{ "role": "user", "text": "trunc" }] }))).await;
    println!("trunc: {answered:?} {:?}", heard.events());
    if let Answered::Reply(reply) = answered {
        assert_ne!(reply.stop, Stop::End, "{reply:?}");
    }
}
