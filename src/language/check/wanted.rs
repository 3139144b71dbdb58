use super::cx::Cx;
use crate::base::{Place, Span};
use crate::language::hir::{CallableId, CallableKind, Type, TypeId, functions, show};
use crate::plan::Function;

/// Where a demand for a type comes from: the other end of a conflict.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// A parameter of a callable, by its position.
    Param(CallableId, usize),
    /// A field of a record, by its position.
    Field(TypeId, usize),
    /// A type that is written in this file, with the name that it is declared for.
    Declared(Span, &'a str),
    /// What a workflow, agent or pure tool gives: `return`.
    Result(CallableId),
    /// A parameter of a built-in function, with what it takes in words: "a text".
    Function(Function, &'a str, &'static str),
    /// Something else, in words that read behind "here": "a text is expected behind `stdin`".
    Words(&'a str),
}

/// A demand in words.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Where it is made, if that is a place.
    pub place: Option<Place>,
    /// What is said there: "`Report.verdict` takes text max 40 words".
    pub words: String,
}

impl Wanted<'_> {
    /// The demand for a type, in words.
    pub fn demand(&self, cx: &Cx<'_>, ty: &Type) -> Demand {
        let shown = show(cx, ty);
        match self {
            Wanted::Param(id, index) => match cx.program.callable(*id) {
                Some(callable) => {
                    let param = callable.params.get(*index);
                    let name = param.map_or("?", |param| param.name.as_str());
                    let place = param
                        .map(|param| Place { file: callable.file, span: param.span.to(param.type_span) });
                    Demand { place, words: format!("`{}` takes `{name}: {shown}`", callable.name) }
                }
                None => Demand { place: None, words: format!("{shown} is expected") },
            },
            Wanted::Field(id, index) => cx.field_demand(*id, *index, &shown),
            Wanted::Declared(span, name) => Demand {
                place: Some(Place { file: cx.file, span: *span }),
                words: format!("`{name}` is declared as {shown}"),
            },
            Wanted::Result(id) => match cx.program.callable(*id) {
                Some(callable) => Demand {
                    place: Some(Place { file: callable.file, span: callable.result_span }),
                    words: match callable.kind {
                        CallableKind::Workflow | CallableKind::Tool => {
                            format!("`{}` returns {shown}", callable.name)
                        }
                        CallableKind::Agent | CallableKind::Rubric => {
                            format!("`{}` answers with {shown}", callable.name)
                        }
                    },
                },
                None => Demand { place: None, words: format!("{shown} is expected") },
            },
            Wanted::Function(function, name, what) => Demand {
                place: None,
                words: if functions::shape(*function).params.len() == 1 {
                    format!("`{function}` takes {what}")
                } else {
                    format!("`{function}` takes {what} as `{name}`")
                },
            },
            Wanted::Words(words) => Demand { place: None, words: (*words).to_string() },
        }
    }
}

impl Cx<'_> {
    fn field_demand(&self, id: TypeId, index: usize, shown: &str) -> Demand {
        use crate::language::hir::TypeKind;
        let Some(decl) = self.type_decl(id) else {
            return Demand { place: None, words: format!("{shown} is expected") };
        };
        let TypeKind::Record(fields) = &decl.kind else {
            return Demand { place: None, words: format!("{shown} is expected") };
        };
        let field = fields.get(index);
        let name = field.map_or("?", |field| field.name.as_str());
        let place = field
            .filter(|_| decl.module.is_some())
            .map(|field| Place { file: decl.file, span: field.span.to(field.type_span) });
        Demand { place, words: format!("`{}.{name}` is {shown}", decl.name) }
    }
}
