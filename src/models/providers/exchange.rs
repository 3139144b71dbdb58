use super::dialect::{self, Encoded, Stream};
use super::{Dialect, Fault, Reply, Response, SseError, SseParser, Transport};
use crate::engine::effect::FaultDetail;
use std::time::Duration;
use tokio::time::timeout;

/// The largest event of a stream; a whole answer may stand in one.
const LARGEST_EVENT: usize = 8 << 20;

/// What may follow an answer that has said why it ended: its tokens. A server that keeps silent is not waited for.
const GOODBYE: Duration = Duration::from_secs(5);

/// Sends a request and reads its answer, streamed or whole: a server that was asked for a stream may answer without one.
/// `hear` gets each piece of text as it comes; a fault never carries a secret of the request.
pub async fn exchange(
    transport: &Transport,
    dialect: Dialect,
    encoded: &Encoded,
    left: Duration,
    mut hear: impl FnMut(&str) + Send,
) -> Result<Reply, Fault> {
    let mut response = transport.send(&encoded.request, left).await?;
    let streamed = response.head.is_success() && response.head.content_type() == "text/event-stream";
    let answer = if streamed {
        stream(&mut response, Stream::new(dialect, encoded.reading)?, &mut hear).await
    } else {
        whole(&mut response, dialect, encoded).await
    };
    answer.map_err(|fault| response.cleaned(fault))
}

async fn whole(response: &mut Response, dialect: Dialect, encoded: &Encoded) -> Result<Reply, Fault> {
    let body = match response.whole().await {
        // The status says what is wrong, with or without the rest of its page.
        Err(_) if !response.head.is_success() => Vec::new(),
        body => body?,
    };
    dialect::decode(dialect, encoded.reading, &response.head, &body)
}

async fn stream(
    response: &mut Response,
    mut stream: Stream,
    hear: &mut (impl FnMut(&str) + Send),
) -> Result<Reply, Fault> {
    let mut parser = SseParser::new(LARGEST_EVENT);
    while !stream.is_over() {
        let next = if stream.is_complete() {
            timeout(GOODBYE, response.chunk()).await.unwrap_or(Ok(None))
        } else {
            response.chunk().await
        };
        let piece = match next {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            // An answer that said why it ended is complete; what broke was the vendor's good-bye.
            Err(_) if stream.is_complete() => return stream.finish(),
            Err(fault) => return Err(fault),
        };
        for event in parser.push(&piece).map_err(no_stream)? {
            if let Some(text) = stream.decode_event(&event)? {
                hear(&text);
            }
        }
    }
    if let Some(event) = parser.finish().map_err(no_stream)?
        && let Some(text) = stream.decode_event(&event)?
    {
        hear(&text);
    }
    stream.finish()
}

fn no_stream(why: SseError) -> Fault {
    Fault::new(FaultDetail::Protocol, why.to_string())
}
