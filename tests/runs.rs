//! Whole runs as data: `tests/runs/<name>/script.agentflow`, and beside it a `.json` a run.
//!
//! A run says who answers what (`answers`, by path, by path without rounds and items, or by callable; each list is dealt
//! in turn, the last repeats), in which order (`order`, else the oldest first), and what comes of it (`expect`):
//! `BLESS=1` writes that part. `log` tells which answer let which calls start.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]
#![allow(dead_code, reason = "the support is shared")]

#[path = "support/stage.rs"]
mod stage;

use agentflow::diag::Severity;
use agentflow::engine::effect::{
    EventKind, FaultDetail, Message, ModelReply, Phase, Stop, ToolCall, ToolOutput,
};
use agentflow::engine::eval::{Requires, fit, fit_args, to_json};
use agentflow::engine::machine::{Command, Input};
use agentflow::language::hir::{MemoryWorld, ModuleId};
use agentflow::language::{compile, lower};
use agentflow::plan::{Plan, WorkflowId};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value as Json, json};
use stage::{Stage, path_of, start};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn main() {
    let trials = runs().into_iter().map(|path| {
        let name = path.strip_prefix("tests/runs").unwrap_or(&path).with_extension("").display().to_string();
        Trial::test(name, move || check(&path).map_err(Failed::from))
    });
    let trials = trials.collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn runs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for directory in std::fs::read_dir("tests/runs").into_iter().flatten().flatten() {
        for file in std::fs::read_dir(directory.path()).into_iter().flatten().flatten() {
            if file.path().extension().is_some_and(|extension| extension == "json") {
                found.push(file.path());
            }
        }
    }
    found.sort();
    found
}

fn check(path: &Path) -> Result<(), String> {
    let script = path.with_file_name("script.agentflow");
    let plan = plan_of(&script)?;
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut run: Json = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let happened = Play::new(&plan, &run)?.play()?;
    if std::env::var_os("BLESS").is_some() {
        run["expect"] = happened;
        let text = serde_json::to_string_pretty(&run).unwrap() + "\n";
        return std::fs::write(path, text).map_err(|error| error.to_string());
    }
    let expected = &run["expect"];
    if *expected == happened {
        return Ok(());
    }
    let (old, new) =
        (serde_json::to_string_pretty(expected).unwrap(), serde_json::to_string_pretty(&happened).unwrap());
    Err(format!("expected\n{old}\nand it is\n{new}"))
}

fn plan_of(script: &Path) -> Result<Plan, String> {
    let text = std::fs::read_to_string(script).map_err(|error| format!("{}: {error}", script.display()))?;
    let world = MemoryWorld::default().with("script.agentflow", text.as_str());
    let compiled = compile(&world, &["script.agentflow".to_owned()]);
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| {
            let source = &compiled.program.sources[found.place.file.0 as usize];
            let at = source.line_column(found.place.span.start);
            format!("{}:{}: {} {}", at.line, at.column, found.code, found.message)
        })
        .collect();
    if errors.is_empty() {
        Ok(lower::lower(&compiled.program, &compiled.checked, ModuleId(0)))
    } else {
        Err(errors.join("\n"))
    }
}

struct Play<'a> {
    plan: &'a Plan,
    run: &'a Json,
    stage: Stage,
    dealt: BTreeMap<String, usize>,
    log: Vec<String>,
    prompts: Map<String, Json>,
}

impl<'a> Play<'a> {
    fn new(plan: &'a Plan, run: &'a Json) -> Result<Self, String> {
        let name = run["workflow"].as_str();
        let wanted = |(_, workflow): &(u32, &agentflow::plan::Workflow)| match name {
            Some(name) => workflow.name == name,
            None => workflow.local && !workflow.called,
        };
        let (id, workflow) = (0u32..).zip(&plan.workflows).find(wanted).ok_or("there is no such workflow")?;
        let input = run.get("input").cloned().unwrap_or_else(|| json!({}));
        let args = fit_args(plan, &workflow.params, &input).map_err(|misfits| format!("{misfits:?}"))?;
        let mut begin = start(WorkflowId(id), args);
        if let Some(limit) = run["max_parallel"].as_u64() {
            begin.max_parallel = limit as u32;
        }
        if let Some(tokens) = run["tool_result"].as_u64() {
            begin.tool_result_tokens = tokens;
        }
        begin.people = run["people"].as_bool().unwrap_or(true);
        let stage = Stage::new(plan.clone(), begin);
        Ok(Self { plan, run, stage, dealt: BTreeMap::new(), log: Vec::new(), prompts: Map::new() })
    }

