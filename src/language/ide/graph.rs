use super::Snapshot;
use super::scope::item_at;
use crate::base::{FileId, Span};
use crate::language::hir::{
    Action, Body, Definition, LocalId, LocalKind, StmtId, StmtKind, each_expr, each_read,
};
use std::collections::BTreeSet;

/// The steps of a workflow with what they wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// Its name.
    pub workflow: String,
    /// Its statements, in the order of the page. A block stands before what is in it.
    pub nodes: Vec<Node>,
    /// What waits for what, by the positions of nodes.
    pub edges: Vec<Edge>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, or the word that begins it.
    pub name: String,
    /// What it calls, or what kind of block it is.
    pub detail: String,
    /// What kind it is.
    pub kind: NodeKind,
    /// Where it stands.
    pub span: Span,
    /// The block that it is in.
    pub parent: Option<usize>,
}

/// The kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the statements of the language")]
pub enum NodeKind {
    Step,
    Prompt,
    Ask,
    Let,
    Require,
    Fail,
    Return,
    When,
    Parallel,
    Each,
    Loop,
}

/// One node waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What is waited for.
    pub from: usize,
    /// Who waits.
    pub to: usize,
    /// Why.
    pub kind: EdgeKind,
}

/// Why one node waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// It uses its value.
    Value,
    /// It says `after`.
    After,
    /// Effects keep their order, and what stands below a `require` waits for it.
    Order,
}

/// The graph of the workflow around a place of a file.
pub fn graph(snapshot: &Snapshot, file: FileId, offset: usize) -> Option<Graph> {
    let (_, module) = snapshot.module(file)?;
    let (head, _) = crate::language::hir::head_of(item_at(module, offset)?)?;
    let id = *module.callables.get(&head.name.text)?;
    let Definition::Workflow(_, workflow) = snapshot.definition(id)? else { return None };
    let body = &workflow.body;
    let shown: Vec<StmtId> =
        (0..body.stmts.len()).filter_map(|at| u32::try_from(at).ok()).map(StmtId).collect();
    let shown: Vec<StmtId> = shown.into_iter().filter(|id| kind(body, *id).is_some()).collect();
    let at = |id: &StmtId| shown.binary_search(id).ok();
    let node = |id: &StmtId| {
        let stmt = body.stmts.get(id.index())?;
        let (kind, detail) = kind(body, *id)?;
        let detail = match &stmt.kind {
            StmtKind::Step { action: Action::Call(callee, _), .. } => {
                snapshot.program().callable(*callee)?.name.to_string()
            }
            _ => detail.to_string(),
        };
        let parent = stmt.parent.as_ref().and_then(at);
        Some(Node { name: stmt.name.to_string(), detail, kind, span: stmt.span, parent })
    };
    let nodes = shown.iter().filter_map(node).collect();
    let mut edges = BTreeSet::new();
    for (to, id) in shown.iter().enumerate() {
        let Some(stmt) = body.stmts.get(id.index()) else { continue };
        let mut push = |from: &StmtId, kind: EdgeKind| {
            // A loop reads what its own body bound: that is no waiting for another.
            if is_inside(body, *from, *id) {
                return;
            }
            edges.extend(at(from).filter(|from| *from != to).map(|from| Edge { from, to, kind }));
        };
        each_expr(&stmt.kind, &mut |expr| {
            each_read(expr, &mut |local, _| {
                if let Some(from) = bound_by(body, local) {
                    push(&from, EdgeKind::Value);
                }
            });
        });
        stmt.after.iter().for_each(|from| push(from, EdgeKind::After));
        stmt.order.iter().for_each(|from| push(from, EdgeKind::Order));
    }
    Some(Graph { workflow: head.name.text.to_string(), nodes, edges: edges.into_iter().collect() })
}

/// Whether a statement stands in a block, however deep.
fn is_inside(body: &Body, inner: StmtId, block: StmtId) -> bool {
    let parent = |id: StmtId| body.stmts.get(id.index()).and_then(|stmt| stmt.parent);
    std::iter::successors(parent(inner), |id| parent(*id)).any(|id| id == block)
}

/// The statement whose value a variable is. What a block gives to its own inside is no edge: it stands in it.
fn bound_by(body: &Body, local: LocalId) -> Option<StmtId> {
    match body.locals.get(local.index())?.kind {
        LocalKind::Stmt(id) | LocalKind::Export(id) | LocalKind::Block(id) => Some(id),
        _ => None,
    }
}

fn kind(body: &Body, id: StmtId) -> Option<(NodeKind, &'static str)> {
    Some(match &body.stmts.get(id.index())?.kind {
        StmtKind::Step { action: Action::Prompt(_), .. } => (NodeKind::Prompt, "prompt"),
        StmtKind::Step { action: Action::Ask(_), .. } => (NodeKind::Ask, "ask"),
        StmtKind::Step { .. } => (NodeKind::Step, "step"),
        StmtKind::Let { .. } => (NodeKind::Let, "let"),
        StmtKind::Require { .. } => (NodeKind::Require, "require"),
        StmtKind::Fail { .. } => (NodeKind::Fail, "fail"),
        StmtKind::Return { .. } => (NodeKind::Return, "return"),
        StmtKind::When { .. } => (NodeKind::When, "when"),
        StmtKind::Parallel { .. } => (NodeKind::Parallel, "parallel"),
        StmtKind::Each(_) => (NodeKind::Each, "for"),
        StmtKind::Loop(_) => (NodeKind::Loop, "loop"),
        StmtKind::Error => return None,
    })
}
