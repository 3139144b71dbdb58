//! `agentflow fmt`: the canonical style, without options.

use super::check::{STDIN, Scripts, many};
use super::{Exit, Refusal, Screen};
use crate::base::{Source, parallel_map};
use crate::diag::render::{Look, Style};
use crate::host::{DiskWorld, replace_file};
use crate::language::hir::{World, WorldError};
use crate::language::syntax::{Formatted, format};
use clap::Args;
use similar::{ChangeTag, TextDiff};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Write scripts in the canonical style
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Scripts, or directories whose scripts are formatted; - is the standard input, whose form is printed
    #[arg(default_value = ".", hide_default_value = true)]
    paths: Vec<PathBuf>,
    /// Change nothing; the answer is no where a script has another form
    #[arg(long)]
    check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    diff: bool,
}

const EXAMPLES: &str = "\
Examples:
  agentflow fmt                     every script below this directory
  agentflow fmt --check             for a pre-commit hook
  agentflow fmt --diff review.agentflow
  agentflow fmt - < review.agentflow

There are no options of style. A declaration with a syntax error is left as it is; the others are formatted.";

/// A script before and after.
struct Script {
    path: String,
    before: Arc<str>,
    after: Formatted,
}

impl Script {
    fn differs(&self) -> bool {
        *self.before != *self.after.text
    }
}

/// Formats what the paths name.
pub(super) fn fmt(options: &Options, screen: Screen) -> Result<Exit, Refusal> {
    let scripts = Scripts::find(&options.paths)?;
    let world = scripts.world();
    let read = parallel_map(&scripts.paths, |_, path| script(&world, path));
    let mut all = Vec::with_capacity(read.len());
    for (path, script) in scripts.paths.iter().zip(read) {
        all.push(script.map_err(|error| Refusal::usage(format!("`{path}` cannot be formatted: {error}")))?);
    }
    if options.diff {
        all.iter().filter(|it| it.differs()).for_each(|it| screen.result(&diff(it, screen.out)));
    }
    if !options.check && !options.diff {
        write(&all, screen)?;
    }
    report(&all, options, screen);
    let refused = (options.check || options.diff) && all.iter().any(Script::differs);
    Ok(if refused { Exit::No } else { Exit::Ok })
}

fn script(world: &DiskWorld, path: &str) -> Result<Script, WorldError> {
    let before = world.read(path)?;
    let after = format(&before);
    Ok(Script { path: path.to_owned(), before, after })
}

/// Each script is replaced as a whole; the standard input is printed.
fn write(all: &[Script], screen: Screen) -> Result<(), Refusal> {
    for script in all {
        if script.path == STDIN {
            screen.result(&script.after.text);
        } else if script.differs() {
            replace_file(Path::new(&script.path), &script.after.text)
                .map_err(|error| Refusal::usage(format!("`{}` cannot be written: {error}", script.path)))?;
        }
    }
    Ok(())
}

/// Says which scripts differ, and what was left as it is.
fn report(all: &[Script], options: &Options, screen: Screen) {
    for script in all {
        if options.check && script.differs() {
            screen.complain(&format!("{} is not formatted", script.path));
        }
        if script.after.left.is_empty() {
            continue;
        }
        let source = Source::new(script.path.as_str(), &script.before);
        for span in &script.after.left {
            let line = source.line_column(span.start).line;
            let text = format!("{}:{line}: left as it is, because of a syntax error", script.path);
            screen.say(&screen.err.paint(Style::Warning, &text));
        }
    }
    // Whoever formats a text through a pipe sees the result.
    if !options.check && all.iter().all(|it| it.path == STDIN) {
        return;
    }
    let changed = all.iter().filter(|it| it.differs()).count();
    let word = if options.check || options.diff { "would change" } else { "formatted" };
    let text = match changed {
        0 => "all in canonical form".to_owned(),
        _ => format!("{changed} {word}"),
    };
    screen.say(&format!("{text}, {}", many(all.len(), "script")));
}

/// The change as a unified diff.
fn diff(script: &Script, look: Look) -> String {
    let diff = TextDiff::from_lines(&*script.before, &script.after.text);
    let mut unified = diff.unified_diff();
    let mut out = format!("--- {0}\n+++ {0}\n", script.path);
    for hunk in unified.context_radius(2).iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let line = format!("{}{}", change.tag(), change.value().trim_end_matches(['\r', '\n']));
            out.push_str(&match change.tag() {
                ChangeTag::Insert => look.paint(Style::Good, &line),
                ChangeTag::Delete => look.paint(Style::Error, &line),
                ChangeTag::Equal => line,
            });
            out.push('\n');
        }
    }
    out
}
