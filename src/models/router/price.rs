use crate::base::{Decimal, DecimalError};
use crate::engine::effect::{Message, ModelRequest, Usage};
use crate::models::providers::{Prices, Reply, Tokens};

/// What an answer cost: the vendor's own count of tokens, else an estimate (L10.2). Without a price the tokens are counted
/// and the usage says that it has none.
pub fn cost(request: &ModelRequest, reply: &Reply, prices: Option<&Prices>) -> Usage {
    let tokens = reply.tokens.unwrap_or_else(|| estimate(request, reply));
    let money = prices.and_then(|prices| dollars(tokens, prices).ok());
    Usage {
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        cost_usd: money.unwrap_or_default(),
        unpriced: money.is_none(),
    }
}

fn dollars(tokens: Tokens, prices: &Prices) -> Result<Decimal, DecimalError> {
    let fresh = price(tokens.input.saturating_sub(tokens.cached_input), prices.input)?;
    let cached = price(tokens.cached_input, prices.cached_input.unwrap_or(prices.input))?;
    fresh.add(cached)?.add(price(tokens.output, prices.output)?)
}

fn price(tokens: u64, per_million: Decimal) -> Result<Decimal, DecimalError> {
    let tokens = i64::try_from(tokens).map_err(|_| DecimalError::Overflow)?;
    Decimal::from(tokens).mul(per_million)?.div(Decimal::from(1_000_000))
}

fn estimate(request: &ModelRequest, reply: &Reply) -> Tokens {
    let calls: usize = reply.tool_calls.iter().map(|call| call.name.len() + call.arguments.len()).sum();
    Tokens {
        input: thirds(asked_bytes(request)),
        output: thirds(reply.text.len() + calls),
        ..Tokens::default()
    }
}

/// Bytes of everything that a model reads.
pub(super) fn asked_bytes(request: &ModelRequest) -> usize {
    let schema = request.schema.as_deref().map_or(0, |schema| schema.to_string().len());
    let tools: usize =
        request.tools.iter().map(|tool| tool.parameters.to_string().len() + tool.name.len()).sum();
    let messages: usize = request.messages.iter().map(message_bytes).sum();
    request.system.len() + schema + tools + messages
}

fn message_bytes(message: &Message) -> usize {
    match message {
        Message::User { text } | Message::Tool { text, .. } => text.len(),
        Message::Assistant { text, tool_calls } => {
            text.len() + tool_calls.iter().map(|call| call.arguments.len()).sum::<usize>()
        }
    }
}

fn thirds(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(3)).unwrap_or(u64::MAX)
}
