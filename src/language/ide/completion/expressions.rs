use super::context::{Calls, Context};
use super::keywords;
use super::tails::is_pure;
use super::{About, CompletionKind, Insert};
use crate::base::Span;
use crate::language::hir::{CallableId, Type, TypeId, TypeKind, Types, builtin};
use crate::language::ide::hover::of_symbol;
use crate::language::ide::place::OpenKind;
use crate::language::ide::scope::{item_at, visible};
use crate::language::ide::signature::callee_before;
use crate::language::ide::symbols::param_line;
use crate::language::ide::{Snapshot, Symbol};
use crate::language::syntax::ast::{Expr, ExprKind, Item, Stmt, TestItem};
use crate::plan::Function;
use smol_str::SmolStr;

/// What an expression may be at the place.
pub(super) struct Values<'c, 'a> {
    cx: &'c mut Context<'a>,
    names: Vec<(SmolStr, Symbol)>,
}

impl<'c, 'a> Values<'c, 'a> {
    pub(super) fn of(cx: &'c mut Context<'a>) -> Self {
        let names = visible(cx.snapshot, cx.file, cx.word.start as usize);
        Self { cx, names }
    }

    /// Arguments and fields that the bracket around the place takes, names, constants, functions, words.
    pub(super) fn all(mut self) {
        self.bracket();
        self.names_here();
        let constants: Vec<_> =
            self.cx.module.constants.iter().map(|(name, id)| (name.clone(), *id)).collect();
        for (name, id) in constants {
            let doc = About::Name(Symbol::Constant(id));
            self.cx.plain(&name, CompletionKind::Constant, 2, (None, Some(doc)));
        }
        self.cx.callables_that(is_pure, Calls::WithArguments);
        for function in Function::ALL {
            let insert = Insert::Snippet(format!("{}($1)", function.word()));
            let says =
                (Some(function.doc().signature.to_string()), Some(About::Name(Symbol::Function(*function))));
            self.cx.push(function.word(), CompletionKind::Function, insert, 4, says);
        }
        keywords::VALUES.iter().for_each(|it| self.cx.keyword(*it, 5));
        let types: Vec<_> = self.cx.module.types.iter().map(|(name, id)| (name.clone(), *id)).collect();
        for (name, id) in types {
            self.record(&name, id);
        }
        self.elsewhere();
    }

    /// Only the names of values.
    pub(super) fn names(mut self) {
        self.names_here();
    }

    fn names_here(&mut self) {
        let limits = self.cx.snapshot.limits(self.cx.file);
        for (name, symbol) in std::mem::take(&mut self.names) {
            let detail = self.type_of(symbol).and_then(|ty| self.cx.snapshot.types(self.cx.id).shown(&ty));
            let rank = if matches!(symbol, Symbol::Word(_)) { 3 } else { 1 };
            self.cx.plain(
                &name,
                CompletionKind::Value,
                rank,
                (detail, of_symbol(self.cx.snapshot, symbol, limits).map(About::Text)),
            );
        }
    }

    /// A record as a literal with its fields.
    fn record(&mut self, name: &str, id: TypeId) {
        match literal(self.cx.snapshot, name, id) {
            None => self.cx.plain(name, CompletionKind::Type, 5, (None, None)),
            Some(insert) => {
                let says = (None, Some(About::Name(Symbol::Type(id))));
                self.cx.push(name, CompletionKind::Type, insert, 5, says);
            }
        }
    }

    /// Constants and types of other modules.
    fn elsewhere(&mut self) {
        self.cx.elsewhere(|cx, export| match export.symbol {
            Symbol::Constant(_) => {
                let insert = Insert::Plain(export.name.to_string());
                cx.export(export, CompletionKind::Constant, insert, None);
            }
            Symbol::Type(id) => {
                let insert = literal(export.snapshot, &export.name, id);
                let insert = insert.unwrap_or_else(|| Insert::Plain(export.name.to_string()));
                cx.export(export, CompletionKind::Type, insert, None);
            }
            _ => {}
        });
    }

