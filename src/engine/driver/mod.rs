//! Performing a run on tokio.
