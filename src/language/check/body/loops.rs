use super::Checker;
use super::block::{Bound, Frame, Place};
use super::rounds::Round;
use crate::base::Span;
use crate::diag::{Code, Fix};
use crate::language::check::{Bare, Hidden, JudgeCall, Judging, Wanted};
use crate::language::hir::{
    AfterLoop, Expr, ExprKind, Field, Judge, LocalId, LocalKind, Loop, StmtId, StmtKind, Type, TypeDecl,
    TypeId, TypeKind, builtin, show,
};
use crate::language::syntax::ast::{self, Block, BoundKind, LoopOtherwise, Stmt};
use crate::plan::Literal;
use indexmap::IndexMap;
use smol_str::SmolStr;
use std::sync::Arc;

/// How many rounds a loop has that does not say so.
const ROUNDS: i64 = 3;

impl Checker<'_, '_> {
    /// `loop until cond max n as name { … } otherwise …` (L4.9)
    pub(super) fn looped(&mut self, it: &ast::Loop, id: StmtId) {
        let (max, most) = self.rounds(it);
        self.not_empty(&it.body, "loop");
        let mut round = self.round(it, id, most);
        self.rehearse(it, id, &mut round);
        let found = self.cx.diagnostics.len();
        self.begin_round(it, id, &round);
        self.stmts(&it.body);
        self.settle(it, &round, found);
        let (until, judge) = self.until(it, id);
        let review = judge.as_ref().map(|judge| judge.binds);
        self.review_taken(it, &round);
        let otherwise = self.otherwise(it, id, &round);
        let fields = self.fields(&round, review);
        let used = |checker: &Self, local: LocalId| (checker.cx.reads(local) > 0).then_some(local);
        let (number, previous, earlier) = (
            used(self, round.locals.number),
            used(self, round.locals.previous),
            used(self, round.locals.earlier),
        );
        let frame = self.close();
        let gate_type = self.gate_type(it, &round);
        let looped = Loop {
            max,
            block: frame.ids.clone(),
            until,
            judge: judge.map(|found| Judge {
                rubric: found.rubric,
                args: found.args,
                binds: found.binds,
                span: found.span,
            }),
            round: number,
            previous,
            earlier,
            record: round.record,
            fields,
            exports: Vec::new(),
            gate: None,
            otherwise,
        };
        self.set(id, StmtKind::Loop(Box::new(looped)), None);
        self.export(frame, id);
        self.hide_review(it, &round);
        self.gate(it, id, gate_type);
    }

    /// Opens a round: its words and names.
    pub(super) fn begin_round(&mut self, it: &ast::Loop, id: StmtId, round: &Round) {
        self.open(&it.body, Some(id), Place::Round);
        for (word, local) in [
            ("round", round.locals.number),
            ("previous", round.locals.previous),
            ("earlier", round.locals.earlier),
        ] {
            self.cx.scope.bind(word.into(), local);
        }
    }

    /// The maximum as an expression, and the largest number that it can be.
    fn rounds(&mut self, it: &ast::Loop) -> (Expr, u64) {
        let literal = |count: i64, span: Span| Expr {
            ty: Type::Int(Some((count, count))),
            span,
            kind: ExprKind::Literal(Literal::Int(count)),
        };
        let default = literal(ROUNDS, it.keyword);
        let Some(bound) = &it.max else { return (default, ROUNDS.unsigned_abs()) };
        if let BoundKind::Name(name) = &bound.kind
            && let Some(local) = self.cx.scope.local(&name.text)
        {
            return self.rounds_of(name, local).unwrap_or((default, ROUNDS.unsigned_abs()));
        }
        match self.cx.bound(bound) {
            Some(count) => (literal(i64::try_from(count).unwrap_or(i64::MAX), bound.span), count),
            None => (default, ROUNDS.unsigned_abs()),
        }
    }

    /// A parameter as the maximum: an `int` whose range begins at 1 or more.
    fn rounds_of(&mut self, name: &ast::Name, local: LocalId) -> Option<(Expr, u64)> {
        let known = self.cx.local(local)?.clone();
        let value = self.cx.read(local, name.span);
        let place = self.cx.place_of(local);
        let message = match (&known.kind, &known.ty) {
            (LocalKind::Param, Type::Int(Some((low, high)))) if *low >= 1 => {
                return Some((value, high.unsigned_abs()));
            }
            (_, Type::Error) => return None,
            (LocalKind::Param, Type::Int(Some((low, _)))) => {
                format!("a loop has at least one round, and `{}` can be {low}", name.text)
            }
            (LocalKind::Param, Type::Int(None)) => {
                format!("`{}` has no upper end, so this loop would have no maximum", name.text)
            }
            (LocalKind::Param, other) => {
                format!("`max` is a whole number, and `{}` is {}", name.text, show(self.cx, other))
            }
            _ => format!("`{}` is known only when the workflow runs, so it is no maximum", name.text),
        };
        let help =
            format!("`max` is a number, a constant, or a parameter such as `{}: int 1..10`", name.text);
        let report = self
            .cx
            .error(Code::LoopMax, name.span, message)
            .label(place.file, place.span, format!("`{}` is bound here", name.text))
            .help(help);
        self.cx.report(report);
        None
    }

