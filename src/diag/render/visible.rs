use std::borrow::Cow;

/// The text with what a terminal would obey made readable: control characters as their pictures (`␛`), characters
/// that change the direction of writing as `\u{202e}`. Line ends and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        push_visible(&mut out, letter);
    }
    Cow::Owned(out)
}

/// Appends one character as [`visible`] shows it.
pub(super) fn push_visible(out: &mut String, letter: char) {
    match letter {
        '\u{7f}' => out.push('\u{2421}'),
        _ if !is_hidden(letter) => out.push(letter),
        '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}')),
        _ => out.extend(letter.escape_unicode()),
    }
}

/// Whether a terminal would obey this character, or hide what stands around it.
pub(super) fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        && letter != '\u{200d}'
}
