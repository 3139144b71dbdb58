use super::arguments::{self, Arguments};
use super::engine;
use super::fences::Fences;
use super::line::Columns;
use super::options::{self, Options, Raw};
use super::outside::{self, Outside};
use super::progress::Progress;
use super::report::report;
use super::sink::Sinks;
use super::summary::{headline, summary};
use crate::base::Source;
use crate::cli::app::{Global, shown};
use crate::cli::check::{missing, name};
use crate::cli::{Exit, Refusal, Screen, Volume, compile};
use crate::diag::render::{Style, human};
use crate::diag::{Severity, closest};
use crate::engine::effect::{Outcome, RunStatus};
use crate::engine::eval::render;
use crate::host::config::Environment;
use crate::host::{DiskWorld, too_many_calls_of};
use crate::plan::{Plan, Workflow, WorkflowId};
use clap::FromArgMatches;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Runs a workflow of a script.
pub(in crate::cli) fn run(raw: &Raw, global: Global) -> Result<Exit, Refusal> {
    let Some(at) = options::script_in(&raw.rest) else {
        return Ok(without_script(&raw.rest));
    };
    let (path, wanted) = options::split(raw.rest.get(at).map_or(OsStr::new(""), OsString::as_os_str));
    let script = plan(&path, global.screen())?;
    let plan = &script.plan;
    let (id, workflow) = choose(plan, &path, wanted.as_deref())?;
    let command = options::of_workflow(plan, workflow, &path.display().to_string());
    let own = options::own_flags();
    let line = std::iter::once(OsString::from("agentflow run")).chain(raw.rest.iter().cloned());
    let parsed = command.try_get_matches_from(line);
    let (matches, options) =
        match parsed.and_then(|it| Options::from_arg_matches(&it).map(|options| (it, options))) {
            Ok(parsed) => parsed,
            Err(error) => return Ok(shown(&error)),
        };
    let screen = options.global.louder(global).screen();
    let arguments = arguments::read(plan, workflow, &options, &matches, &own)?;
    let environment = Environment::of_process();
    let config = outside::configuration(&path, &options, &environment, screen)?;
    refuse_too_many_calls(&script, id, &arguments, config.limits.calls, screen)?;
    let outside = Outside::new(plan, workflow, config, &options, &environment)?;
    perform(plan, id, workflow, arguments, &options, outside, screen)
}

/// With its arguments, the calls of a run are bounded (L10.1): a bound above the limit is said before anything starts.
fn refuse_too_many_calls(
    script: &Script,
    workflow: WorkflowId,
    arguments: &Arguments,
    allowed: u64,
    screen: Screen,
) -> Result<(), Refusal> {
    let Some(wrong) = too_many_calls_of(&script.plan, workflow, &arguments.values, allowed) else {
        return Ok(());
    };
    screen.complain(&human([&wrong], &script.sources, screen.err));
    Err(Refusal::no("the run would be too large, so nothing was run"))
}

/// Help, or what is wrong with a command without a script.
fn without_script(rest: &[OsString]) -> Exit {
    let line = std::iter::once(OsString::from("agentflow run")).chain(rest.iter().cloned());
    match options::general().try_get_matches_from(line) {
        Err(error) => shown(&error),
        Ok(_) => Exit::Usage,
    }
}

/// A script without errors.
struct Script {
    plan: Arc<Plan>,
    sources: Vec<Source>,
}

/// The plan of a script; what is wrong with the script goes to the standard error.
fn plan(path: &Path, screen: Screen) -> Result<Script, Refusal> {
    let metadata = std::fs::metadata(path).map_err(|error| missing(path, &error))?;
    if metadata.is_dir() {
        let refusal =
            Refusal::usage(format!("`{}` is a directory, and `run` takes one script", path.display()));
        return Err(refusal.help("name a file that ends in .agentflow"));
    }
    let compiled = compile::compile_uncounted(&DiskWorld::new(), &name(path)?);
    let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let text = human(errors, &compiled.sources, screen.err);
    match compiled.plan {
        Some(plan) if text.is_empty() => Ok(Script { plan: Arc::new(plan), sources: compiled.sources }),
        _ => {
            screen.complain(&text);
            Err(Refusal::no(format!("`{}` cannot run as it is", path.display())))
        }
    }
}

