//! Asking models: tries, turns and re-asks of an agent or a judge.

use super::failure::Fault;
use super::step::{Called, Job, Run, RunId, Work};
use super::{Command, EffectId, Machine};
use crate::base::Decimal;
use crate::engine::effect::{
    Answered, CallFault, CallStats, EventKind, FaultDetail, Message, ModelReply, ModelRequest, Stop,
    ToolCall, ToolSpec,
};
use crate::engine::eval::rubric::Judgement;
use crate::engine::eval::{
    Answer, Args, Expected, Requires, Value, answer_schema, bounds_text, eval_text, params_schema,
    read_answer,
};
use crate::plan::{AgentId, Annotations, ExprId, FaultKind, Plan, RubricId, TextMax, Tiers, ToolId, Type};
use std::collections::HashMap;
use std::sync::Arc;

/// Milliseconds of an agent or rubric without `@timeout`.
const AGENT_TIMEOUT: u64 = 300_000;
/// Rounds of tool use without `@turns`.
const TURNS: u32 = 8;
/// The output cap without `@max_tokens`.
const MAX_TOKENS: u32 = 4096;
/// Tools that a model may call in one turn (L8.2).
const TOOLS_A_TURN: usize = 8;

/// What requests of one agent or prompt have in common.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    agents: HashMap<AgentId, Arc<Parts>>,
    prompts: HashMap<ExprId, Arc<Parts>>,
}

#[derive(Debug)]
struct Parts {
    bounds: String,
    schema: Option<Arc<serde_json::Value>>,
    tools: Vec<ToolId>,
    specs: Vec<ToolSpec>,
}

/// A step that asks a model.
#[derive(Debug)]
pub(super) struct Asking {
    pub system: String,
    pub expected: Expected,
    pub schema: Option<Arc<serde_json::Value>>,
    pub tools: Vec<ToolId>,
    pub specs: Vec<ToolSpec>,
    pub settings: Settings,
    /// One; for a rubric, one a vote.
    pub talks: Vec<Talk>,
    /// The rubric and its arguments.
    pub rubric: Option<(RubricId, Vec<Value>)>,
}

/// What the annotations come to.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub tiers: Tiers,
    /// Where this round starts.
    pub first: u8,
    pub retry: u32,
    pub turns: u32,
    pub timeout: u64,
    pub temperature: Option<Decimal>,
    pub max_tokens: u32,
    pub cache: bool,
    pub votes: u32,
}

/// A conversation with a model.
#[derive(Debug, Default)]
pub(super) struct Talk {
    pub messages: Vec<Message>,
    pub turn: u32,
    pub rejected: u32,
    /// The tools of this turn, with what they answered.
    pub tools: Vec<(ToolCall, Option<String>)>,
    /// How often each of them ran again.
    pub again: Vec<u32>,
    pub judgement: Option<Judgement>,
}

impl Talk {
    pub fn new(prompt: String) -> Self {
        Self { messages: vec![Message::User { text: prompt }], ..Self::default() }
    }
}

/// An answer that cannot be used.
struct Rejected {
    kind: FaultKind,
    reasons: Vec<String>,
    said: String,
}

impl Machine {
    pub(super) fn start_agent(
        &mut self,
        id: RunId,
        agent_id: AgentId,
        args: Vec<Value>,
        called: &Called<'_>,
    ) {
        let plan = Arc::clone(&self.plan);
        let Some(agent) = plan.agent(agent_id) else { return self.missing(id, "agent") };
        let settings = self.settings(id, &called.annotations, &agent.annotations, agent.tools.is_empty());
        self.say_started(id, Some(settings.first));
        let env = Args { params: &agent.params, values: &args };
        let texts = eval_text(&plan, agent.prompt, &env).and_then(|prompt| {
            let role = agent.role.map(|role| eval_text(&plan, role, &env)).transpose()?;
            Ok((prompt, role))
        });
        let (prompt, role) = match texts {
            Ok(texts) => texts,
            Err(fault) => return self.finish_run(id, Err(fault.into())),
        };
        if self.deal(id, called, &args, Some(&prompt)) {
            return;
        }
        let parts = self.prepared.agents.get(&agent_id).cloned().unwrap_or_else(|| {
            let parts = Arc::new(Parts::new(&plan, &agent.result, &agent.tools));
            self.prepared.agents.insert(agent_id, Arc::clone(&parts));
            parts
        });
        let role = role.as_deref().unwrap_or_default();
        self.ask(id, &parts, &agent.result, role, &prompt, settings);
    }

