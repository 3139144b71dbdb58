//! Properties of generated programs: a well-typed program is accepted, becomes a plan that survives its serialised form,
//! and never meets a type fault at run time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::format_push_string,
    reason = "a test may fail loudly"
)]

#[path = "support/programs.rs"]
mod programs;

use agentflow::diag::Severity;
use agentflow::language::{self, hir::MemoryWorld, hir::ModuleId};
use agentflow::plan::Plan;
use proptest::prelude::*;

fn tape() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(0_u16..720, 0..160)
}

/// The plan of a generated program; panics with the program where the checker refuses it.
fn plan_of(program: &str) -> Plan {
    let world = MemoryWorld::default().with("main.agentflow", program);
    let compiled = language::compile(&world, &["main.agentflow".to_owned()]);
    let errors: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| {
            let source = &compiled.program.sources[found.place.file.0 as usize];
            let at = source.line_column(found.place.span.start);
            format!("{}:{} {} {}", at.line, at.column, found.code, found.message)
        })
        .collect();
    let numbered: Vec<String> =
        program.lines().enumerate().map(|(n, line)| format!("{:3} {line}", n + 1)).collect();
    assert!(errors.is_empty(), "refused:\n{}\n\n{}", errors.join("\n"), numbered.join("\n"));
    language::lower::lower(&compiled.program, &compiled.checked, ModuleId(0))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_survives_its_serialised_form(tape in tape()) {
        let plan = plan_of(&programs::program(&tape));
        let text = serde_json::to_string(&plan).unwrap();
        let again: Plan = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&plan, &again);
        prop_assert_eq!(plan.hash(), again.hash());
    }
}