/// The workflow that is meant: the named one, or the only one that no other calls.
pub(in crate::cli) fn choose<'a>(
    plan: &'a Plan,
    path: &Path,
    wanted: Option<&str>,
) -> Result<(WorkflowId, &'a Workflow), Refusal> {
    let local = || {
        let numbered = (0..).map(WorkflowId).zip(&plan.workflows);
        numbered.filter(|(_, workflow)| workflow.local)
    };
    let names = |all: &[(WorkflowId, &Workflow)]| {
        all.iter()
            .map(|(_, workflow)| format!("{}::{}", path.display(), workflow.name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let all: Vec<_> = local().collect();
    if let Some(wanted) = wanted {
        return local().find(|(_, workflow)| workflow.name == wanted).ok_or_else(|| {
            let refusal = Refusal::usage(format!("`{}` has no workflow `{wanted}`", path.display()));
            match closest(wanted, all.iter().map(|(_, workflow)| workflow.name.as_str())) {
                Some(near) => refusal.help(format!("did you mean `{}::{near}`?", path.display())),
                None => refusal.help(format!("it has {}", names(&all))),
            }
        });
    }
    let entries: Vec<_> = local().filter(|(_, workflow)| !workflow.called).collect();
    match entries.as_slice() {
        [only] => Ok(*only),
        [] => Err(Refusal::usage(format!("`{}` has no workflow to run", path.display()))),
        several => {
            let refusal = Refusal::usage(format!("`{}` has {} workflows", path.display(), several.len()));
            Err(refusal.help(format!("say which: {}", names(several))))
        }
    }
}

fn perform(
    plan: &Arc<Plan>,
    id: WorkflowId,
    workflow: &Workflow,
    arguments: Arguments,
    options: &Options,
    outside: Outside,
    screen: Screen,
) -> Result<Exit, Refusal> {
    let simulated = outside.is_simulated();
    let columns = Columns::of(plan, workflow);
    let sinks = Arc::new(Sinks::new(
        Progress::new(screen, columns.clone(), Fences::of(plan, workflow)),
        options,
        screen,
    )?);
    banner(workflow, &arguments, &outside, screen);
    let began = Instant::now();
    let ended = engine::perform(plan, id, arguments.values, options, outside, &sinks, screen)?;
    sinks.finish();
    let Some(outcome) = &ended.outcome else { return Ok(Exit::Interrupted) };
    if options.json || sinks.is_piped() {
        screen.result(&report(plan, workflow, &ended.run, simulated, outcome).to_string());
    } else {
        screen.result(&result(plan, workflow, outcome));
    }
    let is_told = options.json || sinks.is_piped();
    if outcome.status == RunStatus::Failed && screen.volume == Volume::Quiet && !is_told {
        screen.complain(&headline(outcome, &columns, began.elapsed(), screen.err));
    }
    screen.say(&summary(outcome, &columns, simulated, began.elapsed(), screen.err));
    Ok(exit(outcome, ended.interrupted))
}

fn banner(workflow: &Workflow, arguments: &Arguments, outside: &Outside, screen: Screen) {
    let mut parts = vec![screen.err.paint(Style::Bold, &workflow.name)];
    parts.extend(arguments.shown.iter().map(|text| crate::diag::render::visible(text).into_owned()));
    let mode = screen
        .err
        .paint(if outside.is_simulated() { Style::Warning } else { Style::Dim }, &outside.describe());
    screen.say(&format!("{}      {mode}", parts.join(" · ")));
}

/// The result as a person reads it: a text as it is, anything else as it would stand in a prompt.
fn result(plan: &Plan, workflow: &Workflow, outcome: &Outcome) -> String {
    match (&outcome.result, &workflow.result) {
        (Some(value), Some(ty)) => crate::diag::render::visible(&render(plan, value, ty)).into_owned(),
        _ => String::new(),
    }
}

fn exit(outcome: &Outcome, interrupted: bool) -> Exit {
    match outcome.status {
        RunStatus::Succeeded if !interrupted => Exit::Ok,
        RunStatus::Failed if !interrupted => Exit::No,
        RunStatus::Waiting => Exit::Waiting,
        _ => Exit::Interrupted,
    }
}
