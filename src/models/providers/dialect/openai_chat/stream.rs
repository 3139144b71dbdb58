use super::decode::{Draft, call_id, content, tokens};
use super::error;
use crate::engine::effect::{FaultDetail, ToolCall};
use crate::models::providers::dialect::Reading;
use crate::models::providers::dialect::json::{at, count, excerpt, text};
use crate::models::providers::{Fault, Reply, SseEvent};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A streamed answer, put together piece by piece.
#[derive(Debug)]
pub struct Stream {
    reading: Reading,
    draft: Draft,
    /// By the index that the vendor gives; servers that give none send each call whole.
    calls: BTreeMap<u64, ToolCall>,
    over: bool,
    events: usize,
}

impl Stream {
    /// Before the first event.
    pub fn new(reading: Reading) -> Self {
        Self { reading, draft: Draft::default(), calls: BTreeMap::new(), over: false, events: 0 }
    }

    /// Takes an event; gives the text that came with it.
    pub fn decode_event(&mut self, event: &SseEvent) -> Result<Option<String>, Fault> {
        let data = event.data.trim();
        if data == "[DONE]" {
            self.over = true;
            return Ok(None);
        }
        if data.is_empty() || self.over {
            return Ok(None);
        }
        let value: Value = serde_json::from_str(data).map_err(|_| broken(data))?;
        if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
            return Err(error::of_object(error, None));
        }
        if event.event == "error" {
            return Err(error::of_object(&value, None));
        }
        self.chunk(&value)
    }

    /// Whether a finish reason came.
    pub fn is_complete(&self) -> bool {
        self.draft.finish.is_some()
    }

    /// Whether `[DONE]` came.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The reply, when nothing follows. Without a finish reason it is unfinished, whatever it holds.
    pub fn finish(mut self) -> Result<Reply, Fault> {
        if self.events == 0 {
            return Err(Fault::new(FaultDetail::Protocol, "the stream ended before it said anything"));
        }
        self.draft.tool_calls = self.calls.into_values().collect();
        Ok(self.draft.reply(self.reading))
    }

    fn chunk(&mut self, value: &Value) -> Result<Option<String>, Fault> {
        let choices = value.get("choices").and_then(Value::as_array);
        if choices.is_none() && value.get("usage").is_none() {
            let message = format!("the stream holds JSON of another shape: {}", excerpt(&value.to_string()));
            return Err(Fault::new(FaultDetail::Protocol, message));
        }
        self.events += 1;
        self.draft.tokens = tokens(value).or(self.draft.tokens);
        let Some(choice) = choices.and_then(|choices| choices.first()) else { return Ok(None) };
        // Some servers end with the whole message instead of a piece.
        let delta = choice.get("delta").filter(|it| !it.is_null()).or_else(|| choice.get("message"));
        let said = delta.map(|delta| self.delta(delta)).unwrap_or_default();
        if let Some(finish) = text(choice, &["finish_reason"]).filter(|word| !word.is_empty()) {
            self.draft.finish = Some(SmolStr::new(finish));
        }
        Ok((!said.is_empty()).then_some(said))
    }

    fn delta(&mut self, delta: &Value) -> String {
        let mut said = content(delta.get("content"));
        self.draft.text.push_str(&said);
        if let Some(refusal) = text(delta, &["refusal"]) {
            self.draft.refusal.push_str(refusal);
            said.push_str(refusal);
        }
        for call in delta.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            let piece = self.tool_piece(call);
            if self.reading == Reading::AnswerTool {
                said.push_str(&piece);
            }
        }
        said
    }

    /// Adds a piece of a tool call; gives the piece of its arguments.
    fn tool_piece(&mut self, piece: &Value) -> String {
        let next = self.calls.keys().next_back().map_or(0, |last| last + 1);
        let index = count(piece, &["index"]).unwrap_or(next);
        let id = text(piece, &["id"]).filter(|id| !id.is_empty());
        let call = self.calls.entry(index).or_insert_with(|| ToolCall {
            id: call_id(usize::try_from(index).unwrap_or(0)),
            name: SmolStr::default(),
            arguments: String::new(),
        });
        if let Some(id) = id {
            call.id = id.into();
        }
        if let Some(name) = text(piece, &["function", "name"]).filter(|name| !name.is_empty()) {
            call.name = name.into();
        }
        let arguments = match at(piece, &["function", "arguments"]) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        call.arguments.push_str(&arguments);
        arguments
    }
}

fn broken(data: &str) -> Fault {
    Fault::new(FaultDetail::Protocol, format!("the stream holds what is no JSON: {}", excerpt(data)))
}
