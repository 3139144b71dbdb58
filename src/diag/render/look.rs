use crate::diag::Severity;

/// Whether a rendering has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Characters alone.
    Plain,
    /// With the colour sequences of a terminal.
    Coloured,
}

/// What a piece of text is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// To be read first.
    Bold,
    /// To be read last.
    Dim,
    /// A place, or code.
    Place,
    /// Something is wrong.
    Error,
    /// Something may be wrong.
    Warning,
    /// All is well.
    Good,
}

impl Style {
    /// The style of a severity.
    pub const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
        }
    }

    const fn sequence(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Place => "36",
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Good => "32",
        }
    }
}

impl Look {
    /// The text in a style, where this look has any.
    pub fn paint(self, style: Style, text: &str) -> String {
        match self {
            Self::Coloured if !text.is_empty() => format!("\u{1b}[{}m{text}\u{1b}[0m", style.sequence()),
            _ => text.to_string(),
        }
    }
}
