//! What the documents show is true: scripts in them check clean, commands in them exist.
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
use std::path::PathBuf;
use support::files;

fn documents() -> Vec<PathBuf> {
    let mut found = support::walk("docs", "md");
    found
        .extend(["README.md", "CONTRIBUTING.md"].map(PathBuf::from).into_iter().filter(|path| path.exists()));
    found.extend(support::walk("examples", "md"));
    found.extend(["editors/README.md", "editors/vscode/README.md"].map(PathBuf::from));
    found
}

/// The fenced blocks of a document: the line that each begins on, the words behind its fence, its text.
fn blocks(text: &str) -> Vec<(usize, String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(words)) => open = Some((number + 1, words.trim().into(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, _, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn scripts_are_clean() {
    let mut wrong = String::new();
    for path in documents() {
        for (line, words, body) in blocks(&std::fs::read_to_string(&path).unwrap()) {
            if words != "agentflow" {
                continue;
            }
            let checked = support::check(&files::split(&body));
            if !checked.diagnostics.is_empty() {
                let _ = writeln!(wrong, "{}:{line}:\n{}", path.display(), support::rendered(&checked));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn commands_exist() {
    let commands =
        ["check", "fmt", "run", "test", "graph", "new", "explain", "lsp", "help", "--help", "--version"];
    let mut wrong = String::new();
    for path in documents() {
        for (line, words, body) in blocks(&std::fs::read_to_string(&path).unwrap()) {
            if words == "agentflow" {
                continue;
            }
            let calls = body.lines().filter_map(|it| it.trim_start_matches("$ ").strip_prefix("agentflow "));
            for word in calls.filter_map(|call| call.split_whitespace().next()) {
                if !commands.contains(&word) {
                    let _ = writeln!(wrong, "{}:{line}: there is no `agentflow {word}`", path.display());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// From nothing to what is wrong, shown in an editor.
#[test]
fn setting_an_editor_up_takes_five_commands() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (_, behind) = readme.split_once("<!-- editor -->").unwrap();
    let (_, _, commands) = blocks(behind).swap_remove(0);
    assert!(commands.lines().count() <= 5, "{commands}");
    let package = std::fs::read_to_string("editors/vscode/package.json").unwrap();
    assert!(commands.contains("npm run vsix") && package.contains("\"vsix\":"), "{commands}");
}

/// What the walkthrough of the extension has a beginner write is one script, page by page.
#[test]
fn the_walkthrough_is_a_script() {
    let mut script = String::new();
    for page in ["script", "test"] {
        let text = std::fs::read_to_string(format!("editors/vscode/walkthrough/{page}.md")).unwrap();
        script.extend(
            blocks(&text).into_iter().filter(|(_, words, _)| words == "agentflow").map(|it| it.2 + "\n"),
        );
    }
    assert!(script.contains("workflow") && script.contains("test "), "{script}");
    let checked = support::check(&files::split(&script));
    assert!(checked.diagnostics.is_empty(), "{}", support::rendered(&checked));
}
