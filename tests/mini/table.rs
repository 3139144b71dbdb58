#![allow(clippy::disallowed_methods, reason = "a test reads its tables")]

use std::path::Path;

/// Runs a table: a file of lines `input => output`, or of cases `=== name`, input, `---`, output. `BLESS=1` writes what
/// was found in place of what was expected; comments (`#` in the first column) and empty lines stay.
pub fn check_table(path: &str, run: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/eval").join(path);
    let before = std::fs::read_to_string(&path).unwrap();
    let after = if before.contains("\n---\n") { blocks(&before, &run) } else { lines(&before, &run) };
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &after).unwrap();
    } else if before != after {
        let wrong: Vec<String> = before
            .lines()
            .zip(after.lines())
            .filter(|(before, after)| before != after)
            .take(10)
            .map(|(before, after)| format!("expected {before}\n   found {after}"))
            .collect();
        panic!("{} does not hold\n{}", path.display(), wrong.join("\n"));
    }
}

fn lines(text: &str, run: &impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            out.push_str(line);
        } else {
            let input = line.split_once("  => ").map_or(line, |(input, _)| input).trim_end();
            out.push_str(&format!("{input}  => {}", run(input)));
        }
        out.push('\n');
    }
    out
}

fn blocks(text: &str, run: &impl Fn(&str) -> String) -> String {
    let mut parts = text.split("=== ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('\n').unwrap();
        let (input, _) = rest.split_once("\n---\n").unwrap_or_else(|| panic!("no output in {name}"));
        out.push_str(&format!("=== {name}\n{input}\n---\n{}\n\n", run(input)));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
