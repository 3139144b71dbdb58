use super::Snapshot;
use super::scope::item_at;
use crate::base::{FileId, Place, Span};
use crate::language::hir::{
    Action, AfterLoop, Arm, Body, CallableId, CallableKind, Definition, Each, Expr, ExprKind, Judge, LocalId,
    LocalKind, Loop, StmtId, StmtKind, Workflow, each_expr, each_read,
};
use crate::language::lower::path_names;
use crate::plan::graph::{EdgeKind, Graph, Kind, Sketch, words};
use crate::plan::{Annotations, Literal, Tiers};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The graph of a workflow, with the places of its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowGraph {
    /// What waits for what.
    pub graph: Graph,
    /// The whole of each item's statement in the file; of a case, that of its block.
    pub spans: Vec<Span>,
}

/// The graph of the workflow around a place of a file, which may have errors: a statement that is broken is drawn as far
/// as it is understood.
pub fn graph(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<WorkflowGraph> {
    let (_, module) = snapshot.module(file)?;
    let (head, _) = crate::language::hir::head_of(item_at(module, offset)?)?;
    let id = *module.callables.get(&head.name.text)?;
    let Definition::Workflow(_, workflow) = snapshot.definition(id)? else { return None };
    Some(Walk::new(snapshot, file, workflow, &head.name.text).drawn())
}

struct Walk<'a> {
    snapshot: &'a Snapshot,
    file: FileId,
    workflow: &'a Workflow,
    body: &'a Body,
    names: Vec<SmolStr>,
    sketch: Sketch,
    spans: Vec<Span>,
    /// The item of each statement.
    items: BTreeMap<u32, usize>,
    /// What each item reads.
    reads: Vec<(usize, LocalId)>,
    /// What each item waits for besides.
    waits: Vec<(usize, StmtId, EdgeKind)>,
}

impl<'a> Walk<'a> {
    fn new(snapshot: &'a Snapshot, file: FileId, workflow: &'a Workflow, name: &str) -> Self {
        let body = &workflow.body;
        Self {
            snapshot,
            file,
            workflow,
            body,
            names: path_names(body),
            sketch: Sketch::new(name),
            spans: Vec::new(),
            items: BTreeMap::new(),
            reads: Vec::new(),
            waits: Vec::new(),
        }
    }

    fn drawn(mut self) -> WorkflowGraph {
        self.block(&self.body.block);
        for (to, local) in std::mem::take(&mut self.reads) {
            if let Some(from) = self.bound_by(local) {
                self.sketch.value(from, to);
            }
        }
        for (to, from, kind) in std::mem::take(&mut self.waits) {
            if let Some(from) = self.items.get(&from.0) {
                self.sketch.edge(*from, to, kind);
            }
        }
        WorkflowGraph { graph: self.sketch.finish(), spans: self.spans }
    }

    /// The item whose value a variable is. What a block gives to its own inside is no waiting.
    fn bound_by(&self, local: LocalId) -> Option<usize> {
        match self.body.locals.get(local.0 as usize)?.kind {
            LocalKind::Stmt(id) | LocalKind::Export(id) | LocalKind::Block(id) => {
                self.items.get(&id.0).copied()
            }
            _ => None,
        }
    }

    fn block(&mut self, block: &'a [StmtId]) {
        block.iter().for_each(|id| self.stmt(*id));
    }

    fn stmt(&mut self, id: StmtId) {
        let body: &'a Body = self.body;
        let Some(stmt) = body.stmts.get(id.index()) else { return };
        let item = match &stmt.kind {
            StmtKind::When { arms } => self.when(id, arms),
            StmtKind::Parallel { arms, cap } => {
                let item = self.open(id, words::parallel(*cap), Kind::Parallel);
                self.inside(arms);
                item
            }
            StmtKind::Each(each) => self.each(id, each),
            StmtKind::Loop(stated) => self.looped(id, stated),
            StmtKind::Error => return,
            kind => self.leaf(id, kind),
        };
        self.items.insert(id.0, item);
        self.waits.extend(stmt.after.iter().map(|from| (item, *from, EdgeKind::After)));
        self.waits.extend(stmt.order.iter().map(|from| (item, *from, EdgeKind::Effect)));
    }

    fn name(&self, id: StmtId) -> SmolStr {
        self.names.get(id.index()).cloned().unwrap_or_default()
    }

    fn place(&self, id: StmtId) -> Place {
        let span = self.body.stmts.get(id.index()).map(|stmt| stmt.name_span).unwrap_or_default();
        Place { file: self.file, span }
    }

    fn span(&self, id: StmtId) -> Span {
        self.body.stmts.get(id.index()).map(|stmt| stmt.span).unwrap_or_default()
    }

    fn add(&mut self, id: StmtId, name: &str, detail: String, kind: Kind) -> usize {
        self.spans.push(self.span(id));
        let place = self.place(id);
        self.sketch.add(name, name.to_owned(), detail, kind, place)
    }

    fn open(&mut self, id: StmtId, label: String, kind: Kind) -> usize {
        self.spans.push(self.span(id));
        let (name, place) = (self.name(id), self.place(id));
        self.sketch.open(&name, label, kind, place)
    }

    fn inside(&mut self, block: &'a [StmtId]) {
        self.block(block);
        self.sketch.close();
    }

    fn written(&self, span: Span) -> String {
        self.snapshot.source(self.file).map(|source| words::one_line(source.slice(span))).unwrap_or_default()
    }

    fn read(&mut self, item: usize, expr: &Expr) {
        each_read(expr, &mut |local, _| self.reads.push((item, local)));
    }

