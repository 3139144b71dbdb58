use super::lists::{Known, Most, Scope};
use crate::engine::eval::Value;
use crate::plan::{
    AfterLoop, Annotations, BlockId, Call, Criterion, DimensionKind, Each, ExprId, Loop, NodeKind, Plan,
    Rubric, Tiers, Type, VarId, Workflow, WorkflowId,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Turns of an agent with tools, where nothing else is written (L3.8).
const TURNS: u32 = 8;
/// Workflows that may stand in each other; a plan that goes deeper has no bound that could be allowed.
const DEPTH: usize = 256;

/// The most calls that a run of a workflow can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallBound {
    /// At most so many.
    AtMost(u64),
    /// It follows from the lengths of these parameters.
    Follows(Vec<SmolStr>),
}

/// The most calls that a run of a workflow can make (L10.1), with these arguments or whatever they are.
///
/// An agent's step counts its turns and re-asks, a rubric its votes times its tries, a loop its rounds times body and
/// judge, a fan-out its items times its body, a `when` its dearest case, a workflow what it makes of its arguments.
pub fn call_bound(plan: &Plan, workflow: WorkflowId, args: Option<&[Value]>) -> CallBound {
    let Some(found) = plan.workflow(workflow) else { return CallBound::AtMost(0) };
    let known = found.params.iter().enumerate().map(|(position, param)| {
        match args.and_then(|args| args.get(position)) {
            Some(value) => Known::Value(value.clone()),
            None => Known::Param(param.name.clone()),
        }
    });
    let mut counter = Counter { plan, open: Vec::new(), seen: Vec::new(), depth: 0 };
    let calls = counter.workflow(workflow, known.collect(), None);
    if counter.open.is_empty() { CallBound::AtMost(calls) } else { CallBound::Follows(counter.open) }
}

/// A workflow as it is called: what its bound depends on.
#[derive(PartialEq)]
struct Called {
    workflow: WorkflowId,
    args: Vec<Known>,
    tier: Option<Tiers>,
}

struct Counter<'a> {
    plan: &'a Plan,
    /// Parameters whose lengths decide.
    open: Vec<SmolStr>,
    /// Bounds that were found already.
    seen: Vec<(Called, u64)>,
    depth: usize,
}

impl<'a> Counter<'a> {
    fn workflow(&mut self, id: WorkflowId, args: Vec<Known>, tier: Option<Tiers>) -> u64 {
        let Some(workflow) = self.plan.workflow(id) else { return 0 };
        let tier = tier.or(workflow.annotations.tier);
        let called = Called { workflow: id, args, tier };
        if let Some((_, calls)) = self.seen.iter().find(|(seen, _)| *seen == called) {
            return *calls;
        }
        if self.depth >= DEPTH {
            return u64::MAX;
        }
        let mut known: BTreeMap<VarId, Known> =
            workflow.params.iter().map(|param| param.var).zip(called.args.iter().cloned()).collect();
        for node in &workflow.nodes {
            if let NodeKind::Let { value, binds } = node.kind {
                known.insert(binds, Known::Expr(value));
            }
        }
        let scope = Scope { plan: self.plan, vars: &workflow.vars, known };
        self.depth += 1;
        let calls = self.block(workflow, &scope, Workflow::BODY, tier);
        self.depth -= 1;
        self.seen.push((called, calls));
        calls
    }

    fn block(&mut self, workflow: &'a Workflow, scope: &Scope<'a>, id: BlockId, tier: Option<Tiers>) -> u64 {
        let nodes = workflow.blocks.get(id.index()).map_or(&[][..], |block| block.nodes.as_slice());
        let kinds = nodes.iter().filter_map(|node| workflow.nodes.get(node.index())).map(|node| &node.kind);
        kinds.fold(0, |sum: u64, kind| sum.saturating_add(self.node(workflow, scope, kind, tier)))
    }

    fn node(
        &mut self,
        workflow: &'a Workflow,
        scope: &Scope<'a>,
        kind: &'a NodeKind,
        tier: Option<Tiers>,
    ) -> u64 {
        match kind {
            NodeKind::Step { call, annotations, .. } => self.call(scope, call, annotations, tier),
            NodeKind::When { arms } => {
                let cases = arms.iter().map(|arm| self.block(workflow, scope, arm.block, tier));
                cases.max().unwrap_or(0)
            }
            NodeKind::Parallel { block, .. } => self.block(workflow, scope, *block, tier),
            NodeKind::Each(each) => self.each(workflow, scope, each, tier),
            NodeKind::Loop(looped) => self.looped(workflow, scope, looped, tier),
            _ => 0,
        }
    }

