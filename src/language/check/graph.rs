use crate::base::Span;
use crate::language::syntax::ast::{
    Action, Block, Loop, LoopOtherwise, Name, Otherwise, Step, Stmt, Uses, When, WhenBody, Workflow,
};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use smol_str::SmolStr;
use std::collections::{BTreeMap, HashMap};

/// What waits for what in a body, found on its tree, so that it is known for statements that could not be checked too.
///
/// Made only where a name is used above its binding: otherwise everything waits for what stands further up, and nothing
/// can come back to itself. What the order of effects (L4.5) and a `require` (L4.12) add is not in it: it follows from the
/// place on the page, and moves with a statement that is moved.
pub struct Waits<'a> {
    /// The statements, in the order of the page.
    pub points: Vec<Point<'a>>,
    /// Every use of a name of the body.
    pub uses: Vec<Use<'a>>,
    blocks: Vec<Scope<'a>>,
}

/// A statement.
pub struct Point<'a> {
    /// All of it.
    pub span: Span,
    /// Its name, or the word that it begins with.
    pub head: Span,
    /// How a message calls it: `` `draft` `` or "this `when`".
    pub title: String,
    /// The statement around it.
    pub parent: Option<usize>,
    /// The block that holds it.
    pub block: usize,
    /// Its place there.
    pub position: usize,
    /// What it is.
    pub stmt: &'a Stmt,
}

/// A use of a name.
pub struct Use<'a> {
    /// The statement that uses it.
    pub user: usize,
    /// The name where it is used.
    pub name: &'a Name,
    /// Whether only the end of the statement needs it: the condition of a loop.
    pub late: bool,
    /// What binds it: several where several cases do.
    pub targets: Vec<usize>,
    /// The statement of the block where both meet that holds the user, and the one that holds the targets.
    pub ends: (usize, usize),
}

#[derive(Default)]
struct Scope<'a> {
    owner: Option<usize>,
    /// The block whose names are seen here too: a loop's `otherwise` sees its body's.
    beside: Option<usize>,
    /// By name: the binding statement, and the statement of this block that it is or stands in.
    names: HashMap<&'a SmolStr, Vec<(usize, usize)>>,
}

struct Pending<'a> {
    user: usize,
    block: usize,
    name: &'a Name,
    late: bool,
}

struct Builder<'a> {
    points: Vec<Point<'a>>,
    blocks: Vec<Scope<'a>>,
    pending: Vec<Pending<'a>>,
}

impl<'a> Waits<'a> {
    /// Of a workflow.
    pub fn of(workflow: &'a Workflow) -> Self {
        let mut builder = Builder { points: Vec::new(), blocks: Vec::new(), pending: Vec::new() };
        builder.block(&workflow.body, None);
        let Builder { points, blocks, pending } = builder;
        let mut waits = Self { points, blocks, uses: Vec::new() };
        waits.uses = pending.iter().filter_map(|it| waits.resolve(it)).collect();
        waits
    }

    /// Looks a name up in the blocks around it. What a case binds is not seen in the other cases.
    fn resolve(&self, pending: &Pending<'a>) -> Option<Use<'a>> {
        let mut block = pending.block;
        let mut inside = pending.user;
        loop {
            let scope = self.blocks.get(block)?;
            let beside = scope.beside.and_then(|block| self.blocks.get(block));
            let mut found = scope.names.get(&pending.name.text);
            found = found.or_else(|| beside?.names.get(&pending.name.text));
            if found.is_some_and(Vec::is_empty) {
                return None;
            }
            let own = |(target, via): &&(usize, usize)| *via == inside && target != via;
            let seen: Vec<_> = found.into_iter().flatten().filter(|pair| !own(pair)).collect();
            if let Some((_, via)) = seen.first() {
                let targets = seen.iter().map(|(target, _)| *target).collect();
                let (user, name, late) = (pending.user, pending.name, pending.late);
                return Some(Use { user, name, late, targets, ends: (inside, *via) });
            }
            inside = scope.owner?;
            block = self.points.get(inside)?.block;
        }
    }

    /// Where a name is bound first on the page, wherever that is.
    pub fn first_bound(&self, name: &str) -> Option<&Point<'a>> {
        let targets = self.blocks.iter().filter_map(|scope| scope.names.get(&SmolStr::from(name))).flatten();
        targets.map(|(target, _)| *target).min().and_then(|at| self.points.get(at))
    }

