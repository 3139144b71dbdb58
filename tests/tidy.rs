//! The house rules that a compiler does not check: which module may import which, how long files and functions are, and
//! what may not stand in the source.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The table of `docs/architecture.md`: a module and what it stands on, directly or not.
const STANDS_ON: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("diag", &["base"]),
    ("plan", &["base"]),
    ("language::syntax", &["base", "diag"]),
    ("language::hir", &["base", "diag", "plan", "language::syntax"]),
    ("language::check", &["base", "diag", "plan", "language::syntax", "language::hir"]),
    ("language::lower", &["base", "diag", "plan", "language::syntax", "language::hir", "language::check"]),
    (
        "language::ide",
        &[
            "base",
            "diag",
            "plan",
            "language",
            "language::syntax",
            "language::hir",
            "language::check",
            "language::lower",
        ],
    ),
    ("engine::eval", &["base", "plan"]),
    ("engine::bound", &["base", "plan", "engine::eval"]),
    ("engine::effect", &["base", "plan", "engine::eval", "engine::machine"]),
    ("engine::machine", &["base", "plan", "engine::eval", "engine::bound", "engine::effect"]),
    (
        "engine::driver",
        &["base", "plan", "engine::eval", "engine::bound", "engine::effect", "engine::machine"],
    ),
    ("engine::sim", &["base", "plan", "engine::eval", "engine::bound", "engine::effect", "engine::machine"]),
    ("models::providers", &["base", "plan", "engine::eval", "engine::effect"]),
    ("models::router", &["base", "plan", "engine::eval", "engine::effect", "models::providers"]),
    (
        "host",
        &[
            "base",
            "diag",
            "plan",
            "language",
            "language::syntax",
            "language::hir",
            "language::lower",
            "engine::eval",
            "engine::bound",
            "engine::effect",
            "models",
            "models::providers",
            "models::router",
        ],
    ),
    (
        "lsp",
        &[
            "base",
            "diag",
            "plan",
            "language",
            "language::syntax",
            "language::hir",
            "language::check",
            "language::lower",
            "language::ide",
            "engine::eval",
            "engine::bound",
            "engine::sim",
            "host",
        ],
    ),
];

/// The longest file, in lines.
const FILE_LINES: usize = 800;
/// The longest function, in lines.
const FUNCTION_LINES: usize = 80;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let name = |path: &Path| path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
    rust_files(&src).iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The module of the table that a file or an import belongs to.
fn module_of(parts: &[&str]) -> Option<String> {
    let two = parts.iter().take(2).copied().collect::<Vec<_>>().join("::");
    let one = parts.first().copied().unwrap_or_default().to_owned();
    let known = |name: &str| STANDS_ON.iter().any(|(module, _)| *module == name);
    [two, one].into_iter().find(|name| known(name))
}

/// The `crate::…` paths that a source names, as their first two segments.
fn imports(text: &str) -> BTreeSet<Vec<String>> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let path: String =
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
        let parts: Vec<String> =
            path.split("::").filter(|part| !part.is_empty()).take(2).map(str::to_owned).collect();
        found.insert(parts);
    }
    found
}

#[test]
fn imports_point_down_the_table() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let parts: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
        let Some(own) = module_of(&parts) else { continue };
        let (_, allowed) = STANDS_ON.iter().find(|(module, _)| *module == own).unwrap();
        for import in imports(&text) {
            let names: Vec<&str> = import.iter().map(String::as_str).collect();
            let Some(target) = module_of(&names) else {
                if ["cli", "lsp", "server", "remote"].contains(names.first().unwrap_or(&"")) {
                    wrong.push(format!("{file}: imports {}", names.join("::")));
                }
                continue;
            };
            if target != own && !allowed.contains(&target.as_str()) {
                wrong.push(format!("{file}: `{own}` may not import `{target}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_its_room() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES)
        .map(|(file, lines)| format!("{file}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files over {FILE_LINES} lines:\n{}", long.join("\n"));
}

/// The functions of a source with their lengths, found by the indentation of their closing brace.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let head = ["pub ", "pub(super) ", "pub(crate) ", "async ", "const "]
            .iter()
            .fold(trimmed, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        if !head.starts_with("fn ") {
            continue;
        }
        let indent = &line[..line.len() - trimmed.len()];
        let close = format!("{indent}}}");
        let one_line = line.ends_with('}') || line.ends_with(';');
        let end = if one_line { Some(0) } else { lines[at..].iter().position(|line| *line == close) };
        found.push((trimmed.trim_end_matches('{').trim().to_owned(), end.unwrap_or(0) + 1));
    }
    found
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    let mut lengths = Vec::new();
    for (file, text) in sources() {
        for (name, lines) in functions(&text) {
            lengths.push(lines);
            if lines > FUNCTION_LINES {
                long.push(format!("{file}: {lines} lines: {name}"));
            }
        }
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    println!("{} functions, median {median} lines, longest {:?}", lengths.len(), lengths.last());
    assert!(long.is_empty(), "functions over {FUNCTION_LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_open() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), "unimplemented!(", "todo!("];
    let mut open = Vec::new();
    for (file, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                open.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(open.is_empty(), "left open:\n{}", open.join("\n"));
}

#[test]
fn modules_are_facades() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if file.ends_with("/mod.rs") && !text.trim_start().starts_with("//!") {
            wrong.push(format!("{file}: says nothing about the module"));
        }
        if text.lines().any(|line| line.starts_with("use ") && line.ends_with("::*;")) {
            wrong.push(format!("{file}: imports everything of a module"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_syntax_knows_pest() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|(file, _)| !file.starts_with("language/syntax/"))
        .filter(|(_, text)| text.contains("pest::") || text.contains("use pest"))
        .map(|(file, _)| file.clone())
        .collect();
    assert!(wrong.is_empty(), "pest outside language/syntax: {wrong:?}");
}
