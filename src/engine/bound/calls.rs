use super::lists::{Known, Most, Scope};
use super::tally::{CallBound, FactorKind};
use crate::base::Place;
use crate::engine::eval::Value;
use crate::plan::{
    AfterLoop, Annotations, BlockId, Call, Criterion, DimensionKind, Each, ExprId, Loop, Node, NodeKind,
    Plan, Rubric, Tiers, Type, VarId, Workflow, WorkflowId,
};
use std::collections::BTreeMap;

/// Turns of an agent with tools, where nothing else is written (L3.8).
const TURNS: u32 = 8;
/// Workflows that may stand in each other; a plan that goes deeper has no bound that could be allowed.
const DEPTH: usize = 256;

/// The most calls that a run of a workflow can make (L10.1), with these arguments or whatever they are.
///
/// An agent's step counts its turns and re-asks, a rubric its votes times its tries, a loop its rounds times body and
/// judge, a fan-out its items times its body, a `when` its dearest case, a workflow what it makes of its arguments.
pub fn call_bound(plan: &Plan, workflow: WorkflowId, args: Option<&[Value]>) -> CallBound {
    Counter::new(plan).outermost(workflow, args)
}

/// The bound of every workflow of a plan, whatever its arguments are, in their order.
pub fn call_bounds(plan: &Plan) -> Vec<CallBound> {
    let mut counter = Counter::new(plan);
    let ids = (0..).map(WorkflowId).zip(&plan.workflows);
    ids.map(|(id, _)| counter.outermost(id, None)).collect()
}

/// The most calls that the node of a workflow at a place can make, each time that it is reached.
pub fn node_bound(plan: &Plan, workflow: WorkflowId, at: Place) -> Option<CallBound> {
    let mut counter = Counter::new(plan);
    let called = plan.workflow(workflow)?;
    let node = called.nodes.iter().find(|node| node.place == at)?;
    let params = called.params.iter().map(|param| Known::Param(param.name.clone()));
    let scope = counter.scope(called, params.collect());
    Some(counter.node(called, &scope, node, called.annotations.tier))
}

/// A workflow as it is called: what its bound depends on.
#[derive(PartialEq)]
struct Called {
    args: Vec<Known>,
    tier: Option<Tiers>,
}

struct Counter<'a> {
    plan: &'a Plan,
    /// Bounds that were found already.
    seen: BTreeMap<WorkflowId, Vec<(Called, CallBound)>>,
    depth: usize,
}