    /// The statement that owns a block.
    pub fn owner(&self, block: usize) -> Option<&Point<'a>> {
        self.blocks.get(block)?.owner.and_then(|at| self.points.get(at))
    }

    /// The loops that a statement stands in.
    pub fn loops_around(&self, at: usize) -> Vec<usize> {
        let parent = |at: &usize| self.points.get(*at).and_then(|point| point.parent);
        let is_loop = |at: &usize| self.points.get(*at).is_some_and(|it| matches!(it.stmt, Stmt::Loop(_)));
        std::iter::successors(parent(&at), parent).filter(is_loop).collect()
    }

    /// Groups of statements that wait for each other, each in the order of the page.
    pub fn circles(&self) -> Vec<Circle<'_, 'a>> {
        let graph = self.graph();
        let mut component = vec![0; graph.node_count()];
        let found = kosaraju_scc(&graph);
        for (number, members) in found.iter().enumerate() {
            for node in members {
                if let Some(slot) = component.get_mut(node.index()) {
                    *slot = number;
                }
            }
        }
        let of = |node: usize| component.get(node).copied();
        let mut circles: BTreeMap<usize, Vec<&Use<'a>>> = BTreeMap::new();
        for used in &self.uses {
            let from = 2 * used.user + usize::from(used.late);
            let back = |target: &&usize| of(2 * **target + 1) == of(from) && of(2 * **target + 1).is_some();
            if let (Some(_), Some(number)) = (used.targets.iter().find(back), of(from)) {
                circles.entry(number).or_default().push(used);
            }
        }
        let mut circles: Vec<_> = circles.into_values().map(circle_of).collect();
        circles.sort_by_key(|circle| circle.members.first().copied());
        circles
    }

    /// Two nodes a statement: it begins (even), it is done (odd). An edge leads to what is waited for.
    fn graph(&self) -> DiGraph<(), ()> {
        let mut graph = DiGraph::with_capacity(2 * self.points.len(), 4 * self.points.len());
        for _ in 0..2 * self.points.len() {
            graph.add_node(());
        }
        let mut edge = |from: usize, to: usize| {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        };
        for (at, point) in self.points.iter().enumerate() {
            edge(2 * at + 1, 2 * at);
            if let Some(parent) = point.parent {
                edge(2 * at, 2 * parent);
                edge(2 * parent + 1, 2 * at + 1);
            }
        }
        for used in &self.uses {
            for target in &used.targets {
                edge(2 * used.user + usize::from(used.late), 2 * target + 1);
            }
        }
        graph
    }

    /// The statements of a block, in the order of the page.
    pub fn siblings(&self, block: usize) -> impl Iterator<Item = usize> + '_ {
        let inside = move |(_, point): &(usize, &Point<'a>)| point.block == block;
        self.points.iter().enumerate().filter(inside).map(|(at, _)| at)
    }

    /// The statement of `block` that a statement is or stands in.
    pub fn in_block(&self, mut at: usize, block: usize) -> Option<usize> {
        loop {
            let point = self.points.get(at)?;
            if point.block == block {
                return Some(at);
            }
            at = point.parent?;
        }
    }
}

/// Statements that wait for each other.
pub struct Circle<'w, 'a> {
    /// The statements, in the order of the page.
    pub members: Vec<usize>,
    /// For each member at least one use of a name of another member.
    pub uses: Vec<&'w Use<'a>>,
}