    fn each(&mut self, workflow: &'a Workflow, scope: &Scope<'a>, each: &Each, tier: Option<Tiers>) -> u64 {
        let body = self.block(workflow, scope, each.block, tier);
        if body == 0 {
            return 0;
        }
        let items = match (scope.most(each.list), each.max) {
            (Most::Items(items), Some(max)) => items.min(max),
            (Most::Items(items), None) => items,
            (Most::Param(_), Some(max)) => max,
            (Most::Param(name), None) => {
                if !self.open.contains(&name) {
                    self.open.push(name);
                }
                1
            }
        };
        items.saturating_mul(body)
    }

    fn looped(
        &mut self,
        workflow: &'a Workflow,
        scope: &Scope<'a>,
        looped: &Loop,
        tier: Option<Tiers>,
    ) -> u64 {
        let rounds = rounds(scope, looped.max);
        let body = self.block(workflow, scope, looped.block, tier);
        let judge = looped.judge.as_ref().and_then(|judge| self.plan.rubric(judge.rubric));
        let judge = judge.map_or(0, |rubric| rubric_calls(rubric, &Annotations::default(), tier));
        let tail = match looped.otherwise {
            AfterLoop::Block { block, .. } => self.block(workflow, scope, block, tier),
            _ => 0,
        };
        rounds.saturating_mul(body.saturating_add(judge)).saturating_add(tail)
    }

    fn call(&mut self, scope: &Scope<'a>, call: &Call, step: &Annotations, tier: Option<Tiers>) -> u64 {
        match call {
            Call::Agent(id, _) => self.plan.agent(*id).map_or(0, |agent| {
                let own = &agent.annotations;
                let turns =
                    if agent.tools.is_empty() { 1 } else { step.turns.or(own.turns).unwrap_or(TURNS) };
                u64::from(turns) + u64::from(retries(step, own, tier))
            }),
            Call::Prompt(_) => 1 + u64::from(retries(step, &Annotations::default(), tier)),
            Call::Rubric(id, _) => self.plan.rubric(*id).map_or(0, |rubric| rubric_calls(rubric, step, tier)),
            Call::Workflow(id, args) => {
                let args = args.iter().map(|arg| argument(scope, *arg)).collect();
                let own = self.plan.workflow(*id).and_then(|called| called.annotations.tier);
                self.workflow(*id, args, step.tier.or(own).or(tier))
            }
            Call::Tool(..) | Call::Ask(_) => 0,
        }
    }
}

/// What a called workflow knows of an argument.
fn argument(scope: &Scope<'_>, id: ExprId) -> Known {
    match scope.value(id) {
        Some(value) => Known::Value(value),
        None => match scope.most(id) {
            Most::Items(items) => Known::Items(items),
            Most::Param(name) => Known::Param(name),
        },
    }
}

/// The rounds of a loop: a constant, an argument, or the end of the parameter's range.
fn rounds(scope: &Scope<'_>, id: ExprId) -> u64 {
    if let Some(rounds) = scope.value(id).and_then(|value| value.as_int()) {
        return rounds.max(0).unsigned_abs();
    }
    let ty = match scope.plan.expr(id) {
        crate::plan::Expr::Var(var) => scope.vars.get(var.index()).map(|var| &var.ty),
        _ => None,
    };
    match ty {
        Some(Type::Int(Some((_, high)))) => (*high).max(0).unsigned_abs(),
        _ => u64::MAX,
    }
}

fn rubric_calls(rubric: &Rubric, step: &Annotations, tier: Option<Tiers>) -> u64 {
    let asks = rubric.dimensions.iter().any(|dimension| match &dimension.kind {
        DimensionKind::Described(_) => true,
        DimensionKind::Criteria(criteria) => {
            criteria.iter().any(|criterion| matches!(criterion, Criterion::Question(_)))
        }
    });
    if !asks {
        return 0;
    }
    let votes = u64::from(step.votes.or(rubric.annotations.votes).unwrap_or(1));
    votes.saturating_mul(1 + u64::from(retries(step, &rubric.annotations, tier)))
}

/// Re-asks: what is written, else the width of a range of tiers, else one.
fn retries(step: &Annotations, own: &Annotations, outer: Option<Tiers>) -> u32 {
    let tiers = step.tier.or(own.tier).or(outer);
    let width = tiers.map_or(0, |tiers| u32::from(tiers.high.saturating_sub(tiers.low)));
    step.retry.or(own.retry).unwrap_or(width.max(1))
}
