use super::Checker;
use super::block::{Frame, Place};
use crate::base::Span;
use crate::diag::{Code, Fix};
use crate::language::check::{OriginWords, Wanted, facts};
use crate::language::hir::{LocalKind, StmtId, StmtKind, Type, show};
use crate::language::syntax::ast;

const MESSAGE: Wanted<'static> = Wanted::Words("a text is expected here: it is what a failure says");

impl Checker<'_, '_> {
    /// `let name: T = expr` (L4.2)
    pub(super) fn let_(&mut self, it: &ast::Let, id: StmtId) {
        let declared = it.ty.as_ref().map(|ty| (self.cx.resolve_type(ty), ty.span));
        let value = match &declared {
            Some((ty, span)) => self.cx.expect(&it.value, ty, Wanted::Declared(*span, &it.name.text)),
            None => self.cx.infer_value(&it.value),
        };
        let ty = declared.as_ref().map_or_else(|| value.ty.clone(), |(ty, _)| ty.clone());
        self.set(id, StmtKind::Let { value }, None);
        let place = declared.as_ref().map(|(_, span)| *span);
        let local = self.bind(&it.name, ty.clone(), LocalKind::Stmt(id), id, declared);
        match place {
            Some(span) => {
                let place = crate::base::Place { file: self.cx.file, span };
                self.cx.set_origin(local, place, OriginWords::DeclaredFor(it.name.text.clone(), ty));
            }
            None => {
                if let Some(StmtKind::Let { value }) = self.stmts.get(id.index()).map(|stmt| &stmt.kind) {
                    self.cx.know(local, value);
                }
            }
        }
        if let Some(stmt) = self.stmts.get_mut(id.index()) {
            stmt.binds = Some(local);
        }
    }

    /// `require cond otherwise "message"` (L4.12): what it says holds everywhere below.
    pub(super) fn require(&mut self, it: &ast::Require, id: StmtId) {
        self.no_arm(it.keyword, "require");
        let condition = self.cx.condition(&it.condition);
        let known = facts(self.cx, &condition);
        self.cx.scope.enter();
        self.cx.scope.assume(&known.fails);
        let message = self.cx.expect(&it.message, &Type::TEXT, MESSAGE);
        self.cx.scope.leave();
        self.cx.scope.assume(&known.holds);
        self.set(id, StmtKind::Require { condition, message }, None);
        self.hold(id);
    }

    /// `fail "message"` (L4.12)
    pub(super) fn fail(&mut self, it: &ast::Fail, id: StmtId) {
        self.no_arm(it.span, "fail");
        let message = self.cx.expect(&it.message, &Type::TEXT, MESSAGE);
        self.set(id, StmtKind::Fail { message }, None);
        self.hold(id);
        if self.place() != Place::Arms {
            self.fails_at(it.span);
        }
    }

    /// `require`, `fail` and `return` are no arms (L4.6).
    fn no_arm(&mut self, span: Span, word: &str) {
        if self.place() == Place::Arms {
            let message = format!("`{word}` cannot be an arm of a `parallel`");
            let help = "put it above or below the `parallel`, or into an arm with the step that it is about";
            self.misplaced(Code::NoArm, span, &message, help);
        }
    }

    /// `return expr` (L4.13)
    pub(super) fn return_(&mut self, it: &ast::Return, id: StmtId) {
        let result = self.result();
        let value = match &result {
            Some(ty) => self.cx.expect(&it.value, ty, Wanted::Result(self.id)),
            None => self.cx.infer(&it.value, None),
        };
        match self.place() {
            Place::Body => {
                if result.is_none() {
                    self.no_result(it, &value.ty);
                }
                if let Some(frame) = self.frame() {
                    frame.ended = Some(it.span);
                }
            }
            Place::Arms => self.no_arm(it.span, "return"),
            Place::Item { .. } => {
                let help =
                    "a fan-out collects what its items `give`: `give expr`, with `as rows` on the `for`";
                self.misplaced(Code::NotLast, it.span, "`return` ends a workflow, not an item", help);
            }
            Place::Case(_) => {
                let help = "bind the same name in every case, and return it below the `when`";
                self.misplaced(Code::NotLast, it.span, "`return` is the last statement of a workflow", help);
            }
            Place::Round | Place::Tail => {
                let help =
                    "a loop ends by its `until`; below it, its names are those of the round that is kept";
                self.misplaced(Code::NotLast, it.span, "`return` is the last statement of a workflow", help);
            }
        }
        self.set(id, StmtKind::Return { value }, None);
    }

