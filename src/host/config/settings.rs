use crate::base::Decimal;
use crate::models::providers::{Catalogue, Offer};
use crate::models::router::Settings;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::path::PathBuf;
use std::time::Duration;

/// The configuration of a run, all layers together.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The project's root: where its `agentflow.toml` is, else the directory of the script. Paths of tools and permissions
    /// are relative to it.
    pub root: PathBuf,
    /// The profile that was chosen.
    pub profile: Option<SmolStr>,
    /// `[tiers]`, `[providers.*]`, `[models.*]`.
    pub catalogue: Catalogue,
    /// `[tiers] default`: the tier of what has no `@tier`, 1 to 4.
    pub default_tier: u8,
    /// `[router]`.
    pub router: Settings,
    /// `[limits]`.
    pub limits: Limits,
    /// `[permissions]`.
    pub permissions: Permissions,
    /// `[mcp.*]`, by name.
    pub mcp: IndexMap<SmolStr, McpServer>,
    /// `[secrets]`: the environment variable that holds the secret of a name.
    pub secrets: IndexMap<SmolStr, SmolStr>,
    /// Whether the environment asks for simulation (`AGENTFLOW_NO_LLM`, `AGENTIC_NO_LLM`).
    pub no_llm: bool,
}

impl Config {
    /// The candidates of every tier, as this environment allows them.
    pub fn offer(&self, environment: &super::Environment) -> Offer {
        self.catalogue.offer(&|name| environment.get(name).map(ToOwned::to_owned))
    }
}

/// Bounds of every run (`[limits]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls in flight of one run; workflows, blocks and asks take no place.
    pub max_parallel: u32,
    /// The bound of calls that `check` accepts (L10.1).
    pub calls: u64,
    /// Dollars that a run may spend, beside what its `@budget` says.
    pub budget: Option<Decimal>,
    /// Tokens of a tool's result without a declared bound (L8.2).
    pub tool_result: u64,
    /// Tokens of a hole without a bound (L10.2).
    pub value: u64,
    /// How long a run may take, beside what its `@timeout` says.
    pub timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_parallel: 10,
            calls: 1_000_000,
            budget: None,
            tool_result: 8_000,
            value: 32_000,
            timeout: None,
        }
    }
}

/// What tools may touch (`[permissions]`, L8.3). Empty lists allow nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Directories and files, relative to the root.
    pub files: Vec<String>,
    /// Hosts.
    pub web: Vec<String>,
    /// Programs.
    pub run: Vec<String>,
    /// Servers of `[mcp.*]`.
    pub mcp: Vec<String>,
}

/// A server of tools (`[mcp.NAME]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpServer {
    /// How it is reached.
    pub transport: McpTransport,
    /// How long one of its tools may take.
    pub timeout: Duration,
}

/// How a server of tools is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum McpTransport {
    /// A program that is started: `command = ["npx", "server"]`.
    Command {
        /// The program and its arguments.
        command: Vec<String>,
        /// The variables of the environment that it gets, beside those that every program needs.
        environment: Vec<SmolStr>,
    },
    /// An address: `url = "https://…"`.
    Url {
        /// Where it is.
        url: String,
        /// A header and the environment variable that holds its value.
        headers: IndexMap<SmolStr, SmolStr>,
    },
}
