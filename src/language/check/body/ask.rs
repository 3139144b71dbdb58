use super::Checker;
use super::step::Called;
use crate::base::{Place, Span};
use crate::diag::Code;
use crate::language::check::OriginWords;
use crate::language::check::annotations::Bearer;
use crate::language::hir::{Action, Ask, Type, TypeKind, show};
use crate::language::syntax::ast;
use smol_str::SmolStr;

impl Checker<'_, '_> {
    /// `ask "…" to "…" showing …` (§6)
    pub(super) fn ask(
        &mut self,
        step: &ast::Step,
        word: Span,
        question: &ast::Text,
        declared: Option<&Type>,
    ) -> Called {
        let question = self.cx.text(question);
        let form = declared.cloned().unwrap_or(Type::Bool);
        if let Some(ty) = &step.ty {
            self.form(&form, ty.span);
        }
        for second in step.to.iter().skip(1) {
            self.misplaced(Code::SaidTwice, second.span, "`to` stands here twice", "keep one of them");
        }
        for (span, _) in step.showing.iter().skip(1) {
            let help = "show several values behind one: `showing draft, grade`";
            self.misplaced(Code::SaidTwice, *span, "`showing` stands here twice", help);
        }
        let to = step.to.first().and_then(|text| self.cx.plain(text, "what stands behind `to`"));
        let to = to.map(SmolStr::from);
        let shown = step.showing.iter().flat_map(|(_, shown)| shown);
        let showing =
            shown.map(|expr| (SmolStr::from(self.cx.source_text(expr.span)), self.cx.infer(expr, None)));
        let showing = showing.collect();
        let place = Place { file: self.cx.file, span: word };
        let origin = Some((place, OriginWords::Ask(form.clone())));
        let action = Action::Ask(Ask { question, to, showing, form: form.clone() });
        Called { action, bearer: Bearer::Ask, result: Some(form), span: word, origin }
    }

    /// What a person can fill in: a scalar, or a record of scalars.
    fn form(&mut self, form: &Type, span: Span) {
        let Some((wrong, inside)) = self.no_form(form, true) else { return };
        let shown = show(self.cx, &wrong);
        let message = match inside {
            Some(field) => format!("a person cannot fill in `{field}`: {shown} is no part of a form"),
            None => format!("a person cannot fill in {shown}"),
        };
        let help = "the type of an `ask` is bool, an enum, text, int, number, date, or a record of these";
        self.misplaced(Code::NoForm, span, &message, help);
    }

    /// The part of a type that a form cannot have, with its field.
    fn no_form(&self, ty: &Type, records: bool) -> Option<(Type, Option<SmolStr>)> {
        match ty.present() {
            Type::Error
            | Type::Bool
            | Type::Text(_)
            | Type::Int(_)
            | Type::Number(_)
            | Type::Date
            | Type::Grade => None,
            Type::Named(id) => match &self.cx.type_decl(*id)?.kind {
                TypeKind::Enum { .. } | TypeKind::Error => None,
                TypeKind::Record(fields) if records => fields.iter().find_map(|field| {
                    self.no_form(&field.ty, false).map(|(wrong, _)| (wrong, Some(field.name.clone())))
                }),
                TypeKind::Record(_) | TypeKind::Union(_) => Some((ty.clone(), None)),
            },
            _ => Some((ty.clone(), None)),
        }
    }
}
