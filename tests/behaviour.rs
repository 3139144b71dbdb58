//! What scripts do when they run: every script under `tests/behaviour` is clean, and its own tests pass, but for those
//! whose title begins with `unmet: `, which must fail.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::engine::machine::given::{Sampler, TestReport, run_test};
use agentflow::engine::sim::SimSampler;
use agentflow::language::compile;
use agentflow::language::hir::{MemoryWorld, ModuleId};
use agentflow::language::lower::lower;
use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use support::files;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = support::walk("tests/behaviour", "agentflow").into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || passes(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn passes(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let checked = support::check(&files::split(&text));
    if !checked.diagnostics.is_empty() {
        return Err(format!("{}\n{}", path.display(), support::rendered(&checked)).into());
    }
    let world = MemoryWorld::default().with(files::MAIN, text.as_str());
    let compiled = compile(&world, &[files::MAIN.to_string()]);
    let plan = Arc::new(lower(&compiled.program, &compiled.checked, ModuleId(0)));
    if plan.tests.is_empty() {
        return Err(format!("{} has no test", path.display()).into());
    }
    let sampler: Arc<dyn Sampler> = Arc::new(SimSampler { seed: 1 });
    let reports = (0..plan.tests.len()).filter_map(|at| run_test(&plan, at, &sampler));
    let is_met = |report: &TestReport| report.passed() != report.title.starts_with("unmet: ");
    let said: String = reports.filter(|report| !is_met(report)).map(|report| unmet(&report)).collect();
    if said.is_empty() { Ok(()) } else { Err(format!("{}\n{said}", path.display()).into()) }
}

fn unmet(report: &TestReport) -> String {
    let mut out = format!("  {}\n", report.title);
    for failure in &report.failures {
        let _ = writeln!(out, "    {}: {}", failure.source, failure.message);
        if let Some((left, right)) = &failure.sides {
            let _ = writeln!(out, "      left  {left}\n      right {right}");
        }
    }
    out
}
