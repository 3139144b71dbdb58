use super::{Exit, Refusal, Screen};
use crate::diag::render::{Look, Style, human};
use crate::diag::{Code, Example, Page, closest};
use clap::Args;
use std::fmt::Write as _;

/// What a code means, with an example that fails and the same put right
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  agentflow explain AF0402\n  agentflow explain unused-step")]
pub(super) struct Options {
    /// The code, as AF0402, 0402 or by its name; without one, all are listed
    code: Option<String>,
}

/// Prints the page of a code, or the list of codes.
pub(super) fn explain(options: &Options, screen: Screen) -> Result<Exit, Refusal> {
    let Some(wanted) = &options.code else {
        screen.result(&list(screen.out));
        return Ok(Exit::Ok);
    };
    let code = wanted.parse::<Code>().map_err(|_| unknown(wanted))?;
    screen.result(&page(code, screen.out));
    Ok(Exit::Ok)
}

fn unknown(wanted: &str) -> Refusal {
    let slugs: Vec<String> = Code::ALL.iter().map(|code| code.slug()).collect();
    let numbers = Code::ALL.iter().map(|code| code.number());
    let near = closest(wanted, numbers.chain(slugs.iter().map(String::as_str)));
    let refusal = Refusal::usage(format!("there is no code `{wanted}`"));
    let refusal = match near {
        Some(near) => refusal.help(format!("did you mean `{near}`?")),
        None => refusal,
    };
    refusal.help("agentflow explain lists all codes")
}

fn list(look: Look) -> String {
    let mut out = String::new();
    for code in Code::ALL {
        let _ = writeln!(
            out,
            "{}  {:<7}  {}",
            look.paint(Style::Bold, code.number()),
            code.severity(),
            code.title()
        );
    }
    out
}

fn page(code: Code, look: Look) -> String {
    let Ok(page) = Page::of(code) else { return code.page().to_string() };
    let severity = code.severity();
    let style = Style::of(severity);
    let head = format!("{}[{code}]", look.paint(style, &severity.to_string()));
    let mut out = format!("{head} {}\n\n{}\n", look.paint(Style::Bold, page.title), prose(page.prose, look));
    match page.example {
        Example::Told(text) => {
            let _ = write!(out, "\n{}", indented(&prose(text, look)));
        }
        Example::Scripts { failing, repaired } => {
            let _ = write!(out, "\n{}\n\n{}", look.paint(Style::Error, "Failing"), indented(failing));
            let said = said(code, failing, look);
            if !said.is_empty() {
                let _ = write!(out, "\n{}", indented(&said));
            }
            let _ = write!(out, "\n{}\n\n{}", look.paint(Style::Good, "Repaired"), indented(repaired));
        }
    }
    if let Some(names) = page.see_also {
        let _ = write!(out, "\n{}\n", look.paint(Style::Dim, &format!("See also: {names}")));
    }
    out
}

/// The first diagnostic of the failing example, as the author would see it.
fn said(code: Code, script: &str, look: Look) -> String {
    let checked = super::compile::check_text(script);
    let first = checked.diagnostics.iter().find(|diagnostic| diagnostic.code == code);
    let text = first.map_or_else(String::new, |first| human([first], &checked.sources, look));
    text.lines()
        .filter(|line| !line.contains("more: agentflow explain"))
        .fold(String::new(), |out, line| out + line + "\n")
}

fn indented(text: &str) -> String {
    let lines =
        text.trim_end().lines().map(|line| if line.is_empty() { String::new() } else { format!("  {line}") });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// Paragraphs, with what stands in backticks brought out where there are colours.
fn prose(text: &str, look: Look) -> String {
    if look == Look::Plain {
        return text.to_string();
    }
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(at, piece)| if at % 2 == 1 { look.paint(Style::Place, piece) } else { piece.to_string() })
        .collect()
}