impl<'a> Counter<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self { plan, seen: BTreeMap::new(), depth: 0 }
    }

    fn outermost(&mut self, id: WorkflowId, args: Option<&[Value]>) -> CallBound {
        let Some(workflow) = self.plan.workflow(id) else { return CallBound::default() };
        let known = workflow.params.iter().enumerate().map(|(position, param)| {
            match args.and_then(|args| args.get(position)) {
                Some(value) => Known::Value(value.clone()),
                None => Known::Param(param.name.clone()),
            }
        });
        self.workflow(id, known.collect(), None)
    }

    fn workflow(&mut self, id: WorkflowId, args: Vec<Known>, tier: Option<Tiers>) -> CallBound {
        let Some(workflow) = self.plan.workflow(id) else { return CallBound::default() };
        let tier = tier.or(workflow.annotations.tier);
        let called = Called { args, tier };
        let seen = self.seen.get(&id).and_then(|all| all.iter().find(|(seen, _)| *seen == called));
        if let Some((_, bound)) = seen {
            return bound.clone();
        }
        if self.depth >= DEPTH {
            return CallBound::of(u64::MAX, workflow.place, FactorKind::Workflow(workflow.name.clone()));
        }
        let scope = self.scope(workflow, called.args.clone());
        self.depth += 1;
        let bound = self.block(workflow, &scope, Workflow::BODY, tier);
        self.depth -= 1;
        self.seen.entry(id).or_default().push((called, bound.clone()));
        bound
    }

    /// What is known of the variables of a workflow with these arguments.
    fn scope(&self, workflow: &'a Workflow, args: Vec<Known>) -> Scope<'a> {
        let mut known: BTreeMap<VarId, Known> =
            workflow.params.iter().map(|param| param.var).zip(args).collect();
        for node in &workflow.nodes {
            if let NodeKind::Let { value, binds } = node.kind {
                known.insert(binds, Known::Expr(value));
            }
        }
        Scope { plan: self.plan, vars: &workflow.vars, known }
    }

    fn block(
        &mut self,
        workflow: &'a Workflow,
        scope: &Scope<'a>,
        id: BlockId,
        tier: Option<Tiers>,
    ) -> CallBound {
        let nodes = workflow.blocks.get(id.index()).map_or(&[][..], |block| block.nodes.as_slice());
        let nodes = nodes.iter().filter_map(|node| workflow.nodes.get(node.index()));
        nodes.fold(CallBound::default(), |sum, node| sum.and(self.node(workflow, scope, node, tier)))
    }

    fn node(
        &mut self,
        workflow: &'a Workflow,
        scope: &Scope<'a>,
        node: &'a Node,
        tier: Option<Tiers>,
    ) -> CallBound {
        match &node.kind {
            NodeKind::Step { call, annotations, .. } => self.call(scope, node, call, annotations, tier),
            NodeKind::When { arms } => arms.iter().fold(CallBound::default(), |dearest, arm| {
                dearest.or(self.block(workflow, scope, arm.block, tier))
            }),
            NodeKind::Parallel { block, .. } => self.block(workflow, scope, *block, tier),
            NodeKind::Each(each) => {
                let body = self.block(workflow, scope, each.block, tier);
                items(scope, each, body, node.place)
            }
            NodeKind::Loop(looped) => self.looped(workflow, scope, looped, node.place, tier),
            _ => CallBound::default(),
        }
    }

    fn looped(
        &mut self,
        workflow: &'a Workflow,
        scope: &Scope<'a>,
        looped: &Loop,
        place: Place,
        tier: Option<Tiers>,
    ) -> CallBound {
        let body = self.block(workflow, scope, looped.block, tier);
        let judge = looped.judge.as_ref().and_then(|judge| self.plan.rubric(judge.rubric));
        let judge = judge.map_or(0, |rubric| rubric_calls(rubric, &Annotations::default(), tier));
        let judge = CallBound::of(judge, place, FactorKind::Judge);
        let tail = match looped.otherwise {
            AfterLoop::Block { block, .. } => self.block(workflow, scope, block, tier),
            _ => CallBound::default(),
        };
        body.and(judge).times(rounds(scope, looped.max), place, FactorKind::Rounds).and(tail)
    }

    fn call(
        &mut self,
        scope: &Scope<'a>,
        node: &Node,
        call: &Call,
        step: &Annotations,
        tier: Option<Tiers>,
    ) -> CallBound {
        let calls = match call {
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
                let called = self.workflow(*id, args, step.tier.or(own).or(tier));
                return called.times(1, node.place, FactorKind::Workflow(node.name.clone()));
            }
            Call::Tool(..) | Call::Ask(_) => 0,
        };
        CallBound::of(calls, node.place, FactorKind::Step(node.name.clone()))
    }
}

/// What a fan-out makes of its body.
fn items(scope: &Scope<'_>, each: &Each, mut body: CallBound, place: Place) -> CallBound {
    if body.calls == 0 {
        return body;
    }
    let items = match (scope.most(each.list), each.max) {
        (Most::Items(items), Some(max)) => items.min(max),
        (Most::Items(items), None) => items,
        (Most::Param(_), Some(max)) => max,
        (Most::Param(name), None) => {
            body.follow(name);
            1
        }
    };
    body.times(items, place, FactorKind::Items)
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
