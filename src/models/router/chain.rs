use super::price::asked_bytes;
use super::standing::{RestReason, Standing, Standpoint};
use crate::engine::effect::{ModelRequest, RouteSkip};
use crate::models::providers::Target;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// A candidate of a tier, by its place in the router's list.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub id: usize,
    pub target: Arc<Target>,
}

/// Who gets a call next.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub next: Next,
    /// Those that stand before the next one and are not asked, and why.
    pub skipped: Vec<RouteSkip>,
}

/// What happens next with a call.
#[derive(Clone, Debug)]
pub(super) enum Next {
    /// Ask this one.
    Ask(Candidate),
    /// Nobody is free before then.
    Wait(Instant),
    /// Nobody is left.
    Nobody,
}

/// The order of a tier's candidates for a call: the configured one, less those that had their chance in this call, are not
/// able, or are not free.
pub(super) fn order(
    candidates: &[Candidate],
    request: &ModelRequest,
    done: &BTreeSet<usize>,
    standing: &Standing,
    now: Instant,
) -> Order {
    let mut skipped = Vec::new();
    let mut soonest: Option<Instant> = None;
    for candidate in candidates.iter().filter(|it| !done.contains(&it.id)) {
        let name = &candidate.target.name;
        if let Some(reason) = unable(&candidate.target, request) {
            skipped.push(skip(name, reason));
            continue;
        }
        match standing.of(candidate.id, now) {
            Standpoint::Free => return Order { next: Next::Ask(candidate.clone()), skipped },
            Standpoint::Benched(reason) => {
                skipped.push(skip(name, format!("benched for this run: {reason}")));
            }
            Standpoint::Resting(until, RestReason::RateLimit) => {
                soonest = Some(soonest.map_or(until, |before| before.min(until)));
                skipped.push(skip(name, "rate-limited".into()));
            }
            Standpoint::Resting(_, RestReason::Credit) => skipped.push(skip(name, "out of credit".into())),
        }
    }
    Order { next: soonest.map_or(Next::Nobody, Next::Wait), skipped }
}

fn skip(model: &SmolStr, reason: String) -> RouteSkip {
    RouteSkip { model: model.clone(), reason }
}

/// The room that an answer needs at the very least.
const SMALLEST_ANSWER: u64 = 64;

/// Why a model cannot answer this call, whatever its state. What is asked is counted sparingly, four bytes a token: a model
/// that might do is asked, and says so itself if it does not.
fn unable(target: &Target, request: &ModelRequest) -> Option<String> {
    if !request.tools.is_empty() && !target.abilities.tools {
        return Some("it cannot call tools".into());
    }
    let asked = u64::try_from(asked_bytes(request) / 4).unwrap_or(u64::MAX);
    let needed = asked.saturating_add(SMALLEST_ANSWER);
    match target.context {
        Some(window) if needed > window => {
            Some(format!("about {needed} tokens do not fit its window of {window}"))
        }
        _ => None,
    }
}
