use super::ANSWER_TOOL;
use crate::base::Decimal;
use crate::engine::effect::{Message, ModelRequest, ToolCall, ToolSpec};
use crate::models::providers::dialect::{Encoded, Reading};
use crate::models::providers::{HttpRequest, Lost, Structured, Subset, Target, Visible, reduce};
use serde_json::{Map, Value, json};
use smol_str::SmolStr;

/// A call as a request to `/chat/completions`.
pub fn encode(request: &ModelRequest, target: &Target) -> Encoded {
    let held = hold(request, target);
    let mut body = Map::new();
    body.insert("model".into(), json!(target.model));
    body.insert("messages".into(), messages(request, held.in_prompt.as_deref()));
    body.insert(target.max_tokens_field.word().into(), json!(cap(request, target)));
    if let (Some(temperature), true) = (request.temperature, target.abilities.temperature) {
        body.insert("temperature".into(), number(temperature));
    }
    body.extend(held.fields);
    put_tools(&mut body, request, held.reading);
    if target.abilities.stream {
        body.insert("stream".into(), json!(true));
        if target.abilities.stream_usage {
            body.insert("stream_options".into(), json!({ "include_usage": true }));
        }
    }
    let request = HttpRequest {
        url: format!("{}/chat/completions", target.base_url),
        headers: headers(request, target),
        body: Value::Object(body).to_string().into_bytes(),
    };
    Encoded { request, reading: held.reading, lost: held.lost }
}

fn headers(request: &ModelRequest, target: &Target) -> Vec<(SmolStr, Visible)> {
    let own = [
        ("content-type", "application/json".to_owned()),
        ("accept", "text/event-stream, application/json".to_owned()),
        ("idempotency-key", request.idempotency_key.to_string()),
    ];
    let own = own.into_iter().map(|(name, value)| (SmolStr::new_static(name), Visible::Plain(value)));
    own.chain(target.headers.iter().cloned()).collect()
}

fn cap(request: &ModelRequest, target: &Target) -> u32 {
    target.max_output.map_or(request.max_tokens, |most| most.min(request.max_tokens))
}

/// A number keeps its digits.
fn number(value: Decimal) -> Value {
    value.to_string().parse().map_or(Value::Null, Value::Number)
}

/// How this request holds its answer to the schema.
struct Held {
    fields: Map<String, Value>,
    in_prompt: Option<String>,
    reading: Reading,
    lost: Vec<Lost>,
}

impl Held {
    fn nothing() -> Self {
        Self { fields: Map::new(), in_prompt: None, reading: Reading::Text, lost: Vec::new() }
    }

    fn field(name: &str, value: Value) -> Self {
        let mut held = Self::nothing();
        held.fields.insert(name.into(), value);
        held
    }
}

fn hold(request: &ModelRequest, target: &Target) -> Held {
    let Some(schema) = request.schema.as_deref() else { return Held::nothing() };
    let beside_tools = !request.tools.is_empty();
    match target.structured {
        Structured::Prompt => in_prompt(schema),
        _ if beside_tools && !target.abilities.schema_with_tools => in_prompt(schema),
        // A tool that has to be called leaves no room for those that may be.
        Structured::Tool if beside_tools => in_prompt(schema),
        Structured::Tool => answer_tool(request, schema),
        Structured::Object => {
            let mut held = Held::field("response_format", json!({ "type": "json_object" }));
            held.in_prompt = Some(told(schema));
            held
        }
        Structured::Schema => Held::field(
            "response_format",
            json!({ "type": "json_schema", "json_schema": { "name": name(request), "schema": schema } }),
        ),
        Structured::Strict => strict(request, schema, target.subset.as_ref()),
    }
}

fn strict(request: &ModelRequest, schema: &Value, subset: Option<&Subset>) -> Held {
    let (schema, strict, lost) = match subset {
        Some(subset) => {
            let reduced = reduce(schema, subset);
            // What cannot be guaranteed is sent as it is: then it is a hint, and a cut one helps nobody.
            let sent = if reduced.guaranteed { reduced.schema } else { schema.clone() };
            (sent, reduced.guaranteed, reduced.lost)
        }
        None => (schema.clone(), true, Vec::new()),
    };
    let format = json!({ "name": name(request), "strict": strict, "schema": schema });
    let mut held = Held::field("response_format", json!({ "type": "json_schema", "json_schema": format }));
    held.lost = lost;
    held
}

fn answer_tool(request: &ModelRequest, schema: &Value) -> Held {
    let description = format!("Gives the answer of `{}`. Call it exactly once.", request.callable);
    let function = json!({ "name": ANSWER_TOOL, "description": description, "parameters": schema });
    let mut held = Held::field("tools", json!([{ "type": "function", "function": function }]));
    let choice = json!({ "type": "function", "function": { "name": ANSWER_TOOL } });
    held.fields.insert("tool_choice".into(), choice);
    held.reading = Reading::AnswerTool;
    held
}

fn in_prompt(schema: &Value) -> Held {
    Held { in_prompt: Some(told(schema)), ..Held::nothing() }
}

fn told(schema: &Value) -> String {
    format!("Answer with one JSON value that fits this JSON schema, and with nothing else:\n{schema}")
}

/// Vendors take letters, digits, `_` and `-`, and no more than 64 of them.
fn name(request: &ModelRequest) -> String {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let clean: String = request.callable.chars().map(|it| if fits(it) { it } else { '_' }).take(64).collect();
    if clean.is_empty() { ANSWER_TOOL.into() } else { clean }
}

fn put_tools(body: &mut Map<String, Value>, request: &ModelRequest, reading: Reading) {
    if reading == Reading::Text && !request.tools.is_empty() {
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
}

fn tool(spec: &ToolSpec) -> Value {
    let mut function = Map::new();
    function.insert("name".into(), json!(spec.name));
    if let Some(doc) = &spec.doc {
        function.insert("description".into(), json!(doc));
    }
    function.insert("parameters".into(), (*spec.parameters).clone());
    json!({ "type": "function", "function": function })
}

fn messages(request: &ModelRequest, told: Option<&str>) -> Value {
    let parts = [Some(request.system.as_str()), told].into_iter().flatten().filter(|part| !part.is_empty());
    let system: Vec<&str> = parts.collect();
    let system = (!system.is_empty()).then(|| json!({ "role": "system", "content": system.join("\n\n") }));
    system.into_iter().chain(request.messages.iter().map(message)).collect()
}

fn message(message: &Message) -> Value {
    match message {
        Message::User { text } => json!({ "role": "user", "content": text }),
        Message::Tool { id, text } => json!({ "role": "tool", "tool_call_id": id, "content": text }),
        Message::Assistant { text, tool_calls } if tool_calls.is_empty() => {
            json!({ "role": "assistant", "content": text })
        }
        Message::Assistant { text, tool_calls } => {
            let content = if text.is_empty() { Value::Null } else { json!(text) };
            let calls: Value = tool_calls.iter().map(tool_call).collect();
            json!({ "role": "assistant", "content": content, "tool_calls": calls })
        }
    }
}

fn tool_call(call: &ToolCall) -> Value {
    let function = json!({ "name": call.name, "arguments": call.arguments });
    json!({ "id": call.id, "type": "function", "function": function })
}
