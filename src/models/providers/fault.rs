use crate::engine::effect::{CallFault, FaultDetail};
use std::time::Duration;

/// Why one try on one candidate gave no reply.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What it is exactly.
    pub detail: FaultDetail,
    /// One line for a person, in lower case, without the candidate's name and without secrets.
    pub message: String,
    /// How long the vendor asks to be left alone, where it said so.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// A fault of this kind.
    pub fn new(detail: FaultDetail, message: impl Into<String>) -> Self {
        Self { detail, message: message.into(), retry_after: None }
    }

    /// With what the vendor said about when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        if let FaultDetail::RateLimited { retry_after_ms } = &mut self.detail {
            *retry_after_ms = wait.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        }
        self
    }
}

impl From<Fault> for CallFault {
    fn from(fault: Fault) -> Self {
        Self { detail: fault.detail, message: fault.message.into() }
    }
}
