use crate::engine::effect::{Stop, ToolCall};

/// What a candidate answered, before its price is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The text, as it came.
    pub text: String,
    /// Tools that it calls.
    pub tool_calls: Vec<ToolCall>,
    /// Why it stopped.
    pub stop: Stop,
    /// What the vendor counted, where it did.
    pub tokens: Option<Tokens>,
}

/// Tokens as a vendor counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// All that were read, cached ones included.
    pub input: u64,
    /// Those of `input` that came from the vendor's cache.
    pub cached_input: u64,
    /// All that were written, reasoning included.
    pub output: u64,
    /// Those of `output` that were reasoning.
    pub reasoning: u64,
}
