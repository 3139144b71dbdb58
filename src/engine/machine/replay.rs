use super::{Command, Input, Machine, Output};
use crate::engine::effect::{Entry, Event};
use crate::plan::Plan;
use serde_json::Value as Json;
use std::fmt;
use std::sync::Arc;

/// The first place where a journal and the machine do not agree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Divergence {
    /// The entry, counted from 0.
    pub entry: usize,
    /// The field of the command that differs, as `call.request.messages[0].text`; empty where a whole command does.
    pub field: String,
    /// What the journal holds there, as JSON; `None` where it holds nothing.
    pub recorded: Option<String>,
    /// What the machine gives there, as JSON; `None` where it gives nothing.
    pub now: Option<String>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        let (recorded, now) = (or(&self.recorded), or(&self.now));
        let entry = self.entry + 1;
        if self.field.is_empty() {
            return write!(
                formatter,
                "entry {entry} of the journal is {recorded}, and this plan gives {now}"
            );
        }
        let field = &self.field;
        write!(formatter, "entry {entry} of the journal has `{field}` {recorded}, and this plan gives {now}")
    }
}

/// Feeds a journal to a new machine: the machine as it then stands and the events that it gave, or the first command
/// that differs from the recorded one.
///
/// A journal may end in the middle: commands that were not recorded any more come back as the last part.
pub fn replay(plan: &Arc<Plan>, entries: &[Entry]) -> Result<Replayed, Divergence> {
    let mut machine = Machine::new(Arc::clone(plan));
    let mut events = Vec::new();
    let mut due: std::collections::VecDeque<Command> = std::collections::VecDeque::new();
    for (number, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Input(input) => {
                if let Some(command) = due.front() {
                    return Err(missing(number, Some(entry), command));
                }
                feed(&mut machine, input, &mut events, &mut due);
            }
            Entry::Command(recorded) => match due.pop_front() {
                Some(now) => compare(number, recorded, &now)?,
                None => {
                    let recorded = Some(json(recorded).to_string());
                    return Err(Divergence { entry: number, field: String::new(), recorded, now: None });
                }
            },
        }
    }
    Ok(Replayed { machine, events, unrecorded: due.into() })
}

/// A run as far as its journal goes.
#[derive(Debug)]
pub struct Replayed {
    /// The machine behind the last input.
    pub machine: Machine,
    /// Every event, in order.
    pub events: Vec<Event>,
    /// Commands that the last input led to and that the journal does not hold.
    pub unrecorded: Vec<Command>,
}

fn feed(
    machine: &mut Machine,
    input: &Input,
    events: &mut Vec<Event>,
    due: &mut std::collections::VecDeque<Command>,
) {
    for output in machine.step(input.clone()) {
        match output {
            Output::Command(command) => due.push_back(command),
            Output::Event(event) => events.push(event),
        }
    }
}

fn missing(entry: usize, recorded: Option<&Entry>, now: &Command) -> Divergence {
    let recorded = recorded.and_then(|entry| serde_json::to_value(entry).ok()).map(|entry| entry.to_string());
    Divergence { entry, field: String::new(), recorded, now: Some(json(now).to_string()) }
}

fn json(command: &Command) -> Json {
    serde_json::to_value(command).unwrap_or(Json::Null)
}

fn compare(entry: usize, recorded: &Command, now: &Command) -> Result<(), Divergence> {
    if recorded == now {
        return Ok(());
    }
    let mut field = String::new();
    let (recorded, now) = first_difference(json(recorded), json(now), &mut field);
    let text = |side: Option<Json>| side.map(|side| side.to_string());
    Err(Divergence { entry, field, recorded: text(recorded), now: text(now) })
}

/// Follows both sides down to the first field that differs.
fn first_difference(old: Json, new: Json, field: &mut String) -> (Option<Json>, Option<Json>) {
    match (old, new) {
        (Json::Object(old), Json::Object(mut new)) => {
            for (key, old) in old {
                match new.remove(&key) {
                    Some(new) if new == old => {}
                    other => {
                        if !field.is_empty() {
                            field.push('.');
                        }
                        field.push_str(&key);
                        return match other {
                            Some(new) => first_difference(old, new, field),
                            None => (Some(old), None),
                        };
                    }
                }
            }
            (None, new.into_iter().next().map(|(_, value)| value))
        }
        (Json::Array(old), Json::Array(new)) => {
            let position = old.iter().zip(&new).position(|(old, new)| old != new);
            let position = position.unwrap_or_else(|| old.len().min(new.len()));
            field.push_str(&format!("[{position}]"));
            let (old, new) = (old.into_iter().nth(position), new.into_iter().nth(position));
            match (old, new) {
                (Some(old), Some(new)) => first_difference(old, new, field),
                sides => sides,
            }
        }
        (old, new) => (Some(old), Some(new)),
    }
}
