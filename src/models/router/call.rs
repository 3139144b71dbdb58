use super::attempts::{Attempts, Tried};
use super::chain::{Candidate, Next, Order, order};
use super::failure::{Failed, limited_for_too_long, nobody_answered};
use super::jitter::jittered;
use super::standing::RestReason;
use super::{Router, Verdict, cost};
use crate::engine::effect::{
    Answered, CallFault, CallStats, Delta, DeltaSink, EventKind, FaultDetail, ModelReply, ModelRequest,
    Phase, RouteSkip,
};
use crate::models::providers::{Fault, Reply, spoken};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// A candidate that is out of credit is left alone for so long.
const CREDIT_REST: Duration = Duration::from_mins(10);

/// One call on its way through the candidates of its tier.
pub(super) struct Call<'a> {
    router: &'a Router,
    request: &'a ModelRequest,
    deltas: &'a dyn DeltaSink,
    candidates: &'a [Candidate],
    /// When the call's own time is up; waiting for rate limits puts it off.
    deadline: Instant,
    waited: Duration,
    /// Rate limits met so far, over all candidates.
    limits: u32,
    attempts: u32,
    done: BTreeSet<usize>,
    failed: Vec<Failed>,
    /// Who failed last and has not been followed yet.
    leaving: Option<(SmolStr, String)>,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        router: &'a Router,
        request: &'a ModelRequest,
        deltas: &'a dyn DeltaSink,
        candidates: &'a [Candidate],
    ) -> Self {
        Self {
            router,
            request,
            deltas,
            candidates,
            deadline: Instant::now() + Duration::from_millis(request.timeout_ms),
            waited: Duration::ZERO,
            limits: 0,
            attempts: 0,
            done: BTreeSet::new(),
            failed: Vec::new(),
            leaving: None,
        }
    }

    /// Goes down the chain until somebody answers or nobody is left.
    pub(super) async fn run(mut self) -> Answered {
        loop {
            let Order { next, skipped } =
                order(self.candidates, self.request, &self.done, &self.router.standing(), Instant::now());
            match next {
                Next::Ask(candidate) => {
                    self.announce(&candidate, skipped);
                    if let Some(answered) = self.ask(&candidate).await {
                        return answered;
                    }
                }
                Next::Wait(until) => {
                    if let Some(fault) = self.wait(until).await {
                        return self.fault(fault);
                    }
                }
                Next::Nobody => {
                    self.leave(None);
                    let fault = nobody_answered(&self.failed, &skipped);
                    return self.fault(fault);
                }
            }
        }
    }

    async fn ask(&mut self, candidate: &Candidate) -> Option<Answered> {
        let attempts = Attempts {
            transport: &self.router.transport,
            settings: self.router.settings,
            seed: self.router.seed,
            request: self.request,
            target: &candidate.target,
            deadline: self.deadline,
        };
        let (deltas, step) = (self.deltas, &self.request.step);
        let tried: Tried = attempts.run(|text| deltas.delta(step, Delta::Text(text.to_owned()))).await;
        self.attempts += tried.attempts;
        self.router.tell_lost(candidate, &tried.lost, |event| deltas.delta(step, Delta::Route(event)));
        match tried.answer {
            Ok(reply) => Some(self.reply(candidate, reply)),
            Err(fault) => self.failed(candidate, tried.attempts, fault),
        }
    }

    fn reply(&self, candidate: &Candidate, reply: Reply) -> Answered {
        self.router.standing().answered(candidate.id);
        let usage = cost(self.request, &reply, candidate.target.prices.as_ref());
        let model = Some(candidate.target.name.clone());
        let stats = CallStats { model, attempts: self.attempts, usage, ..CallStats::default() };
        Answered::Reply(ModelReply {
            text: reply.text,
            tool_calls: reply.tool_calls,
            stop: reply.stop,
            stats,
        })
    }

    /// Decides what a fault means; `Some` when the call is over by it.
    fn failed(&mut self, candidate: &Candidate, attempts: u32, fault: Fault) -> Option<Answered> {
        let name = candidate.target.name.clone();
        self.leaving = Some((name.clone(), fault.message.clone()));
        let out_of_time = Instant::now() >= self.deadline;
        let verdict = Verdict::of(&fault.detail);
        match verdict {
            Verdict::Bench => self.router.standing().bench(candidate.id, &fault.message),
            Verdict::Rest => {
                let until = Instant::now() + CREDIT_REST;
                self.router.standing().rest(candidate.id, until, RestReason::Credit);
                self.cooled(&name, CREDIT_REST);
            }
            Verdict::Wait => self.limited(candidate, &fault),
            Verdict::Again | Verdict::Next | Verdict::Over => {}
        }
        if verdict != Verdict::Wait {
            self.done.insert(candidate.id);
        }
        self.remember(Failed { model: name, attempts, fault });
        if verdict == Verdict::Over || out_of_time {
            self.leave(None);
            let fault = if verdict == Verdict::Over { self.last_fault() } else { self.out_of_time() };
            return Some(self.fault(fault));
        }
        None
    }

    /// A candidate that is asked again after its limit is still one line of the report.
    fn remember(&mut self, failed: Failed) {
        match self.failed.iter_mut().find(|it| it.model == failed.model) {
            Some(before) => {
                before.attempts += failed.attempts;
                before.fault = failed.fault;
            }
            None => self.failed.push(failed),
        }
    }

    /// A rate limit cools exactly as long as it says; one that says nothing, longer from time to time.
    fn limited(&mut self, candidate: &Candidate, fault: &Fault) {
        self.limits += 1;
        let guess = self.router.settings.pause.saturating_mul(2 << self.limits.min(7));
        let guess = jittered(guess, self.router.seed, &self.request.idempotency_key, self.limits);
        let shortest = Duration::from_millis(50);
        let rest = fault.retry_after.unwrap_or(guess).max(shortest);
        self.router.standing().rest(candidate.id, Instant::now() + rest, RestReason::RateLimit);
        self.cooled(&candidate.target.name, rest);
    }

    /// Waits until somebody is free; a fault when that takes longer than a call may wait.
    async fn wait(&mut self, until: Instant) -> Option<CallFault> {
        let wait = until.saturating_duration_since(Instant::now());
        let allowed = self.router.settings.max_wait;
        if self.waited + wait > allowed {
            self.leave(None);
            return Some(limited_for_too_long(&self.failed, &spoken(wait), &spoken(allowed)));
        }
        self.waited += wait;
        self.deadline += wait;
        let for_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self.deltas.delta(&self.request.step, Delta::Held(for_ms));
        sleep_until(until).await;
        None
    }

    fn announce(&mut self, candidate: &Candidate, skipped: Vec<RouteSkip>) {
        let name = candidate.target.name.clone();
        match self.leaving.as_ref() {
            Some((from, _)) if *from == name => self.leaving = None,
            Some(_) => self.leave(Some(name)),
            None => self.route(EventKind::RouteChosen { model: name, skipped }),
        }
    }

    fn leave(&mut self, to: Option<SmolStr>) {
        if let Some((from, message)) = self.leaving.take() {
            self.route(EventKind::RouteFailover { from, to, message });
        }
    }

    fn cooled(&self, model: &SmolStr, rest: Duration) {
        let for_ms = u64::try_from(rest.as_millis()).unwrap_or(u64::MAX);
        self.route(EventKind::RouteCooled { model: model.clone(), for_ms });
    }

    fn route(&self, event: EventKind) {
        self.deltas.delta(&self.request.step, Delta::Route(event));
    }

    fn last_fault(&self) -> CallFault {
        let last = self.failed.last();
        let detail = last.map_or(FaultDetail::NoCandidate, |it| it.fault.detail.clone());
        let message = last.map(|it| format!("{}: {}", it.model, it.fault.message)).unwrap_or_default();
        CallFault { detail, message: message.into() }
    }

    fn out_of_time(&self) -> CallFault {
        let all = nobody_answered(&self.failed, &[]);
        let limit = spoken(Duration::from_millis(self.request.timeout_ms));
        let message = format!("timed out after {limit} ({})", all.message);
        CallFault { detail: FaultDetail::Timeout(Phase::Total), message: message.into() }
    }

    fn fault(&self, fault: CallFault) -> Answered {
        Answered::Fault(fault, CallStats { attempts: self.attempts, ..CallStats::default() })
    }
}
