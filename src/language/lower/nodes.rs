use super::waits::each_local;
use super::workflow::Room;
use crate::base::Place;
use crate::language::hir::{self, Action, AfterLoop, Expr, LocalKind, Stmt, StmtId, StmtKind};
use crate::plan::{self, BlockId, Call, NodeId, NodeKind, ScopeId, Wait};

impl Room<'_, '_, '_> {
    /// Lowers one statement of a block.
    pub(super) fn node(&mut self, id: StmtId, block: BlockId) {
        let Some(stmt) = self.body.stmts.get(id.index()) else { return };
        let waits = self.node_waits(stmt);
        let kind = self.kind(id, stmt);
        let name = self.names.get(id.index()).cloned().unwrap_or_default();
        let file = self.file();
        let place = Place { file, span: stmt.name_span };
        let after = stmt.after.iter().map(|id| NodeId(id.0)).collect();
        self.nodes.push((NodeId(id.0), plan::Node { name, place, block, waits, after, kind }));
    }

    /// Lowers an expression whose words a picture shows.
    fn shown(&mut self, expr: &Expr) -> plan::ExprId {
        let id = self.owner.expr(expr);
        self.keep_words(id, expr.span);
        id
    }

    fn keep_words(&mut self, id: plan::ExprId, span: crate::base::Span) {
        let text = self.words(span);
        self.owner.lowering.plan.written.entry(id).or_insert_with(|| text.into());
    }

    fn words(&self, span: crate::base::Span) -> String {
        let file = self.file().0 as usize;
        let text = self.owner.lowering.program.sources.get(file).map(|source| source.slice(span));
        plan::graph::words::one_line(text.unwrap_or_default())
    }

    fn file(&self) -> crate::base::FileId {
        self.owner.lowering.program.module(self.owner.module).map(|module| module.file).unwrap_or_default()
    }

    fn kind(&mut self, id: StmtId, stmt: &Stmt) -> NodeKind {
        let bound = stmt.binds.map(|local| self.owner.var(local));
        match &stmt.kind {
            StmtKind::Step { action, annotations, fallbacks, result } => NodeKind::Step {
                call: self.call(action),
                annotations: annotations.clone(),
                fallbacks: fallbacks.iter().map(|fallback| self.fallback(fallback)).collect(),
                binds: bound,
                result: result.as_ref().map(|ty| self.owner.lowering.ty(self.owner.module, ty)),
            },
            StmtKind::Let { value } => {
                NodeKind::Let { value: self.owner.expr(value), binds: bound.unwrap_or_default() }
            }
            StmtKind::Require { condition, message } => {
                NodeKind::Require { condition: self.shown(condition), message: self.owner.expr(message) }
            }
            StmtKind::Fail { message } => NodeKind::Fail { message: self.shown(message) },
            StmtKind::Return { value } => NodeKind::Return { value: self.owner.expr(value) },
            StmtKind::When { arms } => NodeKind::When { arms: self.arms(id, arms) },
            StmtKind::Parallel { arms, cap } => {
                NodeKind::Parallel { block: self.block(arms, self.scope(id)), cap: *cap }
            }
            StmtKind::Each(each) => NodeKind::Each(self.each(id, each)),
            StmtKind::Loop(stated) => NodeKind::Loop(self.looped(id, stated)),
            StmtKind::Error => NodeKind::Parallel { block: self.block(&[], self.scope(id)), cap: None },
        }
    }

    fn scope(&self, id: StmtId) -> ScopeId {
        self.home.get(&id).copied().unwrap_or_default()
    }

    fn call(&mut self, action: &Action) -> Call {
        match action {
            Action::Call(callee, args) => {
                let args = self.owner.args(*callee, args);
                let place = self.owner.lowering.place(*callee);
                match self.owner.lowering.program.callable(*callee).map(|callable| callable.kind) {
                    Some(hir::CallableKind::Rubric) => Call::Rubric(plan::RubricId(place), args),
                    Some(hir::CallableKind::Tool) => Call::Tool(plan::ToolId(place), args),
                    Some(hir::CallableKind::Workflow) => Call::Workflow(plan::WorkflowId(place), args),
                    Some(hir::CallableKind::Agent) | None => Call::Agent(plan::AgentId(place), args),
                }
            }
            Action::Prompt(text) => Call::Prompt(self.owner.expr(text)),
            Action::Ask(ask) => Call::Ask(self.ask(ask)),
            Action::Error => Call::Prompt(self.owner.push(plan::Expr::Literal(plan::Literal::None))),
        }
    }

    fn ask(&mut self, ask: &hir::Ask) -> plan::Ask {
        let module = self.owner.module;
        let mut showing = Vec::new();
        for (name, value) in &ask.showing {
            let ty = self.owner.lowering.ty(module, &value.ty);
            showing.push((name.clone(), self.owner.expr(value), ty));
        }
        let form = self.owner.lowering.ty(module, &ask.form);
        plan::Ask { question: self.owner.expr(&ask.question), to: ask.to.clone(), showing, form }
    }

    fn fallback(&mut self, fallback: &hir::Fallback) -> plan::Fallback {
        let binder = fallback.binder.map(|local| self.owner.var(local));
        plan::Fallback { kinds: fallback.kinds.clone(), binder, value: self.owner.expr(&fallback.value) }
    }

    /// The cases of a `when`. A chain whose later condition uses a name that the first does not use stands nested in the
    /// plan, as it does on the page: what only the rest waits for holds up, and cancels, only the rest.
    fn arms(&mut self, id: StmtId, arms: &[hir::Arm]) -> Vec<plan::Arm> {
        let scope = self.scope(id);
        let mut lowered = Vec::new();
        for (at, arm) in arms.iter().enumerate() {
            if at > 0 && arm.condition.as_ref().is_some_and(|next| self.waits_for_more(arms.first(), next)) {
                lowered.push(self.rest(id, arms.get(at..).unwrap_or_default(), scope));
                return lowered;
            }
            lowered.push(self.arm(arm, scope));
        }
        let closed = arms.last().is_some_and(|arm| arm.condition.is_none());
        if !closed {
            lowered.push(self.empty_arm(arms, scope));
        }
        lowered
    }

    fn arm(&mut self, arm: &hir::Arm, scope: ScopeId) -> plan::Arm {
        let condition = arm.condition.as_ref().map(|condition| self.owner.expr(condition));
        if let (Some(id), Some(subject)) = (condition, arm.condition.as_ref().and_then(Expr::subject))
            && let Some(looked_at) = self.owner.lowering.plan.subject(id)
        {
            self.keep_words(looked_at, subject.span);
        }
        let written = arm.head.map(|span| self.words(span).into());
        let absent =
            arm.exports.iter().filter(|(inner, _)| inner.is_none()).map(|(_, outer)| self.owner.var(*outer));
        let absent = absent.collect();
        plan::Arm { condition, written, block: self.block(&arm.block, scope), absent, fails: arm.fails }
    }

    fn empty_arm(&mut self, arms: &[hir::Arm], scope: ScopeId) -> plan::Arm {
        let exports = arms.first().map(|arm| arm.exports.as_slice()).unwrap_or_default();
        let absent = exports.iter().map(|(_, outer)| self.owner.var(*outer)).collect();
        plan::Arm { condition: None, written: None, block: self.block(&[], scope), absent, fails: false }
    }

    fn waits_for_more(&self, first: Option<&hir::Arm>, next: &Expr) -> bool {
        let mut known = Vec::new();
        if let Some(condition) = first.and_then(|arm| arm.condition.as_ref()) {
            self.wait_for(condition, &mut known);
        }
        let mut wanted = Vec::new();
        self.wait_for(next, &mut wanted);
        wanted.iter().any(|wait| !known.contains(wait))
    }

    /// The rest of a chain as a `when` of its own, in a last case.
    fn rest(&mut self, id: StmtId, rest: &[hir::Arm], scope: ScopeId) -> plan::Arm {
        let inner =
            NodeId(u32::try_from(self.body.stmts.len()).unwrap_or(u32::MAX).saturating_add(self.extra));
        self.extra += 1;
        let block = BlockId(u32::try_from(self.blocks.len()).unwrap_or(u32::MAX));
        self.blocks.push(plan::Block { nodes: vec![inner], scope });
        let mut waits = Vec::new();
        if let Some(condition) = rest.first().and_then(|arm| arm.condition.as_ref()) {
            self.wait_for(condition, &mut waits);
        }
        let kind = NodeKind::When { arms: self.arms(id, rest) };
        let span = self.body.stmts.get(id.index()).map(|stmt| stmt.name_span).unwrap_or_default();
        let place = Place { file: self.file(), span };
        let name = self.names.get(id.index()).cloned().unwrap_or_default();
        self.nodes.push((inner, plan::Node { name, place, block, waits, after: Vec::new(), kind }));
        plan::Arm { condition: None, written: None, block, absent: Vec::new(), fails: false }
    }

    fn each(&mut self, id: StmtId, each: &hir::Each) -> plan::Each {
        let scope = self.inner.get(&id).copied().unwrap_or_default();
        let block = self.block(&each.block, scope);
        let give = each.give.as_ref().map(|give| {
            let mut waits = Vec::new();
            self.wait_for(give, &mut waits);
            waits.extend(each.give_order.iter().map(|id| Wait::Node(NodeId(id.0))));
            (self.owner.expr(give), waits)
        });
        plan::Each {
            list: self.shown(&each.list),
            item: self.owner.var(each.item),
            index: each.index.map(|local| self.owner.var(local)),
            scope,
            block,
            give,
            rows: each.rows.map(|local| self.owner.var(local)),
            parallel: each.parallel,
            cap: each.cap,
            max: each.max,
        }
    }

    fn looped(&mut self, id: StmtId, stated: &hir::Loop) -> plan::Loop {
        let scope = self.inner.get(&id).copied().unwrap_or_default();
        let block = self.block(&stated.block, scope);
        let judge = stated.judge.as_ref().map(|judge| self.judge(judge));
        let var = |room: &Self, local: Option<hir::LocalId>| local.map(|local| room.owner.var(local));
        plan::Loop {
            max: self.shown(&stated.max),
            scope,
            block,
            until: self.shown(&stated.until),
            until_waits: self.until_waits(id, stated),
            judge,
            round: var(self, stated.round),
            previous: var(self, stated.previous),
            earlier: var(self, stated.earlier),
            record: self.owner.type_id(stated.record),
            fields: stated.fields.iter().map(|local| self.owner.var(*local)).collect(),
            exports: stated.exports.iter().map(|(a, b)| (self.owner.var(*a), self.owner.var(*b))).collect(),
            gate: stated.gate.map(|(local, ty)| (self.owner.var(local), self.owner.type_id(ty))),
            otherwise: self.after_loop(id, &stated.otherwise),
        }
    }

    fn judge(&mut self, judge: &hir::Judge) -> plan::Judge {
        let args = self.owner.args(judge.rubric, &judge.args);
        let rubric = plan::RubricId(self.owner.lowering.place(judge.rubric));
        plan::Judge { rubric, args, binds: self.owner.var(judge.binds) }
    }

    fn after_loop(&mut self, id: StmtId, otherwise: &AfterLoop) -> plan::AfterLoop {
        let scope = self.tails.get(&id).copied().unwrap_or_default();
        match otherwise {
            AfterLoop::FailWithHistory => plan::AfterLoop::FailWithHistory,
            AfterLoop::KeepBest => plan::AfterLoop::KeepBest,
            AfterLoop::KeepLast => plan::AfterLoop::KeepLast,
            AfterLoop::Fail { message, gate } => {
                let gate = gate.map(|local| self.owner.var(local));
                let mut waits = Vec::new();
                self.wait_for(message, &mut waits);
                plan::AfterLoop::Fail { scope, message: self.owner.expr(message), waits, gate }
            }
            AfterLoop::Block { block, gate } => {
                let gate = gate.map(|local| self.owner.var(local));
                plan::AfterLoop::Block { scope, block: self.block(block, scope), gate }
            }
        }
    }

    /// What `until` and the judge's arguments use from outside the round.
    fn until_waits(&self, id: StmtId, stated: &hir::Loop) -> Vec<Wait> {
        let mut waits = Vec::new();
        self.wait_for(&stated.until, &mut waits);
        for arg in stated.judge.iter().flat_map(|judge| &judge.args).flatten() {
            self.wait_for(arg, &mut waits);
        }
        let inner = self.inner.get(&id).copied();
        let scope_of = |var: plan::VarId| self.owner.vars.get(var.index()).map(|var| var.scope);
        waits.retain(|wait| !matches!(wait, Wait::Var(var) if scope_of(*var) == inner));
        waits
    }

    /// What a statement waits for beyond the opening of its block (L4.3).
    fn node_waits(&self, stmt: &Stmt) -> Vec<Wait> {
        let mut waits = Vec::new();
        each_own_expr(&stmt.kind, &mut |expr| self.wait_for(expr, &mut waits));
        for id in stmt.after.iter().chain(&stmt.order) {
            push_new(&mut waits, Wait::Node(NodeId(id.0)));
        }
        waits
    }

    /// Adds the names of the body that an expression uses and that some statement makes ready.
    fn wait_for(&self, expr: &Expr, waits: &mut Vec<Wait>) {
        each_local(expr, &mut |local| {
            let kind = self.body.locals.get(local.index()).map(|local| local.kind);
            if let Some(LocalKind::Stmt(_) | LocalKind::Export(_) | LocalKind::Block(_)) = kind {
                push_new(waits, Wait::Var(self.owner.var(local)));
            }
        });
    }
}