    pub(super) fn start_prompt(
        &mut self,
        id: RunId,
        prompt_id: ExprId,
        result: Option<&Type>,
        called: &Called<'_>,
    ) {
        let plan = Arc::clone(&self.plan);
        let settings = self.settings(id, &called.annotations, &Annotations::default(), true);
        self.say_started(id, Some(settings.first));
        let Some(frame) = self.runs.get(id).map(|run| run.frame) else { return };
        let prompt = match self.eval_text(frame, prompt_id) {
            Ok(prompt) => prompt,
            Err(fault) => return self.finish_run(id, Err(fault.into())),
        };
        if self.deal(id, called, &[], Some(&prompt)) {
            return;
        }
        let ty = result.cloned().unwrap_or(Type::Text(None));
        let parts = self.prepared.prompts.get(&prompt_id).cloned().unwrap_or_else(|| {
            let parts = Arc::new(Parts::new(&plan, &ty, &[]));
            self.prepared.prompts.insert(prompt_id, Arc::clone(&parts));
            parts
        });
        self.ask(id, &parts, &ty, "", &prompt, settings);
    }

    fn ask(&mut self, id: RunId, parts: &Parts, ty: &Type, role: &str, prompt: &str, settings: Settings) {
        let asking = Asking {
            system: joined(role, &parts.bounds),
            expected: Expected::Value(ty.clone()),
            schema: parts.schema.clone(),
            tools: parts.tools.clone(),
            specs: parts.specs.clone(),
            settings,
            talks: vec![Talk::new(prompt.to_owned())],
            rubric: None,
        };
        self.begin_asking(id, asking);
    }

    pub(super) fn begin_asking(&mut self, id: RunId, asking: Asking) {
        let (timeout, talks) = (asking.settings.timeout, asking.talks.len());
        let Some(run) = self.runs.get_mut(id) else { return };
        run.work = Work::Asking(Box::new(asking));
        self.set_deadline(id, timeout);
        for talk in 0..talks {
            self.issue(id, Job::Talk(talk));
        }
    }

    pub(super) fn missing(&mut self, id: RunId, what: &str) {
        self.finish_run(id, Err(Fault::failed(format!("the plan is wrong: there is no such {what}"))));
    }

    /// Step over callable over workflow over project (L3.8).
    pub(super) fn settings(
        &self,
        id: RunId,
        step: &Annotations,
        callable: &Annotations,
        no_tools: bool,
    ) -> Settings {
        let run = self.runs.get(id);
        let around = run.and_then(|run| self.activation(run.activation)).and_then(|found| found.tiers);
        let project = self.start.as_ref().map_or(1, |start| start.default_tier).clamp(1, 4);
        let tiers = step
            .tier
            .or(callable.tier)
            .or(around)
            .filter(|tiers| tiers.high > 0)
            .unwrap_or(Tiers { low: project, high: project });
        let round = run.and_then(|run| run.round).unwrap_or(1);
        let climbed = u8::try_from(round.saturating_sub(1)).unwrap_or(u8::MAX);
        let width = u32::from(tiers.high.saturating_sub(tiers.low));
        Settings {
            tiers,
            first: tiers.low.saturating_add(climbed).min(tiers.high),
            retry: step.retry.or(callable.retry).unwrap_or(if width > 0 { width } else { 1 }),
            turns: if no_tools { 1 } else { step.turns.or(callable.turns).unwrap_or(TURNS).max(1) },
            timeout: step.timeout_ms.or(callable.timeout_ms).unwrap_or(AGENT_TIMEOUT),
            temperature: step.temperature.or(callable.temperature),
            max_tokens: step.max_tokens.or(callable.max_tokens).unwrap_or(MAX_TOKENS),
            cache: step.cache || callable.cache,
            votes: step.votes.or(callable.votes).unwrap_or(1).max(1),
        }
    }

