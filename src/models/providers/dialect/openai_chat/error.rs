use crate::engine::effect::{FaultDetail, Phase};
use crate::models::providers::dialect::json::{at, excerpt, text};
use crate::models::providers::{Fault, Head, retry_after};
use serde_json::Value;

/// What an answer says about its failure, wherever the vendor put it.
struct Said {
    code: String,
    message: String,
}

/// The fault that an answer with a bad status is.
pub(super) fn of_status(head: &Head, body: &[u8]) -> Fault {
    let said = Said::read(body);
    let detail = detail(head.status, &said);
    let message = match (said.message.is_empty(), head.status) {
        (true, 300..=399) => format!("answered {}, a redirect; those are not followed", head.status),
        (true, status) => format!("answered {status} without a reason"),
        (false, status) => format!("answered {status}: {}", said.message),
    };
    Fault::new(detail, message).retry_after(retry_after(head))
}

/// The fault that an `error` object is which came with a good status, or in the middle of a stream.
pub(super) fn of_object(error: &Value, head: Option<&Head>) -> Fault {
    let said = Said::of(error);
    let status = at(error, &["code"]).or_else(|| at(error, &["status"])).and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    let message =
        if said.message.is_empty() { "answered with an error".into() } else { said.message.clone() };
    Fault::new(detail(status, &said), message).retry_after(head.and_then(retry_after))
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Self { code: String::new(), message: plain(body) };
        };
        // Gemini's endpoint for this dialect wraps the object in a list.
        let object = value.get(0).unwrap_or(&value);
        Self::of(object.get("error").unwrap_or(object))
    }

    fn of(error: &Value) -> Self {
        if let Some(message) = error.as_str() {
            return Self { code: String::new(), message: excerpt(message) };
        }
        let words = ["code", "type", "status"].into_iter().filter_map(|key| text(error, &[key]));
        let inner = text(error, &["innererror", "code"]);
        let code = words.chain(inner).collect::<Vec<_>>().join(" ");
        let message = ["message", "detail", "msg"].into_iter().find_map(|key| text(error, &[key]));
        Self { code, message: excerpt(message.unwrap_or_default()) }
    }

    fn has(&self, signs: &[&str]) -> bool {
        let all = format!("{} {}", self.code, self.message).to_lowercase();
        signs.iter().any(|sign| all.contains(sign))
    }
}

/// A page of a proxy says in its title what it means.
fn plain(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    match title {
        Some((title, _)) => format!("a web page, \"{}\"", excerpt(title)),
        None if text.trim_start().starts_with('<') => "a web page".into(),
        None => excerpt(&text),
    }
}

const CREDIT: &[&str] = &[
    "insufficient_quota",
    "insufficient balance",
    "insufficient_balance",
    "billing",
    "credit",
    "payment required",
];
const WINDOW: &[&str] = &[
    "context_length_exceeded",
    "context length",
    "context window",
    "context size",
    "exceed_context_size",
    "maximum context",
    "too many tokens",
    "prompt is too long",
    "input is too long",
    "string_above_max_length",
    "too large for model",
];
const FILTER: &[&str] = &[
    "content_filter",
    "content_policy",
    "content management policy",
    "responsibleaipolicy",
    "moderation",
    "flagged",
    "safety",
];
const KEY: &[&str] =
    &["invalid_api_key", "api key not valid", "api_key_invalid", "incorrect api key", "invalid api key"];
const NO_MODEL: &[&str] =
    &["model_not_found", "model not found", "no such model", "model_not_exist", "unknown model"];

fn detail(status: u16, said: &Said) -> FaultDetail {
    match status {
        402 => FaultDetail::Exhausted,
        403 if said.has(FILTER) => FaultDetail::Refused,
        401 | 403 => FaultDetail::Auth,
        300..=399 => FaultDetail::BadRequest,
        404 => FaultDetail::NoCandidate,
        408 => FaultDetail::Timeout(Phase::FirstByte),
        413 => FaultDetail::ContextTooLong,
        429 if said.has(CREDIT) => FaultDetail::Exhausted,
        429 => FaultDetail::RateLimited { retry_after_ms: None },
        409 | 425 | 500..=599 => FaultDetail::Overloaded,
        400..=499 => of_words(said).unwrap_or(FaultDetail::BadRequest),
        _ => of_words(said).unwrap_or(FaultDetail::Protocol),
    }
}

fn of_words(said: &Said) -> Option<FaultDetail> {
    let table = [
        (WINDOW, FaultDetail::ContextTooLong),
        (KEY, FaultDetail::Auth),
        (NO_MODEL, FaultDetail::NoCandidate),
        (FILTER, FaultDetail::Refused),
        (CREDIT, FaultDetail::Exhausted),
        (
            &["rate_limit", "rate limit", "too many requests"],
            FaultDetail::RateLimited { retry_after_ms: None },
        ),
        (&["overloaded", "server_error", "unavailable", "internal error"], FaultDetail::Overloaded),
    ];
    table.into_iter().find(|(signs, _)| said.has(signs)).map(|(_, detail)| detail)
}
