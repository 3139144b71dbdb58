use super::reads::each_read;
use super::{EdgeKind, Graph, Kind, Sketch, words};
use crate::plan::{
    AfterLoop, Annotations, Arm, BlockId, Call, Each, Expr, ExprId, Judge, Literal, Loop, Node, NodeId,
    NodeKind, Plan, Tiers, VarId, Wait, Workflow,
};
use std::collections::BTreeMap;

/// The graph of a workflow of a plan.
pub fn graph_of(plan: &Plan, workflow: &Workflow) -> Graph {
    let sketch = Sketch::new(&workflow.name);
    let mut walk =
        Walk { plan, workflow, sketch, items: BTreeMap::new(), binds: BTreeMap::new(), waits: Vec::new() };
    walk.block(Workflow::BODY);
    walk.edges();
    walk.sketch.finish()
}

struct Walk<'a> {
    plan: &'a Plan,
    workflow: &'a Workflow,
    sketch: Sketch,
    /// The item of each statement.
    items: BTreeMap<NodeId, usize>,
    /// The items that bind each variable: several where cases of a `when` do.
    binds: BTreeMap<VarId, Vec<usize>>,
    /// What each item waits for.
    waits: Vec<(usize, Waited)>,
}

#[derive(Clone, Copy)]
enum Waited {
    For(Wait),
    After(NodeId),
}

impl<'a> Walk<'a> {
    fn block(&mut self, id: BlockId) {
        let nodes = self.workflow.blocks.get(id.index()).map(|block| block.nodes.as_slice());
        nodes.unwrap_or_default().iter().for_each(|node| self.node(*node));
    }

    fn node(&mut self, id: NodeId) {
        let workflow: &'a Workflow = self.workflow;
        let Some(node) = workflow.nodes.get(id.index()) else { return };
        let item = match &node.kind {
            NodeKind::When { arms } => self.when(node, arms),
            NodeKind::Parallel { block, cap } => {
                let item = self.open(node, words::parallel(*cap), Kind::Parallel);
                self.inside(*block);
                item
            }
            NodeKind::Each(each) => self.each(node, each),
            NodeKind::Loop(stated) => self.looped(node, stated),
            _ => self.leaf(node),
        };
        self.items.insert(id, item);
        self.wait(item, node);
    }

    fn open(&mut self, node: &Node, label: String, kind: Kind) -> usize {
        self.sketch.open(&node.name, label, kind, node.place)
    }

    fn inside(&mut self, block: BlockId) {
        self.block(block);
        self.sketch.close();
    }

    fn wait(&mut self, item: usize, node: &Node) {
        self.waits.extend(node.waits.iter().map(|wait| (item, Waited::For(*wait))));
        self.waits.extend(node.after.iter().map(|id| (item, Waited::After(*id))));
    }

    fn bind(&mut self, var: VarId, item: usize) {
        self.binds.entry(var).or_default().push(item);
    }

    fn written(&self, id: ExprId) -> &str {
        self.plan.written.get(&id).map(smol_str::SmolStr::as_str).unwrap_or_default()
    }

    fn leaf(&mut self, node: &Node) -> usize {
        let name = node.name.as_str();
        let (kind, detail) = match &node.kind {
            NodeKind::Step { call, annotations, .. } => self.call(name, call, annotations),
            NodeKind::Let { .. } => (Kind::Let, String::new()),
            NodeKind::Require { condition, .. } => (Kind::Require, self.written(*condition).to_owned()),
            NodeKind::Fail { message } => (Kind::Fail, self.written(*message).to_owned()),
            _ => (Kind::Return, String::new()),
        };
        let item = self.sketch.add(name, name.to_owned(), detail, kind, node.place);
        if let NodeKind::Step { binds: Some(binds), .. } | NodeKind::Let { binds, .. } = &node.kind {
            self.bind(*binds, item);
        }
        item
    }

    fn call(&self, label: &str, call: &Call, step: &Annotations) -> (Kind, String) {
        let own = self.workflow.annotations.tier;
        let asked = |name: &str, tier: Option<Tiers>| words::asked(label, name, step.tier.or(tier).or(own));
        match call {
            Call::Agent(id, _) => {
                let agent = self.plan.agent(*id);
                let (name, tier) = agent.map_or(("", None), |it| (it.name.as_str(), it.annotations.tier));
                (Kind::Agent, asked(name, tier))
            }
            Call::Rubric(id, _) => {
                let rubric = self.plan.rubric(*id);
                let (name, tier) = rubric.map_or(("", None), |it| (it.name.as_str(), it.annotations.tier));
                (Kind::Rubric, asked(name, tier))
            }
            Call::Prompt(_) => (Kind::Prompt, asked("prompt", None)),
            Call::Tool(id, _) => {
                let tool = self.plan.tool(*id);
                let effect = tool.map(|tool| (tool.effect.kind, tool.effect.resource.as_str()));
                (Kind::Tool, words::used(label, tool.map_or("", |tool| tool.name.as_str()), effect))
            }
            Call::Workflow(id, _) => {
                let name = self.plan.workflow(*id).map_or("", |callee| callee.name.as_str());
                (Kind::Workflow, words::run(label, name))
            }
            Call::Ask(ask) => (Kind::Ask, words::person(ask.to.as_deref())),
        }
    }

