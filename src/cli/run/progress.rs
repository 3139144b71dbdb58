//! A run while it goes: a line a step on a terminal, a line an event elsewhere.

use super::fences::{self, Drawn, Fences};
use super::line::{Columns, Mark, Row, money, seconds};
use crate::cli::{Screen, Volume};
use crate::diag::render::{Style, visible};
use crate::engine::effect::{CallableKind, Event, EventKind, EventSink, RunError, StepPath, Usage};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A rest that a person would wonder about.
const LONG_REST_MS: u64 = 5_000;

/// Shows the events of a run on the standard error.
pub(super) struct Progress {
    screen: Screen,
    columns: Columns,
    bars: Option<MultiProgress>,
    /// Drawn where lines may move.
    fences: Fences,
    drawn: Mutex<Drawn>,
    running: Mutex<BTreeMap<StepPath, Running>>,
}

/// A step that has started.
struct Running {
    row: Row,
    bar: Option<ProgressBar>,
    /// The last line of what its model has written so far.
    tail: String,
    started: u64,
}

impl Progress {
    /// Shows on this screen; `columns` say how wide names are.
    pub(super) fn new(screen: Screen, columns: Columns, fences: Fences) -> Self {
        let bars = (screen.live && screen.volume > Volume::Quiet).then(MultiProgress::new);
        let columns = if bars.is_some() { columns.fenced(fences.deepest()) } else { columns };
        Self { screen, columns, bars, fences, drawn: Mutex::default(), running: Mutex::default() }
    }

