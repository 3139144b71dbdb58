/// What the project of a script says under `[limits]` in `agentflow.toml`, as far as an author is told of it. Whoever has a
/// disk reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tokens of a tool's result without a declared bound (L8.2).
    pub tool_result: u64,
    /// Tokens of a value without a bound in a prompt (L10.2).
    pub value: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { tool_result: 8_000, value: 32_000 }
    }
}
