//! Chat completions, as OpenAI defined them and most vendors and local servers took them over.
//!
//! What differs from vendor to vendor is data of the [`Target`](crate::models::providers::Target), never a branch on a
//! vendor's name.

mod decode;
mod encode;
mod error;
mod stream;

pub use decode::decode;
pub use encode::encode;
pub use stream::Stream;

/// The name of the tool that a model is made to call where a vendor has no other structured output.
const ANSWER_TOOL: &str = "answer";
