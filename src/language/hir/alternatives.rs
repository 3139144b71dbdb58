use super::declare::resolver;
use super::{Field, Module, ModuleId, Program, Resolver, Type, TypeId, TypeKind, Used, Variant};
use crate::base::{FileId, Span, parallel_map};
use crate::diag::{Code, Diagnostic};
use crate::language::syntax::ast::{self, Item, Separator, TypeBody};
use std::collections::BTreeMap;

/// Says of every declared type what it is.
pub(super) fn complete_types(program: &mut Program, found: &mut Vec<Diagnostic>) {
    let all = parallel_map(&program.modules, |at, module| kinds(program, at, module));
    let mut types = program.types.iter_mut().skip(super::builtin::COUNT as usize);
    for (module, mut all) in program.modules.iter_mut().zip(all) {
        for (kind, decl) in all.made.into_iter().zip(types.by_ref()) {
            decl.kind = kind;
        }
        module.used.extend(&all.used);
        found.append(&mut all.found);
    }
    flatten(program, found);
}

/// What the types of a module are, in the order of the page, which is that of their ids.
struct Kinds {
    made: Vec<TypeKind>,
    used: Used,
    found: Vec<Diagnostic>,
}

fn kinds(program: &Program, at: usize, module: &Module) -> Kinds {
    let id = ModuleId(u32::try_from(at).unwrap_or(u32::MAX));
    let mut resolver = resolver(program, id);
    let mut found = Vec::new();
    let mut made = Vec::new();
    let first = program.types.partition_point(|decl| decl.module < Some(id));
    let mut own = program.types.iter().skip(first).peekable();
    for item in &module.tree.items {
        let Item::Type(decl) = item else { continue };
        // A type whose name was refused has no id.
        if own.next_if(|it| it.file == module.file && it.span == decl.name.span).is_some() {
            made.push(kind_of(&mut resolver, module.file, decl, &mut found));
        }
    }
    found.append(&mut resolver.diagnostics);
    Kinds { made, used: resolver.used, found }
}

fn kind_of(
    resolver: &mut Resolver<'_>,
    file: FileId,
    decl: &ast::TypeDecl,
    found: &mut Vec<Diagnostic>,
) -> TypeKind {
    match &decl.body {
        TypeBody::Missing => TypeKind::Error,
        TypeBody::Record { fields, .. } => {
            let fields: Vec<Field> = fields.iter().map(|field| field_of(resolver, field)).collect();
            let names = fields.iter().map(|field| (field.name.as_str(), field.span));
            doubled(file, "field", names, found);
            TypeKind::Record(fields)
        }
        TypeBody::Alternatives { variants, separators } => {
            let names = variants.iter().map(|it| (it.name.text.as_str(), it.name.span));
            doubled(file, "variant", names, found);
            alternatives(resolver, file, decl, variants, separators, found)
        }
    }
}

fn field_of(resolver: &mut Resolver<'_>, field: &ast::Field) -> Field {
    Field {
        name: field.name.text.clone(),
        span: field.name.span,
        doc: field.doc.as_ref().map(|doc| doc.text.clone()),
        ty: resolver.resolve(&field.ty),
        type_span: field.ty.span,
    }
}

/// Reports names that stand twice in one declaration.
pub(super) fn doubled<'a>(
    file: FileId,
    what: &str,
    names: impl Iterator<Item = (&'a str, Span)>,
    found: &mut Vec<Diagnostic>,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, span) in names.filter(|(name, _)| !name.is_empty()) {
        if let Some(first) = seen.get(name) {
            let message = format!("there are two {what}s of the name `{name}`");
            let report = Diagnostic::new(Code::DeclaredTwice, file, span, message).here("again here").label(
                file,
                *first,
                "first here",
            );
            found.push(report);
        } else {
            seen.insert(name, span);
        }
    }
}

/// Lower-case names make an enum, upper-case names a union; a mixture is neither.
fn alternatives(
    resolver: &mut Resolver<'_>,
    file: FileId,
    decl: &ast::TypeDecl,
    variants: &[ast::Variant],
    separators: &[(Separator, Span)],
    found: &mut Vec<Diagnostic>,
) -> TypeKind {
    let variants: Vec<&ast::Variant> = variants.iter().filter(|it| !it.name.is_missing()).collect();
    let is_type = |it: &&&ast::Variant| it.name.text.starts_with(char::is_uppercase);
    let Some(first) = variants.first() else { return TypeKind::Error };
    let Some(odd) = variants.iter().find(|it| is_type(it) != is_type(&first)) else {
        let ordered = matches!(separators.first(), Some((Separator::Less, _)));
        if let Some((_, span)) = separators.iter().find(|(it, _)| (*it == Separator::Less) != ordered) {
            let message = format!("`{}` is ordered by `<` or a choice by `|`, not both", decl.name.text);
            found.push(
                Diagnostic::new(Code::MixedAlternatives, file, *span, message)
                    .help("write `low < medium < high` where the order counts, else `bug | feature`"),
            );
            return TypeKind::Error;
        }
        return if is_type(&first) {
            union(resolver, file, &variants, separators, found)
        } else {
            let of = |it: &&ast::Variant| Variant {
                name: it.name.text.clone(),
                span: it.name.span,
                doc: it.doc.as_ref().map(|doc| doc.text.clone()),
            };
            TypeKind::Enum { variants: variants.iter().map(of).collect(), ordered }
        };
    };
    let message = format!("`{}` mixes variants of an enum with records of a union", decl.name.text);
    let words = |it: &ast::Variant| {
        let is_record = it.name.text.starts_with(char::is_uppercase);
        format!("`{}` is {}", it.name.text, if is_record { "the name of a record" } else { "a variant" })
    };
    found.push(
        Diagnostic::new(Code::MixedAlternatives, file, odd.name.span, message)
            .here(words(odd))
            .label(file, first.name.span, words(first))
            .help("variants are `lower_snake`; a union lists records"),
    );
    TypeKind::Error
}

