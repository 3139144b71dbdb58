//! What each statement waits for (L4.3, L4.5, L4.12): `tests/waits/*.agentflow`, where a line `//= told: draft, #save` says
//! that `told` waits for the value `draft` and for all of `save`. `BLESS=1` rewrites these lines.

#![allow(clippy::disallowed_methods, reason = "a test reads its data")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use agentflow::diag::Severity;
use agentflow::language::hir::{MemoryWorld, ModuleId};
use agentflow::language::{compile, lower};
use agentflow::plan::{NodeKind, Wait, Workflow};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn statements_wait_for_what_the_page_says() {
    let mut wrong = String::new();
    for path in support::walk("tests/waits", "agentflow") {
        check(&path, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn check(path: &Path, wrong: &mut String) {
    let text = std::fs::read_to_string(path).unwrap();
    let script: String = text
        .lines()
        .filter(|line| !line.starts_with("//="))
        .fold(String::new(), |out, line| out + line + "\n");
    let found = waits(&script);
    let expected: Vec<&str> = text.lines().filter(|line| line.starts_with("//=")).collect();
    if found == expected {
        return;
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{}\n{}\n", script.trim_end(), found.join("\n"))).unwrap();
        return;
    }
    let _ = writeln!(wrong, "{}", path.display());
    for line in found.iter().filter(|line| !expected.contains(&line.as_str())) {
        let _ = writeln!(wrong, "  found, not expected: {line}");
    }
    for line in expected.iter().filter(|line| !found.iter().any(|found| found == *line)) {
        let _ = writeln!(wrong, "  expected, not found: {line}");
    }
}

fn waits(script: &str) -> Vec<String> {
    let world = MemoryWorld::default().with("main.agentflow", script);
    let compiled = compile(&world, &["main.agentflow".to_string()]);
    let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|it| format!("{} {}", it.code, it.message)).collect();
    assert!(errors.is_empty(), "a script about waiting has no errors: {}", errors.join("\n"));
    let plan = lower::lower(&compiled.program, &compiled.checked, ModuleId(0));
    plan.workflows.iter().filter(|workflow| workflow.local).flat_map(of_workflow).collect()
}

fn of_workflow(workflow: &Workflow) -> Vec<String> {
    let say = |wait: &Wait| match wait {
        Wait::Var(var) => workflow.vars[var.index()].name.to_string(),
        Wait::Node(node) => format!("#{}", workflow.nodes[node.index()].name),
    };
    let mut lines = Vec::new();
    for node in &workflow.nodes {
        let waits: Vec<String> = node.waits.iter().map(say).collect();
        if !waits.is_empty() {
            lines.push(format!("//= {}: {}", node.name, waits.join(", ")));
        }
        if let NodeKind::Each(each) = &node.kind
            && let Some((_, waits)) = &each.give
            && !waits.is_empty()
        {
            let waits: Vec<String> = waits.iter().map(say).collect();
            lines.push(format!("//= {} gives: {}", node.name, waits.join(", ")));
        }
    }
    lines
}
