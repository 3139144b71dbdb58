use super::flags::{flag, id, is_taken};
use super::options::Options;
use super::values;
use crate::cli::Refusal;
use crate::cli::check::missing;
use crate::diag::closest;
use crate::engine::eval::{Requires, Value, default_of, fit};
use crate::host::{read_at_most, text_of};
use crate::plan::{Param, Plan, Workflow};
use clap::ArgMatches;
use serde_json::Value as Json;
use std::io::Read;
use std::path::Path;

/// The largest value that is read, in bytes (L5.4).
const LARGEST_VALUE: u64 = 16 * 1024 * 1024;

/// The value of each parameter, in their order, and how each is shown in the banner.
pub(super) struct Arguments {
    /// Checked against the types.
    pub values: Vec<Value>,
    /// `depth=deep`, of what was given.
    pub shown: Vec<String>,
}

/// Reads the arguments of a workflow from the command line and from `--input`.
pub(super) fn read(
    plan: &Plan,
    workflow: &Workflow,
    options: &Options,
    matches: &ArgMatches,
    own: &[String],
) -> Result<Arguments, Refusal> {
    let mut stdin = Stdin::default();
    let pairs = pairs(workflow, &options.param)?;
    let input = match &options.input {
        Some(path) => object(workflow, path, &mut stdin)?,
        None => serde_json::Map::new(),
    };
    let mut arguments = Arguments { values: Vec::new(), shown: Vec::new() };
    let mut absent = Vec::new();
    for param in &workflow.params {
        let by_flag = flag_texts(param, matches, own);
        let by_pair =
            pairs.iter().filter(|(name, _)| *name == param.name).map(|(_, text)| text.clone()).collect();
        let (texts, origin) = match (by_flag, by_pair) {
            (Some(flags), by_pair) if Vec::is_empty(&by_pair) => (flags, flag(param)),
            (Some(_), _) => {
                return Err(Refusal::usage(format!(
                    "`{}` is given twice: by its flag and by -p",
                    param.name
                )));
            }
            (None, pairs) => (pairs, format!("-p {}", param.name)),
        };
        let value = if texts.is_empty() {
            from_input(plan, param, &input)?
        } else {
            arguments.shown.push(shown(param, &texts));
            Some(from_texts(plan, param, &texts, &origin, &mut stdin)?)
        };
        match value.map(Ok).or_else(|| default_of(plan, param)) {
            Some(Ok(value)) => arguments.values.push(value),
            Some(Err(fault)) => {
                return Err(Refusal::no(format!("the default of `{}` fails: {}", param.name, fault.message)));
            }
            None => absent.push(param),
        }
    }
    if absent.is_empty() { Ok(arguments) } else { Err(lacking(plan, &absent, own)) }
}

fn flag_texts(param: &Param, matches: &ArgMatches, own: &[String]) -> Option<Vec<String>> {
    if is_taken(param, own) {
        return None;
    }
    matches.get_many::<String>(&id(param)).map(|texts| texts.cloned().collect())
}

fn pairs(workflow: &Workflow, given: &[String]) -> Result<Vec<(String, String)>, Refusal> {
    let mut pairs = Vec::new();
    for pair in given {
        let Some((name, text)) = pair.split_once('=') else {
            return Err(Refusal::usage(format!("`-p {pair}` has no value")).help("write -p name=value"));
        };
        let name = known(workflow, name).ok_or_else(|| unknown(workflow, name, "-p"))?;
        pairs.push((name.to_string(), text.to_string()));
    }
    Ok(pairs)
}

/// The parameter that a name means; `-` and `_` are one.
fn known<'a>(workflow: &'a Workflow, name: &str) -> Option<&'a str> {
    let plain = name.replace('-', "_");
    workflow.params.iter().map(|param| param.name.as_str()).find(|it| *it == plain)
}

fn unknown(workflow: &Workflow, name: &str, origin: &str) -> Refusal {
    let names = || workflow.params.iter().map(|param| param.name.as_str());
    let refusal = Refusal::usage(format!("{origin}: `{}` takes no `{name}`", workflow.name));
    match closest(name, names()) {
        Some(near) => refusal.help(format!("did you mean `{near}`?")),
        None if workflow.params.is_empty() => refusal.help("it takes nothing"),
        None => refusal.help(format!("it takes {}", names().collect::<Vec<_>>().join(", "))),
    }
}

fn object(
    workflow: &Workflow,
    path: &Path,
    stdin: &mut Stdin,
) -> Result<serde_json::Map<String, Json>, Refusal> {
    let text = if path.as_os_str() == "-" { stdin.read("--input")? } else { file("--input", path)? };
    let json: Json = serde_json::from_str(&text)
        .map_err(|error| Refusal::usage(format!("`--input {}` is no JSON: {error}", path.display())))?;
    let Json::Object(object) = json else {
        let refusal = Refusal::usage(format!("`--input {}` is no JSON object", path.display()));
        return Err(refusal.help("write { \"name\": value, … } with the names of the parameters"));
    };
    for name in object.keys() {
        if !workflow.params.iter().any(|param| param.name == *name) {
            return Err(unknown(workflow, name, &format!("--input {}", path.display())));
        }
    }
    Ok(object)
}

