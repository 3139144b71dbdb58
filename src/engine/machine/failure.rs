use super::ready::Key;
use crate::engine::effect::{RunError, StepPath};
use crate::engine::eval::{EvalFault, Value};
use crate::plan::{FaultKind, builtin};
use std::sync::Arc;

/// A failure that took its way through a run: of the statement where it began.
#[derive(Debug)]
pub(super) struct Failure {
    /// Where that statement stands.
    pub key: Key,
    /// Kind, path and message.
    pub error: RunError,
    /// Whether a person cancelled the run: then no statement is to blame.
    pub by_person: bool,
}

impl Failure {
    pub fn new(key: Key, step: StepPath, fault: Fault) -> Arc<Self> {
        Arc::new(Self {
            key,
            error: RunError { kind: fault.kind, step, message: fault.message },
            by_person: false,
        })
    }

    pub fn by_person(step: StepPath) -> Arc<Self> {
        Arc::new(Self {
            key: Arc::from([].as_slice()),
            error: RunError { kind: FaultKind::Failed, step, message: "the run was cancelled".to_owned() },
            by_person: true,
        })
    }

    /// The statement to blame.
    pub fn because(&self) -> Option<StepPath> {
        if self.by_person { None } else { Some(Arc::clone(&self.error.step)) }
    }
}

/// Keeps the one that stands first on the page.
pub(super) fn keep_first(kept: &mut Option<Arc<Failure>>, other: Option<&Arc<Failure>>) {
    if let Some(other) = other
        && kept.as_ref().is_none_or(|kept| other.key < kept.key)
    {
        *kept = Some(Arc::clone(other));
    }
}

/// Kind and message of a failure, before it is known where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub kind: FaultKind,
    pub message: String,
}

impl Fault {
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Failed, message)
    }
}

impl From<EvalFault> for Fault {
    fn from(fault: EvalFault) -> Self {
        Self { kind: fault.kind, message: fault.message }
    }
}

/// The value behind `on failure as f`.
pub(super) fn failure_value(error: &RunError) -> Value {
    let position = FaultKind::ALL.iter().position(|kind| *kind == error.kind).unwrap_or_default();
    let kind = Value::Variant(builtin::FAULT, u32::try_from(position).unwrap_or_default());
    let message = Value::text(error.message.as_str());
    Value::record(builtin::FAILURE, vec![kind, message, Value::Text(Arc::clone(&error.step))])
}

/// A duration as an author writes it: `30s`, `5m`, `90s`.
pub(super) fn duration(ms: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    UNITS
        .iter()
        .find(|(unit, _)| ms >= *unit && ms.is_multiple_of(*unit))
        .map_or_else(|| format!("{ms}ms"), |(unit, name)| format!("{}{name}", ms / unit))
}
