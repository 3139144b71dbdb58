use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// A text that is never shown: neither `Debug` nor an error prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Hides this text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the wire alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// The value of a header, and whether it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    /// May be shown.
    Plain(String),
    /// A secret with something before it, as `Bearer `.
    Hidden {
        /// Stands before the secret.
        prefix: &'static str,
        /// The secret.
        secret: Secret,
    },
}

/// A request as plain data: always a `POST` of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Where to.
    pub url: String,
    /// In this order, beside those that every request has.
    pub headers: Vec<(SmolStr, Visible)>,
    /// JSON.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// What must not be shown of this request.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.headers.iter().filter_map(|(_, value)| match value {
            Visible::Hidden { secret, .. } => Some(secret),
            Visible::Plain(_) => None,
        })
    }
}

/// Everything of an answer before its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
    /// When it came, by this machine's clock: what a date in `Retry-After` is measured from where the answer has no
    /// `Date` of its own.
    pub received: SystemTime,
}

impl Head {
    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The type of the body without its parameters, in lower case; empty where none is named.
    pub fn content_type(&self) -> String {
        let whole = self.headers.get("content-type").unwrap_or_default();
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// Headers in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a header; names are compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
