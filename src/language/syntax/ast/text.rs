use super::{Expr, Name};
use crate::base::Span;
use smol_str::SmolStr;

/// A text literal, a template wherever it stands (L1.7, L1.8).
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// With its quotes.
    pub span: Span,
    /// How it was written.
    pub style: TextStyle,
    /// In order. Indentation is removed, escapes are read, lines of nothing but markers are gone.
    pub parts: Vec<TextPart>,
}

/// How a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextStyle {
    /// `"…"`
    Line,
    /// `"""…"""`
    Block,
    /// The content of a file named by `prompt file`.
    File,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum TextPart {
    /// Characters as they are to be read.
    Chars(SmolStr, Span),
    /// `${expr}`; the span includes the marker.
    Hole(Expr, Span),
    /// `${for x in xs} … ${end}`; the span is the opening marker's.
    For {
        /// The opening marker.
        span: Span,
        /// The item's name.
        item: Name,
        /// The list.
        list: Expr,
        /// What is repeated.
        body: Vec<TextPart>,
    },
    /// `${when c} … ${otherwise} … ${end}`; the span is the opening marker's.
    When {
        /// The opening marker.
        span: Span,
        /// The condition.
        condition: Expr,
        /// If it holds.
        then: Vec<TextPart>,
        /// If not.
        otherwise: Vec<TextPart>,
    },
}

impl Text {
    /// The characters of a text without holes; `None` where it has any.
    pub fn plain(&self) -> Option<String> {
        let mut out = String::new();
        for part in &self.parts {
            let TextPart::Chars(chars, _) = part else { return None };
            out.push_str(chars);
        }
        Some(out)
    }
}

/// Where a prompt's or role's text comes from (L1.9).
#[derive(Clone, Debug, PartialEq)]
pub enum TextSource {
    /// Written here.
    Inline(Text),
    /// `file "path"`, beside the script.
    File(Text),
    /// Left out; reported.
    Missing(Span),
}

impl TextSource {
    /// The text's own place, or where it is missing.
    pub fn span(&self) -> Span {
        match self {
            Self::Inline(text) | Self::File(text) => text.span,
            Self::Missing(span) => *span,
        }
    }
}