    /// Takes away what moves, so that the terminal is as it was.
    pub(super) fn finish(&self) {
        let lines = self.drawn().close(&[]);
        lines.iter().for_each(|line| self.print(&self.screen.err.paint(Style::Dim, line)));
        if let Some(bars) = &self.bars {
            let _ = bars.clear();
        }
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<StepPath, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws the fences above a line about this step; gives how deep it stands.
    fn enter(&self, path: &StepPath) -> usize {
        if self.bars.is_none() {
            return 0;
        }
        let (lines, depth) = self.drawn().enter(&self.fences, path);
        lines.iter().for_each(|line| self.print(&self.screen.err.paint(Style::Dim, line)));
        depth
    }

    fn print(&self, line: &str) {
        match &self.bars {
            // Beside `suspend`, `println` ends a line by filling it up to the width that it takes the terminal to have,
            // so that what is printed next stands behind it where the terminal is wider.
            Some(bars) => bars.suspend(|| self.screen.say(line)),
            None => self.screen.say(line),
        }
    }

    fn note(&self, style: Style, text: &str) {
        self.print(&format!("  {}", self.screen.err.paint(style, &visible(text))));
    }

    fn started(&self, event: &Event, path: &StepPath, kind: CallableKind, callable: &str, tier: Option<u8>) {
        let mut row = Row::new(&self.columns, path, callable, tier);
        row.depth = self.enter(path);
        self.drawn().began(&self.fences, path);
        let bar = self.bars.as_ref().map(|bars| {
            let style = ProgressStyle::with_template("  {prefix}{spinner} {wide_msg}  {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = ProgressBar::new_spinner().with_style(style).with_prefix(fences::bars(row.depth));
            let bar = bars.add(bar.with_message(row.running(&self.columns)));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() && self.screen.volume > Volume::Quiet && kind != CallableKind::Workflow {
            self.print(&row.line(&self.columns, Mark::Started, "", self.screen.err));
        }
        let running = Running { row, bar, tail: String::new(), started: event.at };
        self.running().insert(path.clone(), running);
    }

    fn delta(&self, path: &StepPath, text: &str) {
        let mut running = self.running();
        let Some(step) = running.get_mut(path) else { return };
        let Some(bar) = &step.bar else { return };
        step.tail.push_str(&visible(text));
        let tail: String = step.tail.lines().next_back().unwrap_or_default().into();
        step.tail = tail.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
        let shown = self.screen.err.paint(Style::Dim, &step.tail);
        bar.set_message(format!("{}  {shown}", step.row.running(&self.columns)));
    }

    fn ended(&self, event: &Event, path: &StepPath, mark: Mark, usage: Option<&Usage>, why: &str) {
        let mut step = self.running().remove(path);
        let (mut row, started) = match step.take() {
            Some(step) => {
                if let Some(bar) = &step.bar {
                    bar.finish_and_clear();
                }
                (step.row, Some(step.started))
            }
            None => (Row::unknown(&self.columns, path), None),
        };
        row.depth = self.enter(path);
        if started.is_some() {
            self.drawn().ended(&self.fences, path);
        }
        row.took = started.map(|started| Duration::from_millis(event.at.saturating_sub(started)));
        if let Some(usage) = usage {
            row.usage = *usage;
        }
        self.print(&row.line(&self.columns, mark, why, self.screen.err));
    }

    fn model(&self, path: &StepPath, model: &str) {
        if let Some(step) = self.running().get_mut(path) {
            step.row.model = Some(model.to_string());
        }
    }

    fn step(&self, event: &Event, path: &StepPath) {
        match &event.kind {
            EventKind::StepStarted { kind, callable, tier } => {
                self.started(event, path, *kind, callable, *tier);
            }
            EventKind::StepDelta { text } => self.delta(path, text),
            EventKind::StepFinished { usage, .. } => self.ended(event, path, Mark::Done, Some(usage), ""),
            EventKind::StepFailed { error, handled } => {
                let mark = if *handled { Mark::Handled } else { Mark::Failed };
                self.ended(event, path, mark, None, &why(path, error));
            }
            EventKind::StepSkipped { because } => {
                let why =
                    because.as_ref().map_or_else(|| "skipped".to_string(), |why| format!("skipped: {why}"));
                self.ended(event, path, Mark::Skipped, None, &why);
            }
            EventKind::StepCancelled { because } => {
                let why = because.as_ref().map_or_else(
                    || "cancelled".to_string(),
                    |because| format!("cancelled because of {}", self.columns.name(because)),
                );
                self.ended(event, path, Mark::Cancelled, None, &why);
            }
            EventKind::CallFinished { model: Some(model), .. } | EventKind::RouteChosen { model, .. } => {
                self.model(path, model);
            }
            _ => self.aside(event, path),
        }
    }

    fn aside(&self, event: &Event, path: &StepPath) {
        let name = self.columns.name(path);
        match &event.kind {
            EventKind::RubricReviewed { grade, score, advice, .. } => {
                let advice = super::values::cut(advice);
                let advice = if advice.is_empty() { advice } else { format!("   “{advice}”") };
                self.note(Style::Place, &format!("↻ {name}   {grade} {}{advice}", score.round(0)));
            }
            EventKind::LoopRound { number, max } if *number > 1 => {
                self.note(Style::Dim, &format!("↻ {name}   round {number} of at most {max}"));
            }
            EventKind::LoopEnded { passed: false, rounds, grade } => {
                let grade = grade.map_or_else(String::new, |grade| format!(", the kept one has {grade}"));
                self.note(Style::Warning, &format!("↻ {name}   not met in {rounds} rounds{grade}"));
            }
            EventKind::RouteFailover { from, to: Some(to), message } => {
                self.note(Style::Dim, &format!("{name}: {from}: {message}; asking {to}"));
            }
            EventKind::CallRejected { reasons } => {
                let reason = reasons.first().map_or("", String::as_str);
                self.note(Style::Dim, &format!("{name}: asked again: {}", super::values::cut(reason)));
            }
            EventKind::SimulationRequireUnmet { record, message } => {
                let text = format!("{name}: no simulated {record} met its require: {message}");
                self.note(Style::Warning, &text);
            }
            EventKind::BudgetExceeded { limit_usd } => {
                self.note(Style::Warning, &format!("{name}: the budget of {} is used up", money(*limit_usd)));
            }
            EventKind::ToolCut { tool } => {
                self.note(Style::Dim, &format!("{name}: what {tool} gave was cut"));
            }
            EventKind::CallFailed { kind, message, .. } if self.screen.volume > Volume::Normal => {
                self.note(Style::Dim, &format!("{name}: {kind}: {message}"));
            }
            EventKind::RouteCooled { model, for_ms }
                if *for_ms >= LONG_REST_MS || self.screen.volume > Volume::Normal =>
            {
                let time = seconds(Duration::from_millis(*for_ms));
                self.note(Style::Dim, &format!("{model} rests for {time}"));
            }
            _ => {}
        }
    }
}

/// Why a step failed, as it stands behind the step's name.
fn why(path: &StepPath, error: &RunError) -> String {
    match without_name(path, &error.message) {
        Some(rest) => rest.to_string(),
        None => format!("{}: {}", error.kind, error.message),
    }
}

/// What a message says about the step that it begins with, if that is this step.
pub(super) fn without_name<'a>(path: &str, message: &'a str) -> Option<&'a str> {
    let (name, rest) = message.strip_prefix('`')?.split_once("` ")?;
    let last = path.rsplit('/').next()?;
    let plain = last.split('[').next()?;
    (name == last || name == plain).then_some(rest)
}

impl EventSink for Progress {
    fn event(&self, event: &Event) {
        if self.screen.volume == Volume::Quiet {
            return;
        }
        if let Some(path) = &event.step {
            self.step(event, path);
        }
    }
}
