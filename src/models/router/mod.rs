//! Which candidate answers a call.
//!
//! A *call* is answered by one candidate of its tier; the *attempts* that it takes to get there are made here. A transient
//! fault is tried again on the same candidate after a short pause, then the next one gets the call, down the whole chain. A
//! rate limit is waited for, a missing key or model benches its candidate for the run. What a model said is never judged
//! here: an answer that is refused, cut or of the wrong shape ends the call, and the step's `@retry` decides.
//!
//! `order` is the one place that says who is asked next, and [`Standing`] the one that remembers how candidates
//! fared: health, scores and cooling belong there. Not here: how a vendor is spoken to (`providers`).

mod attempts;
mod call;
mod chain;
mod failure;
mod jitter;
mod price;
#[expect(clippy::module_inception, reason = "the main type of the room, as `docs/architecture.md` names it")]
mod router;
mod settings;
mod standing;
mod verdict;

pub use price::cost;
pub use router::Router;
pub use settings::Settings;
pub use standing::Standing;
pub use verdict::Verdict;
