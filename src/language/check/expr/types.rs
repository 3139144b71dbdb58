use crate::language::check::cx::Cx;
use crate::language::hir::{Resolver, Type, builtin, show};
use crate::language::syntax::ast;

impl Cx<'_> {
    /// A type as written. What is wrong with it was reported, and is `Type::Error`.
    pub fn resolve_type(&mut self, ty: &ast::TypeExpr) -> Type {
        self.with_resolver(|resolver| resolver.resolve(ty))
    }

    /// The number that a bound or cap is: at least 1, as a literal or the name of a constant that is one (L3.5).
    pub fn bound(&mut self, bound: &ast::Bound) -> Option<u64> {
        self.with_resolver(|resolver| resolver.bound(bound))
    }

    pub(super) fn with_resolver<R>(&mut self, work: impl FnOnce(&mut Resolver<'_>) -> R) -> R {
        let mut resolver = Resolver::new(self.program, self.module);
        let result = work(&mut resolver);
        self.diagnostics.append(&mut resolver.diagnostics);
        self.used.extend(&resolver.used);
        result
    }

    /// A type as an author writes it.
    pub fn show(&self, ty: &Type) -> String {
        show(self, ty)
    }

    /// A type with its article: "a text", "an int".
    pub fn a(&self, ty: &Type) -> String {
        let shown = self.show(ty);
        match ty {
            Type::None => "none".into(),
            Type::List(..) | Type::Json => shown,
            Type::Grade => "a Grade".into(),
            // "an Http": its name is spelt.
            Type::Named(builtin::HTTP) => "an Http".into(),
            _ if shown.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) => format!("an {shown}"),
            _ => format!("a {shown}"),
        }
    }

    /// What an expression is called in a message: as it is written, where that is short; else "this".
    pub fn called(&self, span: crate::base::Span) -> String {
        const SHORT: usize = 40;
        let source = self.program.sources.get(self.file.0 as usize);
        let text = source.map_or("", |source| source.slice(span));
        if text.is_empty() || text.contains(['\n', '`']) || text.chars().count() > SHORT {
            "this".into()
        } else {
            format!("`{text}`")
        }
    }

    /// An expression as the author wrote it, for a fix that puts it into another one. `None` for what cannot stand in the
    /// middle of a line: a block text.
    pub fn spelled(&self, span: crate::base::Span) -> Option<String> {
        let text = self.program.sources.get(self.file.0 as usize)?.slice(span);
        (!text.is_empty() && !text.contains("\"\"\"")).then(|| text.to_owned())
    }
}