    /// The condition, at the end of the round, with the one rubric that it may call.
    fn until(&mut self, it: &ast::Loop, id: StmtId) -> (Expr, Option<JudgeCall>) {
        let bare = self.only_step(&it.body);
        self.cx.judging = Some(Judging::new(id, bare));
        let until = self.cx.condition(&it.until);
        let judge = self.cx.judging.take().and_then(|judging| judging.found);
        (until, judge)
    }

    /// What the bare word `rubric` judges: the value of the body's only step.
    fn only_step(&self, body: &Block) -> Bare {
        let mut steps = Vec::new();
        collect_steps(body, &mut steps);
        let name = match steps.as_slice() {
            [only] => only.name.as_ref(),
            _ => None,
        };
        let bound = name.and_then(|name| self.find(&name.text)).and_then(|bound| bound.local);
        bound.map_or(Bare::Unclear, Bare::Step)
    }

    fn otherwise(&mut self, it: &ast::Loop, id: StmtId, round: &Round) -> AfterLoop {
        match &it.otherwise {
            None => AfterLoop::FailWithHistory,
            Some(LoopOtherwise::KeepLast(_)) => AfterLoop::KeepLast,
            Some(LoopOtherwise::KeepBest(span)) => {
                self.keep_best(it, *span, round.judged);
                AfterLoop::KeepBest
            }
            Some(LoopOtherwise::Fail(_, fail)) => {
                self.cx.scope.enter();
                let gate = self.tail_gate(it, id, round);
                let words = Wanted::Words("a text is expected here: it is what a failure says");
                let message = self.cx.expect(&fail.message, &Type::TEXT, words);
                self.cx.scope.leave();
                AfterLoop::Fail { message, gate: gate.filter(|gate| self.cx.reads(*gate) > 0) }
            }
            Some(LoopOtherwise::Block(span, block)) => {
                self.open(block, Some(id), Place::Tail);
                let gate = self.tail_gate(it, id, round);
                self.stmts(block);
                let frame = self.close();
                self.tail_fails(*span, block, &frame);
                let gate = gate.filter(|gate| self.cx.reads(*gate) > 0);
                AfterLoop::Block { block: frame.ids, gate }
            }
        }
    }

    fn keep_best(&mut self, it: &ast::Loop, span: Span, judged: bool) {
        if judged || matches!(it.until.kind, ast::ExprKind::Missing) {
            return;
        }
        let file = self.cx.file;
        let place = crate::base::Place { file, span };
        let text = self.cx.source_text(span).to_string();
        let mut report = self
            .cx
            .error(
                Code::KeepBestWithoutRubric,
                span,
                "`keep best` needs a rubric: nothing here says which round is best",
            )
            .label(file, it.until.span, "no rubric is asked here")
            .help("write `keep last`, or let a rubric judge each round: `until standard(draft) >= A`");
        if let Some(at) = text.rfind("best") {
            let span = Span::new(span.start as usize + at, span.start as usize + at + 4);
            report =
                report.fix(Fix::replace("write `keep last`", crate::base::Place { span, ..place }, "last"));
        }
        self.cx.report(report);
    }

    /// A judge is a step `review` at the end of the body, so the body has no other of that name.
    fn review_taken(&mut self, it: &ast::Loop, round: &Round) {
        let taken = self.frames.last().and_then(|frame| frame.names.get("review")).map(|bound| bound.span);
        let (true, Some(span)) = (round.judged, taken) else { return };
        let file = self.cx.file;
        let report = self
            .cx
            .error(Code::ReviewTaken, span, "`review` is what the judge of this loop is called")
            .label(file, it.until.span, "judges each round, as a step `review`")
            .help("choose another name: in the next round `previous.review` is the judge's");
        self.cx.report(report);
    }

    /// A loop's `otherwise { }` goes nowhere else.
    fn tail_fails(&mut self, span: Span, block: &Block, frame: &Frame) {
        let broken = block.stmts.iter().any(|stmt| matches!(stmt, Stmt::Bad(..) | Stmt::Return(_)));
        if frame.fails.is_some() || broken || block.span.is_empty() {
            return;
        }
        let message = "the `otherwise` of a loop ends in `fail`";
        let end = block.span.end.saturating_sub(1);
        let here = Span { start: end, end: block.span.end };
        let file = self.cx.file;
        let report = self
            .cx
            .error(Code::TailWithoutFail, here, message)
            .label(file, span, "this is gone through when no round met the condition")
            .help("to go on all the same, write `otherwise keep last`, and ask `when not gate.passed { … }` below the loop");
        self.cx.report(report);
    }

