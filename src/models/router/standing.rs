use std::collections::BTreeMap;
use tokio::time::Instant;

/// How candidates fared in this run: who is benched, and who is left alone until when. By their place in the router's list.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    benched: BTreeMap<usize, String>,
    resting: BTreeMap<usize, Rest>,
}

#[derive(Clone, Debug)]
struct Rest {
    until: Instant,
    reason: RestReason,
}

/// Why a candidate is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RestReason {
    /// It said that it gets too many requests: a call may wait for it.
    RateLimit,
    /// It is out of credit: no call waits for that.
    Credit,
}

/// Whether a candidate can be asked at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Standpoint {
    Free,
    Resting(Instant, RestReason),
    Benched(String),
}

impl Standing {
    /// Whether a candidate can be asked now.
    pub(super) fn of(&self, candidate: usize, now: Instant) -> Standpoint {
        if let Some(reason) = self.benched.get(&candidate) {
            return Standpoint::Benched(reason.clone());
        }
        match self.resting.get(&candidate) {
            Some(rest) if rest.until > now => Standpoint::Resting(rest.until, rest.reason),
            _ => Standpoint::Free,
        }
    }

    /// Takes a candidate out of the run.
    pub(super) fn bench(&mut self, candidate: usize, reason: &str) {
        self.benched.entry(candidate).or_insert_with(|| reason.to_owned());
    }

    /// Leaves a candidate alone until then; a rest that is longer already stays.
    pub(super) fn rest(&mut self, candidate: usize, until: Instant, reason: RestReason) {
        let rest = self.resting.entry(candidate).or_insert(Rest { until, reason });
        if rest.until < until {
            *rest = Rest { until, reason };
        }
    }

    /// A candidate answered.
    pub(super) fn answered(&mut self, candidate: usize) {
        self.resting.remove(&candidate);
    }
}
