use super::index::{bound, bound_by};
use super::visit::{Part, parts_of, parts_of_item};
use super::{Snapshot, Symbol};
use crate::base::{FileId, Place, Span};
use crate::language::hir::{Module, head_of};
use crate::language::syntax::ast::{
    Block, Expr, ExprKind, Item, LoopOtherwise, Name, Stmt, Text, TextPart, TypeBody,
};
use smol_str::SmolStr;

/// The values that have a name at a place, the nearest first. Constants of the file are not among them.
pub(super) fn visible(snapshot: &Snapshot, file: FileId, offset: usize) -> Vec<(SmolStr, Symbol)> {
    let Some((_, module)) = snapshot.module(file) else { return Vec::new() };
    let Some(item) = item_at(module, offset) else { return Vec::new() };
    let mut scope = Scope { snapshot, module, file, offset, names: Vec::new() };
    scope.item(item);
    let mut names = scope.names;
    names.reverse();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|(name, _)| !name.is_empty() && seen.insert(name.clone()));
    names
}

/// The declaration that a place belongs to: the last one that begins before it, since a declaration that is being written
/// may end too early.
pub(super) fn item_at(module: &Module, offset: usize) -> Option<&Item> {
    let begun = |item: &&Item| (item.span().start as usize) <= offset && !matches!(item, Item::Bad(_));
    module.tree.items.iter().rev().find(begun)
}

struct Scope<'a> {
    snapshot: &'a Snapshot,
    module: &'a Module,
    file: FileId,
    offset: usize,
    names: Vec<(SmolStr, Symbol)>,
}

impl<'a> Scope<'a> {
    fn local(&mut self, name: &Name) {
        let symbol = Symbol::Local(Place { file: self.file, span: name.span });
        self.names.push((name.text.clone(), symbol));
    }

    fn word(&mut self, word: &'static str) {
        self.names.push((word.into(), Symbol::Word(word)));
    }

    fn item(&mut self, item: &'a Item) {
        if let Some((head, _)) = head_of(item) {
            let id = self.module.callables.get(&head.name.text).copied();
            for (at, param) in head.params.iter().enumerate() {
                let symbol = match (id, u32::try_from(at)) {
                    (Some(id), Ok(at)) => Symbol::Param(id, at),
                    _ => Symbol::Local(Place { file: self.file, span: param.name.span }),
                };
                self.names.push((param.name.text.clone(), symbol));
            }
        }
        match item {
            Item::Type(decl) => {
                let id = self.module.types.get(&decl.name.text).copied();
                if let (TypeBody::Record { fields, .. }, Some(id)) = (&decl.body, id) {
                    for (at, field) in fields.iter().enumerate() {
                        let at = u32::try_from(at).unwrap_or(u32::MAX);
                        self.names.push((field.name.text.clone(), Symbol::Field(id, at)));
                    }
                }
            }
            Item::Workflow(workflow) => {
                self.word("today");
                self.word("now");
                return self.block(&workflow.body);
            }
            Item::Test(_) => {
                self.word("result");
                self.body_under_test(item);
            }
            _ => {}
        }
        parts_of_item(item, &mut |part| self.part(part));
    }

    /// The names that a test reads of the workflow that it runs.
    fn body_under_test(&mut self, item: &Item) {
        let Item::Test(test) = item else { return };
        let run = test.items.iter().find_map(|it| match it {
            crate::language::syntax::ast::TestItem::Run(_, expr) => match &expr.kind {
                ExprKind::Call(call) => self.module.callables.get(&call.callee.text).copied(),
                _ => None,
            },
            _ => None,
        });
        let Some(callable) = run.and_then(|id| self.snapshot.program().callable(id)) else { return };
        let module = self.snapshot.program().module(callable.module);
        let Some(Item::Workflow(workflow)) = module.and_then(|module| module.tree.items.get(callable.item))
        else {
            return;
        };
        let mut names = Vec::new();
        bound(&workflow.body, &mut names);
        for name in names {
            let symbol = Symbol::Local(Place { file: callable.file, span: name.span });
            self.names.push((name.text.clone(), symbol));
        }
    }

