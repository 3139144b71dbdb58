use crate::base::Span;
use crate::diag::{Code, closest};
use crate::language::check::cx::{Cx, broken};
use crate::language::hir::{Expr, ExprKind, Type, TypeId, TypeKind, name_of, suggest};
use crate::language::syntax::ast::{self, FieldInit, Name};
use crate::plan::Grade;
use smol_str::SmolStr;

impl Cx<'_> {
    /// `a.b`: a field, or a variant behind its enum's name.
    pub(super) fn field(&mut self, span: Span, base: &ast::Expr, field: &Name) -> Expr {
        if let ast::ExprKind::TypeName(name) = &base.kind
            && name.text.parse::<Grade>().is_err()
        {
            return self.qualified(span, name, field);
        }
        let base = self.infer(base, None);
        if field.is_missing() {
            self.drops(&base);
            return broken(span);
        }
        self.field_of(span, base, field)
    }

    /// A field of a checked expression.
    pub fn field_of(&mut self, span: Span, base: Expr, field: &Name) -> Expr {
        let inner = base.ty.present().clone();
        let Type::Named(id) = &inner else {
            self.drops(&base);
            self.no_fields(&base, field);
            return broken(span);
        };
        let found = match self.type_decl(*id).map(|decl| &decl.kind) {
            Some(TypeKind::Record(fields)) => {
                let at = fields.iter().position(|it| it.name == field.text);
                at.and_then(|at| Some((at, fields.get(at)?.ty.clone())))
            }
            Some(TypeKind::Error) | None => return broken(span),
            Some(_) => {
                self.drops(&base);
                self.no_fields(&base, field);
                return broken(span);
            }
        };
        let Some((at, ty)) = found else {
            self.drops(&base);
            self.unknown_field(*id, field, &[]);
            return broken(span);
        };
        let ty = if base.ty.is_optional() { ty.optional() } else { ty };
        let kind = ExprKind::Field(Box::new(base), u32::try_from(at).unwrap_or(u32::MAX));
        self.narrowed(Expr { ty, span, kind })
    }

    /// `Severity.high`
    fn qualified(&mut self, span: Span, name: &Name, variant: &Name) -> Expr {
        let Some(id) = self.expect_type(name) else { return broken(span) };
        if variant.is_missing() {
            return broken(span);
        }
        match self.qualified_variant(id, name, variant) {
            Some(at) => Expr { ty: Type::Named(id), span, kind: ExprKind::Variant(id, at) },
            None => broken(span),
        }
    }

    /// The position of a variant that is written behind a type's name; one that is not there is reported.
    pub(super) fn qualified_variant(&mut self, id: TypeId, name: &Name, variant: &Name) -> Option<u32> {
        let Some(TypeKind::Enum { variants, .. }) = self.type_decl(id).map(|decl| &decl.kind) else {
            let message = format!("`{}` is no enum, so it has no variant `{}`", name.text, variant.text);
            let report = self.error(Code::UnknownVariant, name.span, message);
            self.report(report);
            return None;
        };
        let all: Vec<SmolStr> = variants.iter().map(|it| it.name.clone()).collect();
        let at = all.iter().position(|it| *it == variant.text);
        if at.is_none() {
            self.no_variant(variant, id, &all);
        }
        u32::try_from(at?).ok()
    }

    /// `given` are the fields that the script gives already, which nobody meant.
    pub(super) fn unknown_field(&mut self, id: TypeId, field: &Name, given: &[FieldInit]) {
        let Some(TypeKind::Record(fields)) = self.type_decl(id).map(|decl| &decl.kind) else { return };
        if self.is_lost(id) {
            return;
        }
        let names: Vec<SmolStr> = fields.iter().map(|it| it.name.clone()).collect();
        let what = self.holder(id);
        let report =
            self.error(Code::UnknownField, field.span, format!("{what} has no field `{}`", field.text));
        let report = match self.type_decl(id) {
            Some(decl) if decl.module.is_some() && !decl.span.is_empty() => {
                report.label(decl.file, decl.span, format!("its fields: {}", names.join(", ")))
            }
            _ => report.note(format!("its fields: {}", names.join(", "))),
        };
        // Records without a name are those of a loop.
        if field.text == "review" && id.index() >= self.program.types.len() {
            let help = "a loop has a review only when a rubric stands behind `until`";
            return self.report(report.help(help));
        }
        let free = names.iter().filter(|name| !given.iter().any(|it| it.name.text == **name));
        let report = match closest(&field.text, free.map(SmolStr::as_str)) {
            Some(near) => suggest(report, self.file, field.span, near),
            None => report,
        };
        self.report(report);
    }

    /// Whether the declaration of a type has a syntax error, so that a part of it may be lost.
    pub(super) fn is_lost(&self, id: TypeId) -> bool {
        let Some(decl) = self.type_decl(id) else { return true };
        if decl.module.is_none() && id.index() >= self.program.types.len() {
            // Its fields are bound by a loop that begins where it is declared, in statements that may be lost.
            return decl.file == self.file
                && self.has_slip(Span { start: decl.span.start, end: self.item.end.max(decl.span.end) });
        }
        if decl.module.is_none() {
            // A declaration of this name was refused, so that its fields are known to nobody.
            let is_refused =
                |item: &ast::Item| matches!(item, ast::Item::Type(it) if it.name.text == decl.name);
            return self.names().is_some_and(|names| names.tree.items.iter().any(is_refused));
        }
        let module = decl.module.and_then(|id| self.program.module(id));
        module.is_some_and(|module| module.has_slip_around(decl.span))
    }

    /// What a record is called where a field of it is missing: records of a loop and of calls have no name of a type.
    fn holder(&self, id: TypeId) -> String {
        let name = name_of(self, id);
        let is_declared = id.index() < self.program.types.len();
        match name.strip_prefix("call of ") {
            _ if is_declared => name.to_string(),
            Some(callee) => format!("a call of `{callee}`"),
            None if name == "round" => "a round of this loop".into(),
            None => format!("`{name}`"),
        }
    }

    /// Says why there is no field to read, and what to write instead.
    fn no_fields(&mut self, base: &Expr, field: &Name) {
        use crate::language::hir::Types;
        let called = self.called(base.span);
        let help = match base.ty.present() {
            Type::Error | Type::Never => return,
            Type::Json => {
                format!("read it with a declared type: `let data: Record? = parse({})`", bare(&called))
            }
            Type::List(..) => {
                format!(
                    "take one item, `{0}[0]`, or read it from each: `[x.{1} for x in {0}]`",
                    bare(&called),
                    field.text
                )
            }
            Type::None => "nothing is there".into(),
            ty => match self.members(ty) {
                Some(members) => return self.field_of_union(base, field, &members),
                None => format!("only records have fields, and {called} is {}", self.a(&base.ty)),
            },
        };
        let message = match base.ty.present() {
            Type::None => format!("{called} is none here, so it has no field `{}`", field.text),
            ty => format!("{} has no fields", self.a(ty)),
        };
        let report = self.error(Code::UnknownField, field.span, message).help(help);
        self.report(report);
    }

    /// Only a narrowed union has fields (L2.5).
    fn field_of_union(&mut self, base: &Expr, field: &Name, members: &[TypeId]) {
        let called = self.called(base.span);
        let holders: Vec<&str> = members
            .iter()
            .filter(|id| match self.type_decl(**id).map(|decl| &decl.kind) {
                Some(TypeKind::Record(fields)) => fields.iter().any(|it| it.name == field.text),
                _ => false,
            })
            .map(|id| name_of(self, *id))
            .collect();
        let shown = self.show(base.ty.present());
        let one = self.a(base.ty.present());
        let (message, help) = match holders.first() {
            Some(first) => (
                format!("{called} is {one} here, and `{}` is a field of {}", field.text, holders.join(", ")),
                format!("ask first which it is: `when {} is {first} {{ … }}`", bare(&called)),
            ),
            None => (
                format!("no record of {shown} has a field `{}`", field.text),
                format!(
                    "it is one of {}",
                    members.iter().map(|id| name_of(self, *id)).collect::<Vec<_>>().join(", ")
                ),
            ),
        };
        let report = self.error(Code::FieldOfUnion, field.span, message).help(help);
        self.report(report);
    }

    /// `xs[0]`
    pub(super) fn index(&mut self, span: Span, list: &ast::Expr, at: &ast::Expr) -> Expr {
        use crate::language::check::wanted::Wanted;
        let list = self.infer(list, None);
        let at = self.expect(at, &Type::INT, Wanted::Words("an index is an int"));
        let called = self.called(list.span);
        let ty = match &list.ty {
            Type::List(item, _) => (**item).clone().optional(),
            Type::Error => return broken(span),
            Type::Optional(inner) if matches!(**inner, Type::List(..)) => {
                let message = format!("{called} may be absent, and only a list has an index");
                let report = self
                    .error(Code::OptionalUsed, list.span, message)
                    .help(format!("write `({} ?? [])[…]`", bare(&called)));
                self.report(report);
                return broken(span);
            }
            other => {
                let message = format!("expected a list before `[`, found {}", self.a(other));
                let report = self.error(Code::NotAList, list.span, message);
                self.report(report);
                return broken(span);
            }
        };
        Expr { ty, span, kind: ExprKind::Index(Box::new(list), Box::new(at)) }
    }
}

/// The code of a message's "`code`", to put it into other code.
pub(super) fn bare(called: &str) -> &str {
    let inner = called.trim_matches('`');
    if inner == "this" { "x" } else { inner }
}
