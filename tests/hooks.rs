//! The hooks for pre-commit do what they say: each is run as `.pre-commit-hooks.yaml` has it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test may fail loudly")]

use std::path::Path;
use std::process::{Command, Output};

/// The words of a hook's command: its entry and its arguments.
fn command_of(id: &str) -> Vec<String> {
    let hooks = std::fs::read_to_string(".pre-commit-hooks.yaml").unwrap();
    let hook = hooks.split("- id: ").find(|hook| hook.lines().next() == Some(id)).unwrap();
    let value = |key: &str| hook.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap_or_default();
    let args = value("args:").trim().trim_start_matches('[').trim_end_matches(']');
    let args = args.split(',').map(str::trim).filter(|arg| !arg.is_empty());
    value("entry:").split_whitespace().chain(args).map(str::to_owned).collect()
}

/// Runs a hook over scripts, as pre-commit does: the files stand behind its words.
fn run(id: &str, place: &Path, files: &[&str]) -> Output {
    let command = command_of(id);
    let (program, words) = command.split_first().unwrap();
    assert_eq!(program, "agentflow");
    let mut hook = Command::new(env!("CARGO_BIN_EXE_agentflow"));
    hook.args(words).args(files).current_dir(place).output().unwrap()
}

const CLEAN: &str = "agent writer() -> text { prompt \"x\" }\n\nworkflow note() -> text {\n  step a = writer()\n  return a\n}\n";

/// A project with a clean script, one that imports it, one with a slip, and one that is not formatted.
fn project() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    write("clean.agentflow", CLEAN);
    write(
        "importing.agentflow",
        &format!("use \"clean.agentflow\" {{ writer as other }}\n\n{CLEAN}").replace("= writer", "= other"),
    );
    write("broken.agentflow", &CLEAN.replace("= writer", "= writr"));
    write("wide.agentflow", &CLEAN.replace("step a =", "step   a   ="));
    place
}

#[test]
fn a_commit_with_a_slip_is_refused() {
    let place = project();
    let clean = run("agentflow-check", place.path(), &["clean.agentflow", "wide.agentflow"]);
    assert!(clean.status.success() && clean.stdout.is_empty(), "{clean:?}");
    let broken = run("agentflow-check", place.path(), &["clean.agentflow", "broken.agentflow"]);
    assert_eq!(broken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&broken.stdout).contains("AF0302"), "{broken:?}");
}

#[test]
fn scripts_of_a_commit_are_formatted() {
    let place = project();
    let text = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap();
    let before = text("broken.agentflow");
    let found = run("agentflow-fmt", place.path(), &["clean.agentflow", "wide.agentflow"]);
    assert!(found.status.success(), "{found:?}");
    assert_eq!((text("clean.agentflow").as_str(), text("wide.agentflow").as_str()), (CLEAN, CLEAN));
    assert_eq!(text("broken.agentflow"), before, "what is not in the commit is left alone");
}
