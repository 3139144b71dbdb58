use crate::plan::FaultKind;

/// Why an expression has no value. It fails the statement that it stands in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalFault {
    /// `arithmetic`, `too_long` or `invalid`.
    pub kind: FaultKind,
    /// One line in the author's words.
    pub message: String,
}

impl EvalFault {
    /// What an unchecked plan can run into and a checked one cannot begins like this.
    pub const TYPE_FAULT: &'static str = "the plan is wrong: ";

    /// A value would be larger than L5.4 allows.
    pub fn too_long(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::TooLong, message: message.into() }
    }

    /// An overflow or a division by zero.
    pub fn arithmetic(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Arithmetic, message: message.into() }
    }

    /// A record's `require` does not hold, or a date or pattern cannot be read.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::Invalid, message: message.into() }
    }

    /// A value is not of the type that the plan says it is.
    pub fn type_fault(message: impl AsRef<str>) -> Self {
        Self::invalid(format!("{}{}", Self::TYPE_FAULT, message.as_ref()))
    }

    /// Whether it is a type fault: a fault of the compiler, or of who changed the plan, never of the author.
    pub fn is_type_fault(&self) -> bool {
        self.message.starts_with(Self::TYPE_FAULT)
    }
}