    /// Orders the next question of a conversation.
    pub(super) fn ask_model(&mut self, id: RunId, talk_number: usize) {
        if let Some(limit) = self.spent_budget(id) {
            return self.over_budget(id, limit);
        }
        let number = self.next_number(id);
        let run_id = self.start.as_ref().map_or_else(|| Arc::from(""), |start| Arc::clone(&start.run));
        let now = self.now;
        let Some(run) = self.runs.get_mut(id) else { return };
        let left = run.deadline.map_or(AGENT_TIMEOUT, |deadline| deadline.until.saturating_sub(now));
        let Work::Asking(asking) = &run.work else { return };
        let Some(request) = request(run, asking, talk_number, number, left, &run_id) else { return };
        let tier = request.tier;
        run.tier = Some(tier);
        let started = EventKind::CallStarted { callable: run.callable.clone(), tier, number };
        let (path, round) = (Arc::clone(&run.path), run.round);
        let effect = self.new_effect();
        self.fly(id, effect, Job::Talk(talk_number), None);
        self.order(Command::Call { id: effect, request: Box::new(request) });
        self.emit(Some(&path), round, started);
    }

    pub(super) fn model_answered(&mut self, effect: EffectId, answered: Answered) {
        let Some(flight) = self.land(effect) else { return };
        let Job::Talk(talk) = flight.job else { return };
        match answered {
            Answered::Fault(fault, stats) => {
                self.count(flight.run, &stats, 0);
                let event = EventKind::CallFailed {
                    kind: fault.detail.kind(),
                    message: fault.message.to_string(),
                    attempts: stats.attempts,
                };
                self.say(flight.run, event);
                self.call_failed(flight.run, talk, &fault);
            }
            Answered::Reply(reply) => {
                self.count(flight.run, &reply.stats, u32::from(!reply.stats.cached));
                let event = EventKind::CallFinished {
                    model: reply.stats.model.clone(),
                    attempts: reply.stats.attempts,
                    usage: reply.stats.usage,
                };
                self.say(flight.run, event);
                self.replied(flight.run, talk, reply);
            }
        }
    }

    pub(super) fn say(&mut self, id: RunId, event: EventKind) {
        let Some(run) = self.runs.get(id) else { return };
        let (path, round) = (Arc::clone(&run.path), run.round);
        self.emit(Some(&path), round, event);
    }

    fn count(&mut self, id: RunId, stats: &CallStats, calls: u32) {
        self.ledger.calls += calls;
        self.ledger.attempts += stats.attempts;
        super::report::add_usage(&mut self.ledger.usage, &stats.usage);
        self.spend(id, stats.usage.cost_usd);
        let Some(run) = self.runs.get_mut(id) else { return };
        run.calls += calls;
        run.attempts += stats.attempts;
        super::report::add_usage(&mut run.usage, &stats.usage);
        if stats.model.is_some() {
            run.model.clone_from(&stats.model);
        }
    }

    fn call_failed(&mut self, id: RunId, talk: usize, fault: &CallFault) {
        let rejected =
            |kind| Rejected { kind, reasons: vec![fault.message.to_string()], said: String::new() };
        match fault.detail {
            FaultDetail::Refused => self.reject(id, talk, rejected(FaultKind::Refused)),
            FaultDetail::OutputCap => self.reject(id, talk, rejected(FaultKind::TooLong)),
            FaultDetail::Invalid | FaultDetail::Truncated => {
                self.reject(id, talk, rejected(FaultKind::Invalid));
            }
            _ => {
                let name = self.runs.get(id).map(Run::name).unwrap_or_default();
                let fault = Fault::new(fault.detail.kind(), transport_message(&name, fault));
                self.finish_run(id, Err(fault));
            }
        }
    }

    fn replied(&mut self, id: RunId, talk: usize, reply: ModelReply) {
        let Some((offered, max_tokens)) = self.runs.get(id).and_then(|run| offered(run, talk)) else {
            return;
        };
        let reject =
            |kind, reason: String| Rejected { kind, reasons: vec![reason], said: reply.text.clone() };
        match reply.stop {
            Stop::Refused => {
                let reason = "the model refused to answer".to_owned();
                self.reject(id, talk, reject(FaultKind::Refused, reason));
            }
            Stop::OutputCap => {
                let reason = format!("the answer ended at its output cap of {max_tokens} tokens");
                self.reject(id, talk, reject(FaultKind::TooLong, reason));
            }
            Stop::Unfinished => {
                let reason = "the answer broke off".to_owned();
                self.reject(id, talk, reject(FaultKind::Invalid, reason));
            }
            Stop::End | Stop::ToolUse if offered && !reply.tool_calls.is_empty() => {
                self.tools_called(id, talk, reply);
            }
            Stop::End | Stop::ToolUse => self.read(id, talk, &reply),
        }
    }

