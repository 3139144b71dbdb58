//! What is sent to vendors and how their answers are read, against golden files.
//!
//! `tests/providers/<dialect>/encode/<name>.call` holds a configuration, a line `---` and the fields of a call;
//! `<name>.http` beside it is what is sent. `decode/<name>.http` holds an answer as it came; `<name>.reply` beside it is
//! what is made of it. `BLESS=1` writes the expected files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::engine::effect::FaultDetail;
use agentflow::models::providers::dialect::{Encoded, Reading, Stream, decode, encode};
use agentflow::models::providers::{Dialect, Fault, Head, Reply, SseParser, Visible};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};
use support::{calls, walk};

fn check_golden(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        Ok(())
    } else {
        Err(format!("{}: expected\n{expected}\nfound\n{actual}", path.display()))
    }
}

fn check_all(extension: &str, directory: &str, check: impl Fn(&Path) -> Result<(), String>) {
    let files = walk(directory, extension);
    assert!(!files.is_empty(), "no files of {extension} in {directory}");
    let wrong: Vec<String> = files.iter().filter_map(|path| check(path).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn calls_are_written_as_the_golden_files_say() {
    check_all("call", "tests/providers/openai_chat/encode", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let (toml, fields) = text.split_once("\n---\n").unwrap();
        let environment = [("THE_KEY", "sk-very-secret-key")];
        let config = calls::config(toml, &environment);
        let offer = config.offer(&environment.iter().copied().collect());
        let target = offer.usable(1).next().expect("a usable candidate of tier 1");
        let encoded = encode(&calls::question(serde_json::from_str(fields).unwrap()), target).unwrap();
        check_golden(&path.with_extension("http"), &sent(&encoded))
    });
}

/// A request as a reader wants to see it.
fn sent(encoded: &Encoded) -> String {
    let mut text = format!("POST {}\n", encoded.request.url);
    for (name, value) in &encoded.request.headers {
        let value = match value {
            Visible::Plain(text) => text.clone(),
            Visible::Hidden { prefix, .. } => format!("{prefix}(hidden)"),
        };
        let _ = writeln!(text, "{name}: {value}");
    }
    let body: serde_json::Value = serde_json::from_slice(&encoded.request.body).unwrap();
    let _ = writeln!(text, "\n{}", serde_json::to_string_pretty(&body).unwrap());
    if encoded.reading == Reading::AnswerTool {
        text.push_str("\nread: the arguments of the tool are the answer\n");
    }
    for lost in &encoded.lost {
        let _ = writeln!(text, "lost: {lost}");
    }
    text
}

#[test]
fn answers_are_read_as_the_golden_files_say() {
    check_all("http", "tests/providers/openai_chat/decode", |path| {
        let (head, body) = received(&std::fs::read(path).unwrap());
        let reading =
            if path.to_string_lossy().contains("answer_tool") { Reading::AnswerTool } else { Reading::Text };
        let result = read(reading, &head, &body, body.len().max(1));
        check_golden(&path.with_extension("reply"), &made_of(&result))?;
        // However a stream is cut, it says the same.
        for size in [1, 2, 3, 7, 64] {
            let again = read(reading, &head, &body, size);
            assert_eq!(again, result, "{} in pieces of {size}", path.display());
        }
        Ok(())
    });
}

/// A file is a status line, headers, an empty line and the body; the body is as it came.
fn received(bytes: &[u8]) -> (Head, Vec<u8>) {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").expect("an empty line behind the headers");
    let text = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = text.lines();
    let status = lines.next().unwrap().parse().expect("a status in the first line");
    let headers = lines.filter_map(|line| line.split_once(": ")).collect();
    let received = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let body = bytes[end + 2..].to_vec();
    // A file ends with a line break, an answer of JSON does not.
    let body = if body.starts_with(b"{") { body.trim_ascii_end().to_vec() } else { body };
    (Head { status, headers, received }, body)
}

fn read(reading: Reading, head: &Head, body: &[u8], size: usize) -> Result<Reply, Fault> {
    if !head.is_success() || head.content_type() != "text/event-stream" {
        return decode(Dialect::OpenaiChat, reading, head, body);
    }
    let mut stream = Stream::new(Dialect::OpenaiChat, reading)?;
    let mut parser = SseParser::new(1 << 20);
    for piece in body.chunks(size) {
        for event in parser.push(piece).unwrap() {
            stream.decode_event(&event)?;
        }
    }
    if let Some(event) = parser.finish().unwrap() {
        stream.decode_event(&event)?;
    }
    stream.finish()
}

fn made_of(result: &Result<Reply, Fault>) -> String {
    let mut text = String::new();
    match result {
        Ok(reply) => {
            let _ = writeln!(text, "reply, {:?}", reply.stop);
            for call in &reply.tool_calls {
                let _ = writeln!(text, "calls {} ({}) with {}", call.name, call.id, call.arguments);
            }
            if let Some(tokens) = reply.tokens {
                let (cached, reasoning) = (tokens.cached_input, tokens.reasoning);
                let _ = writeln!(
                    text,
                    "tokens {} ({cached} cached) -> {} ({reasoning} reasoning)",
                    tokens.input, tokens.output
                );
            }
            let _ = writeln!(text, "{:?}", reply.text);
        }
        Err(fault) => {
            let _ = writeln!(text, "fault, {:?} ({})\n{}", fault.detail, fault.detail.kind(), fault.message);
            if let Some(wait) = fault.retry_after {
                let _ = writeln!(text, "back in {wait:?}");
            }
        }
    }
    text
}

#[test]
fn no_prefix_of_an_answer_is_taken_for_the_whole() {
    for path in walk("tests/providers/openai_chat/decode", "http") {
        let (head, body) = received(&std::fs::read(&path).unwrap());
        let Ok(whole) = read(Reading::Text, &head, &body, 64) else { continue };
        for end in 0..body.len() {
            if let Ok(reply) = read(Reading::Text, &head, &body[..end], 64)
                && reply.stop == agentflow::engine::effect::Stop::End
            {
                assert_eq!(reply.text, whole.text, "{} cut at {end}", path.display());
            }
        }
    }
}

#[test]
fn noise_is_never_a_panic_and_never_a_reply() {
    let head = Head {
        status: 200,
        headers: [("content-type", "application/json")].into_iter().collect(),
        received: SystemTime::UNIX_EPOCH,
    };
    for noise in [
        "",
        " ",
        "null",
        "[]",
        "0",
        "\"x\"",
        "{}",
        "{\"choices\":[]}",
        "{\"choices\":{}}",
        "{\"choices\":[{}]}",
        "{\"choices\":[null]}",
        "{\"choices\":[{\"message\":null}]}",
        "\u{0}\u{1}",
        "<!doctype html>",
        "{\"error\":{}}",
        "{\"error\":\"no\"}",
        "{\"error\":[]}",
    ] {
        let result = decode(Dialect::OpenaiChat, Reading::Text, &head, noise.as_bytes());
        let fault = result.expect_err(noise);
        assert!(matches!(fault.detail, FaultDetail::Protocol), "{noise}: {fault:?}");
        assert!(!fault.message.is_empty() && !fault.message.contains('\n'), "{noise}: {fault:?}");
    }
}