    /// A `when` with one case that holds anything is one box, with several a box of boxes.
    fn when(&mut self, node: &Node, arms: &'a [Arm]) -> usize {
        let mut all = Vec::new();
        let mut rests = Vec::new();
        self.chain(node, arms, &mut all, &mut rests);
        let subject = all.first().and_then(|arm| self.looked_at(arm)).map(str::to_owned);
        let is_empty = |arm: &Arm| {
            self.workflow.blocks.get(arm.block.index()).is_none_or(|block| block.nodes.is_empty())
        };
        let shown: Vec<&Arm> = all.iter().copied().filter(|arm| !is_empty(arm)).collect();
        let first = all.first().copied();
        let item = match shown.as_slice() {
            [only] if first.is_some_and(|first| std::ptr::eq(first, *only)) => {
                let item =
                    self.open(node, words::when(subject.as_deref(), Some(Self::case_word(only))), Kind::When);
                self.inside(only.block);
                item
            }
            several => {
                let item = self.open(node, words::when(subject.as_deref(), None), Kind::When);
                for arm in several {
                    self.open(node, Self::case_word(arm).to_owned(), Kind::Case);
                    self.inside(arm.block);
                }
                self.sketch.close();
                item
            }
        };
        rests.into_iter().for_each(|rest| self.wait(item, rest));
        item
    }

    /// The cases of a chain. A rest of it that waits for more is a `when` of its own in the plan, not on the page.
    fn chain(&self, node: &Node, arms: &'a [Arm], all: &mut Vec<&'a Arm>, rests: &mut Vec<&'a Node>) {
        for arm in arms {
            match self.rest(node, arm) {
                Some((rest, arms)) => {
                    rests.push(rest);
                    self.chain(rest, arms, all, rests);
                }
                None => all.push(arm),
            }
        }
    }

    fn rest(&self, node: &Node, arm: &Arm) -> Option<(&'a Node, &'a [Arm])> {
        let [only] = self.workflow.blocks.get(arm.block.index())?.nodes.as_slice() else { return None };
        let rest = self.workflow.nodes.get(only.index())?;
        let is_rest = arm.condition.is_none() && rest.place == node.place && !std::ptr::eq(rest, node);
        match &rest.kind {
            NodeKind::When { arms } if is_rest => Some((rest, arms)),
            _ => None,
        }
    }

    fn looked_at(&self, arm: &Arm) -> Option<&str> {
        let subject = self.plan.subject(arm.condition?)?;
        self.plan.written.get(&subject).map(smol_str::SmolStr::as_str)
    }

    fn case_word(arm: &Arm) -> &str {
        arm.written.as_deref().unwrap_or("otherwise")
    }

    fn each(&mut self, node: &Node, each: &Each) -> usize {
        let item = self.workflow.vars.get(each.item.index()).map_or("", |var| var.name.as_str());
        let word = if each.parallel { "parallel for" } else { "for" };
        let label = words::each(word, each.cap, item, self.written(each.list), each.max);
        let item = self.open(node, label, Kind::Each);
        self.inside(each.block);
        if let Some(rows) = each.rows {
            self.bind(rows, item);
        }
        item
    }

    fn looped(&mut self, node: &Node, stated: &Loop) -> usize {
        let max = match self.plan.expr(stated.max) {
            Expr::Literal(Literal::Int(count)) => count.to_string(),
            _ => self.written(stated.max).to_owned(),
        };
        let label = words::rounds(&max, self.written(stated.until));
        let item = self.open(node, label, Kind::Loop);
        self.block(stated.block);
        let judge = stated.judge.as_ref().map(|judge| self.judge(node, judge));
        self.read(judge.unwrap_or(item), stated.until);
        if let AfterLoop::Block { block, .. } = &stated.otherwise {
            let tail = self.open(node, "otherwise".to_owned(), Kind::Case);
            self.inside(*block);
            let body = self.workflow.blocks.get(stated.block.index()).map(|block| block.nodes.as_slice());
            let body = body.unwrap_or_default().iter().filter_map(|node| self.items.get(node).copied());
            for above in body.chain(judge).collect::<Vec<_>>() {
                self.sketch.edge(above, tail, EdgeKind::Effect);
            }
        }
        self.sketch.close();
        let bound = stated.exports.iter().map(|(_, outer)| *outer).chain(stated.gate.map(|(gate, _)| gate));
        bound.for_each(|var| self.bind(var, item));
        item
    }

    fn judge(&mut self, node: &Node, judge: &Judge) -> usize {
        let call = Call::Rubric(judge.rubric, Vec::new());
        let (_, detail) = self.call("review", &call, &Annotations::default());
        let item = self.sketch.add("review", "review".to_owned(), detail, Kind::Review, node.place);
        judge.args.iter().for_each(|arg| self.read(item, *arg));
        item
    }

    fn read(&mut self, item: usize, expr: ExprId) {
        each_read(self.plan, expr, &mut |var| self.waits.push((item, Waited::For(Wait::Var(var)))));
    }

    fn edges(&mut self) {
        for (to, waited) in std::mem::take(&mut self.waits) {
            match waited {
                Waited::For(Wait::Var(var)) => {
                    for from in self.binds.get(&var).into_iter().flatten() {
                        self.sketch.value(*from, to);
                    }
                }
                Waited::For(Wait::Node(id)) => self.edge(id, to, EdgeKind::Effect),
                Waited::After(id) => self.edge(id, to, EdgeKind::After),
            }
        }
    }

    fn edge(&mut self, from: NodeId, to: usize, kind: EdgeKind) {
        if let Some(from) = self.items.get(&from) {
            self.sketch.edge(*from, to, kind);
        }
    }
}
