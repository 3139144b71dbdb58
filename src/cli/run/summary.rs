use super::line::{Columns, money, seconds, tokens};
use super::progress::without_name;
use super::report::code;
use crate::base::{Decimal, thousands};
use crate::cli::check::many;
use crate::diag::render::{Look, Style, visible};
use crate::engine::effect::{CallableKind, Outcome, RunStatus, StepReport, StepStatus, Usage};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// What is said when a run is over: first what a person must know, then what it used.
pub(super) fn summary(
    outcome: &Outcome,
    columns: &Columns,
    simulated: bool,
    took: Duration,
    look: Look,
) -> String {
    let mut out = headline(outcome, columns, took, look) + "\n";
    consequences(&mut out, outcome, columns, look);
    for gate in outcome.gates.iter().filter(|gate| !gate.passed) {
        let grade = gate.grade.map_or_else(String::new, |grade| format!("; the kept round has {grade}"));
        let text = format!(
            "! `{}` was not met in {}{grade}",
            columns.name(&gate.path),
            many(gate.rounds as usize, "round")
        );
        let _ = writeln!(out, "{}", look.paint(Style::Warning, &text));
    }
    if simulated {
        let _ = writeln!(out, "{}", look.paint(Style::Warning, "! simulated: no model was asked"));
    }
    table(&mut out, outcome);
    total(&mut out, outcome, took);
    let path = critical(outcome, columns);
    if path.len() > 1 {
        let _ =
            writeln!(out, "  {}", look.paint(Style::Dim, &format!("critical path: {}", path.join(" → "))));
    }
    out
}

/// How a run ended, in a line.
pub(super) fn headline(outcome: &Outcome, columns: &Columns, took: Duration, look: Look) -> String {
    let time = seconds(took);
    let (style, text) = match (outcome.status, &outcome.error) {
        (RunStatus::Succeeded, _) => (Style::Good, format!("✓ succeeded after {time}")),
        (RunStatus::Waiting, _) => (Style::Warning, format!("… waits for a person after {time}")),
        (RunStatus::Cancelled, _) => (Style::Warning, format!("– cancelled after {time}")),
        (RunStatus::Failed, Some(error)) => {
            let step = columns.name(&error.step);
            let what = match without_name(&error.step, &error.message) {
                Some(rest) => rest.to_string(),
                None => format!("{}: {}", verb(error.kind), error.message),
            };
            (Style::Error, format!("✗ failed after {time}: `{step}` {what}"))
        }
        (RunStatus::Failed, None) => (Style::Error, format!("✗ failed after {time}")),
    };
    look.paint(style, &visible(&text).replace('\n', " "))
}

/// What else became of a run that did not succeed.
fn consequences(out: &mut String, outcome: &Outcome, columns: &Columns, look: Look) {
    let with = |status: StepStatus| -> Vec<&str> {
        let steps = outcome.steps.iter().filter(|step| step.status == status);
        steps.map(|step| columns.name(&step.id)).collect()
    };
    let (cancelled, kept) = (with(StepStatus::Cancelled), with(StepStatus::Succeeded));
    if outcome.status == RunStatus::Failed && !cancelled.is_empty() {
        let _ = writeln!(out, "  cancelled because of it: {}", cancelled.join(", "));
    }
    if outcome.status != RunStatus::Succeeded && !kept.is_empty() {
        let _ = writeln!(out, "  finished: {}", kept.join(", "));
    }
    if let Some(error) = &outcome.error {
        let _ = writeln!(
            out,
            "  {}",
            look.paint(Style::Dim, &format!("more: agentflow explain {}", code(error.kind)))
        );
    }
}

fn verb(kind: crate::plan::FaultKind) -> &'static str {
    use crate::plan::FaultKind;
    match kind {
        FaultKind::Timeout => "timed out",
        FaultKind::RateLimited => "was held back by a rate limit",
        FaultKind::Unavailable => "was answered by nobody",
        FaultKind::Exhausted => "is out of credit",
        FaultKind::Refused => "was refused",
        FaultKind::TooLong => "is too long",
        FaultKind::Invalid => "got no usable answer",
        FaultKind::OverBudget => "is over its budget",
        FaultKind::Denied => "was denied",
        FaultKind::Arithmetic => "cannot be computed",
        FaultKind::ToolFailed | FaultKind::Failed => "failed",
    }
}

/// A line a tier and callable.
fn table(out: &mut String, outcome: &Outcome) {
    let mut rows: BTreeMap<(u8, &str), (u32, Usage)> = BTreeMap::new();
    for step in &outcome.steps {
        let asks = matches!(step.kind, CallableKind::Agent | CallableKind::Rubric);
        if let Some(tier) = step.tier.filter(|_| asks && step.calls > 0) {
            let (calls, usage) = rows.entry((tier, step.callable.as_str())).or_default();
            *calls += step.calls;
            add(usage, &step.usage);
        }
    }
    let width = rows.keys().map(|(_, name)| name.chars().count()).max().unwrap_or(0);
    for ((tier, name), (calls, usage)) in rows {
        let _ = write!(out, "  t{tier}  {name:<width$}  {:>9}", many(calls as usize, "call"));
        if usage.input_tokens + usage.output_tokens > 0 {
            let _ = write!(out, "  {:>20}", tokens(&usage));
        }
        if usage.cost_usd > Decimal::ZERO {
            let _ = write!(out, "  {}", money(usage.cost_usd));
        }
        out.push('\n');
    }
}

fn add(to: &mut Usage, usage: &Usage) {
    to.input_tokens += usage.input_tokens;
    to.output_tokens += usage.output_tokens;
    to.cost_usd = to.cost_usd.add(usage.cost_usd).unwrap_or(to.cost_usd);
    to.unpriced |= usage.unpriced;
}

fn total(out: &mut String, outcome: &Outcome, took: Duration) {
    let usage = &outcome.usage;
    let mut parts = vec![format!(
        "{} {}",
        thousands(u64::from(outcome.calls)),
        if outcome.calls == 1 { "call" } else { "calls" }
    )];
    if usage.input_tokens + usage.output_tokens > 0 {
        parts.push(tokens(usage));
    }
    parts.push(money(usage.cost_usd) + if usage.unpriced { " and what has no price" } else { "" });
    parts.push(seconds(took));
    let _ = writeln!(out, "  {}", parts.join(" · "));
}

/// The steps that the run's length was made of: from the last to finish backwards, each time the one that finished last
/// before it started.
fn critical<'a>(outcome: &'a Outcome, columns: &Columns) -> Vec<&'a str> {
    let mut path: Vec<&StepReport> = Vec::new();
    let mut before = u64::MAX;
    loop {
        let ended = |step: &&StepReport| {
            let inner = step.kind != CallableKind::Workflow && step.finished_ms > step.started_ms;
            inner && step.finished_ms.is_some_and(|at| at <= before)
        };
        let Some(last) = outcome.steps.iter().filter(ended).max_by_key(|step| step.finished_ms) else {
            break;
        };
        before = last.started_ms.unwrap_or(0);
        path.push(last);
    }
    path.iter().rev().map(|step| columns.name(&step.id)).collect()
}
