//! What will run: a checked module as flat, typed, plain data – versioned, serialisable, hashable, printable.
//!
//! Both wings meet here and nowhere else. The plan also holds the words that both share: [`Grade`], [`Tiers`],
//! [`Function`], [`FaultKind`]. Expressions lie in one arena, children before parents; nodes, blocks and variables
//! are named by their index. Not here: evaluation (`engine::eval`) and the making of plans (`language::lower`).

mod annotations;
mod callable;
mod expr;
mod functions;
pub mod graph;
mod hash;
mod node;
#[expect(clippy::module_inception, reason = "the file is named after the type it holds")]
mod plan;
mod print;
mod test;
mod types;
mod vocabulary;

pub use annotations::{Annotations, Tiers};
pub use callable::{
    Address, Agent, Criterion, Dimension, DimensionKind, Effect, EffectKind, HeaderValue, HttpBody,
    HttpMethod, JsonShape, Rubric, Tool, ToolBody,
};
pub use expr::{ArithmeticOp, CompareOp, Expr, ExprId, Literal, Pattern, Piece};
pub use functions::FunctionDoc;
pub use hash::PlanHash;
pub use node::{
    AfterLoop, Arm, Ask, Block, BlockId, Call, Each, Fallback, Judge, Loop, Node, NodeId, NodeKind, Scope,
    ScopeId, ScopeKind, Wait,
};
pub use plan::{
    AgentId, PLAN_VERSION, Param, Plan, RubricId, ToolId, TypeId, Var, VarId, Workflow, WorkflowId,
};
pub use test::{Expectation, ExpectationKind, Given, GivenAnswer, GivenTarget, Test, TestVar, TestVarSource};
pub use types::{Field, Require, TextMax, TextUnit, Type, TypeDecl, TypeKind, Variant, builtin};
pub use vocabulary::{FaultKind, Function, Grade, UnknownWord};
