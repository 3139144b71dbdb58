//! What a person sees on a terminal, which `script` plays here; where there is no `script` it says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::process::{Command, Stdio};

/// What a command writes to a terminal, what moves included, without colours.
fn on_a_terminal(command: &str) -> Option<String> {
    let line = format!("{} {command}", env!("CARGO_BIN_EXE_agentflow"));
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        println!("SKIPPED: there is no `script`");
        return None;
    };
    Some(plain(&String::from_utf8_lossy(&output.stdout)))
}

/// Without escape sequences and carriage returns.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => while letters.next().is_some_and(|it| !it.is_ascii_alphabetic()) {},
            '\r' => {}
            letter => out.push(letter),
        }
    }
    out
}

fn place(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("`{part}` is not in\n{text}"))
}

#[test]
fn steps_that_run_side_by_side_stand_in_a_fence() {
    let command = "run examples/templates/code_review.agentflow --code @src/main.rs --no-llm";
    let Some(text) = on_a_terminal(command) else { return };
    let ended = ["│ ✓ structure", "│ ✓ quality"].map(|part| place(&text, part));
    let parts = ["✓ outline", "┌ parallel", "└", "✓ summary", "✓ succeeded"];
    let [outline, open, close, summary, succeeded] = parts.map(|part| place(&text, part));
    assert!(outline < open && open < ended[0].min(ended[1]), "{text}");
    assert!(ended[0].max(ended[1]) < close && close < summary && summary < succeeded, "{text}");
    // The columns stand below each other, inside and outside of the fence.
    let column = |part: &str| {
        let line = &text[place(&text, part)..];
        line[..place(line, "  t")].chars().count()
    };
    assert_eq!(column("✓ outline"), column("│ ✓ structure"));
}

#[test]
fn items_of_a_fan_out_stand_in_a_fence() {
    let Some(text) = on_a_terminal("run examples/lessons/15-parallel-for.agentflow --no-llm") else { return };
    let (open, close) = (place(&text, "┌ parallel for"), place(&text, "└"));
    assert_eq!(text[open..close].matches("│ ✓ reading[").count(), 3, "{text}");
}

#[test]
fn a_line_that_stays_ends_where_its_text_ends() {
    let Some(text) = on_a_terminal("run examples/lessons/15-parallel-for.agentflow --no-llm") else { return };
    // What moved before it stands on the same line here; what stays is behind its sign.
    let staying = |line: &str| line.rfind(['✓', '└', '┌']).map(|at| line[at..].to_string());
    let lines: Vec<String> = text.lines().filter_map(staying).collect();
    assert!(lines.len() > 5, "{text}");
    let padded: Vec<&String> = lines.iter().filter(|line| line.ends_with(' ')).collect();
    assert!(padded.is_empty(), "the next line would stand behind these on a wider terminal: {padded:#?}");
    assert!(text.contains("\n✓ succeeded"), "{text}");
}

#[test]
fn a_terminal_has_colours_unless_nobody_wants_them() {
    let line = |extra: &str| {
        on_a_terminal(&format!("check tests/cli/check-formats/slips.agentflow --quiet {extra}"))
    };
    let (Some(plain), Some(coloured)) = (line("--color never"), line("--color always")) else { return };
    assert_eq!(plain, coloured, "the words are the same");
}
