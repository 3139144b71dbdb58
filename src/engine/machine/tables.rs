use crate::plan::{AfterLoop, BlockId, NodeId, NodeKind, ScopeId, VarId, Wait, Workflow, WorkflowId};
use std::collections::HashMap;

/// What follows from a workflow's plan alone, computed once a run: who waits for whom, and what owns what.
///
/// The statements of a scope are numbered from 0; a scope may have one more, its *end*: what a fan-out's item gives, the
/// verdict on a loop's round, the message of `otherwise fail`.
#[derive(Debug)]
pub(super) struct Tables {
    pub nodes: Vec<NodeTable>,
    pub vars: Vec<VarTable>,
    pub scopes: Vec<ScopeTable>,
    pub owners: Vec<Owner>,
    /// Whether any block has a cap.
    pub capped: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct NodeTable {
    pub scope: ScopeId,
    pub local: u32,
    /// Statements of the same scope that wait for it.
    pub dependents: Vec<u32>,
    /// Steps of the same name in other cases.
    pub twins: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct VarTable {
    pub scope: ScopeId,
    pub local: u32,
    /// Statements of the same scope that wait for it.
    pub dependents: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct ScopeTable {
    /// The statement of each local number; an end has none.
    pub nodes: Vec<NodeId>,
    /// What each local number waits for at first, its opening included.
    pub pending: Vec<u32>,
    /// How many variables its frames hold.
    pub vars: u32,
    /// Waits for what lives in frames around it.
    pub outer: Vec<(u32, Target)>,
    /// The block whose statements its frames begin with.
    pub block: BlockId,
    /// Whether there is an end.
    pub end: bool,
}

/// A wait, resolved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Node(ScopeId, u32),
    Var(ScopeId, u32),
}

/// What a block belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Owner {
    /// The body, a round, an item or a tail: the frame itself.
    #[default]
    Frame,
    /// A case of this `when`.
    Case(NodeId),
    /// The arms of this `parallel`.
    Arms(NodeId),
}

impl Tables {
    pub fn new(workflow: &Workflow) -> Self {
        let mut tables = Self {
            nodes: vec![NodeTable::default(); workflow.nodes.len()],
            vars: vec![VarTable::default(); workflow.vars.len()],
            scopes: vec![ScopeTable::default(); workflow.scopes.len()],
            owners: vec![Owner::Frame; workflow.blocks.len()],
            capped: false,
        };
        tables.place_vars(workflow);
        tables.place_nodes(workflow);
        tables.own_blocks(workflow);
        tables.add_ends(workflow);
        tables.wire(workflow);
        tables.find_twins(workflow);
        tables
    }

    pub fn node(&self, id: NodeId) -> Option<&NodeTable> {
        self.nodes.get(id.index())
    }

    pub fn var(&self, id: VarId) -> Option<&VarTable> {
        self.vars.get(id.index())
    }

    pub fn scope(&self, id: ScopeId) -> Option<&ScopeTable> {
        self.scopes.get(id.index())
    }

    pub fn owner(&self, id: BlockId) -> Owner {
        self.owners.get(id.index()).copied().unwrap_or_default()
    }

    fn place_vars(&mut self, workflow: &Workflow) {
        for (var, table) in workflow.vars.iter().zip(&mut self.vars) {
            table.scope = var.scope;
            if let Some(scope) = self.scopes.get_mut(var.scope.index()) {
                table.local = scope.vars;
                scope.vars += 1;
            }
        }
    }

    fn place_nodes(&mut self, workflow: &Workflow) {
        for (number, (node, table)) in (0u32..).zip(workflow.nodes.iter().zip(&mut self.nodes)) {
            let scope_id =
                workflow.blocks.get(node.block.index()).map(|block| block.scope).unwrap_or_default();
            table.scope = scope_id;
            if let Some(scope) = self.scopes.get_mut(scope_id.index()) {
                table.local = length(&scope.nodes);
                scope.nodes.push(NodeId(number));
                scope.pending.push(length(&node.waits) + 1);
            }
        }
    }

    fn find_twins(&mut self, workflow: &Workflow) {
        let mut named: HashMap<(ScopeId, &str), Vec<usize>> = HashMap::new();
        for (position, node) in workflow.nodes.iter().enumerate() {
            if let (NodeKind::Step { .. }, Some(table)) = (&node.kind, self.nodes.get(position)) {
                named.entry((table.scope, node.name.as_str())).or_default().push(position);
            }
        }
        for position in 0..workflow.nodes.len() {
            let Some(node) = workflow.nodes.get(position) else { continue };
            let Some(scope) = self.nodes.get(position).map(|table| table.scope) else { continue };
            let same = named.get(&(scope, node.name.as_str())).filter(|same| same.len() > 1);
            let others = same.into_iter().flatten().filter(|other| **other != position);
            let twins = others.filter_map(|other| self.nodes.get(*other)).map(|table| table.local).collect();
            if let Some(table) = self.nodes.get_mut(position) {
                table.twins = twins;
            }
        }
    }

