use super::call::Call;
use super::chain::Candidate;
use super::{Settings, Standing};
use crate::engine::effect::{
    Answered, BoxFuture, CallFault, CallStats, DeltaSink, EventKind, FaultDetail, ModelClient, ModelRequest,
};
use crate::models::providers::{Lost, Offer, Target, Transport};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The real [`ModelClient`]: answers calls through the usable candidates of their tiers.
#[derive(Debug)]
pub struct Router {
    offer: Offer,
    tiers: BTreeMap<u8, Vec<Candidate>>,
    standing: Mutex<Standing>,
    said: Mutex<BTreeSet<(usize, String)>>,
    pub(super) transport: Transport,
    pub(super) settings: Settings,
    pub(super) seed: u64,
}

impl Router {
    /// A router over these candidates. Pauses are jittered by `seed`. Nothing is opened before the first call.
    pub fn new(offer: Offer, settings: Settings, seed: u64) -> Self {
        let tiers = number(&offer);
        Self {
            offer,
            tiers,
            standing: Mutex::default(),
            said: Mutex::default(),
            transport: Transport::new(settings.deadlines),
            settings,
            seed,
        }
    }

    /// The candidates it was made with.
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what a vendor does not hold an answer to, once a candidate and loss.
    pub(super) fn tell_lost(&self, candidate: &Candidate, lost: &[Lost], tell: impl FnOnce(EventKind)) {
        let lost: Vec<String> = lost.iter().map(ToString::to_string).collect();
        let key = (candidate.id, lost.join("\n"));
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !lost.is_empty() && said.insert(key) {
            drop(said);
            tell(EventKind::RouteLoosened { model: candidate.target.name.clone(), lost });
        }
    }
}

/// A model that stands in several tiers is one candidate: what is learnt of it in one holds in all.
fn number(offer: &Offer) -> BTreeMap<u8, Vec<Candidate>> {
    let mut known: Vec<Arc<Target>> = Vec::new();
    let mut tiers = BTreeMap::new();
    for tier in offer.tiers.keys() {
        let candidates = offer.usable(*tier).map(|target| {
            let id = known.iter().position(|it| it.name == target.name).unwrap_or_else(|| {
                known.push(Arc::clone(target));
                known.len() - 1
            });
            Candidate { id, target: Arc::clone(target) }
        });
        let candidates: Vec<Candidate> = candidates.collect();
        tiers.insert(*tier, candidates);
    }
    tiers
}

impl ModelClient for Router {
    fn call<'a>(&'a self, request: &'a ModelRequest, deltas: &'a dyn DeltaSink) -> BoxFuture<'a, Answered> {
        let candidates = self.tiers.get(&request.tier).map(Vec::as_slice).unwrap_or_default();
        if let Err(no_model) = self.offer.require([request.tier]) {
            let help = no_model.help().replace('\n', "; ");
            let fault =
                CallFault { detail: FaultDetail::NoCandidate, message: format!("{no_model}: {help}").into() };
            return Box::pin(std::future::ready(Answered::Fault(fault, CallStats::default())));
        }
        Box::pin(Call::new(self, request, deltas, candidates).run())
    }
}
