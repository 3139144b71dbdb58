//! Templates and lessons: clean, their tests pass, and they run to the end without a model for any seed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What `--no-llm` is tried with.
const SEEDS: std::ops::RangeInclusive<u32> = 1..=10;

fn agentflow(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agentflow"));
    command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").stdin(std::process::Stdio::null());
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The scripts that are run: those directly in the two directories, which hold modules below them.
fn scripts() -> Vec<PathBuf> {
    let of = |root: &str| {
        let mut found = support::walk(root, "agentflow");
        found.retain(|path| path.parent() == Some(Path::new(root)));
        found
    };
    [of("examples/templates"), of("examples/lessons")].concat()
}

/// The arguments that a script is tried with: the sample input of a template; lessons have defaults.
fn input(script: &Path) -> Option<PathBuf> {
    let name = script.file_stem()?.to_string_lossy().into_owned() + ".json";
    Some(script.parent()?.join("inputs").join(name)).filter(|path| path.exists())
}

#[test]
fn there_are_six_templates_and_a_dozen_lessons() {
    let count = |root: &str| scripts().iter().filter(|path| path.starts_with(root)).count();
    assert_eq!(count("examples/templates"), 6);
    assert!(count("examples/lessons") >= 12);
    for template in scripts().iter().filter(|path| path.starts_with("examples/templates")) {
        assert!(input(template).is_some(), "{} has no sample input", template.display());
    }
}

#[test]
fn they_are_clean() {
    let output = agentflow(&["check", "--deny", "warnings", "examples", "stdlib"]);
    assert!(output.status.success(), "\n{}", said(&output));
}

#[test]
fn their_tests_pass() {
    let output = agentflow(&["test", "examples"]);
    assert!(output.status.success(), "\n{}", said(&output));
}

#[test]
fn they_run_to_the_end_without_a_model() {
    let mut wrong = String::new();
    for script in scripts() {
        for seed in SEEDS {
            let (path, seed) = (script.display().to_string(), seed.to_string());
            let mut arguments = vec!["run", &path, "--no-llm", "--json", "--quiet", "--seed", &seed];
            let input = input(&script).map(|input| input.display().to_string());
            arguments.extend(input.iter().flat_map(|input| ["--input", input.as_str()]));
            let output = agentflow(&arguments);
            let json: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
            let status = json.as_ref().and_then(|it| it["status"].as_str()).unwrap_or("nothing");
            if !output.status.success() || status != "succeeded" {
                let error = json.as_ref().map_or(String::new(), |it| it["error"].to_string());
                let said = String::from_utf8_lossy(&output.stderr);
                let _ = writeln!(wrong, "{path} with seed {seed}: {status} {error} {said}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_simulated_run_is_the_same_twice() {
    for script in scripts() {
        let path = script.display().to_string();
        let mut arguments = vec!["run", &path, "--no-llm", "--json", "--quiet"];
        let input = input(&script).map(|input| input.display().to_string());
        arguments.extend(input.iter().flat_map(|input| ["--input", input.as_str()]));
        let run = || without_times(&String::from_utf8(agentflow(&arguments).stdout).unwrap());
        let (first, second) = (run(), run());
        assert!(first.contains(r#""simulated":true"#), "{path}: {first}");
        assert_eq!(first, second, "{path}");
    }
}

#[test]
fn the_first_command_of_the_readme_is_the_same_twice() {
    let arguments = ["run", "examples/templates/code_review.agentflow", "--code", "@src/main.rs", "--no-llm"];
    let run = || String::from_utf8(agentflow(&arguments).stdout).unwrap();
    assert_eq!(run(), run());
}

/// The bytes of a report without the id of the run and what a clock said.
fn without_times(report: &str) -> String {
    let mut out = String::new();
    for (at, part) in report.split("_ms\":").enumerate() {
        let part = if at == 0 { part } else { part.trim_start_matches(|it: char| it.is_ascii_digit()) };
        out.push_str(part);
        out.push_str("_ms:");
    }
    let (before, rest) = out.split_once("\"run\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before}{after}")
}
