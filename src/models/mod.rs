//! Model vendors.
