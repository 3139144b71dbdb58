//! Tools: as steps, and as a model calls them in its turns.

use super::failure::{Fault, duration};
use super::machine::Alarm;
use super::step::{Called, Job, RunId, Work};
use super::tries::is_over;
use super::{Command, EffectId, Machine};
use crate::engine::effect::{CallFault, EventKind, ToolCall, ToolOutput, ToolRequest, ToolRequestBody};
use crate::engine::eval::{Args, Requires, Value, check_value, eval, fit, fit_args, render};
use crate::engine::machine::tool_body::{cut_end, cut_start, request_body};
use crate::plan::{EffectKind, FaultKind, Tool, ToolBody, ToolId, Type, builtin};
use std::sync::Arc;

/// Milliseconds of a tool without `@timeout`.
const TOOL_TIMEOUT: u64 = 60_000;
/// Bytes that count as one token (L10.2).
const BYTES_A_TOKEN: u64 = 3;

/// A step that runs a tool.
#[derive(Debug)]
pub(super) struct ToolTry {
    pub tool: ToolId,
    pub args: Vec<Value>,
    pub body: ToolRequestBody,
    /// Tries that are left behind this one.
    pub retry: u32,
    pub timeout: u64,
}

impl Machine {
    pub(super) fn start_tool(&mut self, id: RunId, tool_id: ToolId, args: Vec<Value>, called: &Called<'_>) {
        let plan = Arc::clone(&self.plan);
        let Some(tool) = plan.tool(tool_id) else { return self.missing(id, "tool") };
        self.say_started(id, None);
        if self.deal(id, called, &args, None) {
            return;
        }
        if let ToolBody::Return(value) = &tool.body {
            let env = Args { params: &tool.params, values: &args };
            let result = eval(&plan, *value, &env).map_err(Into::into);
            return self.finish_run(id, result);
        }
        let body = match request_body(&plan, tool, &args) {
            Ok(body) => body,
            Err(fault) => return self.finish_run(id, Err(fault)),
        };
        let written = called.annotations.retry.or(tool.annotations.retry);
        let timeout = called.annotations.timeout_ms.or(tool.annotations.timeout_ms).unwrap_or(TOOL_TIMEOUT);
        let tried =
            ToolTry { tool: tool_id, args, body, retry: written.unwrap_or(default_retry(tool)), timeout };
        if let Some(run) = self.runs.get_mut(id) {
            run.work = Work::Tool(Box::new(tried));
        }
        self.set_deadline(id, timeout);
        self.issue(id, Job::Tool);
    }

    pub(super) fn run_tool(&mut self, id: RunId) {
        let number = self.next_number(id);
        let effect = self.new_effect();
        let now = self.now;
        let run_id = self.start.as_ref().map_or_else(|| Arc::from(""), |start| Arc::clone(&start.run));
        let plan = Arc::clone(&self.plan);
        let Some(run) = self.runs.get(id) else { return };
        let Work::Tool(tried) = &run.work else { return };
        let Some(tool) = plan.tool(tried.tool) else { return };
        let request = ToolRequest {
            step: Arc::clone(&run.path),
            seed_path: Arc::clone(&run.seed_path),
            number,
            tool: tried.tool,
            name: tool.name.clone(),
            args: tried.args.clone(),
            body: tried.body.clone(),
            result: tool.result.clone(),
            timeout_ms: run.deadline.map_or(tried.timeout, |deadline| deadline.until.saturating_sub(now)),
            idempotency_key: format!("{run_id}/{}#{number}", run.path),
        };
        self.fly(id, effect, Job::Tool, None);
        self.order(Command::Tool { id: effect, request: Box::new(request) });
        self.say(id, EventKind::ToolStarted { tool: tool.name.clone() });
    }

    pub(super) fn tool_answered(&mut self, effect: EffectId, output: Result<ToolOutput, CallFault>) {
        let Some(flight) = self.land(effect) else { return };
        match flight.job {
            Job::Tool => self.own_tool_answered(flight.run, output),
            Job::AgentTool(talk, call) => self.agent_tool_answered(flight.run, talk, call, output),
            Job::Talk(_) | Job::Person => {}
        }
    }

