use std::fmt;
use std::str::FromStr;

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The script cannot run.
    Error,
    /// The script runs, and most likely not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $title:literal)*) => {
        /// A code of the registry. Append-only: a number is never given to something else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the title beside each code is its documentation")]
        pub enum Code { $($name,)* }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The number as it is shown: `AF0402`.
            pub const fn number(self) -> &'static str {
                match self { $(Code::$name => concat!("AF", $number),)* }
            }

            /// The code's name in kebab case is what a suppression names: `unused-step`.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$name => stringify!($name),)* }
            }

            /// The title of its page.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The severity that it has unless a flag says otherwise.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// The page that `agentflow explain` prints.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("pages/AF", $number, ".md")),)* }
            }
        }
    };
}

codes! {
    // 00 lexical
    "0001" NotUtf8 Error "the file is not UTF-8"
    "0002" FileTooLarge Error "the file is larger than 4 MB"

    // 01 syntax

    // 02 modules

    // 03 names
    "0305" NameTaken Error "a name is bound where it is visible already"

    // 04 graph

    // 05 types

    // 06 lints

    // 07 effects and bounds

    // 08 configuration
    "0801" ConfigUnreadable Error "the configuration cannot be read"
    "0802" ConfigSyntax Error "the configuration is no TOML"
    "0803" UnknownSetting Error "the configuration has no such key"
    "0804" BadSetting Error "a setting has a value that does not fit"
    "0805" UnknownProvider Error "no provider has this name"
    "0806" UnknownProfile Error "no profile has this name"
    "0807" KeyInConfiguration Error "a key stands in the configuration"
    "0808" NoUsableModel Error "no model can be asked"

    // 09 run faults
    "0901" RunTimeout Error "a deadline passed"
    "0902" RunRateLimited Error "a vendor's rate limit held for too long"
    "0903" RunUnavailable Error "no candidate answered"
    "0904" RunExhausted Error "the account is out of credit"
    "0905" RunRefused Error "a model refused"
    "0906" RunTooLong Error "something is too long"
    "0907" RunInvalid Error "no usable answer came"
    "0908" RunToolFailed Error "a tool failed"
    "0909" RunOverBudget Error "a budget does not allow it"
    "0910" RunDenied Error "keys or permissions do not allow it"
    "0911" RunArithmetic Error "a number cannot be computed"
    "0912" RunFailed Error "the workflow said that it fails"

    // 10 journal
}

impl Code {
    /// The name as a suppression writes it: `unused-step`.
    pub fn slug(self) -> String {
        let mut out = String::new();
        for letter in self.name().chars() {
            if letter.is_uppercase() && !out.is_empty() {
                out.push('-');
            }
            out.extend(letter.to_lowercase());
        }
        out
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.number())
    }
}

/// A text that names no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such code")]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads `AF0402`, `0402` or `unused-step`, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let wanted = text.to_lowercase();
        let digits = wanted.trim_start_matches("af");
        let matches = |code: &&Code| code.number().get(2..) == Some(digits) || code.slug() == wanted;
        Code::ALL.iter().find(matches).copied().ok_or(UnknownCode)
    }
}
