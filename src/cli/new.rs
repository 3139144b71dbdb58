use super::templates::{TEMPLATES, Template};
use super::{Exit, Refusal, Screen};
use crate::base::is_lower_snake;
use crate::diag::{closest, render::Style};
use clap::Args;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Start a script from a template
#[derive(Args, Debug)]
#[command(after_help = after_help())]
pub(super) struct Options {
    /// The directory to make; the script is called like it
    name: PathBuf,
    /// Which template
    #[arg(long, short, value_name = "TEMPLATE", default_value = "code_review")]
    template: String,
}

fn after_help() -> String {
    let mut out = String::from("Templates:\n");
    for template in TEMPLATES {
        let _ = writeln!(out, "  {:<22} {}", template.name, template.summary());
    }
    out.push_str("\nExamples:\n  agentflow new review --template code_review\n  agentflow new essays/joints --template iterative_review");
    out
}

/// Writes the script and its sample inputs into a new directory; says how to go on.
pub(super) fn new(options: &Options, screen: Screen) -> Result<Exit, Refusal> {
    let template = find(&options.template)?;
    let directory = &options.name;
    let name = directory.file_name().and_then(|name| name.to_str()).filter(|name| is_plain(name));
    let name = name.ok_or_else(|| wrong_name(directory))?;
    if directory.exists() {
        let refusal = Refusal::usage(format!("`{}` exists already", directory.display()));
        return Err(refusal.help("nothing was written; choose another name"));
    }
    let file = format!("{name}.agentflow");
    // Made beside its place and moved there as a whole: what stops halfway leaves nothing.
    let beside = directory.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let made = make(template, &beside, &file).and_then(|()| std::fs::rename(&beside, directory));
    made.map_err(|error| {
        let _ = std::fs::remove_dir_all(&beside);
        Refusal::usage(format!("`{}` cannot be written: {error}", directory.display()))
    })?;
    let look = screen.err;
    screen.say(&format!("{} {}", look.paint(Style::Good, "wrote"), directory.join(&file).display()));
    screen.say(&format!("{} {}", look.paint(Style::Good, "wrote"), directory.join("inputs").display()));
    screen.say(&format!(
        "\ntry it, without a key and without cost:\n\n  cd {}\n  {} --no-llm",
        directory.display(),
        template.command(&file)
    ));
    Ok(Exit::Ok)
}

fn find(wanted: &str) -> Result<&'static Template, Refusal> {
    let names = || TEMPLATES.iter().map(|template| template.name);
    TEMPLATES.iter().find(|template| template.name == wanted).ok_or_else(|| {
        let refusal = Refusal::usage(format!("there is no template `{wanted}`"));
        let refusal = match closest(wanted, names()) {
            Some(near) => refusal.help(format!("did you mean `{near}`?")),
            None => refusal,
        };
        refusal.help(format!("there are {}", names().collect::<Vec<_>>().join(", ")))
    })
}

fn is_plain(name: &str) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    name.chars().all(allowed) && (is_lower_snake(name) || name.chars().any(char::is_alphanumeric))
}

fn wrong_name(directory: &Path) -> Refusal {
    let refusal = Refusal::usage(format!("`{}` cannot be the name of a script", directory.display()));
    refusal.help("use letters, digits, `_` and `-`: agentflow new review --template code_review")
}

/// Writes the script and its inputs into a directory.
fn make(template: &Template, directory: &Path, file: &str) -> std::io::Result<()> {
    let inputs = directory.join("inputs");
    std::fs::create_dir_all(&inputs)?;
    let script = template.script.replace(&format!("{}.agentflow", template.name), file);
    std::fs::write(directory.join(file), script)?;
    template.inputs.iter().try_for_each(|(input, text)| std::fs::write(inputs.join(input), text))
}
