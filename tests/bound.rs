//! Worst-case calls (L10.1), on workflows that are written as scripts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod mini;

use agentflow::base::Source;
use agentflow::diag::Severity;
use agentflow::diag::render::{Look, human};
use agentflow::engine::bound::{CallBound, call_bound};
use agentflow::engine::eval::{Requires, fit};
use agentflow::language::hir::{MemoryWorld, ModuleId};
use agentflow::language::{compile, lower};
use agentflow::plan::{Plan, WorkflowId};

fn planned(script: &str) -> Plan {
    let world = MemoryWorld::default().with("script.agentflow", script);
    let compiled = compile(&world, &["script.agentflow".to_owned()]);
    let errors: Vec<_> =
        compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error).cloned().collect();
    let sources = [Source::new("script.agentflow", script)];
    assert!(errors.is_empty(), "{}", human(&errors, &sources, Look::Plain));
    lower::lower(&compiled.program, &compiled.checked, ModuleId(0))
}

fn shown(bound: &CallBound) -> String {
    if bound.follows.is_empty() {
        bound.calls.to_string()
    } else {
        format!("follows from {}", bound.follows.join(", "))
    }
}

/// A script, after which `with NAME = JSON` lines may give the parameters of its last workflow.
#[test]
fn calls_are_bounded_before_anything_runs() {
    mini::check_table("calls.txt", |input| {
        let (script, given): (Vec<&str>, Vec<&str>) =
            input.lines().partition(|line| !line.starts_with("with "));
        let plan = planned(&script.join("\n"));
        let workflow = plan.workflows.iter().position(|it| it.name == "flow").expect("a workflow `flow`");
        let id = WorkflowId(u32::try_from(workflow).unwrap());
        let params = &plan.workflows[workflow].params;
        let args: Vec<_> = given
            .iter()
            .zip(params)
            .map(|(line, param)| {
                let (_, json) = line.split_once(" = ").unwrap();
                fit(&plan, &serde_json::from_str(json).unwrap(), &param.ty, Requires::Checked).unwrap()
            })
            .collect();
        shown(&call_bound(&plan, id, (!args.is_empty()).then_some(args.as_slice())))
    });
}