    fn own_tool_answered(&mut self, id: RunId, output: Result<ToolOutput, CallFault>) {
        let plan = Arc::clone(&self.plan);
        let Some(run) = self.runs.get(id) else { return };
        let Work::Tool(tried) = &run.work else { return };
        let (name, retry) = (run.name(), tried.retry);
        let Some(tool) = plan.tool(tried.tool) else { return };
        let read = match output {
            Ok(output) => self.read_output(tool, output).and_then(|value| self.bounded(tool, value)),
            Err(fault) => Err(Fault::new(fault.detail.kind(), &*fault.message)),
        };
        match read {
            Ok(value) => {
                self.say(id, EventKind::ToolFinished { tool: tool.name.clone() });
                self.finish_run(id, Ok(value));
            }
            Err(fault) => {
                let event = EventKind::ToolFailed { tool: tool.name.clone(), message: fault.message.clone() };
                self.say(id, event);
                let again = retry > 0 && runs_again(fault.kind);
                if !again {
                    let message = format!("`{name}` failed: {}", fault.message);
                    return self.finish_run(id, Err(Fault::new(fault.kind, message)));
                }
                if let Some(Work::Tool(tried)) = self.runs.get_mut(id).map(|run| &mut run.work) {
                    tried.retry -= 1;
                }
                self.issue(id, Job::Tool);
            }
        }
    }

    /// What a tool gave as a value of its type. Of a list with a declared maximum the first ones are kept.
    fn read_output(&self, tool: &Tool, output: ToolOutput) -> Result<Value, Fault> {
        let Some(ty) = &tool.result else { return Ok(Value::None) };
        let json = match (output, ty) {
            (ToolOutput::Text(text), Type::Text(max)) => {
                if let Some(max) = max.filter(|max| is_over(&text, *max)) {
                    let message = format!("its result is longer than {} {}", max.count, unit(max.unit));
                    return Err(Fault::new(FaultKind::TooLong, message));
                }
                return Ok(Value::text(text));
            }
            (ToolOutput::Value(value), _) => {
                let value = first_items(value, ty);
                // Only a simulation gives a value; one whose `require`s it could not meet is used all the same.
                return match check_value(&self.plan, &value, ty, Requires::Taken) {
                    Ok(()) => Ok(value),
                    Err(misfits) => Err(misfit(&misfits)),
                };
            }
            (ToolOutput::Json(json), _) => first_of_json(json, ty),
            (ToolOutput::Text(text), _) => match serde_json::from_str(&text) {
                Ok(json) => first_of_json(json, ty),
                Err(_) => return Err(Fault::new(FaultKind::Invalid, "its result is no JSON")),
            },
            (ToolOutput::Nothing, _) => return Err(Fault::new(FaultKind::Invalid, "it gave no result")),
        };
        fit(&self.plan, &json, ty, Requires::Checked).map_err(|misfits| misfit(&misfits))
    }

    /// A result that is longer than a tool's may be fails the step; of a `Run` the last part is kept (L8.2).
    fn bounded(&self, tool: &Tool, value: Value) -> Result<Value, Fault> {
        let Some(ty) = &tool.result else { return Ok(value) };
        let limit = self.result_bytes();
        if *ty == Type::Named(builtin::RUN) {
            return Ok(shorter_run(&value, limit));
        }
        if has_bound(ty) {
            return Ok(value);
        }
        let size = match &value {
            Value::Text(text) => text.len(),
            other => render(&self.plan, other, ty).len(),
        };
        if size <= limit {
            return Ok(value);
        }
        let tokens = self.start.as_ref().map_or(0, |start| start.tool_result_tokens);
        let message = format!(
            "its result is longer than {tokens} tokens; declare a bound, as `text max 2000 words`, or raise `[limits] tool_result`"
        );
        Err(Fault::new(FaultKind::TooLong, message))
    }

