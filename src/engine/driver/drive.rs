use super::deadlines::Deadlines;
use super::hub::Hub;
use super::perform::Flights;
use crate::engine::effect::{
    Entry, EventSink, Journal, JournalError, ModelClient, Outcome, People, Start, ToolHost,
};
use crate::engine::machine::{Command, Input, Machine, Output};
use crate::plan::Plan;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Who performs what a run orders, and who hears of it.
pub struct Effects {
    /// Answers calls.
    pub models: Arc<dyn ModelClient>,
    /// Runs tools.
    pub tools: Arc<dyn ToolHost>,
    /// Answers questions to people; not asked where [`Start::people`] is false.
    pub people: Arc<dyn People>,
    /// Where entries go, before they are performed or used.
    pub journal: Box<dyn Journal>,
    /// Who hears events.
    pub events: Arc<dyn EventSink>,
    /// Cancels the run.
    pub cancel: CancellationToken,
}

/// Why a run could not be driven to its end. A run that fails is an [`Outcome`], not an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriveError {
    /// An entry could not be recorded, so nothing more was done.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The machine waits for something that nobody does: a fault of this program.
    #[error("the run waits for nothing that could come")]
    Stuck,
}

/// A day longer than any run: deadlines are cut to it, so that no sum overflows.
const FOREVER_MS: u64 = 100 * 365 * 24 * 3_600_000;

/// Drives a run to its end. Dropping the future cancels everything that is in flight.
pub async fn run(plan: Arc<Plan>, start: Start, effects: Effects) -> Result<Outcome, DriveError> {
    let hub = Arc::new(Hub::new(Arc::clone(&start.run), Arc::clone(&effects.events)));
    let cancel = effects.cancel.clone();
    let mut drive = Drive {
        machine: Machine::new(plan),
        effects,
        hub,
        flights: Flights::default(),
        deadlines: Deadlines::default(),
        outcome: None,
    };
    drive.feed(Input::Start(Box::new(start)))?;
    let mut cancelled = false;
    loop {
        if let Some(outcome) = drive.outcome.take() {
            return Ok(outcome);
        }
        if drive.flights.is_empty() && drive.deadlines.is_empty() {
            return Err(DriveError::Stuck);
        }
        let holds = Arc::clone(&drive.flights.holds);
        let input = tokio::select! {
            biased;
            () = cancel.cancelled(), if !cancelled => {
                cancelled = true;
                Input::Cancel { at: drive.hub.at() }
            }
            (id, for_ms) = holds.next() => Input::Held { id, at: drive.hub.at(), for_ms },
            (id, landed) = drive.flights.next() => landed.input(id, drive.hub.at()),
            id = drive.deadlines.next() => Input::Timer { id, at: drive.hub.at() },
        };
        drive.feed(input)?;
    }
}

struct Drive {
    machine: Machine,
    effects: Effects,
    hub: Arc<Hub>,
    flights: Flights,
    deadlines: Deadlines,
    outcome: Option<Outcome>,
}

impl Drive {
    /// Records an input, lets the machine see it, records what the machine orders, and performs it.
    fn feed(&mut self, input: Input) -> Result<(), DriveError> {
        let entry = [Entry::Input(input)];
        self.effects.journal.append(&entry)?;
        let [Entry::Input(input)] = entry else { return Ok(()) };
        let mut entries = Vec::new();
        let mut events = Vec::new();
        for output in self.machine.step(input) {
            match output {
                Output::Command(command) => entries.push(Entry::Command(command)),
                Output::Event(event) => events.push(event),
            }
        }
        if !entries.is_empty() {
            self.effects.journal.append(&entries)?;
        }
        for event in events {
            self.hub.pass(event);
        }
        for entry in entries {
            if let Entry::Command(command) = entry {
                self.perform(command);
            }
        }
        Ok(())
    }

    fn perform(&mut self, command: Command) {
        match command {
            Command::Call { id, request } => self.flights.call(id, request, &self.effects.models, &self.hub),
            Command::Tool { id, request } => self.flights.tool(id, request, &self.effects.tools),
            Command::Ask { id, request } => self.flights.ask(id, request, &self.effects.people),
            Command::Stop { id } => self.flights.stop(id),
            Command::Timer { id, in_ms } => {
                let at = Instant::now() + Duration::from_millis(in_ms.min(FOREVER_MS));
                self.deadlines.set(id, at);
            }
            Command::StopTimer { id } => self.deadlines.stop(id),
            Command::Finish { outcome } => self.outcome = Some(*outcome),
        }
    }
}
