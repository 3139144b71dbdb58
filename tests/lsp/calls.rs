//! Who calls whom, across files.

use super::{Desk, desk};
use serde_json::{Value, json};

/// The names of the other ends of calls, with how often they are called.
fn ends(calls: &Value, end: &str) -> Vec<(String, usize)> {
    let named = |call: &Value| {
        let name = call[end]["name"].as_str().unwrap().to_owned();
        (name, call["fromRanges"].as_array().unwrap().len())
    };
    calls.as_array().unwrap().iter().map(named).collect()
}

async fn item(desk: &mut Desk, mark: &str) -> Value {
    let found = desk.at("textDocument/prepareCallHierarchy", mark).await;
    found[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_followed_in_both_directions() {
    let mut desk = desk().await;
    let critic = item(&mut desk, "critic_use").await;
    assert_eq!(critic["name"], "critic");
    assert!(
        critic["detail"].as_str().unwrap().starts_with("agent critic(diff: text, depth: Severity = low)")
    );
    assert!(critic["uri"].as_str().unwrap().ends_with("/team.agentflow"));
    let callers = desk.client.ask("callHierarchy/incomingCalls", json!({ "item": critic })).await;
    // `given critic` is no call.
    assert_eq!(ends(&callers, "from"), [("review".to_owned(), 2)]);
    let review = callers[0]["from"].clone();
    let called = desk.client.ask("callHierarchy/outgoingCalls", json!({ "item": review })).await;
    let names = [("critic", 2), ("standard", 1), ("editor", 1)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(ends(&called, "to"), names);
    let callers = desk.client.ask("callHierarchy/incomingCalls", json!({ "item": review })).await;
    assert_eq!(ends(&callers, "from"), [("a test".to_owned(), 1)]);
    let test = callers[0]["from"].clone();
    let called = desk.client.ask("callHierarchy/outgoingCalls", json!({ "item": test })).await;
    assert_eq!(ends(&called, "to"), [("review".to_owned(), 1)]);
    // Into the library, and nowhere from a value.
    let standard = item(&mut desk, "standard_use").await;
    assert_eq!(standard["uri"], "agentflow-std:/std.rubrics.agentflow");
    assert_eq!(item(&mut desk, "findings_use").await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_calls_its_tools() {
    let mut desk = desk().await;
    let text = "tool look(q: text) -> text reads web { get \"https://a.b/?q=${q}\" }\n\nagent a(q: text) {\n  tools look\n  prompt \"${q}\"\n}\n";
    desk.client.open("a.agentflow", text).await;
    let params = desk.client.at("a.agentflow", &json!({ "line": 2, "character": 6 }));
    let found = desk.client.ask("textDocument/prepareCallHierarchy", params).await;
    let called = desk.client.ask("callHierarchy/outgoingCalls", json!({ "item": found[0] })).await;
    assert_eq!(ends(&called, "to"), [("look".to_owned(), 1)]);
}
