use super::lowering::Lowering;
use super::paths::path_names;
use super::vars::Owner;
use crate::language::hir::{
    self, AfterLoop, Body, CallableId, LocalId, LocalKind, ModuleId, StmtId, StmtKind,
};
use crate::plan::{self, Block, BlockId, NodeId, Scope, ScopeId, ScopeKind, VarId};
use smol_str::SmolStr;
use std::collections::HashMap;

impl Lowering<'_> {
    pub(super) fn workflow(
        &mut self,
        id: CallableId,
        module: ModuleId,
        workflow: &hir::Workflow,
    ) -> plan::Workflow {
        let head = self.head(id);
        let mut room = Room::new(self, module, &workflow.body);
        room.scopes();
        room.vars();
        let params = room.owner.params(id, &workflow.defaults);
        room.block(&workflow.body.block, ScopeId(0));
        let (today, now) = (room.local_of(LocalKind::Today), room.local_of(LocalKind::Now));
        let Room { owner, scopes, blocks, nodes, .. } = room;
        let nodes = in_order(nodes);
        let (vars, map) = (owner.vars, owner.map);
        self.body_vars.insert(id, map);
        let result = head.result.map(|result| self.ty(module, &result));
        plan::Workflow {
            name: head.name,
            doc: head.doc,
            place: head.place,
            params,
            result,
            annotations: workflow.annotations.clone(),
            vars,
            scopes,
            blocks,
            nodes,
            today,
            now,
            called: false,
            local: false,
        }
    }
}

fn in_order(mut nodes: Vec<(NodeId, plan::Node)>) -> Vec<plan::Node> {
    nodes.sort_by_key(|(id, _)| *id);
    nodes.into_iter().map(|(_, node)| node).collect()
}

/// One workflow on its way into the plan. A statement keeps its number as a node.
pub(super) struct Room<'l, 'a, 'b> {
    pub(super) owner: Owner<'l, 'a>,
    pub(super) body: &'b Body,
    pub(super) names: Vec<SmolStr>,
    pub(super) scopes: Vec<Scope>,
    pub(super) blocks: Vec<Block>,
    pub(super) nodes: Vec<(NodeId, plan::Node)>,
    /// The scope of the block that each statement stands in.
    pub(super) home: HashMap<StmtId, ScopeId>,
    /// The scope of a round of each loop, and of an item of each fan-out.
    pub(super) inner: HashMap<StmtId, ScopeId>,
    /// The scope of the tail of each loop.
    pub(super) tails: HashMap<StmtId, ScopeId>,
    /// How many nodes there are beyond the statements.
    pub(super) extra: u32,
}

impl<'l, 'a, 'b> Room<'l, 'a, 'b> {
    fn new(lowering: &'l mut Lowering<'a>, module: ModuleId, body: &'b Body) -> Self {
        Self {
            owner: Owner::empty(lowering, module),
            body,
            names: path_names(body),
            scopes: vec![Scope { parent: None, kind: ScopeKind::Body }],
            blocks: Vec::new(),
            nodes: Vec::new(),
            home: HashMap::new(),
            inner: HashMap::new(),
            tails: HashMap::new(),
            extra: 0,
        }
    }

    /// Finds the scope of every statement.
    fn scopes(&mut self) {
        let body = self.body;
        self.scope_block(&body.block, ScopeId(0));
    }

    fn scope_block(&mut self, block: &[StmtId], scope: ScopeId) {
        for id in block {
            self.home.insert(*id, scope);
            let Some(stmt) = self.body.stmts.get(id.index()) else { continue };
            match &stmt.kind {
                StmtKind::When { arms } => arms.iter().for_each(|arm| self.scope_block(&arm.block, scope)),
                StmtKind::Parallel { arms, .. } => self.scope_block(arms, scope),
                StmtKind::Each(each) => {
                    let inner = self.add_scope(scope, ScopeKind::Item(NodeId(id.0)));
                    self.inner.insert(*id, inner);
                    self.scope_block(&each.block, inner);
                }
                StmtKind::Loop(stated) => self.scope_loop(*id, stated, scope),
                _ => {}
            }
        }
    }

