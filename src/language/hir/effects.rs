use super::{Callable, CallableId, CallableKind, Module, Program};
use crate::base::Span;
use crate::language::syntax::ast::{
    self, Action, Agent, AgentProperty, Block, Criterion, DimensionBody, Expr, Item, LoopOtherwise, Name,
    Otherwise, Rubric, RubricItem, Stmt, WhenBody,
};
use crate::plan::{Effect, EffectKind};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// What a call does besides answering (L4.5): an agent counts for its tools, a workflow for everything in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// What it may read; sorted.
    pub reads: Vec<SmolStr>,
    /// What it may write or send to; sorted.
    pub changes: Vec<SmolStr>,
    /// Whether it asks a person.
    pub asks: bool,
    /// Whether a model is called.
    pub model: bool,
}

impl Touch {
    /// Whether it changes the world or asks a person, so that it keeps its place on the page.
    pub fn keeps_its_place(&self) -> bool {
        self.asks || !self.changes.is_empty()
    }

    /// Whether running it again may give something else although nothing it is given has changed.
    pub fn looks_outside(&self) -> bool {
        self.asks || !self.changes.is_empty() || !self.reads.is_empty()
    }

    /// Adds what another one does.
    pub fn absorb(&mut self, other: &Self) {
        merge(&mut self.reads, &other.reads);
        merge(&mut self.changes, &other.changes);
        self.asks |= other.asks;
        self.model |= other.model;
    }

    fn tool(effect: Option<&Effect>) -> Self {
        let mut touch = Self::default();
        if let Some(Effect { kind, resource }) = effect {
            match kind {
                EffectKind::Reads => touch.reads.push(resource.clone()),
                EffectKind::Writes | EffectKind::Sends => touch.changes.push(resource.clone()),
                EffectKind::Pure => {}
            }
        }
        touch
    }
}

fn merge(into: &mut Vec<SmolStr>, from: &[SmolStr]) {
    for what in from {
        if let Err(at) = into.binary_search(what) {
            into.insert(at, what.clone());
        }
    }
}

/// A call in the body of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    /// What is called; `None` for an inline prompt.
    pub callee: Option<CallableId>,
    /// Where: the callee's name, or the word `prompt`.
    pub span: Span,
}

/// What every callable of a program does, found on the trees before any body is checked, so that modules are checked
/// side by side. Effects do not depend on types.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    touches: Vec<Touch>,
    /// By workflow: its first call by which a model is asked.
    models: Vec<Option<Called>>,
    /// Workflows that come back to themselves (L3.4): the members with the calls that lead to the next one, each circle
    /// begins with the one that was declared first.
    circles: Vec<Vec<(CallableId, Span)>>,
}

impl Effects {
    /// Of a whole program; linear in its size.
    pub fn of(program: &Program) -> Self {
        // So little is done for each that threads would cost more than they save.
        let bodies: Vec<Found> = program.callables.iter().map(|callable| found(program, callable)).collect();
        let mut graph = DiGraph::<(), Span>::new();
        let nodes: Vec<NodeIndex> = bodies.iter().map(|_| graph.add_node(())).collect();
        for (from, body) in nodes.iter().zip(&bodies) {
            for call in &body.calls {
                if let Some(to) = call.callee.and_then(|id| nodes.get(id.index())) {
                    graph.add_edge(*from, *to, call.span);
                }
            }
        }
        let mut effects = Self { models: vec![None; bodies.len()], ..Self::default() };
        effects.touches = bodies.iter().map(|body| body.own.clone()).collect();
        for component in kosaraju_scc(&graph) {
            effects.close(&component, &bodies);
            effects.circles.extend(circle(&component, &bodies));
        }
        effects.circles.sort();
        effects
    }

    /// Who does something else than there; `None` where some come back to themselves, which is said of all of them.
    pub fn differing(&self, other: &Self) -> Option<BTreeSet<CallableId>> {
        let id = |at: usize| CallableId(u32::try_from(at).unwrap_or(u32::MAX));
        let alike = self.circles.is_empty() && other.circles.is_empty();
        let pairs = self.touches.iter().zip(&other.touches).enumerate();
        let differ = pairs.filter(|(_, (a, b))| a != b).map(|(at, _)| id(at));
        (alike && self.touches.len() == other.touches.len()).then(|| differ.collect())
    }

