use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A word that is none of the expected ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word")]
pub struct UnknownWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word of the language.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.word())
            }
        }
    };
}

words! {
    /// A grade; `F` is the lowest and `S` the highest.
    Grade {
        /// Not acceptable: 0 points.
        F = "F",
        /// 60 points.
        D = "D",
        /// 70 points.
        C = "C",
        /// 80 points.
        B = "B",
        /// 90 points.
        A = "A",
        /// 100 points.
        S = "S",
    }
}

impl Grade {
    /// Points of a graded dimension (L7.4).
    pub const fn points(self) -> i64 {
        match self {
            Grade::S => 100,
            Grade::A => 90,
            Grade::B => 80,
            Grade::C => 70,
            Grade::D => 60,
            Grade::F => 0,
        }
    }
}

words! {
    /// The closed list of kinds of failures (L4.14).
    FaultKind {
        /// A deadline passed.
        Timeout = "timeout",
        /// A vendor's rate limit held for too long.
        RateLimited = "rate_limited",
        /// No candidate answered.
        Unavailable = "unavailable",
        /// Out of credit.
        Exhausted = "exhausted",
        /// The model, or a vendor's filter, refused.
        Refused = "refused",
        /// A context, a bound of L10.2, or an answer that ends at its cap.
        TooLong = "too_long",
        /// The answer does not fit, is empty, or broke off.
        Invalid = "invalid",
        /// A tool failed.
        ToolFailed = "tool_failed",
        /// A budget does not allow it.
        OverBudget = "over_budget",
        /// Keys and permissions.
        Denied = "denied",
        /// Integer overflow or division by zero.
        Arithmetic = "arithmetic",
        /// `require`, `fail`, a loop that ran out.
        Failed = "failed",
    }
}

words! {
    /// The built-in functions (L5.2). `today` and `now` are values, not functions.
    Function {
        /// `count(xs)`
        Count = "count",
        /// `sum(xs)`
        Sum = "sum",
        /// `mean(xs)`
        Mean = "mean",
        /// `min(xs)`
        Min = "min",
        /// `max(xs)`
        Max = "max",
        /// `first(xs)`
        First = "first",
        /// `last(xs)`
        Last = "last",
        /// `sort(xs)`
        Sort = "sort",
        /// `reverse(xs)`
        Reverse = "reverse",
        /// `unique(xs)`
        Unique = "unique",
        /// `flatten(xss)`
        Flatten = "flatten",
        /// `present(xs)`
        Present = "present",
        /// `take(xs, n)`
        Take = "take",
        /// `batches(xs, n)`
        Batches = "batches",
        /// `range(from, to)`
        Range = "range",
        /// `majority(xs)`
        Majority = "majority",
        /// `most_common(xs)`
        MostCommon = "most_common",
        /// `agreement(xs)`
        Agreement = "agreement",
        /// `words(t)`
        Words = "words",
        /// `lines(t)`
        Lines = "lines",
        /// `split(t, sep)`
        Split = "split",
        /// `join(xs, sep)`
        Join = "join",
        /// `length(t)`
        Length = "length",
        /// `trim(t)`
        Trim = "trim",
        /// `upper(t)`
        Upper = "upper",
        /// `lower(t)`
        Lower = "lower",
        /// `contains(t, part)`
        Contains = "contains",
        /// `starts_with(t, part)`
        StartsWith = "starts_with",
        /// `ends_with(t, part)`
        EndsWith = "ends_with",
        /// `replace(t, old, new)`
        Replace = "replace",
        /// `matches(t, pattern)`
        Matches = "matches",
        /// `find(t, pattern)`
        Find = "find",
        /// `cut(t, words: n)`: the second argument is the count; the unit is in [`super::Expr::Cut`].
        Cut = "cut",
        /// `chunks(t, words: n)`: the second argument is the count; the unit is in [`super::Expr::Chunks`].
        Chunks = "chunks",
        /// `round(x)`, `round(x, digits)`
        Round = "round",
        /// `abs(x)`
        Abs = "abs",
        /// `clamp(x, low, high)`
        Clamp = "clamp",
        /// `parse(x)`; in a plan it is [`super::Expr::Parse`].
        Parse = "parse",
        /// `to_json(x)`; in a plan it is [`super::Expr::ToJson`].
        ToJson = "to_json",
        /// `days_between(a, b)`
        DaysBetween = "days_between",
        /// `date("2025-03-01")`
        Date = "date",
    }
}
