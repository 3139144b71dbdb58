//! Every script under `tests/cases` gives exactly the diagnostics that its notes name, errors and warnings alike.
//! `BLESS=1` rewrites the notes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use support::{files, notes};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = support::walk("tests/cases", "agentflow").into_iter().map(|path| {
        let name = path.strip_prefix("tests/cases").unwrap_or(&path).with_extension("");
        Trial::test(name.to_string_lossy().replace('\\', "/"), move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn check(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let expected = notes::read(&text)?;
    let checked = support::check(&notes::without_notes(files::split(&text)));
    let found: Vec<_> = checked.diagnostics.iter().map(|it| notes::of(it, &checked.sources)).collect();
    let (missing, extra) = notes::difference(&expected, &found);
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, notes::bless(&text, &checked.diagnostics, &checked.sources))?;
        return Ok(());
    }
    let mut out = format!("{}\n", path.display());
    for note in &missing {
        let _ = writeln!(out, "  expected, not found: {}", notes::write(note));
    }
    for note in &extra {
        let _ = writeln!(out, "  found, not expected: {}", notes::write(note));
    }
    let _ = write!(out, "\n{}", support::rendered(&checked));
    Err(out.into())
}
