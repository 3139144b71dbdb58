use super::{ANSWER_TOOL, error};
use crate::engine::effect::{FaultDetail, Stop, ToolCall};
use crate::models::providers::dialect::Reading;
use crate::models::providers::dialect::json::{at, count, excerpt, text};
use crate::models::providers::{Fault, Head, Reply, Tokens};
use serde_json::Value;
use smol_str::SmolStr;

/// Reads a whole answer.
pub fn decode(reading: Reading, head: &Head, body: &[u8]) -> Result<Reply, Fault> {
    if !head.is_success() {
        return Err(error::of_status(head, body));
    }
    let value: Value = serde_json::from_slice(body).map_err(|why| not_json(head, body, &why))?;
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        return Err(error::of_object(error, Some(head)));
    }
    let choice = at(&value, &["choices"]).and_then(|choices| choices.get(0));
    let message = choice.and_then(|choice| choice.get("message")).filter(|message| message.is_object());
    let (Some(choice), Some(message)) = (choice, message) else {
        return Err(other_shape(&value));
    };
    let draft = Draft {
        text: content(message.get("content")),
        refusal: text(message, &["refusal"]).map(ToOwned::to_owned).unwrap_or_default(),
        tool_calls: tool_calls(message)?,
        finish: text(choice, &["finish_reason"]).filter(|word| !word.is_empty()).map(SmolStr::new),
        tokens: tokens(&value),
    };
    Ok(draft.reply(reading))
}

/// What an answer consists of, however it came.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub text: String,
    pub refusal: String,
    pub tool_calls: Vec<ToolCall>,
    pub finish: Option<SmolStr>,
    pub tokens: Option<Tokens>,
}

impl Draft {
    pub(super) fn reply(mut self, reading: Reading) -> Reply {
        let stop = self.stop();
        if reading == Reading::AnswerTool {
            self.take_answer();
        }
        // A tool without parameters is called with nothing, which is no JSON.
        for call in self.tool_calls.iter_mut().filter(|call| call.arguments.trim().is_empty()) {
            call.arguments = "{}".into();
        }
        let text = if self.text.is_empty() { self.refusal } else { self.text };
        let stop = if stop == Stop::ToolUse && self.tool_calls.is_empty() { Stop::End } else { stop };
        Reply { text, tool_calls: self.tool_calls, stop, tokens: self.tokens }
    }

    fn stop(&self) -> Stop {
        if !self.refusal.is_empty() {
            return Stop::Refused;
        }
        match self.finish.as_deref() {
            None | Some("error") => Stop::Unfinished,
            Some("length" | "max_tokens" | "model_length") => Stop::OutputCap,
            Some("content_filter" | "refusal" | "safety" | "SAFETY") => Stop::Refused,
            // Vendors do not agree on the word that goes with a tool call: the calls themselves tell.
            Some(_) if self.tool_calls.is_empty() => Stop::End,
            Some(_) => Stop::ToolUse,
        }
    }

    /// The arguments of the tool that the model was made to call stand in the place of its text.
    fn take_answer(&mut self) {
        if let Some(at) = self.tool_calls.iter().position(|call| call.name == ANSWER_TOOL) {
            self.text = self.tool_calls.remove(at).arguments;
        }
        self.tool_calls.clear();
    }
}

/// The text of a message: a text, or a list of parts of which the text ones count.
pub(super) fn content(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| text(part, &["text"])).collect(),
        _ => String::new(),
    }
}

fn tool_calls(message: &Value) -> Result<Vec<ToolCall>, Fault> {
    let calls = message.get("tool_calls").and_then(Value::as_array);
    calls.into_iter().flatten().enumerate().map(|(index, call)| tool_call(index, call)).collect()
}

fn tool_call(index: usize, call: &Value) -> Result<ToolCall, Fault> {
    let name = text(call, &["function", "name"]).ok_or_else(|| other_shape(call))?;
    let id = text(call, &["id"]).filter(|id| !id.is_empty());
    Ok(ToolCall {
        id: id.map_or_else(|| call_id(index), SmolStr::new),
        name: name.into(),
        arguments: arguments(at(call, &["function", "arguments"])),
    })
}

/// A server that names no id gets one that is the same whenever the answer is read.
pub(super) fn call_id(index: usize) -> SmolStr {
    format!("call_{index}").into()
}

/// Arguments are a text of JSON; some servers send the JSON itself.
fn arguments(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The tokens of an answer. Some vendors leave reasoning out of `completion_tokens` but not out of the total, so what
/// was written is the larger of the two readings.
pub(super) fn tokens(value: &Value) -> Option<Tokens> {
    let usage = value.get("usage").filter(|usage| usage.is_object())?;
    let input = count(usage, &["prompt_tokens"])?;
    let written = count(usage, &["completion_tokens"]).unwrap_or(0);
    let total = count(usage, &["total_tokens"]).unwrap_or(0);
    let cached = count(usage, &["prompt_tokens_details", "cached_tokens"])
        .or_else(|| count(usage, &["prompt_cache_hit_tokens"]))
        .unwrap_or(0);
    let reasoning = count(usage, &["completion_tokens_details", "reasoning_tokens"])
        .or_else(|| count(usage, &["reasoning_tokens"]))
        .unwrap_or(0);
    let output = written.max(total.saturating_sub(input));
    Some(Tokens { input, cached_input: cached.min(input), output, reasoning: reasoning.min(output) })
}

fn not_json(head: &Head, body: &[u8], why: &serde_json::Error) -> Fault {
    let start = String::from_utf8_lossy(body.get(..200.min(body.len())).unwrap_or_default()).to_lowercase();
    let is_page = head.content_type() == "text/html" || start.trim_start().starts_with('<');
    let message = if is_page {
        format!("answered {} with a web page instead of JSON", head.status)
    } else if body.is_empty() {
        format!("answered {} with nothing", head.status)
    } else if why.is_eof() {
        format!("answered {} with JSON that breaks off after {} bytes", head.status, body.len())
    } else {
        format!("answered {} with what is no JSON: {}", head.status, excerpt(&start))
    };
    Fault::new(FaultDetail::Protocol, message)
}

fn other_shape(value: &Value) -> Fault {
    let found = match value {
        Value::Object(object) => {
            match object.keys().take(6).map(|key| format!("`{key}`")).collect::<Vec<_>>() {
                keys if keys.is_empty() => "an empty object".into(),
                keys => format!("an object with {}", excerpt(&keys.join(", "))),
            }
        }
        Value::Array(_) => "a list".into(),
        other => excerpt(&other.to_string()),
    };
    Fault::new(
        FaultDetail::Protocol,
        format!("answered with JSON of another shape: expected `choices`, found {found}"),
    )
}
