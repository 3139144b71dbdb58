//! What is said of a place, also what only a plan can say of it.

use super::client::{Client, marked, slice};
use serde_json::{Value, json};
use std::collections::BTreeMap;

struct Said {
    client: Client,
    text: String,
    marks: BTreeMap<String, Value>,
}

async fn said() -> Said {
    let (text, marks) = marked(include_str!("desk.agentflow"));
    let mut client = Client::new("/nowhere").await;
    client.open("desk.agentflow", &text).await;
    Said { client, text, marks }
}

impl Said {
    async fn at(&mut self, mark: &str) -> String {
        let params = self.client.at("desk.agentflow", &self.marks[mark]);
        let found = self.client.ask("textDocument/hover", params).await;
        found["contents"]["value"].as_str().unwrap_or_else(|| panic!("{mark}: {found}")).to_owned()
    }

    async fn holds(&mut self, mark: &str, parts: &[&str]) {
        let text = self.at(mark).await;
        for part in parts {
            assert!(text.contains(part), "{mark}: no {part:?} in\n{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fixture_is_right() {
    let mut said = said().await;
    let found = said.client.diagnostics("desk.agentflow", 1).await;
    assert!(found.iter().all(|it| it["severity"] != 1), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_shows_its_prompt_with_sample_values() {
    let mut said = said().await;
    let prompt = "This is urgent.\nAnswer this mail:\n\n‹mail›\nThe last answer was:\nsubject: ‹previous›: reply.subject";
    for mark in ["reply", "callee"] {
        said.holds(
            mark,
            &["agent writer(", "-> Reply", "**Role**", "in a friendly tone", "**Prompt**", "‹mail›"],
        )
        .await;
    }
    let text = said.at("reply").await;
    assert!(text.contains("reply: Reply"), "{text}");
    assert!(text.contains(prompt) || text.contains(&prompt.replace("This is urgent.\n", "")), "{text}");
    // Three tries of eight turns and two re-asks.
    said.holds("reply", &["At most 10 calls of models."]).await;
    said.holds("note", &["**Prompt**", "In one line: ‹reply›: subject", "At most 2 calls of models."]).await;
    said.holds("urgent", &["Is this mail urgent?\n\n‹mail›"]).await;
    // An agent shows it where it is declared too, and a workflow its bound.
    said.holds("sorter", &["Is this mail urgent?\n\n‹mail›", "By default: `@retry(1)`, `@timeout(5m)`"])
        .await;
    said.holds("answer", &["At most 1,040 calls"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_say_how_often_they_run() {
    let mut said = said().await;
    said.holds(
        "loop",
        &["At most 3 rounds: `max 3` is the default.", "keeps its best round", "At most 48 calls"],
    )
    .await;
    said.holds("for", &["Once per item: at most 20.", "At most 1,040 calls of models."]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_where_nothing_is_written() {
    let mut said = said().await;
    said.holds(
        "tier",
        &["tiers 2 to 4", "write, summarise", "the hardest reasoning", "each re-ask one tier up"],
    )
    .await;
    said.holds("writer", &["It may call `look`.", "`@retry(2)`", "`@max_tokens(4096)`", "`@turns(8)`"]).await;
    said.holds(
        "good",
        &[
            "- gate `reply.subject != \"\"`",
            "- `tone` (weight 2), graded `S` to `F`: \"The tone is that of a colleague\"",
            "- `facts` (weight 1), the mean of:\n  - yes or no: \"Every question of the mail is answered\"\n  - check `reply.body != \"\"`",
            "`S` from 97 points, `A` from 90",
            "Floor `C`",
            "3 judgements.",
            "tier 3: judge, analyse, debug",
        ],
    )
    .await;
    let text = said.at("tone").await;
    assert!(!text.contains("[limits]"), "a bounded value: {text}");
    let mail = said.text.replacen("text max 3 words", "text", 1);
    said.client.replace("desk.agentflow", &mail).await;
    said.holds("tone", &["32,000 tokens", "`[limits] value`"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_elsewhere_takes_the_prompt_of_an_agent_from_nobody() {
    let mut said = said().await;
    let broken = said.text.replacen("give reply", "give rep", 1);
    said.client.replace("desk.agentflow", &broken).await;
    said.holds("urgent", &["agent sorter(", "Is this mail urgent?\n\n‹mail›"]).await;
    // In the middle of a line there is an answer too, without a plan.
    let half = said.text.split_once("step note").unwrap().0.to_owned();
    said.client.replace("desk.agentflow", &half).await;
    said.holds("loop", &["At most 3 rounds"]).await;
    said.holds("reply", &["agent writer("]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_say_what_applies() {
    let mut said = said().await;
    let mut params = said.client.document("desk.agentflow");
    params["range"] =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let found = said.client.ask("textDocument/inlayHint", params).await;
    let lines: Vec<&str> = said.text.lines().collect();
    let mut hints = BTreeMap::new();
    for hint in found.as_array().unwrap() {
        let line = usize::try_from(hint["position"]["line"].as_u64().unwrap()).unwrap();
        let front = json!({ "start": { "line": line, "character": 0 }, "end": hint["position"] });
        let label = hint["label"].as_str().unwrap().to_owned();
        hints.insert(
            (line, hint["position"]["character"].as_u64().unwrap(), label.clone()),
            slice(&said.text, &front).trim(),
        );
        let written = hint["textEdits"][0]["newText"].as_str();
        assert_eq!(written.is_none(), label.contains('≤') || label.contains("[Reply]"), "{hint}");
    }
    let has = |front: &str, label: &str| {
        hints.iter().any(|((_, _, known), known_front)| known == label && known_front.ends_with(front))
    };
    for (front, label) in [
        ("-> text", " ≤ 8,000 tokens"),
        ("@tier(2..4)", " @turns(8)"),
        ("as replies", ": [Reply] max 20"),
        ("step urgent", ": bool"),
        ("sorter(mail)", " @tier(1)"),
        ("last: previous.reply)", " @tier(2..4)"),
        (">= A", " max 3"),
    ] {
        assert!(has(front, label), "{front} {label}: {hints:?}\n{}", lines.len());
    }
    assert!(!hints.keys().any(|(_, _, label)| label == " @tier(2)"), "it is written: {hints:?}");
}
