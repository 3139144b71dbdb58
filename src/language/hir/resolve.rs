use super::declare::builtin_named;
use super::{ConstantId, Module, ModuleId, NameKind, Program, Type, Used};
use crate::base::{Decimal, FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Fix, closest};
use crate::language::syntax::ast::{self, BoundKind, Name, TypeExpr, TypeExprKind};
use crate::plan::{TextMax, TextUnit};
use smol_str::SmolStr;
use std::sync::Arc;

/// Names that no declared type takes (L2.1).
pub(super) const BUILTIN_TYPES: [&str; 5] = ["Grade", "Review", "Dimension", "Run", "Http"];

/// What stands for types in other languages, and how it is written here (L2.10).
const HABITS: [(&str, &str); 38] = [
    ("string", "text"),
    ("str", "text"),
    ("String", "text"),
    ("Text", "text"),
    ("char", "text"),
    ("varchar", "text"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("Decimal", "number"),
    ("Number", "number"),
    ("Float", "number"),
    ("f64", "number"),
    ("f32", "number"),
    ("real", "number"),
    ("boolean", "bool"),
    ("Boolean", "bool"),
    ("Bool", "bool"),
    ("integer", "int"),
    ("Integer", "int"),
    ("Int", "int"),
    ("i64", "int"),
    ("i32", "int"),
    ("long", "int"),
    ("uint", "int"),
    ("datetime", "date"),
    ("Date", "date"),
    ("DateTime", "date"),
    ("timestamp", "date"),
    ("any", "json"),
    ("Any", "json"),
    ("object", "json"),
    ("dict", "json"),
    ("map", "json"),
    ("Json", "json"),
    ("JSON", "json"),
    ("grade", "Grade"),
    ("review", "Review"),
];

/// Turns types as written into types, in one module.
pub struct Resolver<'p> {
    program: &'p Program,
    module: Option<&'p Module>,
    id: ModuleId,
    file: FileId,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What was used.
    pub used: Used,
}

impl<'p> Resolver<'p> {
    /// A resolver for types that are written in this module.
    pub fn new(program: &'p Program, id: ModuleId) -> Self {
        let module = program.module(id);
        let file = module.map(|module| module.file).unwrap_or_default();
        Self { program, module, id, file, diagnostics: Vec::new(), used: Used::default() }
    }

    /// The type. What is wrong was reported, and is `Type::Error`; so is a type on a line with a syntax error, which may
    /// have lost a part.
    pub fn resolve(&mut self, ty: &TypeExpr) -> Type {
        let made = self.type_of(ty);
        if self.lost(ty.span) { Type::Error } else { made }
    }

    fn type_of(&mut self, ty: &TypeExpr) -> Type {
        match &ty.kind {
            TypeExprKind::Missing => Type::Error,
            TypeExprKind::Text(None) => Type::TEXT,
            TypeExprKind::Text(Some((bound, unit))) => self.text(bound, *unit),
            TypeExprKind::Int(None) => Type::INT,
            TypeExprKind::Int(Some(range)) => self.int(range),
            TypeExprKind::Number(None) => Type::NUMBER,
            TypeExprKind::Number(Some(range)) => self.number(range),
            TypeExprKind::List(item, bound) => {
                let item = self.type_of(item);
                let max = bound.as_ref().and_then(|bound| self.bound(bound));
                Type::List(Arc::new(item), max)
            }
            TypeExprKind::Optional(inner) => self.type_of(inner).optional(),
            TypeExprKind::Named(name) => self.named(name),
        }
    }

    /// Whether a part of the text has a syntax error in it, or on its lines.
    pub(super) fn lost(&self, part: Span) -> bool {
        self.module.is_some_and(|module| module.is_broken() && module.lost.touches(part))
    }

    /// The number of a bound or cap: at least 1, as a literal or as the name of a constant that is one (L3.5).
    pub fn bound(&mut self, bound: &ast::Bound) -> Option<u64> {
        let value = match &bound.kind {
            BoundKind::Missing => return None,
            BoundKind::Int(value) => *value,
            BoundKind::Name(name) => self.bound_by_name(name)?,
        };
        if value == 0 {
            self.found(Code::WrongBound, bound.span, "expected a bound of at least 1, found 0");
            return None;
        }
        Some(value)
    }

    fn bound_by_name(&mut self, name: &Name) -> Option<u64> {
        let constant = self.constant(name)?;
        let declared = self.program.constant(constant)?;
        match declared.whole.and_then(|whole| u64::try_from(whole).ok()) {
            Some(value) => Some(value),
            None => {
                let message = format!("expected a whole number, found the constant `{}`", name.text);
                let found = Diagnostic::new(Code::WrongBound, self.file, name.span, message)
                    .label(declared.file, declared.span, "this is not written as a whole number")
                    .help(format!("a bound is known before anything runs: `let {} = 20`", name.text));
                self.diagnostics.push(found);
                None
            }
        }
    }

    /// The constant of this name; one that is not there is reported.
    fn constant(&mut self, name: &Name) -> Option<ConstantId> {
        let module = self.module?;
        if name.is_missing() || module.lost.may_be(&name.text, NameKind::Value) {
            return None;
        }
        if let Some(id) = module.constants.get(&name.text) {
            self.used.constants.insert(*id);
            return Some(*id);
        }
        let message =
            format!("expected a whole number or a constant, and there is no constant `{}`", name.text);
        let found = Diagnostic::new(Code::UnknownName, self.file, name.span, message);
        let near = closest(&name.text, module.constants.keys().map(SmolStr::as_str)).map(str::to_string);
        let found = match near {
            Some(near) => suggest(found, self.file, name.span, &near),
            None => found.help("a bound is a number, or the name of a constant at file level"),
        };
        self.diagnostics.push(found);
        None
    }

