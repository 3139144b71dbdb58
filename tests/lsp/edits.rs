//! Edits in storms, questions among them, and the end.

use super::client::{Client, edited, items, position};
use serde_json::{Value, json};
use std::time::Duration;

/// A small generator, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// A place of a text on a character's border.
fn border(text: &str, dice: &mut Dice) -> usize {
    let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    borders[dice.below(borders.len())]
}

const PIECES: [&str; 8] = ["x", "\n", "step a = ", "𝄞ä", "{", "\"", "", "}\n\n"];

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_edits_leave_both_with_one_text() {
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let mut client = Client::new("/nowhere").await;
        let mut text = include_str!("../../examples/lessons/01-hello.agentflow").to_string();
        client.open("a.agentflow", &text).await;
        let mut asked = Vec::new();
        for round in 0..200 {
            let (a, b) = (border(&text, &mut dice), border(&text, &mut dice));
            let (start, end) = (a.min(b), a.max(b).min(a.min(b) + 12));
            let end = (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            // Between `\r` and `\n` there is no position, and the fixture has none.
            let range = json!({ "start": position(&text[..start]), "end": position(&text[..end]) });
            let edit = json!({ "range": range, "text": PIECES[dice.below(PIECES.len())] });
            text = edited(&text, &[json!({ "range": range, "newText": edit["text"] })]);
            client.change("a.agentflow", json!([edit])).await;
            if round % 7 == 0 {
                let at = client.at("a.agentflow", &position(&text[..border(&text, &mut dice)]));
                asked.push(client.begin("textDocument/hover", at.clone()).await);
                asked.push(client.begin("textDocument/completion", at).await);
                client.tell("$/cancelRequest", json!({ "id": asked.last() })).await;
            }
        }
        let held = client.ask("agentflow/text", json!({ "uri": client.uri("a.agentflow") })).await;
        assert_eq!(
            (held["version"].as_i64(), held["text"].as_str()),
            (Some(201), Some(text.as_str())),
            "seed {seed}"
        );
        for id in asked {
            let answer = client.wait(id).await;
            // Answered, given up because the text went on, or cancelled; never an inner error.
            let code = answer["error"]["code"].as_i64();
            assert!(matches!(code, None | Some(-32801 | -32800)), "{answer}");
        }
        client.diagnostics("a.agentflow", 201).await;
    }
}

/// What an author asked for once is answered for the text that it was asked of: an editor does not ask again.
#[tokio::test(flavor = "multi_thread")]
async fn a_completion_is_answered_though_the_typing_goes_on() {
    let mut client = Client::new("/nowhere").await;
    let text = "agent writer() -> text {\n  prompt \"x\"\n}\n\nworkflow w() -> text {\n  step a = w";
    client.open("a.agentflow", text).await;
    for letter in ["r", "i", "t", "e"].into_iter().cycle().take(20) {
        let asked = client.begin("textDocument/completion", client.at("a.agentflow", &position(text))).await;
        client.replace("a.agentflow", &format!("{text}{letter}")).await;
        let answer = client.wait(asked).await;
        assert!(items(&answer["result"]).iter().any(|item| item["label"] == "writer"), "{answer}");
        client.replace("a.agentflow", text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_answered_at_every_prefix() {
    let mut client = Client::new("/nowhere").await;
    let text = include_str!("review.agentflow").replace("<|", "").replace("|>", "");
    client.open("a.agentflow", "").await;
    let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(9).collect();
    for end in borders {
        let prefix = &text[..end];
        client.replace("a.agentflow", prefix).await;
        let at = client.at("a.agentflow", &position(prefix));
        for method in
            ["hover", "completion", "signatureHelp", "definition", "documentHighlight", "documentSymbol"]
        {
            client.ask(&format!("textDocument/{method}"), at.clone()).await;
        }
        let document = client.document("a.agentflow");
        for method in ["foldingRange", "semanticTokens/full", "codeLens", "documentLink"] {
            client.ask(&format!("textDocument/{method}"), document.clone()).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_ends_at_exit_and_not_before() {
    let mut client = Client::new("/nowhere").await;
    client.open("a.agentflow", "workflow w() {\n}\n").await;
    assert_eq!(client.ask("shutdown", Value::Null).await, Value::Null);
    assert!(!client.server.is_finished());
    client.tell("exit", Value::Null).await;
    let ended = tokio::time::timeout(Duration::from_secs(5), &mut client.server).await;
    assert!(matches!(ended, Ok(Ok(()))), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_document_is_no_error() {
    let mut client = Client::new("/nowhere").await;
    let at = client.at("no.agentflow", &json!({ "line": 3, "character": 9 }));
    assert_eq!(client.ask("textDocument/hover", at).await, Value::Null);
    assert_eq!(client.ask("textDocument/documentSymbol", client.document("no.agentflow")).await, Value::Null);
    // An edit of what is not open changes nothing, and the next question is answered.
    client.replace("no.agentflow", "workflow w() {\n}\n").await;
    client.open("untitled", "let a = 1\n").await;
    let found = client.ask("textDocument/documentSymbol", client.document("untitled")).await;
    assert_eq!(found[0]["name"], "a");
}
