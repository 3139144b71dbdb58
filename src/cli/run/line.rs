use super::fences::bars;
use crate::base::{Decimal, thousands};
use crate::diag::render::{Look, Style, visible};
use crate::engine::effect::Usage;
use crate::plan::{NodeKind, Plan, Workflow};
use std::fmt::Write as _;
use std::time::Duration;

/// How wide the columns of a run's lines are.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    workflow: String,
    name: usize,
    callable: usize,
    /// Room for the fences around a name, so that all lines have their columns below each other.
    fences: usize,
}

/// Wider names push their line to the right.
const WIDEST: usize = 28;

impl Columns {
    /// Columns that hold the names of this workflow's steps.
    pub(super) fn of(plan: &Plan, workflow: &Workflow) -> Self {
        let mut columns = Self { workflow: format!("{}/", workflow.name), name: 6, callable: 6, fences: 0 };
        for node in &workflow.nodes {
            if let NodeKind::Step { call, .. } = &node.kind {
                let scope = workflow.blocks.get(node.block.0 as usize).map_or(0, |block| block.scope.0);
                // Below a loop or a fan-out a name has the number of its round or item behind it.
                let width = node.name.chars().count() + if scope == 0 { 0 } else { 3 };
                columns.name = columns.name.max(width).min(WIDEST);
                columns.callable = columns.callable.max(callable(plan, call).chars().count()).min(WIDEST);
            }
        }
        columns
    }

    /// With room for so many fences around a name.
    pub(super) fn fenced(self, deepest: usize) -> Self {
        Self { fences: deepest * 2, ..self }
    }

    /// A path without the workflow that it begins with.
    pub(super) fn name<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(self.workflow.as_str()).unwrap_or(path)
    }
}

fn callable<'a>(plan: &'a Plan, call: &crate::plan::Call) -> &'a str {
    use crate::plan::Call;
    match call {
        Call::Agent(id, _) => plan.agent(*id).map_or("", |it| it.name.as_str()),
        Call::Rubric(id, _) => plan.rubric(*id).map_or("", |it| it.name.as_str()),
        Call::Tool(id, _) => plan.tool(*id).map_or("", |it| it.name.as_str()),
        Call::Workflow(id, _) => plan.workflow(*id).map_or("", |it| it.name.as_str()),
        Call::Prompt(_) | Call::Ask(_) => "prompt",
    }
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It runs.
    Started,
    /// It gave its value.
    Done,
    /// It failed.
    Failed,
    /// It failed, and `on failure` took over.
    Handled,
    /// Its branch was not taken.
    Skipped,
    /// What it waited for failed.
    Cancelled,
}

impl Mark {
    fn sign(self, look: Look) -> String {
        match self {
            Self::Started => look.paint(Style::Dim, "▸"),
            Self::Done => look.paint(Style::Good, "✓"),
            Self::Failed => look.paint(Style::Error, "✗"),
            Self::Handled => look.paint(Style::Warning, "✗"),
            Self::Skipped => look.paint(Style::Dim, "↷"),
            Self::Cancelled => look.paint(Style::Dim, "–"),
        }
    }
}

/// What is said about a step.
#[derive(Clone, Debug)]
pub(super) struct Row {
    name: String,
    callable: String,
    tier: Option<u8>,
    /// Who answered.
    pub model: Option<String>,
    /// How long it took.
    pub took: Option<Duration>,
    /// What it used.
    pub usage: Usage,
    /// How many fences stand around it.
    pub depth: usize,
}

impl Row {
    /// A step that starts.
    pub(super) fn new(columns: &Columns, path: &str, callable: &str, tier: Option<u8>) -> Self {
        let callable = visible(callable).into_owned();
        Self { callable, tier, ..Self::unknown(columns, path) }
    }

    /// A step that never started.
    pub(super) fn unknown(columns: &Columns, path: &str) -> Self {
        Self {
            name: visible(columns.name(path)).into_owned(),
            callable: String::new(),
            tier: None,
            model: None,
            took: None,
            usage: Usage::default(),
            depth: 0,
        }
    }

    /// The line behind a spinner.
    pub(super) fn running(&self, columns: &Columns) -> String {
        format!("{}  {}", self.head(columns), self.model.as_deref().unwrap_or_default())
            .trim_end()
            .to_string()
    }

    fn head(&self, columns: &Columns) -> String {
        let tier = self.tier.map_or_else(|| "  ".to_string(), |tier| format!("t{tier}"));
        let (name, callable) = (&self.name, &self.callable);
        let width = (columns.name + columns.fences).saturating_sub(self.depth * 2);
        format!("{name:<width$}  {callable:<0$}  {tier}", columns.callable)
    }

    /// The line of a step that has this mark, with a reason where there is one.
    pub(super) fn line(&self, columns: &Columns, mark: Mark, why: &str, look: Look) -> String {
        let fences = look.paint(Style::Dim, &bars(self.depth));
        let mut line = format!("  {fences}{} {}", mark.sign(look), self.head(columns));
        if let Some(model) = &self.model {
            let _ = write!(line, "  {model:<24}");
        }
        if let Some(took) = self.took {
            let _ = write!(line, "  {:>7}", seconds(took));
        }
        if self.usage.input_tokens + self.usage.output_tokens > 0 {
            let _ = write!(line, "  {:>18}", tokens(&self.usage));
        }
        if self.usage.cost_usd > Decimal::ZERO {
            let _ = write!(line, "  {}", money(self.usage.cost_usd));
        }
        if !why.is_empty() {
            let why = visible(why).replace('\n', " ");
            line = format!("{}  {}", line.trim_end(), look.paint(Style::Dim, &why));
        }
        line.trim_end().to_string()
    }
}

/// `412 → 96 tok`
pub(super) fn tokens(usage: &Usage) -> String {
    format!("{} → {} tok", thousands(usage.input_tokens), thousands(usage.output_tokens))
}

/// `$0.0094`
pub(super) fn money(dollars: Decimal) -> String {
    if dollars == Decimal::ZERO { "$0".into() } else { format!("${:.4}", dollars.to_f64()) }
}

/// `0.8 s`, `2 m 5 s`, `3 ms`
pub(super) fn seconds(time: Duration) -> String {
    let all = time.as_secs();
    match (time.as_millis(), all) {
        (0..100, _) => format!("{} ms", time.as_millis()),
        (_, 0..60) => format!("{:.1} s", time.as_secs_f64()),
        (_, 60..3600) => format!("{} m {} s", all / 60, all % 60),
        _ => format!("{} h {} m", all / 3600, all / 60 % 60),
    }
}
