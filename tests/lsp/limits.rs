//! What holds where nothing is written, as the project of a script says.

use super::client::{Client, marked};
use serde_json::{Value, json};
use std::path::Path;

const SCRIPT: &str = "tool look(q: text) -> text reads web { get \"https://example.com/?q=${q}\" }\n\nagent a(<|param|>d: text) {\n  tools <|tool|>look\n  prompt \"${d}\"\n}\n\nworkflow w(d: text) -> text {\n  step x = a(d)\n  return x\n}\n";

/// The tokens of a tool's result in the hints, in what is said of the tool, and those of a value in what is said of a parameter.
async fn shown(client: &mut Client, path: &str) -> [String; 3] {
    let (text, marks) = marked(SCRIPT);
    client.open(path, &text).await;
    let mut params = client.document(path);
    params["range"] =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.ask("textDocument/inlayHint", params).await;
    let hint =
        hints.as_array().unwrap().iter().find(|it| it["label"].as_str().unwrap().contains('≤')).unwrap();
    let mut said = Vec::new();
    for (mark, behind) in [("tool", " tokens (`[limits] tool_result`)"), ("param", " tokens in the price")] {
        let found: Value = client.ask("textDocument/hover", client.at(path, &marks[mark])).await;
        let text = found["contents"]["value"].as_str().unwrap();
        let front = text.split(behind).next().filter(|front| front.len() < text.len());
        said.push(front.unwrap_or_else(|| panic!("{mark}: {text}")).rsplit(' ').next().unwrap().to_owned());
    }
    let hint =
        hint["label"].as_str().unwrap().trim_start_matches(" ≤ ").trim_end_matches(" tokens").to_owned();
    [hint, said.remove(0), said.remove(0)]
}

fn write(root: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
    std::fs::write(root.join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_project_says_what_holds() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    write(&root, "one/agentflow.toml", "[limits]\ntool_result = 1234\nvalue = 5_678\n");
    write(&root, "one/inner/agentflow.toml", "[limits]\nvalue = 77\n");
    let mut client = Client::new(root.to_str().unwrap()).await;
    let own = |all: [&str; 3]| all.map(ToOwned::to_owned);
    assert_eq!(shown(&mut client, "one/a.agentflow").await, own(["1,234", "1,234", "5,678"]));
    assert_eq!(shown(&mut client, "one/deep/er/a.agentflow").await, own(["1,234", "1,234", "5,678"]));
    // The nearest one holds alone.
    assert_eq!(shown(&mut client, "one/inner/a.agentflow").await, own(["8,000", "8,000", "77"]));
    assert_eq!(shown(&mut client, "two/a.agentflow").await, own(["8,000", "8,000", "32,000"]));

    // It is read again when it changed, also when it is new or wrong.
    write(&root, "one/agentflow.toml", "[limits]\ntool_result = 9\n");
    write(&root, "two/agentflow.toml", "[limits]\ntool_result = 10\n");
    write(&root, "one/inner/agentflow.toml", "[limits\nvalue = 78\n");
    let change = json!({ "uri": client.uri("one/agentflow.toml"), "type": 2 });
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [change] })).await;
    assert_eq!(shown(&mut client, "one/a.agentflow").await, own(["9", "9", "32,000"]));
    assert_eq!(shown(&mut client, "two/a.agentflow").await, own(["10", "10", "32,000"]));
    assert_eq!(shown(&mut client, "one/inner/a.agentflow").await, own(["8,000", "8,000", "32,000"]));
}
