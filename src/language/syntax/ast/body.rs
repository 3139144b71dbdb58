use super::{Annotation, Bound, Call, Expr, Name, Pattern, Text, TextSource, TypeExpr};
use crate::base::Span;

/// Statements between braces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// With the braces; empty where the block is missing, which was reported.
    pub span: Span,
    /// In the order of the page.
    pub stmts: Vec<Stmt>,
}

/// A statement of a workflow's body (§4).
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is named after the statement it holds")]
pub enum Stmt {
    Step(Step),
    Let(Let),
    When(When),
    Parallel(Parallel),
    For(For),
    Loop(Loop),
    Require(Require),
    Fail(Fail),
    Return(Return),
    Give(Give),
    /// A line that is no statement; reported. A block that it opened is kept, so that what is in it resolves.
    Bad(Span, Option<Block>),
}

impl Stmt {
    /// All of it.
    pub fn span(&self) -> Span {
        match self {
            Stmt::Step(it) => it.span,
            Stmt::Let(it) => it.span,
            Stmt::When(it) => it.span,
            Stmt::Parallel(it) => it.span,
            Stmt::For(it) => it.span,
            Stmt::Loop(it) => it.span,
            Stmt::Require(it) => it.span,
            Stmt::Fail(it) => it.span,
            Stmt::Return(it) => it.span,
            Stmt::Give(it) => it.span,
            Stmt::Bad(span, _) => *span,
        }
    }
}

/// `step name: T = call(args) …` (L4.1)
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// All of it.
    pub span: Span,
    /// The word `step`.
    pub keyword: Span,
    /// A step may go without.
    pub name: Option<Name>,
    /// Declared type.
    pub ty: Option<TypeExpr>,
    /// The one call it makes.
    pub action: Action,
    /// Behind `to`.
    pub to: Vec<Text>,
    /// Behind `showing`, with the word's place.
    pub showing: Vec<(Span, Vec<Expr>)>,
    /// In the order of the page.
    pub annotations: Vec<Annotation>,
    /// Names behind `after`.
    pub after: Vec<Name>,
    /// In the order of the page.
    pub on_failure: Vec<OnFailure>,
}

/// What a step calls.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// An agent, rubric, tool or workflow by name.
    Call(Call),
    /// An agent without a name; the span is the word's.
    Prompt(Span, TextSource),
    /// A question to a person.
    Ask(Span, Text),
    /// Reported.
    Missing(Span),
}

impl Action {
    /// All of it.
    pub fn span(&self) -> Span {
        match self {
            Self::Call(call) => call.span,
            Self::Prompt(word, source) => word.to(source.span()),
            Self::Ask(word, text) => word.to(text.span),
            Self::Missing(span) => *span,
        }
    }
}

/// `on failure(timeout, refused) as f expr` (L4.14)
#[derive(Clone, Debug, PartialEq)]
pub struct OnFailure {
    /// All of it.
    pub span: Span,
    /// The kinds it handles; `None` for all.
    pub kinds: Option<Vec<Name>>,
    /// Behind `as`.
    pub binder: Option<Name>,
    /// What the step's value is then.
    pub value: Expr,
}

/// `let name: T = expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// All of it.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Declared type.
    pub ty: Option<TypeExpr>,
    /// What it is.
    pub value: Expr,
}

/// `when cond { } otherwise when cond { } otherwise { }` or `when value { is low { } … }` (L4.8)
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    /// All of it.
    pub span: Span,
    /// The word `when`.
    pub keyword: Span,
    /// The condition, or the value that is looked at.
    pub subject: Expr,
    /// What follows from it.
    pub body: WhenBody,
}

