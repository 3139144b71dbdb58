//! Statements.

use super::doc::{Doc, joined};
use super::printer::{Printer, Room};
use crate::base::Span;
use crate::language::syntax::ast::{
    Annotation, AnnotationArg, Arm, Block, For, Let, Loop, LoopOtherwise, Otherwise, Parallel, Require, Stmt,
    When, WhenBody,
};

impl<'a> Printer<'a> {
    pub(super) fn block(&mut self, block: &'a Block) -> Doc<'a> {
        self.braces(block.span.start as usize, &block.stmts, Stmt::span, Printer::stmt)
    }

    /// A block that is on one line only if what it is a part of is.
    fn part(&mut self, block: &'a Block) -> Doc<'a> {
        self.braces_of_a_group(block.span.start as usize, &block.stmts, Stmt::span, Printer::stmt)
    }

    pub(super) fn stmt(&mut self, stmt: &'a Stmt) -> Doc<'a> {
        match stmt {
            Stmt::Step(step) => self.step(step),
            Stmt::Let(it) => self.let_stmt(it),
            Stmt::When(when) => self.when(when),
            Stmt::Parallel(parallel) => self.parallel(parallel),
            Stmt::For(each) => self.for_stmt(each),
            Stmt::Loop(it) => self.loop_stmt(it),
            Stmt::Require(require) => self.require(require),
            Stmt::Fail(fail) => Doc::Text("fail ").then(self.expr(&fail.message)),
            Stmt::Return(it) => Doc::Text("return ").then(self.expr(&it.value)),
            Stmt::Give(give) => Doc::Text("give ").then(self.expr(&give.value)),
            Stmt::Bad(span, _) => self.text(*span),
        }
    }

    pub(super) fn annotation(&mut self, annotation: &'a Annotation) -> Doc<'a> {
        let name = Doc::Text("@").then(self.text(annotation.name.span));
        let Some(args) = &annotation.args else { return name };
        let mut printed = Vec::new();
        for arg in args {
            printed.push(match arg {
                AnnotationArg::Range(_, _, span)
                | AnnotationArg::Duration(_, span)
                | AnnotationArg::Money(_, span) => self.text(*span),
                AnnotationArg::Expr(expr) => self.expr(expr),
            });
        }
        let args = joined(printed, &Doc::Text(", "));
        Doc::Concat(vec![name, Doc::Text("("), args, Doc::Text(")")])
    }

    fn let_stmt(&mut self, it: &'a Let) -> Doc<'a> {
        let mut parts = vec![Doc::Text("let "), self.text(it.name.span)];
        if let Some(ty) = &it.ty {
            parts.extend([Doc::Text(": "), self.ty(ty)]);
        }
        parts.extend([Doc::Text(" = "), self.expr(&it.value)]);
        Doc::Concat(parts)
    }

    pub(super) fn require(&mut self, it: &'a Require) -> Doc<'a> {
        let condition = Doc::Text("require ").then(self.expr(&it.condition));
        let message = Doc::Text("otherwise ").then(self.expr(&it.message));
        condition.then(Doc::Line.then(message).nest()).group()
    }

    /// Its arms are all on one line or none is.
    fn when(&mut self, when: &'a When) -> Doc<'a> {
        self.arms(when).group()
    }

    fn arms(&mut self, when: &'a When) -> Doc<'a> {
        let head = Doc::Text("when ").then(self.expr(&when.subject)).then(Doc::Text(" "));
        match &when.body {
            WhenBody::Condition { then, otherwise, extra } => {
                let mut doc = head.then(self.part(then));
                let mut end = then.span.end;
                for next in otherwise.iter().chain(extra) {
                    doc = doc.then(self.otherwise(end, next));
                    end = next.span().end;
                }
                doc
            }
            WhenBody::Cases { span, arms, otherwise, extra } => {
                let mut doc = head.then(self.cases(*span, arms, otherwise));
                let mut end = span.end;
                for next in extra {
                    doc = doc.then(self.otherwise(end, next));
                    end = next.span().end;
                }
                doc
            }
        }
    }

    /// Behind the block that ends at a place: on its line, or below the comments between the two.
    fn otherwise(&mut self, end: u32, otherwise: &'a Otherwise) -> Doc<'a> {
        let (Otherwise::When(word, _) | Otherwise::Block(word, _)) = otherwise;
        let between = self.apart(end, word.start, Doc::Text(" "));
        let body = match otherwise {
            Otherwise::When(_, when) => self.arms(when),
            Otherwise::Block(_, block) => self.part(block),
        };
        between.then(Doc::Text("otherwise ")).then(body)
    }

    fn cases(&mut self, span: Span, arms: &'a [Arm], otherwise: &'a [(Span, Block)]) -> Doc<'a> {
        let room = (span.start as usize + 1, (span.end as usize).saturating_sub(1));
        let last = otherwise.first().map_or(room.1, |(word, _)| word.start as usize);
        let cases = self.lines(&Room::inside(room.0, last), arms, |arm| arm.span, Printer::arm);
        let from = arms.last().map_or(room.0, |arm| arm.span.end as usize);
        let whole = |it: &(Span, Block)| it.0.to(it.1.span);
        let rest = self.lines(&Room::below(from, room.1), otherwise, whole, |printer, (_, block)| {
            Doc::Text("otherwise ").then(printer.block(block))
        });
        Doc::Concat(vec![Doc::Text("{"), cases.nest(), rest.nest(), Doc::Hard, Doc::Text("}")])
    }

    fn arm(&mut self, arm: &'a Arm) -> Doc<'a> {
        let patterns: Vec<Doc<'a>> = arm.patterns.iter().map(|pattern| self.pattern(pattern)).collect();
        let head = Doc::Text("is ").then(joined(patterns, &Doc::Text(", ")));
        head.then(Doc::Text(" ")).then(self.block(&arm.body))
    }

    fn parallel(&mut self, parallel: &'a Parallel) -> Doc<'a> {
        let cap = parallel.cap.as_ref().map_or(Doc::nil(), |cap| self.cap(cap.span));
        Doc::Text("parallel ").then(cap).then(self.block(&parallel.body))
    }

    fn cap(&self, bound: Span) -> Doc<'a> {
        self.text(bound).then(Doc::Text(" at once "))
    }

    fn for_stmt(&mut self, it: &'a For) -> Doc<'a> {
        let mut parts = Vec::new();
        if let Some((_, cap)) = &it.parallel {
            parts.push(Doc::Text("parallel "));
            parts.extend(cap.as_ref().map(|cap| self.cap(cap.span)));
        }
        parts.extend([Doc::Text("for "), self.text(it.item.span), Doc::Text(" in "), self.expr(&it.list)]);
        if let Some(rows) = &it.rows {
            parts.extend([Doc::Text(" as "), self.text(rows.span)]);
        }
        parts.extend([Doc::Text(" "), self.block(&it.body)]);
        Doc::Concat(parts)
    }

    fn loop_stmt(&mut self, it: &'a Loop) -> Doc<'a> {
        let mut parts = vec![Doc::Text("loop until "), self.expr(&it.until), Doc::Text(" max ")];
        parts.push(it.max.as_ref().map_or(Doc::Text("3"), |max| self.text(max.span)));
        if let Some(name) = &it.name {
            parts.extend([Doc::Text(" as "), self.text(name.span)]);
        }
        parts.extend([Doc::Text(" "), self.part(&it.body)]);
        if let Some(otherwise) = &it.otherwise {
            let between = self.apart(it.body.span.end, otherwise.word().start, Doc::Text(" "));
            parts.extend([between, Doc::Text("otherwise "), self.loop_otherwise(otherwise)]);
        }
        Doc::Concat(parts).group()
    }

    fn loop_otherwise(&mut self, otherwise: &'a LoopOtherwise) -> Doc<'a> {
        match otherwise {
            LoopOtherwise::Fail(_, fail) => Doc::Text("fail ").then(self.expr(&fail.message)),
            LoopOtherwise::KeepBest(_) => Doc::Text("keep best"),
            LoopOtherwise::KeepLast(_) => Doc::Text("keep last"),
            LoopOtherwise::Block(_, block) => self.part(block),
        }
    }
}
