use super::units;
use crate::base::{Decimal, FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Fix, closest};
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::ops::RangeInclusive;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// Whether numbers and lists may be written as texts: in the environment there is nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    File,
    Environment,
}

/// An entry of a table.
pub(super) struct Entry<'a, 't> {
    pub key: &'a str,
    pub key_span: Span,
    pub value: &'a Value<'t>,
}

/// Reads the values of one layer and remembers what is wrong.
pub(super) struct Reader<'d> {
    pub file: FileId,
    pub origin: Origin,
    pub diagnostics: &'d mut Vec<Diagnostic>,
}

pub(super) fn span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

impl Reader<'_> {
    pub fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// Notes that something is wrong.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The entries of a table in the order of the page.
    pub fn entries<'a, 't>(table: &'a DeTable<'t>) -> Vec<Entry<'a, 't>> {
        let mut entries: Vec<Entry<'a, 't>> = table
            .iter()
            .map(|(key, value): (&'a Spanned<DeString<'t>>, &'a Value<'t>)| Entry {
                key: key.get_ref(),
                key_span: span(key.span()),
                value,
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        entries
    }

    /// The entries whose keys are known; every other one is reported. `of` says where they stand, as `[limits]`.
    pub fn known<'a, 't>(&mut self, table: &'a DeTable<'t>, known: &[&str], of: &str) -> Vec<Entry<'a, 't>> {
        let mut entries = Self::entries(table);
        entries.retain(|entry| {
            let is_known = known.contains(&entry.key);
            if !is_known {
                self.unknown_key(entry, known, of);
            }
            is_known
        });
        entries
    }

    fn unknown_key(&mut self, entry: &Entry<'_, '_>, known: &[&str], of: &str) {
        let key = entry.key;
        if matches!(key, "key" | "api_key" | "apikey" | "token" | "secret" | "password") {
            return self.key_in_file(entry, of);
        }
        let message = format!("{of} has no key `{key}`");
        let diagnostic = Diagnostic::new(Code::UnknownSetting, self.file, entry.key_span, message);
        let diagnostic = match closest(key, known.iter().copied()) {
            Some(near) if self.origin == Origin::File => {
                let fix = Fix::replace(format!("write `{near}`"), self.place(entry.key_span), near);
                diagnostic.here(format!("did you mean `{near}`?")).fix(fix)
            }
            Some(near) => diagnostic.here(format!("did you mean `{near}`?")),
            None => diagnostic,
        };
        self.report(diagnostic.help(format!("it knows {}", listed(known))));
    }

    fn key_in_file(&mut self, entry: &Entry<'_, '_>, of: &str) {
        let message = format!("{of} holds `{}`: keys do not stand in a configuration", entry.key);
        let help = "put it in an environment variable, and name that: key_env = \"MY_KEY\"";
        self.report(Diagnostic::new(Code::KeyInConfiguration, self.file, entry.key_span, message).help(help));
    }

    fn wrong(&mut self, value: &Value<'_>, setting: &str, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(text) => format!("\"{}\"", text.chars().take(40).collect::<String>()),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.to_string(),
            DeValue::Boolean(it) => it.to_string(),
            DeValue::Datetime(it) => it.to_string(),
            DeValue::Array(_) => "a list".into(),
            DeValue::Table(_) => "a table".into(),
        };
        let message = format!("`{setting}`: expected {expected}, found {found}");
        self.report(Diagnostic::new(Code::BadSetting, self.file, span(value.span()), message));
    }

    /// A table, or a report.
    pub fn table<'a, 't>(&mut self, value: &'a Value<'t>, setting: &str) -> Option<&'a DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(value, setting, "a table");
        }
        table
    }

    /// A text that is not empty.
    pub fn text(&mut self, value: &Value<'_>, setting: &str) -> Option<String> {
        let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.wrong(value, setting, "a text");
        }
        text.map(ToOwned::to_owned)
    }

    /// One of some words.
    pub fn word<T>(
        &mut self,
        value: &Value<'_>,
        setting: &str,
        words: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let found = value.get_ref().as_str().and_then(read);
        if found.is_none() {
            self.wrong(value, setting, &listed(words));
            let written = value.get_ref().as_str().unwrap_or_default();
            let near = closest(written, words.iter().copied());
            if let (Some(near), Some(last)) = (near, self.diagnostics.last_mut()) {
                last.label = Some(format!("did you mean `{near}`?"));
            }
        }
        found
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, value: &Value<'_>, setting: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let digits = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
            DeValue::String(text) if self.origin == Origin::Environment => Some(text.trim()),
            _ => None,
        };
        let number =
            digits.and_then(|digits| digits.replace('_', "").parse().ok()).filter(|it| range.contains(it));
        if number.is_none() {
            let expected = match range.end() {
                &u64::MAX => format!("a whole number, at least {}", range.start()),
                end => format!("a whole number from {} to {end}", range.start()),
            };
            self.wrong(value, setting, &expected);
        }
        number
    }

    /// As [`Reader::whole`], for what fits 32 bits.
    pub fn small(&mut self, value: &Value<'_>, setting: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let range = u64::from(*range.start())..=u64::from(*range.end());
        self.whole(value, setting, range).and_then(|number| u32::try_from(number).ok())
    }

    /// A number that is not negative, with exactly its digits.
    pub fn decimal(&mut self, value: &Value<'_>, setting: &str) -> Option<Decimal> {
        let digits = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
            DeValue::Float(number) => Some(number.as_str()),
            DeValue::String(text) if self.origin == Origin::Environment => Some(text.trim()),
            _ => None,
        };
        let number =
            digits.and_then(|digits| digits.parse::<Decimal>().ok()).filter(|it| *it >= Decimal::ZERO);
        if number.is_none() {
            self.wrong(value, setting, "a number that is not negative");
        }
        number
    }

    /// Dollars: `"$5"`, or a number.
    pub fn money(&mut self, value: &Value<'_>, setting: &str) -> Option<Decimal> {
        let amount = match value.get_ref() {
            DeValue::String(text) => units::money(text),
            DeValue::Integer(number) if number.radix() == 10 => units::money(number.as_str()),
            DeValue::Float(number) => units::money(number.as_str()),
            _ => None,
        };
        if amount.is_none() {
            self.wrong(value, setting, "dollars as \"$0.50\"");
        }
        amount
    }

    /// A length of time.
    pub fn duration(&mut self, value: &Value<'_>, setting: &str) -> Option<Duration> {
        let length = value.get_ref().as_str().and_then(units::duration);
        if length.is_none() {
            self.wrong(value, setting, "a length of time as \"500ms\", \"30s\", \"5m\" or \"2h\"");
        }
        length
    }

    /// Yes or no.
    pub fn boolean(&mut self, value: &Value<'_>, setting: &str) -> Option<bool> {
        let found = match value.get_ref() {
            DeValue::Boolean(it) => Some(*it),
            DeValue::String(text) if self.origin == Origin::Environment => text.trim().parse().ok(),
            _ => None,
        };
        if found.is_none() {
            self.wrong(value, setting, "true or false");
        }
        found
    }

    /// A list of texts, each with its place. In the environment they are separated by commas.
    pub fn texts(&mut self, value: &Value<'_>, setting: &str) -> Option<Vec<(String, Span)>> {
        let whole = span(value.span());
        match value.get_ref() {
            DeValue::Array(items) => {
                let texts =
                    items.iter().filter_map(|item| Some((self.text(item, setting)?, span(item.span()))));
                Some(texts.collect())
            }
            DeValue::String(text) if self.origin == Origin::Environment => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(parts.map(|part| (part.to_owned(), whole)).collect())
            }
            _ => {
                self.wrong(value, setting, "a list of texts");
                None
            }
        }
    }

    /// A text, or a list of texts.
    pub fn text_or_texts(&mut self, value: &Value<'_>, setting: &str) -> Option<Vec<SmolStr>> {
        if value.get_ref().is_str() {
            return Some(vec![self.variable(value, setting)?]);
        }
        let texts = self.texts(value, setting)?;
        Some(texts.into_iter().map(|(text, _)| text.into()).collect())
    }

    /// The name of an environment variable. A key that is put here by mistake is not repeated in the message.
    pub fn variable(&mut self, value: &Value<'_>, setting: &str) -> Option<SmolStr> {
        let text = self.text(value, setting)?;
        let is_name = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && !text.starts_with(|letter: char| letter.is_ascii_digit())
            && text.len() <= 64;
        if is_name {
            return Some(text.into());
        }
        let message = format!("`{setting}` names an environment variable, and this is no name of one");
        let help = "put the key in a variable, and write the variable's name here: \"MY_API_KEY\"";
        let diagnostic = Diagnostic::new(Code::KeyInConfiguration, self.file, span(value.span()), message);
        self.report(diagnostic.help(help));
        None
    }

    /// A table of names and the variables that hold their values.
    pub fn variables(&mut self, value: &Value<'_>, setting: &str) -> IndexMap<SmolStr, SmolStr> {
        let Some(table) = self.table(value, setting) else { return IndexMap::new() };
        let entries = Self::entries(table);
        let pairs = entries.iter().filter_map(|entry| {
            let variable = self.variable(entry.value, &format!("{setting}.{}", entry.key))?;
            Some((SmolStr::new(entry.key), variable))
        });
        pairs.collect()
    }
}

/// `a, b or c`, each in backticks.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        Some((last, _)) => last.clone(),
        None => "nothing".into(),
    }
}
