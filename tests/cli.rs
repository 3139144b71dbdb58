//! What the program answers: each directory under `tests/cli` holds files and a `session` of commands with their
//! outputs. `BLESS=1` rewrites what differs.
//!
//! A session is lines: `$ agentflow check a.agentflow` runs a command in a copy of the directory, `$ cat a` shows a file.
//! Above a command may stand `> stdin TEXT`, `> env NAME=VALUE` and `> file NAME TEXT * COUNT ++ TEXT` (with `\n`, `\0`,
//! `\xff`);
//! `> interrupt MS` presses Ctrl-C after a while; `> serve …` writes an `agentflow.toml` whose only model is an endpoint that
//! answers so (see `Endpoint`).
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
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

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
        } else if ["# ", "> stdin ", "> env ", "> file ", "> serve ", "> interrupt "]
            .iter()
            .any(|it| line.starts_with(it))
        {
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
    let mut endpoint = None;
    let mut interrupt = None;
    for line in &step.above {
        if let Some(text) = line.strip_prefix("> stdin ") {
            input = unescape(text);
        } else if let Some((name, value)) = line.strip_prefix("> env ").and_then(|it| it.split_once('=')) {
            command.env(name, value);
        } else if let Some(rest) = line.strip_prefix("> file ") {
            let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
            let mut bytes = Vec::new();
            for part in text.split(" ++ ") {
                let (text, count) = part.rsplit_once(" * ").unwrap_or((part, "1"));
                bytes.extend(unescape(text).repeat(count.parse()?));
            }
            std::fs::write(place.join(name), bytes)?;
        } else if let Some(what) = line.strip_prefix("> serve ") {
            let started = Endpoint::start(what)?;
            std::fs::write(place.join("agentflow.toml"), started.configuration())?;
            endpoint = Some(started);
        } else if let Some(after) = line.strip_prefix("> interrupt ") {
            interrupt = Some(Duration::from_millis(after.trim().parse()?));
        }
    }
    let mut child = command.spawn()?;
    if let Some(after) = interrupt {
        std::thread::sleep(after);
        Command::new("kill").args(["-INT", &child.id().to_string()]).status()?;
    }
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(&input);
    }
    let output = child.wait_with_output()?;
    let shown = |bytes: &[u8]| {
        let lines = lines(bytes).into_iter();
        let lines = lines.map(|line| line.replace(&*place.to_string_lossy(), "DIR"));
        lines.map(|line| endpoint.as_ref().map_or(line.clone(), |it| it.without_port(&line))).collect()
    };
    Ok(Output {
        stdout: shown(&output.stdout),
        stderr: shown(&output.stderr),
        exit: output.status.code().unwrap_or(-1),
    })
}

/// A model that answers everybody the same: `200 application/json {…}` is a status, a content type and a body, `raw …` are
/// the bytes themselves, `hang` is silence, `refuse` a port at which nobody listens.
struct Endpoint {
    port: u16,
}

impl Endpoint {
    fn start(what: &str) -> Result<Self, Failed> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let answer = match what.split_once(' ') {
            Some(("raw", bytes)) => unescape(bytes),
            Some((status, rest)) => {
                let (kind, body) = rest.split_once(' ').unwrap_or((rest, ""));
                let length = body.len();
                format!("HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into()
            }
            None => Vec::new(),
        };
        let hangs = what == "hang";
        if what != "refuse" {
            std::thread::spawn(move || {
                let mut silent = Vec::new();
                for mut stream in listener.incoming().flatten() {
                    if hangs {
                        silent.push(stream);
                    } else if read_request(&mut stream).is_ok() {
                        let _ = stream.write_all(&answer);
                    }
                }
            });
        }
        Ok(Self { port })
    }

    fn configuration(&self) -> String {
        format!(
            "[tiers]\n1 = [\"here:model\"]\n[router]\npause = \"10ms\"\nmax_wait = \"300ms\"\n\
             [providers.here]\ndialect = \"openai-chat\"\nbase_url = \"http://127.0.0.1:{}/v1\"\n",
            self.port
        )
    }

    fn without_port(&self, line: &str) -> String {
        line.replace(&format!(":{}", self.port), ":PORT")
    }
}

/// Reads a request to its end, so that nobody is cut off while speaking.
fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(());
            }
        }
        match stream.read(&mut piece)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend(&piece[..count]),
        }
    }
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
            Some(b'r') => out.push(b'\r'),
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
            let unit = words.get(at + 1).map(|unit| unit.trim_end_matches([' ', ',', '.', ':']));
            matches!(unit, Some("ms" | "s")) && words[at].trim().parse::<f64>().is_ok()
        };
        let mut out = String::new();
        for (at, word) in words.iter().enumerate() {
            if is_time(at) {
                // A column of times is as wide as they are.
                let is_column = out.ends_with("  ");
                out.truncate(if is_column { out.trim_end().len() } else { out.len() });
                out.push('…');
            } else if at > 0 && is_time(at - 1) {
                out.push_str(word.trim_start_matches(['m', 's']));
            } else {
                out.push_str(word);
            }
        }
        *line = out;
        for (before, end) in [("\"run\":\"", '"'), ("_ms\":", ','), ("_ms\":", '}'), ("\"at\":", ',')] {
            *line = without_value(line, before, end);
        }
    }
    output
}

/// A line of JSON without what stands behind these words: ids and times.
fn without_value(line: &str, before: &str, end: char) -> String {
    let mut parts = line.split(before);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let value = part.find([end, ',', '}']).filter(|at| part[*at..].starts_with(end));
        let value = value.filter(|at| !part[..*at].is_empty());
        out.push_str(before);
        out.push_str(&value.map_or_else(|| part.to_string(), |at| format!("…{}", &part[at..])));
    }
    out
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
