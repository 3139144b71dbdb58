use super::paths::Scripts;
use super::{effects, fix, report};
use crate::cli::{Exit, Refusal, Screen, compile};
use crate::host::DiskWorld;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Instant;

/// Say what is wrong with scripts, before anything runs
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Options {
    /// Scripts, or directories whose scripts are checked; - is the standard input
    #[arg(default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,
    /// How diagnostics are written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Make the changes that are certain to be right
    #[arg(long)]
    fix: bool,
    /// Treat what is only a warning as an error, too
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Print what would run, as a text or, with --format json, as JSON
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["fix", "effects"])]
    emit: Option<Emit>,
    /// Print what the workflows may ask and touch
    #[arg(long, conflicts_with = "fix")]
    effects: bool,
}

const EXAMPLES: &str = "\
Examples:
  agentflow check                           every script below this directory
  agentflow check review.agentflow --fix
  agentflow check --deny warnings --format github
  agentflow check - < review.agentflow
  agentflow check review.agentflow --effects";

/// The five formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Pictures of the page
    Human,
    /// One line each
    Short,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// What can be denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Every warning
    Warnings,
}

/// What can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// The plan
    Plan,
}

/// Checks what the paths name.
pub(in crate::cli) fn check(options: &Options, screen: Screen) -> Result<Exit, Refusal> {
    let began = Instant::now();
    let scripts = Scripts::find(&options.paths)?;
    let world = scripts.world();
    if options.emit.is_some() || options.effects {
        return show(options, &scripts, &world, screen);
    }
    let (checked, fixed) = if options.fix {
        fix::check_and_fix(&scripts, world, screen)?
    } else {
        (compile::check(&world, &scripts.paths), 0)
    };
    // The fixed text of the standard input is the result then, so that it can be piped on.
    if options.fix && scripts.stdin.is_some() {
        screen.complain(&report::write(&checked, options.format, screen.err));
    } else {
        screen.result(&report::write(&checked, options.format, screen.out));
    }
    report::summary(&checked, scripts.paths.len(), fixed, began.elapsed(), screen);
    Ok(report::exit(&checked, options.deny.is_some()))
}

/// Prints what one script would do.
fn show(options: &Options, scripts: &Scripts, world: &DiskWorld, screen: Screen) -> Result<Exit, Refusal> {
    let [script] = scripts.paths.as_slice() else {
        return Err(Refusal::usage("--emit and --effects take one script").help("name a file"));
    };
    let checked = compile::compile(world, script);
    screen.complain(&report::write(&checked, Format::Human, screen.err));
    if let Some(plan) = &checked.plan {
        screen.result(&match (options.effects, options.format) {
            (true, _) => effects::effects(plan, screen.out),
            (false, Format::Json) => serde_json::to_string_pretty(plan).unwrap_or_default(),
            (false, _) => plan.print(),
        });
    }
    Ok(report::exit(&checked, options.deny.is_some()))
}
