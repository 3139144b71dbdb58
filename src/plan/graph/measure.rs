//! How wide a text is about, in a sans-serif font that nobody knows yet.

/// The widest that a node gets by its text.
pub(super) const WIDEST: f64 = 230.0;
/// The widest that a block gets by its head.
pub(super) const WIDEST_HEAD: f64 = 340.0;
/// Of a label, which is bold.
pub(super) const LABEL: f64 = 14.0;
/// Of a detail.
pub(super) const DETAIL: f64 = 11.0;
/// Of the head of a block, which is bold.
pub(super) const HEAD: f64 = 12.2;

/// The width of a text at a size, a little more than fonts need.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(letter).sum::<f64>() * size
}

/// As much of a text as has room, ending in `…` where that is not all.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut left = room - letter('…') * size;
    for it in text.chars() {
        left -= letter(it) * size;
        if left < 0.0 {
            break;
        }
        out.push(it);
    }
    format!("{}…", out.trim_end())
}

/// The width of a letter in ems.
fn letter(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.31,
        ' ' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '"' | '`' | '-' | '·' => 0.40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 0.98,
        'A'..='Z' | '&' | '<' | '>' | '=' | '+' | '≤' | '≥' | '$' | '#' => 0.74,
        '\u{0}'..='\u{2ff}' => 0.60,
        '\u{300}'..='\u{36f}' => 0.0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' => 1.05,
        '\u{ff00}'..='\u{ff60}' | '\u{1f000}'.. => 1.3,
        _ => 0.70,
    }
}