    fn leaf(&mut self, id: StmtId, kind: &StmtKind) -> usize {
        let name = self.name(id);
        let (shown, detail) = match kind {
            StmtKind::Step { action, annotations, .. } => self.call(&name, action, annotations),
            StmtKind::Let { .. } => (Kind::Let, String::new()),
            StmtKind::Require { condition, .. } => (Kind::Require, self.written(condition.span)),
            StmtKind::Fail { message } => (Kind::Fail, self.written(message.span)),
            _ => (Kind::Return, String::new()),
        };
        let item = self.add(id, &name, detail, shown);
        each_expr(kind, &mut |expr| self.read(item, expr));
        item
    }

    fn call(&self, label: &str, action: &Action, step: &Annotations) -> (Kind, String) {
        let own = self.workflow.annotations.tier;
        let tiers = |tier: Option<Tiers>| step.tier.or(tier).or(own);
        match action {
            Action::Call(id, _) => self.callee(label, *id, &tiers),
            Action::Prompt(_) => (Kind::Prompt, words::asked(label, "prompt", tiers(None))),
            Action::Ask(ask) => (Kind::Ask, words::person(ask.to.as_deref())),
            Action::Error => (Kind::Agent, String::new()),
        }
    }

    fn callee(
        &self,
        label: &str,
        id: CallableId,
        tiers: &dyn Fn(Option<Tiers>) -> Option<Tiers>,
    ) -> (Kind, String) {
        let Some(callable) = self.snapshot.program().callable(id) else {
            return (Kind::Agent, String::new());
        };
        let name = callable.name.as_str();
        let tier = match self.snapshot.definition(id) {
            Some(Definition::Agent(_, agent)) => agent.annotations.tier,
            Some(Definition::Rubric(_, rubric)) => rubric.annotations.tier,
            _ => None,
        };
        match callable.kind {
            CallableKind::Agent => (Kind::Agent, words::asked(label, name, tiers(tier))),
            CallableKind::Rubric => (Kind::Rubric, words::asked(label, name, tiers(tier))),
            CallableKind::Workflow => (Kind::Workflow, words::run(label, name)),
            CallableKind::Tool => {
                let effect = callable.effect.as_ref().map(|effect| (effect.kind, effect.resource.as_str()));
                (Kind::Tool, words::used(label, name, effect))
            }
        }
    }

    fn when(&mut self, id: StmtId, arms: &'a [Arm]) -> usize {
        let subject = arms.first().and_then(|arm| arm.condition.as_ref()?.subject());
        let subject = subject.map(|subject| self.written(subject.span));
        let shown: Vec<&Arm> = arms.iter().filter(|arm| !arm.block.is_empty()).collect();
        let is_first = |arm: &Arm| arms.first().is_some_and(|first| std::ptr::eq(first, arm));
        let item = match shown.as_slice() {
            [only] if is_first(only) => {
                let item =
                    self.open(id, words::when(subject.as_deref(), Some(&self.case_word(only))), Kind::When);
                self.inside(&only.block);
                item
            }
            several => {
                let item = self.open(id, words::when(subject.as_deref(), None), Kind::When);
                for arm in several {
                    self.open(id, self.case_word(arm), Kind::Case);
                    self.inside(&arm.block);
                }
                self.sketch.close();
                item
            }
        };
        arms.iter().filter_map(|arm| arm.condition.as_ref()).for_each(|condition| self.read(item, condition));
        item
    }

    fn case_word(&self, arm: &Arm) -> String {
        arm.head.map_or_else(|| "otherwise".to_owned(), |head| self.written(head))
    }

    fn each(&mut self, id: StmtId, each: &'a Each) -> usize {
        let name = self.body.locals.get(each.item.0 as usize).map_or("", |local| local.name.as_str());
        let word = if each.parallel { "parallel for" } else { "for" };
        let label = words::each(word, each.cap, name, &self.written(each.list.span), each.max);
        let item = self.open(id, label, Kind::Each);
        self.inside(&each.block);
        self.read(item, &each.list);
        item
    }

    fn looped(&mut self, id: StmtId, stated: &'a Loop) -> usize {
        let max = match &stated.max.kind {
            ExprKind::Literal(Literal::Int(count)) => count.to_string(),
            _ => self.written(stated.max.span),
        };
        let item = self.open(id, words::rounds(&max, &self.written(stated.until.span)), Kind::Loop);
        self.block(&stated.block);
        let judge = stated.judge.as_ref().map(|judge| self.judge(id, judge));
        self.read(item, &stated.max);
        self.read(judge.unwrap_or(item), &stated.until);
        if let AfterLoop::Block { block, .. } = &stated.otherwise {
            let tail = self.open(id, "otherwise".to_owned(), Kind::Case);
            self.inside(block);
            let body = stated.block.iter().filter_map(|id| self.items.get(&id.0).copied());
            for above in body.chain(judge).collect::<Vec<_>>() {
                self.sketch.edge(above, tail, EdgeKind::Effect);
            }
        }
        self.sketch.close();
        item
    }

    fn judge(&mut self, id: StmtId, judge: &Judge) -> usize {
        let (_, detail) =
            self.callee("review", judge.rubric, &|tier| tier.or(self.workflow.annotations.tier));
        let item = self.add(id, "review", detail, Kind::Review);
        if let Some(span) = self.spans.last_mut() {
            *span = judge.span;
        }
        judge.args.iter().flatten().for_each(|arg| self.read(item, arg));
        item
    }
}