    fn play(mut self) -> Result<Json, String> {
        let order: Vec<String> = self.run["order"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|path| Some(path.as_str()?.into()))
            .collect();
        let mut order = order.into_iter();
        let begin = self.stage.in_flight();
        self.say("start", &begin);
        for _ in 0..1000 {
            if self.stage.outcome.is_some() {
                return self.summary();
            }
            let next = order.next();
            if next.as_deref() == Some("cancel") {
                let at = self.stage.at;
                self.stage.feed(Input::Cancel { at });
                continue;
            }
            let path = match next {
                Some(path) => path,
                None => match self.first_answered() {
                    Some(path) => path,
                    None => {
                        self.let_time_pass()?;
                        continue;
                    }
                },
            };
            self.answer(&path)?;
        }
        Err("the run does not end".into())
    }

    fn say(&mut self, answered: &str, started: &[String]) {
        let started = if started.is_empty() { "-".to_owned() } else { started.join(", ") };
        self.log.push(format!("{answered} → {started}"));
    }

    /// The oldest call in flight that somebody answers.
    fn first_answered(&self) -> Option<String> {
        let paths = self.stage.in_flight();
        paths.into_iter().find(|path| self.next_answer(path).is_ok_and(|(_, answer)| answer != "hang"))
    }

    fn let_time_pass(&mut self) -> Result<(), String> {
        let due = self.stage.timers.values().min().copied().ok_or("the run hangs")?;
        let before = self.stage.in_flight();
        let ms = due - self.stage.at;
        self.stage.pass(ms);
        let started = self.new_since(&before);
        self.say(&format!("{ms} ms"), &started);
        Ok(())
    }

    fn new_since(&self, before: &[String]) -> Vec<String> {
        self.stage.in_flight().into_iter().filter(|path| !before.contains(path)).collect()
    }

    fn next_answer(&self, path: &str) -> Result<(String, Json), String> {
        let answers = self.run["answers"].as_object().ok_or("the run has no answers")?;
        let bare = strip(path);
        let command = self.stage.open.values().find(|command| path_of(command) == path);
        let callable = match command {
            Some(Command::Call { request, .. }) => request.callable.to_string(),
            Some(Command::Tool { request, .. }) => request.name.to_string(),
            _ => "ask".into(),
        };
        let key = [path, bare.as_str(), callable.as_str()].into_iter().find(|key| answers.contains_key(*key));
        let key = key.ok_or_else(|| format!("nobody answers `{path}` ({callable})"))?;
        let turn = self.dealt.get(key).copied().unwrap_or_default();
        let answer = match &answers[key] {
            Json::Array(list) => list.get(turn).or_else(|| list.last()).cloned().unwrap_or(Json::Null),
            one => one.clone(),
        };
        Ok((key.to_owned(), answer))
    }

    fn answer(&mut self, path: &str) -> Result<(), String> {
        let before = self.stage.in_flight();
        if !before.iter().any(|open| open == path) {
            return Err(format!(
                "`{path}` is not in flight, but {before:?}; so far\n{}",
                self.log.join("\n")
            ));
        }
        let (key, answer) = self.next_answer(path)?;
        *self.dealt.entry(key).or_default() += 1;
        let id = self.stage.find(path);
        match self.stage.open[&id].clone() {
            Command::Call { request, .. } => {
                if let Some(Message::User { text }) = request.messages.last() {
                    let prompts = self.prompts.entry(path.to_owned()).or_insert_with(|| json!([]));
                    prompts.as_array_mut().unwrap().push(json!(text));
                }
                match fault(&answer) {
                    Some(detail) => self.stage.fault(path, detail),
                    None => self.stage.answer(path, model_reply(&answer)),
                }
            }
            Command::Tool { .. } => match fault(&answer) {
                Some(detail) => self.stage.fault(path, detail),
                None => self.stage.tool(path, tool_output(&answer)),
            },
            Command::Ask { request, .. } => match fault(&answer) {
                Some(detail) => self.stage.fault(path, detail),
                None => {
                    let value = fit(self.plan, &answer, &request.form, Requires::Checked)
                        .map_err(|misfits| format!("{misfits:?}"))?;
                    self.stage.person(path, value);
                }
            },
            _ => return Err("it is no effect".into()),
        }
        let mut rest = before;
        rest.retain(|open| open != path);
        let started = self.new_since(&rest);
        self.say(path, &started);
        Ok(())
    }

