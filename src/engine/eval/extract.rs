//! The pieces of JSON in a model's reply.
//!
//! A candidate is the reply as a whole, a fenced block, or a balanced `{…}` or `[…]` that parses. What stands in
//! a block of reasoning is none, and what stands inside another candidate is none: the part of an answer is not
//! the answer. JSON that begins and does not end breaks the reply off, whatever stood before it.

use serde_json::Value as Json;

/// What was found in a reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extracted {
    /// In the order in which they end.
    pub candidates: Vec<Json>,
    /// Why the last balanced piece that looks like JSON is none.
    pub broken: Option<String>,
    /// Whether JSON begins that does not end.
    pub breaks_off: bool,
}

/// Words of the tags that models reason in.
const REASONING: [&str; 4] = ["think", "thinking", "reasoning", "thought"];
/// Bytes that may be looked at again and again before the search is given up.
const WORK: usize = 256 * 1024 * 1024;

/// The pieces of JSON in a reply.
pub fn extract(reply: &str) -> Extracted {
    if let Ok(json) = serde_json::from_str(reply.trim()) {
        return Extracted { candidates: vec![json], ..Extracted::default() };
    }
    let mut scan = Scan { text: after_stray_close(reply), at: 0, work: 0, found: Extracted::default() };
    while scan.step() {}
    scan.found
}

/// A reply without the blocks of reasoning in front of it; one that is not closed is all there is.
pub fn without_reasoning(reply: &str) -> &str {
    let mut rest = after_stray_close(reply).trim_start();
    while let Some(length) = reasoning_length(rest) {
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    rest
}

/// A reply whose reasoning was opened by the prompt has only the closing tag.
fn after_stray_close(reply: &str) -> &str {
    REASONING
        .iter()
        .filter_map(|word| {
            let close = format!("</{word}>");
            let end = reply.find(&close)?;
            let opened = reply.find(&format!("<{word}")).is_some_and(|open| open < end);
            let begins_with_answer = reply.trim_start().starts_with(['{', '[']);
            (!opened && !begins_with_answer).then(|| reply.get(end + close.len()..).unwrap_or_default())
        })
        .min_by_key(|rest| rest.len())
        .unwrap_or(reply)
}

/// The length of the block of reasoning that a text begins with.
fn reasoning_length(text: &str) -> Option<usize> {
    let word = REASONING.iter().find(|word| {
        let tag = text.strip_prefix('<').and_then(|rest| rest.strip_prefix(**word));
        tag.is_some_and(|rest| rest.starts_with(['>', ' ']))
    })?;
    let close = format!("</{word}>");
    Some(text.find(&close).map_or(text.len(), |start| start + close.len()))
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    work: usize,
    found: Extracted,
}

impl Scan<'_> {
    /// Looks at what begins here and goes on behind it; false at the end.
    fn step(&mut self) -> bool {
        let Some(rest) = self.text.get(self.at..) else { return false };
        let Some(next) = rest.find(['<', '{', '[', '`']) else { return false };
        self.at += next;
        let Some(rest) = self.text.get(self.at..) else { return false };
        let length = if rest.starts_with('<') {
            reasoning_length(rest)
        } else if rest.starts_with("```") {
            self.fenced(rest)
        } else if rest.starts_with('`') {
            None
        } else {
            self.span(rest)
        };
        self.at += length.unwrap_or(1);
        !self.found.breaks_off && self.work < WORK
    }

    /// A fenced block whose whole content is JSON. The content of others is looked at as all text is.
    fn fenced(&mut self, rest: &str) -> Option<usize> {
        let body_start = rest.find('\n')? + 1;
        let body = rest.get(body_start..)?;
        let end = body.find("\n```").or_else(|| body.find("```"))?;
        match serde_json::from_str(body.get(..end)?.trim()) {
            Ok(json) => {
                self.found.candidates.push(json);
                let fence = body.get(end..)?.find("```")? + 3;
                Some(body_start + end + fence)
            }
            Err(_) => Some(body_start),
        }
    }

    /// A balanced piece that parses. One that only looks like JSON is passed over whole, so that no part of it is taken.
    fn span(&mut self, rest: &str) -> Option<usize> {
        let json_like = looks_like_json(rest);
        let Some(length) = self.balanced(rest) else {
            self.found.breaks_off = json_like;
            return None;
        };
        match serde_json::from_str(rest.get(..length)?) {
            Ok(json) => {
                self.found.candidates.push(json);
                self.found.broken = None;
                Some(length)
            }
            Err(error) if json_like => {
                self.found.broken = Some(error.to_string());
                Some(length)
            }
            Err(_) => None,
        }
    }

    /// The length up to the bracket that closes the first one; brackets in texts do not count.
    fn balanced(&mut self, text: &str) -> Option<usize> {
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        for (at, byte) in text.bytes().enumerate() {
            self.work += 1;
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Whether an opening bracket begins JSON, not a remark in brackets.
fn looks_like_json(text: &str) -> bool {
    let mut letters = text.chars();
    let open = letters.next();
    let next = letters.find(|letter| !letter.is_whitespace());
    match (open, next) {
        (Some('{'), Some(next)) => matches!(next, '"' | '}'),
        (Some('['), Some(next)) => matches!(next, '{' | '[' | '"' | ']'),
        (_, None) => true,
        _ => false,
    }
}
