//! What the program answers: each directory under `tests/cli` holds files and a `session` of commands with their
//! outputs. `BLESS=1` rewrites what differs.
//!
//! A session is lines: `$ agentflow check a.agentflow` runs a command in a copy of the directory, `$ cat a` shows a file.
//! Above a command may stand `> stdin TEXT`, `> env NAME=VALUE` and `> file NAME TEXT * COUNT` (with `\n`, `\0`, `\xff`).
//! Below it stand its output, then `> stderr` with the error output, then `> exit 2` where it is not 0. In expected
//! output a line `…` stands for any lines, and a `…` within a line for anything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut found: Vec<PathBuf> = std::fs::read_dir("tests/cli")
        .map(|entries| entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
        .unwrap_or_default();
    found.sort();
    let trials = found.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Step {
    /// Comments and directives above the command, as they are.
    above: Vec<String>,
    command: String,
    output: Output,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Output {
    stdout: Vec<String>,
    stderr: Vec<String>,
    exit: i32,
}

fn check(path: &Path) -> Result<(), Failed> {
    let session = path.join("session");
    let text = std::fs::read_to_string(&session)?;
    let steps = parse(&text)?;
    let place = tempfile::tempdir()?;
    copy(path, place.path())?;
    let mut wrong = String::new();
    let mut blessed = Vec::new();
    for step in &steps {
        let found = perform(step, place.path())?;
        let fits = step.output.exit == found.exit
            && matches(&step.output.stdout, &found.stdout)
            && matches(&step.output.stderr, &found.stderr);
        if !fits {
            let _ = writeln!(wrong, "$ {}\n{}", step.command, difference(&step.output, &found));
        }
        let output = if fits { step.output.clone() } else { without_times(found) };
        blessed.push(Step { output, ..step.clone() });
    }
    if wrong.is_empty() {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&session, blessed.iter().map(write).collect::<Vec<_>>().join("\n"))?;
        return Ok(());
    }
    Err(format!("{}\n\n{wrong}", session.display()).into())
}

fn parse(text: &str) -> Result<Vec<Step>, Failed> {
    let mut steps: Vec<Step> = Vec::new();
    let mut above = Vec::new();
    let mut in_stderr = false;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                above: std::mem::take(&mut above),
                command: command.into(),
                ..Step::default()
            });
            in_stderr = false;
        } else if ["# ", "> stdin ", "> env ", "> file "].iter().any(|it| line.starts_with(it)) {
            above.push(line.to_string());
        } else if line == "> stderr" {
            in_stderr = true;
        } else if let (Some(exit), Some(step)) = (line.strip_prefix("> exit "), steps.last_mut()) {
            step.output.exit = exit.trim().parse()?;
        } else if let Some(step) = steps.last_mut() {
            let output = if in_stderr { &mut step.output.stderr } else { &mut step.output.stdout };
            output.push(line.to_string());
        }
    }
    for step in &mut steps {
        trim(&mut step.output.stdout);
        trim(&mut step.output.stderr);
    }
    Ok(steps)
}

/// Empty lines between the commands of a session belong to nobody.
fn trim(lines: &mut Vec<String>) {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
}

fn write(step: &Step) -> String {
    let mut out = String::new();
    for line in &step.above {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "$ {}", step.command);
    for line in &step.output.stdout {
        let _ = writeln!(out, "{line}");
    }
    if !step.output.stderr.is_empty() {
        let _ = writeln!(out, "> stderr");
    }
    for line in &step.output.stderr {
        let _ = writeln!(out, "{line}");
    }
    if step.output.exit != 0 {
        let _ = writeln!(out, "> exit {}", step.output.exit);
    }
    out
}

fn perform(step: &Step, place: &Path) -> Result<Output, Failed> {
    let words = words(&step.command);
    let (program, arguments) = words.split_first().ok_or("an empty command")?;
    if program == "cat" {
        let text =
            std::fs::read_to_string(place.join(&arguments[0])).unwrap_or_else(|error| error.to_string());
        return Ok(Output { stdout: lines(text.as_bytes()), ..Output::default() });
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentflow"));
    command.args(arguments).current_dir(place).env_clear().env("HOME", place).env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut input = Vec::new();
    for line in &step.above {
        if let Some(text) = line.strip_prefix("> stdin ") {
            input = unescape(text);
        } else if let Some((name, value)) = line.strip_prefix("> env ").and_then(|it| it.split_once('=')) {
            command.env(name, value);
        } else if let Some(rest) = line.strip_prefix("> file ") {
            let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
            let (text, count) = text.rsplit_once(" * ").unwrap_or((text, "1"));
            std::fs::write(place.join(name), unescape(text).repeat(count.parse()?))?;
        }
    }
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(&input);
    }
    let output = child.wait_with_output()?;
    Ok(Output {
        stdout: lines(&output.stdout),
        stderr: lines(&output.stderr),
        exit: output.status.code().unwrap_or(-1),
    })
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> =
        String::from_utf8_lossy(bytes).lines().map(|line| line.trim_end().into()).collect();
    trim(&mut lines);
    lines
}

/// Words as a shell reads them: quotes of both kinds hold blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (Some(_) | None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match if byte == b'\\' { rest.next() } else { None } {
            None => out.push(byte),
            Some(b'n') => out.push(b'\n'),
            Some(b'0') => out.push(0),
            Some(b'x') => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                out.push(u8::from_str_radix(&String::from_utf8_lossy(&digits), 16).unwrap_or(0));
            }
            Some(other) => out.push(other),
        }
    }
    out
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "session" {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn matches(expected: &[String], found: &[String]) -> bool {
    match (expected.split_first(), found.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "…" => {
            (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]))
        }
        (Some((line, rest)), Some((other, others))) => fits(line, other) && matches(rest, others),
        _ => false,
    }
}

fn fits(expected: &str, found: &str) -> bool {
    match expected.split_once('…') {
        None => expected == found,
        Some((start, rest)) => found.strip_prefix(start).is_some_and(|found| {
            found.char_indices().map(|(at, _)| at).chain([found.len()]).any(|at| fits(rest, &found[at..]))
        }),
    }
}

/// What a clock says is never expected.
fn without_times(mut output: Output) -> Output {
    for line in output.stdout.iter_mut().chain(&mut output.stderr) {
        let words = line.split_inclusive(' ').collect::<Vec<_>>();
        let is_time = |at: usize| {
            let unit = words.get(at + 1).map(|unit| unit.trim_end_matches([' ', ',', '.']));
            matches!(unit, Some("ms" | "s")) && words[at].trim().parse::<f64>().is_ok()
        };
        *line = (0..words.len()).map(|at| if is_time(at) { "… " } else { words[at] }).collect();
    }
    output
}

fn difference(expected: &Output, found: &Output) -> String {
    let mut out = String::new();
    for (what, expected, found) in
        [("stdout", &expected.stdout, &found.stdout), ("stderr", &expected.stderr, &found.stderr)]
    {
        if !matches(expected, found) {
            let _ = writeln!(
                out,
                "--- expected {what}\n{}\n--- found {what}\n{}",
                expected.join("\n"),
                found.join("\n")
            );
        }
    }
    if expected.exit != found.exit {
        let _ = writeln!(out, "--- expected exit {}, found {}", expected.exit, found.exit);
    }
    out
}
