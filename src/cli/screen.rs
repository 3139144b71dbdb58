use super::Refusal;
use crate::diag::render::{Look, Style, visible};
use std::io::{IsTerminal, Write};

/// How much is said on the standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Errors alone.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// More.
    Verbose,
}

/// The two streams that a command prints to.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// The standard output.
    pub out: Look,
    /// The standard error.
    pub err: Look,
    /// How much is said.
    pub volume: Volume,
    /// Whether the standard error is a terminal, where lines may change.
    pub live: bool,
}

/// When there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl Screen {
    /// The screen of this process.
    pub fn new(colour: Colour, volume: Volume) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let look = |terminal: bool| match colour {
            Colour::Always => Look::Coloured,
            Colour::Auto if terminal && !no_colour && !dumb => Look::Coloured,
            Colour::Auto | Colour::Never => Look::Plain,
        };
        let live = std::io::stderr().is_terminal();
        Self { out: look(std::io::stdout().is_terminal()), err: look(live), volume, live: live && !dumb }
    }

    /// Prints a result. A reader that has gone away is no error: it has seen what it wanted.
    pub fn result(self, text: &str) {
        let mut out = std::io::stdout().lock();
        let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
        let _ = out
            .write_all(text.as_bytes())
            .and_then(|()| out.write_all(end.as_bytes()))
            .and_then(|()| out.flush());
    }

    /// Says something to the person at the terminal.
    pub fn say(self, text: &str) {
        if self.volume > Volume::Quiet {
            self.complain(text);
        }
    }

    /// Says something that `--quiet` does not silence.
    pub fn complain(self, text: &str) {
        if text.is_empty() {
            return;
        }
        let _ = writeln!(std::io::stderr().lock(), "{}", text.strip_suffix('\n').unwrap_or(text));
    }

    /// Says why a command did nothing.
    pub fn refuse(self, refusal: &Refusal) {
        let head = refusal.code.map_or_else(|| "error".into(), |code| format!("error[{code}]"));
        let mut text = self.err.paint(Style::Error, &head);
        text.push_str(&self.err.paint(Style::Bold, &format!(": {}", visible(&refusal.message))));
        for (number, help) in refusal.help.iter().flat_map(|help| help.lines()).enumerate() {
            text.push_str(if number == 0 { "\n  help: " } else { "\n        " });
            text.push_str(&visible(help));
        }
        if let Some(code) = refusal.code {
            let more = format!("  more: agentflow explain {code}");
            text = format!("{text}\n{}", self.err.paint(Style::Dim, &more));
        }
        self.complain(&text);
    }
}