fn union(
    resolver: &mut Resolver<'_>,
    file: FileId,
    variants: &[&ast::Variant],
    separators: &[(Separator, Span)],
    found: &mut Vec<Diagnostic>,
) -> TypeKind {
    if let Some((_, span)) = separators.iter().find(|(it, _)| *it == Separator::Less) {
        let message = "the records of a union have no order: expected `|`, found `<`";
        let place = crate::base::Place { file, span: *span };
        let fix = crate::diag::Fix::replace("write `|`", place, "|");
        found.push(Diagnostic::new(Code::MixedAlternatives, file, *span, message).fix(fix));
    }
    let mut members = Vec::new();
    for variant in variants {
        let named =
            ast::TypeExpr { span: variant.name.span, kind: ast::TypeExprKind::Named(variant.name.clone()) };
        match resolver.resolve(&named) {
            Type::Named(id) if !members.contains(&id) => members.push(id),
            Type::Named(_) | Type::Error => {}
            _ => found.push(no_member(file, &variant.name)),
        }
    }
    if members.is_empty() { TypeKind::Error } else { TypeKind::Union(members) }
}

fn no_member(file: FileId, name: &ast::Name) -> Diagnostic {
    let message = format!("a union lists records, and `{}` is none", name.text);
    Diagnostic::new(Code::NotARecord, file, name.span, message)
        .help(format!("put it in a record: `type Found {{ value: {} }}`", name.text))
}

/// Replaces unions in unions by their members, and reports members that are no records and unions that hold themselves.
fn flatten(program: &mut Program, found: &mut Vec<Diagnostic>) {
    let mut flat: Vec<(usize, TypeKind)> = Vec::new();
    for (at, decl) in program.types.iter().enumerate() {
        let TypeKind::Union(direct) = &decl.kind else { continue };
        let id = TypeId(u32::try_from(at).unwrap_or(u32::MAX));
        let mut members = Vec::new();
        let mut open = vec![id];
        let mut holds_itself = false;
        for member in direct {
            holds_itself |=
                !collect(program, *member, &mut open, &mut members, decl.module, found, decl.file);
        }
        if holds_itself {
            let message = format!("the union `{}` is made of itself", decl.name);
            let help = "a union lists records; a record may hold the union in a field";
            found.push(Diagnostic::new(Code::HoldsItself, decl.file, decl.span, message).help(help));
        }
        let kind =
            if holds_itself || members.is_empty() { TypeKind::Error } else { TypeKind::Union(members) };
        flat.push((at, kind));
    }
    for (at, kind) in flat {
        if let Some(decl) = program.types.get_mut(at) {
            decl.kind = kind;
        }
    }
}

/// Adds the records of a member; false where it leads back to a union that is open.
fn collect(
    program: &Program,
    id: TypeId,
    open: &mut Vec<TypeId>,
    members: &mut Vec<TypeId>,
    module: Option<ModuleId>,
    found: &mut Vec<Diagnostic>,
    file: FileId,
) -> bool {
    if open.contains(&id) {
        return false;
    }
    let Some(decl) = program.type_decl(id) else { return true };
    match &decl.kind {
        TypeKind::Record(_) => {
            if !members.contains(&id) {
                members.push(id);
            }
            true
        }
        TypeKind::Error => true,
        TypeKind::Enum { .. } => {
            if let Some(name) = member_name(program, module, open, id)
                && open.len() == 1
            {
                let report = no_member(file, &name).label(decl.file, decl.span, "an enum");
                found.push(report);
            }
            true
        }
        TypeKind::Union(inner) => {
            open.push(id);
            let all =
                inner.iter().all(|member| collect(program, *member, open, members, module, found, file));
            open.pop();
            all
        }
    }
}

/// Where a union names a member.
fn member_name(
    program: &Program,
    module: Option<ModuleId>,
    open: &[TypeId],
    member: TypeId,
) -> Option<ast::Name> {
    let module = program.module(module?)?;
    let union = program.type_decl(*open.first()?)?;
    let decl = module.tree.items.iter().find_map(|item| match item {
        Item::Type(decl) if decl.name.span == union.span => Some(decl),
        _ => None,
    });
    let TypeBody::Alternatives { variants, .. } = &decl?.body else { return None };
    let mut names = variants.iter().map(|it| &it.name);
    names.find(|name| module.types.get(&name.text) == Some(&member)).cloned()
}
