use super::oracle::{Recorded, leads_through};
use super::test::{TestFailure, shown};
use crate::engine::effect::{Outcome, RunStatus, StepStatus};
use crate::engine::eval::{Env, EvalFault, Value, eval, eval_bool, eval_text};
use crate::engine::machine::Machine;
use crate::engine::machine::frame::Slot;
use crate::engine::machine::report::Entry;
use crate::plan::{
    Call, Expectation, ExpectationKind, Expr, ExprId, GivenTarget, NodeKind, Plan, Test, TestVarSource, VarId,
};

/// Every expectation that is not met.
pub(super) fn unmet(plan: &Plan, test: &Test, machine: &Machine, outcome: &Outcome) -> Vec<TestFailure> {
    let calls = machine.oracle.as_ref().map(|oracle| oracle.calls.as_slice()).unwrap_or_default();
    let seen = Seen { plan, machine, outcome, calls, env: vars(test, machine, outcome, calls) };
    let mut failures = Vec::new();
    let expects_failure = test.expects.iter().any(|expect| matches!(expect.kind, ExpectationKind::Fails(_)));
    if let Some(error) = outcome.error.as_ref().filter(|_| !expects_failure) {
        failures.push(TestFailure {
            place: test.place,
            source: smol_str::SmolStr::default(),
            message: format!("the run failed at `{}`: {}", error.step, error.message),
            sides: None,
        });
    }
    failures.extend(test.expects.iter().filter_map(|expect| seen.unmet(expect)));
    failures
}

/// What expectations look at.
struct Seen<'a> {
    plan: &'a Plan,
    machine: &'a Machine,
    outcome: &'a Outcome,
    calls: &'a [Recorded],
    env: TestEnv,
}

struct TestEnv(Vec<(VarId, Value)>);

impl Env for TestEnv {
    fn lookup(&self, var: VarId) -> Option<Value> {
        self.0.iter().find(|(of, _)| *of == var).map(|(_, value)| value.clone())
    }
}

/// Why an expectation is not met.
struct Unmet {
    message: String,
    sides: Option<(String, String)>,
}

impl Unmet {
    fn of(message: impl Into<String>) -> Self {
        Self { message: message.into(), sides: None }
    }
}

fn vars(test: &Test, machine: &Machine, outcome: &Outcome, calls: &[Recorded]) -> TestEnv {
    let value = |source: &TestVarSource| match source {
        TestVarSource::Result => outcome.result.clone().unwrap_or(Value::None),
        TestVarSource::Variable(var) => body_value(machine, *var).unwrap_or(Value::None),
        TestVarSource::Calls(target, ty) => {
            let records = calls.iter().filter(|call| call.is_of(target));
            Value::list(records.map(|call| Value::record(*ty, call.args.clone())).collect())
        }
    };
    TestEnv(test.sources.iter().map(|source| (source.var, value(&source.source))).collect())
}

fn body_value(machine: &Machine, var: VarId) -> Option<Value> {
    let root = machine.activations.first()?;
    let frame = machine.frames.get(root.frame?)?;
    let table = root.tables.var(var).filter(|table| table.scope == frame.scope)?;
    match frame.slots.get(table.local as usize)? {
        Slot::Ready(value) => Some(value.clone()),
        Slot::Pending(_) | Slot::Cancelled(_) => None,
    }
}

