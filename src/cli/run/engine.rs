use super::options::Options;
use super::outside::{Answers, Outside};
use super::sink::Sinks;
use crate::cli::{Refusal, Screen};
use crate::engine::driver::{self, Effects, MemoryJournal};
use crate::engine::effect::{
    AskRequest, BoxFuture, CallFault, FaultDetail, ModelClient, Outcome, People, Start, ToolHost, ToolOutput,
    ToolRequest,
};
use crate::engine::eval::{Date, Value};
use crate::engine::sim::{SimModels, SimPeople, SimTools, SimWorld};
use crate::plan::{Plan, WorkflowId};
use jiff::ZonedDateTime;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A run that is over.
pub(super) struct Ended {
    /// Its id.
    pub run: Arc<str>,
    /// What became of it; `None` where a person did not wait for that.
    pub outcome: Option<Outcome>,
    /// Whether a person stopped it.
    pub interrupted: bool,
}

/// Runs a workflow to its end, or to the second Ctrl-C.
///
/// One thread does it all: what takes time is waiting for models, which needs no second one.
pub(super) fn perform(
    plan: &Arc<Plan>,
    workflow: WorkflowId,
    arguments: Vec<Value>,
    options: &Options,
    outside: Outside,
    sinks: &Arc<Sinks>,
    screen: Screen,
) -> Result<Ended, Refusal> {
    let start = start(workflow, arguments, options, &outside);
    let run = Arc::clone(&start.run);
    let cancel = CancellationToken::new();
    let effects = effects(plan, outside, sinks, &cancel);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Refusal::no(format!("the run could not start: {error}")))?;
    runtime.block_on(drive(driver::run(Arc::clone(plan), start, effects), &cancel, run, screen))
}

async fn drive(
    driven: impl Future<Output = Result<Outcome, driver::DriveError>>,
    cancel: &CancellationToken,
    run: Arc<str>,
    screen: Screen,
) -> Result<Ended, Refusal> {
    tokio::pin!(driven);
    let mut interrupted = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut driven => {
                let outcome = ended.map_err(|error| Refusal::no(format!("the run broke off: {error}")))?;
                return Ok(Ended { run, outcome: Some(outcome), interrupted });
            }
            pressed = tokio::signal::ctrl_c() => {
                if interrupted || pressed.is_err() {
                    return Ok(Ended { run, outcome: None, interrupted: true });
                }
                interrupted = true;
                cancel.cancel();
                screen.say("stopping: nothing new starts, and what runs is cancelled; Ctrl-C again leaves at once");
            }
        }
    }
}

fn start(workflow: WorkflowId, args: Vec<Value>, options: &Options, outside: &Outside) -> Start {
    let limits = &outside.config.limits;
    let configured = limits.timeout.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    let (today, now) = if outside.is_simulated() { fixed_day() } else { this_day() };
    Start {
        run: ulid::Ulid::generate().to_string().into(),
        workflow,
        args,
        today,
        now,
        max_parallel: options.max_parallel.unwrap_or(limits.max_parallel),
        timeout_ms: options.timeout.or(configured),
        default_tier: outside.config.default_tier,
        tool_result_tokens: limits.tool_result,
        value_tokens: limits.value,
        simulated: outside.is_simulated(),
        people: outside.is_simulated(),
    }
}

/// A simulation happens on one day for ever, or it would not be the same twice (L5.5).
fn fixed_day() -> (Date, Arc<str>) {
    (Date { year: 2025, month: 1, day: 1 }, "2025-01-01T00:00:00Z".into())
}

fn this_day() -> (Date, Arc<str>) {
    let now = ZonedDateTime::now();
    let date = now.date();
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let today = Date {
        year: u16::try_from(date.year()).unwrap_or(1),
        month: part(date.month()),
        day: part(date.day()),
    };
    (today, now.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().into())
}

fn effects(plan: &Arc<Plan>, outside: Outside, sinks: &Arc<Sinks>, cancel: &CancellationToken) -> Effects {
    let events = Arc::clone(sinks) as Arc<dyn crate::engine::effect::EventSink>;
    let (models, tools, people): (Arc<dyn ModelClient>, Arc<dyn ToolHost>, Arc<dyn People>) =
        match outside.answers {
            Answers::Simulated { seed } => {
                let world = Arc::new(SimWorld::new(Arc::clone(plan), seed));
                let (models, tools) = (SimModels::new(Arc::clone(&world)), SimTools::new(Arc::clone(&world)));
                (Arc::new(models), Arc::new(tools), Arc::new(SimPeople::new(world)))
            }
            Answers::Models(router) => (router, Arc::new(Nobody), Arc::new(Nobody)),
        };
    Effects { models, tools, people, journal: Box::new(MemoryJournal::new()), events, cancel: cancel.clone() }
}

/// Stands where a real run has nobody yet. Runs that need it are refused before they start.
struct Nobody;

impl Nobody {
    fn fault(what: &str) -> CallFault {
        CallFault { detail: FaultDetail::Denied, message: format!("{what} only in a simulation").into() }
    }
}

impl ToolHost for Nobody {
    fn run<'a>(&'a self, request: &'a ToolRequest) -> BoxFuture<'a, Result<ToolOutput, CallFault>> {
        Box::pin(async move { Err(Self::fault(&format!("`{}` is a tool, which runs", request.name))) })
    }
}

impl People for Nobody {
    fn ask<'a>(&'a self, _: &'a AskRequest) -> BoxFuture<'a, Result<Value, CallFault>> {
        Box::pin(async { Err(Self::fault("people are asked")) })
    }
}
