use crate::diag::Code;
use crate::engine::effect::{Outcome, RunError, StepReport};
use crate::engine::eval::to_json;
use crate::plan::{FaultKind, Plan, Workflow};
use serde_json::{Value as Json, json};

/// The object of `run --json`, version 1.
pub(super) fn report(
    plan: &Plan,
    workflow: &Workflow,
    run: &str,
    simulated: bool,
    outcome: &Outcome,
) -> Json {
    let result = outcome.result.as_ref().map(|value| to_json(plan, value, workflow.result.as_ref()));
    let error = outcome.error.as_ref().map(|error| {
        json!({
            "code": code(error.kind).number(),
            "kind": error.kind,
            "step": error.step,
            "message": error.message,
        })
    });
    json!({
        "v": 1,
        "run": run,
        "workflow": workflow.name,
        "status": outcome.status,
        "simulated": simulated,
        "result": result,
        "error": error,
        "gates": outcome.gates,
        "usage": {
            "calls": outcome.calls,
            "attempts": outcome.attempts,
            "input_tokens": outcome.usage.input_tokens,
            "output_tokens": outcome.usage.output_tokens,
            "cost_usd": outcome.usage.cost_usd.to_string(),
        },
        "steps": outcome.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &StepReport) -> Json {
    let error =
        step.error.as_ref().map(|RunError { kind, message, .. }| json!({ "kind": kind, "message": message }));
    json!({
        "id": step.id,
        "kind": step.kind,
        "callable": step.callable,
        "status": step.status,
        "tier": step.tier,
        "model": step.model,
        "calls": step.calls,
        "attempts": step.attempts,
        "because": step.because,
        "error": error,
        "handled": step.handled,
        "started_ms": step.started_ms,
        "finished_ms": step.finished_ms,
    })
}

/// The page of a kind of failure.
pub(super) fn code(kind: FaultKind) -> Code {
    match kind {
        FaultKind::Timeout => Code::RunTimeout,
        FaultKind::RateLimited => Code::RunRateLimited,
        FaultKind::Unavailable => Code::RunUnavailable,
        FaultKind::Exhausted => Code::RunExhausted,
        FaultKind::Refused => Code::RunRefused,
        FaultKind::TooLong => Code::RunTooLong,
        FaultKind::Invalid => Code::RunInvalid,
        FaultKind::ToolFailed => Code::RunToolFailed,
        FaultKind::OverBudget => Code::RunOverBudget,
        FaultKind::Denied => Code::RunDenied,
        FaultKind::Arithmetic => Code::RunArithmetic,
        FaultKind::Failed => Code::RunFailed,
    }
}
