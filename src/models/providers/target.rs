use super::{
    Dialect, HeaderSource, MaxTokensField, Model, ModelName, Prices, Provider, Secret, Structured, Subset,
    Unusable, Visible,
};
use smol_str::SmolStr;

/// A model that can be asked, with everything that a request to it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// As reports name it: `provider:model`.
    pub name: SmolStr,
    /// The name on the wire.
    pub model: String,
    /// What is spoken.
    pub dialect: Dialect,
    /// Without a slash at its end.
    pub base_url: String,
    /// The key, and what else every request carries.
    pub headers: Vec<(SmolStr, Visible)>,
    /// How answers are held to a schema.
    pub structured: Structured,
    /// What `strict` takes of JSON Schema; everything where it is not said.
    pub subset: Option<Subset>,
    /// How the output cap is called.
    pub max_tokens_field: MaxTokensField,
    /// What the model and its endpoint can do.
    pub abilities: Abilities,
    /// Tokens that its window holds, where it is known.
    pub context: Option<u64>,
    /// Tokens that it can write at most, where it is known.
    pub max_output: Option<u32>,
    /// What it costs, where it is known.
    pub prices: Option<Prices>,
}

/// What a model and its endpoint can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, each named where it is read")]
pub struct Abilities {
    /// Call tools.
    pub tools: bool,
    /// Take a temperature.
    pub temperature: bool,
    /// Hold an answer to a schema while tools are offered.
    pub schema_with_tools: bool,
    /// Stream.
    pub stream: bool,
    /// Tell the tokens of a stream.
    pub stream_usage: bool,
}

impl Target {
    pub(super) fn new(
        name: &ModelName,
        provider: &Provider,
        model: &Model,
        subset: Option<&Subset>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Unusable> {
        if provider.dialect != Dialect::OpenaiChat {
            return Err(Unusable::NotSpoken(provider.dialect.word()));
        }
        if provider.key_env.is_empty() && !provider.configured {
            return Err(Unusable::NotConfigured(name.provider.clone()));
        }
        Ok(Self {
            name: name.to_string().into(),
            model: model.wire_name.clone().unwrap_or_else(|| name.model.to_string()),
            dialect: provider.dialect,
            headers: headers(provider, environment)?,
            base_url: fill_in(&provider.base_url, environment)?.trim_end_matches('/').to_owned(),
            structured: model.structured.unwrap_or(provider.structured),
            subset: subset.cloned(),
            max_tokens_field: model.max_tokens_field.unwrap_or(provider.max_tokens_field),
            abilities: Abilities {
                tools: model.tools.unwrap_or(true),
                temperature: model.temperature.unwrap_or(true),
                schema_with_tools: provider.schema_with_tools,
                stream: provider.stream,
                stream_usage: provider.stream_usage,
            },
            context: model.context,
            max_output: model.max_output,
            prices: model.prices.clone(),
        })
    }
}

fn headers(
    provider: &Provider,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<(SmolStr, Visible)>, Unusable> {
    let mut headers: Vec<(SmolStr, Visible)> = Vec::new();
    if !provider.key_env.is_empty() {
        let key = provider.key_env.iter().find_map(|name| set(name, environment));
        let secret = Secret::new(key.ok_or_else(|| Unusable::NoKey(provider.key_env.clone()))?);
        let prefix = if provider.key_header == "authorization" { "Bearer " } else { "" };
        headers.push((provider.key_header.clone(), Visible::Hidden { prefix, secret }));
    }
    for (name, source) in &provider.headers {
        let value = match source {
            HeaderSource::Text(text) => Visible::Plain(text.clone()),
            HeaderSource::Environment(variable) => {
                let value =
                    set(variable, environment).ok_or_else(|| Unusable::NoVariable(variable.clone()))?;
                Visible::Hidden { prefix: "", secret: Secret::new(value) }
            }
        };
        headers.push((name.clone(), value));
    }
    Ok(headers)
}

/// A variable that is set to nothing is not set: that is what `KEY= program` means in a shell script.
fn set(name: &str, environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    environment(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Puts environment variables in the place of `${NAME}` and `${NAME:-default}`.
fn fill_in(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, Unusable> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        out.push_str(before);
        let Some((inner, after)) = behind.split_once('}') else {
            out.push_str("${");
            rest = behind;
            continue;
        };
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, it)| (name, Some(it)));
        match set(name, environment).or(default.map(ToOwned::to_owned)) {
            Some(value) => out.push_str(value.trim_end_matches('/')),
            None => return Err(Unusable::NoVariable(name.into())),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
