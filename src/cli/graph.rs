//! `agentflow graph`: a workflow as a picture.

use super::check::Scripts;
use super::compile::{Checked, compile_uncounted};
use super::run::{choose, split};
use super::{Exit, Refusal, Screen};
use crate::base::Source;
use crate::diag::Severity;
use crate::diag::render::human;
use crate::plan::graph::{Graph, Styled, dot, graph_of, json, layout, mermaid, svg};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Draw a workflow: its steps, and what waits for what
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// The script, or `script::workflow`; - is the standard input
    file: PathBuf,
    /// The workflow, where the script has several
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
    /// How it is drawn; by default as the end of --output says, else mermaid
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Where it is written to, instead of the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  agentflow graph review.agentflow                       Mermaid, as Markdown pages show it
  agentflow graph review.agentflow --output review.svg   a picture, light or dark as the reader's page
  agentflow graph review.agentflow::triage --format dot | dot -Tpng > triage.png
  agentflow graph review.agentflow --format json         with the place of everything, for other programs

Solid lines are values that a step uses, dashed ones what the author put behind `after`, dotted ones the order of effects.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A flowchart for Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture
    Svg,
    /// The graph and the place of everything in the picture
    Json,
}

/// Draws a workflow of a script.
pub(super) fn graph(options: &Options, screen: Screen) -> Result<Exit, Refusal> {
    let format = format(options)?;
    let (path, named) = split(options.file.as_os_str());
    let script = script(&path, screen)?;
    let wanted = options.workflow.as_deref().or(named.as_deref());
    let plan = script.plan.as_ref().ok_or_else(|| broken(&path))?;
    let (_, workflow) = choose(plan, &path, wanted)?;
    let graph = graph_of(plan, workflow);
    let text = drawn(&graph, format, &script.sources);
    match &options.output {
        None => screen.result(&text),
        Some(file) => {
            std::fs::write(file, text).map_err(|error| {
                Refusal::usage(format!("`{}` cannot be written: {error}", file.display()))
            })?;
            screen.say(&format!("wrote {}", file.display()));
        }
    }
    Ok(Exit::Ok)
}

fn drawn(graph: &Graph, format: Format, sources: &[Source]) -> String {
    match format {
        Format::Mermaid => mermaid(graph),
        Format::Dot => dot(graph),
        Format::Svg => svg(graph, &layout(graph), Styled::Inside),
        Format::Json => {
            let value = json(graph, &layout(graph), &|at| place(graph, at, sources));
            serde_json::to_string_pretty(&value).unwrap_or_default()
        }
    }
}

/// File, line and column of an item, from 1, as `check` counts them.
fn place(graph: &Graph, at: usize, sources: &[Source]) -> Map<String, Value> {
    let place = graph.items.get(at).map(|item| item.place).unwrap_or_default();
    let Some(source) = sources.get(place.file.0 as usize) else { return Map::new() };
    let found = source.line_column(place.span.start);
    let file = Value::from(source.name.to_string());
    [("file", file), ("line", found.line.into()), ("column", found.column.into())]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn format(options: &Options) -> Result<Format, Refusal> {
    let Some(output) = options.output.as_ref().filter(|_| options.format.is_none()) else {
        return Ok(options.format.unwrap_or(Format::Mermaid));
    };
    match output.extension().and_then(|it| it.to_str()) {
        Some("mmd" | "mermaid") => Ok(Format::Mermaid),
        Some("dot" | "gv") => Ok(Format::Dot),
        Some("svg") => Ok(Format::Svg),
        Some("json") => Ok(Format::Json),
        _ => {
            let refusal = Refusal::usage(format!("`{}` does not say in which format", output.display()));
            Err(refusal.help("end it in .svg, .mmd, .dot or .json, or say --format"))
        }
    }
}

/// A script without errors; what is wrong with it goes to the standard error.
fn script(path: &Path, screen: Screen) -> Result<Checked, Refusal> {
    let scripts = Scripts::find(&[path.to_path_buf()])?;
    let [script] = scripts.paths.as_slice() else {
        let refusal =
            Refusal::usage(format!("`{}` is a directory, and `graph` takes one script", path.display()));
        return Err(refusal.help("name a file that ends in .agentflow"));
    };
    let checked = compile_uncounted(&scripts.world(), script);
    let errors = checked.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let text = human(errors, &checked.sources, screen.err);
    if text.is_empty() {
        return Ok(checked);
    }
    screen.complain(&text);
    Err(broken(path))
}

fn broken(path: &Path) -> Refusal {
    Refusal::no(format!("`{}` cannot be drawn as it is", path.display()))
}
