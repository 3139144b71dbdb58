use crate::plan::FaultKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why a call, a tool or a person gave no usable answer, as the effect reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallFault {
    /// What it is exactly.
    pub detail: FaultDetail,
    /// One line for a person, without the step's name: `gpt-4o, then gpt-4o-mini: overloaded`.
    pub message: Arc<str>,
}

/// The faults of the outside (`runtime.md` §4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultDetail {
    /// The key is missing or was refused.
    Auth,
    /// Too many requests.
    RateLimited {
        /// How long to wait, where it was said.
        retry_after_ms: Option<u64>,
    },
    /// The vendor has no room.
    Overloaded,
    /// A deadline passed.
    Timeout(Phase),
    /// No connection, or it broke.
    Connect,
    /// The vendor refused the request as malformed.
    BadRequest,
    /// The request is longer than the model's window.
    ContextTooLong,
    /// The model, or a filter, refused.
    Refused,
    /// Out of credit.
    Exhausted,
    /// The answer does not fit.
    Invalid,
    /// The answer broke off politely, without its marker.
    Truncated,
    /// The answer ended at its output cap.
    OutputCap,
    /// The endpoint does not speak the dialect: HTML, broken JSON, another shape.
    Protocol,
    /// There is no such model, or no usable candidate at all.
    NoCandidate,
    /// Permissions do not allow it.
    Denied,
    /// A tool failed.
    Tool,
    /// A budget does not allow it.
    OverBudget,
    /// Somebody cancelled it.
    Cancelled,
}

/// What a deadline was waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the phases of a request")]
pub enum Phase {
    Connect,
    FirstByte,
    Idle,
    Total,
}

impl FaultDetail {
    /// The kind of failure that a step has by it (L4.14).
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Auth | Self::Denied => FaultKind::Denied,
            Self::RateLimited { .. } => FaultKind::RateLimited,
            Self::Timeout(_) => FaultKind::Timeout,
            Self::ContextTooLong | Self::OutputCap => FaultKind::TooLong,
            Self::Refused => FaultKind::Refused,
            Self::Exhausted => FaultKind::Exhausted,
            Self::Invalid | Self::Truncated => FaultKind::Invalid,
            Self::Tool => FaultKind::ToolFailed,
            Self::OverBudget => FaultKind::OverBudget,
            Self::Overloaded
            | Self::Connect
            | Self::BadRequest
            | Self::Protocol
            | Self::NoCandidate
            | Self::Cancelled => FaultKind::Unavailable,
        }
    }
}
