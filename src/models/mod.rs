//! Model vendors: who answers a call, and how each of them is spoken to.
//!
//! [`providers`] knows the wire: dialects as pure encode and decode, the catalogue of vendors, one transport.
//! [`router`] knows the candidates of a tier and answers a call through them; it is the real
//! [`ModelClient`](crate::engine::effect::ModelClient). Not here: reading an answer's text and asking again (the
//! machine), configuration and keys (`host::config`), simulated answers (`engine::sim`).

pub mod providers;
pub mod router;
