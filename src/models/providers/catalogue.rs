use super::{Offer, Offered, Subset, Target, Tier, Unusable};
use crate::base::Decimal;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them, as the configuration writes them.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The word of the configuration.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the word of the configuration.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// The wire language of a vendor.
    Dialect {
        /// Chat completions, as OpenAI defined them and most others took them over.
        OpenaiChat = "openai-chat",
        /// OpenAI's responses.
        OpenaiResponses = "openai-responses",
        /// Anthropic's messages.
        Anthropic = "anthropic",
        /// Google's `generateContent`.
        Gemini = "gemini",
    }
}

words! {
    /// How an answer is held to a JSON schema.
    Structured {
        /// By the vendor, which takes a subset of JSON Schema and guarantees the answer.
        Strict = "strict",
        /// By the vendor, which takes the schema as it is.
        Schema = "schema",
        /// The vendor guarantees an object, and the prompt tells the schema.
        Object = "object",
        /// By a tool that the model is made to call.
        Tool = "tool",
        /// The prompt tells the schema, and nothing is guaranteed.
        Prompt = "prompt",
    }
}

words! {
    /// How the output cap is called.
    MaxTokensField {
        /// The first name, which most vendors know.
        MaxTokens = "max_tokens",
        /// The name that OpenAI's reasoning models insist on.
        MaxCompletionTokens = "max_completion_tokens",
    }
}

/// A vendor, or an endpoint of one's own.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, each a key of the configuration")]
pub struct Provider {
    /// What it speaks.
    pub dialect: Dialect,
    /// Where it is. `${NAME}` and `${NAME:-default}` stand for environment variables.
    pub base_url: String,
    /// Environment variables that may hold the key; the first that is set does. Empty where no key is needed.
    pub key_env: Vec<SmolStr>,
    /// The header that carries the key; in `authorization` it stands behind `Bearer`.
    pub key_header: SmolStr,
    /// Further headers.
    pub headers: IndexMap<SmolStr, HeaderSource>,
    /// How answers are held to a schema, unless a model says otherwise.
    pub structured: Structured,
    /// The subset of JSON Schema that `strict` takes: a name of [`Catalogue::subsets`].
    pub subset: Option<SmolStr>,
    /// How the output cap is called.
    pub max_tokens_field: MaxTokensField,
    /// Whether a schema and tools may stand in one request.
    pub schema_with_tools: bool,
    /// Whether answers are streamed.
    pub stream: bool,
    /// Whether the tokens of a stream are told where one asks for it.
    pub stream_usage: bool,
    /// Whether somebody named it in a configuration. One without a key is usable only then.
    pub configured: bool,
}

/// Where the value of a header comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderSource {
    /// It is this.
    Text(String),
    /// The environment variable of this name holds it, and it is a secret.
    Environment(SmolStr),
}

/// What is known of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Its name on the wire, where it is another than in `provider:model`.
    pub wire_name: Option<String>,
    /// What it costs; unknown is never free.
    pub prices: Option<Prices>,
    /// Tokens that its window holds, question and answer together.
    pub context: Option<u64>,
    /// Tokens that it can write at most.
    pub max_output: Option<u32>,
    /// Whether it can call tools; yes, unless it is said.
    pub tools: Option<bool>,
    /// Whether it takes a temperature; yes, unless it is said.
    pub temperature: Option<bool>,
    /// How its answers are held to a schema, where it is otherwise than its provider's.
    pub structured: Option<Structured>,
    /// How its output cap is called, where it is otherwise than its provider's.
    pub max_tokens_field: Option<MaxTokensField>,
}

/// Dollars for a million tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// For what is read.
    pub input: Decimal,
    /// For what is written.
    pub output: Decimal,
    /// For what is read from the vendor's cache; as `input` where it is not said.
    pub cached_input: Option<Decimal>,
    /// The day on which this was so, `2026-11-24`.
    pub as_of: Option<SmolStr>,
}

/// A model as tiers and prices name it: `provider:model`. The model's own name may have colons.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelName {
    /// The provider.
    pub provider: SmolStr,
    /// The model, as the provider knows it.
    pub model: SmolStr,
}

/// A text that names no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a model's name, which is written `provider:model`")]
pub struct NotAModelName;

impl FromStr for ModelName {
    type Err = NotAModelName;

    fn from_str(text: &str) -> Result<Self, NotAModelName> {
        let (provider, model) = text.split_once(':').ok_or(NotAModelName)?;
        let fits = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
        if fits(provider) && fits(model) {
            Ok(Self { provider: provider.into(), model: model.into() })
        } else {
            Err(NotAModelName)
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.provider, self.model)
    }
}

/// Vendors, models, prices and tiers, as the layers of the configuration give them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// By name.
    pub providers: IndexMap<SmolStr, Provider>,
    /// What is known of models. One that is not here may be asked all the same.
    pub models: IndexMap<ModelName, Model>,
    /// The candidates of tiers 1 to 4, the preferred one first.
    pub tiers: BTreeMap<u8, Vec<ModelName>>,
    /// Subsets of JSON Schema, by name.
    pub subsets: IndexMap<SmolStr, Subset>,
}

impl Catalogue {
    /// The data that comes with the program, in the form of a configuration file. It is the lowest layer.
    pub const BUILTIN: &'static str = include_str!("../../../stdlib/models.toml");

    /// The candidates of every tier with what they need taken from the environment, or with what is missing.
    pub fn offer(&self, environment: &dyn Fn(&str) -> Option<String>) -> Offer {
        let tiers = self.tiers.iter().map(|(number, names)| {
            let offered = names.iter().map(|name| self.offered(name, environment)).collect();
            (*number, Tier { candidates: offered })
        });
        Offer { tiers: tiers.collect() }
    }

    fn offered(&self, name: &ModelName, environment: &dyn Fn(&str) -> Option<String>) -> Offered {
        match self.target(name, environment) {
            Ok(target) => Offered::Usable(target.into()),
            Err(why) => Offered::Unusable(name.clone(), why),
        }
    }

    /// Everything that a request to this model needs.
    pub fn target(
        &self,
        name: &ModelName,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Target, Unusable> {
        let provider =
            self.providers.get(&name.provider).ok_or(Unusable::UnknownProvider(name.provider.clone()))?;
        let known = self.models.get(name);
        let subset = provider.subset.as_ref().and_then(|subset| self.subsets.get(subset));
        Target::new(name, provider, known.unwrap_or(&Model::default()), subset, environment)
    }
}
