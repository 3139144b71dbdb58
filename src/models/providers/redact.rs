use super::Secret;

/// A secret shorter than this would tear holes into ordinary words.
const SHORTEST: usize = 6;

/// Takes secrets out of texts that are shown, by exact match.
#[derive(Clone, Debug, Default)]
pub struct Redactor(Vec<Secret>);

impl Redactor {
    /// What hides these.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let long = secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST);
        let mut known: Vec<Secret> = long.cloned().collect();
        // The longest goes first, so that a secret within another never leaves the rest of it standing.
        known.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self(known)
    }

    /// The text without its secrets.
    pub fn clean(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "***"))
    }
}
