use crate::engine::effect::{Delta, DeltaSink, Event, EventKind, EventSink, StepPath};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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
}

impl DeltaSink for CallDeltas {
    fn delta(&self, step: &StepPath, delta: Delta) {
        let kind = match delta {
            Delta::Text(text) => EventKind::StepDelta { text },
            Delta::Route(kind) => kind,
        };
        let (run, at) = (Arc::clone(&self.hub.run), self.hub.at());
        self.hub.pass(Event { run, seq: 0, at, step: Some(Arc::clone(step)), round: self.round, kind });
    }
}
