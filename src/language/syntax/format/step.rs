//! Steps: what they call, and what is said of the call behind it.

use super::doc::{Doc, joined};
use super::printer::{Printer, broken};
use crate::base::Span;
use crate::language::syntax::ast::{Action, Annotation, Expr, Name, OnFailure, Step, Text};

/// What may follow a step's call, in any order.
enum Tail<'a> {
    To(&'a Text),
    Showing(Span, &'a [Expr]),
    Annotation(&'a Annotation),
    After(&'a [Name]),
    OnFailure(&'a OnFailure),
}

impl Tail<'_> {
    fn span(&self) -> Span {
        match self {
            Tail::To(text) => text.span,
            Tail::Showing(word, shown) => shown.last().map_or(*word, |last| word.to(last.span)),
            Tail::Annotation(annotation) => annotation.span,
            Tail::After(names) => match names {
                [first, .., last] => first.span.to(last.span),
                [name] => name.span,
                [] => Span::default(),
            },
            Tail::OnFailure(handler) => handler.span,
        }
    }
}

/// What follows a step's call, in the order of the page.
fn tail(step: &Step) -> Vec<Tail<'_>> {
    let mut tail: Vec<Tail<'_>> = step.to.iter().map(Tail::To).collect();
    tail.extend(step.showing.iter().map(|(word, shown)| Tail::Showing(*word, shown)));
    tail.extend(step.annotations.iter().map(Tail::Annotation));
    tail.extend((!step.after.is_empty()).then_some(Tail::After(&step.after)));
    tail.extend(step.on_failure.iter().map(Tail::OnFailure));
    tail.sort_by_key(|part| part.span().start);
    tail
}

impl<'a> Printer<'a> {
    pub(super) fn step(&mut self, step: &'a Step) -> Doc<'a> {
        let mut head = vec![Doc::Text("step ")];
        if let Some(name) = &step.name {
            head.push(self.text(name.span));
            if let Some(ty) = &step.ty {
                head.extend([Doc::Text(": "), self.ty(ty)]);
            }
            head.push(Doc::Text(" = "));
        }
        head.push(self.action(&step.action));
        let mut end = step.action.span().end;
        let mut rest = Vec::new();
        for part in tail(step) {
            rest.push(self.apart(end, part.span().start, Doc::Line));
            end = part.span().end;
            rest.push(self.tail(part));
        }
        let doc = Doc::Concat(head).then(Doc::Concat(rest).nest());
        if step.annotations.len() > 1 { broken(doc) } else { doc.group() }
    }

    fn action(&mut self, action: &'a Action) -> Doc<'a> {
        match action {
            Action::Call(call) => self.call(call),
            Action::Prompt(_, source) => Doc::Text("prompt ").then(self.text_source(source)),
            Action::Ask(_, text) => Doc::Text("ask ").then(self.text(text.span)),
            Action::Missing(span) => self.text(*span),
        }
    }

    fn tail(&mut self, part: Tail<'a>) -> Doc<'a> {
        match part {
            Tail::To(text) => Doc::Text("to ").then(self.text(text.span)),
            Tail::Showing(_, shown) => {
                let shown: Vec<Doc<'a>> = shown.iter().map(|it| self.expr(it)).collect();
                let shown = joined(shown, &Doc::Text(",").then(Doc::Line)).nest().group();
                Doc::Text("showing ").then(shown)
            }
            Tail::Annotation(annotation) => self.annotation(annotation),
            Tail::After(names) => Doc::Text("after ").then(self.names(names)),
            Tail::OnFailure(handler) => self.on_failure(handler),
        }
    }

    pub(super) fn names(&self, names: &'a [Name]) -> Doc<'a> {
        joined(names.iter().map(|name| self.text(name.span)), &Doc::Text(", "))
    }

    fn on_failure(&mut self, handler: &'a OnFailure) -> Doc<'a> {
        let mut parts = vec![Doc::Text("on failure")];
        if let Some(kinds) = &handler.kinds {
            parts.extend([Doc::Text("("), self.names(kinds), Doc::Text(")")]);
        }
        if let Some(binder) = &handler.binder {
            parts.extend([Doc::Text(" as "), self.text(binder.span)]);
        }
        parts.extend([Doc::Text(" "), self.expr(&handler.value)]);
        Doc::Concat(parts)
    }
}
