//! A client of the editor protocol over a pipe, and fixtures with cursor marks.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;

/// Nothing that is asked takes longer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client with its server at the other end of a pipe.
pub struct Client {
    reader: BufReader<ReadHalf<DuplexStream>>,
    writer: WriteHalf<DuplexStream>,
    next: i64,
    /// The last diagnostics of each file, with the version they speak of.
    pub told: BTreeMap<String, (Option<i64>, Vec<Value>)>,
    /// What the server asked to be shown.
    pub shown: Vec<Value>,
    /// Answers that came before they were waited for.
    answers: BTreeMap<i64, Value>,
    pub server: JoinHandle<()>,
    root: String,
    versions: BTreeMap<String, i64>,
}

impl Client {
    /// A client that works in a folder, after the handshake.
    pub async fn new(root: &str) -> Self {
        let snippets = json!({ "completion": { "completionItem": { "snippetSupport": true } } });
        let window = json!({ "showDocument": { "support": true } });
        Self::with(root, json!({ "window": window, "textDocument": snippets })).await
    }

    /// The same with these capabilities.
    pub async fn with(root: &str, capabilities: Value) -> Self {
        let (here, there) = tokio::io::duplex(1 << 16);
        let (input, output) = tokio::io::split(there);
        let server = tokio::task::spawn(agentflow::lsp::serve(input, output));
        let (reader, writer) = tokio::io::split(here);
        let mut client = Self {
            reader: BufReader::new(reader),
            writer,
            next: 0,
            told: BTreeMap::new(),
            shown: Vec::new(),
            answers: BTreeMap::new(),
            server,
            root: root.into(),
            versions: BTreeMap::new(),
        };
        let params = json!({
            "processId": null,
            "capabilities": capabilities,
            "workspaceFolders": [{ "uri": format!("file://{root}"), "name": "test" }],
        });
        let answer = client.ask("initialize", params).await;
        assert_eq!(answer["serverInfo"]["name"], "agentflow");
        client.tell("initialized", json!({})).await;
        client
    }

    pub fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.root)
    }

    async fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let text = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.writer.write_all(text.as_bytes()).await.unwrap();
    }

    pub async fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// Asks without waiting for the answer.
    pub async fn begin(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let mut message = json!({ "jsonrpc": "2.0", "id": self.next, "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message).await;
        self.next
    }

    async fn receive(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                head => {
                    if let Some(size) = head.strip_prefix("Content-Length: ") {
                        length = size.parse().unwrap();
                    }
                }
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).await.unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }

    /// Reads one message; whether there was one.
    pub async fn step(&mut self) -> bool {
        let message = tokio::time::timeout(PATIENCE, self.receive()).await.expect("the server is silent");
        let Some(message) = message else { return false };
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap().to_string();
            let all = params["diagnostics"].as_array().unwrap().clone();
            self.told.insert(uri, (params["version"].as_i64(), all));
        } else if message["method"] == "window/showDocument" {
            self.shown.push(message["params"].clone());
            let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "success": true } });
            self.send(&answer).await;
        } else if let Some(id) = message["id"].as_i64().filter(|_| message.get("method").is_none()) {
            self.answers.insert(id, message);
        }
        true
    }

    /// The whole answer to a question.
    pub async fn wait(&mut self, id: i64) -> Value {
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            assert!(self.step().await, "the pipe is closed");
        }
    }

    /// The result of a question.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params).await;
        let answer = self.wait(id).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The error of a question.
    pub async fn refused(&mut self, method: &str, params: Value) -> String {
        let id = self.begin(method, params).await;
        let answer = self.wait(id).await;
        answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{method}: {answer}")).to_string()
    }

    pub async fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        self.versions.insert(path.into(), 1);
        let document = json!({ "uri": uri, "languageId": "agentflow", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document })).await;
    }

    /// Changes a document; a change is a range and a text, or a whole text.
    pub async fn change(&mut self, path: &str, changes: Value) -> i64 {
        let version = self.versions.entry(path.into()).or_default();
        *version += 1;
        let version = *version;
        let document = json!({ "uri": self.uri(path), "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", params).await;
        version
    }

    pub async fn replace(&mut self, path: &str, text: &str) -> i64 {
        self.change(path, json!([{ "text": text }])).await
    }

    /// The diagnostics of this version of a document.
    pub async fn diagnostics(&mut self, path: &str, version: i64) -> Vec<Value> {
        let uri = self.uri(path);
        loop {
            if let Some((Some(known), all)) = self.told.get(&uri)
                && *known >= version
            {
                return all.clone();
            }
            assert!(self.step().await, "the pipe is closed");
        }
    }

    /// What a request about a place takes.
    pub fn at(&self, path: &str, position: &Value) -> Value {
        json!({ "textDocument": { "uri": self.uri(path) }, "position": position })
    }

    pub fn document(&self, path: &str) -> Value {
        json!({ "textDocument": { "uri": self.uri(path) } })
    }
}

/// The items of a list of completions, whole or not.
pub fn items(answer: &Value) -> &Vec<Value> {
    answer.as_array().or_else(|| answer["items"].as_array()).unwrap()
}

/// A text without its marks, and the positions of `<|name|>` marks.
pub fn marked(text: &str) -> (String, BTreeMap<String, Value>) {
    let mut out = String::new();
    let mut marks = BTreeMap::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("<|") {
        let (name, after) = behind.split_once("|>").expect("a mark ends with |>");
        out.push_str(before);
        marks.insert(name.to_string(), position(&out));
        rest = after;
    }
    out.push_str(rest);
    (out, marks)
}

/// The position at the end of a text.
pub fn position(text: &str) -> Value {
    let line = text.matches('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default();
    json!({ "line": line, "character": last.encode_utf16().count() })
}

/// The byte of a position.
pub fn offset(text: &str, position: &Value) -> usize {
    let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut units = position["character"].as_u64().unwrap();
    let mut at = start;
    for letter in text[start..].chars() {
        if units == 0 || letter == '\n' {
            break;
        }
        units -= letter.len_utf16() as u64;
        at += letter.len_utf8();
    }
    at
}

/// What a range of a text holds.
pub fn slice<'a>(text: &'a str, range: &Value) -> &'a str {
    &text[offset(text, &range["start"])..offset(text, &range["end"])]
}

/// A text after edits.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let mut all: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (offset(text, &range["start"]), offset(text, &range["end"]), edit["newText"].as_str().unwrap())
        })
        .collect();
    all.sort_unstable();
    let mut out = String::new();
    let mut done = 0;
    for (start, end, new) in all {
        out.push_str(&text[done..start]);
        out.push_str(new);
        done = end;
    }
    out.push_str(&text[done..]);
    out
}