/// The two forms of a `when` statement.
#[derive(Clone, Debug, PartialEq)]
pub enum WhenBody {
    /// A condition and a block.
    Condition {
        /// If it holds.
        then: Block,
        /// If not; an `otherwise when` is a block whose only statement is that `when`.
        otherwise: Option<Otherwise>,
        /// Further `otherwise`, which are refused on the tree.
        extra: Vec<Otherwise>,
    },
    /// Cases over a value.
    Cases {
        /// With the braces.
        span: Span,
        /// In the order of the page.
        arms: Vec<Arm>,
        /// In the order of the page; more than one is refused on the tree.
        otherwise: Vec<(Span, Block)>,
        /// An `otherwise` behind the closing brace, which is refused on the tree.
        extra: Vec<Otherwise>,
    },
}

/// Behind the block of a `when`.
#[derive(Clone, Debug, PartialEq)]
pub enum Otherwise {
    /// `otherwise when …`; the span is the word's.
    When(Span, Box<When>),
    /// `otherwise { … }`
    Block(Span, Block),
}

impl Otherwise {
    /// All of it, with the word.
    pub fn span(&self) -> Span {
        match self {
            Self::When(word, when) => word.to(when.span),
            Self::Block(word, block) => word.to(block.span),
        }
    }
}

/// `is low, medium { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// All of it.
    pub span: Span,
    /// The cases it takes.
    pub patterns: Vec<Pattern>,
    /// What happens then.
    pub body: Block,
}

/// `parallel 4 at once { … }` (L4.6). A `parallel for` is a [`For`] with `parallel` set.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// All of it.
    pub span: Span,
    /// The word `parallel`.
    pub keyword: Span,
    /// How many arms run at once.
    pub cap: Option<Bound>,
    /// The arms.
    pub body: Block,
}

/// `for item in items as rows { … give expr }` (L4.7)
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// All of it.
    pub span: Span,
    /// The word `for`.
    pub keyword: Span,
    /// The word `parallel` in front, and the cap behind it.
    pub parallel: Option<(Span, Option<Bound>)>,
    /// The item's name.
    pub item: Name,
    /// The list.
    pub list: Expr,
    /// Behind `as`.
    pub rows: Option<Name>,
    /// Once per item.
    pub body: Block,
}

/// `loop until cond max n as name { … } otherwise …` (L4.9)
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// All of it.
    pub span: Span,
    /// The word `loop`.
    pub keyword: Span,
    /// When it ends.
    pub until: Expr,
    /// At most so many rounds; 3 where it is left out.
    pub max: Option<Bound>,
    /// Behind `as`.
    pub name: Option<Name>,
    /// A round.
    pub body: Block,
    /// What happens where the condition is not met in time.
    pub otherwise: Option<LoopOtherwise>,
}

/// Behind a loop. The first span is the word `otherwise`.
#[derive(Clone, Debug, PartialEq)]
pub enum LoopOtherwise {
    /// `otherwise fail "…"`
    Fail(Span, Fail),
    /// `otherwise keep best`
    KeepBest(Span),
    /// `otherwise keep last`
    KeepLast(Span),
    /// `otherwise { … fail "…" }`
    Block(Span, Block),
}

impl LoopOtherwise {
    /// The word `otherwise`.
    pub fn word(&self) -> Span {
        match self {
            Self::Fail(word, _) | Self::KeepBest(word) | Self::KeepLast(word) | Self::Block(word, _) => *word,
        }
    }
}

/// `require cond otherwise "message"`, in a body, a record or a rubric.
#[derive(Clone, Debug, PartialEq)]
pub struct Require {
    /// All of it.
    pub span: Span,
    /// The word `require`.
    pub keyword: Span,
    /// What must hold.
    pub condition: Expr,
    /// Said where it does not; a missing one was reported.
    pub message: Expr,
}

/// `fail "message"`
#[derive(Clone, Debug, PartialEq)]
pub struct Fail {
    /// All of it.
    pub span: Span,
    /// What is said.
    pub message: Expr,
}

/// `return expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// All of it.
    pub span: Span,
    /// The result.
    pub value: Expr,
}

/// `give expr`
#[derive(Clone, Debug, PartialEq)]
pub struct Give {
    /// All of it.
    pub span: Span,
    /// What the item gives.
    pub value: Expr,
}
