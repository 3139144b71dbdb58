//! A scripted provider: it does on a socket what real ones do on a bad day.
//!
//! Each request gets the next script, the last one over and over. Every connection serves one request, so that the order
//! of what happens is the order of the scripts.

#![allow(clippy::disallowed_methods, reason = "the listener of a test ends with its runtime")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A step of a script.
#[derive(Clone, Debug)]
pub enum Do {
    /// Writes these bytes.
    Send(Vec<u8>),
    /// Waits.
    Pause(Duration),
    /// Keeps the connection open and says nothing more until the other side leaves.
    Hang,
    /// Closes the connection.
    Close,
}

pub type Script = Vec<Do>;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub head: String,
    pub body: serde_json::Value,
}

pub struct FakeProvider {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    left: Arc<AtomicUsize>,
}

impl FakeProvider {
    /// Starts it on a free port.
    pub async fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let left = Arc::new(AtomicUsize::new(0));
        let fake = Self { address, asked: Arc::clone(&asked), left: Arc::clone(&left) };
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let script = scripts.get(number).or(scripts.last()).cloned().unwrap_or_default();
                number += 1;
                tokio::spawn(serve(stream, script, Arc::clone(&asked), Arc::clone(&left)));
            }
        });
        fake
    }

    /// What `base_url` says.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often the other side left a connection that was hanging.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, script: Script, asked: Arc<Mutex<Vec<Asked>>>, left: Arc<AtomicUsize>) {
    let Some(request) = read_request(&mut stream).await else { return };
    asked.lock().unwrap().push(request);
    for step in script {
        match step {
            Do::Send(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    left.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                let _ = stream.flush().await;
            }
            Do::Pause(length) => tokio::time::sleep(length).await,
            Do::Hang => {
                let mut byte = [0];
                while !matches!(stream.read(&mut byte).await, Ok(0) | Err(_)) {}
                left.fetch_add(1, Ordering::SeqCst);
                return;
            }
            Do::Close => break,
        }
    }
    let _ = stream.shutdown().await;
}

async fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).to_string();
            let length = header(&head, "content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let body = serde_json::from_slice(&bytes[end + 4..end + 4 + length]).unwrap_or_default();
                return Some(Asked { head, body });
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend(&piece[..count]),
        }
    }
}

/// The value of a header of a request.
pub fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}

/// A port at which nobody listens.
pub async fn dead_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A whole answer.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Script {
    let mut text =
        format!("HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    vec![Do::Send(format!("{text}\r\n{body}").into_bytes()), Do::Close]
}

/// A whole answer of JSON.
pub fn json(status: u16, body: &str) -> Script {
    answer(status, &[("content-type", "application/json")], body)
}

/// A reply that says this and is complete.
pub fn says(text: &str) -> Script {
    let body = serde_json::json!({
        "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14 },
    });
    json(200, &body.to_string())
}

/// An error in the vendor's form.
pub fn error(status: u16, kind: &str, message: &str) -> Script {
    let body = serde_json::json!({ "error": { "message": message, "type": kind, "code": kind } });
    json(status, &body.to_string())
}

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As HTTP wants it.
    Politely,
    /// The connection breaks in the middle.
    Broken,
    /// It goes silent.
    Silent,
}

/// A stream of events, in chunks of HTTP.
pub fn stream(events: &[&str], end: End) -> Script {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut script = vec![Do::Send(head.as_bytes().to_vec())];
    for event in events {
        let text = format!("data: {event}\n\n");
        script.push(Do::Send(format!("{:x}\r\n{text}\r\n", text.len()).into_bytes()));
    }
    script.extend(match end {
        End::Politely => vec![Do::Send(b"0\r\n\r\n".to_vec()), Do::Close],
        End::Broken => vec![Do::Close],
        End::Silent => vec![Do::Hang],
    });
    script
}

/// A piece of a streamed text.
pub fn piece(text: &str) -> String {
    serde_json::json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] })
        .to_string()
}

/// The last piece of a stream.
pub fn finish(reason: &str) -> String {
    serde_json::json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] }).to_string()
}
