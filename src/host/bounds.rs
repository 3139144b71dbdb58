//! Scripts with the bound of their calls (L10.1), which needs a plan and the project's `[limits]`.

use crate::base::{parallel_map, thousands};
use crate::diag::{Code, Diagnostic, Severity, in_page_order};
use crate::engine::bound::{CallBound, Factor, FactorKind, call_bound, call_bounds};
use crate::engine::eval::Value;
use crate::language::hir::{ModuleId, World};
use crate::language::lower::lower_modules;
use crate::language::{Compiled, compile};
use crate::plan::{Call, NodeKind, Plan, Workflow, WorkflowId};
use std::collections::BTreeSet;

/// How many parts a project is counted in, side by side.
const PARTS: usize = 8;

/// Checks scripts as [`compile`] does, and then that no workflow can make more calls than `allowed` gives for its file.
///
/// What has errors, or uses what has, is not counted.
pub fn check(world: &dyn World, entries: &[String], allowed: &dyn Fn(&str) -> u64) -> Compiled {
    let mut compiled = compile(world, entries);
    let unclear = unclear_modules(&compiled, allowed);
    let parts: Vec<&[ModuleId]> = unclear.chunks(unclear.len().div_ceil(PARTS).max(1)).collect();
    let counted = parallel_map(&parts, |_, part| {
        let plan = lower_modules(&compiled.program, &compiled.checked, part);
        let bounds = call_bounds(&plan);
        (plan, bounds)
    });
    let allowed = |workflow: &Workflow| {
        let source = compiled.program.sources.get(workflow.place.file.0 as usize);
        allowed(source.map_or("", |source| &source.name))
    };
    for (plan, bounds) in &counted {
        compiled.diagnostics.extend(too_many_calls(plan, bounds, &allowed));
    }
    in_page_order(&mut compiled.diagnostics);
    compiled
}

/// Modules without errors whose workflows are not seen at a glance to stay below what is allowed.
fn unclear_modules(compiled: &Compiled, allowed: &dyn Fn(&str) -> u64) -> Vec<ModuleId> {
    let program = &compiled.program;
    let glance = compiled.calls_at_a_glance();
    let over = glance.iter().filter_map(|(id, calls)| {
        let callable = program.callable(*id)?;
        let source = program.sources.get(callable.file.0 as usize);
        (*calls > allowed(source.map_or("", |source| &source.name))).then_some(callable.module)
    });
    let over: BTreeSet<ModuleId> = over.collect();
    if over.is_empty() {
        return Vec::new();
    }
    sound_modules(compiled).into_iter().filter(|id| over.contains(id)).collect()
}

/// Modules without an error in them or in what they use.
fn sound_modules(compiled: &Compiled) -> Vec<ModuleId> {
    let modules = &compiled.program.modules;
    let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let files: BTreeSet<_> = errors.map(|it| it.place.file).collect();
    let is_broken = |module: &crate::language::hir::Module| {
        files.contains(&module.file) || module.prompt_files.values().any(|(file, _)| files.contains(file))
    };
    let mut broken: Vec<bool> = modules.iter().map(is_broken).collect();
    loop {
        let is_broken = |id: &ModuleId| broken.get(id.0 as usize).copied().unwrap_or(true);
        let users = modules.iter().map(|module| module.uses.iter().flatten().any(is_broken));
        let spread: Vec<bool> = broken.iter().zip(users).map(|(own, used)| *own || used).collect();
        if spread == broken {
            break;
        }
        broken = spread;
    }
    let ids = (0..).map(ModuleId).zip(modules.iter().zip(broken));
    ids.filter(|(_, (module, broken))| !broken && !module.is_std()).map(|(id, _)| id).collect()
}

/// The workflows of a plan that can make too many calls; of those that call each other, the innermost.
///
/// A workflow may be in several plans, and says the same in each.
fn too_many_calls(plan: &Plan, bounds: &[CallBound], allowed: &dyn Fn(&Workflow) -> u64) -> Vec<Diagnostic> {
    let over = |id: WorkflowId| {
        let (workflow, bound) = (plan.workflow(id)?, bounds.get(id.index())?);
        let allowed = allowed(workflow);
        (bound.calls > allowed).then_some((workflow, bound, allowed))
    };
    let ids = (0..).map(WorkflowId).take(plan.workflows.len());
    let all: BTreeSet<WorkflowId> = ids.filter(|id| over(*id).is_some()).collect();
    let innermost = all.iter().filter(|id| below(plan, **id).is_disjoint(&all));
    innermost.filter_map(|id| over(*id)).map(|(it, bound, allowed)| too_many(it, bound, allowed)).collect()
}

