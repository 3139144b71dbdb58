//! The words that structure a file, for the passes that work before the grammar.

/// Whether a word begins a declaration (L11); `let` does so only outside a body.
pub(super) fn is_item(word: &str) -> bool {
    matches!(word, "use" | "type" | "agent" | "rubric" | "tool" | "workflow" | "test")
}

/// Whether a word as the first of a line begins a statement and can be nothing else there.
pub(super) fn begins_statement(word: &str) -> bool {
    matches!(
        word,
        "step"
            | "let"
            | "parallel"
            | "loop"
            | "require"
            | "fail"
            | "return"
            | "give"
            | "given"
            | "expect"
            | "run"
    )
}

/// Whether a line that begins with this word goes on with the line before (L1.3).
pub(super) fn continues(word: &str) -> bool {
    matches!(word, "and" | "or" | "then" | "otherwise" | "else" | "elif" | "elsif")
}

/// Whether a word between two values wants a value behind it, also on the next line (L1.3).
pub(super) fn joins(word: &str) -> bool {
    matches!(word, "and" | "or" | "in" | "is" | "not" | "then")
}

/// Whether a block follows the head that begins with this word.
pub(super) fn opens_block(word: &str) -> bool {
    is_item(word) && word != "use"
        || matches!(word, "when" | "otherwise" | "is" | "loop" | "parallel" | "for" | "else" | "if" | "elif")
}

/// A reserved word (L1.5), which no value, step or callable of the author's can be called by.
pub fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "use"
            | "type"
            | "agent"
            | "rubric"
            | "tool"
            | "workflow"
            | "test"
            | "step"
            | "let"
            | "parallel"
            | "for"
            | "in"
            | "when"
            | "is"
            | "then"
            | "otherwise"
            | "loop"
            | "until"
            | "max"
            | "return"
            | "require"
            | "fail"
            | "on"
            | "ask"
            | "given"
            | "expect"
            | "run"
            | "and"
            | "or"
            | "not"
            | "true"
            | "false"
            | "none"
            | "previous"
            | "earlier"
            | "round"
            | "index"
            | "as"
            | "give"
            | "end"
            | "else"
    )
}

/// Whether a rule of the grammar is written with this word; for those all other words are alike.
pub(super) fn in_grammar(word: &str) -> bool {
    with_letter(word.bytes().next().unwrap_or_default()).contains(&word)
}

fn with_letter(first: u8) -> &'static [&'static str] {
    match first {
        b'F' => &["False"],
        b'N' => &["None"],
        b'T' => &["True"],
        b'a' => &["after", "agent", "and", "as", "ascending", "ask", "at"],
        b'b' => &["best", "by"],
        b'c' => &["case", "char", "characters", "chars", "check", "contains"],
        b'd' => &["delete", "depends", "depends_on", "descending"],
        b'e' => &[
            "earlier",
            "elif",
            "else",
            "elsif",
            "end",
            "endfor",
            "endif",
            "endwhen",
            "error",
            "errors",
            "exception",
            "expect",
        ],
        b'f' => &["fail", "failed", "fails", "failure", "false", "file", "floor", "for", "foreach"],
        b'g' => &["get", "give", "given"],
        b'h' => &["headers"],
        b'i' => &["if", "in", "index", "int", "is"],
        b'j' => &["json"],
        b'k' => &["keep"],
        b'l' => &["last", "let", "letters", "lines", "loop"],
        b'm' => &["max", "match", "mcp", "ms"],
        b'n' => &["needs", "nil", "none", "not", "null", "number"],
        b'o' => &["on", "once", "or", "otherwise"],
        b'p' => &["parallel", "patch", "post", "previous", "prompt", "pure", "put"],
        b'r' => &[
            "ran", "read", "reads", "require", "requires", "return", "returns", "role", "round", "rubric",
            "run",
        ],
        b's' => &["sample", "secret", "sends", "sentences", "showing", "skipped", "stdin", "step", "switch"],
        b't' => &["test", "text", "then", "time", "times", "to", "tokens", "tool", "tools", "true", "type"],
        b'u' => &["undefined", "unless", "until", "use"],
        b'w' => &["weight", "when", "while", "word", "words", "workflow", "write", "writes"],
        _ => &[],
    }
}

/// Whether a line is the whole head of a declaration: only so one ends a block text that has no end (L11).
pub(super) fn is_whole_head(line: &str) -> bool {
    let line = line.get(..line.find('\n').unwrap_or(line.len())).unwrap_or_default();
    let Some((word, rest)) = line.split_once(' ') else { return false };
    let rest = rest.trim_start();
    let name_end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let (name, tail) = rest.split_at(name_end);
    let behind = tail.trim_start();
    match word {
        "use" => rest.starts_with('"') || !name.is_empty() && tail.starts_with('.'),
        "type" => name.starts_with(char::is_uppercase) && behind.starts_with(['=', '{']),
        "agent" | "rubric" | "tool" | "workflow" => !name.is_empty() && tail.starts_with('('),
        "test" => rest.starts_with('"'),
        "let" => !name.is_empty() && (behind.starts_with('=') || behind.starts_with(':')),
        _ => false,
    }
}

/// Whether what stands before a `"""` on its line is the beginning of a thing that takes a text.
pub(super) fn opens_block_text(before: &str) -> bool {
    let before = before.trim_end();
    let first =
        before.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default();
    let last = before.rsplit(|letter: char| letter.is_whitespace()).next().unwrap_or_default();
    matches!(first, "role" | "prompt") && first.len() == before.len()
        || matches!(first, "step" | "let" | "return" | "fail" | "require" | "give" | "given" | "expect")
            && (last.ends_with(['=', '(', ',', '>', '+', ':'])
                || matches!(last, "prompt" | "fail" | "return" | "give" | "otherwise"))
}

#[cfg(test)]
mod tests {
    use super::{in_grammar, is_reserved};

    const GRAMMAR: [&str; 6] = [
        include_str!("../../../grammar/bodies.pest"),
        include_str!("../../../grammar/expressions.pest"),
        include_str!("../../../grammar/items.pest"),
        include_str!("../../../grammar/lexical.pest"),
        include_str!("../../../grammar/recovery.pest"),
        include_str!("../../../grammar/texts.pest"),
    ];

    #[test]
    fn every_word_that_a_rule_is_written_with_is_known() {
        let rules = GRAMMAR.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with("//"));
        let rules = rules.map(|rule| rule.replace(r"\\", "").replace("\\\"", ""));
        let literals: Vec<String> = rules
            .flat_map(|rule| rule.split('"').skip(1).step_by(2).map(String::from).collect::<Vec<_>>())
            .collect();
        let is_word = |literal: &&String| {
            literal.len() > 1 && literal.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        };
        let words: Vec<&String> = literals.iter().filter(is_word).collect();
        assert!(words.len() > 100, "{words:?}");
        let unknown: Vec<_> = words.iter().filter(|word| !in_grammar(word)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let reserved = words.iter().filter(|word| is_reserved(word)).count();
        assert!(reserved > 50, "{reserved}");
    }
}