fn push_new(waits: &mut Vec<Wait>, wait: Wait) {
    if !waits.contains(&wait) {
        waits.push(wait);
    }
}

/// The expressions of a statement itself, not of the statements in it. The later conditions of a chain count only where
/// they wait for nothing more than the first; else they are a statement of their own, see `arms`.
fn each_own_expr(kind: &StmtKind, see: &mut dyn FnMut(&Expr)) {
    match kind {
        StmtKind::Step { action, fallbacks, .. } => {
            each_action_expr(action, see);
            fallbacks.iter().for_each(|fallback| see(&fallback.value));
        }
        StmtKind::Let { value } | StmtKind::Return { value } => see(value),
        StmtKind::Require { condition, message } => {
            see(condition);
            see(message);
        }
        StmtKind::Fail { message } => see(message),
        StmtKind::When { arms } => {
            arms.first().and_then(|arm| arm.condition.as_ref()).into_iter().for_each(see);
        }
        StmtKind::Each(each) => see(&each.list),
        StmtKind::Loop(stated) => see(&stated.max),
        StmtKind::Parallel { .. } | StmtKind::Error => {}
    }
}

fn each_action_expr(action: &Action, see: &mut dyn FnMut(&Expr)) {
    match action {
        Action::Call(_, args) => args.iter().flatten().for_each(see),
        Action::Prompt(text) => see(text),
        Action::Ask(ask) => {
            see(&ask.question);
            ask.showing.iter().for_each(|(_, value)| see(value));
        }
        Action::Error => {}
    }
}