    fn read(&mut self, id: RunId, talk: usize, reply: &ModelReply) {
        let reject = |reasons| Rejected { kind: FaultKind::Invalid, reasons, said: reply.text.clone() };
        if reply.text.trim().is_empty() {
            let reason = if reply.tool_calls.is_empty() {
                "the answer is empty"
            } else {
                "tools were called where no tool is left; the answer is due now"
            };
            return self.reject(id, talk, reject(vec![reason.to_owned()]));
        }
        let plan = Arc::clone(&self.plan);
        let Some(Work::Asking(asking)) = self.runs.get(id).map(|run| &run.work) else { return };
        let requires = if reply.stats.unmet { Requires::Taken } else { Requires::Checked };
        let answer = read_answer(&plan, &reply.text, &asking.expected, requires);
        match answer {
            Ok(Answer::Value(value)) => self.finish_run(id, Ok(value)),
            Ok(Answer::Judgement(judgement)) => self.vote(id, talk, judgement),
            Err(reasons) => self.reject(id, talk, reject(reasons)),
        }
    }

    /// Asks again with the reasons, or fails the step.
    fn reject(&mut self, id: RunId, talk: usize, rejected: Rejected) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let name = run.name();
        let Work::Asking(asking) = &mut run.work else { return };
        let ranged = asking.settings.tiers.high > asking.settings.tiers.low;
        let (retry, max_tokens) = (asking.settings.retry, asking.settings.max_tokens);
        let Some(talk_state) = asking.talks.get_mut(talk) else { return };
        let again = (rejected.kind == FaultKind::Invalid || ranged) && talk_state.rejected < retry;
        if !again {
            let tries = talk_state.rejected + 1;
            let message = rejected_message(&name, &rejected, tries, max_tokens);
            return self.finish_run(id, Err(Fault::new(rejected.kind, message)));
        }
        talk_state.rejected += 1;
        if rejected.kind != FaultKind::Refused {
            if !rejected.said.trim().is_empty() {
                let said = Message::Assistant { text: rejected.said, tool_calls: Vec::new() };
                talk_state.messages.push(said);
            }
            talk_state.messages.push(Message::User { text: again_text(&rejected.reasons) });
        }
        self.say(id, EventKind::CallRejected { reasons: rejected.reasons });
        self.issue(id, Job::Talk(talk));
    }

    fn tools_called(&mut self, id: RunId, talk: usize, reply: ModelReply) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let Work::Asking(asking) = &mut run.work else { return };
        let Some(state) = asking.talks.get_mut(talk) else { return };
        let calls = reply.tool_calls.iter().cloned().enumerate().map(|(position, call)| {
            let surplus = position >= TOOLS_A_TURN;
            (call, surplus.then(|| format!("not run: at most {TOOLS_A_TURN} tools are run in one turn")))
        });
        state.tools = calls.collect();
        state.again.clear();
        state.messages.push(Message::Assistant { text: reply.text, tool_calls: reply.tool_calls });
        for call in 0..state.tools.len().min(TOOLS_A_TURN) {
            self.issue(id, Job::AgentTool(talk, call));
        }
    }

    /// A tool that the model called has answered; behind the last one the model has its next turn.
    pub(super) fn tell_model(&mut self, id: RunId, talk: usize, call: usize, text: String) {
        let Some(run) = self.runs.get_mut(id) else { return };
        let Work::Asking(asking) = &mut run.work else { return };
        let Some(state) = asking.talks.get_mut(talk) else { return };
        if let Some((_, answer)) = state.tools.get_mut(call) {
            *answer = Some(text);
        }
        if state.tools.iter().any(|(_, answer)| answer.is_none()) {
            return;
        }
        for (call, answer) in std::mem::take(&mut state.tools) {
            state.messages.push(Message::Tool { id: call.id, text: answer.unwrap_or_default() });
        }
        state.turn += 1;
        self.issue(id, Job::Talk(talk));
    }
}

