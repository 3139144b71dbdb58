use super::{Checker, names};
use crate::base::Span;
use crate::diag::Code;
use crate::language::check::{Forward, Hidden};
use crate::language::hir::{ExprKind, LocalId, LocalKind, StmtId, StmtKind, Type};
use crate::language::syntax::ast::{Block, Name, Stmt};
use indexmap::IndexMap;
use smol_str::SmolStr;

/// What kind of block it is: it decides which statements may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The outermost.
    Body,
    /// A case of a `when`.
    Case(u32),
    /// The arms of a `parallel`.
    Arms,
    /// The body of a fan-out; whether it gives something.
    Item {
        /// Whether `as` stands on the fan-out.
        rows: bool,
    },
    /// The body of a loop.
    Round,
    /// A loop's `otherwise { }`.
    Tail,
}

/// A name that a block binds.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    /// The variable; `None` for a step that returns nothing.
    pub(super) local: Option<LocalId>,
    /// The statements that bind it; of several cases, several.
    pub(super) stmts: Vec<StmtId>,
    /// Where.
    pub(super) span: Span,
    /// What was declared for it, and where.
    pub(super) declared: Option<(Type, Span)>,
    /// Whether a step, loop or `as` list binds it, for `after`.
    pub(super) waitable: bool,
}

/// An open block.
#[derive(Debug)]
pub(super) struct Frame {
    place: Place,
    parent: Option<StmtId>,
    /// What it binds, in the order of the page.
    pub(super) names: IndexMap<SmolStr, Bound>,
    /// Its statements.
    pub(super) ids: Vec<StmtId>,
    /// The last `require`, `fail`, or `when` that holds one.
    gate: Option<StmtId>,
    /// Where it fails for certain.
    pub(super) fails: Option<Span>,
    /// The last statement was `return` or `give`.
    pub(super) ended: Option<Span>,
    /// What `give` gives.
    pub(super) give: Option<crate::language::hir::Expr>,
    told_unreachable: bool,
}

impl Frame {
    /// A block that holds nothing.
    pub(super) fn empty(place: Place) -> Self {
        Self {
            place,
            parent: None,
            names: IndexMap::new(),
            ids: Vec::new(),
            gate: None,
            fails: None,
            ended: None,
            give: None,
            told_unreachable: false,
        }
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// What every further statement waits for (L4.12). Arms of a `parallel` wait for nothing of each other.
    pub(super) fn gate(&self) -> Option<StmtId> {
        self.gate.filter(|_| self.place != Place::Arms)
    }

    /// Whether it holds a `require` or `fail`, itself or in a `when`.
    pub(super) fn holds_gate(&self) -> bool {
        self.gate.is_some()
    }
}

impl Checker<'_, '_> {
    /// Opens a block and its scope. The names that it binds are known as such from its first line on.
    pub(super) fn open(&mut self, block: &Block, parent: Option<StmtId>, place: Place) {
        self.cx.scope.enter();
        let mut found = Vec::new();
        names::bound(block, &mut found);
        for name in found.into_iter().filter(|name| !name.is_missing()) {
            self.cx.scope.forward(name.text.clone(), Forward { span: name.span });
        }
        self.frames.push(Frame { parent, ..Frame::empty(place) });
    }

    /// Closes the innermost block with its scope.
    pub(super) fn close(&mut self) -> Frame {
        self.cx.scope.leave();
        self.frames.pop().unwrap_or_else(|| Frame::empty(Place::Body))
    }

    /// Checks the statements of the block that was opened last.
    pub(super) fn stmts(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.unreachable(stmt);
            self.stmt(stmt);
        }
    }

    /// The innermost open block.
    pub(super) fn frame(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    pub(super) fn place(&self) -> Place {
        self.frames.last().map_or(Place::Body, |frame| frame.place)
    }

    fn unreachable(&mut self, stmt: &Stmt) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.told_unreachable {
            return;
        }
        let span = names::of(stmt).1;
        if let Some(fails) = frame.fails {
            frame.told_unreachable = true;
            let file = self.cx.file;
            let report = self
                .cx
                .error(Code::Unreachable, span, "nothing below a `fail` ever runs")
                .label(file, fails, "it always fails here")
                .help("take it away, or put the `fail` into a `when`");
            self.cx.report(report);
        } else if let Some(ended) = frame.ended
            && !matches!(stmt, Stmt::Bad(..))
        {
            frame.told_unreachable = true;
            self.not_last(ended, span);
        }
    }

    fn not_last(&mut self, ended: Span, next: Span) {
        let word = match self.place() {
            Place::Item { .. } => "`give` is the last statement of its block",
            _ => "`return` is the last statement of a workflow",
        };
        let file = self.cx.file;
        let report = self
            .cx
            .error(Code::NotLast, ended, word)
            .label(file, next, "this stands below it")
            .help("move it below everything else; what it uses decides when it is ready");
        self.cx.report(report);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let (place, parent) = self.frames.last().map_or((Place::Body, None), |it| (it.place, it.parent));
        let case = if let Place::Case(case) = place { case } else { 0 };
        let id = self.alloc(stmt, parent, case);
        if let Some(frame) = self.frame() {
            frame.ids.push(id);
        }
        let is_arm = place == Place::Arms;
        if is_arm {
            self.cx.scope.enter();
        }
        match stmt {
            Stmt::Step(step) => self.step(step, id),
            Stmt::Let(it) => self.let_(it, id),
            Stmt::When(when) => self.when(when, id),
            Stmt::Parallel(it) => self.parallel(it, id),
            Stmt::For(it) => self.each(it, id),
            Stmt::Loop(it) => self.looped(it, id),
            Stmt::Require(it) => self.require(it, id),
            Stmt::Fail(it) => self.fail(it, id),
            Stmt::Return(it) => self.return_(it, id),
            Stmt::Give(it) => self.give(it, id),
            Stmt::Bad(span, block) => self.bad(*span, block.as_ref(), id),
        }
        if is_arm {
            self.cx.scope.leave();
        }
    }

