use crate::engine::effect::{FaultDetail, Phase};

/// What a fault means for the call that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Once more here, then the next candidate.
    Again,
    /// The next candidate.
    Next,
    /// The next candidate; this one is not asked again in this run.
    Bench,
    /// The next candidate; this one is left alone for ten minutes.
    Rest,
    /// The next candidate; this one when its limit allows it.
    Wait,
    /// The call is over: nothing that another candidate could mend.
    Over,
}

impl Verdict {
    /// The verdict on a fault.
    pub fn of(detail: &FaultDetail) -> Self {
        match detail {
            FaultDetail::Overloaded
            | FaultDetail::Connect
            | FaultDetail::Protocol
            | FaultDetail::Timeout(Phase::Connect | Phase::FirstByte | Phase::Idle) => Self::Again,
            // Another model may have a larger window, or a vendor that takes what this one refuses as malformed.
            FaultDetail::BadRequest | FaultDetail::ContextTooLong | FaultDetail::Timeout(Phase::Total) => {
                Self::Next
            }
            FaultDetail::Auth | FaultDetail::NoCandidate => Self::Bench,
            FaultDetail::Exhausted => Self::Rest,
            FaultDetail::RateLimited { .. } => Self::Wait,
            FaultDetail::Refused
            | FaultDetail::Invalid
            | FaultDetail::Truncated
            | FaultDetail::OutputCap
            | FaultDetail::Denied
            | FaultDetail::Tool
            | FaultDetail::OverBudget
            | FaultDetail::Cancelled => Self::Over,
        }
    }
}
