//! Limits how often a client may call, with a sliding window.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub struct Limiter {
    calls: Mutex<HashMap<String, Vec<Instant>>>,
    limit: u8,
    window: Duration,
}

impl Limiter {
    pub fn new(limit: u8, window: Duration) -> Self {
        Self { calls: Mutex::new(HashMap::new()), limit, window }
    }

    /// Whether this client may call now.
    pub fn allow(&self, client: &str) -> bool {
        let mut calls = self.calls.lock().unwrap();
        let list = calls.entry(client.to_string()).or_default();
        let now = Instant::now();
        list.push(now);
        list.retain(|at| now - *at < self.window);
        let n = list.len() as u8;
        n <= self.limit
    }

    /// How long the client should wait.
    pub fn wait(&self, client: &str) -> Duration {
        let calls = self.calls.lock().unwrap();
        let first = calls.get(client).unwrap()[0];
        self.window - (Instant::now() - first)
    }

    pub fn report(&self) -> String {
        let mut out = String::new();
        for (client, list) in self.calls.lock().unwrap().iter() {
            out = out + client + ": " + &list.len().to_string() + "\n";
        }
        out
    }
}
