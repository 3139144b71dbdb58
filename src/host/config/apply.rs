use super::reader::{Origin, Reader, span};
use super::{Config, Limits, Permissions, sections, suppliers};
use crate::base::{FileId, Place};
use crate::diag::{Code, Diagnostic, closest};
use crate::models::providers::{Catalogue, ModelName};
use crate::models::router::Settings;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The sections of a configuration.
const SECTIONS: &[&str] = &[
    "tiers",
    "providers",
    "models",
    "schemas",
    "router",
    "limits",
    "permissions",
    "mcp",
    "secrets",
    "profiles",
];

/// A configuration while layers are put over each other.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub config: Config,
    /// Whether the layer is somebody's own, so that a provider that it names is configured by it.
    pub own: bool,
    /// Where models are named: their providers are looked up when all layers are there.
    pub mentions: Vec<(ModelName, Place)>,
    /// Where a subset of JSON Schema is named.
    pub subsets: Vec<(SmolStr, Place)>,
}

impl Draft {
    pub fn new(root: PathBuf) -> Self {
        let config = Config {
            root,
            profile: None,
            catalogue: Catalogue::default(),
            default_tier: 1,
            router: Settings::default(),
            limits: Limits::default(),
            permissions: Permissions::default(),
            mcp: IndexMap::new(),
            secrets: IndexMap::new(),
            no_llm: false,
        };
        Self { config, own: false, mentions: Vec::new(), subsets: Vec::new() }
    }
}

/// The profiles of all files, kept until everything below them is there.
#[derive(Default)]
pub(super) struct Profiles<'a, 't> {
    found: Vec<(&'a str, FileId, &'a Spanned<DeValue<'t>>)>,
}

impl<'a> Profiles<'a, '_> {
    /// Their names, each once.
    pub fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.found.iter().map(|(name, ..)| *name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Puts those of this name over the draft, and checks the others on a copy. Whether there was one.
    pub fn apply(&self, draft: &mut Draft, chosen: Option<&str>, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let mut found = false;
        for (name, file, value) in &self.found {
            let mut reader = Reader { file: *file, origin: Origin::File, diagnostics };
            let Some(table) = reader.table(value, &format!("profiles.{name}")) else { continue };
            if chosen == Some(*name) {
                found = true;
                apply(draft, &mut reader, table, None);
            } else {
                apply(&mut draft.clone(), &mut reader, table, None);
            }
        }
        found
    }
}

/// Puts a layer, or a profile of one, over the draft. A profile has no profiles.
pub(super) fn apply<'a, 't>(
    draft: &mut Draft,
    reader: &mut Reader<'_>,
    table: &'a DeTable<'t>,
    mut profiles: Option<&mut Profiles<'a, 't>>,
) {
    let known =
        if profiles.is_some() { SECTIONS } else { SECTIONS.split_last().map_or(SECTIONS, |(_, rest)| rest) };
    let of = if profiles.is_some() { "a configuration" } else { "a profile" };
    for entry in reader.known(table, known, of) {
        let Some(section) = reader.table(entry.value, entry.key) else { continue };
        match entry.key {
            "tiers" => sections::tiers(draft, reader, section),
            "router" => sections::router(draft, reader, section),
            "limits" => sections::limits(draft, reader, section),
            "permissions" => sections::permissions(draft, reader, section),
            "secrets" => draft.config.secrets.extend(reader.variables(entry.value, "secrets")),
            "mcp" => sections::mcp(draft, reader, section),
            "providers" => suppliers::providers(draft, reader, section),
            "models" => suppliers::models(draft, reader, section),
            "schemas" => suppliers::schemas(draft, reader, section),
            _ => {
                if let Some(profiles) = profiles.as_deref_mut() {
                    let each = Reader::entries(section).into_iter().map(|it| (it.key, reader.file, it.value));
                    profiles.found.extend(each);
                }
            }
        }
    }
}

/// When all layers are there: does every name that was used exist?
pub(super) fn check_names(draft: &mut Draft, diagnostics: &mut Vec<Diagnostic>) {
    let catalogue = &draft.config.catalogue;
    let providers = || catalogue.providers.keys().map(SmolStr::as_str);
    for (name, place) in &draft.mentions {
        if !catalogue.providers.contains_key(&name.provider) {
            let message = format!("`{name}` names the provider `{}`, which there is not", name.provider);
            let diagnostic = Diagnostic::new(Code::UnknownProvider, place.file, place.span, message);
            let diagnostic = match closest(&name.provider, providers()) {
                Some(near) => diagnostic.here(format!("did you mean `{near}`?")),
                None => diagnostic,
            };
            let known: Vec<&str> = providers().collect();
            let help = format!(
                "the providers are {}; one of your own begins with [providers.{}]",
                known.join(", "),
                name.provider
            );
            diagnostics.push(diagnostic.help(help));
        }
    }
    for (name, place) in &draft.subsets {
        if !catalogue.subsets.contains_key(name) {
            let message = format!("there is no [schemas.{name}]");
            diagnostics.push(Diagnostic::new(Code::BadSetting, place.file, place.span, message));
        }
    }
}

/// The place of a value.
pub(super) fn place(reader: &Reader<'_>, value: &Spanned<DeValue<'_>>) -> Place {
    reader.place(span(value.span()))
}
