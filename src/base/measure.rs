/// Words of a text: runs without white space (L2, table of types).
pub fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Characters of a text: Unicode code points.
pub fn char_count(text: &str) -> usize {
    text.chars().count()
}