    /// What a callable does.
    pub fn touch(&self, id: CallableId) -> Option<&Touch> {
        self.touches.get(id.index())
    }

    /// The first call in a workflow by which a model is asked.
    pub fn model_call(&self, workflow: CallableId) -> Option<Called> {
        self.models.get(workflow.index()).copied().flatten()
    }

    /// The circles of workflows, each with the call that leads from a member to the next.
    pub fn circles(&self) -> &[Vec<(CallableId, Span)>] {
        &self.circles
    }

    /// The components come callees first; the members of a circle share what they do.
    fn close(&mut self, component: &[NodeIndex], bodies: &[Found]) {
        let mut sum = Touch::default();
        for node in component {
            let Some(body) = bodies.get(node.index()) else { continue };
            sum.absorb(&body.own);
            for call in &body.calls {
                let Some(id) = call.callee else { continue };
                if let Some(other) = self.touches.get(id.index()) {
                    sum.absorb(other);
                }
            }
        }
        for node in component {
            if let Some(touch) = self.touches.get_mut(node.index()) {
                *touch = sum.clone();
            }
            let Some(body) = bodies.get(node.index()) else { continue };
            let asks =
                |call: &&Called| call.callee.is_none_or(|id| self.touch(id).is_some_and(|it| it.model));
            let first = body.calls.iter().find(asks).copied();
            if let Some(slot) = self.models.get_mut(node.index()) {
                *slot = first;
            }
        }
    }
}

/// One way around a component, from its first member on; `None` where nothing comes back.
fn circle(component: &[NodeIndex], bodies: &[Found]) -> Option<Vec<(CallableId, Span)>> {
    let mut members: Vec<usize> = component.iter().map(|node| node.index()).collect();
    members.sort_unstable();
    let start = *members.first()?;
    let next = |from: usize| -> Vec<(usize, Span)> {
        let calls = bodies.get(from).map(|body| body.calls.as_slice()).unwrap_or_default();
        let inside = |call: &Called| call.callee.map(|id| (id.index(), call.span));
        calls.iter().filter_map(inside).filter(|(to, _)| members.binary_search(to).is_ok()).collect()
    };
    let mut came_from = std::collections::BTreeMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(from) = open.pop_front() {
        for (to, span) in next(from) {
            if to == start {
                return Some(way(start, from, span, &came_from));
            }
            if let std::collections::btree_map::Entry::Vacant(slot) = came_from.entry(to) {
                slot.insert((from, span));
                open.push_back(to);
            }
        }
    }
    None
}

fn way(
    start: usize,
    last: usize,
    span: Span,
    came_from: &std::collections::BTreeMap<usize, (usize, Span)>,
) -> Vec<(CallableId, Span)> {
    let id = |at: usize| CallableId(u32::try_from(at).unwrap_or(u32::MAX));
    let mut steps = vec![(id(last), span)];
    let mut at = last;
    while at != start {
        let Some((from, span)) = came_from.get(&at) else { break };
        steps.push((id(*from), *span));
        at = *from;
    }
    steps.reverse();
    steps
}

/// What stands in one declaration.
#[derive(Default)]
struct Found {
    own: Touch,
    calls: Vec<Called>,
}

fn found(program: &Program, callable: &Callable) -> Found {
    let mut found = Found::default();
    let Some(module) = program.module(callable.module) else { return found };
    match (callable.kind, module.tree.items.get(callable.item)) {
        (CallableKind::Tool, _) => found.own = Touch::tool(callable.effect.as_ref()),
        (CallableKind::Agent, Some(Item::Agent(agent))) => found.own = of_agent(program, module, agent),
        (CallableKind::Rubric, Some(Item::Rubric(rubric))) => found.own.model = needs_a_judge(rubric),
        (CallableKind::Workflow, Some(Item::Workflow(workflow))) => {
            let mut walk = Walk { program, module, found: &mut found };
            walk.block(&workflow.body);
        }
        _ => {}
    }
    found
}