impl<'a> Builder<'a> {
    fn block(&mut self, block: &'a Block, owner: Option<usize>) -> usize {
        let number = self.blocks.len();
        self.blocks.push(Scope { owner, ..Scope::default() });
        for (position, stmt) in block.stmts.iter().enumerate() {
            let at = self.points.len();
            let (span, head, title) = describe(stmt);
            self.points.push(Point { span, head, title, parent: owner, block: number, position, stmt });
            self.stmt(stmt, at, number);
        }
        number
    }

    fn bind(&mut self, block: usize, name: &'a Name, target: usize, via: usize) {
        if let Some(scope) = self.blocks.get_mut(block)
            && !name.is_missing()
        {
            scope.names.entry(&name.text).or_default().push((target, via));
        }
    }

    fn reads(&mut self, user: usize, block: usize, names: Vec<&'a Name>) {
        self.pending.extend(names.into_iter().map(|name| Pending { user, block, name, late: false }));
    }

    /// What an inner block binds is seen in the outer one too; of a loop, once all of it is done.
    fn export(&mut self, inner: usize, outer: usize, via: usize, target: Option<usize>) {
        let Some(scope) = self.blocks.get(inner) else { return };
        let seen: Vec<(&'a SmolStr, usize)> =
            scope.names.iter().flat_map(|(name, all)| all.iter().map(|(at, _)| (*name, *at))).collect();
        let Some(scope) = self.blocks.get_mut(outer) else { return };
        for (name, at) in seen {
            let entry = scope.names.entry(name).or_default();
            let item = (target.unwrap_or(at), via);
            if !entry.contains(&item) {
                entry.push(item);
            }
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt, at: usize, block: usize) {
        match stmt {
            Stmt::Step(step) => self.step(step, at, block),
            Stmt::Let(it) => {
                self.reads(at, block, Uses::of(&it.value));
                self.bind(block, &it.name, at, at);
            }
            Stmt::When(when) => self.when(when, at, block),
            Stmt::Parallel(it) => {
                let inner = self.block(&it.body, Some(at));
                self.export(inner, block, at, None);
            }
            Stmt::For(it) => {
                self.reads(at, block, Uses::of(&it.list));
                self.block(&it.body, Some(at));
                if let Some(rows) = &it.rows {
                    self.bind(block, rows, at, at);
                }
            }
            Stmt::Loop(it) => self.looped(it, at, block),
            Stmt::Require(it) => {
                self.reads(at, block, Uses::of(&it.condition));
                self.reads(at, block, Uses::of(&it.message));
            }
            Stmt::Fail(it) => self.reads(at, block, Uses::of(&it.message)),
            Stmt::Return(it) => self.reads(at, block, Uses::of(&it.value)),
            Stmt::Give(it) => {
                // It is a part of its fan-out, whose end waits for it.
                let user = self.points.get(at).and_then(|point| point.parent).unwrap_or(at);
                let late = |name| Pending { user, block, name, late: true };
                self.pending.extend(Uses::of(&it.value).into_iter().map(late));
            }
            Stmt::Bad(_, Some(inner)) => {
                let inner = self.block(inner, Some(at));
                self.export(inner, block, at, None);
            }
            Stmt::Bad(_, None) => {}
        }
    }

    fn step(&mut self, step: &'a Step, at: usize, block: usize) {
        self.reads(at, block, Uses::of_step(step));
        self.reads(at, block, step.after.iter().collect());
        if let Some(name) = &step.name {
            self.bind(block, name, at, at);
        }
    }

    fn when(&mut self, when: &'a When, at: usize, block: usize) {
        self.reads(at, block, Uses::of(&when.subject));
        match &when.body {
            WhenBody::Condition { then, otherwise, extra } => {
                self.arm(then, at, block);
                otherwise.iter().chain(extra).for_each(|it| self.otherwise(it, at, block));
            }
            WhenBody::Cases { arms, otherwise, extra, .. } => {
                arms.iter().for_each(|arm| self.arm(&arm.body, at, block));
                otherwise.iter().for_each(|(_, body)| self.arm(body, at, block));
                extra.iter().for_each(|it| self.otherwise(it, at, block));
            }
        }
    }

    fn otherwise(&mut self, it: &'a Otherwise, at: usize, block: usize) {
        match it {
            Otherwise::When(_, when) => self.when(when, at, block),
            Otherwise::Block(_, body) => self.arm(body, at, block),
        }
    }

    fn arm(&mut self, body: &'a Block, at: usize, block: usize) {
        let inner = self.block(body, Some(at));
        self.export(inner, block, at, None);
    }

    fn looped(&mut self, it: &'a Loop, at: usize, block: usize) {
        let inner = self.block(&it.body, Some(at));
        let names = Uses::of(&it.until);
        self.pending.extend(names.into_iter().map(|name| Pending {
            user: at,
            block: inner,
            name,
            late: true,
        }));
        match &it.otherwise {
            Some(LoopOtherwise::Block(_, tail)) => {
                let tail = self.block(tail, Some(at));
                if let Some(scope) = self.blocks.get_mut(tail) {
                    scope.beside = Some(inner);
                    // The `as` name is there already: it holds up nothing.
                    scope.names.extend(it.name.iter().map(|name| (&name.text, Vec::new())));
                }
            }
            Some(LoopOtherwise::Fail(_, fail)) => {
                let gate = it.name.as_ref().map(|name| &name.text);
                let names = Uses::of(&fail.message).into_iter().filter(|name| Some(&name.text) != gate);
                let late = |name| Pending { user: at, block: inner, name, late: true };
                self.pending.extend(names.map(late));
            }
            Some(LoopOtherwise::KeepBest(_) | LoopOtherwise::KeepLast(_)) | None => {}
        }
        self.export(inner, block, at, Some(at));
        if let Some(name) = &it.name {
            self.bind(block, name, at, at);
        }
    }
}

/// The place, the head and the title of a statement.
pub fn describe(stmt: &Stmt) -> (Span, Span, String) {
    let named = |name: &Name| format!("`{}`", name.text);
    match stmt {
        Stmt::Step(step) => match (&step.name, &step.action) {
            (Some(name), _) if !name.is_missing() => (step.span, name.span, named(name)),
            (_, Action::Call(call)) => {
                (step.span, step.keyword, format!("the step that calls `{}`", call.callee.text))
            }
            _ => (step.span, step.keyword, "this `step`".into()),
        },
        Stmt::Let(it) => (it.span, it.name.span, named(&it.name)),
        Stmt::When(it) => (it.span, it.keyword, "this `when`".into()),
        Stmt::Parallel(it) => (it.span, it.keyword, "this `parallel`".into()),
        Stmt::For(it) => match &it.rows {
            Some(rows) => (it.span, rows.span, named(rows)),
            None => (it.span, it.keyword, "this `for`".into()),
        },
        Stmt::Loop(it) => match &it.name {
            Some(name) => (it.span, name.span, named(name)),
            None => (it.span, it.keyword, "this loop".into()),
        },
        Stmt::Require(it) => (it.span, it.keyword, "this `require`".into()),
        Stmt::Fail(it) => (it.span, it.span, "this `fail`".into()),
        Stmt::Return(it) => (it.span, it.span, "`return`".into()),
        Stmt::Give(it) => (it.span, it.span, "`give`".into()),
        Stmt::Bad(span, _) => (*span, *span, "this line".into()),
    }
}

fn circle_of<'w, 'a>(uses: Vec<&'w Use<'a>>) -> Circle<'w, 'a> {
    let mut members: Vec<usize> = uses.iter().map(|used| used.user).collect();
    members.sort_unstable();
    members.dedup();
    Circle { members, uses }
}
