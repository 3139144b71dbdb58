//! `agentflow lsp`: the language server on the standard input and output.

use super::{Exit, Refusal};
use clap::Args;

/// Answer an editor's questions (a language server on the standard input and output)
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Speak over the standard input and output: the only way there is, and the default
    #[arg(long)]
    stdio: bool,
}

const EXAMPLES: &str = "\
Editors start this by themselves; there is nothing to be seen in a terminal.

Example:
  agentflow lsp";

/// Speaks the protocol until the editor says that it is over.
pub(super) fn lsp(_: &Options) -> Result<Exit, Refusal> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Refusal::usage(format!("the language server cannot start: {error}")))?;
    runtime.block_on(crate::lsp::serve(tokio::io::stdin(), tokio::io::stdout()));
    // A read of the standard input that is still waiting, and answers that nobody waits for, keep nobody here.
    runtime.shutdown_background();
    Ok(Exit::Ok)
}