    fn own_blocks(&mut self, workflow: &Workflow) {
        for (number, node) in (0u32..).zip(&workflow.nodes) {
            let id = NodeId(number);
            match &node.kind {
                NodeKind::When { arms } => {
                    for arm in arms {
                        self.own(arm.block, Owner::Case(id));
                    }
                }
                NodeKind::Parallel { block, cap } => {
                    self.own(*block, Owner::Arms(id));
                    self.capped |= cap.is_some();
                }
                NodeKind::Each(each) => {
                    self.begin(each.scope, each.block);
                    self.capped |= each.cap.is_some();
                }
                NodeKind::Loop(round) => {
                    self.begin(round.scope, round.block);
                    if let AfterLoop::Block { scope, block, .. } = &round.otherwise {
                        self.begin(*scope, *block);
                    }
                }
                _ => {}
            }
        }
    }

    fn own(&mut self, block: BlockId, owner: Owner) {
        if let Some(slot) = self.owners.get_mut(block.index()) {
            *slot = owner;
        }
    }

    fn begin(&mut self, scope: ScopeId, block: BlockId) {
        if let Some(table) = self.scopes.get_mut(scope.index()) {
            table.block = block;
        }
    }

    fn add_ends(&mut self, workflow: &Workflow) {
        for node in &workflow.nodes {
            match &node.kind {
                NodeKind::Each(each) => {
                    if let Some((_, waits)) = &each.give {
                        self.add_end(each.scope, waits);
                    }
                }
                NodeKind::Loop(round) => {
                    self.add_end(round.scope, &round.until_waits);
                    if let AfterLoop::Fail { scope, waits, .. } = &round.otherwise {
                        self.add_end(*scope, waits);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_end(&mut self, scope_id: ScopeId, waits: &[Wait]) {
        let Some(scope) = self.scopes.get_mut(scope_id.index()) else { return };
        let local = length(&scope.nodes);
        scope.end = true;
        scope.pending.push(length(waits) + 1);
        for wait in waits {
            self.wait(scope_id, local, *wait);
        }
    }

    fn wire(&mut self, workflow: &Workflow) {
        for (number, node) in (0u32..).zip(&workflow.nodes) {
            let Some((scope, local)) = self.node(NodeId(number)).map(|table| (table.scope, table.local))
            else {
                continue;
            };
            for wait in &node.waits {
                self.wait(scope, local, *wait);
            }
        }
    }

    fn wait(&mut self, scope: ScopeId, local: u32, wait: Wait) {
        let (at, target, dependents) = match wait {
            Wait::Node(id) => match self.nodes.get_mut(id.index()) {
                Some(node) => (node.scope, Target::Node(node.scope, node.local), &mut node.dependents),
                None => return,
            },
            Wait::Var(id) => match self.vars.get_mut(id.index()) {
                Some(var) => (var.scope, Target::Var(var.scope, var.local), &mut var.dependents),
                None => return,
            },
        };
        if at == scope {
            dependents.push(local);
        } else if let Some(table) = self.scopes.get_mut(scope.index()) {
            table.outer.push((local, target));
        }
    }
}

/// The last statement inside a block, as the page has it, with all that is in it. The rest of a chain of cases has a
/// number behind all others, so blocks count for what is in them.
pub(super) fn last_inside(workflow: &Workflow, block: BlockId) -> Option<NodeId> {
    let nodes = &workflow.blocks.get(block.index())?.nodes;
    let last = |id: &NodeId| {
        let node = workflow.nodes.get(id.index())?;
        let inner =
            inner_blocks(&node.kind).into_iter().filter_map(|inner| last_inside(workflow, inner)).max();
        inner.or_else(|| (!matches!(node.kind, NodeKind::When { .. })).then_some(*id))
    };
    nodes.iter().filter_map(last).max()
}

/// The blocks that stand directly in a statement, in the order of the page.
pub(super) fn inner_blocks(kind: &NodeKind) -> Vec<BlockId> {
    match kind {
        NodeKind::When { arms } => arms.iter().map(|arm| arm.block).collect(),
        NodeKind::Parallel { block, .. } => vec![*block],
        NodeKind::Each(each) => vec![each.block],
        NodeKind::Loop(round) => match &round.otherwise {
            AfterLoop::Block { block, .. } => vec![round.block, *block],
            _ => vec![round.block],
        },
        _ => Vec::new(),
    }
}

/// A workflow of a plan that the plan does not hold runs as an empty one.
pub(super) fn workflow_or_empty(plan: &crate::plan::Plan, id: WorkflowId) -> Tables {
    plan.workflow(id).map_or_else(
        || Tables {
            nodes: Vec::new(),
            vars: Vec::new(),
            scopes: Vec::new(),
            owners: Vec::new(),
            capped: false,
        },
        Tables::new,
    )
}

fn length<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