    /// The `as` name inside of `otherwise`.
    fn tail_gate(&mut self, it: &ast::Loop, id: StmtId, round: &Round) -> Option<LocalId> {
        let name = it.name.as_ref().filter(|name| !name.is_missing())?;
        let ty = self.gate_type(it, round).unwrap_or(TypeId(0));
        let local = self.cx.add_local(name.text.clone(), name.span, Type::Named(ty), LocalKind::Tail(id));
        self.cx.scope.bind(name.text.clone(), local);
        Some(local)
    }

    /// The record behind `as`: `rounds`, `passed`, with a rubric `review`, and `tries`.
    fn gate_type(&mut self, it: &ast::Loop, round: &Round) -> Option<TypeId> {
        let name = it.name.as_ref().filter(|name| !name.is_missing())?;
        if let Some(known) = round.gate.get() {
            return Some(known);
        }
        let mut fields = vec![field("rounds", Type::INT, name.span), field("passed", Type::Bool, name.span)];
        if round.judged {
            fields.push(field("review", Type::Named(builtin::REVIEW), name.span));
        }
        let tries = Type::List(Arc::new(Type::Named(round.record)), Some(round.most));
        fields.push(field("tries", tries, name.span));
        let id = self.cx.add_type(TypeDecl {
            name: name.text.clone(),
            module: None,
            file: self.cx.file,
            span: name.span,
            doc: None,
            kind: TypeKind::Record(fields),
        });
        round.gate.set(Some(id));
        self.keep_gate(it, id);
        Some(id)
    }

    /// The names of the body behind the loop, from the round that is kept (L4.10).
    fn export(&mut self, frame: Frame, id: StmtId) {
        let mut exports = Vec::new();
        let mut names = IndexMap::new();
        for (name, bound) in frame.names {
            let local = bound.local.map(|inner| {
                let ty = self.cx.local(inner).map_or(Type::Error, |local| local.ty.clone());
                let outer = self.cx.add_local(name.clone(), bound.span, ty, LocalKind::Export(id));
                if let Some(origin) = self.cx.origin(inner).cloned() {
                    self.cx.set_origin(outer, origin.place, origin.words);
                }
                exports.push((inner, outer));
                outer
            });
            let bound = Bound { local, stmts: vec![id], declared: None, waitable: true, ..bound };
            names.insert(name, bound);
        }
        if let Some(StmtKind::Loop(looped)) = self.stmts.get_mut(id.index()).map(|stmt| &mut stmt.kind) {
            looped.exports = exports;
        }
        self.adopt(names);
    }

    /// The review is read of a record only: so every loop may have one.
    fn hide_review(&mut self, it: &ast::Loop, round: &Round) {
        if !round.judged {
            return;
        }
        let help = match &it.name {
            Some(name) => format!("read it from `{}.review`", name.text),
            None => "name the loop: `loop … as gate { … }`, and read `gate.review`".into(),
        };
        let why = "belongs to the rounds of the loop".to_string();
        self.cx.scope.hide("review".into(), Hidden { why, help: Some(help), span: it.until.span });
    }

    fn gate(&mut self, it: &ast::Loop, id: StmtId, ty: Option<TypeId>) {
        let (Some(name), Some(ty)) = (&it.name, ty) else { return };
        let local = self.bind(name, Type::Named(ty), LocalKind::Block(id), id, None);
        if let Some(StmtKind::Loop(looped)) = self.stmts.get_mut(id.index()).map(|stmt| &mut stmt.kind) {
            looped.gate = Some((local, ty));
        }
    }

    /// The variables that make up the record of a round, in the order of its fields.
    fn fields(&self, round: &Round, review: Option<LocalId>) -> Vec<LocalId> {
        let names = self.frames.last().map(|frame| &frame.names);
        let of = |name: &SmolStr| names.and_then(|names| names.get(name)).and_then(|bound| bound.local);
        round.fields.iter().filter_map(of).chain(review.filter(|_| round.judged)).collect()
    }
}

/// A field of a record that has no place on the page.
pub(super) fn field(name: &str, ty: Type, span: Span) -> Field {
    Field { name: name.into(), span, doc: None, ty, type_span: span }
}

fn collect_steps<'a>(block: &'a Block, found: &mut Vec<&'a ast::Step>) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::Step(step) => found.push(step),
            _ => super::names::inner_blocks(stmt).into_iter().for_each(|block| collect_steps(block, found)),
        }
    }
}
