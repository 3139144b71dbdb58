use super::print::{One, Total};
use crate::cli::check::Scripts;
use crate::cli::{Exit, Refusal, Screen, compile};
use crate::diag::Severity;
use crate::diag::render::human;
use crate::engine::machine::given::{Sampler, run_test};
use crate::engine::sim::SimSampler;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What `given x -> sample` draws from: always the same, or a test could fail one day and pass the next.
const SEED: u64 = 1;

/// Run the tests that stand in scripts
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Options {
    /// Scripts, or directories whose scripts are tested
    #[arg(default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,
    /// Only tests whose script or title contains this
    #[arg(long, short, value_name = "TEXT")]
    filter: Option<String>,
    /// Print one JSON object a test, and one for all
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  agentflow test                          every test below this directory
  agentflow test review.agentflow
  agentflow test --filter \"high finding\"
  agentflow test --json > results.jsonl";

/// Runs tests, in the order of files and page.
pub(in crate::cli) fn test(options: &Options, screen: Screen) -> Result<Exit, Refusal> {
    let scripts = Scripts::find(&options.paths)?;
    let world = scripts.world();
    let sampler: Arc<dyn Sampler> = Arc::new(SimSampler { seed: SEED });
    let mut total = Total::default();
    let began = Instant::now();
    for path in &scripts.paths {
        let mut compiled = compile::compile(&world, path);
        let Some(plan) = compiled.plan.take() else {
            let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
            screen.complain(&human(errors, &compiled.sources, screen.err));
            total.broken += 1;
            continue;
        };
        let plan = Arc::new(plan);
        for index in 0..plan.tests.len() {
            if !plan.tests.get(index).is_some_and(|test| options.wants(path, &test.title)) {
                continue;
            }
            let began = Instant::now();
            let Some(report) = run_test(&plan, index, &sampler) else { continue };
            total.add(&report);
            let one = One { path, report: &report, took: began.elapsed(), sources: &compiled.sources };
            screen.result(&if options.json { one.json() } else { one.lines(screen.out) });
        }
    }
    if let Some(filter) = options.filter.as_ref().filter(|_| total.tests == 0 && total.broken == 0) {
        return Err(Refusal::usage(format!("no test's script or title contains `{filter}`")));
    }
    if options.json {
        screen.result(&total.json(began.elapsed()));
    } else {
        screen.result(&total.line(began.elapsed(), screen.out));
    }
    Ok(if total.failed + total.broken > 0 { Exit::No } else { Exit::Ok })
}

impl Options {
    fn wants(&self, path: &str, title: &str) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| title.contains(filter.as_str()) || path.contains(filter.as_str()))
    }
}