    fn result_bytes(&self) -> usize {
        let tokens = self.start.as_ref().map_or(8000, |start| start.tool_result_tokens);
        usize::try_from(tokens.saturating_mul(BYTES_A_TOKEN)).unwrap_or(usize::MAX)
    }

    /// Runs a tool that a model called.
    pub(super) fn run_agent_tool(&mut self, id: RunId, talk: usize, call: usize) {
        match self.agent_tool_request(id, talk, call) {
            Ok((request, timeout, name)) => {
                let effect = self.new_effect();
                let timer = self.set_alarm(timeout, Alarm::AgentTool(effect));
                self.fly(id, effect, Job::AgentTool(talk, call), Some(timer));
                self.order(Command::Tool { id: effect, request: Box::new(request) });
                self.say(id, EventKind::ToolStarted { tool: name });
            }
            Err(text) => self.tell_model_now(id, talk, call, text),
        }
    }

    /// Answers a tool call that needs no effect. Its place goes to the next one that waits.
    fn tell_model_now(&mut self, id: RunId, talk: usize, call: usize, text: String) {
        if let Some(run) = self.runs.get_mut(id) {
            if run.in_flight > 0 && run.places > run.in_flight {
                run.places -= 1;
                self.queue.give_back(1);
            } else if run.in_flight == 0
                && let Some(job) = run.surplus.pop_front()
            {
                self.issue(id, job);
            }
        }
        self.tell_model(id, talk, call, text);
    }

    fn agent_tool_request(
        &mut self,
        id: RunId,
        talk: usize,
        call: usize,
    ) -> Result<(ToolRequest, u64, smol_str::SmolStr), String> {
        let gone = || "not run".to_owned();
        let plan = Arc::clone(&self.plan);
        let (tool_id, call) = self.called_tool(id, talk, call).ok_or_else(gone)?;
        let Some(tool_id) = tool_id else { return Err(self.no_such_tool(id, &call)) };
        let tool = plan.tool(tool_id).ok_or_else(gone)?;
        let json: serde_json::Value = serde_json::from_str(&call.arguments)
            .map_err(|error| format!("the arguments are no JSON: {error}"))?;
        let args = fit_args(&plan, &tool.params, &json).map_err(|misfits| {
            let lines: Vec<String> = misfits.iter().map(|misfit| format!("- {misfit}")).collect();
            format!("the arguments do not fit:\n{}", lines.join("\n"))
        })?;
        if let ToolBody::Return(value) = &tool.body {
            let env = Args { params: &tool.params, values: &args };
            let value = eval(&plan, *value, &env).map_err(|fault| format!("failed: {fault}"))?;
            return Err(self.told(id, tool, &value));
        }
        let body = request_body(&plan, tool, &args).map_err(|fault| format!("failed: {}", fault.message))?;
        let run_id = self.start.as_ref().map_or_else(|| Arc::from(""), |start| Arc::clone(&start.run));
        let run = self.runs.get(id).ok_or_else(gone)?;
        let now = self.now;
        let left = run.deadline.map_or(u64::MAX, |deadline| deadline.until.saturating_sub(now));
        let timeout = tool.annotations.timeout_ms.unwrap_or(TOOL_TIMEOUT).min(left);
        let (step, seed) = (Arc::clone(&run.path), format!("{}/{}", run.seed_path, tool.name));
        let seed_path: Arc<str> = seed.into();
        let counter = self.numbers.entry(Arc::clone(&seed_path)).or_default();
        let number = *counter;
        *counter = counter.saturating_add(1);
        let idempotency_key = format!("{run_id}/{step}/{}#{number}", tool.name);
        let (name, result) = (tool.name.clone(), tool.result.clone());
        let request = ToolRequest {
            step,
            seed_path,
            number,
            tool: tool_id,
            name: name.clone(),
            args,
            body,
            result,
            timeout_ms: timeout,
            idempotency_key,
        };
        Ok((request, timeout, name))
    }

