use super::lost::words;
use super::resolve::{BUILTIN_TYPES, Resolver};
use super::{
    Callable, CallableId, CallableKind, Constant, ConstantId, Expr, ExprKind, ModuleId, NameKind, Program,
    Type, TypeDecl, TypeId, TypeKind, Variant, builtin,
};
use crate::base::{FileId, Span};
use crate::diag::{Code, Diagnostic, Fix};
use crate::language::syntax::ast::{self, Item, Name};
use crate::plan::{self, Function};
use indexmap::IndexMap;
use indexmap::map::Entry;
use smol_str::SmolStr;
use std::sync::Arc;

/// The built-in types, at the places that [`builtin`] says.
pub(super) fn builtin_types() -> Vec<TypeDecl> {
    plan::builtin::declarations().into_iter().map(of_plan).collect()
}

fn of_plan(decl: plan::TypeDecl) -> TypeDecl {
    let kind = match decl.kind {
        plan::TypeKind::Record { fields, .. } => TypeKind::Record(
            fields
                .into_iter()
                .map(|field| super::Field {
                    name: field.name,
                    span: Span::default(),
                    doc: field.doc,
                    ty: type_of_plan(&field.ty),
                    type_span: Span::default(),
                })
                .collect(),
        ),
        plan::TypeKind::Enum { variants, ordered } => TypeKind::Enum {
            variants: variants
                .into_iter()
                .map(|it| Variant { name: it.name, span: Span::default(), doc: it.doc })
                .collect(),
            ordered,
        },
        plan::TypeKind::Union { members } => {
            TypeKind::Union(members.into_iter().map(|id| TypeId(id.0)).collect())
        }
    };
    TypeDecl {
        name: decl.name,
        module: None,
        file: FileId::default(),
        span: Span::default(),
        doc: decl.doc,
        kind,
    }
}

fn type_of_plan(ty: &plan::Type) -> Type {
    match ty {
        plan::Type::Text(max) => Type::Text(*max),
        plan::Type::Int(range) => Type::Int(*range),
        plan::Type::Number(range) => Type::Number(*range),
        plan::Type::Bool => Type::Bool,
        plan::Type::Date => Type::Date,
        plan::Type::Json => Type::Json,
        plan::Type::Grade => Type::Grade,
        plan::Type::Named(id) => Type::Named(TypeId(id.0)),
        plan::Type::OneOf(ids) => Type::OneOf(ids.iter().map(|id| TypeId(id.0)).collect()),
        plan::Type::List(item, max) => Type::List(Arc::new(type_of_plan(item)), *max),
        plan::Type::Optional(inner) => type_of_plan(inner).optional(),
    }
}

/// Gives every declaration of a module its id and its name.
pub(super) fn declare(program: &mut Program, id: ModuleId, found: &mut Vec<Diagnostic>) {
    let Some(module) = program.modules.get(id.0 as usize) else { return };
    let (tree, file) = (module.tree.clone(), module.file);
    let mut pass = Pass { program, id, file, found };
    for (at, item) in tree.items.iter().enumerate() {
        pass.item(at, item);
    }
}

struct Pass<'p> {
    program: &'p mut Program,
    id: ModuleId,
    file: FileId,
    found: &'p mut Vec<Diagnostic>,
}

