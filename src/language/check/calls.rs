//! At a glance: more calls than a run of each workflow can make. The exact number is `engine::bound`'s, on a plan; most
//! workflows are so far below every limit that no plan needs to be made to know.

use super::Checked;
use crate::language::hir::{
    Action, AfterLoop, CallableId, Definition, Each, Expr, ExprKind, Loop, Program, Stmt, StmtId, StmtKind,
    Type, Workflow,
};
use crate::plan::{Annotations, Literal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Turns of an agent with tools, where nothing else is written (L3.8).
const TURNS: u32 = 8;
/// Re-asks where nothing else is written: the width of the widest range of tiers.
const RE_ASKS: u32 = 4;

/// A number for each workflow that is no smaller than the calls that any run of it can make; the largest one where it
/// does not say at a glance.
pub fn calls_at_a_glance(program: &Program, checked: &[Arc<Checked>]) -> BTreeMap<CallableId, u64> {
    let definitions = checked.iter().flat_map(|module| &module.definitions);
    let known = definitions.filter_map(|definition| match definition {
        Definition::Agent(id, _)
        | Definition::Rubric(id, _)
        | Definition::Tool(id, _)
        | Definition::Workflow(id, _) => Some((*id, definition)),
        Definition::Requires(..) | Definition::Test(_) => None,
    });
    let mut glance = Glance { program, known: known.collect(), calls: BTreeMap::new() };
    let ids: Vec<CallableId> = glance.known.keys().copied().collect();
    for id in ids {
        glance.callable(id, &Annotations::default());
    }
    glance.calls
}

struct Glance<'a> {
    program: &'a Program,
    known: BTreeMap<CallableId, &'a Definition>,
    /// Of workflows. One that is under way has the largest number, so that a circle ends.
    calls: BTreeMap<CallableId, u64>,
}

impl<'a> Glance<'a> {
    fn callable(&mut self, id: CallableId, step: &Annotations) -> u64 {
        match self.known.get(&id).copied() {
            Some(Definition::Agent(_, agent)) => tries(step, &agent.annotations),
            Some(Definition::Rubric(_, rubric)) => tries(step, &rubric.annotations),
            Some(Definition::Workflow(_, workflow)) => self.workflow(id, workflow),
            Some(_) => 0,
            None => u64::MAX,
        }
    }

    fn workflow(&mut self, id: CallableId, workflow: &'a Workflow) -> u64 {
        if let Some(calls) = self.calls.get(&id) {
            return *calls;
        }
        self.calls.insert(id, u64::MAX);
        let calls = self.block(workflow, &workflow.body.block);
        self.calls.insert(id, calls);
        calls
    }

    fn block(&mut self, workflow: &'a Workflow, block: &[StmtId]) -> u64 {
        let stmts = block.iter().filter_map(|id| workflow.body.stmts.get(id.index()));
        stmts.fold(0, |sum, stmt| sum.saturating_add(self.stmt(workflow, stmt)))
    }

    fn stmt(&mut self, workflow: &'a Workflow, stmt: &'a Stmt) -> u64 {
        match &stmt.kind {
            StmtKind::Step { action: Action::Call(callee, _), annotations, .. } => {
                self.callable(*callee, annotations)
            }
            StmtKind::Step { action: Action::Prompt(_), annotations, .. } => {
                tries(annotations, &Annotations::default())
            }
            StmtKind::When { arms } => {
                arms.iter().fold(0, |sum, arm| sum.saturating_add(self.block(workflow, &arm.block)))
            }
            StmtKind::Parallel { arms, .. } => self.block(workflow, arms),
            StmtKind::Each(each) => self.each(workflow, each),
            StmtKind::Loop(looped) => self.looped(workflow, looped),
            _ => 0,
        }
    }

    fn each(&mut self, workflow: &'a Workflow, each: &'a Each) -> u64 {
        match self.block(workflow, &each.block) {
            0 => 0,
            body => body.saturating_mul(each.max.unwrap_or(u64::MAX)),
        }
    }

    fn looped(&mut self, workflow: &'a Workflow, looped: &'a Loop) -> u64 {
        let body = self.block(workflow, &looped.block);
        let judge = looped.judge.as_ref().map_or(0, |it| self.callable(it.rubric, &Annotations::default()));
        let tail = match &looped.otherwise {
            AfterLoop::Block { block, .. } => self.block(workflow, block),
            _ => 0,
        };
        match body.saturating_add(judge) {
            0 => tail,
            round => round.saturating_mul(self.rounds(&looped.max)).saturating_add(tail),
        }
    }

    fn rounds(&self, max: &Expr) -> u64 {
        let whole = match (&max.kind, &max.ty) {
            (ExprKind::Literal(Literal::Int(rounds)), _) => Some(*rounds),
            (ExprKind::Constant(id), _) => self.program.constant(*id).and_then(|constant| constant.whole),
            (_, Type::Int(Some((_, high)))) => Some(*high),
            _ => None,
        };
        whole.map_or(u64::MAX, |rounds| rounds.max(0).unsigned_abs())
    }
}

/// No fewer than the turns, re-asks and votes of one step.
fn tries(step: &Annotations, own: &Annotations) -> u64 {
    let turns = step.turns.max(own.turns).map_or(TURNS, |turns| turns.max(TURNS));
    let re_asks = step.retry.max(own.retry).map_or(RE_ASKS, |retry| retry.max(RE_ASKS));
    let votes = step.votes.max(own.votes).unwrap_or(1);
    (u64::from(turns) + u64::from(re_asks)).saturating_mul(u64::from(votes))
}