fn of_agent(program: &Program, module: &Module, agent: &Agent) -> Touch {
    let mut touch = Touch { model: true, ..Touch::default() };
    for property in &agent.properties {
        let AgentProperty::Tools(_, tools) = property else { continue };
        for tool in tools {
            let callable = module.callables.get(&tool.text).and_then(|id| program.callable(*id));
            touch.absorb(&Touch::tool(callable.and_then(|callable| callable.effect.as_ref())));
        }
    }
    touch
}

/// Whether a model is asked: a rubric of gates and checks alone needs none (L7.3).
fn needs_a_judge(rubric: &Rubric) -> bool {
    let asked = |item: &RubricItem| match item {
        RubricItem::Dimension(dimension) => match &dimension.body {
            DimensionBody::Described(_) => true,
            DimensionBody::Criteria(all) => all.iter().any(|it| matches!(it, Criterion::Question(_))),
            DimensionBody::Missing => false,
        },
        RubricItem::Require(_) | RubricItem::Floor(..) => false,
    };
    rubric.items.iter().any(asked)
}

struct Walk<'a> {
    program: &'a Program,
    module: &'a Module,
    found: &'a mut Found,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Step(step) => self.action(&step.action),
            Stmt::When(when) => self.when(&when.body),
            Stmt::Parallel(parallel) => self.block(&parallel.body),
            Stmt::For(each) => self.block(&each.body),
            Stmt::Loop(it) => {
                self.block(&it.body);
                self.until(&it.until);
                if let Some(LoopOtherwise::Block(_, block)) = &it.otherwise {
                    self.block(block);
                }
            }
            Stmt::Bad(_, Some(block)) => self.block(block),
            Stmt::Bad(_, None)
            | Stmt::Let(_)
            | Stmt::Require(_)
            | Stmt::Fail(_)
            | Stmt::Return(_)
            | Stmt::Give(_) => {}
        }
    }

    fn when(&mut self, body: &WhenBody) {
        match body {
            WhenBody::Condition { then, otherwise, extra } => {
                self.block(then);
                otherwise.iter().chain(extra).for_each(|it| self.otherwise(it));
            }
            WhenBody::Cases { arms, otherwise, extra, .. } => {
                arms.iter().for_each(|arm| self.block(&arm.body));
                otherwise.iter().for_each(|(_, block)| self.block(block));
                extra.iter().for_each(|it| self.otherwise(it));
            }
        }
    }

    fn otherwise(&mut self, it: &Otherwise) {
        match it {
            Otherwise::When(_, when) => self.when(&when.body),
            Otherwise::Block(_, block) => self.block(block),
        }
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Call(call) => self.call(&call.callee),
            Action::Prompt(span, _) => {
                self.found.own.model = true;
                self.found.calls.push(Called { callee: None, span: *span });
            }
            Action::Ask(..) => self.found.own.asks = true,
            Action::Missing(_) => {}
        }
    }

    fn call(&mut self, callee: &Name) {
        let id = callee_of(self.program, self.module, callee);
        if let Some(id) = id {
            self.found.calls.push(Called { callee: Some(id), span: callee.span });
        }
    }

    fn until(&mut self, until: &Expr) {
        for call in ast::calls(until) {
            let id = callee_of(self.program, self.module, &call.callee);
            if id.and_then(|id| self.program.callable(id)).is_some_and(|it| it.kind == CallableKind::Rubric) {
                self.call(&call.callee);
            }
        }
        for name in ast::Uses::of(until) {
            if name.text == "rubric" {
                self.call(name);
            }
        }
    }
}

/// What a step's callee means in a module; the bare word `rubric` is `std.rubrics.standard` (L4.9).
fn callee_of(program: &Program, module: &Module, callee: &Name) -> Option<CallableId> {
    let declared = module.callables.get(&callee.text).copied();
    declared.or_else(|| if callee.text == "rubric" { program.standard } else { None })
}
