use super::{AgentId, Annotations, ExprId, FaultKind, RubricId, ToolId, Type, TypeId, VarId, WorkflowId};
use crate::base::Place;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

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
    /// A statement of a workflow.
    NodeId
    /// A block of a workflow.
    BlockId
    /// A part of a workflow that is repeated as one: its body, a loop's round, an item of a fan-out.
    ScopeId
}

/// A scope. A run holds frames: one of the body, one for each round and each item. Cases and arms live in the frame that
/// they stand in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// The scope around it. The tail of a loop stands in the frame of the last round.
    pub parent: Option<ScopeId>,
    /// What is repeated.
    pub kind: ScopeKind,
}

/// What a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// The workflow's body.
    Body,
    /// A round of this loop.
    Round(NodeId),
    /// An item of this fan-out.
    Item(NodeId),
    /// The `otherwise { … }` of this loop.
    Tail(NodeId),
}

/// Statements that stand in one pair of braces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// In the order of the page.
    pub nodes: Vec<NodeId>,
    /// The scope whose frames hold its nodes.
    pub scope: ScopeId,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What a path calls it: unique in its scope, but that steps of one name in cases of one `when` share it.
    pub name: SmolStr,
    /// The statement.
    pub place: Place,
    /// The block it stands in.
    pub block: BlockId,
    /// What must be done before it starts, beyond the opening of its block. Nothing twice.
    pub waits: Vec<Wait>,
    /// Those of them that the author named behind `after`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<NodeId>,
    /// What it does.
    pub kind: NodeKind,
}

/// What a statement waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// A value.
    Var(VarId),
    /// A statement, with all that is in it (`after`, the order of effects, a `require` above).
    Node(NodeId),
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A call.
    Step {
        /// What is called.
        call: Call,
        /// What was written on it.
        annotations: Annotations,
        /// In the order of the page.
        fallbacks: Vec<Fallback>,
        /// The variable it binds.
        binds: Option<VarId>,
        /// The type of the value, if it has one: what `binds` holds when the call succeeds.
        result: Option<Type>,
    },
    /// `let`
    Let {
        /// What it is.
        value: ExprId,
        /// The variable it binds.
        binds: VarId,
    },
    /// `require`
    Require {
        /// A `bool`.
        condition: ExprId,
        /// A text.
        message: ExprId,
    },
    /// `fail`
    Fail {
        /// A text.
        message: ExprId,
    },
    /// `return`
    Return {
        /// The result.
        value: ExprId,
    },
    /// `when`, of either form: the first case whose condition holds is taken; the last may have none.
    When {
        /// In the order of the page. A `when` without `otherwise` has a last case with an empty block.
        arms: Vec<Arm>,
    },
    /// `parallel { }`: every node of the block is an arm.
    Parallel {
        /// The arms.
        block: BlockId,
        /// How many run at once.
        cap: Option<u32>,
    },
    /// `for`, `parallel for`
    Each(Each),
    /// `loop`
    Loop(Loop),
}

/// What a step calls. Arguments stand in the order of the parameters, defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// An agent.
    Agent(AgentId, Vec<ExprId>),
    /// An agent without a name: its prompt sees the workflow's variables.
    Prompt(ExprId),
    /// A rubric.
    Rubric(RubricId, Vec<ExprId>),
    /// A tool that is not pure.
    Tool(ToolId, Vec<ExprId>),
    /// A workflow.
    Workflow(WorkflowId, Vec<ExprId>),
    /// A person.
    Ask(Ask),
}

/// A question to a person (§6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// A text.
    pub question: ExprId,
    /// Who is meant.
    pub to: Option<SmolStr>,
    /// What is shown: how it is called on the page, the value, its type.
    pub showing: Vec<(SmolStr, ExprId, Type)>,
    /// The type of the answer.
    pub form: Type,
}