impl Pass<'_> {
    fn item(&mut self, at: usize, item: &Item) {
        match item {
            Item::Type(decl) => self.ty(decl),
            Item::Agent(agent) => self.callable(at, &agent.head, CallableKind::Agent),
            Item::Rubric(rubric) => self.callable(at, &rubric.head, CallableKind::Rubric),
            Item::Tool(tool) => self.callable(at, &tool.head, CallableKind::Tool),
            Item::Workflow(workflow) => self.callable(at, &workflow.head, CallableKind::Workflow),
            Item::Let(constant) => self.constant(at, constant),
            Item::Bad(span) => self.bad(*span),
            Item::Use(_) | Item::Test(_) => {}
        }
    }

    /// The name of a declaration that could not be read: whoever uses it makes no second mistake.
    fn bad(&mut self, span: Span) {
        let Some(source) = self.program.sources.get(self.file.0 as usize) else { return };
        let text = source.slice(span);
        let Some(keyword) = words(text).next() else { return };
        let kind = match keyword {
            "type" => NameKind::Type,
            "agent" | "rubric" | "tool" | "workflow" => NameKind::Callable,
            "let" => NameKind::Value,
            _ => return,
        };
        let behind = text.trim_start().strip_prefix(keyword).unwrap_or_default().trim_start();
        let name = words(behind).next().filter(|name| behind.starts_with(name)).map(SmolStr::from);
        self.lose(name, kind);
    }

    /// The name of a declaration that is not there, if it was readable.
    fn lose(&mut self, name: Option<SmolStr>, kind: NameKind) {
        let Some(module) = self.program.modules.get_mut(self.id.0 as usize) else { return };
        match name {
            Some(name) => module.lost.add(name),
            None => module.lost.add_nameless(kind),
        }
    }

    fn ty(&mut self, decl: &ast::TypeDecl) {
        if decl.name.is_missing() {
            return self.lose(None, NameKind::Type);
        }
        if BUILTIN_TYPES.contains(&decl.name.text.as_str()) {
            let message = format!("`{}` is the name of a built-in type", decl.name.text);
            let help = "choose another name: built-in types are known everywhere";
            self.found
                .push(Diagnostic::new(Code::BuiltInName, self.file, decl.name.span, message).help(help));
            return;
        }
        if decl.name.text.parse::<plan::Grade>().is_ok() {
            let message = format!("`{}` is a grade, and no type has a grade's name", decl.name.text);
            let help = "choose a longer name";
            self.found
                .push(Diagnostic::new(Code::BuiltInName, self.file, decl.name.span, message).help(help));
        }
        let id = TypeId(index(self.program.types.len()));
        let earlier = match self.program.modules.get_mut(self.id.0 as usize) {
            Some(module) => insert(&mut module.types, &decl.name, id),
            None => None,
        };
        if let Some(span) = earlier.and_then(|id| self.program.type_decl(id)).map(|decl| decl.span) {
            self.twice("type", &decl.name, span);
        }
        self.program.types.push(TypeDecl {
            name: decl.name.text.clone(),
            module: Some(self.id),
            file: self.file,
            span: decl.name.span,
            doc: decl.doc.as_ref().map(|doc| doc.text.clone()),
            kind: TypeKind::Error,
        });
    }

    fn callable(&mut self, at: usize, head: &ast::Head, kind: CallableKind) {
        let id = CallableId(index(self.program.callables.len()));
        if head.name.is_missing() {
            self.lose(None, NameKind::Callable);
        } else {
            let earlier = match self.program.modules.get_mut(self.id.0 as usize) {
                Some(module) => insert(&mut module.callables, &head.name, id),
                None => None,
            };
            if let Some(span) = earlier.and_then(|id| self.program.callable(id)).map(|decl| decl.span) {
                self.twice("callable", &head.name, span);
            } else if head.name.text.parse::<Function>().is_ok() {
                self.found.push(hides_function(self.file, &head.name));
            }
        }
        self.program.callables.push(Callable {
            name: head.name.text.clone(),
            module: self.id,
            file: self.file,
            span: head.name.span,
            item: at,
            doc: head.doc.as_ref().map(|doc| doc.text.clone()),
            kind,
            params: Vec::new(),
            result: None,
            result_span: head.result.as_ref().map_or(head.end, |ty| ty.span),
            effect: None,
            lost: false,
        });
    }

    fn constant(&mut self, at: usize, constant: &ast::Constant) {
        let name = &constant.name;
        let id = ConstantId(index(self.program.constants.len()));
        if name.is_missing() {
            self.lose(None, NameKind::Value);
        } else {
            let earlier = match self.program.modules.get_mut(self.id.0 as usize) {
                Some(module) => insert(&mut module.constants, name, id),
                None => None,
            };
            if let Some(span) = earlier.and_then(|id| self.program.constant(id)).map(|decl| decl.span) {
                self.twice("constant", name, span);
            }
        }
        self.program.constants.push(Constant {
            name: name.text.clone(),
            module: self.id,
            file: self.file,
            span: name.span,
            item: at,
            ty: Type::Error,
            value: Expr { ty: Type::Error, span: constant.value.span, kind: ExprKind::Error },
            locals: Vec::new(),
            whole: None,
        });
    }

    fn twice(&mut self, what: &str, name: &Name, earlier: Span) {
        let message = format!("there are two {what}s of the name `{}`", name.text);
        let found = Diagnostic::new(Code::DeclaredTwice, self.file, name.span, message)
            .here("declared again here")
            .label(self.file, earlier, "first declared here")
            .help("give one of them another name");
        self.found.push(found);
    }
}

