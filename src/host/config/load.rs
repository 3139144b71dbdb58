use super::apply::{Draft, Profiles, apply, check_names};
use super::layer::{environment_source, environment_table, parse, read_file};
use super::reader::{Origin, Reader};
use super::{Config, Environment, project_file, user_file};
use crate::base::{FileId, Source, Span};
use crate::diag::{Code, Diagnostic, Severity, closest, in_page_order};
use crate::models::providers::Catalogue;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// What is loaded, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The script, or a directory; `agentflow.toml` is looked for from here upwards.
    pub start: &'a Path,
    /// `--profile`; `AGENTFLOW_PROFILE` where it is not given.
    pub profile: Option<&'a str>,
    /// The environment.
    pub environment: &'a Environment,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// All layers together. Where a setting is wrong, the one below it stands.
    pub config: Config,
    /// The layers; the places of the diagnostics are in these.
    pub sources: Vec<Source>,
    /// What is wrong, in the order of the layers and of the page.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether anything is wrong that a run must not overlook.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|it| it.severity == Severity::Error)
    }
}

/// A layer between being read and being applied.
struct Layer<'t> {
    file: FileId,
    origin: Origin,
    table: Option<DeTable<'t>>,
}

/// Reads the configuration that holds for a script. Never fails: what is wrong is among the diagnostics.
pub fn load(request: Request<'_>) -> Loaded {
    let project = project_file(request.start, request.environment);
    let user = user_file(request.environment).filter(|path| path.exists());
    let mut diagnostics = Vec::new();
    let mut sources = vec![Source::new("built-in models.toml", Catalogue::BUILTIN)];
    // A user whose project is their home has one file, not two.
    let user = user.filter(|path| Some(path) != project.as_ref());
    for path in user.iter().chain(&project) {
        let (source, wrong) = read_file(path, next(&sources));
        sources.push(source);
        diagnostics.extend(wrong);
    }
    let environment = next(&sources);
    sources.push(environment_source(request.environment));
    let chosen = choose(request, &mut sources);
    let config = {
        let layers = layers(&sources, environment, &mut diagnostics);
        let mut draft = Draft::new(root(request.start, project.as_deref()));
        draft.config.no_llm =
            request.environment.is_on("AGENTFLOW_NO_LLM") || request.environment.is_on("AGENTIC_NO_LLM");
        put_over_each_other(&mut draft, &layers, chosen.as_ref(), &mut diagnostics);
        draft.config
    };
    in_page_order(&mut diagnostics);
    hide_keys(&mut sources, &diagnostics);
    Loaded { config, sources, diagnostics }
}

/// A key that stands in a file is reported, and not shown: what is printed ends up in logs.
fn hide_keys(sources: &mut [Source], diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics.iter().filter(|it| it.code == Code::KeyInConfiguration) {
        let Some(source) = sources.get_mut(diagnostic.place.file.0 as usize) else { continue };
        let line = source.line_span(source.line_column(diagnostic.place.span.start).line);
        let (start, end) = (line.start as usize, line.end as usize);
        let (Some(before), Some(shown), Some(after)) =
            (source.text.get(..start), source.text.get(start..end), source.text.get(end..))
        else {
            continue;
        };
        let mut in_value = false;
        let hidden: String = shown
            .chars()
            .map(|letter| {
                let is_secret = in_value && !letter.is_whitespace();
                in_value |= letter == '=';
                if is_secret { "*".repeat(letter.len_utf8()) } else { letter.to_string() }
            })
            .collect();
        *source = Source::new(source.name.clone(), &format!("{before}{hidden}{after}"));
    }
}

fn next(sources: &[Source]) -> FileId {
    FileId(u32::try_from(sources.len()).unwrap_or(u32::MAX))
}

fn layers<'t>(
    sources: &'t [Source],
    environment: FileId,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Layer<'t>> {
    let mut layers = Vec::new();
    for (file, source) in (0..=environment.0).map(FileId).zip(sources) {
        let is_environment = file == environment;
        layers.push(Layer {
            file,
            origin: if is_environment { Origin::Environment } else { Origin::File },
            table: if is_environment {
                Some(environment_table(source))
            } else {
                parse(source, file, diagnostics)
            },
        });
    }
    layers
}

/// The profile that was asked for, and where.
struct Chosen {
    name: String,
    file: FileId,
    span: Span,
}

/// A profile is asked for outside of all files, so its name gets a source of its own.
fn choose(request: Request<'_>, sources: &mut Vec<Source>) -> Option<Chosen> {
    let from_environment = request.environment.get("AGENTFLOW_PROFILE").filter(|name| !name.is_empty());
    let (before, name) = match (request.profile, from_environment) {
        (Some(name), _) => ("--profile ", name),
        (None, Some(name)) => ("AGENTFLOW_PROFILE=", name),
        (None, None) => return None,
    };
    let file = next(sources);
    let source = if request.profile.is_some() { "command line" } else { "environment" };
    sources.push(Source::new(source, &format!("{before}{name}")));
    Some(Chosen { name: name.to_owned(), file, span: Span::new(before.len(), before.len() + name.len()) })
}

/// Files first, then the profile of each, then the environment.
fn put_over_each_other(
    draft: &mut Draft,
    layers: &[Layer<'_>],
    chosen: Option<&Chosen>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (files, environment): (Vec<&Layer<'_>>, Vec<&Layer<'_>>) =
        layers.iter().partition(|layer| layer.origin == Origin::File);
    let mut profiles = Profiles::default();
    for layer in files.iter().filter(|layer| layer.table.is_some()) {
        let mut reader = Reader { file: layer.file, origin: layer.origin, diagnostics };
        draft.own = layer.file != FileId(0);
        if let Some(table) = &layer.table {
            apply(draft, &mut reader, table, Some(&mut profiles));
        }
    }
    let name = chosen.map(|it| it.name.as_str());
    draft.config.profile = name.map(Into::into);
    let found = profiles.apply(draft, name, diagnostics);
    if let (Some(chosen), false) = (chosen, found) {
        diagnostics.push(unknown_profile(chosen, &profiles.names()));
    }
    for layer in environment {
        let mut reader = Reader { file: layer.file, origin: layer.origin, diagnostics };
        if let Some(table) = &layer.table {
            apply(draft, &mut reader, table, None);
        }
    }
    check_names(draft, diagnostics);
}

fn unknown_profile(chosen: &Chosen, known: &[&str]) -> Diagnostic {
    let message = format!("there is no profile `{}`", chosen.name);
    let diagnostic = Diagnostic::new(Code::UnknownProfile, chosen.file, chosen.span, message);
    let diagnostic = match closest(&chosen.name, known.iter().copied()) {
        Some(near) => diagnostic.here(format!("did you mean `{near}`?")),
        None => diagnostic,
    };
    match known {
        [] => diagnostic
            .help(format!("no configuration has profiles; one begins with [profiles.{}]", chosen.name)),
        known => diagnostic.help(format!("the profiles are {}", known.join(", "))),
    }
}

/// The directory of the project's file, else that of the script.
fn root(start: &Path, project: Option<&Path>) -> PathBuf {
    let directory = match project {
        Some(file) => file.parent().map(Path::to_path_buf),
        None if start.is_dir() => Some(start.to_path_buf()),
        None => start.parent().map(Path::to_path_buf),
    };
    let directory = directory.filter(|path| !path.as_os_str().is_empty());
    std::path::absolute(directory.unwrap_or_else(|| PathBuf::from(".")))
        .unwrap_or_else(|_| PathBuf::from("."))
}
