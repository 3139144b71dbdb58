use super::{Block, Expr, Literal, Require, Stmt, Text, TextSource, TypeExpr};
use crate::base::{Decimal, Span};
use smol_str::SmolStr;
use std::sync::Arc;

/// The tree of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The file's own doc comment.
    pub doc: Option<Doc>,
    /// The declarations, in the order of the page.
    pub items: Vec<Item>,
    /// All comments, doc comments too, in the order of the page.
    pub comments: Vec<Comment>,
}

/// A comment from its `//` up to the end of its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
    /// What follows the slashes, as it is.
    pub text: SmolStr,
    /// What kind it is.
    pub kind: CommentKind,
}

/// What a comment is to the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentKind {
    /// `// …`
    Plain,
    /// A `///` that belongs to a declaration, field, variant, parameter, or to the file.
    Doc,
    /// A `///` that belongs to nothing (L1.2).
    StrayDoc,
}

/// The text of a run of `///` lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// From the first `///` to the end of the last.
    pub span: Span,
    /// The lines without `///` and one blank, joined by line breaks.
    pub text: SmolStr,
}

/// A name as written. An empty text stands for a name that is missing, which was reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The letters (NFC).
    pub text: SmolStr,
    /// Where.
    pub span: Span,
}

impl Name {
    /// Whether the name was left out.
    pub fn is_missing(&self) -> bool {
        self.text.is_empty()
    }
}

/// A declaration. Versions of a file share those that are the same at the same place.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant is named after the declaration it holds")]
pub enum Item {
    Use(Arc<Use>),
    Type(Arc<TypeDecl>),
    Agent(Arc<Agent>),
    Rubric(Arc<Rubric>),
    Tool(Arc<Tool>),
    Workflow(Arc<Workflow>),
    Test(Arc<Test>),
    Let(Arc<Constant>),
    /// Lines that are no declaration; reported.
    Bad(Span),
}

impl Item {
    /// All of it, without its doc comment.
    pub fn span(&self) -> Span {
        match self {
            Item::Use(it) => it.span,
            Item::Type(it) => it.span,
            Item::Agent(it) => it.head.span,
            Item::Rubric(it) => it.head.span,
            Item::Tool(it) => it.head.span,
            Item::Workflow(it) => it.head.span,
            Item::Test(it) => it.span,
            Item::Let(it) => it.span,
            Item::Bad(span) => *span,
        }
    }

    /// A copy that shares nothing, without the room to spare that lists have which grew: of a whole workspace that is a lot.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        match self {
            Item::Use(it) => Item::Use(Arc::new((**it).clone())),
            Item::Type(it) => Item::Type(Arc::new((**it).clone())),
            Item::Agent(it) => Item::Agent(Arc::new((**it).clone())),
            Item::Rubric(it) => Item::Rubric(Arc::new((**it).clone())),
            Item::Tool(it) => Item::Tool(Arc::new((**it).clone())),
            Item::Workflow(it) => Item::Workflow(Arc::new((**it).clone())),
            Item::Test(it) => Item::Test(Arc::new((**it).clone())),
            Item::Let(it) => Item::Let(Arc::new((**it).clone())),
            Item::Bad(span) => Item::Bad(*span),
        }
    }

    /// Whether both are one and the same: then the declaration was not changed, nor moved.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Item::Use(a), Item::Use(b)) => Arc::ptr_eq(a, b),
            (Item::Type(a), Item::Type(b)) => Arc::ptr_eq(a, b),
            (Item::Agent(a), Item::Agent(b)) => Arc::ptr_eq(a, b),
            (Item::Rubric(a), Item::Rubric(b)) => Arc::ptr_eq(a, b),
            (Item::Tool(a), Item::Tool(b)) => Arc::ptr_eq(a, b),
            (Item::Workflow(a), Item::Workflow(b)) => Arc::ptr_eq(a, b),
            (Item::Test(a), Item::Test(b)) => Arc::ptr_eq(a, b),
            (Item::Let(a), Item::Let(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// What the author wrote about it.
    pub fn doc(&self) -> Option<&Doc> {
        match self {
            Item::Type(it) => it.doc.as_ref(),
            Item::Agent(it) => it.head.doc.as_ref(),
            Item::Rubric(it) => it.head.doc.as_ref(),
            Item::Tool(it) => it.head.doc.as_ref(),
            Item::Workflow(it) => it.head.doc.as_ref(),
            Item::Let(it) => it.doc.as_ref(),
            Item::Use(_) | Item::Test(_) | Item::Bad(_) => None,
        }
    }
}

/// `use std.rubrics { standard }` or `use "./team.agentflow" { architect, Finding as TeamFinding }` (L3.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// The whole declaration.
    pub span: Span,
    /// Where the names come from.
    pub source: UseSource,
    /// What is taken.
    pub imports: Vec<Import>,
}