/// `on failure(kinds) as f expr`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fallback {
    /// The kinds it handles; empty for all.
    pub kinds: Vec<FaultKind>,
    /// Bound to the failure, in `value` only.
    pub binder: Option<VarId>,
    /// What the step's value is then.
    pub value: ExprId,
}

/// A case of a `when`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arm {
    /// A `bool`; `None` takes what is left.
    pub condition: Option<ExprId>,
    /// How it stands on the page, on one line: a condition, or `is low, medium`; nothing for `otherwise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<SmolStr>,
    /// What happens then.
    pub block: BlockId,
    /// Variables that other cases bind and this one does not: `none` at once, or cancelled where it ends in `fail`.
    pub absent: Vec<VarId>,
    /// Whether the case ends in `fail`.
    pub fails: bool,
}

/// A fan-out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Each {
    /// The list.
    pub list: ExprId,
    /// Bound to the item, in its frame.
    pub item: VarId,
    /// Bound to the position, from 0, in its frame.
    pub index: Option<VarId>,
    /// The frame of an item.
    pub scope: ScopeId,
    /// The body.
    pub block: BlockId,
    /// What an item gives: the value, evaluated in its frame when all that it waits for is there.
    pub give: Option<(ExprId, Vec<Wait>)>,
    /// Bound to the list of what the items give.
    pub rows: Option<VarId>,
    /// `for` without `parallel` is 1 in page order, and stops at the first failure.
    pub parallel: bool,
    /// How many items run at once.
    pub cap: Option<u32>,
    /// The most items there can be, where a bound is known without the arguments.
    pub max: Option<u64>,
}

/// A loop (L4.9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loop {
    /// At most so many rounds: an `int`.
    pub max: ExprId,
    /// The frame of a round.
    pub scope: ScopeId,
    /// The body.
    pub block: BlockId,
    /// A `bool` in the frame of the round, once all of it is done and the judge, if any, has answered.
    pub until: ExprId,
    /// What `until` and the judge's arguments use of what stands outside the loop: the judge, as any step, waits for it.
    pub until_waits: Vec<Wait>,
    /// The rubric in `until`.
    pub judge: Option<Judge>,
    /// Bound in the round's frame to the number of the round, from 1.
    pub round: Option<VarId>,
    /// Bound in the round's frame to the record of the round before, or `none`.
    pub previous: Option<VarId>,
    /// Bound in the round's frame to the list of the records of all finished rounds.
    pub earlier: Option<VarId>,
    /// The type of the record of a round.
    pub record: TypeId,
    /// The fields of that record, in its order: variables of the round's frame.
    pub fields: Vec<VarId>,
    /// What is bound behind the loop: a variable of the kept round and the one outside that gets its value.
    pub exports: Vec<(VarId, VarId)>,
    /// The `as` name behind the loop, and the type of its record `{ rounds, passed, review?, tries }`.
    pub gate: Option<(VarId, TypeId)>,
    /// What happens where the condition is not met in time.
    pub otherwise: AfterLoop,
}

/// The judge of a loop: a step `review` at the end of the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// Which.
    pub rubric: RubricId,
    /// Its arguments, in the frame of the round.
    pub args: Vec<ExprId>,
    /// Bound to the `Review`, in the frame of the round.
    pub binds: VarId,
}

/// What happens where a loop's condition is not met in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterLoop {
    /// The default: fails with a message that lists the rounds' grades and the judge's advice.
    FailWithHistory,
    /// `otherwise fail "…"`: a text in a frame of `scope`.
    Fail {
        /// A tail.
        scope: ScopeId,
        /// A text.
        message: ExprId,
        /// What it uses of what stands outside the loop.
        waits: Vec<Wait>,
        /// The `as` name there.
        gate: Option<VarId>,
    },
    /// `otherwise keep best`
    KeepBest,
    /// `otherwise keep last`
    KeepLast,
    /// `otherwise { … fail }`
    Block {
        /// A tail.
        scope: ScopeId,
        /// Its statements.
        block: BlockId,
        /// The `as` name there.
        gate: Option<VarId>,
    },
}