impl Parts {
    fn new(plan: &Plan, ty: &Type, tools: &[ToolId]) -> Self {
        let specs = tools.iter().filter_map(|id| plan.tool(*id)).map(|tool| ToolSpec {
            name: tool.name.clone(),
            doc: tool.doc.clone(),
            parameters: Arc::new(params_schema(plan, &tool.params)),
        });
        Self {
            bounds: bounds_text(plan, ty),
            schema: answer_schema(plan, ty).map(Arc::new),
            tools: tools.to_vec(),
            specs: specs.collect(),
        }
    }
}

fn request(
    run: &Run,
    asking: &Asking,
    talk: usize,
    number: u32,
    timeout_ms: u64,
    run_id: &str,
) -> Option<ModelRequest> {
    let talk = asking.talks.get(talk)?;
    let settings = &asking.settings;
    let climbed = u8::try_from(talk.rejected).unwrap_or(u8::MAX);
    let last_turn = talk.turn + 1 >= settings.turns;
    Some(ModelRequest {
        step: Arc::clone(&run.path),
        seed_path: Arc::clone(&run.seed_path),
        callable: run.callable.clone(),
        number,
        round: run.round,
        item: run.item,
        tier: settings.first.saturating_add(climbed).min(settings.tiers.high),
        tiers: settings.tiers,
        system: asking.system.clone(),
        messages: talk.messages.clone(),
        expected: asking.expected.clone(),
        schema: asking.schema.clone(),
        tools: if last_turn { Vec::new() } else { asking.specs.clone() },
        temperature: settings.temperature,
        max_tokens: settings.max_tokens,
        cache: settings.cache,
        timeout_ms,
        idempotency_key: format!("{run_id}/{}#{number}", run.path).into(),
    })
}

/// Whether tools were offered in this turn of a conversation, and its output cap.
fn offered(run: &Run, talk: usize) -> Option<(bool, u32)> {
    let Work::Asking(asking) = &run.work else { return None };
    let turn = asking.talks.get(talk)?.turn;
    let tools = !asking.specs.is_empty() && turn + 1 < asking.settings.turns;
    Some((tools, asking.settings.max_tokens))
}

fn joined(role: &str, bounds: &str) -> String {
    match (role.is_empty(), bounds.is_empty()) {
        (_, true) => role.to_owned(),
        (true, false) => bounds.to_owned(),
        (false, false) => format!("{role}\n\n{bounds}"),
    }
}

/// What the next try is told.
fn again_text(reasons: &[String]) -> String {
    let mut text = "This answer cannot be used:\n".to_owned();
    for reason in reasons {
        text.push_str("- ");
        text.push_str(reason);
        text.push('\n');
    }
    text.push_str("Answer the question above again, completely, with this put right.");
    text
}

fn rejected_message(name: &str, rejected: &Rejected, tries: u32, max_tokens: u32) -> String {
    let reason = rejected.reasons.first().map_or("", String::as_str);
    let more = match rejected.reasons.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let tried = if tries == 1 { String::new() } else { format!(", in {tries} tries") };
    match rejected.kind {
        FaultKind::Refused => format!("`{name}` was refused{tried}: {reason}"),
        FaultKind::TooLong => format!(
            "`{name}` got no whole answer{tried}: it ended at its output cap of {max_tokens} tokens; raise `@max_tokens`, or ask for less"
        ),
        _ => format!("`{name}` got no usable answer{tried}: {reason}{more}"),
    }
}

fn transport_message(name: &str, fault: &CallFault) -> String {
    let message = &fault.message;
    match fault.detail.kind() {
        FaultKind::Timeout => format!("`{name}` got no answer in time: {message}"),
        FaultKind::RateLimited => format!("`{name}` was held back by rate limits: {message}"),
        FaultKind::Exhausted => format!("`{name}` found no credit left: {message}"),
        FaultKind::Denied => format!("`{name}` was denied: {message}"),
        FaultKind::TooLong => format!("`{name}` is longer than the model takes: {message}"),
        FaultKind::OverBudget => format!("`{name}` does not fit the budget: {message}"),
        _ => format!("`{name}` got no answer: {message}"),
    }
}

/// Whether a text is longer than its bound.
pub(super) fn is_over(text: &str, max: TextMax) -> bool {
    let count = match max.unit {
        crate::plan::TextUnit::Words => crate::base::word_count(text),
        crate::plan::TextUnit::Chars => crate::base::char_count(text),
    };
    count as u64 > max.count
}
