use super::step::RunId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

/// Where something stands on the page, then in which round and item: what is compared wherever several could be first.
///
/// The numbers of a statement and of the rounds and items around it, once for each workflow from the outermost in.
pub(super) type Key = Arc<[u32]>;

type Heap = BinaryHeap<Reverse<(Key, RunId)>>;

/// Steps that may start, in the order of the page, and the places for calls.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Became ready just now; not yet through the caps around them.
    fresh: Heap,
    /// Wait for a place.
    calls: Heap,
    /// Need no place.
    others: Heap,
    /// Have a place already and want another for a further call.
    surplus: Heap,
    limit: u32,
    used: u32,
}

/// Whether a step needs a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Place,
    Nothing,
}

impl Queue {
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit.max(1);
    }

    pub fn add_fresh(&mut self, key: Key, run: RunId) {
        self.fresh.push(Reverse((key, run)));
    }

    pub fn next_fresh(&mut self) -> Option<RunId> {
        self.fresh.pop().map(|Reverse((_, run))| run)
    }

    pub fn add(&mut self, key: Key, run: RunId, needs: Needs) {
        match needs {
            Needs::Place => self.calls.push(Reverse((key, run))),
            Needs::Nothing => self.others.push(Reverse((key, run))),
        }
    }

    pub fn add_surplus(&mut self, key: Key, run: RunId) {
        self.surplus.push(Reverse((key, run)));
    }

    /// A step that wants a further place, if one is free. The place is not taken yet.
    pub fn next_surplus(&mut self) -> Option<RunId> {
        if self.used >= self.limit {
            return None;
        }
        self.surplus.pop().map(|Reverse((_, run))| run)
    }

    /// The first step on the page that may start now. The place is not taken yet.
    pub fn next(&mut self) -> Option<RunId> {
        let call = self.calls.peek().filter(|_| self.used < self.limit);
        let other_first = match (call, self.others.peek()) {
            (Some(Reverse((call, _))), Some(Reverse((other, _)))) => other <= call,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => return None,
        };
        let heap = if other_first { &mut self.others } else { &mut self.calls };
        heap.pop().map(|Reverse((_, run))| run)
    }

    pub fn take_place(&mut self) {
        self.used += 1;
    }

    pub fn try_place(&mut self) -> bool {
        let free = self.used < self.limit;
        self.used += u32::from(free);
        free
    }

    pub fn give_back(&mut self, places: u32) {
        self.used = self.used.saturating_sub(places);
    }
}

/// The cap of a block: how many of its arms run at once (L4.6).
#[derive(Debug)]
pub(super) struct Cap {
    limit: u32,
    held: u32,
    arms: BTreeMap<u32, Arm>,
}

/// The number of a [`Cap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CapId(pub u32);

#[derive(Debug)]
enum Arm {
    Parked(Vec<RunId>),
    Held,
}

impl Cap {
    pub fn new(limit: u32) -> Self {
        Self { limit: limit.max(1), held: 0, arms: BTreeMap::new() }
    }

    /// Whether the arm has its place; if not, the step is parked until it gets one.
    pub fn admit(&mut self, arm: u32, run: RunId) -> bool {
        match self.arms.get_mut(&arm) {
            Some(Arm::Held) => return true,
            Some(Arm::Parked(runs)) => {
                runs.push(run);
                return false;
            }
            None => {}
        }
        if self.held < self.limit {
            self.held += 1;
            self.arms.insert(arm, Arm::Held);
            return true;
        }
        self.arms.insert(arm, Arm::Parked(vec![run]));
        false
    }

    /// The arm is done; gives the steps of the arm that gets its place.
    pub fn release(&mut self, arm: u32) -> Vec<RunId> {
        if !matches!(self.arms.remove(&arm), Some(Arm::Held)) {
            return Vec::new();
        }
        let next = self.arms.iter_mut().find_map(|(_, arm)| match arm {
            Arm::Parked(runs) => Some((std::mem::take(runs), arm)),
            Arm::Held => None,
        });
        match next {
            Some((runs, arm)) => {
                *arm = Arm::Held;
                runs
            }
            None => {
                self.held = self.held.saturating_sub(1);
                Vec::new()
            }
        }
    }
}