/// The module of a `use`.
#[derive(Clone, Debug, PartialEq)]
pub enum UseSource {
    /// `std.rubrics`: the words between the dots.
    Module(Vec<Name>, Span),
    /// A path relative to the script.
    File(Text),
    /// Reported.
    Missing(Span),
}

/// One name of a `use`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The name in the other module.
    pub name: Name,
    /// The name here, if another.
    pub alias: Option<Name>,
}

/// What every declaration with a body has in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The whole declaration, without its doc comment.
    pub span: Span,
    /// Its first word.
    pub keyword: Span,
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its parameters.
    pub params: Vec<Param>,
    /// What stands behind `->`.
    pub result: Option<TypeExpr>,
    /// In the order of the page.
    pub annotations: Vec<Annotation>,
    /// The end of the head (before the `{`): where a missing `->` or annotation is inserted.
    pub end: Span,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// All of it.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// What it is when it is left out.
    pub default: Option<Expr>,
}

/// `@tier(2..4)` (L3.8). Arguments are as written; what they must be is checked later.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// All of it, `@` included.
    pub span: Span,
    /// The word behind `@`.
    pub name: Name,
    /// In the parentheses; `None` where there are none.
    pub args: Option<Vec<AnnotationArg>>,
}

/// An argument of an annotation.
#[derive(Clone, Debug, PartialEq)]
pub enum AnnotationArg {
    /// `2..4`
    Range(Literal, Literal, Span),
    /// `30s`, in milliseconds; an overflow is `u64::MAX`.
    Duration(u64, Span),
    /// `$0.50`, in dollars.
    Money(Decimal, Span),
    /// Anything else.
    Expr(Expr),
}

/// A type declaration (L2).
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDecl {
    /// The whole declaration, without its doc comment.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// What it is.
    pub body: TypeBody,
}

/// The right-hand side of a type declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeBody {
    /// `{ … }`
    Record {
        /// The fields, in the order of the page.
        fields: Vec<Field>,
        /// `require … otherwise "…"` (L2.6).
        requires: Vec<Require>,
    },
    /// `a < b < c` or `a | b | c`, also `Search | Answer`; which of enum and union it is follows from the names.
    Alternatives {
        /// In the order of the page.
        variants: Vec<Variant>,
        /// The separators that were used, with their places.
        separators: Vec<(Separator, Span)>,
    },
    /// Reported.
    Missing,
}

/// Between two variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `<`: the order counts.
    Less,
    /// `|`
    Bar,
}

/// A variant of an enum, or a member of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// All of it, without the doc comment.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// Its name: any word (L2.10).
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
}

/// `agent name(params) -> T { role … prompt … tools … }` (L3.2).
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// Name, parameters, result, annotations.
    pub head: Head,
    /// In the order of the page; a property that stands twice is refused on the tree.
    pub properties: Vec<AgentProperty>,
}

/// A line of an agent's body.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentProperty {
    /// The system message. The span is the word's.
    Role(Span, TextSource),
    /// The user's message.
    Prompt(Span, TextSource),
    /// The tools that it may call.
    Tools(Span, Vec<Name>),
}

/// A rubric (§7).
#[derive(Clone, Debug, PartialEq)]
pub struct Rubric {
    /// Name, parameters, annotations; `result` is what was wrongly written there.
    pub head: Head,
    /// Gates, dimensions and floor in the order of the page.
    pub items: Vec<RubricItem>,
}

/// A line of a rubric's body.
#[derive(Clone, Debug, PartialEq)]
pub enum RubricItem {
    /// A gate.
    Require(Require),
    /// `floor C`: the grade's name.
    Floor(Span, Name),
    /// A dimension.
    Dimension(Dimension),
}

/// A dimension of a rubric.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// All of it.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Behind `weight`.
    pub weight: Option<Expr>,
    /// How it is judged.
    pub body: DimensionBody,
}

/// How a dimension is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum DimensionBody {
    /// The judge grades this description.
    Described(Text),
    /// Yes-or-no questions and checks.
    Criteria(Vec<Criterion>),
    /// Reported.
    Missing,
}

/// An item of a block of criteria.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// A question that the judge answers with yes or no.
    Question(Text),
    /// `check expr`
    Check(Span, Expr),
}

/// A tool (§8).
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Name, parameters, result, annotations.
    pub head: Head,
    /// What it touches; `None` was reported.
    pub effect: Option<Effect>,
    /// What it does; more or fewer than one is refused on the tree.
    pub bodies: Vec<ToolBody>,
}

