use crate::base::Place;
use smol_str::SmolStr;

/// The most calls that a run of a workflow can make, and how they come about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallBound {
    /// At most so many; `u64::MAX` is that many or more. The lists of `follows` are counted with one item each.
    pub calls: u64,
    /// Parameters whose lengths decide the rest, in the order in which they were met; empty where `calls` is the bound.
    pub follows: Vec<SmolStr>,
    /// How many of them the dearest step makes.
    pub share: u64,
    /// What that number is the product of, outermost first; the last one is the step itself. Empty without a call.
    pub dearest: Vec<Factor>,
}

/// What multiplies calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// By how much.
    pub times: u64,
    /// The statement.
    pub place: Place,
    /// What it is.
    pub kind: FactorKind,
}

/// What multiplies calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactorKind {
    /// A step, by this name, that is answered by a model: its turns, votes and re-asks.
    Step(SmolStr),
    /// The judge of a loop.
    Judge,
    /// A step, by this name, that calls a workflow, once.
    Workflow(SmolStr),
    /// The items of a fan-out.
    Items,
    /// The rounds of a loop.
    Rounds,
}

impl CallBound {
    /// What a model answers at one place.
    pub(super) fn of(calls: u64, place: Place, kind: FactorKind) -> Self {
        let dearest = if calls == 0 { Vec::new() } else { vec![Factor { times: calls, place, kind }] };
        Self { calls, share: calls, dearest, follows: Vec::new() }
    }

    /// Both happen.
    #[must_use]
    pub(super) fn and(mut self, other: Self) -> Self {
        self.calls = self.calls.saturating_add(other.calls);
        self.keep_dearest(other)
    }

    /// One of them happens.
    #[must_use]
    pub(super) fn or(mut self, other: Self) -> Self {
        self.calls = self.calls.max(other.calls);
        self.keep_dearest(other)
    }

    fn keep_dearest(mut self, other: Self) -> Self {
        for name in other.follows {
            self.follow(name);
        }
        if other.share > self.share {
            (self.share, self.dearest) = (other.share, other.dearest);
        }
        self
    }

    /// It happens so many times.
    #[must_use]
    pub(super) fn times(mut self, times: u64, place: Place, kind: FactorKind) -> Self {
        self.calls = self.calls.saturating_mul(times);
        self.share = self.share.saturating_mul(times);
        if !self.dearest.is_empty() {
            self.dearest.insert(0, Factor { times, place, kind });
        }
        self
    }

    /// The length of this parameter decides.
    pub(super) fn follow(&mut self, name: SmolStr) {
        if !self.follows.contains(&name) {
            self.follows.push(name);
        }
    }
}