impl Seen<'_> {
    fn unmet(&self, expect: &Expectation) -> Option<TestFailure> {
        let wanted = !expect.negated;
        let unmet = match &expect.kind {
            ExpectationKind::Ran(target) => {
                let ran = self.entries(target).any(|entry| self.has_run(entry, target));
                (ran != wanted).then(|| Unmet::of(self.how(target, "run", wanted)))
            }
            ExpectationKind::Failed(target) => {
                let failed = self.entries(target).any(|entry| entry.report.status == StepStatus::Failed);
                (failed != wanted).then(|| Unmet::of(self.how(target, "fail", wanted)))
            }
            ExpectationKind::Skipped(target) => {
                let skipped = self.entries(target).all(|entry| entry.report.status == StepStatus::Skipped);
                (skipped != wanted).then(|| Unmet::of(self.how(target, "be skipped", wanted)))
            }
            ExpectationKind::RanTimes(target, times) => {
                let ran = self.entries(target).filter(|entry| self.has_run(entry, target)).count() as u64;
                ((ran == *times) != wanted).then(|| Unmet {
                    message: format!("`{}` ran {}", self.name(target), times_text(ran)),
                    sides: Some((ran.to_string(), times.to_string())),
                })
            }
            ExpectationKind::Fails(text) => self.fails(*text, wanted),
            ExpectationKind::PromptContains(target, text) => self.prompt(target, *text, wanted),
            ExpectationKind::Holds(condition) => self.holds(*condition, wanted),
        };
        unmet.map(|unmet| TestFailure {
            place: expect.place,
            source: expect.source.clone(),
            message: unmet.message,
            sides: unmet.sides,
        })
    }

    /// A step whose failure `on failure` took over counts as failed and as ran; a skipped or cancelled one as neither. A
    /// callable ran where it was called: not where its arguments failed.
    fn has_run(&self, entry: &Entry, target: &GivenTarget) -> bool {
        match entry.report.status {
            StepStatus::Succeeded => true,
            StepStatus::Failed => {
                matches!(target, GivenTarget::Step(..))
                    || self.calls.iter().any(|call| call.path == entry.report.id)
            }
            StepStatus::Skipped | StepStatus::Cancelled | StepStatus::Waiting => false,
        }
    }

    /// The steps that are, or call, what an expectation names.
    fn entries<'a>(&'a self, target: &'a GivenTarget) -> impl Iterator<Item = &'a Entry> {
        self.machine.ledger.steps().into_iter().filter(move |entry| self.is_of(entry, target))
    }

    fn is_of(&self, entry: &Entry, target: &GivenTarget) -> bool {
        if let GivenTarget::Step(workflow, nodes, via) = target {
            let is_node = !entry.judge && entry.workflow == *workflow && nodes.contains(&entry.node);
            return is_node && leads_through(&entry.report.id, via);
        }
        let node =
            self.plan.workflow(entry.workflow).and_then(|workflow| workflow.nodes.get(entry.node.index()));
        match (node.map(|node| &node.kind), target) {
            (Some(NodeKind::Step { call: Call::Agent(id, _), .. }), GivenTarget::Agent(of)) => id == of,
            (Some(NodeKind::Step { call: Call::Rubric(id, _), .. }), GivenTarget::Rubric(of)) => id == of,
            (Some(NodeKind::Step { call: Call::Tool(id, _), .. }), GivenTarget::Tool(of)) => id == of,
            (Some(NodeKind::Step { call: Call::Workflow(id, _), .. }), GivenTarget::Workflow(of)) => id == of,
            (Some(NodeKind::Loop(plan)), GivenTarget::Rubric(of)) => {
                plan.judge.as_ref().is_some_and(|judge| judge.rubric == *of)
            }
            _ => false,
        }
    }

    fn name(&self, target: &GivenTarget) -> String {
        let name = match target {
            GivenTarget::Agent(id) => self.plan.agent(*id).map(|agent| &agent.name),
            GivenTarget::Rubric(id) => self.plan.rubric(*id).map(|rubric| &rubric.name),
            GivenTarget::Tool(id) => self.plan.tool(*id).map(|tool| &tool.name),
            GivenTarget::Workflow(id) => self.plan.workflow(*id).map(|workflow| &workflow.name),
            GivenTarget::Step(workflow, nodes, _) => self
                .plan
                .workflow(*workflow)
                .and_then(|workflow| workflow.nodes.get(nodes.first()?.index()))
                .map(|node| &node.name),
        };
        name.map(ToString::to_string).unwrap_or_default()
    }

    /// How the steps ended, where that is not what was expected.
    fn how(&self, target: &GivenTarget, expected: &str, wanted: bool) -> String {
        let name = self.name(target);
        let mut words: Vec<&str> = self.entries(target).map(|entry| word(entry.report.status)).collect();
        words.dedup();
        let ended = if words.is_empty() { "was never reached".to_owned() } else { words.join(", then ") };
        let because = self.entries(target).find_map(|entry| entry.report.because.clone());
        let because = because.map(|step| format!(" because of `{step}`")).unwrap_or_default();
        let not = if wanted { "" } else { "not " };
        format!("`{name}` was expected {not}to {expected}; it {ended}{because}")
    }

    fn fails(&self, text: ExprId, wanted: bool) -> Option<Unmet> {
        let text = match eval_text(self.plan, text, &self.env) {
            Ok(text) => text,
            Err(fault) => return Some(faulty(&fault)),
        };
        let message = self.outcome.error.as_ref().map(|error| error.message.as_str());
        if message.is_some_and(|message| message.contains(&*text)) == wanted {
            return None;
        }
        Some(match message {
            None => Unmet::of(match self.outcome.status {
                RunStatus::Succeeded => "the run was expected to fail; it succeeded",
                _ => "the run was expected to fail; it did not end",
            }),
            Some(message) => Unmet {
                message: format!("the run failed with another message: {message}"),
                sides: Some((format!("{message:?}"), format!("{text:?}"))),
            },
        })
    }

    fn prompt(&self, target: &GivenTarget, text: ExprId, wanted: bool) -> Option<Unmet> {
        let text = match eval_text(self.plan, text, &self.env) {
            Ok(text) => text,
            Err(fault) => return Some(faulty(&fault)),
        };
        let prompts: Vec<&str> = self
            .calls
            .iter()
            .filter(|call| call.is_of(target))
            .filter_map(|call| call.prompt.as_deref())
            .collect();
        if prompts.iter().any(|prompt| prompt.contains(&*text)) == wanted {
            return None;
        }
        let name = self.name(target);
        let message = match (prompts.is_empty(), wanted) {
            (true, _) => format!("`{name}` was never asked"),
            (false, true) => format!("no prompt of `{name}` contains the text"),
            (false, false) => format!("a prompt of `{name}` contains the text"),
        };
        let shown = prompts.last().map(|prompt| (format!("{prompt:?}"), format!("{text:?}")));
        Some(Unmet { message, sides: shown })
    }

    fn holds(&self, condition: ExprId, wanted: bool) -> Option<Unmet> {
        match eval_bool(self.plan, condition, &self.env) {
            Ok(holds) if holds == wanted => None,
            Ok(_) => Some(self.explain(condition, wanted)),
            Err(fault) => Some(faulty(&fault)),
        }
    }

    /// Both sides of what does not hold.
    fn explain(&self, condition: ExprId, wanted: bool) -> Unmet {
        match self.plan.expr(condition) {
            Expr::Compare(_, left, right) | Expr::In(left, right) => self.both(*left, *right, wanted),
            Expr::And(left, right) if wanted => {
                let left_holds = eval_bool(self.plan, *left, &self.env).unwrap_or(false);
                self.explain(if left_holds { *right } else { *left }, wanted)
            }
            Expr::Not(inner) => self.explain(*inner, !wanted),
            Expr::Is(value, _) => Unmet::of(format!("it is {}", self.side(*value))),
            _ => Unmet::of(if wanted { "it does not hold" } else { "it holds" }),
        }
    }

    fn both(&self, left: ExprId, right: ExprId, wanted: bool) -> Unmet {
        let sides = (self.side(left), self.side(right));
        let message = if wanted {
            format!("the left side is {}, the right side is {}", sides.0, sides.1)
        } else {
            format!("it holds: both sides are known as {} and {}", sides.0, sides.1)
        };
        Unmet { message, sides: Some(sides) }
    }

    fn side(&self, id: ExprId) -> String {
        match eval(self.plan, id, &self.env) {
            Ok(value) => shown(self.plan, &value),
            Err(fault) => fault.message,
        }
    }
}

fn faulty(fault: &EvalFault) -> Unmet {
    Unmet::of(format!("it has no value: {fault}"))
}

fn times_text(times: u64) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}

fn word(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Succeeded => "ran",
        StepStatus::Failed => "failed",
        StepStatus::Skipped => "was skipped",
        StepStatus::Cancelled => "was cancelled",
        StepStatus::Waiting => "still waits",
    }
}