    fn summary(self) -> Result<Json, String> {
        let outcome = self.stage.outcome();
        match outcome.status {
            agentflow::engine::effect::RunStatus::Waiting => self.stage.check_replay(),
            _ => self.stage.check(),
        }
        let mut out = Map::new();
        out.insert("status".into(), serde_json::to_value(outcome.status).unwrap());
        if let Some(result) = &outcome.result {
            let workflow = match &self.stage.entries[0] {
                agentflow::engine::effect::Entry::Input(Input::Start(begin)) => {
                    self.plan.workflow(begin.workflow)
                }
                _ => None,
            };
            let ty = workflow.and_then(|workflow| workflow.result.as_ref());
            out.insert("result".into(), to_json(self.plan, result, ty));
        }
        if let Some(error) = &outcome.error {
            out.insert("error".into(), json!(format!("{} at {}: {}", error.kind, error.step, error.message)));
        }
        if !outcome.gates.is_empty() {
            out.insert("gates".into(), serde_json::to_value(&outcome.gates).unwrap());
        }
        out.insert("steps".into(), json!(self.stage.statuses()));
        out.insert("log".into(), json!(self.log));
        if self.run["prompts"].as_bool().unwrap_or(false) {
            out.insert("prompts".into(), Json::Object(self.prompts));
        }
        if self.run["tiers"].as_bool().unwrap_or(false) {
            let tiers = self.stage.events.iter().filter_map(|event| match &event.kind {
                EventKind::CallStarted { tier, .. } => {
                    Some(json!(format!("{} tier {tier}", event.step.as_deref().unwrap_or_default())))
                }
                _ => None,
            });
            out.insert("tiers".into(), tiers.collect());
        }
        Ok(Json::Object(out))
    }
}

/// A path without rounds and items.
fn strip(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    out
}

fn fault(answer: &Json) -> Option<FaultDetail> {
    Some(match answer.get("fault")?.as_str()? {
        "auth" => FaultDetail::Auth,
        "rate_limited" => FaultDetail::RateLimited { retry_after_ms: None },
        "timeout" => FaultDetail::Timeout(Phase::Total),
        "connect" => FaultDetail::Connect,
        "refused" => FaultDetail::Refused,
        "exhausted" => FaultDetail::Exhausted,
        "context_too_long" => FaultDetail::ContextTooLong,
        "denied" => FaultDetail::Denied,
        "tool" => FaultDetail::Tool,
        other => panic!("there is no fault `{other}` in this suite"),
    })
}

fn model_reply(answer: &Json) -> ModelReply {
    if let Some(calls) = answer.get("tools").and_then(Json::as_array) {
        let tool_calls = calls
            .iter()
            .enumerate()
            .map(|(number, call)| ToolCall {
                id: number.to_string().into(),
                name: call[0].as_str().unwrap().into(),
                arguments: call[1].to_string(),
            })
            .collect();
        return ModelReply { tool_calls, stop: Stop::ToolUse, ..stage::reply("") };
    }
    let said = answer.get("say").unwrap_or(answer);
    let stop = match answer.get("stop").and_then(Json::as_str) {
        Some("cap") => Stop::OutputCap,
        Some("refused") => Stop::Refused,
        Some("unfinished") => Stop::Unfinished,
        _ => Stop::End,
    };
    let text = said.as_str().map_or_else(|| graded(said), str::to_owned);
    ModelReply { stop, ..stage::reply(&text) }
}

/// `{"grade": "B"}` answers a rubric with the one dimension `quality`.
fn graded(said: &Json) -> String {
    match said.get("grade").and_then(Json::as_str) {
        Some(grade) => json!({"quality": {"reason": format!("it is a {grade}"), "grade": grade}}).to_string(),
        None => said.to_string(),
    }
}

fn tool_output(answer: &Json) -> ToolOutput {
    match answer {
        Json::Null => ToolOutput::Nothing,
        Json::String(text) => ToolOutput::Text(text.clone()),
        json => ToolOutput::Json(json.clone()),
    }
}
