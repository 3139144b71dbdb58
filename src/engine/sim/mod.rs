//! Seeded fakes of every effect: `--no-llm` (`runtime.md` §3).
//!
//! Everything is a function of the seed, the step's path without its rounds, and the number of the call there, so that the
//! same run gives the same values in whatever order its steps finish. A [`SimWorld`] holds the plan, the seed and what
//! goes wrong on purpose; [`SimModels`], [`SimTools`] and [`SimPeople`] are its three faces. Not here: pure tools,
//! templates, gates and checks, which are real in a simulation too.

mod choices;
mod faults;
mod hash;
mod judge;
mod models;
mod people;
mod sample;
mod sampler;
mod tools;
mod world;

pub use faults::{FaultSchedule, Mishap};
pub use models::SimModels;
pub use people::SimPeople;
pub use sample::{Draw, Naming, Sampled, Unmet, sample};
pub use sampler::SimSampler;
pub use tools::SimTools;
pub use world::SimWorld;
