use super::{CallableId, ConstantId, LocalId, Type, TypeId};
use crate::base::Span;
use crate::plan::{ArithmeticOp, CompareOp, Function, Grade, Literal, TextUnit};
use smol_str::SmolStr;

/// A resolved expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What its value is.
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
    /// Which.
    pub kind: ExprKind,
}

/// The forms of a resolved expression. Each has its counterpart in [`crate::plan::Expr`], where the rules of its value stand.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the forms are those of plan::Expr")]
pub enum ExprKind {
    /// Reported.
    Error,
    Literal(Literal),
    /// A variant of an enum of the program.
    Variant(TypeId, u32),
    Text(Vec<Piece>),
    Local(LocalId),
    Constant(ConstantId),
    Field(Box<Expr>, u32),
    Index(Box<Expr>, Box<Expr>),
    List(Vec<Expr>),
    /// One expression a field, in the order of the declaration; `none` for those left out.
    Record(TypeId, Vec<Expr>),
    Comprehension {
        item: LocalId,
        list: Box<Expr>,
        filter: Option<Box<Expr>>,
        key: Option<Box<Expr>>,
        descending: bool,
        give: Box<Expr>,
    },
    When(Box<Expr>, Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Else(Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Arithmetic(ArithmeticOp, NumberKind, Box<Expr>, Box<Expr>),
    Concat(Box<Expr>, Box<Expr>),
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Is(Box<Expr>, Pattern),
    Call(Function, Vec<Expr>),
    Cut(Box<Expr>, TextUnit, Box<Expr>),
    Chunks(Box<Expr>, TextUnit, Box<Expr>),
    /// `parse(x)` for the type that is declared for it.
    Parse(Box<Expr>, Type),
    /// A pure tool; `None` takes the default.
    PureTool(CallableId, Vec<Option<Expr>>),
}

/// On which numbers arithmetic works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two number types")]
pub enum NumberKind {
    Int,
    Number,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the forms are those of plan::Piece")]
pub enum Piece {
    Chars(SmolStr),
    Hole(Expr),
    For { item: LocalId, list: Expr, body: Vec<Piece> },
    When { condition: Expr, then: Vec<Piece>, otherwise: Vec<Piece> },
}

/// What stands behind `is`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the forms are those of plan::Pattern")]
pub enum Pattern {
    None,
    Bool(bool),
    Grade(Grade),
    Variant(TypeId, u32),
    Member(TypeId),
}

impl Expr {
    /// What a case of the form `is bug, feature` looks at: it stands in the head of the `when`, outside of the case.
    pub fn subject(&self) -> Option<&Self> {
        let mut at = self;
        while let ExprKind::Or(first, _) = &at.kind {
            at = first;
        }
        let ExprKind::Is(subject, _) = &at.kind else { return None };
        (subject.span.end <= self.span.start).then_some(&**subject)
    }
}