/// Takes the name; where it is taken, says by what, and leaves it there.
fn insert<T: Copy>(names: &mut IndexMap<SmolStr, T>, name: &Name, id: T) -> Option<T> {
    match names.entry(name.text.clone()) {
        Entry::Occupied(taken) => Some(*taken.get()),
        Entry::Vacant(free) => {
            free.insert(id);
            None
        }
    }
}

fn hides_function(file: FileId, name: &Name) -> Diagnostic {
    let message = format!("`{}` hides the built-in function of that name", name.text);
    Diagnostic::new(Code::HidesFunction, file, name.span, message)
        .help("choose another name, or never use that function in this file")
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Makes the names visible that modules take from others. Every module has declared its own by then.
pub(super) fn import(program: &mut Program, id: ModuleId, found: &mut Vec<Diagnostic>) {
    let Some(module) = program.modules.get(id.0 as usize) else { return };
    let (tree, file, links) = (module.tree.clone(), module.file, module.uses.clone());
    for (used, link) in super::load::uses(&tree).zip(links) {
        for import in &used.imports {
            match link {
                // That a file imports itself is reported as a circle; its names are its own.
                Some(from) if from == id => {}
                Some(from) => import_one(program, id, file, from, import, found),
                None => {
                    let name = import.alias.as_ref().unwrap_or(&import.name).text.clone();
                    if let Some(module) = program.modules.get_mut(id.0 as usize) {
                        module.lost.add(name);
                    }
                }
            }
        }
    }
}

fn import_one(
    program: &mut Program,
    id: ModuleId,
    file: FileId,
    from: ModuleId,
    import: &ast::Import,
    found: &mut Vec<Diagnostic>,
) {
    use super::{Imported, Target};
    if import.name.is_missing() {
        return;
    }
    let local = import.alias.as_ref().filter(|alias| !alias.is_missing()).unwrap_or(&import.name);
    let targets = declared(program, from, &import.name.text);
    if targets.is_empty() {
        let source = program.module(from);
        let kinds = [NameKind::Type, NameKind::Callable, NameKind::Value];
        let is_known = source
            .is_some_and(|module| kinds.iter().any(|kind| module.lost.may_be(&import.name.text, *kind)));
        let is_unread = source.is_some_and(|module| module.is_broken() && module.tree.items.is_empty());
        if !is_known && !is_unread {
            found.push(not_declared(program, file, from, &import.name));
        }
        if let Some(module) = program.modules.get_mut(id.0 as usize) {
            module.lost.add(local.text.clone());
        }
        return;
    }
    for target in targets {
        let Some(module) = program.modules.get_mut(id.0 as usize) else { return };
        let earlier = match target {
            Target::Type(it) => insert(&mut module.types, local, it).map(Target::Type),
            Target::Callable(it) => insert(&mut module.callables, local, it).map(Target::Callable),
            Target::Constant(it) => insert(&mut module.constants, local, it).map(Target::Constant),
        };
        let imported = Imported { name: local.text.clone(), span: local.span, target };
        match earlier {
            Some(earlier) => {
                let place = module.imports.iter().find(|it| it.name == local.text && it.target == earlier);
                let span = place.map(|it| it.span).or_else(|| span_of(program, earlier));
                let message = format!("there are two declarations of the name `{}`", local.text);
                let mut report = Diagnostic::new(Code::DeclaredTwice, file, local.span, message)
                    .here("taken from another file here")
                    .help(format!("give this one another name here: `{} as other_name`", import.name.text));
                if let Some(span) = span {
                    report = report.label(file, span, "the other one");
                }
                found.push(report);
            }
            None => {
                module.imports.push(imported);
                if import.alias.is_some()
                    && matches!(target, Target::Callable(_))
                    && local.text.parse::<Function>().is_ok()
                {
                    found.push(hides_function(file, local));
                }
            }
        }
    }
}

fn span_of(program: &Program, target: super::Target) -> Option<Span> {
    match target {
        super::Target::Type(id) => program.type_decl(id).map(|it| it.span),
        super::Target::Callable(id) => program.callable(id).map(|it| it.span),
        super::Target::Constant(id) => program.constant(id).map(|it| it.span),
    }
}

/// What a module declares under a name; what it only imports is not its own.
fn declared(program: &Program, from: ModuleId, name: &str) -> Vec<super::Target> {
    use super::Target;
    let Some(module) = program.module(from) else { return Vec::new() };
    let ty =
        module.types.get(name).filter(|id| program.type_decl(**id).is_some_and(|it| it.module == Some(from)));
    let callable =
        module.callables.get(name).filter(|id| program.callable(**id).is_some_and(|it| it.module == from));
    let constant =
        module.constants.get(name).filter(|id| program.constant(**id).is_some_and(|it| it.module == from));
    let ty = ty.map(|id| Target::Type(*id));
    let callable = callable.map(|id| Target::Callable(*id));
    let constant = constant.map(|id| Target::Constant(*id));
    ty.into_iter().chain(callable).chain(constant).collect()
}

fn not_declared(program: &Program, file: FileId, from: ModuleId, name: &Name) -> Diagnostic {
    let path = program.module(from).map_or("?", |module| &module.path);
    let found = Diagnostic::new(
        Code::NotDeclaredThere,
        file,
        name.span,
        format!("`{path}` does not declare `{}`", name.text),
    );
    let Some(module) = program.module(from) else { return found };
    if module.types.contains_key(&name.text)
        || module.callables.contains_key(&name.text)
        || module.constants.contains_key(&name.text)
    {
        return found.help(format!(
            "`{path}` only imports `{}` itself: take it from where it is declared",
            name.text
        ));
    }
    let own = module.types.keys().chain(module.callables.keys()).chain(module.constants.keys());
    match crate::diag::closest(&name.text, own.map(SmolStr::as_str)) {
        // Where the name is used below, writing another one here alone would help nobody.
        Some(near) if is_used_below(program, file, name) => {
            found.help(format!("did you mean `{near}`? it is used below by this name, too"))
        }
        Some(near) => {
            let place = crate::base::Place { file, span: name.span };
            found.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                format!("write `{near}`"),
                place,
                near,
            ))
        }
        None => found,
    }
}

