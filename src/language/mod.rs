//! Language wing: turns text into a plan and knows nothing of running it.
