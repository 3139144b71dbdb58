//! The server among files, and as a program.

use super::client::{Client, marked, slice};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_open_are_read_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let root = root.to_str().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("team.agentflow", "agent critic(diff: text) {\n  prompt \"${diff}\"\n}\n");
    write("prompt.md", "Hello ${name}");
    write(
        "other.agentflow",
        "use \"./team.agentflow\" { critic }\n\nworkflow other(a: text) -> text {\n  step b = critic(a)\n  return b\n}\n",
    );
    let (text, marks) = marked(
        "use \"./team.agentflow\" { critic }\n\nagent greet(name: text) {\n  prompt file \"<|file|>prompt.md\"\n}\n\n\
         workflow w(d: text) -> text {\n  step x = <|use|>critic(d)\n  step y = greet(x)\n  return y\n}\n",
    );
    let mut client = Client::new(root).await;
    client.open("w.agentflow", &text).await;
    assert_eq!(client.diagnostics("w.agentflow", 1).await, Vec::<Value>::new());

    // References and renames reach files that nobody opened.
    let mut params = client.at("w.agentflow", &marks["use"]);
    params["newName"] = json!("reviewer");
    let edit = client.ask("textDocument/rename", params).await;
    let files: Vec<String> = edit["changes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(files.len(), 3, "{files:?}");
    let found = client.ask("workspace/symbol", json!({ "query": "other" })).await;
    assert_eq!(found[0]["name"], "other");

    // A prompt file is a link, and its holes are names.
    let target = client.ask("textDocument/definition", client.at("w.agentflow", &marks["file"])).await;
    assert!(target[0]["uri"].as_str().unwrap().ends_with("/prompt.md"), "{target}");
    client.open("prompt.md", "Hello ${name}").await;
    let hole = client.at("prompt.md", &json!({ "line": 0, "character": 9 }));
    let bound = client.ask("textDocument/definition", hole).await;
    assert_eq!(slice(&text, &bound[0]["range"]), "name");

    // What changes on the disk is told.
    write("team.agentflow", "agent critic(diff: int) {\n  prompt \"${diff}\"\n}\n");
    let change = json!({ "uri": client.uri("team.agentflow"), "type": 2 });
    client.tell("workspace/didChangeWatchedFiles", json!({ "changes": [change] })).await;
    let uri = client.uri("w.agentflow");
    while client.told[&uri].1.is_empty() {
        assert!(client.step().await);
    }
}

/// Sends a message to a program.
fn send(input: &mut impl Write, message: &Value) {
    let body = message.to_string();
    write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    input.flush().unwrap();
}

/// Reads a message of a program.
fn receive(output: &mut impl BufRead) -> Value {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    let length: usize = line.trim_end().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
    output.read_line(&mut String::new()).unwrap();
    let mut body = vec![0; length];
    output.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn the_program_is_gone_at_exit_though_its_input_stays_open() {
    let program = env!("CARGO_BIN_EXE_agentflow");
    let mut child =
        Command::new(program).arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    send(
        &mut input,
        &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
    );
    assert_eq!(receive(&mut output)["result"]["serverInfo"]["name"], "agentflow");
    send(&mut input, &json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" }));
    assert_eq!(receive(&mut output)["result"], Value::Null);
    send(&mut input, &json!({ "jsonrpc": "2.0", "method": "exit" }));
    let told = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(told.elapsed() < Duration::from_secs(5), "the program is still there");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{status}");
    drop(input);
}
