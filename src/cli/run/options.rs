use super::flags;
use crate::cli::app::Global;
use crate::plan::{Plan, Workflow};
use clap::{Arg, ArgAction, Args, Command};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// Run a workflow; its parameters are the flags
#[derive(Args, Debug)]
pub(in crate::cli) struct Raw {
    /// The script, and everything that it takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, num_args = 0..)]
    pub rest: Vec<OsString>,
}

/// What `run` takes beside the workflow's parameters.
#[derive(Args, Debug)]
pub(super) struct Options {
    /// The script; `FILE::workflow` where it has several
    #[arg(value_name = "FILE", hide = true)]
    pub file: PathBuf,
    /// A JSON file with values for the parameters, by name; flags win. - is the standard input
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// A parameter by its name, also one that is called like an option
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    pub param: Vec<String>,
    /// Simulate every model, tool and person: no key, no network, no cost
    #[arg(long)]
    pub no_llm: bool,
    /// What the simulation draws from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Print one JSON object as the result
    #[arg(long)]
    pub json: bool,
    /// Print every event as a line of JSON, and the result as the last one; =FILE writes the events there
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub events: Option<PathBuf>,
    /// Calls in flight at most
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_parallel: Option<u32>,
    /// Deadline of the whole run: 30s, 5m, 2h
    #[arg(long, value_name = "DURATION", value_parser = milliseconds)]
    pub timeout: Option<u64>,
    /// A profile of agentflow.toml
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    #[command(flatten)]
    pub global: Global,
}

const EXAMPLES: &str = "\
Values: @file is the text of a file, - the standard input, @@x a text that begins with @. A list is a repeated flag
or JSON, a record is JSON.

Examples:
  agentflow run review.agentflow --help            what this workflow takes
  agentflow run review.agentflow --code @src/main.rs
  git diff | agentflow run review.agentflow --diff - --no-llm
  agentflow run shop.agentflow::refund --input order.json --json";

/// Without a script there are no parameters yet.
pub(super) fn general() -> Command {
    let command =
        with_options(bare()).override_usage("agentflow run FILE[::workflow] [--param value…] [OPTIONS]");
    command.about("Run a workflow; its parameters are the flags").after_help(EXAMPLES)
}

/// The command of a workflow: its parameters, which the help is read for, above what `run` takes.
pub(super) fn of_workflow(plan: &Plan, workflow: &Workflow, shown: &str) -> Command {
    let own = own_flags();
    let about = workflow.doc.as_deref().map_or_else(|| format!("Runs `{}`", workflow.name), String::from);
    let command = bare().override_usage(flags::usage(plan, workflow, shown, &own));
    let command = flags::add(command.next_help_heading("Parameters"), plan, workflow, &own);
    with_options(command).about(about).after_help(crate::cli::reach::summary(plan, workflow))
}

fn bare() -> Command {
    let command = Command::new("run").bin_name("agentflow run").disable_help_subcommand(true);
    command.disable_help_flag(true).max_term_width(100)
}

fn with_options(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").help("Print this help").action(ArgAction::Help);
    let command = Options::augment_args(command.next_help_heading("Options"));
    command.arg(help.display_order(1000).help_heading("Options"))
}

/// The long names of the options, which a parameter's flag cannot have.
pub(super) fn own_flags() -> Vec<String> {
    with_options(bare()).get_arguments().filter_map(|arg| arg.get_long().map(String::from)).collect()
}

/// Where in the arguments the script stands: the first that is no flag and belongs to none, a name of a script before
/// any other, as a parameter may stand above it.
pub(super) fn script_in(rest: &[OsString]) -> Option<usize> {
    let options = with_options(bare());
    let takes_value = |name: &str, long: bool| {
        options.get_arguments().any(|arg| {
            let named =
                if long { arg.get_long() == Some(name) } else { arg.get_short() == name.chars().next() };
            named && arg.get_action().takes_values() && !arg.is_require_equals_set()
        })
    };
    let mut candidates = Vec::new();
    let mut value_of_option = false;
    for (at, word) in rest.iter().enumerate() {
        let word = word.to_string_lossy();
        if std::mem::take(&mut value_of_option) {
            continue;
        }
        if let Some(name) = word.strip_prefix("--") {
            value_of_option = takes_value(name, true);
        } else if let Some(name) = word.strip_prefix('-').filter(|name| !name.is_empty()) {
            value_of_option = name.chars().count() == 1 && takes_value(name, false);
        } else {
            candidates.push((at, word.contains(".agentflow") && !word.starts_with('@')));
        }
    }
    let script = candidates.iter().find(|(_, is_script)| *is_script).or(candidates.first());
    script.map(|(at, _)| *at)
}

/// The path and the workflow in `FILE::workflow`.
pub(in crate::cli) fn split(file: &OsStr) -> (PathBuf, Option<String>) {
    match file.to_str().and_then(|text| text.rsplit_once("::")) {
        Some((path, workflow)) => (PathBuf::from(path), Some(workflow.to_string())),
        None => (PathBuf::from(file), None),
    }
}

fn milliseconds(text: &str) -> Result<u64, String> {
    let wrong = || "expected a duration as 500ms, 30s, 5m, 2h or 2d".to_string();
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let count: u64 = text.strip_suffix(unit).and_then(|digits| digits.parse().ok()).ok_or_else(wrong)?;
    let factor = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(wrong()),
    };
    count.checked_mul(factor).filter(|product| *product > 0).ok_or_else(wrong)
}
