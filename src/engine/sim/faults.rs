use super::hash::Dice;
use crate::engine::effect::{CallFault, FaultDetail, Phase, Stop};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What goes wrong on purpose, for tests.
#[derive(Clone, Debug, Default)]
pub struct FaultSchedule {
    /// By the step's path without rounds and the number of the call there.
    written: BTreeMap<(String, u32), Mishap>,
    /// In so many of a hundred calls something goes wrong, as the seed says.
    percent: u8,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Mishap {
    /// The call fails.
    Fault(FaultDetail),
    /// A model answers this; a tool or a person is not touched by it.
    Reply(String, Stop),
    /// Nothing comes back.
    Hang,
    /// The answer comes after so many milliseconds.
    Late(u64),
}

impl FaultSchedule {
    /// Something goes wrong in `percent` of a hundred calls, as the seed says: the faults of the outside, replies that
    /// cannot be read, replies that break off.
    pub fn seeded(percent: u8) -> Self {
        Self { written: BTreeMap::new(), percent }
    }

    /// Adds a mishap: the call of this number (from 0) at this path without rounds.
    #[must_use]
    pub fn with(mut self, path: &str, number: u32, mishap: Mishap) -> Self {
        self.written.insert((path.to_owned(), number), mishap);
        self
    }

    /// What goes wrong in a call.
    pub(super) fn mishap(&self, seed: u64, path: &str, number: u32) -> Option<Mishap> {
        if let Some(mishap) = self.written.get(&(path.to_owned(), number)) {
            return Some(mishap.clone());
        }
        let mut dice = Dice::of(seed, &["mishap", path, &number.to_string()]);
        (dice.below(100) < u64::from(self.percent)).then(|| any(dice.below(10)))
    }
}

fn any(which: u64) -> Mishap {
    match which {
        0 => Mishap::Fault(FaultDetail::Overloaded),
        1 => Mishap::Fault(FaultDetail::Timeout(Phase::FirstByte)),
        2 => Mishap::Fault(FaultDetail::RateLimited { retry_after_ms: Some(1_000) }),
        3 => Mishap::Fault(FaultDetail::Refused),
        4 => Mishap::Fault(FaultDetail::ContextTooLong),
        5 => Mishap::Fault(FaultDetail::Exhausted),
        6 => Mishap::Reply(String::new(), Stop::End),
        7 => Mishap::Reply("I would rather talk about the weather.".to_owned(), Stop::End),
        8 => Mishap::Reply("{\"answer\": [".to_owned(), Stop::OutputCap),
        _ => Mishap::Reply("{\"answer\": [".to_owned(), Stop::Unfinished),
    }
}

/// A fault as an effect reports it.
pub(super) fn reported(detail: FaultDetail) -> CallFault {
    let message: Arc<str> = format!("simulated fault: {}", detail.kind()).into();
    CallFault { detail, message }
}
