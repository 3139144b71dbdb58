use super::apply::{Draft, place};
use super::reader::{Entry, Reader, Value};
use crate::diag::{Code, Diagnostic};
use crate::models::providers::{
    Dialect, HeaderSource, MaxTokensField, Model, ModelName, Prices, Provider, Structured, Subset,
};
use indexmap::IndexMap;
use smol_str::SmolStr;
use toml::de::{DeTable, DeValue};

const PROVIDER_KEYS: &[&str] = &[
    "dialect",
    "base_url",
    "key_env",
    "key_header",
    "headers",
    "structured",
    "subset",
    "max_tokens_field",
    "schema_with_tools",
    "stream",
    "stream_usage",
];

/// `[providers.*]`: what is written stands for what is below it, key by key.
pub(super) fn providers(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    for entry in Reader::entries(table) {
        let name = format!("providers.{}", entry.key);
        let Some(section) = reader.table(entry.value, &name) else { continue };
        let below = draft.config.catalogue.providers.get(entry.key).cloned();
        let mut provider = below.unwrap_or_else(an_endpoint);
        provider.configured |= draft.own;
        let before = reader.diagnostics.len();
        for field in reader.known(section, PROVIDER_KEYS, &format!("[{name}]")) {
            provider_field(draft, &mut provider, reader, &field, &name);
        }
        // What is missing because it was wrong has been said.
        if provider.base_url.is_empty() && reader.diagnostics.len() == before {
            let message = format!("[{name}] needs a `base_url`");
            let help = "as base_url = \"http://127.0.0.1:8080/v1\", without /chat/completions";
            reader.report(Diagnostic::new(Code::BadSetting, reader.file, entry.key_span, message).help(help));
        }
        // Known all the same, so that a tier that names it is not a second mistake.
        draft.config.catalogue.providers.insert(SmolStr::new(entry.key), provider);
    }
}

/// An endpoint of which nothing is known yet: what local servers and gateways commonly do.
fn an_endpoint() -> Provider {
    Provider {
        dialect: Dialect::OpenaiChat,
        base_url: String::new(),
        key_env: Vec::new(),
        key_header: SmolStr::new_static("authorization"),
        headers: IndexMap::new(),
        structured: Structured::Schema,
        subset: None,
        max_tokens_field: MaxTokensField::MaxTokens,
        schema_with_tools: true,
        stream: true,
        stream_usage: true,
        configured: false,
    }
}

fn provider_field(
    draft: &mut Draft,
    provider: &mut Provider,
    reader: &mut Reader<'_>,
    &Entry { key, value, .. }: &Entry<'_, '_>,
    name: &str,
) {
    let setting = &format!("{name}.{key}");
    match key {
        "dialect" => {
            let found = reader.word(value, setting, Dialect::WORDS, Dialect::from_word);
            provider.dialect = found.unwrap_or(provider.dialect);
        }
        "base_url" => base_url(provider, reader, value, setting),
        "key_env" => {
            if let Some(names) = reader.text_or_texts(value, setting) {
                provider.key_env = names;
            }
        }
        "key_header" => {
            let found = reader.text(value, setting).map(|it| it.to_lowercase().into());
            provider.key_header = found.unwrap_or_else(|| provider.key_header.clone());
        }
        "headers" => provider.headers.extend(headers(reader, value, setting)),
        "structured" => {
            let found = reader.word(value, setting, Structured::WORDS, Structured::from_word);
            provider.structured = found.unwrap_or(provider.structured);
        }
        "subset" => {
            if let Some(subset) = reader.text(value, setting) {
                draft.subsets.push((subset.as_str().into(), place(reader, value)));
                provider.subset = Some(subset.into());
            }
        }
        "max_tokens_field" => {
            let found = reader.word(value, setting, MaxTokensField::WORDS, MaxTokensField::from_word);
            provider.max_tokens_field = found.unwrap_or(provider.max_tokens_field);
        }
        "schema_with_tools" => {
            provider.schema_with_tools = reader.boolean(value, setting).unwrap_or(provider.schema_with_tools);
        }
        "stream" => provider.stream = reader.boolean(value, setting).unwrap_or(provider.stream),
        _ => provider.stream_usage = reader.boolean(value, setting).unwrap_or(provider.stream_usage),
    }
}

fn base_url(provider: &mut Provider, reader: &mut Reader<'_>, value: &Value<'_>, setting: &str) {
    let Some(url) = reader.text(value, setting) else { return };
    let begins = ["http://", "https://", "${"].iter().any(|start| url.starts_with(start));
    let whole = url.trim_end_matches('/').ends_with("/chat/completions");
    let message = match (begins, whole) {
        (false, _) => format!("`{setting}`: expected an address with http:// or https://, found \"{url}\""),
        (_, true) => format!("`{setting}` ends before /chat/completions, which is added to it"),
        (true, false) => {
            provider.base_url = url;
            return;
        }
    };
    let place = place(reader, value);
    reader.report(Diagnostic::new(Code::BadSetting, place.file, place.span, message));
}

/// `headers = { "x-title" = "text", "x-team" = { env = "TEAM_TOKEN" } }`
fn headers(reader: &mut Reader<'_>, value: &Value<'_>, setting: &str) -> IndexMap<SmolStr, HeaderSource> {
    let Some(table) = reader.table(value, setting) else { return IndexMap::new() };
    let mut headers = IndexMap::new();
    for entry in Reader::entries(table) {
        let setting = format!("{setting}.{}", entry.key);
        let source = match entry.value.get_ref() {
            DeValue::Table(inner) => {
                let known = reader.known(inner, &["env"], &format!("`{setting}`"));
                known
                    .first()
                    .and_then(|it| reader.variable(it.value, &setting))
                    .map(HeaderSource::Environment)
            }
            _ => reader.text(entry.value, &setting).map(HeaderSource::Text),
        };
        if let Some(source) = source {
            headers.insert(SmolStr::new(entry.key.to_lowercase()), source);
        }
    }
    headers
}

