use super::{BoxFuture, CallFault, StepPath};
use crate::engine::eval::Value;
use crate::plan::Type;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A question to a person (§6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskRequest {
    /// The step.
    pub step: StepPath,
    /// The step's path without rounds. Items stay.
    pub seed_path: StepPath,
    /// Counted over rounds, from 0.
    pub number: u32,
    /// What is asked.
    pub question: String,
    /// Who is meant.
    pub to: Option<SmolStr>,
    /// What is shown: a name and a text; absent optionals are left out.
    pub showing: Vec<(SmolStr, String)>,
    /// The type of the answer.
    pub form: Type,
}

/// Who answers questions to people.
pub trait People: Send + Sync {
    /// Asks; the answer is checked against the form by the machine.
    fn ask<'a>(&'a self, request: &'a AskRequest) -> BoxFuture<'a, Result<Value, CallFault>>;
}
