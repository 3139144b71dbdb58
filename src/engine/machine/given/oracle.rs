use crate::base::Place;
use crate::engine::effect::StepPath;
use crate::engine::eval::rubric::review_of_grade;
use crate::engine::eval::{NoVars, Requires, Value, check_value, eval};
use crate::engine::machine::Machine;
use crate::engine::machine::failure::Fault;
use crate::engine::machine::step::{Called, Calling, Origin, RunId};
use crate::plan::{Call, FaultKind, GivenAnswer, GivenTarget, NodeId, Plan, Test, Type, WorkflowId, builtin};
use smol_str::SmolStr;
use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;
use std::sync::Arc;

/// Makes the value of `given x -> sample`: of the type, and the same for the same call.
pub trait Sampler: Debug + Send + Sync {
    /// A value of this type for this call.
    fn sample(&self, plan: &Plan, ty: &Type, call: &SampledCall) -> Value;
}

/// The call that a sample answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledCall {
    /// The step's path without its rounds.
    pub path: StepPath,
    /// The number of the call there, from 0.
    pub number: u32,
    /// What is called.
    pub callable: SmolStr,
    /// The round of the innermost loop around the step, from 1.
    pub round: Option<u32>,
    /// The position in the innermost fan-out around the step, from 0.
    pub item: Option<u32>,
}

/// Deals given answers, and remembers what was called.
#[derive(Debug)]
pub(in crate::engine::machine) struct Oracle {
    test: Arc<Test>,
    sampler: Arc<dyn Sampler>,
    /// How many answers of each `given` were dealt.
    dealt: Vec<usize>,
    /// Outcomes in the order of their calls.
    outcomes: VecDeque<(RunId, Result<Value, Fault>)>,
    pub calls: Vec<Recorded>,
    /// What keeps the test from being decided.
    pub errors: Vec<OracleError>,
    pub used: HashMap<StepPath, Used>,
}

/// A call that was made.
#[derive(Debug)]
pub(in crate::engine::machine) struct Recorded {
    pub target: Option<GivenTarget>,
    pub path: StepPath,
    pub workflow: WorkflowId,
    pub node: NodeId,
    pub judge: bool,
    pub args: Vec<Value>,
    pub prompt: Option<Arc<str>>,
}

/// An answer that was dealt to a step.
#[derive(Clone, Debug)]
pub(in crate::engine::machine) struct Used {
    pub place: Place,
    pub outcome: Result<Value, FaultKind>,
}

/// Something wrong with the test itself.
#[derive(Clone, Debug)]
pub(in crate::engine::machine) struct OracleError {
    pub place: Option<Place>,
    pub message: String,
}

impl Oracle {
    pub fn new(test: Arc<Test>, sampler: Arc<dyn Sampler>) -> Self {
        let dealt = vec![0; test.given.len()];
        Self {
            test,
            sampler,
            dealt,
            outcomes: VecDeque::new(),
            calls: Vec::new(),
            errors: Vec::new(),
            used: HashMap::new(),
        }
    }

    /// The `given` of a call: of its step before that of its callable.
    fn given(&self, recorded: &Recorded) -> Option<usize> {
        let step = |target: &GivenTarget| recorded.is_of_step(target);
        let callable = |target: &GivenTarget| recorded.target.as_ref() == Some(target);
        let position = |matches: &dyn Fn(&GivenTarget) -> bool| {
            self.test.given.iter().position(|given| matches(&given.target))
        };
        position(&step).or_else(|| position(&callable))
    }
}

impl Recorded {
    pub fn is_of(&self, target: &GivenTarget) -> bool {
        self.target.as_ref() == Some(target) || self.is_of_step(target)
    }

    fn is_of_step(&self, target: &GivenTarget) -> bool {
        match target {
            GivenTarget::Step(workflow, nodes, via) => {
                let is_node = !self.judge && *workflow == self.workflow && nodes.contains(&self.node);
                is_node && leads_through(&self.path, via)
            }
            _ => false,
        }
    }
}

