//! How vendors are spoken to.
//!
//! A dialect is a pure pair: [`encode`](dialect::encode) makes an HTTP request of a call, and
//! [`decode`](dialect::decode) or [`Stream`](dialect::Stream) makes a reply or a fault of what comes back. One
//! [`Transport`] carries them all. The [`Catalogue`] is the data of vendors, models, prices and tiers. No vendor's JSON
//! leaves this module, and nothing here decides who is asked: that is `models::router`.

mod catalogue;
pub mod dialect;
mod exchange;
mod fault;
mod http;
mod offer;
mod redact;
mod reply;
mod retry_after;
mod schema;
mod sse;
mod target;
mod transport;

pub use catalogue::{
    Catalogue, Dialect, HeaderSource, MaxTokensField, Model, ModelName, NotAModelName, Prices, Provider,
    Structured,
};
pub use exchange::exchange;
pub use fault::Fault;
pub use http::{Head, Headers, HttpRequest, Secret, Visible};
pub use offer::{NoModel, Offer, Offered, Remedy, Tier, Unusable};
pub use redact::Redactor;
pub use reply::{Reply, Tokens};
pub use retry_after::retry_after;
pub use schema::{Lost, Reduced, Subset, reduce};
pub use sse::{SseError, SseEvent, SseParser};
pub use target::{Abilities, Target};
pub(super) use transport::spoken;
pub use transport::{Deadlines, Response, Transport};
