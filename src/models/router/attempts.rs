use super::jitter::jittered;
use super::{Settings, Verdict};
use crate::engine::effect::ModelRequest;
use crate::models::providers::dialect::encode;
use crate::models::providers::{Fault, Lost, Reply, Target, Transport, exchange};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The tries of one call on one candidate.
pub(super) struct Attempts<'a> {
    pub transport: &'a Transport,
    pub settings: Settings,
    pub seed: u64,
    pub request: &'a ModelRequest,
    pub target: &'a Target,
    /// When the call's own time is up.
    pub deadline: Instant,
}

/// How a candidate's tries ended.
pub(super) struct Tried {
    pub answer: Result<Reply, Fault>,
    pub attempts: u32,
    /// What the vendor does not hold the answer to.
    pub lost: Vec<Lost>,
}

impl Attempts<'_> {
    /// Asks until there is an answer, or a fault that another try does not mend.
    pub(super) async fn run(&self, mut hear: impl FnMut(&str) + Send) -> Tried {
        let encoded = match encode(self.request, self.target) {
            Ok(encoded) => encoded,
            Err(fault) => return Tried { answer: Err(fault), attempts: 0, lost: Vec::new() },
        };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let left = self.deadline.saturating_duration_since(Instant::now());
            let answer = exchange(self.transport, self.target.dialect, &encoded, left, &mut hear).await;
            let pause = answer.as_ref().err().and_then(|fault| self.pause(fault, attempts));
            match pause {
                Some(pause) => sleep(pause).await,
                None => return Tried { answer, attempts, lost: encoded.lost },
            }
        }
    }

    /// How long to pause before the next try here; `None` when there is none.
    fn pause(&self, fault: &Fault, attempts: u32) -> Option<Duration> {
        if Verdict::of(&fault.detail) != Verdict::Again || attempts >= self.settings.attempts {
            return None;
        }
        let base = self.settings.pause.saturating_mul(1 << (attempts - 1).min(6));
        let pause = jittered(base, self.seed, &self.request.idempotency_key, attempts);
        let pause = pause.max(fault.retry_after.unwrap_or_default());
        let left = self.deadline.saturating_duration_since(Instant::now());
        // Who asks for a longer rest than the others take to answer is not waited for.
        (pause < left && pause <= self.settings.pause.saturating_mul(20)).then_some(pause)
    }
}