/// Whether the steps of a path between its workflow and its last step are these, whatever their rounds and items.
pub(super) fn leads_through(path: &str, via: &[SmolStr]) -> bool {
    let plain = |step: &str| step.split('[').next().unwrap_or_default().to_owned();
    let steps: Vec<String> = path.split('/').map(plain).collect();
    let inner = steps.get(1..steps.len().saturating_sub(1)).unwrap_or_default();
    inner.len() == via.len() && inner.iter().zip(via).all(|(step, name)| step == name)
}

impl Machine {
    fn recorded(
        &self,
        id: RunId,
        called: &Called<'_>,
        args: &[Value],
        prompt: Option<&Arc<str>>,
    ) -> Recorded {
        let target = match called.call {
            Calling::Step(Call::Agent(id, _), _) => Some(GivenTarget::Agent(*id)),
            Calling::Step(Call::Rubric(id, _), _) => Some(GivenTarget::Rubric(*id)),
            Calling::Judge(id, _) => Some(GivenTarget::Rubric(id)),
            Calling::Step(Call::Tool(id, _), _) => Some(GivenTarget::Tool(*id)),
            Calling::Step(Call::Workflow(id, _), _) => Some(GivenTarget::Workflow(*id)),
            Calling::Step(Call::Prompt(_) | Call::Ask(_), _) => None,
        };
        let run = self.runs.get(id);
        let workflow = run
            .and_then(|run| self.activation(run.activation))
            .map(|found| found.workflow)
            .unwrap_or_default();
        let (node, judge) = match run.map(|run| run.origin) {
            Some(Origin::Step(_, node)) => (node, false),
            Some(Origin::Judge(_, node)) => (node, true),
            None => (NodeId::default(), false),
        };
        let path = run.map_or_else(|| Arc::from(""), |run| Arc::clone(&run.path));
        Recorded { target, path, workflow, node, judge, args: args.to_vec(), prompt: prompt.cloned() }
    }

    /// Remembers a call that needs no answer.
    pub(in crate::engine::machine) fn record_call(&mut self, id: RunId, called: &Called<'_>, args: &[Value]) {
        if self.oracle.is_none() {
            return;
        }
        let recorded = self.recorded(id, called, args, None);
        if let Some(oracle) = &mut self.oracle {
            oracle.calls.push(recorded);
        }
    }

    /// Whether a test gives answers for this call.
    pub(in crate::engine::machine) fn is_given(&self, id: RunId, called: &Called<'_>) -> bool {
        let Some(oracle) = &self.oracle else { return false };
        oracle.given(&self.recorded(id, called, &[], None)).is_some()
    }

    /// In a test: deals the answer of a call, which the step gets when all that start now have theirs.
    pub(in crate::engine::machine) fn deal(
        &mut self,
        id: RunId,
        called: &Called<'_>,
        args: &[Value],
        prompt: Option<&Arc<str>>,
    ) -> bool {
        if self.oracle.is_none() {
            return false;
        }
        let recorded = self.recorded(id, called, args, prompt);
        let ty = self.answer_type(called);
        let number = self.next_number(id);
        let Some(run) = self.runs.get(id) else { return true };
        let path = Arc::clone(&run.path);
        let call = SampledCall {
            path: Arc::clone(&run.seed_path),
            number,
            callable: run.callable.clone(),
            round: run.round,
            item: run.item,
        };
        let plan = Arc::clone(&self.plan);
        let Some(oracle) = &mut self.oracle else { return false };
        let outcome = match oracle.given(&recorded) {
            Some(given) => oracle.outcome(&plan, given, ty.as_ref(), &path, &call),
            None => Err(oracle.missing(&path, &call.callable)),
        };
        oracle.calls.push(recorded);
        oracle.outcomes.push_back((id, outcome));
        true
    }

