use super::oracle::{Oracle, Sampler};
use crate::base::Place;
use crate::engine::effect::{Outcome, RunError, RunStatus, Start, StepPath, StepStatus};
use crate::engine::eval::{Date, NoVars, Requires, Value, check_value, eval, to_json};
use crate::engine::machine::{Command, Input, Machine, Output};
use crate::plan::{FaultKind, Plan, Test};
use smol_str::SmolStr;
use std::sync::Arc;

/// What became of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestReport {
    /// What it says.
    pub title: SmolStr,
    /// The whole declaration.
    pub place: Place,
    /// Every expectation that was not met, in the order of the page; first what kept the test from being decided.
    /// Without any, the test passed.
    pub failures: Vec<TestFailure>,
    /// How the run ended.
    pub status: RunStatus,
    /// Of a failed run.
    pub error: Option<RunError>,
    /// Every step, in the order of page, round and item.
    pub steps: Vec<TestStep>,
}

impl TestReport {
    /// Whether every expectation was met.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// An expectation that was not met, or what kept the test from being decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFailure {
    /// The line.
    pub place: Place,
    /// What stands there, without `expect`; empty where the failure is not of a line.
    pub source: SmolStr,
    /// What is wrong, in one line.
    pub message: String,
    /// Of a comparison: the values of its left and right side, as JSON.
    pub sides: Option<(String, String)>,
}

/// A step of a test's run.
#[derive(Clone, Debug, PartialEq)]
pub struct TestStep {
    /// Its path.
    pub id: StepPath,
    /// What it calls.
    pub callable: SmolStr,
    /// How it ended.
    pub status: StepStatus,
    /// The answer that it was given, as JSON or as the kind of failure, and the line that gives it.
    pub given: Option<(String, Place)>,
}

/// Runs a test of the plan. `None` where the plan has no test of this number.
pub fn run_test(plan: &Arc<Plan>, index: usize, sampler: &Arc<dyn Sampler>) -> Option<TestReport> {
    let test = Arc::new(plan.tests.get(index)?.clone());
    let mut machine = Machine::new(Arc::clone(plan));
    machine.oracle = Some(Box::new(Oracle::new(Arc::clone(&test), Arc::clone(sampler))));
    let start = match start(plan, &test) {
        Ok(start) => start,
        Err(message) => return Some(undecided(&test, message)),
    };
    let outputs = machine.step(Input::Start(Box::new(start)));
    let outcome = outputs.into_iter().find_map(|output| match output {
        Output::Command(Command::Finish { outcome }) => Some(*outcome),
        _ => None,
    });
    let Some(outcome) = outcome else { return Some(undecided(&test, "the run did not end".to_owned())) };
    Some(report(plan, &test, &machine, outcome))
}

/// A test is always run on the same day.
fn start(plan: &Plan, test: &Test) -> Result<Start, String> {
    let mut args = Vec::with_capacity(test.args.len());
    let params = plan.workflow(test.workflow).map(|workflow| workflow.params.as_slice()).unwrap_or_default();
    for (param, arg) in params.iter().zip(&test.args) {
        let name = &param.name;
        let value = eval(plan, *arg, &NoVars).map_err(|fault| format!("`{name}` has no value: {fault}"))?;
        if let Err(misfits) = check_value(plan, &value, &param.ty, Requires::Checked) {
            let reason = misfits.first().map(ToString::to_string).unwrap_or_default();
            return Err(format!("`{name}` does not fit: {reason}"));
        }
        args.push(value);
    }
    Ok(Start {
        run: Arc::from("test"),
        workflow: test.workflow,
        args,
        today: Date { year: 2025, month: 1, day: 1 },
        now: Arc::from("2025-01-01T00:00:00Z"),
        max_parallel: u32::MAX,
        timeout_ms: None,
        default_tier: 1,
        tool_result_tokens: u64::MAX,
        value_tokens: u64::MAX,
        simulated: true,
        people: true,
    })
}

fn undecided(test: &Test, message: String) -> TestReport {
    let path: StepPath = Arc::from("");
    TestReport {
        title: test.title.clone(),
        place: test.place,
        failures: vec![TestFailure {
            place: test.place,
            source: SmolStr::default(),
            message: message.clone(),
            sides: None,
        }],
        status: RunStatus::Failed,
        error: Some(RunError { kind: FaultKind::Failed, step: path, message }),
        steps: Vec::new(),
    }
}

fn report(plan: &Plan, test: &Test, machine: &Machine, outcome: Outcome) -> TestReport {
    let oracle = machine.oracle.as_deref();
    let errors = oracle.map(|oracle| oracle.errors.as_slice()).unwrap_or_default();
    let mut failures: Vec<TestFailure> = errors
        .iter()
        .map(|error| TestFailure {
            place: error.place.unwrap_or(test.place),
            source: SmolStr::default(),
            message: error.message.clone(),
            sides: None,
        })
        .collect();
    if failures.is_empty() {
        failures = super::expect::unmet(plan, test, machine, &outcome);
    } else {
        failures.truncate(1);
    }
    let given = |id: &StepPath| {
        let used = oracle?.used.get(id)?;
        let text = match &used.outcome {
            Ok(value) => shown(plan, value),
            Err(kind) => kind.to_string(),
        };
        Some((text, used.place))
    };
    let steps = outcome.steps.iter().map(|step| TestStep {
        id: Arc::clone(&step.id),
        callable: step.callable.clone(),
        status: step.status,
        given: given(&step.id),
    });
    TestReport {
        title: test.title.clone(),
        place: test.place,
        failures,
        status: outcome.status,
        steps: steps.collect(),
        error: outcome.error,
    }
}

/// A value as it is shown in a report.
pub(super) fn shown(plan: &Plan, value: &Value) -> String {
    to_json(plan, value, None).to_string()
}
