//! Engine wing: runs a plan and knows nothing of text.
