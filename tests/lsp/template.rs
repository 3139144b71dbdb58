//! A template is typed into the editor, character by character.

use super::client::{Client, position};
use super::unfinished::unfinished;
use serde_json::json;
use std::collections::BTreeMap;

/// At so many characters the client waits for what the server says.
const EVERY: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stays_where_it_is_typed() {
    let text = include_str!("../../examples/templates/iterative_review.agentflow");
    let places: BTreeMap<usize, _> =
        unfinished(text, 1).into_iter().map(|typed| (typed.before.len(), typed)).collect();
    let mut client = Client::new("/nowhere").await;
    client.open("a.agentflow", "").await;
    let (mut asked, mut strays) = (0, Vec::new());
    for (number, (at, letter)) in text.char_indices().enumerate() {
        let here = position(&text[..at]);
        let edit = json!({ "range": { "start": here, "end": here }, "text": letter.to_string() });
        let version = client.change("a.agentflow", json!([edit])).await;
        let Some(typed) = places.get(&(at + letter.len_utf8())).filter(|_| number % EVERY == 0) else {
            continue;
        };
        asked += 1;
        let told = client.diagnostics("a.agentflow", version).await;
        let line = |it: &serde_json::Value| {
            u32::try_from(it["range"]["start"]["line"].as_u64().unwrap() + 1).unwrap()
        };
        if let Some(stray) = told.iter().find(|it| !typed.may_be_wrong(line(it))) {
            strays.push(format!("{} {:?}: {stray}", typed.line, typed.last()));
        }
    }
    let held = client.ask("agentflow/text", json!({ "uri": client.uri("a.agentflow") })).await;
    assert_eq!(held["text"].as_str(), Some(text));
    assert!(asked > 200, "{asked}");
    assert!(strays.len() * 20 <= asked, "{} of {asked}: {strays:#?}", strays.len());
}
