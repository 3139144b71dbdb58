//! hir.
