//! How long an editor waits in a file of 300 and of 5,000 lines after an edit in its middle: for what is wrong, for a hover,
//! for a completion; in the language layer alone and through the server, over a pipe. Medians and 99th percentiles.
//!
//! `cargo bench --bench editor` measures everything, `cargo bench --bench editor -- 5000` what has that in its name.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark"
)]

#[expect(dead_code, reason = "one script is enough here")]
#[path = "support/project.rs"]
mod project;

use agentflow::language::hir::{Memory, MemoryWorld};
use agentflow::language::ide::{Snapshot, completions, hover, tokens};
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};

const EDITS: usize = 300;
const SIZES: [usize; 2] = [300, 5_000];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Without this it is only asked whether it builds.
    if !args.iter().any(|arg| arg == "--bench") {
        return;
    }
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    println!("{:<44} {:>9} {:>9} {:>9}", "after an edit in the middle", "median", "p99", "worst");
    for lines in SIZES {
        for (name, measure) in MEASURES {
            let name = format!("{name}, {lines} lines");
            if is_wanted(&name) {
                report(&name, measure(&Script::new(lines)));
            }
        }
    }
}

type Measure = fn(&Script) -> Vec<Duration>;

const MEASURES: [(&str, Measure); 9] = [
    ("language: checked anew", anew),
    ("language: checked again", again),
    ("language: hover", |script| asked(script, |snapshot, at| hover(snapshot, file(snapshot), at).is_some())),
    ("language: completion", |script| {
        asked(script, |snapshot, at| !completions(snapshot, file(snapshot), at).is_empty())
    }),
    ("language: all tokens", |script| {
        asked(script, |snapshot, _| !tokens(snapshot, file(snapshot)).is_empty())
    }),
    ("server: diagnostics published", |script| served(script, Some("textDocument/publishDiagnostics"), 1)),
    ("server: hover answered", |script| served(script, Some("textDocument/hover"), 1)),
    ("server: completion answered", |script| served(script, Some("textDocument/completion"), 1)),
    ("server: diagnostics after 200 edits at once", |script| served(script, None, 200)),
];

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    println!("{name:<44} {:>6.2} ms {:>6.2} ms {:>6.2} ms", at(50), at(99), at(100));
}

/// A script with a place in its middle where something is typed and taken away again.
struct Script {
    text: String,
    at: usize,
}

impl Script {
    fn new(lines: usize) -> Self {
        let text = project::script(0, lines, None);
        let middle = text.len() / 2;
        let at = middle + text[middle..].find("step found = critic").unwrap() + "step found = cri".len();
        Self { text, at }
    }

    /// What is typed at an edit: in turns a line, which moves all below it, and a letter, which breaks a name.
    fn typed(edit: usize) -> &'static str {
        ["", "x", "", "tic0(diff)\n  step more = cri"][edit % 4]
    }

    fn edited(&self, edit: usize) -> String {
        format!("{}{}{}", &self.text[..self.at], Self::typed(edit), &self.text[self.at..])
    }
}

const PATH: &str = "/a.agentflow";

fn world(text: String) -> (MemoryWorld, [String; 1]) {
    (MemoryWorld::default().with(PATH, text), [PATH.to_owned()])
}

fn file(snapshot: &Snapshot) -> agentflow::base::FileId {
    snapshot.file(PATH).unwrap()
}

fn anew(script: &Script) -> Vec<Duration> {
    let measured = |edit| {
        let (world, entries) = world(script.edited(edit));
        let start = Instant::now();
        black_box(Snapshot::of(&world, &entries));
        start.elapsed()
    };
    (0..EDITS / 3).map(measured).collect()
}

fn again(script: &Script) -> Vec<Duration> {
    asked(script, |_, _| true)
}

fn asked(script: &Script, question: impl Fn(&Snapshot, usize) -> bool) -> Vec<Duration> {
    let memory = Memory::default();
    let mut last: Option<Arc<Snapshot>> = None;
    let mut times = Vec::new();
    for edit in 0..=EDITS {
        let (world, entries) = world(script.edited(edit));
        let start = Instant::now();
        let next = Snapshot::again(&world, &entries, &memory, last.as_deref(), &|| false).unwrap();
        black_box(question(&next, script.at));
        last = Some(Arc::new(next));
        // The first one has nothing to build upon.
        if edit > 0 {
            times.push(start.elapsed());
        }
    }
    times
}