    /// What the bracket around the place takes: arguments by name and the variants of the expected type, or fields.
    fn bracket(&mut self) {
        let Some(open) = self.cx.around.innermost() else { return };
        if open.kind == OpenKind::Brace {
            let name = self.cx.record_before(&open);
            let Some(id) = name.and_then(|name| self.cx.type_named(name)) else { return };
            let item = self.cx.before_value().get(open.item..).unwrap_or_default();
            return match item.trim().strip_suffix(':') {
                Some(field) => self.expected_of_field(id, field.trim()),
                None => self.fields(id),
            };
        }
        if open.kind != OpenKind::Paren {
            return;
        }
        let Some(callee) = callee_before(self.cx.before, &open) else { return };
        let Some(id) = self.cx.module.callables.get(callee).copied() else { return };
        let item = self.cx.before.get(open.item..).unwrap_or_default().trim();
        let value = self.cx.before_value().get(open.item..).unwrap_or_default().trim();
        self.arguments(id, open.commas, item, value);
    }

    /// An argument of which `written` stands there, before its value `front`.
    fn arguments(&mut self, id: CallableId, at: usize, written: &str, front: &str) {
        let Some(callable) = self.cx.snapshot.program().callable(id) else { return };
        let named = front.strip_suffix(':').map(str::trim);
        let expected = match named {
            Some(name) => callable.params.iter().find(|it| it.name == name),
            None => callable.params.get(at),
        };
        if let Some(expected) = expected {
            self.cx.expected(&expected.ty);
        }
        if named.is_none() && written.is_empty() {
            let before =
                self.cx.around.innermost().and_then(|open| self.cx.before.get(open.at + 1..open.item));
            let is_named = |name: &str| {
                before
                    .unwrap_or_default()
                    .split([',', '('])
                    .any(|it| it.split_once(':').is_some_and(|(front, _)| front.trim() == name))
            };
            let named = before.unwrap_or_default().contains(':');
            let from = if named { 0 } else { at };
            for param in callable.params.iter().skip(from).filter(|param| !is_named(&param.name)) {
                let insert = Insert::Plain(format!("{}: ", param.name));
                let says = (
                    Some(param_line(self.cx.snapshot, callable, param)),
                    param.doc.as_ref().map(|doc| About::Text(doc.to_string())),
                );
                self.cx.push(&format!("{}:", param.name), CompletionKind::Argument, insert, 2, says);
            }
        }
    }

    fn fields(&mut self, id: TypeId) {
        let Some(decl) = self.cx.snapshot.program().type_decl(id) else { return };
        let TypeKind::Record(fields) = &decl.kind else { return };
        let written = self.cx.around.innermost().and_then(|open| self.cx.before.get(open.at + 1..));
        let written: Vec<&str> = written.unwrap_or_default().split([',', '\n']).map(str::trim).collect();
        let is_written =
            |name: &str| written.iter().any(|it| it.split(':').next().map(str::trim) == Some(name));
        for field in fields.iter().filter(|field| !is_written(&field.name)) {
            let says = (
                self.cx.snapshot.types(self.cx.id).shown(&field.ty),
                field.doc.as_ref().map(|doc| About::Text(doc.to_string())),
            );
            // A value of the field's name is written in the short form.
            let is_known = self.names.iter().any(|(name, _)| *name == field.name);
            let insert = if is_known { field.name.to_string() } else { format!("{}: ", field.name) };
            self.cx.push(&field.name, CompletionKind::Field, Insert::Plain(insert), 0, says);
        }
    }

    fn expected_of_field(&mut self, id: TypeId, name: &str) {
        let Some(decl) = self.cx.snapshot.program().type_decl(id) else { return };
        let TypeKind::Record(fields) = &decl.kind else { return };
        let expected = fields.iter().find(|field| field.name == name).map(|field| field.ty.present());
        if let Some(ty) = expected {
            self.cx.expected(&ty.clone());
        }
    }

    /// The type of what a symbol stands for here.
    fn type_of(&self, symbol: Symbol) -> Option<Type> {
        match symbol {
            Symbol::Word("today") => Some(Type::Date),
            Symbol::Word("now") => Some(Type::TEXT),
            Symbol::Word("index" | "round") => Some(Type::INT),
            Symbol::Word("result") => self.result(),
            Symbol::Word("previous") => self.round().map(|id| Type::Named(id).optional()),
            Symbol::Word("earlier") => self.round().map(|id| Type::list(Type::Named(id))),
            _ => self.cx.snapshot.type_of(symbol).map(|(_, ty)| ty),
        }
    }

    /// What the workflow of the test around the place returns.
    fn result(&self) -> Option<Type> {
        let Item::Test(test) = item_at(self.cx.module, self.cx.word.start as usize)? else { return None };
        let run = test.items.iter().find_map(|it| match it {
            TestItem::Run(_, Expr { kind: ExprKind::Call(call), .. }) => Some(&call.callee.text),
            _ => None,
        });
        let id = self.cx.module.callables.get(run?)?;
        self.cx.snapshot.program().callable(*id)?.result.clone()
    }

