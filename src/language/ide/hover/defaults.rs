//! What holds where nothing is written (L3.8, L4.9, L8.2, L10.2). A project may say otherwise in `agentflow.toml`.

use super::tier;
use crate::base::thousands;
use crate::language::hir::{Agent, Callable, Rubric, Tool, Type, TypeKind, Types};
use crate::language::ide::{Limits, Snapshot};
use crate::plan::{Annotations, EffectKind, Tiers};

/// Rounds of a loop.
pub(in crate::language::ide) const LOOP_ROUNDS: u32 = 3;
/// Rounds of tool use of an agent.
pub(in crate::language::ide) const TURNS: u32 = 8;

/// The annotations that nobody wrote, with the values that hold then.
struct Unwritten(Vec<String>);

impl Unwritten {
    fn asked(annotations: &Annotations) -> Self {
        let mut all = Self(Vec::new());
        let tiers = annotations.tier.unwrap_or(Tiers { low: 1, high: 1 });
        let width = u32::from(tiers.high.saturating_sub(tiers.low)).max(1);
        all.add(annotations.tier.is_none(), || format!("`@tier(1)` ({})", tier::says(1).unwrap_or_default()));
        all.add(annotations.retry.is_none(), || format!("`@retry({width})`"));
        all.add(annotations.timeout_ms.is_none(), || "`@timeout(5m)`".into());
        all.add(annotations.max_tokens.is_none(), || "`@max_tokens(4096)`".into());
        all
    }

    fn add(&mut self, unwritten: bool, text: impl FnOnce() -> String) {
        if unwritten {
            self.0.push(text());
        }
    }

    fn told(self) -> String {
        if self.0.is_empty() { String::new() } else { format!("By default: {}.", self.0.join(", ")) }
    }
}

pub(super) fn of_agent(agent: &Agent) -> String {
    let mut all = Unwritten::asked(&agent.annotations);
    let counts = !agent.tools.is_empty() && agent.annotations.turns.is_none();
    all.add(counts, || format!("`@turns({TURNS})`"));
    all.told()
}

pub(super) fn of_rubric(rubric: &Rubric) -> String {
    let mut all = Unwritten::asked(&rubric.annotations);
    all.add(rubric.annotations.votes.is_none(), || "`@votes(1)`".into());
    all.told()
}

pub(super) fn of_tool(snapshot: &Snapshot, callable: &Callable, tool: &Tool, limits: Limits) -> String {
    let Some(effect) = callable.effect.as_ref().filter(|effect| effect.kind != EffectKind::Pure) else {
        return String::new();
    };
    let mut all = Unwritten(Vec::new());
    let again = u32::from(effect.kind == EffectKind::Reads);
    all.add(tool.annotations.retry.is_none(), || format!("`@retry({again})`"));
    all.add(tool.annotations.timeout_ms.is_none(), || "`@timeout(1m)`".into());
    let unbounded =
        callable.result.as_ref().is_some_and(|ty| is_unbounded(&snapshot.types(callable.module), ty));
    let most = thousands(limits.tool_result);
    all.add(unbounded, || format!("a result of at most {most} tokens (`[limits] tool_result`)"));
    all.told()
}

/// How large a value without a bound may be where it is put into a prompt.
pub(super) fn of_value(
    snapshot: &Snapshot,
    callable: &Callable,
    ty: &Type,
    limits: Limits,
) -> Option<String> {
    use crate::language::hir::CallableKind as Kind;
    let is_asked = matches!(callable.kind, Kind::Agent | Kind::Rubric);
    (is_asked && is_unbounded(&snapshot.types(callable.module), ty)).then(|| {
        let most = thousands(limits.value);
        format!("It has no bound: it counts {most} tokens in the price (`[limits] value`), and more fails the step.")
    })
}

/// Whether nothing says how large a value of this type is at most.
pub(in crate::language::ide) fn is_unbounded(types: &dyn Types, ty: &Type) -> bool {
    unbounded(types, ty, 0)
}

fn unbounded(types: &dyn Types, ty: &Type, depth: u32) -> bool {
    if depth > 8 {
        return true;
    }
    match ty.present() {
        Type::Text(max) => max.is_none(),
        Type::Json => true,
        Type::List(item, max) => max.is_none() || unbounded(types, item, depth + 1),
        Type::Named(id) => match types.type_decl(*id).map(|decl| &decl.kind) {
            Some(TypeKind::Record(fields)) => {
                fields.iter().any(|field| unbounded(types, &field.ty, depth + 1))
            }
            Some(TypeKind::Union(members)) => {
                members.iter().any(|member| unbounded(types, &Type::Named(*member), depth + 1))
            }
            _ => false,
        },
        _ => false,
    }
}
