use super::{Body, Expr, Local, ModuleId, StmtId, Type};
use crate::base::{Decimal, FileId, Span};
use crate::plan::{Annotations, Effect, FaultKind, Grade, HttpMethod};
use smol_str::SmolStr;
use std::sync::Arc;

macro_rules! index {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// A declared type of a program.
    TypeId
    /// A callable of a program.
    CallableId
    /// A constant of a program.
    ConstantId
}

/// A declared type.
#[derive(Clone, Debug)]
pub struct TypeDecl {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared; built-in types stand in no module.
    pub module: Option<ModuleId>,
    /// Its file.
    pub file: FileId,
    /// Its name there.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// What it is.
    pub kind: TypeKind,
}

/// The kinds of declared types.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// A record. Its `require`s are checked with the module, see [`Definition::Requires`].
    Record(Vec<Field>),
    /// An enum, ordered or not; the lowest variant first.
    Enum {
        /// In the order of the page.
        variants: Vec<Variant>,
        /// Whether they compare with `<`.
        ordered: bool,
    },
    /// A union; unions among its members are replaced by their members.
    Union(Vec<TypeId>),
    /// Broken; reported.
    Error,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: SmolStr,
    /// Its name in the declaration.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its type.
    pub ty: Type,
    /// The type as written, for a message that points there.
    pub type_span: Span,
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: SmolStr,
    /// Its name in the declaration.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
}

/// The signature of an agent, rubric, tool or workflow. Its inside is checked with its module.
#[derive(Clone, Debug)]
pub struct Callable {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    pub module: ModuleId,
    /// Its file.
    pub file: FileId,
    /// Its name there.
    pub span: Span,
    /// The index of its declaration in the module's tree.
    pub item: usize,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// What it is.
    pub kind: CallableKind,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What it gives; `None` for nothing. A rubric gives a `Review`.
    pub result: Option<Type>,
    /// The result type as written, or the end of the head where there is none.
    pub result_span: Span,
    /// What a tool touches; `None` for all others, and for a tool whose effect is broken.
    pub effect: Option<Effect>,
    /// Its head could not be read whole: what it takes and gives is not known.
    pub lost: bool,
}

/// The kinds of callables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the language")]
pub enum CallableKind {
    Agent,
    Rubric,
    Tool,
    Workflow,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: SmolStr,
    /// Its name in the declaration.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its type.
    pub ty: Type,
    /// The type as written.
    pub type_span: Span,
    /// Whether it has a default; one of type `T?` may be left out without.
    pub has_default: bool,
}

/// A constant at file level.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its name.
    pub name: SmolStr,
    /// Where it is declared.
    pub module: ModuleId,
    /// Its file.
    pub file: FileId,
    /// Its name there.
    pub span: Span,
    /// The index of its declaration in the module's tree.
    pub item: usize,
    /// Its type.
    pub ty: Type,
    /// What it is.
    pub value: Expr,
    /// Variables that are bound inside `value`.
    pub locals: Vec<Local>,
    /// The whole number that it is, for bounds, caps and annotations (L3.5).
    pub whole: Option<i64>,
}

/// The checked inside of a declaration.
#[derive(Clone, Debug)]
pub enum Definition {
    /// Of an agent.
    Agent(CallableId, Arc<Agent>),
    /// Of a rubric.
    Rubric(CallableId, Arc<Rubric>),
    /// Of a tool.
    Tool(CallableId, Arc<Tool>),
    /// Of a workflow.
    Workflow(CallableId, Arc<Workflow>),
    /// Of a record's `require`s; the first locals are its fields.
    Requires(TypeId, Vec<Require>, Vec<Local>),
    /// A test.
    Test(Arc<Test>),
}

impl Definition {
    /// A copy that shares nothing, without the room to spare that lists have which grew.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        match self {
            Self::Agent(id, it) => Self::Agent(*id, Arc::new((**it).clone())),
            Self::Rubric(id, it) => Self::Rubric(*id, Arc::new((**it).clone())),
            Self::Tool(id, it) => Self::Tool(*id, Arc::new((**it).clone())),
            Self::Workflow(id, it) => Self::Workflow(*id, Arc::new((**it).clone())),
            Self::Requires(id, requires, locals) => Self::Requires(*id, requires.clone(), locals.clone()),
            Self::Test(it) => Self::Test(Arc::new((**it).clone())),
        }
    }
}

/// A condition and what is said where it does not hold.
#[derive(Clone, Debug)]
pub struct Require {
    /// The whole line.
    pub span: Span,
    /// A `bool`.
    pub condition: Expr,
    /// A text.
    pub message: Expr,
}

/// The inside of an agent. The first locals are its parameters; so everywhere below.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Parameters, then what is bound inside.
    pub locals: Vec<Local>,
    /// Defaults of the parameters.
    pub defaults: Vec<Option<Expr>>,
    /// The system message.
    pub role: Option<Expr>,
    /// The user's message.
    pub prompt: Expr,
    /// What it may call.
    pub tools: Vec<CallableId>,
    /// What was written on it.
    pub annotations: Annotations,
}