    /// Whether the place is inside of a block; one without an end reaches to the end of its declaration.
    fn holds(&self, span: Span) -> bool {
        (span.start as usize) < self.offset && self.offset < (span.end as usize).max(span.start as usize + 1)
    }

    /// What a block has bound above the place, and what the blocks around the place bind.
    fn block(&mut self, block: &'a Block) {
        for stmt in &block.stmts {
            let span = Part::Stmt(stmt).span();
            if span.start as usize >= self.offset {
                break;
            }
            if (span.end as usize) < self.offset {
                self.above(stmt);
            } else {
                self.around(stmt);
            }
        }
    }

    fn above(&mut self, stmt: &'a Stmt) {
        let mut names = Vec::new();
        bound_by(stmt, &mut names);
        for name in names {
            self.local(name);
        }
    }

    /// A statement that the place is in.
    fn around(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::For(it) if self.holds(it.body.span) => {
                self.word("index");
                self.local(&it.item);
                self.block(&it.body);
            }
            Stmt::Loop(it) => self.looped(it),
            Stmt::Step(step) => {
                let offset = self.offset;
                let handlers = step.on_failure.iter().filter(|it| it.span.touches(offset));
                handlers.filter_map(|it| it.binder.as_ref()).for_each(|name| self.local(name));
            }
            Stmt::When(_) | Stmt::Parallel(_) | Stmt::Bad(..) => {
                for block in super::index::blocks_of(stmt) {
                    if self.holds(block.span) {
                        self.block(block);
                    }
                }
            }
            _ => {}
        }
        parts_of(Part::Stmt(stmt), &mut |part| {
            if !matches!(part, Part::Block(_)) {
                self.part(part);
            }
        });
    }

    fn looped(&mut self, it: &'a crate::language::syntax::ast::Loop) {
        let in_body = self.holds(it.body.span);
        if in_body || self.holds(it.until.span) || it.until.span.touches(self.offset) {
            self.word("round");
            self.word("previous");
            self.word("earlier");
        }
        if in_body {
            return self.block(&it.body);
        }
        let mut names = Vec::new();
        bound(&it.body, &mut names);
        names.into_iter().for_each(|name| self.local(name));
        if let Some(LoopOtherwise::Fail(_, fail)) = &it.otherwise
            && fail.span.touches(self.offset)
        {
            it.name.iter().for_each(|name| self.local(name));
        }
        if let Some(LoopOtherwise::Block(_, block)) = &it.otherwise
            && self.holds(block.span)
        {
            it.name.iter().for_each(|name| self.local(name));
            self.block(block);
        }
    }

    /// What expressions and texts around the place bind.
    fn part(&mut self, part: Part<'a>) {
        if !part.span().touches(self.offset) {
            return;
        }
        match part {
            Part::Text(text) => self.text(text),
            Part::Expr(Expr { kind: ExprKind::Text(text), .. }) => self.text(text),
            Part::Expr(Expr { kind: ExprKind::Comprehension(it), .. }) => self.local(&it.item),
            _ => {}
        }
        parts_of(part, &mut |inner| self.part(inner));
    }

    fn text(&mut self, text: &'a Text) {
        self.text_parts(&text.parts, text.span.end);
    }

    /// A `${for}` reaches from its marker to what stands behind its last part.
    fn text_parts(&mut self, parts: &'a [TextPart], end: u32) {
        for (at, part) in parts.iter().enumerate() {
            let next = parts.get(at + 1).map_or(end, start_of);
            match part {
                TextPart::For { span, item, body, .. } => {
                    if span.start as usize <= self.offset && self.offset <= next as usize {
                        self.local(item);
                    }
                    self.text_parts(body, next);
                }
                TextPart::When { then, otherwise, .. } => {
                    let middle = otherwise.first().map_or(next, start_of);
                    self.text_parts(then, middle);
                    self.text_parts(otherwise, next);
                }
                TextPart::Chars(..) | TextPart::Hole(..) => {}
            }
        }
    }
}

/// Where a part of a text begins.
pub(super) fn start_of(part: &TextPart) -> u32 {
    match part {
        TextPart::Chars(_, span) | TextPart::Hole(_, span) => span.start,
        TextPart::For { span, .. } | TextPart::When { span, .. } => span.start,
    }
}
