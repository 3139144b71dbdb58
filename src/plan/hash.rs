use super::Plan;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The SHA-256 of a plan's serialised form: two plans of one hash run alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanHash([u8; 32]);

impl Plan {
    /// The hash of this plan.
    pub fn hash(&self) -> PlanHash {
        let mut digest = Sha256::new();
        // Writing to a digest cannot fail, and every part of a plan has a serialised form.
        let _ = serde_json::to_writer(&mut digest, self);
        PlanHash(digest.finalize().into())
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for PlanHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PlanHash({self})")
    }
}