/// Whether the word of an import stands further down in its file.
fn is_used_below(program: &Program, file: FileId, name: &Name) -> bool {
    let Some(source) = program.sources.get(file.0 as usize) else { return false };
    let below = source.text.get(name.span.end as usize..).unwrap_or_default();
    words(below).any(|word| word == name.text)
}

/// Fills in what types and signatures say. All names are visible by then.
pub(super) fn complete(program: &mut Program, found: &mut Vec<Diagnostic>) {
    set_wholes(program);
    super::alternatives::complete_types(program, found);
    super::signature::complete_callables(program, found);
    super::recursion::check(program, found);
}

/// Which constants are whole numbers as written, or the name of one that is (L3.5).
fn set_wholes(program: &mut Program) {
    let whole: Vec<Option<i64>> =
        (0..program.constants.len()).map(|at| whole_of(program, ConstantId(index(at)), 0)).collect();
    for (constant, whole) in program.constants.iter_mut().zip(whole) {
        constant.whole = whole;
    }
}

fn whole_of(program: &Program, id: ConstantId, depth: usize) -> Option<i64> {
    /// A chain of names that is longer goes in a circle, or nobody reads it.
    const LONGEST: usize = 64;
    let constant = program.constant(id)?;
    let module = program.module(constant.module)?;
    let Some(Item::Let(written)) = module.tree.items.get(constant.item) else { return None };
    let mut value = &written.value;
    while let ast::ExprKind::Paren(inner) = &value.kind {
        value = inner;
    }
    match &value.kind {
        ast::ExprKind::Int(value) => Some(*value),
        ast::ExprKind::Name(name) if depth < LONGEST => {
            whole_of(program, *module.constants.get(&name.text)?, depth + 1)
        }
        _ => None,
    }
}

/// The built-in record, enum or union of this name.
pub(super) fn builtin_named(name: &str) -> Option<TypeId> {
    Some(match name {
        "Review" => builtin::REVIEW,
        "Dimension" => builtin::DIMENSION,
        "Run" => builtin::RUN,
        "Http" => builtin::HTTP,
        _ => return None,
    })
}

/// A resolver for the declarations of a module.
pub(super) fn resolver(program: &Program, id: ModuleId) -> Resolver<'_> {
    Resolver::new(program, id)
}