/// The effect of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// All of it.
    pub span: Span,
    /// Which of the four.
    pub kind: EffectKind,
    /// What is touched; missing for `pure`.
    pub resource: Name,
}

/// The four effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the language")]
pub enum EffectKind {
    Pure,
    Reads,
    Writes,
    Sends,
}

/// What a tool does (table of L8.1).
#[derive(Clone, Debug, PartialEq)]
pub struct ToolBody {
    /// All of it.
    pub span: Span,
    /// Which.
    pub kind: ToolBodyKind,
}

/// The kinds of tool bodies.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolBodyKind {
    /// `read "path"`
    Read(Text),
    /// `write "path" text`
    Write(Text, Expr),
    /// `run ["prog", …] in "dir" stdin text`
    Run {
        /// The program and its arguments; normally a list literal.
        command: Expr,
        /// Behind `in`.
        directory: Option<Text>,
        /// Behind `stdin`.
        stdin: Option<Expr>,
    },
    /// `get "url"` and the other methods.
    Http(Http),
    /// `mcp "server" "tool"`
    Mcp(Text, Text),
    /// `return expr`
    Return(Expr),
}

/// An HTTP request.
#[derive(Clone, Debug, PartialEq)]
pub struct Http {
    /// `get`, `post`, `put`, `patch` or `delete`, with its place.
    pub method: Name,
    /// Where to.
    pub address: Address,
    /// Behind `headers`; each may be given once.
    pub headers: Vec<JsonObject>,
    /// Behind `json`.
    pub body: Vec<JsonValue>,
    /// Behind `at`.
    pub pick: Vec<Text>,
}

/// The address of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Address {
    /// A URL, whose holes are percent-encoded.
    Url(Text),
    /// `secret "NAME"`
    Secret(Text),
}

/// `{ key: expr, "Content-Type": expr, inner: { … } }`, a form that only stands after `json` and `headers`.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonObject {
    /// With its braces.
    pub span: Span,
    /// In the order of the page.
    pub pairs: Vec<JsonPair>,
}

/// A key and a value.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPair {
    /// The key, unquoted.
    pub key: Name,
    /// The value.
    pub value: JsonValue,
}

/// A value of a [`JsonObject`].
#[derive(Clone, Debug, PartialEq)]
pub enum JsonValue {
    /// An expression; for the short form `{ name }` the name.
    Expr(Expr),
    /// `{ … }`
    Object(JsonObject),
    /// `secret "NAME"`: only behind `headers`.
    Secret(Text),
}

/// A workflow (L3.3).
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    /// Name, parameters, result, annotations.
    pub head: Head,
    /// Its statements.
    pub body: Block,
}

/// A constant at file level (L3.5).
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// All of it, without the doc comment.
    pub span: Span,
    /// Its doc comment.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its declared type.
    pub ty: Option<TypeExpr>,
    /// What it is.
    pub value: Expr,
}

/// A test (§9).
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// All of it.
    pub span: Span,
    /// What it says.
    pub title: Text,
    /// In the order of the page.
    pub items: Vec<TestItem>,
}

/// A line of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum TestItem {
    /// `given x -> a, b`
    Given(Given),
    /// `run workflow(…)`: normally an [`super::ExprKind::Call`].
    Run(Span, Expr),
    /// `expect …`
    Expect(Expect),
    /// A statement that does not belong here; reported.
    Bad(Stmt),
}

/// `given sub.step -> a, fails timeout` (L9.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// All of it.
    pub span: Span,
    /// The callable or step: the words between the dots. `rubric` for the bare one.
    pub target: Vec<Name>,
    /// In the order of the page.
    pub answers: Vec<GivenAnswer>,
}

/// One outcome of a given call.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenAnswer {
    /// A value.
    Value(Expr),
    /// `sample`
    Sample(Span),
    /// `fails timeout`
    Fails(Span, Name),
}

/// `expect …` (L9.2, L9.3).
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// All of it.
    pub span: Span,
    /// What is expected.
    pub kind: ExpectKind,
}

/// The forms of an expectation. `negated` is the `not` in front.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the forms of L9.2, with the words of the language")]
pub enum ExpectKind {
    Ran {
        negated: bool,
        name: Name,
    },
    Skipped {
        negated: bool,
        name: Name,
    },
    Failed {
        negated: bool,
        name: Name,
    },
    /// `x ran once`, `x ran 2 times`.
    RanTimes {
        negated: bool,
        name: Name,
        times: u64,
    },
    /// `fails "text"`
    Fails {
        text: Text,
    },
    /// `prompt editor contains "…"`
    Prompt {
        negated: bool,
        name: Name,
        text: Text,
    },
    Holds(Expr),
    Missing,
}