/// The workflows that one calls, directly or not.
fn below(plan: &Plan, id: WorkflowId) -> BTreeSet<WorkflowId> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(workflow) = open.pop().and_then(|id| plan.workflow(id)) {
        for node in &workflow.nodes {
            if let NodeKind::Step { call: Call::Workflow(callee, _), .. } = &node.kind
                && found.insert(*callee)
            {
                open.push(*callee);
            }
        }
    }
    found
}

/// What is wrong with a run of a workflow with these arguments, if it can make more calls than are allowed.
pub fn too_many_calls_of(
    plan: &Plan,
    workflow: WorkflowId,
    args: &[Value],
    allowed: u64,
) -> Option<Diagnostic> {
    let bound = call_bound(plan, workflow, Some(args));
    (bound.calls > allowed).then(|| too_many(plan.workflow(workflow)?, &bound, allowed).into()).flatten()
}

fn too_many(workflow: &Workflow, bound: &CallBound, allowed: u64) -> Diagnostic {
    let calls = number(bound.calls);
    let product: Vec<String> = bound.dearest.iter().filter_map(times).collect();
    let product = product.join(" × ");
    let steps = bound.dearest.iter().filter_map(|factor| match &factor.kind {
        FactorKind::Step(name) | FactorKind::Workflow(name) => Some(name.as_str()),
        FactorKind::Judge => Some("review"),
        FactorKind::Items | FactorKind::Rounds => None,
    });
    let step = steps.collect::<Vec<_>>().join("/");
    let how = if product.is_empty() {
        ",".to_string()
    } else if bound.share == bound.calls {
        format!(" (`{step}`: {product}),")
    } else {
        format!(", {product} of them in `{step}`,")
    };
    let message = format!(
        "`{}` may ask a model {calls} times{how} and a run asks at most {} times",
        workflow.name,
        number(allowed)
    );
    let place = workflow.place;
    let mut diagnostic = Diagnostic::new(Code::TooManyCalls, place.file, place.span, message);
    for factor in &bound.dearest {
        let text = match &factor.kind {
            FactorKind::Step(_) if factor.times == 1 => "asks once".to_string(),
            FactorKind::Step(_) => format!("asks up to {} times", number(factor.times)),
            FactorKind::Judge => format!("judged with up to {} calls a round", number(factor.times)),
            FactorKind::Workflow(_) => "runs all of this workflow".to_string(),
            FactorKind::Items if factor.times == 1 => "counted with one item".to_string(),
            FactorKind::Items => format!("up to {} items", number(factor.times)),
            FactorKind::Rounds => format!("up to {} rounds", number(factor.times)),
        };
        diagnostic = diagnostic.label(factor.place.file, factor.place.span, text);
    }
    for name in &bound.follows {
        diagnostic =
            diagnostic.note(format!("`{name}` is counted with one item; each further one adds as much"));
    }
    diagnostic.help(help(bound))
}

fn times(factor: &Factor) -> Option<String> {
    match factor.kind {
        FactorKind::Workflow(_) => None,
        _ if factor.times == 1 => None,
        FactorKind::Items => Some(format!("{} items", number(factor.times))),
        FactorKind::Rounds => Some(format!("{} rounds", number(factor.times))),
        FactorKind::Step(_) | FactorKind::Judge => Some(format!("{} calls", number(factor.times))),
    }
}

fn help(bound: &CallBound) -> String {
    let has = |kind: &FactorKind| bound.dearest.iter().any(|factor| factor.kind == *kind);
    let mut ways = Vec::new();
    if has(&FactorKind::Items) {
        ways.push("fan out over fewer items: `take(items, 20)`, or a smaller `max` where the list is made");
    }
    if has(&FactorKind::Rounds) {
        ways.push("give the loop a smaller `max`");
    }
    if ways.is_empty() {
        ways.push("split the workflow, and run its parts one by one");
    }
    let mut help = ways.join("\nor ");
    if bound.calls < u64::MAX {
        let line = format!("calls = {}", thousands(bound.calls).replace(',', "_"));
        help.push_str(&format!("\nor, where it is meant so, allow it in agentflow.toml: [limits] {line}"));
    }
    help
}

fn number(number: u64) -> String {
    if number == u64::MAX { "more than 10^19".into() } else { thousands(number) }
}
