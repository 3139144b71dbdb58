use super::{Annotations, ExprId, Grade, Param, Require, ToolId, Type, Var};
use crate::base::{Decimal, Place};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// An agent (L3.2). Its expressions see its own variables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Its name.
    pub name: SmolStr,
    /// The name in its declaration.
    pub place: Place,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it answers with.
    pub result: Type,
    /// The system message.
    pub role: Option<ExprId>,
    /// The user's message.
    pub prompt: ExprId,
    /// What it may call.
    pub tools: Vec<ToolId>,
    /// What was written on it.
    pub annotations: Annotations,
    /// Parameters first, then those bound inside.
    pub vars: Vec<Var>,
}

/// A rubric (§7). Its expressions see its own variables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rubric {
    /// Its name.
    pub name: SmolStr,
    /// The name in its declaration.
    pub place: Place,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Checked first (L7.2).
    pub gates: Vec<Require>,
    /// In the order of the page.
    pub dimensions: Vec<Dimension>,
    /// `floor C`
    pub floor: Option<Grade>,
    /// What was written on it.
    pub annotations: Annotations,
    /// Parameters first, then those bound inside.
    pub vars: Vec<Var>,
}

/// A dimension (L7.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name.
    pub name: SmolStr,
    /// Above 0.
    pub weight: Decimal,
    /// How it is judged.
    pub kind: DimensionKind,
}

/// How a dimension is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DimensionKind {
    /// The judge grades this text.
    Described(ExprId),
    /// The mean of these.
    Criteria(Vec<Criterion>),
}

/// An item of a block of criteria.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The judge answers this text with yes or no.
    Question(ExprId),
    /// A `bool`, or a `number 0..1`.
    Check(ExprId),
}

/// A tool (§8). Its expressions see its own variables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: SmolStr,
    /// The name in its declaration.
    pub place: Place,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it returns, if anything.
    pub result: Option<Type>,
    /// What it touches.
    pub effect: Effect,
    /// What it does.
    pub body: ToolBody,
    /// What was written on it.
    pub annotations: Annotations,
    /// Parameters first, then those bound inside.
    pub vars: Vec<Var>,
}

/// What a tool touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Which of the four.
    pub kind: EffectKind,
    /// The word of what is touched; empty for a pure tool.
    pub resource: SmolStr,
}

/// The four effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the language")]
pub enum EffectKind {
    Pure,
    Reads,
    Writes,
    Sends,
}

/// What a tool does (table of L8.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolBody {
    /// `read "path"`
    Read(ExprId),
    /// `write "path" text`
    Write(ExprId, ExprId),
    /// `run […] in "dir" stdin text`
    Run {
        /// A list of texts; the first is the program.
        command: ExprId,
        /// Behind `in`.
        directory: Option<ExprId>,
        /// Behind `stdin`.
        stdin: Option<ExprId>,
    },
    /// A request.
    Http {
        /// How.
        method: HttpMethod,
        /// Where to.
        address: Address,
        /// In the order of the page.
        headers: Vec<(SmolStr, HeaderValue)>,
        /// Behind `json`.
        body: Option<HttpBody>,
        /// Behind `at`.
        pick: Option<SmolStr>,
    },
    /// `mcp "server" "tool"`
    Mcp {
        /// A name of `[mcp.*]`.
        server: SmolStr,
        /// A tool of that server.
        tool: SmolStr,
    },
    /// `return expr`
    Return(ExprId),
}

/// Methods of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the language")]
pub enum HttpMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// A text whose holes are percent-encoded.
    Url(ExprId),
    /// A name that the configuration knows.
    Secret(SmolStr),
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderValue {
    /// A text.
    Text(ExprId),
    /// A name that the configuration knows.
    Secret(SmolStr),
}

/// The body of a request.
pub type HttpBody = JsonShape;

/// JSON with expressions in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonShape {
    /// Any value.
    Value(ExprId),
    /// `{ key: … }`
    Object(Vec<(SmolStr, JsonShape)>),
}
