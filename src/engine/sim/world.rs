use super::faults::{FaultSchedule, Mishap};
use super::sample::{Draw, Sampled, Unmet, sample};
use crate::plan::{Plan, Type};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a simulated run is made of.
#[derive(Debug)]
pub struct SimWorld {
    plan: Arc<Plan>,
    seed: u64,
    delay: Duration,
    faults: FaultSchedule,
    unmet: Mutex<BTreeSet<Unmet>>,
}

impl SimWorld {
    /// A world in which everything succeeds at once.
    pub fn new(plan: Arc<Plan>, seed: u64) -> Self {
        Self {
            plan,
            seed,
            delay: Duration::ZERO,
            faults: FaultSchedule::default(),
            unmet: Mutex::new(BTreeSet::new()),
        }
    }

    /// Every effect takes so long.
    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Things go wrong.
    #[must_use]
    pub fn with_faults(self, faults: FaultSchedule) -> Self {
        Self { faults, ..self }
    }

    /// `require`s that no draw has met so far, for the banner.
    pub fn unmet(&self) -> Vec<Unmet> {
        self.unmet.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(super) fn sample(&self, ty: &Type, draw: Place<'_>) -> Sampled {
        let draw = Draw { seed: self.seed, path: draw.path, number: draw.number, naming: draw.naming };
        let sampled = sample(&self.plan, ty, &draw);
        if !sampled.unmet.is_empty() {
            let mut unmet = self.unmet.lock().unwrap_or_else(PoisonError::into_inner);
            unmet.extend(sampled.unmet.iter().cloned());
        }
        sampled
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Waits as long as the effect takes; then says what goes wrong with it.
    pub(super) async fn pass(&self, path: &str, number: u32) -> Option<Mishap> {
        let mishap = self.faults.mishap(self.seed, path, number);
        let late =
            if let Some(Mishap::Late(ms)) = mishap { Duration::from_millis(ms) } else { Duration::ZERO };
        let delay = self.delay + late;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if mishap == Some(Mishap::Hang) {
            std::future::pending::<()>().await;
        }
        mishap
    }
}

/// Where and for whom something is drawn.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) path: &'a str,
    pub(super) number: u32,
    pub(super) naming: &'a super::Naming,
}
