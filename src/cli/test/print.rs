use crate::base::{Place, Source};
use crate::cli::check::many;
use crate::diag::render::{Look, Style, visible};
use crate::engine::effect::StepStatus;
use crate::engine::machine::given::{TestFailure, TestReport, TestStep};
use serde_json::json;
use std::fmt::Write as _;
use std::time::Duration;

/// A test that was run.
pub(super) struct One<'a> {
    /// Its script.
    pub path: &'a str,
    /// What became of it.
    pub report: &'a TestReport,
    /// How long it took.
    pub took: Duration,
    /// The texts that places are in.
    pub sources: &'a [Source],
}

impl One<'_> {
    /// A line, and below it why the test failed.
    pub(super) fn lines(&self, look: Look) -> String {
        let (style, word) = if self.report.passed() { (Style::Good, "PASS") } else { (Style::Error, "FAIL") };
        let mut out = format!(
            "  {}  {:>8}  {}  {}",
            look.paint(style, word),
            milliseconds(self.took),
            self.path,
            visible(&self.report.title)
        );
        if self.report.passed() {
            return out;
        }
        let line = self.line(self.report.failures.first().map_or(self.report.place, |failure| failure.place));
        let _ = writeln!(out, "  {}", look.paint(Style::Dim, &format!("line {line}")));
        for failure in &self.report.failures {
            self.failure(&mut out, failure, look);
        }
        let trace: Vec<String> = self.report.steps.iter().map(|step| self.step(step)).collect();
        if !trace.is_empty() {
            let _ =
                writeln!(out, "        {}", look.paint(Style::Dim, &format!("steps: {}", trace.join(" → "))));
        }
        out
    }

    fn line(&self, place: Place) -> u32 {
        self.sources.get(place.file.0 as usize).map_or(0, |source| source.line_column(place.span.start).line)
    }

    /// What was expected, with the values of both sides below where there are two.
    fn failure(&self, out: &mut String, failure: &TestFailure, look: Look) {
        let (source, message) = (visible(&failure.source), visible(&failure.message));
        let line = self.line(failure.place);
        if source.is_empty() {
            let _ = writeln!(out, "        {message}");
            return;
        }
        let place = look.paint(Style::Dim, &format!("line {line}"));
        let _ = writeln!(out, "        expect {source}   {place}");
        match &failure.sides {
            Some((left, right)) => {
                let left = look.paint(Style::Error, &visible(left));
                let _ = writeln!(out, "          left   {left}");
                let _ = writeln!(out, "          right  {}", look.paint(Style::Good, &visible(right)));
            }
            None => {
                let _ = writeln!(out, "          {}", look.paint(Style::Error, &message));
            }
        }
    }

    fn step(&self, step: &TestStep) -> String {
        let name = step.id.split_once('/').map_or(&*step.id, |(_, name)| name);
        match (step.status, &step.given) {
            (StepStatus::Succeeded | StepStatus::Failed, Some((answer, place))) => {
                let failed = if step.status == StepStatus::Failed { "failed, " } else { "" };
                let answer = crate::cli::run::cut(answer);
                visible(&format!("{name} ({failed}given {answer}, line {})", self.line(*place))).into_owned()
            }
            (StepStatus::Succeeded, None) => name.to_string(),
            (StepStatus::Failed, None) => format!("{name} (failed)"),
            (StepStatus::Skipped, _) => format!("{name} (skipped)"),
            (StepStatus::Cancelled, _) => format!("{name} (cancelled)"),
            (StepStatus::Waiting, _) => format!("{name} (waits)"),
        }
    }

    /// One object, version 1.
    pub(super) fn json(&self) -> String {
        let failures = self.report.failures.iter().map(|failure| {
            let sides = failure.sides.as_ref();
            json!({
                "line": self.line(failure.place),
                "expect": failure.source,
                "message": failure.message,
                "left": sides.map(|(left, _)| left),
                "right": sides.map(|(_, right)| right),
            })
        });
        let object = json!({
            "v": 1,
            "file": self.path,
            "line": self.line(self.report.place),
            "test": self.report.title,
            "status": if self.report.passed() { "passed" } else { "failed" },
            "ms": rounded(self.took),
            "failures": failures.collect::<Vec<_>>(),
        });
        object.to_string()
    }
}

/// All tests together.
#[derive(Debug, Default)]
pub(super) struct Total {
    /// Tests that were run.
    pub tests: usize,
    /// Those that failed.
    pub failed: usize,
    /// Scripts that have errors, so that their tests could not be run.
    pub broken: usize,
}

impl Total {
    /// Counts a test.
    pub(super) fn add(&mut self, report: &TestReport) {
        self.tests += 1;
        self.failed += usize::from(!report.passed());
    }

    /// The last line.
    pub(super) fn line(&self, took: Duration, look: Look) -> String {
        let mut parts = vec![many(self.tests, "test")];
        if self.failed > 0 {
            parts.push(look.paint(Style::Error, &format!("{} failed", self.failed)));
        } else if self.tests > 0 {
            parts.push(look.paint(Style::Good, "all passed"));
        }
        if self.broken > 0 {
            let text = format!("{} could not be tested", many(self.broken, "script"));
            parts.push(look.paint(Style::Error, &text));
        }
        parts.push(milliseconds(took));
        parts.push("0 calls, $0".into());
        format!("  {}", parts.join(", "))
    }

    /// The last object.
    pub(super) fn json(&self, took: Duration) -> String {
        let object = json!({
            "v": 1,
            "tests": self.tests,
            "passed": self.tests - self.failed,
            "failed": self.failed,
            "broken_scripts": self.broken,
            "ms": rounded(took),
        });
        object.to_string()
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// Milliseconds, to a hundredth.
fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}
