use crate::language::hir::{Action, AfterLoop, Effects, Stmt, StmtId, StmtKind, Touch};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Adds what the order of effects asks for (L4.5): a step that writes, sends or asks waits for everything above it, a step
/// that reads waits for whatever above it may change what it reads, in its block and in the blocks around it.
///
/// A step that keeps its place has waited for all above it, so those below it need not name them again; that keeps the
/// number of waits in proportion to the body.
pub fn effects(effects: &Effects, stmts: &mut [Stmt], block: &[StmtId]) {
    let touches: Vec<Touch> = stmts.iter().map(|stmt| own_touch(effects, stmt)).collect();
    if touches.iter().all(|touch| !touch.keeps_its_place()) {
        return;
    }
    let mut order = Order { stmts, touches, levels: Vec::new() };
    order.block(block, Kind::InTurn);
}

fn own_touch(effects: &Effects, stmt: &Stmt) -> Touch {
    match &stmt.kind {
        StmtKind::Step { action: Action::Call(id, _), .. } => effects.touch(*id).cloned().unwrap_or_default(),
        StmtKind::Step { action: Action::Ask(_), .. } => Touch { asks: true, ..Touch::default() },
        _ => Touch::default(),
    }
}

/// How the statements of a block stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Their order on the page counts.
    InTurn,
    /// Arms of a `parallel`: that they do not wait for each other is what the author says by writing it.
    Arms,
}

struct Level {
    kind: Kind,
    /// The last step of the block itself that waited for everything above it.
    last: Option<StmtId>,
    /// What stands below that.
    since: Vec<StmtId>,
    /// By what may be changed: since a step of the block itself that changes it, that step first.
    changers: BTreeMap<SmolStr, Changers>,
}

#[derive(Default)]
struct Changers {
    all: Vec<StmtId>,
    /// Whether the first waited for everything above it.
    complete: bool,
}

struct Order<'a> {
    stmts: &'a mut [Stmt],
    touches: Vec<Touch>,
    levels: Vec<Level>,
}

impl Order<'_> {
    /// Goes through a block; what all of it does together.
    fn block(&mut self, block: &[StmtId], kind: Kind) -> Touch {
        self.levels.push(Level { kind, last: None, since: Vec::new(), changers: BTreeMap::new() });
        let mut sum = Touch::default();
        for id in block {
            let touch = self.stmt(*id);
            self.note(*id, &touch);
            sum.absorb(&touch);
        }
        self.levels.pop();
        sum
    }

    fn stmt(&mut self, id: StmtId) -> Touch {
        let own = self.touches.get(id.index()).cloned().unwrap_or_default();
        let blocks = self.stmts.get(id.index()).map(|stmt| blocks_of(&stmt.kind)).unwrap_or_default();
        if blocks.is_empty() {
            self.wait(id, &own);
            return own;
        }
        let mut sum = own;
        for (block, kind) in blocks {
            sum.absorb(&self.block(&block, kind));
        }
        sum
    }

    fn wait(&mut self, id: StmtId, touch: &Touch) {
        let mut waits = Vec::new();
        if touch.keeps_its_place() {
            for level in self.levels.iter().rev().filter(|level| level.kind == Kind::InTurn) {
                waits.extend(level.last);
                waits.extend(&level.since);
                if level.last.is_some() {
                    break;
                }
            }
        } else {
            for what in &touch.reads {
                for level in self.levels.iter().rev().filter(|level| level.kind == Kind::InTurn) {
                    let Some(changers) = level.changers.get(what) else { continue };
                    waits.extend(&changers.all);
                    if changers.complete {
                        break;
                    }
                }
            }
        }
        let Some(stmt) = self.stmts.get_mut(id.index()) else { return };
        let mut known: BTreeSet<StmtId> = stmt.order.iter().copied().collect();
        stmt.order.extend(waits.into_iter().filter(|wait| *wait != id && known.insert(*wait)));
    }

    fn note(&mut self, id: StmtId, touch: &Touch) {
        let is_step =
            matches!(self.stmts.get(id.index()).map(|stmt| &stmt.kind), Some(StmtKind::Step { .. }));
        let Some(level) = self.levels.last_mut() else { return };
        let complete = is_step && touch.keeps_its_place();
        if complete {
            level.last = Some(id);
            level.since.clear();
        } else {
            level.since.push(id);
        }
        for what in &touch.changes {
            let changers = level.changers.entry(what.clone()).or_default();
            if complete {
                *changers = Changers { all: vec![id], complete };
            } else {
                changers.all.push(id);
            }
        }
    }
}

fn blocks_of(kind: &StmtKind) -> Vec<(Vec<StmtId>, Kind)> {
    match kind {
        StmtKind::When { arms } => arms.iter().map(|arm| (arm.block.clone(), Kind::InTurn)).collect(),
        StmtKind::Parallel { arms, .. } => vec![(arms.clone(), Kind::Arms)],
        StmtKind::Each(each) => vec![(each.block.clone(), Kind::InTurn)],
        StmtKind::Loop(looped) => {
            let mut blocks = vec![(looped.block.clone(), Kind::InTurn)];
            if let AfterLoop::Block { block, .. } = &looped.otherwise {
                blocks.push((block.clone(), Kind::InTurn));
            }
            blocks
        }
        _ => Vec::new(),
    }
}