    fn text(&mut self, bound: &ast::Bound, unit: ast::TextUnit) -> Type {
        let unit = match unit {
            ast::TextUnit::Words => TextUnit::Words,
            ast::TextUnit::Chars => TextUnit::Chars,
        };
        Type::Text(self.bound(bound).map(|count| TextMax { count, unit }))
    }

    fn int(&mut self, range: &ast::Range) -> Type {
        let (Some(low), Some(high)) = (range.low.value, range.high.value) else { return Type::INT };
        let (Some(first), Some(last)) = (low.to_i64(), high.to_i64()) else {
            let part = if low.to_i64().is_none() { &range.low } else { &range.high };
            self.found(Code::WrongBound, part.span, "expected a whole number in the range of an `int`");
            return Type::INT;
        };
        if self.is_inverted(low, high, range.span) {
            return Type::INT;
        }
        Type::Int(Some((first, last)))
    }

    fn number(&mut self, range: &ast::Range) -> Type {
        let (Some(low), Some(high)) = (range.low.value, range.high.value) else { return Type::NUMBER };
        if self.is_inverted(low, high, range.span) {
            return Type::NUMBER;
        }
        Type::Number(Some((low, high)))
    }

    fn is_inverted(&mut self, low: Decimal, high: Decimal, span: Span) -> bool {
        if low <= high {
            return false;
        }
        let message = format!("this range holds nothing: {low} is above {high}");
        let place = Place { file: self.file, span };
        let fix = Fix::replace("turn the range round", place, format!("{high}..{low}"));
        self.diagnostics.push(Diagnostic::new(Code::WrongBound, self.file, span, message).fix(fix));
        true
    }

    fn named(&mut self, name: &Name) -> Type {
        match name.text.as_str() {
            "" => Type::Error,
            "text" => Type::TEXT,
            "int" => Type::INT,
            "number" => Type::NUMBER,
            "bool" => Type::Bool,
            "date" => Type::Date,
            "json" => Type::Json,
            "Grade" => Type::Grade,
            other => match builtin_named(other).or_else(|| self.declared(name)) {
                Some(id) => {
                    self.used.types.insert(id);
                    Type::Named(id)
                }
                None => {
                    self.unknown(name);
                    Type::Error
                }
            },
        }
    }

    fn declared(&self, name: &Name) -> Option<super::TypeId> {
        self.module?.types.get(&name.text).copied()
    }

    /// Says that there is no such type, and which is meant (L2.10).
    pub fn unknown(&mut self, name: &Name) {
        let Some(module) = self.module else { return };
        if name.is_missing() || module.lost.may_be(&name.text, NameKind::Type) {
            return;
        }
        let found = Diagnostic::new(
            Code::UnknownType,
            self.file,
            name.span,
            format!("there is no type `{}`", name.text),
        );
        self.diagnostics.push(self.explained(found, name, module));
    }

    fn explained(&self, found: Diagnostic, name: &Name, module: &Module) -> Diagnostic {
        let written = name.text.as_str();
        if let Some((_, right)) = HABITS.iter().find(|(habit, _)| *habit == written) {
            let fix =
                Fix::replace(format!("write `{right}`"), Place { file: self.file, span: name.span }, *right);
            return found.help(format!("it is called `{right}` here")).fix(fix);
        }
        match written {
            "List" | "Array" | "list" | "array" | "Vec" | "Set" | "set" | "Sequence" => {
                return found.help("a list of `T` is written `[T]`");
            }
            "Option" | "Optional" | "optional" | "Maybe" => {
                return found.help("a `T` that may be absent is written `T?`");
            }
            "Literal" | "Enum" | "enum" => {
                return found.help("an enum is declared: `type Kind = bug | feature`");
            }
            _ => {}
        }
        let own = module.types.keys().map(SmolStr::as_str);
        let all = own.chain(BUILTIN_TYPES).chain(["text", "int", "number", "bool", "date", "json"]);
        if let Some(near) = closest(written, all) {
            return suggest(found, self.file, name.span, near);
        }
        if module.callables.contains_key(written) || module.constants.contains_key(written) {
            return found
                .help(format!("`{written}` is no type; a type's name begins with an upper-case letter"));
        }
        match self.elsewhere(written) {
            Some(path) => {
                found.help(format!("take it from where it is declared: `use {path} {{ {written} }}`"))
            }
            None => found.help(format!("declare it: `type {written} {{ … }}`")),
        }
    }

    /// A module of the program that declares a type of this name, as a `use` writes it.
    fn elsewhere(&self, name: &str) -> Option<String> {
        let decl = self
            .program
            .types
            .iter()
            .find(|decl| decl.name == name && decl.module.is_some_and(|module| module != self.id))?;
        let module = self.program.module(decl.module?)?;
        Some(if module.is_std() { module.path.to_string() } else { format!("\"./{}\"", module.path) })
    }

    fn found(&mut self, code: Code, span: Span, message: &str) {
        self.diagnostics.push(Diagnostic::new(code, self.file, span, message));
    }
}

/// With "did you mean" and the fix that goes with it.
pub fn suggest(found: Diagnostic, file: FileId, span: Span, near: &str) -> Diagnostic {
    let fix = Fix::replace(format!("write `{near}`"), Place { file, span }, near);
    found.help(format!("did you mean `{near}`?")).fix(fix)
}