    /// A broken line: its block is checked, and what it may have named is bound to something that fits everything.
    fn bad(&mut self, span: Span, block: Option<&Block>, id: StmtId) {
        if let Some(block) = block {
            self.open(block, Some(id), Place::Case(0));
            self.stmts(block);
            let frame = self.close();
            self.adopt(frame.names);
        }
        let head =
            block.map_or(span, |block| Span { start: span.start, end: block.span.start.max(span.start) });
        for name in names::guessed(self.cx.source_text(head)) {
            if self.cx.taken(&name).is_none() && !self.cx.is_forward(&name) {
                let local = self.cx.add_local(name.clone(), span, Type::Error, LocalKind::Stmt(id));
                self.cx.scope.bind(name.clone(), local);
                let stmts = vec![id];
                self.bound(name, Bound { local: Some(local), stmts, span, declared: None, waitable: true });
            }
        }
        self.set(id, StmtKind::Error, None);
    }

    /// Notes that the innermost block binds a name.
    pub(super) fn bound(&mut self, name: SmolStr, bound: Bound) {
        let Some(frame) = self.frames.last_mut() else { return };
        let arms = frame.place == Place::Arms;
        let first = frame.names.insert(name.clone(), bound.clone());
        if let Some(first) = first.filter(|_| arms)
            && self.step_names.get(&name).is_none_or(|steps| steps.len() < 2)
        {
            self.bound_in_two_arms(&name, first.span, bound.span);
        }
    }

    fn bound_in_two_arms(&mut self, name: &str, first: Span, second: Span) {
        let file = self.cx.file;
        let report = self
            .cx
            .error(Code::NameTaken, second, format!("two arms of this `parallel` bind `{name}`"))
            .here("bound again here")
            .label(file, first, "first bound here")
            .help("below the `parallel` both are seen: choose another name for one of them");
        self.cx.report(report);
    }

    /// Makes the names of an inner block those of this one.
    pub(super) fn adopt(&mut self, names: IndexMap<SmolStr, Bound>) {
        for (name, bound) in names {
            match bound.local {
                Some(local) => self.cx.scope.bind(name.clone(), local),
                None => self.hide_empty(name.clone(), bound.span),
            }
            self.bound(name, bound);
        }
    }

    /// The name of a step that returns nothing stands for no value.
    pub(super) fn hide_empty(&mut self, name: SmolStr, span: Span) {
        let why = "is a step that returns nothing".to_string();
        let help = Some("its name is there for `after` and `expect`".to_string());
        self.cx.scope.hide(name, Hidden { why, help, span });
    }

    /// Binds a name where it stands, to a value.
    pub(super) fn bind(
        &mut self,
        name: &Name,
        ty: Type,
        kind: LocalKind,
        id: StmtId,
        declared: Option<(Type, Span)>,
    ) -> LocalId {
        let local = self.cx.bind(name, ty, kind);
        let waitable = !matches!(kind, LocalKind::Stmt(_)) || self.is_step(id);
        if !name.is_missing() {
            let (stmts, span) = (vec![id], name.span);
            self.bound(name.text.clone(), Bound { local: Some(local), stmts, span, declared, waitable });
        }
        local
    }

    fn is_step(&self, id: StmtId) -> bool {
        !matches!(self.stmts.get(id.index()).map(|stmt| &stmt.kind), Some(StmtKind::Let { .. }))
    }

    /// From here on the innermost block waits for this statement (L4.12).
    pub(super) fn hold(&mut self, id: StmtId) {
        if let Some(frame) = self.frame() {
            frame.gate = Some(id);
        }
    }

    /// The innermost block fails for certain.
    pub(super) fn fails_at(&mut self, span: Span) {
        if let Some(frame) = self.frame() {
            frame.fails.get_or_insert(span);
        }
    }

    /// Looks a name up among what is bound around here. Arms of a `parallel` do not see each other.
    pub(super) fn find(&self, name: &str) -> Option<&Bound> {
        let mut open = self.frames.iter().rev().filter(|frame| frame.place != Place::Arms);
        open.find_map(|frame| frame.names.get(name))
    }

    /// Refuses a block without statements, which says nothing.
    pub(super) fn not_empty(&mut self, block: &Block, what: &str) {
        if block.stmts.is_empty() && !block.span.is_empty() {
            let message = format!("this {what} holds no statement");
            self.misplaced(
                Code::EmptyBlock,
                block.span,
                &message,
                "put a statement into it, or take it away",
            );
        }
    }

    /// Whether an expression was reported.
    pub(super) fn is_broken(expr: &crate::language::hir::Expr) -> bool {
        matches!(expr.kind, ExprKind::Error) || expr.ty == Type::Error
    }
}