    fn scope_loop(&mut self, id: StmtId, stated: &hir::Loop, scope: ScopeId) {
        let round = self.add_scope(scope, ScopeKind::Round(NodeId(id.0)));
        self.inner.insert(id, round);
        self.scope_block(&stated.block, round);
        let needs_tail = matches!(stated.otherwise, AfterLoop::Fail { .. } | AfterLoop::Block { .. });
        if !needs_tail {
            return;
        }
        let tail = self.add_scope(round, ScopeKind::Tail(NodeId(id.0)));
        self.tails.insert(id, tail);
        if let AfterLoop::Block { block, .. } = &stated.otherwise {
            self.scope_block(block, tail);
        }
    }

    fn add_scope(&mut self, parent: ScopeId, kind: ScopeKind) -> ScopeId {
        self.scopes.push(Scope { parent: Some(parent), kind });
        ScopeId(u32::try_from(self.scopes.len() - 1).unwrap_or(u32::MAX))
    }

    /// Gives every local its variable. What a case of a `when` binds is the variable behind the block itself.
    fn vars(&mut self) {
        let aliases = self.aliases();
        let body = self.body;
        let resolve = |local: LocalId| {
            let mut at = local;
            for _ in 0..body.locals.len() {
                match aliases.get(&at) {
                    Some(next) => at = *next,
                    None => break,
                }
            }
            at
        };
        for (index, local) in body.locals.iter().enumerate() {
            let id = LocalId(u32::try_from(index).unwrap_or(u32::MAX));
            if resolve(id) == id {
                let scope = self.scope_of(local.kind);
                let var = self.owner.add_var(local, scope);
                self.owner.map.insert(id, var);
            }
        }
        for index in 0..body.locals.len() {
            let id = LocalId(u32::try_from(index).unwrap_or(u32::MAX));
            if let Some(var) = self.owner.map.get(&resolve(id)).copied() {
                self.owner.map.insert(id, var);
            }
        }
    }

    fn aliases(&self) -> HashMap<LocalId, LocalId> {
        let whens = self.body.stmts.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::When { arms } => Some(arms),
            _ => None,
        });
        let exports = whens.flatten().flat_map(|arm| &arm.exports);
        exports
            .filter_map(|(inner, outer)| inner.filter(|inner| inner != outer).map(|inner| (inner, *outer)))
            .collect()
    }

    fn scope_of(&self, kind: LocalKind) -> ScopeId {
        let found = match kind {
            LocalKind::Stmt(id) | LocalKind::Export(id) | LocalKind::Block(id) => self.home.get(&id),
            LocalKind::Item(id)
            | LocalKind::Index(id)
            | LocalKind::Previous(id)
            | LocalKind::Earlier(id)
            | LocalKind::Round(id)
            | LocalKind::Review(id) => self.inner.get(&id),
            LocalKind::Tail(id) => self.tails.get(&id),
            LocalKind::Param | LocalKind::Today | LocalKind::Now | LocalKind::Inner | LocalKind::Test => None,
        };
        found.copied().unwrap_or_default()
    }

    fn local_of(&self, kind: LocalKind) -> Option<VarId> {
        let at = self.body.locals.iter().position(|local| local.kind == kind)?;
        Some(self.owner.var(LocalId(u32::try_from(at).ok()?)))
    }

    /// Lowers the statements of a block.
    pub(super) fn block(&mut self, stmts: &[StmtId], scope: ScopeId) -> BlockId {
        let id = BlockId(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
        self.blocks.push(Block { nodes: stmts.iter().map(|stmt| NodeId(stmt.0)).collect(), scope });
        for stmt in stmts {
            self.node(*stmt, id);
        }
        id
    }
}
