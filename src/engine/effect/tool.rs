use super::{BoxFuture, CallFault, StepPath};
use crate::engine::eval::Value;
use crate::plan::{HttpMethod, ToolId, Type};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A call of a tool that touches the world, with every expression computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolRequest {
    /// The step.
    pub step: StepPath,
    /// The step's path without rounds. Items stay.
    pub seed_path: StepPath,
    /// Counted over rounds and tries of `seed_path`, from 0.
    pub number: u32,
    /// Which tool of the plan.
    pub tool: ToolId,
    /// Its name.
    pub name: SmolStr,
    /// Its arguments, in the order of the parameters.
    pub args: Vec<Value>,
    /// What it does.
    pub body: ToolRequestBody,
    /// What it returns.
    pub result: Option<Type>,
    /// Left of the step's deadline when the call starts.
    pub timeout_ms: u64,
    /// The same for every repetition of this call.
    pub idempotency_key: String,
}

/// What a tool does, computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the forms of L8.1, with the words of the language")]
pub enum ToolRequestBody {
    Read {
        path: String,
    },
    Write {
        path: String,
        text: String,
    },
    Run {
        command: Vec<String>,
        directory: Option<String>,
        stdin: Option<String>,
    },
    Http {
        method: HttpMethod,
        address: Secretable,
        headers: Vec<(SmolStr, Secretable)>,
        json: Option<serde_json::Value>,
        pick: Option<SmolStr>,
    },
    Mcp {
        server: SmolStr,
        tool: SmolStr,
        arguments: serde_json::Value,
    },
}

/// A text, or the name of a secret of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "its two forms")]
pub enum Secretable {
    Text(String),
    Secret(SmolStr),
}

/// What a tool gave, before it is checked against the declared type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolOutput {
    /// Nothing.
    Nothing,
    /// A text, for `-> text`.
    Text(String),
    /// Data, for a record or list.
    Json(serde_json::Value),
    /// A typed value, from a simulation or a test.
    Value(Value),
}

/// Who runs tools. A dropped future cancels the tool.
pub trait ToolHost: Send + Sync {
    /// Runs a tool.
    fn run<'a>(&'a self, request: &'a ToolRequest) -> BoxFuture<'a, Result<ToolOutput, CallFault>>;
}
