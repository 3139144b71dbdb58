//! Marks of other languages that say clearly what is meant: they are put right before anything is read.

use super::foreign;
use super::scan::{Bracket, Kind, Token};
use super::slip::{Slip, SlipKind};
use super::words;
use crate::base::Span;

/// Makes of a `:` that begins a block a `{`, and takes away what stands between `role`, `prompt` or `tools` and what belongs to it. Gives the
/// places of the first: their blocks have no `}`, and end by indentation.
pub(super) fn put_right(
    tokens: &mut Vec<Token>,
    text: &str,
    laid: &mut [u8],
    slips: &mut Vec<Slip>,
) -> Vec<Span> {
    foreign::put_right(tokens, text, laid, slips);
    needless_marks(tokens, text, laid, slips);
    let mut blocks = Vec::new();
    let mut depth = 0_i32;
    // Annotations on lines of their own belong to the head above them.
    let mut head = 0;
    for line in lines(tokens) {
        let Some((first, last)) = ends(tokens, &line) else { continue };
        let inside = tokens.get(line.clone()).unwrap_or_default();
        depth += inside.iter().map(|token| round(token.kind)).sum::<i32>();
        let next = tokens.iter().skip(line.end).find(|token| token.kind != Kind::Newline);
        if first.kind != Kind::At {
            head = indent(text, first);
        }
        let deeper = next.is_some_and(|next| indent(text, *next) > head);
        if last.kind == Kind::Colon && depth <= 0 && deeper && is_head(first, text) {
            blocks.push(last.span());
        }
    }
    for token in tokens.iter_mut().filter(|token| blocks.contains(&token.span())) {
        token.kind = Kind::Open(Bracket::Curly);
        // The mark of an East Asian keyboard is wider; it stands at its end.
        if let Some(byte) = laid.get_mut(token.end as usize - 1) {
            *byte = b'{';
        }
    }
    blocks
}

fn is_head(first: Token, text: &str) -> bool {
    let word = text.get(first.span().range()).unwrap_or_default();
    match first.kind {
        Kind::At | Kind::Close(Bracket::Round) => true,
        Kind::Word => {
            words::opens_block(word)
                || matches!(
                    word,
                    "case" | "default" | "while" | "elsif" | "try" | "except" | "catch" | "finally" | "with"
                )
        }
        _ => false,
    }
}

/// What a bracket adds to the depth of `( )` and `[ ]`.
fn round(kind: Kind) -> i32 {
    match kind {
        Kind::Open(Bracket::Round | Bracket::Square) => 1,
        Kind::Close(Bracket::Round | Bracket::Square) => -1,
        _ => 0,
    }
}

/// `role: "…"` and `prompt = "…"` in an agent.
fn needless_marks(tokens: &mut Vec<Token>, text: &str, laid: &mut [u8], slips: &mut Vec<Slip>) {
    let spelled = |token: &Token| text.get(token.span().range()).unwrap_or_default();
    if tokens.iter().find(|token| token.kind != Kind::Newline).map(spelled) != Some("agent") {
        return;
    }
    let mut needless: Vec<Span> = Vec::new();
    for line in lines(tokens) {
        let Some([word, mark, _]) = tokens.get(line.start..line.end.min(line.start + 3)) else { continue };
        let is_mark = mark.kind == Kind::Colon || spelled(mark) == "=";
        if matches!(spelled(word), "role" | "prompt" | "tools") && is_mark {
            needless.push(mark.span());
            slips.push(Slip { kind: SlipKind::NeedlessMark { word: word.span() }, span: mark.span() });
            if let Some(bytes) = laid.get_mut(mark.span().range()) {
                bytes.fill(b' ');
            }
        }
    }
    tokens.retain(|token| !needless.contains(&token.span()));
}

/// The lines of tokens, without their ends.
fn lines(tokens: &[Token]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Newline) {
        lines.push(start..at);
        start = at + 1;
    }
    lines.push(start..tokens.len());
    lines
}

fn ends(tokens: &[Token], line: &std::ops::Range<usize>) -> Option<(Token, Token)> {
    let inside = tokens.get(line.clone())?;
    Some((*inside.first()?, *inside.last()?))
}

/// How far the line of a token is indented before it.
fn indent(text: &str, token: Token) -> usize {
    let before = text.get(..token.start as usize).unwrap_or_default();
    before.len() - before.rfind('\n').map_or(0, |at| at + 1)
}
