//! The bodies of workflows (§4): statements from what is written to what is meant.
//!
//! [`check_workflow`] goes down the page once. Names that are bound further down are registered with the scope before a
//! block is begun, so that a use above its binding is known as one; what is to be said about it follows from the graph
//! (`check::graph`). Not here: the order of effects (`check::order`), and what all workflows have to do with each other
//! (`check::bounds`).

mod ask;
mod block;
mod each;
mod fallback;
mod join;
mod loops;
mod names;
mod parallel;
mod require;
mod rounds;
mod step;
mod when;

use super::{Cx, Room, annotations, cycles, lints, order};
use crate::base::Span;
use crate::diag::{Code, Severity};
use crate::language::hir::{self, CallableId, LocalId, Stmt, StmtId, StmtKind, Type};
use crate::language::syntax::ast;
use block::{Frame, Place};
pub(super) use fallback::unknown_kind;
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};

/// Checks the body of a workflow.
pub fn check_workflow(cx: &mut Cx<'_>, id: CallableId, workflow: &ast::Workflow) -> hir::Workflow {
    let found = cx.diagnostics.len();
    cx.begin(Room::Body);
    cx.bind_params(id, &workflow.head.params);
    let defaults = cx.defaults(id, &workflow.head.params);
    let annotations = annotations::check(cx, &workflow.head.annotations, annotations::Bearer::Workflow);
    let mut checker = Checker::new(cx, id);
    checker.open(&workflow.body, None, Place::Body);
    checker.stmts(&workflow.body);
    let frame = checker.close();
    checker.missing_return(workflow, &frame);
    let uses = std::mem::take(&mut checker.cx.forward_uses);
    let mut stmts = checker.stmts;
    if !uses.is_empty() {
        let source = cx.program.sources.get(cx.file.0 as usize).cloned();
        let found = source.map(|source| cycles::check(cx.file, &source, workflow, &uses)).unwrap_or_default();
        cx.diagnostics.extend(found);
    }
    order::effects(&cx.program.effects, &mut stmts, &frame.ids);
    no_model(cx, id, workflow, &annotations);
    cx.note_unread(id);
    let body = hir::Body { locals: cx.take_locals(), stmts, block: frame.ids };
    let checked = hir::Workflow { defaults, body, annotations };
    let broken = cx.diagnostics.iter().skip(found).any(|it| it.severity == Severity::Error);
    let circles = cx.program.effects.circles();
    let comes_back = circles.iter().flatten().any(|(member, _)| *member == id);
    if !broken && !comes_back && !cx.has_slip(workflow.head.span) {
        lints::workflow(cx, id, &checked);
    }
    checked
}

/// `@tier(0)`: no model is called, by no step however deep (L3.8).
fn no_model(
    cx: &mut Cx<'_>,
    id: CallableId,
    workflow: &ast::Workflow,
    annotations: &crate::plan::Annotations,
) {
    if annotations.tier.is_none_or(|tiers| tiers.high > 0) {
        return;
    }
    let Some(first) = cx.program.effects.model_call(id) else { return };
    let written = workflow.head.annotations.iter().find(|it| it.name.text == "tier");
    let asked = match first.callee.and_then(|callee| cx.program.callable(callee)) {
        Some(callee) => format!("`{}` asks a model", callee.name),
        None => "a prompt asks a model".into(),
    };
    let message = format!("`{}` says that no model is called, but {asked}", workflow.head.name.text);
    let mut report = cx.error(Code::ModelInTierZero, first.span, message);
    if let Some(written) = written {
        report = report.label(cx.file, written.span, "`@tier(0)`: no model");
    }
    for (callee, next) in way_to_a_model(cx, first.callee) {
        report = report.note(format!("`{callee}` calls `{next}`"));
    }
    cx.report(report.help("take `@tier(0)` away, or do this without a model"));
}

/// From a workflow down to what asks a model, by name.
fn way_to_a_model(cx: &Cx<'_>, first: Option<CallableId>) -> Vec<(SmolStr, SmolStr)> {
    let mut way = Vec::new();
    let mut at = first;
    while let Some(id) = at
        && way.len() < 16
    {
        let next = cx.program.effects.model_call(id);
        let name = |id: CallableId| cx.program.callable(id).map(|it| it.name.clone());
        let Some(next) = next else { break };
        if let Some(from) = name(id) {
            way.push((from, next.callee.and_then(name).unwrap_or_else(|| "prompt".into())));
        }
        at = next.callee.filter(|next| *next != id);
    }
    way
}

/// The state of checking one body.
pub(super) struct Checker<'c, 'p> {
    pub(super) cx: &'c mut Cx<'p>,
    /// The workflow.
    id: CallableId,
    /// In the order of the page.
    stmts: Vec<Stmt>,
    /// Of each statement: which case of the `when` around it holds it, and whether it is a `when` itself.
    cases: Vec<(u32, bool)>,
    /// The blocks around the place that is checked, outermost first.
    frames: Vec<Frame>,
    /// Where each step's name stands (L3.7).
    step_names: HashMap<SmolStr, Vec<StmtId>>,
    /// The records of a loop, by its place: each time a loop is gone through they are the same.
    kept: BTreeMap<Span, rounds::Kept>,
    /// Above zero while a loop's body is gone through for its types alone.
    rehearsals: u32,
}

impl<'c, 'p> Checker<'c, 'p> {
    fn new(cx: &'c mut Cx<'p>, id: CallableId) -> Self {
        let (stmts, cases, frames) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            cx,
            id,
            stmts,
            cases,
            frames,
            step_names: HashMap::new(),
            kept: BTreeMap::new(),
            rehearsals: 0,
        }
    }

    /// Makes room for a statement, so that it has a number above those before it.
    fn alloc(&mut self, stmt: &ast::Stmt, parent: Option<StmtId>, case: u32) -> StmtId {
        let id = StmtId(u32::try_from(self.stmts.len()).unwrap_or(u32::MAX));
        let (span, name_span, name, named) = names::of(stmt);
        let order = self.frames.last().and_then(Frame::gate).into_iter().collect();
        let (binds, after, kind) = (None, Vec::new(), StmtKind::Error);
        self.stmts.push(Stmt { span, name_span, name, named, parent, binds, after, order, kind });
        self.cases.push((case, matches!(stmt, ast::Stmt::When(_))));
        id
    }

    /// Says what a statement is.
    fn set(&mut self, id: StmtId, kind: StmtKind, binds: Option<LocalId>) {
        if let Some(stmt) = self.stmts.get_mut(id.index()) {
            stmt.kind = kind;
            stmt.binds = binds;
        }
    }

    /// Reports that a part of the language stands where it means nothing.
    fn misplaced(&mut self, code: Code, span: Span, message: &str, help: &str) {
        let report = self.cx.error(code, span, message).help(help);
        self.cx.report(report);
    }

    /// What the workflow returns.
    fn result(&self) -> Option<Type> {
        self.cx.program.callable(self.id).and_then(|callable| callable.result.clone())
    }
}
