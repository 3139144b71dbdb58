use crate::engine::effect::{Delta, DeltaSink, Event, EventKind, EventSink, StepPath};
use crate::engine::machine::EffectId;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::time::Instant;

/// Where the events of a run come together: those of the machine, and those that only a running effect knows.
///
/// Numbers are given here, so that there are no gaps whatever comes in between.
pub(super) struct Hub {
    run: Arc<str>,
    began: Instant,
    sink: Arc<dyn EventSink>,
    seq: AtomicU64,
    /// Held while an event is numbered and passed on, so that the sink sees them in order.
    order: Mutex<()>,
}

impl Hub {
    pub fn new(run: Arc<str>, sink: Arc<dyn EventSink>) -> Self {
        Self { run, began: Instant::now(), sink, seq: AtomicU64::new(0), order: Mutex::new(()) }
    }

    /// Milliseconds since the run began.
    pub fn at(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub fn pass(&self, mut event: Event) {
        let _in_order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        event.seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        self.sink.event(&event);
    }
}

/// Where the deltas of one call go.
pub(super) struct CallDeltas {
    pub hub: Arc<Hub>,
    pub round: Option<u32>,
    pub id: EffectId,
    pub holds: Arc<Holds>,
}

/// Calls that began to wait for a rate limit and that the machine does not know of yet: one at most of each in flight.
#[derive(Default)]
pub(super) struct Holds {
    waiting: Mutex<VecDeque<(EffectId, u64)>>,
    came: Notify,
}

impl Holds {
    fn push(&self, id: EffectId, for_ms: u64) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back((id, for_ms));
        self.came.notify_one();
    }

    /// Waits for the next one. May be dropped at any point.
    pub async fn next(&self) -> (EffectId, u64) {
        loop {
            let first = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match first {
                Some(first) => return first,
                None => self.came.notified().await,
            }
        }
    }
}

impl DeltaSink for CallDeltas {
    fn delta(&self, step: &StepPath, delta: Delta) {
        let kind = match delta {
            Delta::Text(text) => EventKind::StepDelta { text },
            Delta::Route(kind) => kind,
            Delta::Held(for_ms) => return self.holds.push(self.id, for_ms),
        };
        let (run, at) = (Arc::clone(&self.hub.run), self.hub.at());
        self.hub.pass(Event { run, seq: 0, at, step: Some(Arc::clone(step)), round: self.round, kind });
    }
}
