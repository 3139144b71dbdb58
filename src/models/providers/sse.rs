/// An event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseEvent {
    /// Its kind; empty where none was named.
    pub event: String,
    /// Its data lines, joined by line breaks.
    pub data: String,
}

/// Why a stream is no event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SseError {
    /// A line is not UTF-8.
    #[error("a line of the stream is not UTF-8")]
    NotUtf8,
    /// An event is larger than the limit.
    #[error("an event of the stream is larger than {0} bytes")]
    TooLarge(usize),
}

/// Reads server-sent events from pieces that are cut anywhere: within a line, a character, or between `\r` and `\n`.
#[derive(Debug)]
pub struct SseParser {
    line: Vec<u8>,
    after_carriage_return: bool,
    first_line: bool,
    event: String,
    data: String,
    has_data: bool,
    limit: usize,
}

impl SseParser {
    /// A parser that takes events of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            after_carriage_return: false,
            first_line: true,
            event: String::new(),
            data: String::new(),
            has_data: false,
            limit,
        }
    }

    /// The events that end within this piece.
    pub fn push(&mut self, piece: &[u8]) -> Result<Vec<SseEvent>, SseError> {
        let mut events = Vec::new();
        for byte in piece {
            let second_of_pair = std::mem::take(&mut self.after_carriage_return) && *byte == b'\n';
            match byte {
                b'\n' if second_of_pair => {}
                b'\n' | b'\r' => {
                    self.after_carriage_return = *byte == b'\r';
                    events.extend(self.end_line()?);
                }
                other => self.line.push(*other),
            }
            if self.line.len() + self.data.len() > self.limit {
                return Err(SseError::TooLarge(self.limit));
            }
        }
        Ok(events)
    }

    /// What stands at the end of the stream without its empty line. A line that broke off is dropped, for what is cut is
    /// no event; only `data: [DONE]` counts without its line break, as it cannot be the half of anything.
    pub fn finish(mut self) -> Result<Option<SseEvent>, SseError> {
        if self.line == b"data: [DONE]" || self.line == b"data:[DONE]" {
            self.end_line()?;
        }
        Ok(self.dispatch())
    }

    fn end_line(&mut self) -> Result<Option<SseEvent>, SseError> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8(bytes).map_err(|_| SseError::NotUtf8)?;
        let line = if std::mem::take(&mut self.first_line) {
            line.strip_prefix('\u{FEFF}').unwrap_or(&line)
        } else {
            &line
        };
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => self.add_data(value),
            "event" => value.clone_into(&mut self.event),
            _ => {}
        }
        Ok(None)
    }

    fn add_data(&mut self, value: &str) {
        if self.has_data {
            self.data.push('\n');
        }
        self.has_data = true;
        self.data.push_str(value);
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then_some(SseEvent { event, data })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    fn read(pieces: &[&[u8]]) -> Result<Vec<String>, SseError> {
        let mut parser = SseParser::new(1024);
        let mut events = Vec::new();
        for piece in pieces {
            events.extend(parser.push(piece)?);
        }
        events.extend(parser.finish()?);
        Ok(events
            .into_iter()
            .map(|it| if it.event.is_empty() { it.data } else { format!("{}={}", it.event, it.data) })
            .collect())
    }

    /// Cuts a stream in two at every byte, and into single bytes: the events are the same.
    fn check(stream: &str, expected: &[&str]) {
        let bytes = stream.as_bytes();
        for cut in 0..=bytes.len() {
            let (left, right) = bytes.split_at(cut);
            assert_eq!(read(&[left, right]).unwrap(), expected, "cut at {cut} of {stream:?}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single).unwrap(), expected, "{stream:?} byte for byte");
    }

    #[test]
    fn events_are_read_however_they_are_cut() {
        check("data: a\n\ndata: b\n\n", &["a", "b"]);
        check("data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]);
        check("data: a\r\rdata: b\r\r", &["a", "b"]);
        check("\u{FEFF}data: grüße 🌍\n\n", &["grüße 🌍"]);
        check(": ping\n\n: ping\n\ndata: a\n\n", &["a"]);
        check("event: error\ndata: {}\nid: 7\nretry: 9\n\n", &["error={}"]);
        check("data: one\ndata: two\n\n", &["one\ntwo"]);
        check("data:tight\n\ndata:  two spaces\n\n", &["tight", " two spaces"]);
        check("data\n\n", &[""]);
        check("event: alone\n\n", &[]);
    }

    #[test]
    fn the_end_needs_no_empty_line_but_a_whole_line() {
        check("data: a\n\ndata: [DONE]", &["a", "[DONE]"]);
        check("data: a\n\ndata: [DONE]\n", &["a", "[DONE]"]);
        check("data: a\n\ndata: {\"cut\":", &["a"]);
        check("data: a\n\ndata: {\"cut\":\ndata: 1", &["a", "{\"cut\":"]);
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        assert_eq!(read(&[b"data: \xFF\n\n"]), Err(SseError::NotUtf8));
        assert_eq!(read(&[&[b'x'; 2000]]), Err(SseError::TooLarge(1024)));
        let endless = "data: 0123456789\n".repeat(200);
        assert_eq!(read(&[endless.as_bytes()]), Err(SseError::TooLarge(1024)));
    }
}