    fn no_result(&mut self, it: &ast::Return, ty: &Type) {
        let Some(callable) = self.cx.program.callable(self.id) else { return };
        let message = format!("`{}` returns a value, but its head does not say so", callable.name);
        let file = self.cx.file;
        let end = callable.result_span;
        let mut report = self.cx.error(Code::ReturnWithoutType, it.span, message).label(
            file,
            callable.span,
            "this workflow has no `->`",
        );
        report = if *ty == Type::Error {
            report.help("write `-> T` behind its parameters")
        } else {
            let shown = show(self.cx, ty);
            let place = crate::base::Place { file, span: Span::at(end.end as usize) };
            report.help(format!("write `-> {shown}` behind its parameters")).fix(Fix::replace(
                format!("write `-> {shown}`"),
                place,
                format!(" -> {shown}"),
            ))
        };
        self.cx.report(report);
    }

    /// A workflow with a `->` ends in `return`.
    pub(super) fn missing_return(&mut self, workflow: &ast::Workflow, frame: &Frame) {
        let Some(result) = self.result() else { return };
        let told = frame.ended.is_some() || frame.fails.is_some();
        let bad = workflow.body.stmts.iter().any(|stmt| matches!(stmt, ast::Stmt::Bad(..)));
        // A text without its end took what stands below it.
        let taken = || self.cx.source_text(workflow.body.span).contains("return");
        let has_slip = self.cx.names().is_some_and(|names| names.has_slip(workflow.body.span));
        let broken = bad || has_slip && taken();
        let elsewhere = self.stmts.iter().any(|stmt| matches!(stmt.kind, StmtKind::Return { .. }));
        if told
            || broken
            || elsewhere
            || workflow.body.span.is_empty()
            || workflow.head.result.is_none()
            || result == Type::Error
        {
            return;
        }
        // Its `}`, or its last letter where that is missing.
        let last = self.cx.source_text(workflow.body.span).chars().next_back().map_or(0, char::len_utf8);
        let end = workflow.body.span.end as usize;
        let span = Span::new(end - last, end);
        let shown = show(self.cx, &result);
        let message = format!("`{}` ends without `return`", workflow.head.name.text);
        let written = workflow.head.result.as_ref().map(|ty| ty.span).unwrap_or_default();
        let (file, help) = (self.cx.file, "end it with `return expr`, or take the `->` away");
        let report = self
            .cx
            .error(Code::ReturnMissing, span, message)
            .label(file, written, format!("it returns {shown}"))
            .help(help);
        self.cx.report(report);
    }

    /// `give expr` (L4.7)
    pub(super) fn give(&mut self, it: &ast::Give, id: StmtId) {
        let value = self.cx.infer(&it.value, None);
        match self.place() {
            Place::Item { rows } => {
                if !rows {
                    let help = "name the list: `for item in items as rows { … give expr }`";
                    let message = "`give` has no list to go to: this `for` has no `as`";
                    self.misplaced(Code::GiveAndAs, it.span, message, help);
                }
                if let Some(frame) = self.frame() {
                    frame.ended = Some(it.span);
                    frame.give = Some(value);
                }
            }
            _ => {
                let in_item = self.frames.iter().any(|frame| matches!(frame.place(), Place::Item { .. }));
                let help = if in_item {
                    "it is the last statement of the `for` itself, once; inside, bind a name and give that"
                } else {
                    "`give` belongs into a `for … as rows`; a workflow gives its result with `return`"
                };
                self.misplaced(Code::GivePlace, it.span, "`give` ends the body of a `for`", help);
            }
        }
        self.drop_stmt(id);
    }

    /// `give` is a part of its fan-out, not a statement of its own.
    fn drop_stmt(&mut self, id: StmtId) {
        if let Some(frame) = self.frame() {
            frame.ids.retain(|other| *other != id);
        }
        if self.stmts.len() == id.index() + 1 {
            self.stmts.pop();
            self.cases.pop();
        }
    }
}
