use crate::diag::Code;
use std::process::ExitCode;

/// What a command answers to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Ok,
    /// The answer is no: diagnostics, a failed run, a failed test.
    No,
    /// The command, its arguments or the configuration are wrong.
    Usage,
    /// The run waits for a person.
    Waiting,
    /// Somebody interrupted it.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Waiting => 3,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command did nothing: said in one line, with what to do in further ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// How it ends.
    pub exit: Exit,
    /// One line that stands alone: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Vec<String>,
    /// The page that says more.
    pub code: Option<Code>,
}

impl Refusal {
    /// The command, an argument or the configuration is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), help: Vec::new(), code: None }
    }

    /// The answer is no.
    pub fn no(message: impl Into<String>) -> Self {
        Self { exit: Exit::No, message: message.into(), help: Vec::new(), code: None }
    }

    /// With the page that says more.
    #[must_use]
    pub fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
