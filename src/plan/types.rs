use super::{ExprId, TypeId, Var};
use crate::base::Decimal;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
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
    /// A record, enum or union.
    Named(TypeId),
    /// A union that is narrowed to these records, in the order of its declaration.
    OneOf(Vec<TypeId>),
    /// `[T]`, `[T] max n`
    List(Box<Type>, Option<u64>),
    /// `T?`; never of an optional.
    Optional(Box<Type>),
}

/// The bound of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextMax {
    /// At most so many.
    pub count: u64,
    /// Of these.
    pub unit: TextUnit,
}

/// What a text's bound counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the language")]
pub enum TextUnit {
    Words,
    Chars,
}

/// A declared type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeDecl {
    /// Its name; for a record without one, what it is: `round of report`.
    pub name: SmolStr,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// What it is.
    pub kind: TypeKind,
}

/// The kinds of declared types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// A record.
    Record {
        /// In the order of the page.
        fields: Vec<Field>,
        /// Checked on every value (L2.6).
        requires: Vec<Require>,
        /// The variables of `requires`: the fields first, in their order, then those bound inside.
        vars: Vec<Var>,
    },
    /// An enum.
    Enum {
        /// In the order of the page; the lowest first where it is ordered.
        variants: Vec<Variant>,
        /// Whether the variants compare with `<`.
        ordered: bool,
    },
    /// A union over records.
    Union {
        /// In the order of the page; unions among them are replaced by their members.
        members: Vec<TypeId>,
    },
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: SmolStr,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
    /// Its type.
    pub ty: Type,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name.
    pub name: SmolStr,
    /// Its doc comment.
    pub doc: Option<SmolStr>,
}

/// A condition and what is said where it does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Require {
    /// A `bool`.
    pub condition: ExprId,
    /// A text.
    pub message: ExprId,
}

/// The declared types that every plan has, at fixed places.
pub mod builtin {
    use super::{Field, Type, TypeDecl, TypeKind, Variant};
    use crate::plan::{FaultKind, TypeId};

    /// `Review { grade, score, dimensions, advice }`
    pub const REVIEW: TypeId = TypeId(0);
    /// `Dimension { name, grade, score, reason }`
    pub const DIMENSION: TypeId = TypeId(1);
    /// `Run { code, out, err }`
    pub const RUN: TypeId = TypeId(2);
    /// `Http { status, body }`
    pub const HTTP: TypeId = TypeId(3);
    /// The enum of the kinds of failures; it has no name that can be written.
    pub const FAULT: TypeId = TypeId(4);
    /// The record behind `on failure as f`: `{ kind, message, step }`; it has no name that can be written.
    pub const FAILURE: TypeId = TypeId(5);

    /// The built-in declarations, in the order of their ids.
    pub fn declarations() -> Vec<TypeDecl> {
        let text = || Type::Text(None);
        let points = || Type::Number(Some((crate::base::Decimal::ZERO, crate::base::Decimal::HUNDRED)));
        vec![
            record(
                "Review",
                vec![
                    ("grade", Type::Grade),
                    ("score", points()),
                    ("dimensions", Type::List(Box::new(Type::Named(DIMENSION)), None)),
                    ("advice", text()),
                ],
            ),
            record(
                "Dimension",
                vec![("name", text()), ("grade", Type::Grade), ("score", points()), ("reason", text())],
            ),
            record("Run", vec![("code", Type::Int(None)), ("out", text()), ("err", text())]),
            record("Http", vec![("status", Type::Int(None)), ("body", text())]),
            faults(),
            record("failure", vec![("kind", Type::Named(FAULT)), ("message", text()), ("step", text())]),
        ]
    }

    fn record(name: &str, fields: Vec<(&str, Type)>) -> TypeDecl {
        let fields =
            fields.into_iter().map(|(name, ty)| Field { name: name.into(), doc: None, ty }).collect();
        TypeDecl {
            name: name.into(),
            doc: None,
            kind: TypeKind::Record { fields, requires: Vec::new(), vars: Vec::new() },
        }
    }

    fn faults() -> TypeDecl {
        let variants =
            FaultKind::ALL.iter().map(|kind| Variant { name: kind.word().into(), doc: None }).collect();
        TypeDecl {
            name: "kind of failure".into(),
            doc: None,
            kind: TypeKind::Enum { variants, ordered: false },
        }
    }
}
