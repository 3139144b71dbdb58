use super::{Function, Grade, TextUnit, ToolId, Type, TypeId, VarId};
use crate::base::Decimal;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// An expression in the arena of its plan. Its children have smaller numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExprId(pub u32);

impl ExprId {
    /// The index into [`super::Plan::exprs`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An expression. Every decision that types make is made: conditions are `bool`, fields are positions, arithmetic says
/// on which numbers it works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expr {
    /// A constant.
    Literal(Literal),
    /// A text with or without holes.
    Text(Vec<Piece>),
    /// A variable.
    Var(VarId),
    /// A field of a record, by its position; of `none`, `none`.
    Field(ExprId, u32),
    /// An item of a list; `none` outside it.
    Index(ExprId, ExprId),
    /// A list.
    List(Vec<ExprId>),
    /// A record; one expression a field, in the order of the declaration. Its `require`s are checked on it.
    Record(TypeId, Vec<ExprId>),
    /// A comprehension.
    Comprehension {
        /// Bound to each item.
        item: VarId,
        /// The list.
        list: ExprId,
        /// A `bool`.
        filter: Option<ExprId>,
        /// What the result is sorted by.
        key: Option<ExprId>,
        /// Whether the largest key comes first; equal keys keep their order either way.
        descending: bool,
        /// What each item gives.
        give: ExprId,
    },
    /// `when c then a otherwise b`
    When(ExprId, ExprId, ExprId),
    /// `not x`
    Not(ExprId),
    /// `a and b`; the right side only where it is needed.
    And(ExprId, ExprId),
    /// `a or b`; the right side only where it is needed.
    Or(ExprId, ExprId),
    /// `x ?? y`; the right side only where it is needed.
    Else(ExprId, ExprId),
    /// `-x` of an `int` (can overflow) or of a `number`.
    Negate(ExprId),
    /// Arithmetic on `int`s; an overflow is a fault.
    Int(ArithmeticOp, ExprId, ExprId),
    /// Arithmetic on `number`s; `int` operands are taken as numbers.
    Number(ArithmeticOp, ExprId, ExprId),
    /// `+` on lists.
    Concat(ExprId, ExprId),
    /// A comparison. A `Review` on either side was replaced by its grade.
    Compare(CompareOp, ExprId, ExprId),
    /// `x in xs`
    In(ExprId, ExprId),
    /// `x is pattern`; `none` is no variant and no member.
    Is(ExprId, Pattern),
    /// A function.
    Call(Function, Vec<ExprId>),
    /// `cut(t, words: n)`
    Cut(ExprId, TextUnit, ExprId),
    /// `chunks(t, words: n)`
    Chunks(ExprId, TextUnit, ExprId),
    /// `parse(x)` for a type: `none` where it does not fit.
    Parse(ExprId, Type),
    /// `to_json(x)` of a value of this type, which says where a member of a union is named.
    ToJson(ExprId, Type),
    /// A pure tool, with an expression for each parameter.
    PureTool(ToolId, Vec<ExprId>),
}

/// A constant of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// `3`
    Int(i64),
    /// `0.25`
    Number(Decimal),
    /// A grade.
    Grade(Grade),
    /// A variant of an enum, by its position.
    Variant(TypeId, u32),
}

/// A part of a text. What the writer of the text saw as a block of its own is nested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// As it is.
    Chars(SmolStr),
    /// A hole; written as L2.9 says for its type.
    Hole(ExprId, Type),
    /// `${for x in xs} … ${end}`
    For {
        /// Bound to each item.
        item: VarId,
        /// The list.
        list: ExprId,
        /// What is repeated.
        body: Vec<Piece>,
    },
    /// `${when c} … ${otherwise} … ${end}`
    When {
        /// A `bool`.
        condition: ExprId,
        /// If it holds.
        then: Vec<Piece>,
        /// If not.
        otherwise: Vec<Piece>,
    },
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the operators of the language")]
pub enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    /// Always of numbers.
    Divide,
    /// Always of `int`s; takes the divisor's sign.
    Remainder,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the operators of the language")]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// What stands behind `is`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// A grade.
    Grade(Grade),
    /// A variant, by its position.
    Variant(TypeId, u32),
    /// A record, as a member of a union.
    Member(TypeId),
}
