//! Vendor dialects: pure encode and decode.
//!
//! A call becomes an [`HttpRequest`]; a status, headers and a body become a [`Reply`] or a [`Fault`]; a stream is read
//! event by event. The same bytes always give the same result: there is no clock and no connection here. Golden files
//! of what is sent and what came stand in `tests/providers/`.

mod json;
pub mod openai_chat;

use super::{Dialect, Fault, Head, HttpRequest, Lost, Reply, SseEvent, Target};
use crate::engine::effect::ModelRequest;

/// A call as a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    /// What is sent.
    pub request: HttpRequest,
    /// How the answer is read.
    pub reading: Reading,
    /// What the vendor does not hold the answer to.
    pub lost: Vec<Lost>,
}

/// How an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The text is the answer.
    Text,
    /// The arguments of the tool that the model was made to call are the answer.
    AnswerTool,
}

/// Writes a call for a target.
pub fn encode(request: &ModelRequest, target: &Target) -> Result<Encoded, Fault> {
    match target.dialect {
        Dialect::OpenaiChat => Ok(openai_chat::encode(request, target)),
        other => Err(not_spoken(other)),
    }
}

/// Reads a whole answer.
pub fn decode(dialect: Dialect, reading: Reading, head: &Head, body: &[u8]) -> Result<Reply, Fault> {
    match dialect {
        Dialect::OpenaiChat => openai_chat::decode(reading, head, body),
        other => Err(not_spoken(other)),
    }
}

/// A stream that is being read.
#[derive(Debug)]
pub struct Stream(openai_chat::Stream);

impl Stream {
    /// A stream of this dialect.
    pub fn new(dialect: Dialect, reading: Reading) -> Result<Self, Fault> {
        match dialect {
            Dialect::OpenaiChat => Ok(Self(openai_chat::Stream::new(reading))),
            other => Err(not_spoken(other)),
        }
    }

    /// Takes an event; gives the text that came with it.
    pub fn decode_event(&mut self, event: &SseEvent) -> Result<Option<String>, Fault> {
        self.0.decode_event(event)
    }

    /// Whether the answer is complete, so that a connection that breaks now takes nothing away.
    pub fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    /// Whether the vendor said that nothing follows.
    pub fn is_over(&self) -> bool {
        self.0.is_over()
    }

    /// The reply, when nothing follows.
    pub fn finish(self) -> Result<Reply, Fault> {
        self.0.finish()
    }
}

fn not_spoken(dialect: Dialect) -> Fault {
    let message = format!("the dialect `{}` is not spoken yet", dialect.word());
    Fault::new(crate::engine::effect::FaultDetail::NoCandidate, message)
}
