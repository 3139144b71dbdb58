use super::{
    Agent, Annotations, Block, BlockId, Expr, ExprId, Node, Rubric, Scope, Test, Tool, Type, TypeDecl,
};
use crate::base::Place;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The version of this format. A plan of another version is refused, never guessed at.
pub const PLAN_VERSION: u32 = 1;

macro_rules! index {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The index into its list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// A declared type of the plan.
    TypeId
    /// An agent of the plan.
    AgentId
    /// A rubric of the plan.
    RubricId
    /// A tool of the plan.
    ToolId
    /// A workflow of the plan.
    WorkflowId
    /// A variable of one workflow, agent, rubric, tool, record or test.
    VarId
}

/// Everything that one run needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_VERSION`] of the writer.
    pub version: u32,
    /// The names of the files that places speak of.
    pub files: Vec<String>,
    /// Declared types; those of [`super::builtin`] come first. Records without a name (a loop's `gate`, a round) too.
    pub types: Vec<TypeDecl>,
    /// The arena of expressions.
    pub exprs: Vec<Expr>,
    /// Agents.
    pub agents: Vec<Agent>,
    /// Rubrics.
    pub rubrics: Vec<Rubric>,
    /// Tools.
    pub tools: Vec<Tool>,
    /// Workflows: all that can be reached, and all of the script itself.
    pub workflows: Vec<Workflow>,
    /// The tests of the script itself.
    pub tests: Vec<Test>,
    /// How some expressions stand on the page, on one line: conditions, the lists of fan-outs, bounds of loops, messages.
    /// For pictures and reports; nothing runs by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub written: BTreeMap<ExprId, SmolStr>,
}

/// A parameter of anything that is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: SmolStr,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its type.
    pub ty: Type,
    /// What it is when it is left out: a constant expression; for a `T?` without a default, `none`.
    pub default: Option<ExprId>,
    /// The variable it binds.
    pub var: VarId,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Var {
    /// Its name on the page.
    pub name: SmolStr,
    /// Its type.
    pub ty: Type,
    /// The scope whose frames hold it. Variables of a comprehension, of a template `for`, of a failure, of an agent and
    /// the like live in an expression only; their scope is without meaning.
    pub scope: super::ScopeId,
}

/// A workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workflow {
    /// Its name.
    pub name: SmolStr,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// The name in its declaration.
    pub place: Place,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it returns, if anything.
    pub result: Option<Type>,
    /// `@tier`, `@timeout`, `@budget`.
    pub annotations: Annotations,
    /// All its variables, parameters first.
    pub vars: Vec<Var>,
    /// Its scopes; the first is the body.
    pub scopes: Vec<Scope>,
    /// Its blocks; the first is the body.
    pub blocks: Vec<Block>,
    /// All its statements, in the order of the page.
    pub nodes: Vec<Node>,
    /// `today`, where it is used.
    pub today: Option<VarId>,
    /// `now`, where it is used.
    pub now: Option<VarId>,
    /// Whether another workflow of the script calls it; such a one is not what `run FILE` means.
    pub called: bool,
    /// Whether it stands in the script itself, not in a module that it uses.
    pub local: bool,
}

impl Workflow {
    /// The body's block.
    pub const BODY: BlockId = BlockId(0);
}

impl Plan {
    /// An expression; a number that the plan does not hold is `none`, as a plan that was tampered with may have one.
    pub fn expr(&self, id: ExprId) -> &Expr {
        const NONE: &Expr = &Expr::Literal(super::Literal::None);
        self.exprs.get(id.index()).unwrap_or(NONE)
    }

    /// What a condition of the form `x is bug`, or several such, looks at.
    pub fn subject(&self, condition: ExprId) -> Option<ExprId> {
        match self.expr(condition) {
            Expr::Or(first, _) if *first < condition => self.subject(*first),
            Expr::Is(subject, _) => Some(*subject),
            _ => None,
        }
    }

    /// A declared type.
    pub fn type_decl(&self, id: TypeId) -> Option<&TypeDecl> {
        self.types.get(id.index())
    }

    /// An agent.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(id.index())
    }

    /// A rubric.
    pub fn rubric(&self, id: RubricId) -> Option<&Rubric> {
        self.rubrics.get(id.index())
    }

    /// A tool.
    pub fn tool(&self, id: ToolId) -> Option<&Tool> {
        self.tools.get(id.index())
    }

    /// A workflow.
    pub fn workflow(&self, id: WorkflowId) -> Option<&Workflow> {
        self.workflows.get(id.index())
    }
}
