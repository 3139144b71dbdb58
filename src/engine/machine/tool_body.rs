//! What a tool does, computed from its arguments; and how long texts are cut.

use super::failure::Fault;
use crate::engine::effect::{Secretable, ToolRequestBody};
use crate::engine::eval::{Args, Env, EvalFault, Value, eval, eval_bool, eval_text, render, to_json};
use crate::plan::{
    Address, Expr, ExprId, HeaderValue, JsonShape, Piece, Plan, TextMax, TextUnit, Tool, ToolBody, VarId,
};
use serde_json::Value as Json;

/// The body of a tool with every expression computed.
pub(super) fn request_body(plan: &Plan, tool: &Tool, args: &[Value]) -> Result<ToolRequestBody, Fault> {
    let env = Args { params: &tool.params, values: args };
    let text = |id: ExprId| eval_text(plan, id, &env).map(|text| text.to_string());
    let optional = |id: Option<ExprId>| id.map(text).transpose();
    let body = match &tool.body {
        ToolBody::Read(path) => ToolRequestBody::Read { path: text(*path)? },
        ToolBody::Write(path, content) => {
            ToolRequestBody::Write { path: text(*path)?, text: text(*content)? }
        }
        ToolBody::Run { command, directory, stdin } => ToolRequestBody::Run {
            command: texts(plan, *command, &env)?,
            directory: optional(*directory)?,
            stdin: optional(*stdin)?,
        },
        ToolBody::Http { method, address, headers, body, pick } => ToolRequestBody::Http {
            method: *method,
            address: match address {
                Address::Url(url) => Secretable::Text(address_text(plan, *url, &env)?),
                Address::Secret(name) => Secretable::Secret(name.clone()),
            },
            headers: headers
                .iter()
                .map(|(name, value)| {
                    let value = match value {
                        HeaderValue::Text(id) => Secretable::Text(text(*id)?),
                        HeaderValue::Secret(name) => Secretable::Secret(name.clone()),
                    };
                    Ok((name.clone(), value))
                })
                .collect::<Result<_, EvalFault>>()?,
            json: body.as_ref().map(|shape| json(plan, shape, &env)).transpose()?,
            pick: pick.clone(),
        },
        ToolBody::Mcp { server, tool: name } => ToolRequestBody::Mcp {
            server: server.clone(),
            tool: name.clone(),
            arguments: arguments(plan, tool, args),
        },
        ToolBody::Return(_) => return Err(Fault::failed("the plan is wrong: a pure tool has no effect")),
    };
    Ok(body)
}

fn texts(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<Vec<String>, EvalFault> {
    let Value::List(items) = eval(plan, id, env)? else {
        return Err(EvalFault::type_fault("a command is no list"));
    };
    let text = |item: &Value| match item {
        Value::Text(text) => Ok(text.to_string()),
        _ => Err(EvalFault::type_fault("an argument is no text")),
    };
    items.iter().map(text).collect()
}

fn arguments(plan: &Plan, tool: &Tool, args: &[Value]) -> Json {
    let given = tool.params.iter().zip(args).filter(|(_, value)| **value != Value::None);
    let entry = |(param, value): (&crate::plan::Param, &Value)| {
        (param.name.to_string(), to_json(plan, value, Some(&param.ty)))
    };
    Json::Object(given.map(entry).collect())
}

fn json(plan: &Plan, shape: &JsonShape, env: &dyn Env) -> Result<Json, EvalFault> {
    match shape {
        JsonShape::Value(id) => Ok(to_json(plan, &eval(plan, *id, env)?, None)),
        JsonShape::Object(fields) => {
            let field = |(key, shape): &(smol_str::SmolStr, JsonShape)| {
                Ok((key.to_string(), json(plan, shape, env)?))
            };
            Ok(Json::Object(fields.iter().map(field).collect::<Result<_, EvalFault>>()?))
        }
    }
}

/// A text whose holes are percent-encoded.
fn address_text(plan: &Plan, id: ExprId, env: &dyn Env) -> Result<String, EvalFault> {
    let Expr::Text(pieces) = plan.expr(id) else { return Ok(eval_text(plan, id, env)?.to_string()) };
    let mut out = String::new();
    write_address(plan, pieces, env, &mut out)?;
    Ok(out)
}

fn write_address(plan: &Plan, pieces: &[Piece], env: &dyn Env, out: &mut String) -> Result<(), EvalFault> {
    for piece in pieces {
        match piece {
            Piece::Chars(chars) => out.push_str(chars),
            Piece::Hole(id, ty) => {
                percent_encode(&render(plan, &eval(plan, *id, env)?, ty), out);
            }
            Piece::When { condition, then, otherwise } => {
                let taken = if eval_bool(plan, *condition, env)? { then } else { otherwise };
                write_address(plan, taken, env, out)?;
            }
            Piece::For { item, list, body } => {
                let Value::List(items) = eval(plan, *list, env)? else { continue };
                for value in items.iter() {
                    write_address(plan, body, &With { env, var: *item, value }, out)?;
                }
            }
        }
    }
    Ok(())
}

/// One more variable.
struct With<'a> {
    env: &'a dyn Env,
    var: VarId,
    value: &'a Value,
}

impl Env for With<'_> {
    fn lookup(&self, var: VarId) -> Option<Value> {
        if var == self.var { Some(self.value.clone()) } else { self.env.lookup(var) }
    }
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`.
fn percent_encode(text: &str, out: &mut String) {
    use std::fmt::Write;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// The first part of a text, with a mark.
pub(super) fn cut_end(text: &str, bytes: usize) -> String {
    let end = floor(text, bytes);
    let kept = text.get(..end).unwrap_or_default();
    format!("{kept}\n[cut: {end} of {} bytes are shown]", text.len())
}

/// The last part of a text, with a mark.
pub(super) fn cut_start(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let start = (text.len() - bytes..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let kept = text.get(start..).unwrap_or_default();
    format!("[cut: the last {} of {} bytes are shown]\n{kept}", kept.len(), text.len())
}

/// The first words or characters of a text, with a mark.
pub(super) fn cut_to(text: &str, max: TextMax) -> String {
    let count = usize::try_from(max.count).unwrap_or(usize::MAX);
    let (kept, unit) = match max.unit {
        TextUnit::Chars => (text.chars().take(count).collect::<String>(), "characters"),
        TextUnit::Words => {
            let end = text
                .split_whitespace()
                .nth(count)
                .map_or(text.len(), |word| word.as_ptr() as usize - text.as_ptr() as usize);
            (text.get(..end).unwrap_or_default().trim_end().to_owned(), "words")
        }
    };
    format!("{kept}\n[cut: the first {count} {unit} are shown]")
}

fn floor(text: &str, bytes: usize) -> usize {
    (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