    /// The record of the rounds of the loop around the place.
    fn round(&self) -> Option<TypeId> {
        let at = self.cx.word.start;
        let mut keyword = None;
        for item in &self.cx.module.tree.items {
            crate::language::ide::visit::parts_of_item(item, &mut |part| loops(part, at, &mut keyword));
        }
        let keyword = keyword?;
        let types = self.cx.snapshot.checked(self.cx.id)?.extra_types.iter();
        let at = types.into_iter().position(|decl| decl.span == keyword && decl.name == "round")?;
        Some(TypeId(u32::try_from(self.cx.snapshot.program().types.len() + at).ok()?))
    }

    /// The type of the expression that ends at a place before the word: as it was checked, and so narrowed, else by the
    /// declarations of a path of names, fields and indexes.
    pub(super) fn type_before(&self, end: usize) -> Option<Type> {
        let path = path_at_end(self.cx.before.get(..end)?);
        let span = Span::new(end - path.len(), end);
        self.cx.checked_type(span).or_else(|| self.type_of_path(path))
    }

    /// The type of a path by what is declared.
    pub(super) fn type_of_path(&self, path: &str) -> Option<Type> {
        let mut parts = path.split('.');
        let (first, indexes) = name_and_indexes(parts.next()?)?;
        let mut ty = self.first(first)?;
        for _ in 0..indexes {
            ty = item_of(&ty)?;
        }
        let types = self.cx.snapshot.types(self.cx.id);
        for part in parts {
            let (name, indexes) = name_and_indexes(part)?;
            let Type::Named(id) = ty.present() else { return None };
            let TypeKind::Record(fields) = &types.type_decl(*id)?.kind else { return None };
            ty = fields.iter().find(|field| field.name == name)?.ty.clone();
            for _ in 0..indexes {
                ty = item_of(&ty)?;
            }
        }
        Some(ty)
    }

    fn first(&self, name: &str) -> Option<Type> {
        if let Some((_, symbol)) = self.names.iter().find(|(known, _)| known == name) {
            return self.type_of(*symbol);
        }
        if let Some(id) = self.cx.module.constants.get(name) {
            return self.cx.snapshot.program().constant(*id).map(|it| it.ty.clone());
        }
        (name == "review").then_some(Type::Named(builtin::REVIEW))
    }
}

/// A record as a literal with the fields that it needs.
fn literal(snapshot: &Snapshot, name: &str, id: TypeId) -> Option<Insert> {
    let TypeKind::Record(fields) = &snapshot.program().type_decl(id)?.kind else { return None };
    let needed = fields.iter().filter(|field| !field.ty.is_optional());
    let inner: Vec<String> =
        needed.enumerate().map(|(at, field)| format!("{}: ${{{}}}", field.name, at + 1)).collect();
    Some(Insert::Snippet(format!("{name} {{ {} }}", inner.join(", "))))
}

/// The innermost loop around a place.
fn loops(part: crate::language::ide::visit::Part<'_>, at: u32, found: &mut Option<crate::base::Span>) {
    let span = part.span();
    if span.start > at || span.end < at {
        return;
    }
    if let crate::language::ide::visit::Part::Stmt(Stmt::Loop(it)) = part {
        *found = Some(it.keyword);
    }
    crate::language::ide::visit::parts_of(part, &mut |inner| loops(inner, at, found));
}

fn item_of(ty: &Type) -> Option<Type> {
    match ty.present() {
        Type::List(item, _) => Some((**item).clone().optional()),
        _ => None,
    }
}

/// `a.b[0].c` at the end of a text.
fn path_at_end(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut start = text.len();
    for (at, letter) in text.char_indices().rev() {
        match letter {
            ']' => depth += 1,
            '[' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '.' | '_' => {}
            letter if letter.is_alphanumeric() => {}
            _ => break,
        }
        start = at;
    }
    text.get(start..).unwrap_or_default()
}

/// `xs[0]` as `xs` and 1.
fn name_and_indexes(part: &str) -> Option<(&str, usize)> {
    let (name, rest) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
    (!name.is_empty()).then(|| (name, if rest.is_empty() { 0 } else { rest.matches('[').count() + 1 }))
}
