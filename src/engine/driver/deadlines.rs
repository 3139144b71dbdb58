use crate::engine::machine::TimerId;
use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use tokio::time::{Instant, Sleep, sleep_until};

/// The deadlines of a run behind a single timer of tokio.
///
/// The timer is never armed later than the first deadline; one that was stopped leaves it early, which costs a wake-up
/// in which nothing is due.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    due: BTreeSet<(Instant, TimerId)>,
    by_id: HashMap<TimerId, Instant>,
    armed: Option<Pin<Box<Sleep>>>,
}

impl Deadlines {
    pub fn set(&mut self, id: TimerId, at: Instant) {
        self.due.insert((at, id));
        self.by_id.insert(id, at);
    }

    pub fn stop(&mut self, id: TimerId) {
        if let Some(at) = self.by_id.remove(&id) {
            self.due.remove(&(at, id));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Waits for the first deadline and takes it off. For ever, if there is none. May be dropped at any point.
    pub async fn next(&mut self) -> TimerId {
        loop {
            let Some((first, id)) = self.due.first().copied() else {
                return std::future::pending().await;
            };
            if first <= Instant::now() {
                self.stop(id);
                return id;
            }
            let armed = self.armed.get_or_insert_with(|| Box::pin(sleep_until(first)));
            if armed.is_elapsed() || first < armed.deadline() {
                armed.as_mut().reset(first);
            }
            armed.as_mut().await;
        }
    }
}