    fn called_tool(&self, id: RunId, talk: usize, call: usize) -> Option<(Option<ToolId>, ToolCall)> {
        let Work::Asking(asking) = &self.runs.get(id)?.work else { return None };
        let (call, _) = asking.talks.get(talk)?.tools.get(call)?;
        let named = |id: &&ToolId| self.plan.tool(**id).is_some_and(|tool| tool.name == call.name);
        Some((asking.tools.iter().find(named).copied(), call.clone()))
    }

    fn no_such_tool(&self, id: RunId, call: &ToolCall) -> String {
        let Some(Work::Asking(asking)) = self.runs.get(id).map(|run| &run.work) else { return String::new() };
        let names: Vec<&str> = asking.specs.iter().map(|spec| spec.name.as_str()).collect();
        format!("there is no tool `{}`; there are: {}", call.name, names.join(", "))
    }

    fn agent_tool_answered(
        &mut self,
        id: RunId,
        talk: usize,
        call: usize,
        output: Result<ToolOutput, CallFault>,
    ) {
        let plan = Arc::clone(&self.plan);
        let Some((Some(tool_id), _)) = self.called_tool(id, talk, call) else { return };
        let Some(tool) = plan.tool(tool_id) else { return };
        let read = match output {
            Ok(output) => self.read_for_model(tool, output),
            Err(fault) => Err(Fault::new(fault.detail.kind(), &*fault.message)),
        };
        let text = match read {
            Ok(value) => {
                self.say(id, EventKind::ToolFinished { tool: tool.name.clone() });
                self.told(id, tool, &value)
            }
            Err(fault) => {
                let event = EventKind::ToolFailed { tool: tool.name.clone(), message: fault.message.clone() };
                self.say(id, event);
                if runs_again(fault.kind) && self.tool_may_retry(id, tool, talk, call) {
                    return self.issue(id, Job::AgentTool(talk, call));
                }
                format!("failed: {}", fault.message)
            }
        };
        self.tell_model(id, talk, call, text);
    }

    /// A text over its bound is cut for a model, never refused.
    fn read_for_model(&self, tool: &Tool, output: ToolOutput) -> Result<Value, Fault> {
        match (output, &tool.result) {
            (ToolOutput::Text(text), Some(Type::Text(_))) => Ok(Value::text(text)),
            (output, _) => self.read_output(tool, output),
        }
    }

    /// Whether a tool that a model called runs once more.
    fn tool_may_retry(&mut self, id: RunId, tool: &Tool, talk: usize, call: usize) -> bool {
        let allowed = tool.annotations.retry.unwrap_or(default_retry(tool));
        let Some(Work::Asking(asking)) = self.runs.get_mut(id).map(|run| &mut run.work) else { return false };
        let Some(tried) = asking.talks.get_mut(talk).and_then(|talk| talk.tried_again(call)) else {
            return false;
        };
        *tried += 1;
        *tried <= allowed
    }

    /// What a model is told of a result: cut with a visible mark where it is too long.
    fn told(&mut self, id: RunId, tool: &Tool, value: &Value) -> String {
        let Some(ty) = &tool.result else { return "done".to_owned() };
        let limit = self.result_bytes();
        if *ty == Type::Named(builtin::RUN) {
            let shorter = shorter_run(value, limit);
            if shorter != *value {
                self.say(id, EventKind::ToolCut { tool: tool.name.clone() });
            }
            return render(&self.plan, &shorter, ty);
        }
        let text = match value {
            Value::Text(text) => text.to_string(),
            other => render(&self.plan, other, ty),
        };
        let cut = match ty {
            Type::Text(Some(max)) if is_over(&text, *max) => Some(super::tool_body::cut_to(&text, *max)),
            Type::Text(Some(_)) => None,
            ty if has_bound(ty) => None,
            _ if text.len() > limit => Some(cut_end(&text, limit)),
            _ => None,
        };
        match cut {
            Some(cut) => {
                self.say(id, EventKind::ToolCut { tool: tool.name.clone() });
                cut
            }
            None => text,
        }
    }

