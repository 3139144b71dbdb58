//! The editor protocol over `language::ide`: an adapter, with nothing of its own to say about the language.
//!
//! What the client tells (open, change, close) is done in the order of the wire, before anything is awaited. A question is
//! answered from an immutable snapshot of that moment, off the task that reads and writes, and is given up when its text
//! has changed meanwhile. Positions are UTF-16 only here. Standard output belongs to the protocol.
//! Not here: what the answers say.

#![allow(clippy::disallowed_methods, reason = "this module walks the folders of a workspace")]

mod actions;
mod answers;
mod calls;
mod convert;
mod disk;
mod documents;
mod hover;
mod lenses;
mod paths;
mod publish;
mod pull;
mod server;
mod typing;
mod view;

pub use server::serve;
