#[cfg(feature = "lsp")]
use super::lsp;
use super::screen::Colour;
use super::{Exit, Refusal, Screen, Volume, check, explain, fmt, graph, new, run, test};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// A typed language for workflows of AI agents.
#[derive(Parser, Debug)]
#[command(name = "agentflow", version, after_help = EXAMPLES, max_term_width = 100)]
struct App {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  agentflow new review --template code_review    start from a template
  agentflow check                                check every script below this directory
  agentflow fmt                                  write scripts in the canonical style
  agentflow run review/review.agentflow --help   what this workflow takes
  agentflow run review/review.agentflow --code @src/main.rs --no-llm
  agentflow test                                 run the tests that stand in the scripts
  agentflow graph review/review.agentflow        what waits for what, as a Mermaid diagram
  agentflow explain AF0402                       what a code means

Exit codes: 0 ok · 1 the answer is no · 2 usage or configuration · 3 waits for a person · 130 interrupted";

/// What every command takes.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Global {
    /// Colours: auto (on a terminal, unless `NO_COLOR` is set), always, never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        display_order = 900
    )]
    color: Colour,
    /// Say nothing but results and errors
    #[arg(long, short, global = true, display_order = 901)]
    quiet: bool,
    /// Say more
    #[arg(long, short, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet", display_order = 902)]
    verbose: u8,
}

impl Global {
    /// These, where `earlier`, which stood in front of them, says nothing else.
    pub(super) fn louder(self, earlier: Self) -> Self {
        let color = if self.color == Colour::Auto { earlier.color } else { self.color };
        let (quiet, verbose) = (self.quiet || earlier.quiet, self.verbose.max(earlier.verbose));
        Self { color, quiet, verbose }
    }

    /// The screen that they ask for.
    pub(super) fn screen(self) -> Screen {
        let volume = match (self.quiet, self.verbose) {
            (true, _) => Volume::Quiet,
            (false, 0) => Volume::Normal,
            (false, _) => Volume::Verbose,
        };
        Screen::new(self.color, volume)
    }
}

#[derive(Subcommand, Debug)]
enum Command {
    Check(check::Options),
    Fmt(fmt::Options),
    #[command(disable_help_flag = true)]
    Run(run::Raw),
    Test(test::Options),
    Graph(graph::Options),
    New(new::Options),
    Explain(explain::Options),
    #[cfg(feature = "lsp")]
    Lsp(lsp::Options),
}

/// Runs the program on the arguments of this process.
pub fn main() -> ExitCode {
    human_panic::setup_panic!();
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    // `run` writes its own help, which knows the workflow.
    if let [_, help, run, ..] = arguments.as_mut_slice()
        && help == "help"
        && run == "run"
    {
        *help = "run".into();
        *run = "--help".into();
    }
    dispatch(&arguments).into()
}

fn dispatch(arguments: &[OsString]) -> Exit {
    let app = match App::command().try_get_matches_from(arguments).and_then(|it| App::from_arg_matches(&it)) {
        Ok(app) => app,
        Err(error) => return shown(&error),
    };
    let screen = app.global.screen();
    let ended = match &app.command {
        Command::Check(options) => check::check(options, screen),
        Command::Fmt(options) => fmt::fmt(options, screen),
        Command::Run(raw) => run::run(raw, app.global),
        Command::Test(options) => test::test(options, screen),
        Command::Graph(options) => graph::graph(options, screen),
        Command::New(options) => new::new(options, screen),
        Command::Explain(options) => explain::explain(options, screen),
        #[cfg(feature = "lsp")]
        Command::Lsp(options) => lsp::lsp(options),
    };
    ended.unwrap_or_else(|refusal| refuse(&refusal, screen))
}

fn refuse(refusal: &Refusal, screen: Screen) -> Exit {
    screen.refuse(refusal);
    refusal.exit
}

/// Prints what clap has to say: help and version are results, the rest is a mistake in the arguments.
pub(super) fn shown(error: &clap::Error) -> Exit {
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Ok }
}
