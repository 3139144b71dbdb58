/// What the notation is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Int(String),
    Number(String),
    /// Between the quotes, escapes undone but for those of holes.
    Text(String),
    Word(String),
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 26] = [
    "..", "??", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",",
    ":", ".", "?", "|", "=", "$",
];

pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            number(rest, &mut found)
        } else if first == '"' {
            quoted(rest, &mut found)
        } else if first.is_alphabetic() || first == '_' {
            let length =
                rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
            found.push(Token::Word(rest[..length].to_owned()));
            length
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.unwrap_or_else(|| panic!("unknown sign in {rest}"));
            found.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[length..].trim_start();
    }
    found.push(Token::End);
    found
}

fn number(text: &str, found: &mut Vec<Token>) -> usize {
    let digits = |text: &str| text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let whole = digits(text);
    let fraction =
        text[whole..].strip_prefix('.').filter(|rest| rest.starts_with(|it: char| it.is_ascii_digit()));
    if let Some(fraction) = fraction {
        let length = whole + 1 + digits(fraction);
        found.push(Token::Number(text[..length].to_owned()));
        return length;
    }
    found.push(Token::Int(text[..whole].to_owned()));
    whole
}

fn quoted(text: &str, found: &mut Vec<Token>) -> usize {
    let mut out = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                found.push(Token::Text(out));
                return at + 1;
            }
            '\\' => match letters.next().expect("an escape").1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    panic!("no end of a text in {text}")
}
