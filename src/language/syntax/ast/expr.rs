use super::{Name, Text};
use crate::base::{Decimal, Span};

/// An expression as written (§5).
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// All of it.
    pub span: Span,
    /// Which.
    pub kind: ExprKind,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// Left out or broken; reported.
    Missing,
    /// `"…"` or `"""…"""`, a template wherever it stands (L3.6).
    Text(Text),
    /// `3`
    Int(i64),
    /// `0.25`
    Number(Decimal),
    /// `true`, `false`
    Bool(bool),
    /// `none`
    None,
    /// A value's name, a bare variant, or one of `previous`, `earlier`, `round`, `index`, `rubric`.
    Name(Name),
    /// A grade, or a type's name before a `.`.
    TypeName(Name),
    /// `a.b`
    Field(Box<Expr>, Name),
    /// `xs[0]`
    Index(Box<Expr>, Box<Expr>),
    /// `f(a, name: b)`
    Call(Call),
    /// `Finding { file: f, note }`
    Record(Name, Vec<FieldInit>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[f.note for f in findings when … by … descending]`
    Comprehension(Box<Comprehension>),
    /// `when c then a otherwise b`
    When(Box<WhenExpr>),
    /// `not x`, `-x`
    Unary(UnaryOp, Span, Box<Expr>),
    /// `a + b`; the span is the operator's.
    Binary(BinaryOp, Span, Box<Expr>, Box<Expr>),
    /// `x is not bug`
    Is(Box<Is>),
    /// `( … )`
    Paren(Box<Expr>),
}

/// A call of a callable or a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// From the name to the `)`.
    pub span: Span,
    /// What is called.
    pub callee: Name,
    /// The arguments.
    pub args: Vec<Arg>,
}

/// An argument, by position or by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// All of it.
    pub span: Span,
    /// `name:`
    pub name: Option<Name>,
    /// The value.
    pub value: Expr,
}

/// A field of a record literal.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldInit {
    /// All of it.
    pub span: Span,
    /// The field.
    pub name: Name,
    /// The value; `None` for the short form `{ report }`.
    pub value: Option<Expr>,
}

/// A comprehension.
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// What each item gives.
    pub give: Expr,
    /// The item's name.
    pub item: Name,
    /// The list.
    pub list: Expr,
    /// Behind `when`.
    pub filter: Option<Expr>,
    /// Behind `by`.
    pub key: Option<Expr>,
    /// Whether `descending` follows.
    pub descending: bool,
}

/// `when c then a otherwise b`
#[derive(Clone, Debug, PartialEq)]
pub struct WhenExpr {
    /// The condition.
    pub condition: Expr,
    /// If it holds.
    pub then: Expr,
    /// If not.
    pub otherwise: Expr,
}

/// `x is not bug`
#[derive(Clone, Debug, PartialEq)]
pub struct Is {
    /// What is asked about.
    pub value: Expr,
    /// Whether `not` stands behind `is`.
    pub negated: bool,
    /// What it is compared with.
    pub pattern: Pattern,
}

/// What stands after `is`, and in cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// All of it.
    pub span: Span,
    /// Which.
    pub kind: PatternKind,
}

/// The forms of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// Left out; reported.
    Missing,
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// A bare variant: `bug`.
    Variant(Name),
    /// A record, or a grade: `Search`, `A`.
    Type(Name),
    /// `Severity.high`
    Qualified(Name, Name),
}

/// Operators in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the operators of the language")]
pub enum UnaryOp {
    Not,
    Negate,
}

/// Operators between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the operators of the language")]
pub enum BinaryOp {
    Or,
    And,
    In,
    NotIn,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    /// `??`
    Else,
}