    /// Settles the first of the calls that were dealt an answer; false where there is none.
    pub(in crate::engine::machine) fn settle_given(&mut self) -> bool {
        let Some((id, outcome)) = self.oracle.as_mut().and_then(|oracle| oracle.outcomes.pop_front()) else {
            return false;
        };
        self.finish_run(id, outcome);
        true
    }

    fn answer_type(&self, called: &Called<'_>) -> Option<Type> {
        match called.call {
            Calling::Step(Call::Agent(id, _), _) => self.plan.agent(*id).map(|agent| agent.result.clone()),
            Calling::Step(Call::Prompt(_), result) => Some(result.cloned().unwrap_or(Type::Text(None))),
            Calling::Step(Call::Rubric(..), _) | Calling::Judge(..) => Some(Type::Named(builtin::REVIEW)),
            Calling::Step(Call::Tool(id, _), _) => self.plan.tool(*id).and_then(|tool| tool.result.clone()),
            Calling::Step(Call::Ask(ask), _) => Some(ask.form.clone()),
            Calling::Step(Call::Workflow(..), _) => None,
        }
    }
}

impl Oracle {
    fn missing(&mut self, path: &StepPath, callable: &SmolStr) -> Fault {
        let message = match callable.as_str() {
            "prompt" | "ask" => {
                let step = path.rsplit('/').next().unwrap_or(path);
                let step = step.split('[').next().unwrap_or(step);
                format!("`{path}` is reached and nothing is given for it: add `given {step} -> …`")
            }
            callable => {
                format!(
                    "`{path}` calls `{callable}` and nothing is given for it: add `given {callable} -> …`"
                )
            }
        };
        self.errors.push(OracleError { place: None, message: message.clone() });
        Fault::failed(message)
    }

    fn outcome(
        &mut self,
        plan: &Plan,
        position: usize,
        ty: Option<&Type>,
        path: &StepPath,
        call: &SampledCall,
    ) -> Result<Value, Fault> {
        let test = Arc::clone(&self.test);
        let Some(given) = test.given.get(position) else { return Ok(Value::None) };
        let turn = self.dealt.get(position).copied().unwrap_or_default();
        if let Some(dealt) = self.dealt.get_mut(position) {
            *dealt += 1;
        }
        let answer = given.answers.get(turn).or_else(|| given.answers.last());
        let outcome = match answer {
            Some(GivenAnswer::Value(value)) => match given_value(plan, *value, ty) {
                Ok(value) => Ok(value),
                Err(message) => {
                    self.errors.push(OracleError { place: Some(given.place), message: message.clone() });
                    Err(Fault::failed(message))
                }
            },
            Some(GivenAnswer::Sample) => Ok(ty.map_or(Value::None, |ty| self.sampler.sample(plan, ty, call))),
            Some(GivenAnswer::Fails(kind)) => {
                let step = path.rsplit('/').next().unwrap_or(path);
                Err(Fault::new(*kind, format!("`{step}` fails, as the test says: {kind}")))
            }
            None => Ok(Value::None),
        };
        let used = outcome.clone().map_err(|fault| fault.kind);
        self.used.insert(Arc::clone(path), Used { place: given.place, outcome: used });
        outcome
    }
}

fn given_value(plan: &Plan, id: crate::plan::ExprId, ty: Option<&Type>) -> Result<Value, String> {
    let value = eval(plan, id, &NoVars).map_err(|fault| format!("the given value fails: {fault}"))?;
    let Some(ty) = ty else { return Ok(value) };
    if let (Value::Grade(grade), Type::Named(builtin::REVIEW)) = (&value, ty) {
        return Ok(review_of_grade(*grade));
    }
    match check_value(plan, &value, ty, Requires::Checked) {
        Ok(()) => Ok(value),
        Err(misfits) => {
            let reason = misfits.first().map(ToString::to_string).unwrap_or_default();
            Err(format!("the given value does not fit: {reason}"))
        }
    }
}
