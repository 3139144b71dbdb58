use crate::engine::machine::{Command, Input};
use serde::{Deserialize, Serialize};

/// An entry of a run's journal: everything that went into the machine and everything that it ordered, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Recorded before the machine sees it.
    Input(Input),
    /// Recorded before it is performed.
    Command(Command),
}

/// An entry could not be recorded; the run stops.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal could not be written: {0}")]
pub struct JournalError(pub String);

/// Where entries go. When `append` returns, they are as durable as the journal promises.
pub trait Journal: Send {
    /// Records entries, all or none.
    fn append(&mut self, entries: &[Entry]) -> Result<(), JournalError>;
}
