//! Calls to models, as the machine would order them, and who hears what becomes of them.

use agentflow::engine::effect::{Answered, Delta, DeltaSink, EventKind, ModelClient, ModelRequest, StepPath};
use agentflow::host::config::{Config, Environment, Loaded, Request, load};
use agentflow::models::router::Router;
use std::path::Path;
use std::sync::Mutex;

/// A plain question, changed by the fields of `overrides`.
pub fn question(overrides: serde_json::Value) -> ModelRequest {
    let mut request = serde_json::json!({
        "step": "post/draft", "seed_path": "post/draft", "callable": "writer", "number": 0, "round": null, "item": null,
        "tier": 1, "tiers": { "low": 1, "high": 1 }, "system": "", "messages": [{ "role": "user", "text": "Say hello." }],
        "expected": { "value": { "text": null } }, "schema": null, "tools": [], "temperature": null, "max_tokens": 4096,
        "cache": false, "timeout_ms": 300_000, "idempotency_key": "run-1/3",
    });
    if let (Some(request), serde_json::Value::Object(overrides)) = (request.as_object_mut(), overrides) {
        request.extend(overrides);
    }
    serde_json::from_value(request).unwrap()
}

/// Loads a configuration from a text, as if it stood beside a script.
pub fn loaded(toml: &str, environment: &[(&str, &str)]) -> Loaded {
    loaded_with(toml, environment, None)
}

/// The same with a profile.
pub fn loaded_with(toml: &str, environment: &[(&str, &str)], profile: Option<&str>) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("agentflow.toml"), toml).unwrap();
    let environment: Environment = environment.iter().copied().collect();
    let start: &Path = directory.path();
    load(Request { start, profile, environment: &environment })
}

/// A configuration without faults.
pub fn config(toml: &str, environment: &[(&str, &str)]) -> Config {
    let loaded = loaded(toml, environment);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    loaded.config
}

/// A router of this configuration.
pub fn router(toml: &str, environment: &[(&str, &str)]) -> Router {
    let config = config(toml, environment);
    let environment: Environment = environment.iter().copied().collect();
    Router::new(config.offer(&environment), config.router, 1)
}

/// Remembers what a step heard.
#[derive(Default)]
pub struct Heard {
    text: Mutex<String>,
    events: Mutex<Vec<String>>,
}

impl DeltaSink for Heard {
    fn delta(&self, _step: &StepPath, delta: Delta) {
        match delta {
            Delta::Text(text) => self.text.lock().unwrap().push_str(&text),
            Delta::Held(for_ms) => self.events.lock().unwrap().push(format!("held {for_ms}")),
            Delta::Route(event) => self.events.lock().unwrap().push(spoken(&event)),
        }
    }
}

impl Heard {
    /// The text of all deltas.
    pub fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// What the router did, a line each.
    pub fn events(&self) -> Vec<String> {
        self.events.lock().unwrap().clone()
    }
}

fn spoken(event: &EventKind) -> String {
    match event {
        EventKind::RouteChosen { model, skipped } if skipped.is_empty() => format!("chosen {model}"),
        EventKind::RouteChosen { model, skipped } => {
            let skipped: Vec<String> =
                skipped.iter().map(|it| format!("{} ({})", it.model, it.reason)).collect();
            format!("chosen {model}, skipped {}", skipped.join(", "))
        }
        EventKind::RouteFailover { from, to, .. } => {
            format!("{from} -> {}", to.as_deref().unwrap_or("nobody"))
        }
        EventKind::RouteCooled { model, .. } => format!("cooled {model}"),
        EventKind::RouteLoosened { model, lost } => format!("loosened {model}: {}", lost.join(", ")),
        other => format!("{other:?}"),
    }
}

/// Asks, and gives what came of it with what was heard.
pub async fn ask(router: &Router, request: &ModelRequest) -> (Answered, Heard) {
    let heard = Heard::default();
    let answered = router.call(request, &heard).await;
    (answered, heard)
}
