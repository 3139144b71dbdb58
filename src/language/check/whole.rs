use super::{Checked, bounds, lints};
use crate::base::Span;
use crate::diag::{Code, Diagnostic};
use crate::language::hir::{CallableId, Program};
use std::sync::Arc;

/// What is to be said about modules together, once each of them is checked: workflows that come back to themselves (L3.4),
/// fan-outs without a maximum from workflow to workflow (L4.7), and what is declared and never used (L4.15). `known` is
/// what was found before.
pub fn check_program(program: &Program, checked: &[Arc<Checked>], known: &[Diagnostic]) -> Vec<Diagnostic> {
    let circles = program.effects.circles();
    let mut found: Vec<Diagnostic> = circles.iter().filter_map(|circle| recursion(program, circle)).collect();
    found.extend(bounds::check(program, checked));
    found.extend(lints::declarations(program, checked, known));
    found
}

fn recursion(program: &Program, circle: &[(CallableId, Span)]) -> Option<Diagnostic> {
    let (first, span) = circle.first()?;
    let name = |id: &CallableId| program.callable(*id).map(|it| it.name.to_string()).unwrap_or_default();
    let file = program.callable(*first)?.file;
    // Over several files the circle of imports was reported already.
    if circle.iter().any(|(id, _)| program.callable(*id).is_some_and(|it| it.file != file)) {
        return None;
    }
    let names: Vec<String> = circle.iter().map(|(id, _)| format!("`{}`", name(id))).collect();
    let message = match names.as_slice() {
        [one] => format!("{one} calls itself, so it might never end"),
        all => format!("{} call each other in a circle, so they might never end", join(all)),
    };
    let mut report = Diagnostic::new(Code::WorkflowCircle, file, *span, message);
    for (at, (id, span)) in circle.iter().enumerate() {
        let next = circle.get(at + 1).map_or(*first, |(id, _)| *id);
        let file = program.callable(*id)?.file;
        let says = format!("`{}` calls `{}`", name(id), name(&next));
        report = if at == 0 { report.here(says) } else { report.label(file, *span, says) };
    }
    Some(
        report.help(
            "every run ends: repeat with a `loop`, which has a maximum, or go through a list with `for`",
        ),
    )
}

fn join(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        all => all.join(""),
    }
}