fn from_input(
    plan: &Plan,
    param: &Param,
    input: &serde_json::Map<String, Json>,
) -> Result<Option<Value>, Refusal> {
    let Some(json) = input.get(param.name.as_str()) else { return Ok(None) };
    fitted(plan, param, json, &format!("`{}` in --input", param.name)).map(Some)
}

fn from_texts(
    plan: &Plan,
    param: &Param,
    texts: &[String],
    origin: &str,
    stdin: &mut Stdin,
) -> Result<Value, Refusal> {
    let texts = texts.iter().map(|text| content(text, origin, stdin)).collect::<Result<Vec<_>, _>>()?;
    let json =
        values::read(plan, &param.ty, &texts).map_err(|what| Refusal::usage(format!("`{origin}` {what}")))?;
    fitted(plan, param, &json, &format!("`{origin}`"))
}

fn fitted(plan: &Plan, param: &Param, json: &Json, origin: &str) -> Result<Value, Refusal> {
    fit(plan, json, &param.ty, Requires::Checked).map_err(|misfits| {
        let ty = values::name(plan, &param.ty);
        let mut lines = misfits.iter().map(ToString::to_string);
        let first = lines.next().unwrap_or_else(|| "it has another shape".into());
        let refusal = Refusal::usage(format!("{origin} does not fit `{ty}`: {first}"));
        lines.take(5).fold(refusal, Refusal::help)
    })
}

/// What a text on the command line stands for.
fn content(text: &str, origin: &str, stdin: &mut Stdin) -> Result<String, Refusal> {
    if text == "-" {
        return stdin.read(origin).map(without_line_end);
    }
    match text.strip_prefix('@') {
        Some(rest) if rest.starts_with('@') => Ok(rest.to_string()),
        Some(path) => file(origin, Path::new(path)).map(without_line_end),
        None => Ok(text.to_string()),
    }
}

/// A file ends with a line end that is no part of what it says.
fn without_line_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn file(origin: &str, path: &Path) -> Result<String, Refusal> {
    use crate::language::hir::WorldError;
    read_at_most(path, LARGEST_VALUE).and_then(text_of).map_err(|error| match error {
        WorldError::NotFound => {
            let refusal = missing(path, &std::io::ErrorKind::NotFound.into());
            Refusal { message: format!("`{origin}`: {}", refusal.message), ..refusal }
        }
        WorldError::TooLarge => {
            Refusal::usage(format!("`{origin}`: `{}` is larger than 16 MB", path.display()))
        }
        error => Refusal::usage(format!("`{origin}`: `{}` cannot be read: {error}", path.display())),
    })
}

fn shown(param: &Param, texts: &[String]) -> String {
    format!("{}={}", param.name, values::cut(&texts.join(", ")))
}

fn lacking(plan: &Plan, absent: &[&Param], own: &[String]) -> Refusal {
    let name = |param: &&Param| {
        if is_taken(param, own) { format!("`-p {}=…`", param.name) } else { format!("`{}`", flag(param)) }
    };
    let names: Vec<String> = absent.iter().map(name).collect();
    let (last, others) = names.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
    let message = if others.is_empty() {
        let ty = absent.first().map_or_else(String::new, |param| values::phrase(plan, &param.ty));
        format!("{last} is missing: it takes {ty}")
    } else {
        format!("{} and {last} are missing", others.join(", "))
    };
    absent.iter().fold(Refusal::usage(message), |refusal, param| {
        let doc = param
            .doc
            .as_deref()
            .map_or_else(String::new, |doc| format!("  {}", doc.lines().next().unwrap_or_default()));
        refusal.help(format!("{} {}{doc}", name(param).trim_matches('`'), values::metavar(plan, &param.ty)))
    })
}

/// The standard input can be read once.
#[derive(Default)]
struct Stdin {
    reader: Option<String>,
}

impl Stdin {
    fn read(&mut self, origin: &str) -> Result<String, Refusal> {
        if let Some(first) = &self.reader {
            return Err(Refusal::usage(format!("`{origin}` and `{first}` both read the standard input")));
        }
        self.reader = Some(origin.to_string());
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(LARGEST_VALUE + 1).read_to_end(&mut bytes);
        read.map_err(|error| Refusal::usage(format!("the standard input cannot be read: {error}")))?;
        if bytes.len() as u64 > LARGEST_VALUE {
            return Err(Refusal::usage("the standard input is larger than 16 MB"));
        }
        text_of(bytes).map_err(|error| Refusal::usage(format!("`{origin}`: the standard input: {error}")))
    }
}
