use crate::base::Decimal;
use serde::{Deserialize, Serialize};

/// `@tier(n)` is `n..n`; `@tier(0)` on a workflow is `0..0` (L3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tiers {
    /// Where it starts, 0 to 4.
    pub low: u8,
    /// How far it climbs, at most 4.
    pub high: u8,
}

/// What was written on a declaration or a step. Nothing is filled in: what holds is found at the call, step over agent
/// over workflow call over workflow over project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotations {
    /// `@tier`
    pub tier: Option<Tiers>,
    /// `@retry`: re-asks behind the first try.
    pub retry: Option<u32>,
    /// `@timeout`, in milliseconds.
    pub timeout_ms: Option<u64>,
    /// `@turns`
    pub turns: Option<u32>,
    /// `@votes`
    pub votes: Option<u32>,
    /// `@temperature`
    pub temperature: Option<Decimal>,
    /// `@max_tokens`
    pub max_tokens: Option<u32>,
    /// `@cache`
    pub cache: bool,
    /// `@budget`, in dollars.
    pub budget: Option<Decimal>,
}
