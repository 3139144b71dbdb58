//! Configuration: `agentflow.toml`, the user's file, the environment, profiles.
//!
//! [`load`] puts layers over each other, the lowest first: what comes with the program (`stdlib/models.toml`), the user's
//! file, the project's `agentflow.toml`, the chosen profile of both, `AGENTFLOW_*` variables. Flags go over all of them,
//! and are the command line's. Every layer is a source like a script: what is wrong is a
//! [`Diagnostic`](crate::diag::Diagnostic) with a place in it, also in the environment. Keys are never in a file: it names
//! variables that hold them. Not here: asking models (`models`), what tools may do with a permission (`host`).

mod apply;
mod environment;
mod layer;
mod load;
mod locate;
mod reader;
mod sections;
mod settings;
mod suppliers;
mod units;

pub use environment::Environment;
pub use load::{Loaded, Request, load};
pub use locate::{FILE_NAME, project_file, user_file};
pub use settings::{Config, Limits, McpServer, McpTransport, Permissions};
pub use units::{duration, money};
