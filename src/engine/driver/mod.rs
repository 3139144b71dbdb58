//! Performing a run on tokio.

#![allow(clippy::disallowed_methods, reason = "the driver owns the clock")]
