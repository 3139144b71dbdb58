//! Pure expressions and texts over values; whether a value fits its type.
//!
//! Total: no expression of a checked plan can panic or run for ever. Not here: anything that waits or asks.

mod value;

pub use value::{Date, Record, Value};