    pub(super) fn agent_tool_timed_out(&mut self, effect: EffectId) {
        let Some(flight) = self.flights.get_mut(&effect) else { return };
        flight.timer = None;
        let (id, job) = (flight.run, flight.job);
        let Job::AgentTool(talk, call) = job else { return };
        self.order(Command::Stop { id: effect });
        if self.land(effect).is_none() {
            return;
        }
        let limit = self.called_tool(id, talk, call).and_then(|(tool, _)| {
            let tool = self.plan.tool(tool?)?;
            Some((tool.name.clone(), tool.annotations.timeout_ms.unwrap_or(TOOL_TIMEOUT)))
        });
        let Some((tool, limit)) = limit else { return };
        let message = format!("it timed out after {}", duration(limit));
        self.say(id, EventKind::ToolFailed { tool, message: message.clone() });
        self.tell_model(id, talk, call, format!("failed: {message}"));
    }
}

/// `@retry` where it is not written: what only reads runs again once.
fn default_retry(tool: &Tool) -> u32 {
    u32::from(matches!(tool.effect.kind, EffectKind::Reads | EffectKind::Pure))
}

/// Whether another try may go better.
fn runs_again(kind: FaultKind) -> bool {
    !matches!(kind, FaultKind::Denied | FaultKind::Timeout | FaultKind::TooLong | FaultKind::OverBudget)
}

fn misfit(misfits: &[crate::engine::eval::Misfit]) -> Fault {
    let reason = misfits.first().map(ToString::to_string).unwrap_or_default();
    Fault::new(FaultKind::Invalid, format!("its result does not fit: {reason}"))
}

fn has_bound(ty: &Type) -> bool {
    match ty {
        Type::Text(max) => max.is_some(),
        Type::List(_, max) => max.is_some(),
        Type::Optional(inner) => has_bound(inner),
        _ => false,
    }
}

fn unit(unit: crate::plan::TextUnit) -> &'static str {
    match unit {
        crate::plan::TextUnit::Words => "words",
        crate::plan::TextUnit::Chars => "chars",
    }
}

fn max_items(ty: &Type) -> Option<usize> {
    match ty {
        Type::List(_, max) => max.and_then(|max| usize::try_from(max).ok()),
        Type::Optional(inner) => max_items(inner),
        _ => None,
    }
}

fn first_items(value: Value, ty: &Type) -> Value {
    match (value, max_items(ty)) {
        (Value::List(items), Some(max)) if items.len() > max => {
            Value::list(items.iter().take(max).cloned().collect())
        }
        (value, _) => value,
    }
}

fn first_of_json(json: serde_json::Value, ty: &Type) -> serde_json::Value {
    match (json, max_items(ty)) {
        (serde_json::Value::Array(mut items), Some(max)) => {
            items.truncate(max);
            serde_json::Value::Array(items)
        }
        (json, _) => json,
    }
}

/// `out` and `err` of a `Run` share the bound; each keeps its last part.
fn shorter_run(value: &Value, limit: usize) -> Value {
    let Value::Record(record) = value else { return value.clone() };
    let [code, Value::Text(out), Value::Text(err)] = record.fields.as_slice() else { return value.clone() };
    if out.len() + err.len() <= limit {
        return value.clone();
    }
    let half = limit / 2;
    let for_err = if out.len() < half { limit - out.len() } else { half };
    let for_out = if err.len() < half { limit - err.len() } else { half };
    let fields =
        vec![code.clone(), Value::text(cut_start(out, for_out)), Value::text(cut_start(err, for_err))];
    Value::record(record.ty, fields)
}

impl super::tries::Talk {
    /// How often a tool of this turn ran again.
    fn tried_again(&mut self, call: usize) -> Option<&mut u32> {
        if self.again.len() < self.tools.len() {
            self.again.resize(self.tools.len(), 0);
        }
        self.again.get_mut(call)
    }
}
