use super::Name;
use crate::base::{Decimal, Span};

/// A type as written.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeExpr {
    /// All of it.
    pub span: Span,
    /// Which.
    pub kind: TypeExprKind,
}

/// The forms of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeExprKind {
    /// Left out; reported.
    Missing,
    /// `text max 80 words`
    Text(Option<(Bound, TextUnit)>),
    /// `int 1..10`
    Int(Option<Range>),
    /// `number 0..1`
    Number(Option<Range>),
    /// `[T] max n`
    List(Box<TypeExpr>, Option<Bound>),
    /// `T?`
    Optional(Box<TypeExpr>),
    /// `bool`, `Finding`, or a name that is no type.
    Named(Name),
}

/// What a text's bound counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the language")]
pub enum TextUnit {
    Words,
    Chars,
}

/// `1..10`, both ends included.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// All of it.
    pub span: Span,
    /// The low end.
    pub low: Literal,
    /// The high end.
    pub high: Literal,
}

/// A number as written in a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// With its sign.
    pub span: Span,
    /// Its value; `None` where it is too large, which was reported.
    pub value: Option<Decimal>,
    /// Whether it was written without a point.
    pub whole: bool,
}

/// A bound or a cap: a whole number or the name of a constant (L3.5).
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Where.
    pub span: Span,
    /// Which.
    pub kind: BoundKind,
}

/// The forms of a bound.
#[derive(Clone, Debug, PartialEq)]
pub enum BoundKind {
    /// `20`
    Int(u64),
    /// `max_findings`
    Name(Name),
    /// Left out; reported.
    Missing,
}
