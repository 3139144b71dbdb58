use super::{AgentId, ExprId, FaultKind, NodeId, RubricId, ToolId, Var, VarId, WorkflowId};
use crate::base::Place;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A test (§9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// What it says.
    pub title: SmolStr,
    /// The whole declaration.
    pub place: Place,
    /// What is given in place of the outside.
    pub given: Vec<Given>,
    /// The workflow under test.
    pub workflow: WorkflowId,
    /// Its arguments: an expression a parameter, defaults filled in.
    pub args: Vec<ExprId>,
    /// In the order of the page.
    pub expects: Vec<Expectation>,
    /// Variables of `args`, `given` and `expects`.
    pub vars: Vec<Var>,
    /// Where those variables come from that are not bound inside an expression.
    pub sources: Vec<TestVar>,
}

/// A variable of a test's expectations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestVar {
    /// The variable of the test.
    pub var: VarId,
    /// Where it comes from.
    pub source: TestVarSource,
}

/// Where a variable of a test comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestVarSource {
    /// `result`
    Result,
    /// A variable of the workflow's body; `none` where it was not bound.
    Variable(VarId),
    /// `calls(x)`: the list of records of the arguments that a callable got, in the order of the calls.
    Calls(GivenTarget, super::TypeId),
}

/// `given x -> …`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The line.
    pub place: Place,
    /// What it stands for.
    pub target: GivenTarget,
    /// Dealt in turn; the last repeats.
    pub answers: Vec<GivenAnswer>,
}

/// A callable, or a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenTarget {
    /// An agent, wherever the run calls it.
    Agent(AgentId),
    /// A rubric, wherever the run calls it.
    Rubric(RubricId),
    /// A tool, wherever the run calls it.
    Tool(ToolId),
    /// A workflow; only in `calls` and `ran`.
    Workflow(WorkflowId),
    /// A step: the workflow it stands in, the node – of several cases of one name, all nodes – and the names of the steps
    /// that lead there from the workflow under test, outermost first.
    Step(WorkflowId, Vec<NodeId>, Vec<SmolStr>),
}

/// An outcome of a given call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenAnswer {
    /// A value; for a rubric a `Grade` or a `Review`.
    Value(ExprId),
    /// A typed, seeded value.
    Sample,
    /// A failure.
    Fails(FaultKind),
}

/// `expect …`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// The line.
    pub place: Place,
    /// As it stands on the page, without `expect`.
    pub source: SmolStr,
    /// Whether `not` stands in front.
    pub negated: bool,
    /// What is expected.
    pub kind: ExpectationKind,
}

/// The forms of an expectation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectationKind {
    /// `ran x`
    Ran(GivenTarget),
    /// `skipped x`
    Skipped(GivenTarget),
    /// `failed x`
    Failed(GivenTarget),
    /// `x ran n times`
    RanTimes(GivenTarget, u64),
    /// `fails "text"`: a text that the failure's message contains.
    Fails(ExprId),
    /// `prompt x contains "text"`
    PromptContains(GivenTarget, ExprId),
    /// A `bool`. For a comparison both sides are shown.
    Holds(ExprId),
}