/// The inside of a rubric.
#[derive(Clone, Debug)]
pub struct Rubric {
    /// Parameters, then what is bound inside.
    pub locals: Vec<Local>,
    /// Defaults of the parameters.
    pub defaults: Vec<Option<Expr>>,
    /// Gates.
    pub gates: Vec<Require>,
    /// Dimensions.
    pub dimensions: Vec<Dimension>,
    /// `floor`
    pub floor: Option<Grade>,
    /// What was written on it.
    pub annotations: Annotations,
}

/// A dimension of a rubric.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Its name.
    pub name: SmolStr,
    /// Above 0.
    pub weight: Decimal,
    /// How it is judged.
    pub kind: DimensionKind,
}

/// How a dimension is judged.
#[derive(Clone, Debug)]
pub enum DimensionKind {
    /// The judge grades this text.
    Described(Expr),
    /// The mean of these.
    Criteria(Vec<Criterion>),
}

/// An item of a block of criteria.
#[derive(Clone, Debug)]
pub enum Criterion {
    /// The judge answers this text with yes or no.
    Question(Expr),
    /// A `bool` or a `number 0..1`.
    Check(Expr),
}

/// The inside of a tool.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Parameters, then what is bound inside.
    pub locals: Vec<Local>,
    /// Defaults of the parameters.
    pub defaults: Vec<Option<Expr>>,
    /// What it does; `None` was reported.
    pub body: Option<ToolBody>,
    /// What was written on it.
    pub annotations: Annotations,
}

/// What a tool does, as in [`crate::plan::ToolBody`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of the plan's ToolBody")]
pub enum ToolBody {
    Read(Expr),
    Write(Expr, Expr),
    Run {
        command: Expr,
        directory: Option<Expr>,
        stdin: Option<Expr>,
    },
    Http {
        method: HttpMethod,
        address: Result<Expr, SmolStr>,
        headers: Vec<(SmolStr, Result<Expr, SmolStr>)>,
        body: Option<HttpBody>,
        pick: Option<SmolStr>,
    },
    Mcp(SmolStr, SmolStr),
    Return(Expr),
}

/// JSON with expressions in it.
#[derive(Clone, Debug)]
pub enum HttpBody {
    /// Any value.
    Value(Expr),
    /// `{ key: … }`
    Object(Vec<(SmolStr, HttpBody)>),
}

/// The inside of a workflow.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Defaults of the parameters.
    pub defaults: Vec<Option<Expr>>,
    /// Its statements, with its locals.
    pub body: Body,
    /// What was written on it.
    pub annotations: Annotations,
}

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it says.
    pub title: SmolStr,
    /// The declaration.
    pub span: Span,
    /// The workflow that it runs.
    pub workflow: CallableId,
    /// An argument a parameter; `None` takes the default.
    pub args: Vec<Option<Expr>>,
    /// What is given.
    pub given: Vec<TestGiven>,
    /// What is expected.
    pub expects: Vec<TestExpect>,
    /// Locals of the test's expressions.
    pub locals: Vec<Local>,
    /// Where locals come from that stand for something of the run.
    pub sources: Vec<(super::LocalId, TestSource)>,
}

/// Where a local of a test comes from.
#[derive(Clone, Debug)]
pub enum TestSource {
    /// `result`
    Result,
    /// A name that the workflow's body binds: its local there.
    Body(super::LocalId),
    /// `calls(x)`, a list of records of this type.
    Calls(TestTarget, TypeId),
}

/// A callable, or steps of the workflow under test or of a sub-workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestTarget {
    /// Wherever the run calls it.
    Callable(CallableId),
    /// Statements of a workflow: one, or several of one name in cases of one `when`; and the names of the steps that lead
    /// there from the workflow under test, outermost first.
    Steps(CallableId, Vec<StmtId>, Vec<SmolStr>),
}

/// `given x -> …`
#[derive(Clone, Debug)]
pub struct TestGiven {
    /// The line.
    pub span: Span,
    /// What it stands for.
    pub target: TestTarget,
    /// Dealt in turn.
    pub answers: Vec<TestAnswer>,
}

/// An outcome of a given call.
#[derive(Clone, Debug)]
pub enum TestAnswer {
    /// A value; for a rubric a `Grade` or a `Review`.
    Value(Expr),
    /// A typed, seeded value.
    Sample,
    /// A failure.
    Fails(FaultKind),
}

/// `expect …`
#[derive(Clone, Debug)]
pub struct TestExpect {
    /// The line.
    pub span: Span,
    /// Whether `not` stands in front.
    pub negated: bool,
    /// What is expected.
    pub kind: TestExpectKind,
}

/// The forms of an expectation.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the forms of L9.2 and L9.3")]
pub enum TestExpectKind {
    Ran(TestTarget),
    Skipped(TestTarget),
    Failed(TestTarget),
    RanTimes(TestTarget, u64),
    Fails(Expr),
    PromptContains(TestTarget, Expr),
    Holds(Expr),
}
