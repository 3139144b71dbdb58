//! Ground floor: what every other module speaks of.
//!
//! Spans and source texts with their line index, exact numbers, measures of texts, names.
//! Nothing here knows of the language or of a run.

mod decimal;
mod measure;
mod names;
mod parallel;
mod source;
mod span;
mod thousands;

pub use decimal::{Decimal, DecimalError};
pub use measure::{char_count, word_count};
pub use names::{is_lower_snake, is_upper_camel, to_lower_snake, to_upper_camel};
pub use parallel::parallel_map;
pub use source::{FileId, LineColumn, LineIndex, Place, Source};
pub use span::Span;
pub use thousands::thousands;
