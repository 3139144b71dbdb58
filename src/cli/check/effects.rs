use crate::cli::reach::{DEFAULT_TIER, effect, reach, summary, tools};
use crate::diag::render::{Look, Style};
use crate::plan::Plan;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What the workflows of a script may ask and touch: those that no other calls, with everything below them.
pub(super) fn effects(plan: &Plan, look: Look) -> String {
    let mut out = String::new();
    for workflow in plan.workflows.iter().filter(|workflow| workflow.local && !workflow.called) {
        let _ = writeln!(out, "{}  {}", look.paint(Style::Bold, &workflow.name), summary(plan, workflow));
        let reach = reach(plan, workflow, DEFAULT_TIER);
        for (tool, steps) in tools(plan, &reach) {
            let steps: BTreeSet<&str> = steps.iter().map(String::as_str).collect();
            let steps = steps.into_iter().collect::<Vec<_>>().join(", ");
            let _ =
                writeln!(out, "  {:<16} {:<16} {}", effect(tool), tool.name, look.paint(Style::Dim, &steps));
        }
        for step in &reach.asks {
            let _ = writeln!(out, "  {:<16} {:<16} {}", "asks a person", "", look.paint(Style::Dim, step));
        }
    }
    out
}
