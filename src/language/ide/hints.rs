use super::Snapshot;
use super::hover::{LOOP_ROUNDS, TURNS, is_unbounded};
use super::visit::{Part, parts_of, parts_of_item};
use crate::base::{FileId, Span, thousands};
use crate::language::hir::{CallableId, CallableKind, Definition, head_of};
use crate::language::syntax::ast::{Action, Head, Item, Stmt, TextSource};
use crate::plan::{EffectKind, Tiers};

/// A remark inside of a line that the author did not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where it stands.
    pub at: usize,
    /// What it says: `: [Finding] max 20`.
    pub label: String,
    /// Why.
    pub says: Option<&'static str>,
    /// Whether it is a type.
    pub ty: bool,
    /// Whether it could be written there as it is.
    pub writable: bool,
}

impl Hint {
    /// What holds because nothing is written.
    fn default(at: Span, label: String, says: &'static str) -> Self {
        Self { at: at.end as usize, label, says: Some(says), ty: false, writable: true }
    }
}

/// The types of steps and `let`s that have none written, the tiers that apply, and what holds of loops, turns and results of
/// tools where nothing is written, in a part of a file.
pub fn hints(snapshot: &Snapshot, file: FileId, within: Span) -> Vec<Hint> {
    let Some((_, module)) = snapshot.module(file) else { return Vec::new() };
    let mut found = Vec::new();
    for item in module.tree.items.iter().filter(|item| overlaps(item.span(), within)) {
        found.extend(head(snapshot, file, item));
        parts_of_item(item, &mut |part| inside(snapshot, file, part, within, &mut found));
    }
    found.sort_by_key(|hint| hint.at);
    found
}

fn overlaps(a: Span, b: Span) -> bool {
    a.start <= b.end && b.start <= a.end
}

fn inside(snapshot: &Snapshot, file: FileId, part: Part<'_>, within: Span, found: &mut Vec<Hint>) {
    if !overlaps(part.span(), within) {
        return;
    }
    if let Part::Stmt(stmt) = part {
        found.extend(binding(snapshot, file, stmt));
        found.extend(step_tier(snapshot, file, stmt));
        found.extend(rounds(stmt));
    }
    parts_of(part, &mut |inner| inside(snapshot, file, inner, within, found));
}

/// The type of what a statement binds.
fn binding(snapshot: &Snapshot, file: FileId, stmt: &Stmt) -> Option<Hint> {
    let name = match stmt {
        Stmt::Step(step) if step.ty.is_none() => step.name.as_ref()?,
        Stmt::Let(it) if it.ty.is_none() => &it.name,
        Stmt::For(it) => it.rows.as_ref()?,
        _ => return None,
    };
    let (module, _) = snapshot.module(file)?;
    let ty = snapshot.index(module)?.bound_type(name.span)?;
    let types = snapshot.types(module);
    if types.is_nameless(ty) {
        return None;
    }
    let label = format!(": {}", types.shown(ty)?);
    let writable = !matches!(stmt, Stmt::For(_));
    Some(Hint { at: name.span.end as usize, label, says: None, ty: true, writable })
}

/// What holds of a declaration: the tier of what asks (L3.8), the turns of an agent with tools, the size of what a tool
/// gives (L8.2).
fn head(snapshot: &Snapshot, file: FileId, item: &Item) -> Vec<Hint> {
    let Some((head, kind)) = head_of(item) else { return Vec::new() };
    let (_, module) = match snapshot.module(file) {
        Some(known) if !head.name.is_missing() => known,
        _ => return Vec::new(),
    };
    let id = module.callables.get(&head.name.text).copied();
    let Some(definition) = id.and_then(|id| snapshot.definition(id)) else { return Vec::new() };
    let says = |name: &str| head.annotations.iter().any(|it| it.name.text == name);
    let mut found = Vec::new();
    if matches!(kind, CallableKind::Agent | CallableKind::Rubric) && !says("tier") {
        found.push(Hint::default(
            head.end,
            " @tier(1)".into(),
            "The default, where neither step nor workflow says more.",
        ));
    }
    match definition {
        Definition::Agent(_, agent) if !agent.tools.is_empty() && !says("turns") => {
            found.push(Hint::default(
                head.end,
                format!(" @turns({TURNS})"),
                "Rounds of tool use; the last one is without tools.",
            ));
        }
        Definition::Tool(id, _) => found.extend(tool_result(snapshot, file, *id, head)),
        _ => {}
    }
    found
}

/// The bound of what a tool gives that declares none.
fn tool_result(snapshot: &Snapshot, file: FileId, id: CallableId, head: &Head) -> Option<Hint> {
    let callable = snapshot.program().callable(id)?;
    let ty = callable.result.as_ref()?;
    let is_pure = callable.effect.as_ref().is_none_or(|effect| effect.kind == EffectKind::Pure);
    if is_pure || !is_unbounded(&snapshot.types(callable.module), ty) {
        return None;
    }
    let at = head.result.as_ref()?.span;
    let label = format!(" ≤ {} tokens", thousands(snapshot.limits(file).tool_result));
    let says = "`[limits] tool_result`: a result without a bound of its own.";
    Some(Hint { writable: false, ..Hint::default(at, label, says) })
}

/// The rounds of a loop that says none (L4.9).
fn rounds(stmt: &Stmt) -> Option<Hint> {
    let Stmt::Loop(it) = stmt else { return None };
    let unwritten = it.max.is_none() && !it.until.span.is_empty();
    unwritten.then(|| {
        Hint::default(
            it.until.span,
            format!(" max {LOOP_ROUNDS}"),
            "The default; the formatter writes it out.",
        )
    })
}

/// The tier of a step that says none: its callee's, else the workflow's.
fn step_tier(snapshot: &Snapshot, file: FileId, stmt: &Stmt) -> Option<Hint> {
    let Stmt::Step(step) = stmt else { return None };
    if step.annotations.iter().any(|it| it.name.text == "tier") {
        return None;
    }
    let (_, module) = snapshot.module(file)?;
    let around = module.tree.items.iter().find(|it| overlaps(it.span(), Span::at(step.span.start as usize)));
    let Item::Workflow(workflow) = around? else { return None };
    let outer = module.callables.get(&workflow.head.name.text).and_then(|id| snapshot.definition(*id));
    let outer = match outer? {
        Definition::Workflow(_, outer) => outer.annotations.tier,
        _ => None,
    };
    let (own, at, says) = match &step.action {
        Action::Call(call) => match snapshot.definition(*module.callables.get(&call.callee.text)?)? {
            Definition::Agent(_, agent) => (agent.annotations.tier, call.span, "The agent's tier."),
            Definition::Rubric(_, rubric) => (rubric.annotations.tier, call.span, "The rubric's tier."),
            _ => return None,
        },
        Action::Prompt(_, TextSource::Inline(text) | TextSource::File(text)) => (None, text.span, ""),
        _ => return None,
    };
    let (tiers, says) = match (own, outer) {
        (Some(own), _) => (own, says),
        (None, Some(outer)) => (outer, "The workflow's tier."),
        (None, None) => (Tiers { low: 1, high: 1 }, "The default."),
    };
    let Tiers { low, high } = tiers;
    let range = if low == high { low.to_string() } else { format!("{low}..{high}") };
    Some(Hint::default(at, format!(" @tier({range})"), says))
}
