/// Whether a name is written `lower_snake`.
pub fn is_lower_snake(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(char::is_uppercase)
}

/// Whether a name begins with an upper-case letter.
pub fn is_upper_camel(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// `camelCase` or `Camel` as `lower_snake`.
pub fn to_lower_snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_lower {
            out.push('_');
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
        out.extend(letter.to_lowercase());
    }
    out
}

/// `lower_snake` as `UpperCamel`.
pub fn to_upper_camel(name: &str) -> String {
    name.split('_').flat_map(capitalised).collect()
}

fn capitalised(part: &str) -> Vec<char> {
    let mut letters = part.chars();
    let first: Vec<char> = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    first.into_iter().chain(letters).collect()
}
