//! What is wrong in scripts that nobody opened.

use super::client::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const RIGHT: &str = "workflow right(a: text) -> text {\n  return a\n}\n";
const WRONG: &str = "workflow wrong(a: text) -> text {\n  return b\n}\n";

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap().to_str().unwrap().to_owned();
    files.iter().for_each(|(name, text)| write(&root, name, text));
    (folder, root)
}

fn write(root: &str, name: &str, text: &str) {
    std::fs::write(Path::new(root).join(name), text).unwrap();
}

/// Waits until so many things are wrong in a file.
async fn told(client: &mut Client, name: &str, count: usize) {
    let uri = client.uri(name);
    while client.told.get(&uri).map_or(0, |(_, all)| all.len()) != count {
        assert!(client.step().await, "the pipe is closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_workspace_is_told_of_open_files_first() {
    let (_folder, root) =
        folder(&[("closed.agentflow", WRONG), ("fine.agentflow", RIGHT), ("open.agentflow", WRONG)]);
    let mut client = Client::new(&root).await;
    client.open("open.agentflow", WRONG).await;
    assert_eq!(client.diagnostics("open.agentflow", 1).await.len(), 1);
    assert!(!client.told.contains_key(&client.uri("closed.agentflow")));
    told(&mut client, "closed.agentflow", 1).await;
    // Of a file in which nothing was ever wrong nothing is said.
    assert!(!client.told.contains_key(&client.uri("fine.agentflow")));

    // What an edit brings is told again after a pause, and so is what changed on the disk.
    write(&root, "closed.agentflow", RIGHT);
    write(&root, "fine.agentflow", WRONG);
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] })).await;
    told(&mut client, "closed.agentflow", 0).await;
    told(&mut client, "fine.agentflow", 1).await;

    // A file that is closed is still of the workspace; one that is deleted is not.
    let document = json!({ "textDocument": { "uri": client.uri("open.agentflow") } });
    client.tell("textDocument/didClose", document).await;
    client.open("fine.agentflow", RIGHT).await;
    assert_eq!(client.diagnostics("fine.agentflow", 1).await, Vec::<Value>::new());
    told(&mut client, "open.agentflow", 1).await;
    std::fs::remove_file(Path::new(&root).join("open.agentflow")).unwrap();
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] })).await;
    told(&mut client, "open.agentflow", 0).await;
}

/// The reports by file name, each as its kind with how much is wrong.
fn reports(answer: &Value) -> BTreeMap<String, (String, usize)> {
    let name = |it: &Value| it["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let report = |it: &Value| {
        let kind = it["kind"].as_str().unwrap().to_owned();
        (name(it), (kind, it["items"].as_array().map_or(0, Vec::len)))
    };
    answer["items"].as_array().unwrap().iter().map(report).collect()
}

fn ids(answer: &Value) -> Value {
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|it| json!({ "uri": it["uri"], "value": it["resultId"] })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_is_told_once() {
    let (_folder, root) = folder(&[("closed.agentflow", WRONG), ("open.agentflow", WRONG)]);
    let mut client = Client::with(&root, json!({ "textDocument": { "diagnostic": {} } })).await;
    client.open("open.agentflow", WRONG).await;
    let full = |count| ("full".to_owned(), count);
    let unchanged = ("unchanged".to_owned(), 0);

    let document = client.document("open.agentflow");
    let answer = client.ask("textDocument/diagnostic", document.clone()).await;
    assert_eq!((&answer["kind"], answer["items"].as_array().unwrap().len()), (&json!("full"), 1));
    let again = json!({ "textDocument": document["textDocument"], "previousResultId": answer["resultId"] });
    let answer = client.ask("textDocument/diagnostic", again.clone()).await;
    assert_eq!(answer["kind"], "unchanged");

    let answer = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] })).await;
    let all = [("closed.agentflow".to_owned(), full(1)), ("open.agentflow".to_owned(), full(1))];
    assert_eq!(reports(&answer), BTreeMap::from(all));
    let known = ids(&answer);
    let same = client.ask("workspace/diagnostic", json!({ "previousResultIds": known })).await;
    assert!(reports(&same).values().all(|it| *it == unchanged), "{same}");

    client.replace("open.agentflow", RIGHT).await;
    std::fs::remove_file(Path::new(&root).join("closed.agentflow")).unwrap();
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [] })).await;
    let answer = client.ask("workspace/diagnostic", json!({ "previousResultIds": known })).await;
    let none = [("closed.agentflow".to_owned(), full(0)), ("open.agentflow".to_owned(), full(0))];
    assert_eq!(reports(&answer), BTreeMap::from(none));
    assert_eq!(client.ask("textDocument/diagnostic", again).await["kind"], "full");
    assert!(client.told.is_empty(), "what is asked for is not told as well: {:?}", client.told);
}
