use crate::models::providers::Deadlines;
use std::time::Duration;

/// How the router goes about a call (`[router]` of the configuration).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Tries on one candidate when its faults are transient; at least 1.
    pub attempts: u32,
    /// The pause before the second try; it doubles with every further one, and is jittered by half.
    pub pause: Duration,
    /// How long a call waits for rate limits altogether.
    pub max_wait: Duration,
    /// The deadlines of a request.
    pub deadlines: Deadlines,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            attempts: 2,
            pause: Duration::from_millis(500),
            max_wait: Duration::from_mins(2),
            deadlines: Deadlines::default(),
        }
    }
}
