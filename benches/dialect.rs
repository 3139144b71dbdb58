//! Writing calls and reading answers of the `openai-chat` dialect: how much of an answer's time is ours.

#![allow(clippy::unwrap_used, reason = "a bench may fail loudly")]

use agentflow::engine::effect::ModelRequest;
use agentflow::host::config::{Environment, Request, load};
use agentflow::models::providers::dialect::{Reading, Stream, decode, encode};
use agentflow::models::providers::{Dialect, Head, SseParser, Target};
use divan::counter::BytesCount;
use serde_json::json;
use std::sync::Arc;
use std::time::SystemTime;

fn main() {
    divan::main();
}

fn target() -> Arc<Target> {
    let environment: Environment = [("OPENAI_API_KEY", "sk-bench")].into_iter().collect();
    let start = std::env::temp_dir();
    let loaded = load(Request { start: &start, profile: None, environment: &environment });
    Arc::clone(loaded.config.offer(&environment).usable(1).next().unwrap())
}

/// A question of about ten thousand tokens, with a schema of twenty fields.
fn question() -> ModelRequest {
    let fields: serde_json::Map<String, serde_json::Value> = (0..20)
        .map(|n| {
            (format!("field_{n}"), json!({ "type": "string", "maxLength": 80, "description": "A field" }))
        })
        .collect();
    let required: Vec<String> = fields.keys().cloned().collect();
    serde_json::from_value(json!({
        "step": "a/b", "seed_path": "a/b", "callable": "writer", "number": 0, "round": null, "item": null, "tier": 1,
        "tiers": { "low": 1, "high": 1 }, "system": "You review.", "tools": [], "temperature": null, "max_tokens": 4096,
        "messages": [{ "role": "user", "text": "fn main() { println!(\"Hello\"); }\n".repeat(1000) }],
        "expected": { "value": { "text": null } }, "cache": false, "timeout_ms": 1000, "idempotency_key": "k",
        "schema": { "type": "object", "properties": fields, "required": required, "additionalProperties": false },
    }))
    .unwrap()
}

fn head(kind: &str) -> Head {
    Head {
        status: 200,
        headers: [("content-type", kind)].into_iter().collect(),
        received: SystemTime::UNIX_EPOCH,
    }
}

#[divan::bench]
fn write_a_call(bencher: divan::Bencher) {
    let (target, question) = (target(), question());
    let size = encode(&question, &target).unwrap().request.body.len();
    bencher.counter(BytesCount::new(size)).bench(|| encode(&question, &target));
}

#[divan::bench]
fn read_a_whole_answer(bencher: divan::Bencher) {
    let body =
        json!({ "choices": [{ "message": { "content": "word ".repeat(4000) }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 4000, "total_tokens": 4010 } })
        .to_string();
    let head = head("application/json");
    bencher
        .counter(BytesCount::new(body.len()))
        .bench(|| decode(Dialect::OpenaiChat, Reading::Text, &head, body.as_bytes()));
}

/// Four thousand tokens, an event each, in pieces as a socket gives them.
#[divan::bench]
fn read_a_stream(bencher: divan::Bencher) {
    let event = |n: usize| {
        let finish = if n == 3999 { json!("stop") } else { json!(null) };
        let data = json!({ "id": "chatcmpl-x", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{ "index": 0, "delta": { "content": "word " }, "finish_reason": finish }] });
        format!("data: {data}\n\n")
    };
    let body: String = (0..4000).map(event).collect();
    bencher.counter(BytesCount::new(body.len())).bench(|| {
        let mut parser = SseParser::new(1 << 20);
        let mut stream = Stream::new(Dialect::OpenaiChat, Reading::Text).unwrap();
        for piece in body.as_bytes().chunks(1400) {
            for event in parser.push(piece).unwrap() {
                stream.decode_event(&event).unwrap();
            }
        }
        stream.finish().unwrap()
    });
}

#[divan::bench]
fn load_the_configuration() -> usize {
    let environment = Environment::default();
    let start = std::env::temp_dir();
    load(Request { start: &start, profile: None, environment: &environment }).config.catalogue.models.len()
}
