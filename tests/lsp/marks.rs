//! A report says once what is wrong in several places; an editor marks each of them.

use super::client::{Client, edited, slice};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PATH: &str = "a.agentflow";

const SCRIPT: &str = "type Note {\n  line: text\n}\n\nagent write(topic: text, level: Levle) -> Levle? {\n  prompt \"${topci} ${level} ${topci}\"\n}\n\nworkflow w(topic: text, ü: text) -> text {\n  step a = wirte(topic)\n  step b = wirte(\"𝄞${tpoic}${tpoic}\")\n  step c = wirte(tpoic)\n  let d = [tpoic, tpoic]\n  return \"${d}\"\n}\n\ntest \"x\" {\n  given wirte -> none\n  run w(topic: \"a\", ü: \"b\")\n  expect wirte ran once\n}\n";

async fn found(client: &mut Client, text: &str) -> Vec<Value> {
    let version = client.replace(PATH, text).await;
    client.diagnostics(PATH, version).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_use_of_an_unknown_name_is_marked() {
    let mut client = Client::new("/nowhere").await;
    client.open(PATH, SCRIPT).await;
    let all = client.diagnostics(PATH, 1).await;
    let mut marked: BTreeMap<&str, usize> = BTreeMap::new();
    for it in all.iter().filter(|it| it["severity"] == 1) {
        *marked.entry(slice(SCRIPT, &it["range"])).or_default() += 1;
        assert!(it["codeDescription"]["href"].is_string(), "{it}");
    }
    assert_eq!(marked, BTreeMap::from([("Levle", 2), ("topci", 2), ("tpoic", 5), ("wirte", 5)]), "{all:#?}");
    // Every mark says what is wrong, in one line where it was said before.
    let again = all.iter().filter(|it| {
        it["relatedInformation"]
            .as_array()
            .is_some_and(|it| it.iter().any(|it| it["message"] == "said here first"))
    });
    let again: Vec<&Value> = again.collect();
    assert_eq!(again.len(), 1 + 1 + 4 + 4, "{again:#?}");
    assert!(again.iter().all(|it| !it["message"].as_str().unwrap().contains('\n')), "{again:#?}");

    // The fix is offered at each of them, and repairs them all.
    let line = |number: u64| json!({ "line": number, "character": 18 });
    for number in [9, 10, 11] {
        let mut params = client.document(PATH);
        params["range"] = json!({ "start": line(number), "end": line(number) });
        params["range"]["start"]["character"] = json!(0);
        params["context"] = json!({ "diagnostics": [] });
        let actions = client.ask("textDocument/codeAction", params).await;
        let fix = actions.as_array().unwrap().iter().find(|it| it["title"] == "write `write`");
        let fix = fix.unwrap_or_else(|| panic!("{number}: {actions:#?}"));
        let after = edited(SCRIPT, fix["edit"]["changes"][client.uri(PATH)].as_array().unwrap());
        assert!(!after.contains("wirte("), "{after}");
    }
    let repaired = SCRIPT.replace("tpoic", "topic").replace("topci", "topic").replace("Levle", "text");
    let left = found(&mut client, &repaired.replace("wirte(\"𝄞", "write(level: \"x\", \"𝄞")).await;
    assert!(left.iter().all(|it| slice(&repaired, &it["range"]) != "tpoic"), "{left:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_gets_the_same_marks() {
    let mut client = Client::with("/nowhere", json!({ "textDocument": { "diagnostic": {} } })).await;
    client.open(PATH, SCRIPT).await;
    let answer = client.ask("textDocument/diagnostic", client.document(PATH)).await;
    let names = answer["items"].as_array().unwrap().iter().map(|it| slice(SCRIPT, &it["range"]));
    assert_eq!(names.filter(|it| *it == "tpoic").count(), 5, "{answer}");
}
