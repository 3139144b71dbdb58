use super::{CallableId, Expr, Type, TypeId};
use crate::base::Span;
use crate::plan::{Annotations, FaultKind};
use smol_str::SmolStr;

/// A variable of one body, agent, rubric, tool, record or test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// A statement of one body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StmtId(pub u32);

impl LocalId {
    /// The index into the list of locals.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl StmtId {
    /// The index into [`Body::stmts`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: SmolStr,
    /// Where it is bound.
    pub span: Span,
    /// Its type where it is bound; narrowing is the scope's matter.
    pub ty: Type,
    /// What binds it.
    pub kind: LocalKind,
}

/// What binds a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalKind {
    /// A parameter, or a record's field in its `require`s.
    Param,
    /// A step or `let` of the body.
    Stmt(StmtId),
    /// The name outside of a name that cases of a `when`, or a loop's body, bind; the statement is the `when` or loop.
    Export(StmtId),
    /// The list behind a fan-out, or a loop's `as` name; the statement is the fan-out or loop.
    Block(StmtId),
    /// The item of a fan-out.
    Item(StmtId),
    /// `index` of a fan-out.
    Index(StmtId),
    /// `previous` of a loop.
    Previous(StmtId),
    /// `earlier` of a loop.
    Earlier(StmtId),
    /// `round` of a loop.
    Round(StmtId),
    /// `review` of a loop's judge: read by `until` and by the records of the rounds.
    Review(StmtId),
    /// The `as` name of a loop inside its `otherwise`.
    Tail(StmtId),
    /// `today`
    Today,
    /// `now`
    Now,
    /// Bound inside an expression or a text: a comprehension, a template `for`, a failure.
    Inner,
    /// Of a test: `result`, a name of the body, `calls(x)`.
    Test,
}

/// The statements of a workflow, in the order of the page, as a tree by ids.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Parameters first.
    pub locals: Vec<Local>,
    /// All statements; a statement's number is above those that stand before it on the page.
    pub stmts: Vec<Stmt>,
    /// The outermost block.
    pub block: Vec<StmtId>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// All of it.
    pub span: Span,
    /// Its name, or the word that begins it.
    pub name_span: Span,
    /// What a path calls it: invariant 7, without `#n`.
    pub name: SmolStr,
    /// Whether `name` is the author's own for this step or `let`, not a word that stands in for one.
    pub named: bool,
    /// The statement whose block holds it.
    pub parent: Option<StmtId>,
    /// What it binds where it stands.
    pub binds: Option<LocalId>,
    /// Statements behind `after`.
    pub after: Vec<StmtId>,
    /// What it waits for by the order of effects (L4.5), and `require`s and `fail`s above it (L4.12): statements of its
    /// block or of those around it.
    pub order: Vec<StmtId>,
    /// What it does.
    pub kind: StmtKind,
}

/// What a statement does.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the statements of §4; the fields are those of plan::NodeKind")]
pub enum StmtKind {
    Step {
        action: Action,
        annotations: Annotations,
        fallbacks: Vec<Fallback>,
        result: Option<Type>,
    },
    Let {
        value: Expr,
    },
    Require {
        condition: Expr,
        message: Expr,
    },
    Fail {
        message: Expr,
    },
    Return {
        value: Expr,
    },
    /// The last arm has no condition: an `otherwise`, or what is left of a closed list of cases.
    When {
        arms: Vec<Arm>,
    },
    Parallel {
        arms: Vec<StmtId>,
        cap: Option<u32>,
    },
    Each(Each),
    Loop(Box<Loop>),
    /// Reported.
    Error,
}

/// What a step calls.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the forms of L4.1")]
pub enum Action {
    /// A callable; `None` takes the default of the parameter.
    Call(CallableId, Vec<Option<Expr>>),
    Prompt(Expr),
    Ask(Ask),
    /// Reported.
    Error,
}

/// A question to a person.
#[derive(Clone, Debug)]
pub struct Ask {
    /// A text.
    pub question: Expr,
    /// Who is meant.
    pub to: Option<SmolStr>,
    /// What is shown, with how it is called on the page.
    pub showing: Vec<(SmolStr, Expr)>,
    /// The type of the answer.
    pub form: Type,
}

/// `on failure(kinds) as f expr`
#[derive(Clone, Debug)]
pub struct Fallback {
    /// Empty for all.
    pub kinds: Vec<FaultKind>,
    /// `f`
    pub binder: Option<LocalId>,
    /// The value.
    pub value: Expr,
}

/// A case of a `when`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// A `bool`.
    pub condition: Option<Expr>,
    /// Where its condition, or `is low, medium`, stands; nothing for `otherwise`.
    pub head: Option<Span>,
    /// Its statements.
    pub block: Vec<StmtId>,
    /// For each name that any case binds: the local in this case (`None`: it does not bind it) and the one behind the block.
    pub exports: Vec<(Option<LocalId>, LocalId)>,
    /// Whether it ends in `fail`.
    pub fails: bool,
}

/// A fan-out.
#[derive(Clone, Debug)]
pub struct Each {
    /// The list.
    pub list: Expr,
    /// The item.
    pub item: LocalId,
    /// `index`, where the body uses it.
    pub index: Option<LocalId>,
    /// The body.
    pub block: Vec<StmtId>,
    /// Behind `give`.
    pub give: Option<Expr>,
    /// The `require`s and `fail`s above `give` that it waits for (L4.12).
    pub give_order: Vec<StmtId>,
    /// The list behind the block.
    pub rows: Option<LocalId>,
    /// Whether `parallel` stands in front.
    pub parallel: bool,
    /// The cap.
    pub cap: Option<u32>,
    /// The list's known maximum; `None` where it follows from the parameters.
    pub max: Option<u64>,
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// At most so many rounds.
    pub max: Expr,
    /// The body.
    pub block: Vec<StmtId>,
    /// A `bool`.
    pub until: Expr,
    /// The rubric in `until`.
    pub judge: Option<Judge>,
    /// `round`
    pub round: Option<LocalId>,
    /// `previous`
    pub previous: Option<LocalId>,
    /// `earlier`
    pub earlier: Option<LocalId>,
    /// The type of the record of a round.
    pub record: TypeId,
    /// Its fields: locals of the body.
    pub fields: Vec<LocalId>,
    /// A local of the body and the one behind the loop.
    pub exports: Vec<(LocalId, LocalId)>,
    /// The `as` name behind the loop, and its record.
    pub gate: Option<(LocalId, TypeId)>,
    /// Where the condition is not met in time.
    pub otherwise: AfterLoop,
}

/// The judge of a loop.
#[derive(Clone, Debug)]
pub struct Judge {
    /// Which.
    pub rubric: CallableId,
    /// An argument a parameter; `None` takes the default.
    pub args: Vec<Option<Expr>>,
    /// `review`
    pub binds: LocalId,
    /// The call in `until`.
    pub span: Span,
}

/// What happens where a loop's condition is not met in time.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the forms of L4.10; `gate` is the `as` name there")]
pub enum AfterLoop {
    FailWithHistory,
    Fail { message: Expr, gate: Option<LocalId> },
    KeepBest,
    KeepLast,
    Block { block: Vec<StmtId>, gate: Option<LocalId> },
}