const MODEL_KEYS: &[&str] = &[
    "name",
    "input",
    "cached_input",
    "output",
    "as_of",
    "context",
    "max_output",
    "tools",
    "temperature",
    "structured",
    "max_tokens_field",
];

/// `[models."provider:model"]`: what is written stands for what is below it, key by key.
pub(super) fn models(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    for entry in Reader::entries(table) {
        let section = format!("models.\"{}\"", entry.key);
        let Some(fields) = reader.table(entry.value, &section) else { continue };
        let Ok(name) = entry.key.parse::<ModelName>() else {
            let message = format!("expected a model as \"provider:model\", found \"{}\"", entry.key);
            let help = "as [models.\"local:qwen2.5-7b\"]; the quotes belong to it";
            reader.report(Diagnostic::new(Code::BadSetting, reader.file, entry.key_span, message).help(help));
            continue;
        };
        draft.mentions.push((name.clone(), reader.place(entry.key_span)));
        let mut model = draft.config.catalogue.models.get(&name).cloned().unwrap_or_default();
        let mut prices = PriceDraft::of(&model);
        let before = reader.diagnostics.len();
        for field in reader.known(fields, MODEL_KEYS, &format!("[{section}]")) {
            model_field(&mut model, &mut prices, reader, &field, &section);
        }
        match prices.whole() {
            Ok(prices) => model.prices = prices,
            // Half a price because the other half was wrong has been said.
            Err(_) if reader.diagnostics.len() > before => {}
            Err(missing) => {
                let message = format!("[{section}] has a price for one side and needs `{missing}` too");
                reader.report(Diagnostic::new(Code::BadSetting, reader.file, entry.key_span, message));
            }
        }
        draft.config.catalogue.models.insert(name, model);
    }
}

fn model_field(
    model: &mut Model,
    prices: &mut PriceDraft,
    reader: &mut Reader<'_>,
    &Entry { key, value, .. }: &Entry<'_, '_>,
    section: &str,
) {
    let setting = &format!("{section}.{key}");
    match key {
        "name" => model.wire_name = reader.text(value, setting),
        "input" => prices.input = reader.decimal(value, setting),
        "cached_input" => prices.cached_input = reader.decimal(value, setting),
        "output" => prices.output = reader.decimal(value, setting),
        "as_of" => prices.as_of = reader.text(value, setting).map(Into::into),
        "context" => model.context = reader.whole(value, setting, 1..=u64::MAX),
        "max_output" => model.max_output = reader.small(value, setting, 1..=u32::MAX),
        "tools" => model.tools = reader.boolean(value, setting),
        "temperature" => model.temperature = reader.boolean(value, setting),
        "structured" => {
            model.structured = reader.word(value, setting, Structured::WORDS, Structured::from_word);
        }
        _ => {
            let found = reader.word(value, setting, MaxTokensField::WORDS, MaxTokensField::from_word);
            model.max_tokens_field = found;
        }
    }
}

/// The prices of a model while they are read.
struct PriceDraft {
    input: Option<crate::base::Decimal>,
    output: Option<crate::base::Decimal>,
    cached_input: Option<crate::base::Decimal>,
    as_of: Option<SmolStr>,
}

impl PriceDraft {
    fn of(model: &Model) -> Self {
        let prices = model.prices.as_ref();
        Self {
            input: prices.map(|it| it.input),
            output: prices.map(|it| it.output),
            cached_input: prices.and_then(|it| it.cached_input),
            as_of: prices.and_then(|it| it.as_of.clone()),
        }
    }

    /// Both sides or neither: half a price would count the other half as free.
    fn whole(self) -> Result<Option<Prices>, &'static str> {
        match (self.input, self.output) {
            (Some(input), Some(output)) => {
                Ok(Some(Prices { input, output, cached_input: self.cached_input, as_of: self.as_of }))
            }
            (None, None) => Ok(None),
            (Some(_), None) => Err("output"),
            (None, Some(_)) => Err("input"),
        }
    }
}

/// `[schemas.*]`: what a vendor takes of JSON Schema.
pub(super) fn schemas(draft: &mut Draft, reader: &mut Reader<'_>, table: &DeTable<'_>) {
    for entry in Reader::entries(table) {
        let name = format!("schemas.{}", entry.key);
        let Some(section) = reader.table(entry.value, &name) else { continue };
        let mut subset = Subset { depth: 10, ..Subset::default() };
        for Entry { key, value, .. } in
            reader.known(section, &["keywords", "all_required", "depth"], &format!("[{name}]"))
        {
            let setting = format!("{name}.{key}");
            match key {
                "keywords" => {
                    let texts = reader.texts(value, &setting).unwrap_or_default();
                    subset.keywords = texts.into_iter().map(|(text, _)| text).collect();
                }
                "all_required" => subset.all_required = reader.boolean(value, &setting).unwrap_or_default(),
                _ => subset.depth = reader.small(value, &setting, 1..=100).unwrap_or(subset.depth),
            }
        }
        draft.config.catalogue.subsets.insert(SmolStr::new(entry.key), subset);
    }
}