/// A client at the other end of a pipe.
struct Client {
    reader: BufReader<ReadHalf<DuplexStream>>,
    writer: WriteHalf<DuplexStream>,
    /// The last version of which diagnostics came.
    told: u64,
}

impl Client {
    async fn send(&mut self, message: Value) {
        let body = message.to_string();
        let text = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.writer.write_all(text.as_bytes()).await.unwrap();
    }

    async fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line).await.unwrap();
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).await.unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        self.told = message["params"]["version"].as_u64().unwrap_or(self.told);
        message
    }

    async fn answer(&mut self, id: usize) -> Value {
        loop {
            let message = self.receive().await;
            if message["id"] == id {
                return message;
            }
        }
    }

    async fn diagnostics(&mut self, version: usize) {
        while self.told < version as u64 {
            self.receive().await;
        }
    }
}

/// The time from edits to an answer; without a question, to the diagnostics.
fn served(script: &Script, question: Option<&str>, burst: usize) -> Vec<Duration> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (here, there) = tokio::io::duplex(1 << 20);
        let (input, output) = tokio::io::split(there);
        #[expect(clippy::disallowed_methods, reason = "it ends with the pipe")]
        tokio::task::spawn(agentflow::lsp::serve(input, output));
        let (reader, writer) = tokio::io::split(here);
        let mut client = Client { reader: BufReader::new(reader), writer, told: 0 };
        let uri = format!("file://{PATH}");
        let handshake = json!({ "processId": null, "rootUri": null, "capabilities": {} });
        client.send(json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": handshake })).await;
        client.answer(0).await;
        client.send(json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} })).await;
        let document = json!({ "uri": uri, "languageId": "agentflow", "version": 0, "text": script.text });
        let params = json!({ "textDocument": document });
        client.send(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params })).await;
        client.receive().await;
        let mut times = Vec::new();
        let mut version = 0;
        let rounds = if burst == 1 { EDITS } else { EDITS / 10 };
        for round in 1..=rounds {
            // Nobody types faster, and what goes on behind an answer is not part of the next one.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut start = Instant::now();
            for _ in 0..burst {
                version += 1;
                let change = change(script, version);
                let document = json!({ "uri": uri, "version": version });
                let params = json!({ "textDocument": document, "contentChanges": [change] });
                start = Instant::now();
                client
                    .send(json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params }))
                    .await;
            }
            match question.filter(|method| *method != "textDocument/publishDiagnostics") {
                Some(method) => {
                    let position = position(&script.text, script.at);
                    let params = json!({ "textDocument": { "uri": uri }, "position": position });
                    client
                        .send(json!({ "jsonrpc": "2.0", "id": round, "method": method, "params": params }))
                        .await;
                    let answer = client.answer(round).await;
                    assert!(answer.get("result").is_some(), "{answer}");
                    times.push(start.elapsed());
                    client.diagnostics(version).await;
                }
                None => {
                    client.diagnostics(version).await;
                    times.push(start.elapsed());
                }
            }
        }
        times
    })
}

/// The change that leads from the text of the edit before to that of this one.
fn change(script: &Script, edit: usize) -> Value {
    let start = position(&script.text, script.at);
    let before = Script::typed(edit - 1);
    let end = match before.rsplit_once('\n') {
        Some((lines, last)) => json!({
            "line": start["line"].as_u64().unwrap() + 1 + lines.matches('\n').count() as u64,
            "character": last.len(),
        }),
        None => json!({
            "line": start["line"],
            "character": start["character"].as_u64().unwrap() + before.len() as u64,
        }),
    };
    json!({ "range": { "start": start, "end": end }, "text": Script::typed(edit) })
}

fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let line = before.matches('\n').count();
    json!({ "line": line, "character": before.len() - before.rfind('\n').map_or(0, |at| at + 1) })
}
