use super::file::FileIndex;
use super::meanings::Meanings;
use super::{Occurrence, Role, Symbol};
use crate::base::{FileId, Place, Span};
use crate::language::hir::{
    Callable, CallableId, ConstantId, Program, Type, TypeDecl, TypeId, TypeKind, Types, builtin,
};
use crate::language::ide::snapshot::ModuleTypes;
use crate::language::syntax::ast::{
    BoundKind, Call, Comprehension, Expr, ExprKind, FieldInit, Name, Pattern, PatternKind, Text, TextPart,
    TextSource, TypeExpr, TypeExprKind,
};
use crate::plan::{Function, Grade};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Goes through a module and says of every name what it means.
pub(super) struct Walker<'a> {
    pub(super) index: FileIndex<'a>,
    /// The number of the declaration that is gone through.
    pub(super) own: usize,
    types: ModuleTypes<'a>,
    meanings: &'a Meanings,
    /// The file whose places are spoken of: the module's, or a prompt file's.
    pub(super) file: FileId,
    /// What values are called, outermost first.
    pub(super) scopes: Vec<BTreeMap<SmolStr, Symbol>>,
    pub(super) found: Vec<(FileId, Occurrence)>,
    /// The workflow that the test runs whose lines are gone through.
    pub(super) under_test: Option<CallableId>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(index: FileIndex<'a>, own: usize, meanings: &'a Meanings) -> Self {
        Self {
            index,
            own,
            types: index.snapshot.types(index.id),
            meanings,
            file: index.module.file,
            scopes: Vec::new(),
            found: Vec::new(),
            under_test: None,
        }
    }

    /// The type that is declared at a place of the module.
    pub(super) fn own_type(&self, name: Span) -> Option<TypeId> {
        let wanted = (Some(self.index.id), name);
        let at = self.program().types.binary_search_by_key(&wanted, |it| (it.module, it.span)).ok()?;
        Some(TypeId(u32::try_from(at).ok()?))
    }

    /// The callable that is declared at a place of the module.
    pub(super) fn own_callable(&self, name: Span) -> Option<CallableId> {
        let wanted = (self.index.id, name);
        let at = self.program().callables.binary_search_by_key(&wanted, |it| (it.module, it.span)).ok()?;
        Some(CallableId(u32::try_from(at).ok()?))
    }

    /// The constant that is declared at a place of the module.
    pub(super) fn own_constant(&self, name: Span) -> Option<ConstantId> {
        let wanted = (self.index.id, name);
        let at = self.program().constants.binary_search_by_key(&wanted, |it| (it.module, it.span)).ok()?;
        Some(ConstantId(u32::try_from(at).ok()?))
    }

    pub(super) fn program(&self) -> &'a Program {
        self.index.snapshot.program()
    }

    pub(super) fn add(&mut self, name: &Name, symbol: Symbol, role: Role) {
        if !name.is_missing() && !name.span.is_empty() {
            self.found.push((self.file, Occurrence { span: name.span, symbol, role }));
        }
    }

    fn place(&self, span: Span) -> Place {
        Place { file: self.file, span }
    }

    /// The variable of this name.
    pub(super) fn local(&self, name: &str) -> Option<Symbol> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name)).copied()
    }

    /// Makes a name visible in the innermost scope, and says that it is bound here.
    pub(super) fn bind(&mut self, name: &Name) {
        let symbol = Symbol::Local(self.place(name.span));
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.text.clone(), symbol);
        }
        self.add(name, symbol, Role::Definition);
    }

    /// A name of a body, whose scope was opened with all that it binds.
    pub(super) fn binds(&mut self, name: &Name) {
        let symbol = self.local(&name.text).unwrap_or(Symbol::Local(self.place(name.span)));
        self.add(name, symbol, Role::Definition);
    }

    /// A word that stands for a value.
    pub(super) fn value(&mut self, name: &Name, role: Role) {
        let symbol = self.value_of(name);
        if let Some(symbol) = symbol {
            self.add(name, symbol, role);
        }
    }

    fn value_of(&self, name: &Name) -> Option<Symbol> {
        if let Some((id, at)) = self.meanings.variant(self.place(name.span)) {
            return Some(Symbol::Variant(id, at));
        }
        let constant = || self.index.module.constants.get(&name.text).map(|id| Symbol::Constant(*id));
        self.local(&name.text).or_else(constant).or_else(|| Symbol::word(&name.text))
    }

    pub(super) fn type_named(&self, name: &str) -> Option<TypeId> {
        let builtin = match name {
            "Review" => Some(builtin::REVIEW),
            "Dimension" => Some(builtin::DIMENSION),
            "Run" => Some(builtin::RUN),
            "Http" => Some(builtin::HTTP),
            _ => None,
        };
        builtin.or_else(|| self.index.module.types.get(name).copied())
    }

    pub(super) fn type_name(&mut self, name: &Name) {
        if let Some(id) = self.type_named(&name.text) {
            self.add(name, Symbol::Type(id), Role::Use);
        }
    }

    pub(super) fn ty(&mut self, ty: &TypeExpr) {
        match &ty.kind {
            TypeExprKind::Named(name) => self.type_name(name),
            TypeExprKind::List(item, max) => {
                self.ty(item);
                max.iter().for_each(|max| self.bound(&max.kind));
            }
            TypeExprKind::Optional(inner) => self.ty(inner),
            TypeExprKind::Text(Some((max, _))) => self.bound(&max.kind),
            TypeExprKind::Text(None)
            | TypeExprKind::Int(_)
            | TypeExprKind::Number(_)
            | TypeExprKind::Missing => {}
        }
    }

    pub(super) fn bound(&mut self, kind: &BoundKind) {
        if let BoundKind::Name(name) = kind {
            self.value(name, Role::Use);
        }
    }

    pub(super) fn source(&mut self, source: &'a TextSource) {
        match source {
            TextSource::Inline(text) => self.text(text),
            TextSource::File(path) => {
                let module = self.index.module;
                let known = path.plain().and_then(|path| module.prompt_files.get(path.as_str()));
                let Some((file, text)) = known else { return };
                let inner = Span { start: path.span.start + 1, end: path.span.end.saturating_sub(1) };
                let name =
                    Name { text: "file".into(), span: Span::new(inner.start as usize, inner.end as usize) };
                self.add(&name, Symbol::File(*file), Role::Use);
                let own = std::mem::replace(&mut self.file, *file);
                self.text(text);
                self.file = own;
            }
            TextSource::Missing(_) => {}
        }
    }

    pub(super) fn text(&mut self, text: &Text) {
        self.parts(&text.parts);
    }

    fn parts(&mut self, parts: &[TextPart]) {
        for part in parts {
            match part {
                TextPart::Chars(..) => {}
                TextPart::Hole(expr, _) => self.expr(expr),
                TextPart::For { item, list, body, .. } => {
                    self.expr(list);
                    self.scopes.push(BTreeMap::new());
                    self.bind(item);
                    self.parts(body);
                    self.scopes.pop();
                }
                TextPart::When { condition, then, otherwise, .. } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
            }
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Text(text) => self.text(text),
            ExprKind::Name(name) => self.value(name, Role::Use),
            ExprKind::TypeName(name) if name.text.parse::<Grade>().is_err() => self.type_name(name),
            ExprKind::Field(base, field) => {
                self.expr(base);
                self.field(expr, base, field);
            }
            ExprKind::Index(a, b) | ExprKind::Binary(_, _, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Record(name, fields) => self.record(name, fields),
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Comprehension(it) => self.comprehension(it),
            ExprKind::When(it) => {
                [&it.condition, &it.then, &it.otherwise].iter().for_each(|part| self.expr(part));
            }
            ExprKind::Unary(_, _, inner) | ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Is(it) => {
                self.expr(&it.value);
                self.pattern(&it.value, &it.pattern);
            }
            ExprKind::Missing
            | ExprKind::Int(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::TypeName(_) => {}
        }
    }

    fn comprehension(&mut self, it: &Comprehension) {
        self.expr(&it.list);
        self.scopes.push(BTreeMap::new());
        self.bind(&it.item);
        self.expr(&it.give);
        it.filter.iter().chain(&it.key).for_each(|part| self.expr(part));
        self.scopes.pop();
    }

    /// The type that the checker found for an expression as it is written.
    pub(super) fn type_of(&self, expr: &Expr) -> Option<Type> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.type_of(inner),
            _ => self.meanings.ty(self.place(expr.span)).cloned().or_else(|| self.type_of_name(expr)),
        }
    }

    /// The type of a word where it is bound, for those whose use was reported.
    fn type_of_name(&self, expr: &Expr) -> Option<Type> {
        let ExprKind::Name(name) = &expr.kind else { return None };
        match self.local(&name.text)? {
            Symbol::Local(place) if place.file == self.index.module.file => {
                let own = self.meanings.bindings.get(&place.span);
                own.or_else(|| self.elsewhere(place.span)).cloned()
            }
            symbol @ (Symbol::Param(..) | Symbol::Field(..)) => {
                self.index.snapshot.type_of(symbol).map(|(_, ty)| ty)
            }
            _ => None,
        }
    }

    /// The type of what another declaration binds: a test speaks of what a workflow does.
    fn elsewhere(&self, span: Span) -> Option<&'a Type> {
        self.under_test.filter(|_| self.index.number_at(span) != Some(self.own))?;
        self.index.bound_type(span)
    }

    fn decl(&self, id: TypeId) -> Option<&TypeDecl> {
        self.types.type_decl(id)
    }

    fn field(&mut self, expr: &Expr, base: &Expr, field: &Name) {
        if let Some((id, at)) = self.meanings.variant(self.place(expr.span)) {
            return self.add(field, Symbol::Variant(id, at), Role::Use);
        }
        let Some(Type::Named(id)) = self.type_of(base).map(|ty| ty.present().clone()) else { return };
        if let Some(symbol) = self.field_named(id, &field.text) {
            self.add(field, symbol, Role::Use);
        }
    }

    /// A field of a record. Those of a loop's rounds are what its body binds, those of a recorded call are parameters.
    fn field_named(&self, id: TypeId, name: &str) -> Option<Symbol> {
        let decl = self.decl(id)?;
        let TypeKind::Record(fields) = &decl.kind else { return None };
        let at = fields.iter().position(|field| field.name == name)?;
        if id.index() < self.program().types.len() {
            return Some(Symbol::Field(id, u32::try_from(at).ok()?));
        }
        let called = |it: &Callable| it.file == decl.file && it.span == decl.span;
        if let Some(callable) = self.program().callables.iter().position(called) {
            return Some(Symbol::Param(CallableId(u32::try_from(callable).ok()?), u32::try_from(at).ok()?));
        }
        let source = self.index.snapshot.source(decl.file)?;
        let span = fields.get(at)?.span;
        if source.slice(span) == name {
            let place = Place { file: decl.file, span };
            return self
                .local(name)
                .filter(|known| matches!(known, Symbol::Local(_)))
                .or(Some(Symbol::Local(place)));
        }
        Symbol::word(name)
    }

    pub(super) fn callee(&mut self, name: &Name) -> Option<CallableId> {
        if let Some(id) = self.index.module.callables.get(&name.text).copied() {
            self.add(name, Symbol::Callable(id), Role::Use);
            return Some(id);
        }
        if name.text == "rubric" {
            let id = self.program().standard?;
            self.add(name, Symbol::Callable(id), Role::Use);
            return Some(id);
        }
        if let Ok(function) = name.text.parse::<Function>() {
            self.add(name, Symbol::Function(function), Role::Use);
        }
        None
    }

    pub(super) fn call(&mut self, call: &Call) {
        let callee = self.callee(&call.callee);
        if callee.is_none() && call.callee.text == "calls" {
            // Of a test: what it counts the calls of is a callable, or a step.
            for arg in &call.args {
                if let ExprKind::Name(name) = &arg.value.kind
                    && self.callee(name).is_none()
                {
                    self.value(name, Role::Use);
                }
            }
            return;
        }
        for arg in &call.args {
            if let (Some(name), Some(id)) = (&arg.name, callee) {
                let params = self.program().callable(id).map(|it| it.params.as_slice()).unwrap_or_default();
                let at = params.iter().position(|param| param.name == name.text);
                if let Some(at) = at.and_then(|at| u32::try_from(at).ok()) {
                    self.add(name, Symbol::Param(id, at), Role::Use);
                }
            }
            self.expr(&arg.value);
        }
    }

    fn record(&mut self, name: &Name, fields: &[FieldInit]) {
        self.type_name(name);
        let id = self.type_named(&name.text);
        for field in fields {
            let symbol = id.and_then(|id| self.field_named(id, &field.name.text));
            let short = field.value.is_none();
            if let Some(symbol) = symbol {
                self.add(&field.name, symbol, if short { Role::ShortField } else { Role::Use });
            }
            match &field.value {
                Some(value) => self.expr(value),
                None => self.value(&field.name, Role::ShortValue),
            }
        }
    }

    pub(super) fn pattern(&mut self, value: &Expr, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Variant(name) => {
                let Some(Type::Named(id)) = self.type_of(value).map(|ty| ty.present().clone()) else {
                    return;
                };
                self.variant(id, name);
            }
            PatternKind::Type(name) => self.type_name(name),
            PatternKind::Qualified(ty, name) => {
                self.type_name(ty);
                if let Some(id) = self.type_named(&ty.text) {
                    self.variant(id, name);
                }
            }
            PatternKind::Missing | PatternKind::None | PatternKind::Bool(_) => {}
        }
    }

    fn variant(&mut self, id: TypeId, name: &Name) {
        let Some(TypeKind::Enum { variants, .. }) = self.decl(id).map(|decl| &decl.kind) else { return };
        let at = variants.iter().position(|variant| variant.name == name.text);
        if let Some(at) = at.and_then(|at| u32::try_from(at).ok()) {
            self.add(name, Symbol::Variant(id, at), Role::Use);
        }
    }
}
