use super::TypeId;
use crate::base::Decimal;
use crate::plan::TextMax;
use std::sync::Arc;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Something is wrong that was reported; fits everything, and everything fits it.
    Error,
    /// The type of `none`, where nothing gives it another: fits every `T?`.
    None,
    /// `text`, `text max 80 words`
    Text(Option<TextMax>),
    /// `int`, `int 1..10`
    Int(Option<(i64, i64)>),
    /// `number`, `number 0..1`
    Number(Option<(Decimal, Decimal)>),
    /// `bool`
    Bool,
    /// `date`
    Date,
    /// `json`
    Json,
    /// `Grade`
    Grade,
    /// A record, enum or union. Records without a name (a loop's rounds, its `gate`) are declared too.
    Named(TypeId),
    /// A union that is narrowed to two or more of its members, in the order of its declaration. One member left is `Named`.
    OneOf(Arc<[TypeId]>),
    /// `[T]`, `[T] max n`. The item of the empty list literal is [`Type::Never`].
    List(Arc<Type>, Option<u64>),
    /// `T?`; never of an optional.
    Optional(Arc<Type>),
    /// The item type of `[]`; fits everything.
    Never,
}

impl Type {
    /// `T?`; of an optional, itself; of `none` or an error, itself.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Optional(_) | Self::Error | Self::None => self,
            other => Self::Optional(Arc::new(other)),
        }
    }

    /// The `T` of a `T?`; any other type is itself.
    pub fn present(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner,
            other => other,
        }
    }

    /// Whether the value may be `none`.
    pub fn is_optional(&self) -> bool {
        matches!(self, Self::Optional(_) | Self::None)
    }

    /// A list without a bound.
    pub fn list(item: Self) -> Self {
        Self::List(Arc::new(item), None)
    }

    /// A text without a bound.
    pub const TEXT: Self = Self::Text(None);
    /// An `int` without a range.
    pub const INT: Self = Self::Int(None);
    /// A `number` without a range.
    pub const NUMBER: Self = Self::Number(None);
}

/// The ids of the declared types that every program has; the same numbers as in [`crate::plan::builtin`].
pub mod builtin {
    use super::TypeId;

    /// `Review`
    pub const REVIEW: TypeId = TypeId(0);
    /// `Dimension`
    pub const DIMENSION: TypeId = TypeId(1);
    /// `Run`
    pub const RUN: TypeId = TypeId(2);
    /// `Http`
    pub const HTTP: TypeId = TypeId(3);
    /// The enum of kinds of failures.
    pub const FAULT: TypeId = TypeId(4);
    /// The record behind `on failure as f`.
    pub const FAILURE: TypeId = TypeId(5);
    /// How many there are: the first id of a declared type.
    pub const COUNT: u32 = 6;
}
