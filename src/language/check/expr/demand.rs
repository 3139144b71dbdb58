use super::access::bare;
use super::meeting::{literal_text, measure};
use crate::base::{Decimal, Place};
use crate::diag::{Code, Diagnostic, Fix};
use crate::language::check::cx::Cx;
use crate::language::check::narrow::root_of;
use crate::language::check::wanted::{Demand, Wanted};
use crate::language::hir::{Expr, ExprKind, LocalKind, Misfit, Type, comparable, fits, show_max};
use crate::language::syntax::ast;
use crate::plan::{Literal, TextUnit};

impl Cx<'_> {
    /// An expression that must fit `want` (L2.2); what does not is reported with both ends, and has type `want` all
    /// the same.
    pub fn expect(&mut self, expr: &ast::Expr, want: &Type, wanted: Wanted<'_>) -> Expr {
        let value = self.infer(expr, Some(want));
        self.expect_checked(value, want, wanted)
    }

    /// The same for an expression that was checked already.
    pub fn expect_checked(&mut self, mut value: Expr, want: &Type, wanted: Wanted<'_>) -> Expr {
        if !self.fits_value(&value, want) {
            self.misfit(&value, want, wanted);
            value.ty = want.clone();
            return value;
        }
        self.tagged(value, want)
    }

    /// Whether a checked expression fits: by its type, or because it is made of literals that do (L2.2).
    pub fn fits_value(&self, value: &Expr, want: &Type) -> bool {
        fits(self, &value.ty, want).is_ok() || self.measures(value, want)
    }

    /// Whether the parts of an expression fit that are what it gives.
    fn measures(&self, value: &Expr, want: &Type) -> bool {
        let value = self.known_value(value);
        let wanted = want.present();
        match &value.kind {
            ExprKind::Literal(literal) => literal_fits(literal, wanted, want.is_optional()),
            ExprKind::Text(_) => match (literal_text(value), wanted) {
                (Some(text), Type::Text(Some(max))) => measure(&text, max.unit) <= max.count,
                _ => false,
            },
            ExprKind::List(items) => match wanted {
                Type::List(item, max) => {
                    let is_short =
                        max.is_none_or(|max| u64::try_from(items.len()).is_ok_and(|length| length <= max));
                    is_short && items.iter().all(|part| self.fits_value(part, item))
                }
                _ => false,
            },
            ExprKind::When(_, then, otherwise) => {
                self.fits_value(then, want) && self.fits_value(otherwise, want)
            }
            ExprKind::Else(left, right) => {
                self.fits_value(right, want) && fits(self, left.ty.present(), want).is_ok()
            }
            _ => false,
        }
    }

    /// Reports that a checked expression does not fit.
    pub fn misfit(&mut self, value: &Expr, want: &Type, wanted: Wanted<'_>) {
        use crate::language::hir::Types;
        if self.is_broken(&value.ty) || self.is_broken(want) {
            return;
        }
        let (culprit, part) = self.culprit(value, want);
        let (culprit, part) = (culprit.clone(), part.clone());
        let demand = wanted.demand(self, want);
        let report = match fits(self, &culprit.ty, &part) {
            Err(Misfit::Optional) => self.optional_misfit(&culprit, &part, &demand),
            Err(Misfit::Bound) => self.bound_misfit(&culprit, &part),
            _ => self.kind_misfit(&culprit, &part),
        };
        let report = match demand.place {
            Some(place) => report.label(place.file, place.span, demand.words),
            None => report.note(demand.words),
        };
        self.report(report);
    }

    /// The part of a value that is to blame: an item of a list, a case of a `when`.
    fn culprit<'e>(&self, value: &'e Expr, want: &'e Type) -> (&'e Expr, &'e Type) {
        match &value.kind {
            ExprKind::List(items) => {
                if let Type::List(item, _) = want.present()
                    && let Some(part) = items.iter().find(|part| !self.fits_value(part, item))
                {
                    return self.culprit(part, item);
                }
            }
            ExprKind::When(_, then, otherwise) => {
                let part = [then, otherwise].into_iter().find(|part| !self.fits_value(part, want));
                if let Some(part) = part {
                    return self.culprit(part, want);
                }
            }
            ExprKind::Else(_, right) if !self.fits_value(right, want) => return self.culprit(right, want),
            ExprKind::Comprehension { give, .. } => {
                if let Type::List(item, _) = want.present()
                    && !self.fits_value(give, item)
                {
                    return self.culprit(give, item);
                }
            }
            _ => {}
        }
        (value, want)
    }

    fn optional_misfit(&self, value: &Expr, want: &Type, demand: &Demand) -> Diagnostic {
        let called = self.called(value.span);
        let code = bare(&called);
        if value.ty == Type::None {
            return self
                .error(Code::OptionalUsed, value.span, format!("expected {}, found none", self.show(want)))
                .help(format!("only a `{}?` may be none", self.show(want)));
        }
        let (what, instead_of) = match (&value.ty, want.present()) {
            (Type::List(..), Type::List(..)) => {
                (format!("items of {called}"), Some(format!("drop what is absent: `present({code})`")))
            }
            _ => (called.clone(), None),
        };
        let message = format!("{what} may be absent, and {}", demand.words);
        let report =
            self.with_origin(self.error(Code::OptionalUsed, value.span, message).here("may be none"), value);
        let ask = match super::super::narrow::path_of(value) {
            Some(_) => format!(", or ask first: `when {code} {{ … }}`, `require {code} otherwise \"…\"`"),
            None => String::new(),
        };
        let instead = match want {
            Type::List(..) => "[]",
            Type::Text(_) => "\"…\"",
            Type::Int(_) | Type::Number(_) => "0",
            Type::Bool => "false",
            _ => "…",
        };
        report.help(
            instead_of
                .unwrap_or_else(|| format!("say what stands there instead: `{code} ?? {instead}`{ask}")),
        )
    }

    fn bound_misfit(&self, value: &Expr, want: &Type) -> Diagnostic {
        let called = self.called(value.span);
        let known = self.known_value(value);
        if let Some(report) = self.literal_misfit(value, known, want.present()) {
            return report;
        }
        let (has, shown) = (self.show(&value.ty), self.show(want));
        let report = self.error(Code::BoundTooWide, value.span, format!("`{has}` does not fit `{shown}`"));
        let report = self.with_origin(report, value);
        let Some((front, behind)) = self.shortening(&value.ty, want) else {
            return report.help(format!("put the bound where the value is made: `-> {shown}`"));
        };
        let shorter = format!("{front}{}{behind}", bare(&called));
        let report = report.help(format!(
            "put the bound where the value is made, in the agent's result: `-> {shown}`; or write `{shorter}`"
        ));
        match self.spelled(value.span) {
            // What is absent cannot be made shorter.
            Some(code) if !value.ty.is_optional() => report.fix(Fix::replace(
                format!("write `{shorter}`"),
                self.here(value.span),
                format!("{front}{code}{behind}"),
            )),
            _ => report,
        }
    }

    /// What stands before and behind a value in the call that gives it the bound of a type.
    fn shortening(&self, has: &Type, want: &Type) -> Option<(&'static str, String)> {
        match want.present() {
            Type::Text(Some(max)) => {
                let unit = if max.unit == TextUnit::Words { "words" } else { "chars" };
                Some(("cut(", format!(", {unit}: {})", max.count)))
            }
            Type::Int(Some((low, high))) => Some(("clamp(", format!(", {low}, {high})"))),
            Type::Number(Some((low, high))) => Some(("clamp(", format!(", {low}, {high})"))),
            Type::List(_, Some(max)) if fits_but_for_length(self, has, want) => {
                Some(("take(", format!(", {max})")))
            }
            _ => None,
        }
    }

    /// A literal that was measured and found too long or too large.
    fn literal_misfit(&self, value: &Expr, known: &Expr, want: &Type) -> Option<Diagnostic> {
        let message = match (&known.kind, want) {
            (ExprKind::Text(_), Type::Text(Some(max))) => {
                let count = measure(&literal_text(known)?, max.unit);
                let unit = if max.unit == TextUnit::Words { "words" } else { "characters" };
                format!("expected at most {}, found a text of {count} {unit}", show_max(*max))
            }
            (ExprKind::Literal(Literal::Int(found)), Type::Int(Some((low, high)))) => {
                format!("expected an int from {low} to {high}, found {found}")
            }
            (ExprKind::Literal(Literal::Int(found)), Type::Number(Some((low, high)))) => {
                format!("expected a number from {low} to {high}, found {found}")
            }
            (ExprKind::Literal(Literal::Number(found)), Type::Number(Some((low, high)))) => {
                format!("expected a number from {low} to {high}, found {found}")
            }
            (ExprKind::List(items), Type::List(_, Some(max))) => {
                format!("expected at most {max} items, found {}", items.len())
            }
            _ => return None,
        };
        Some(self.error(Code::BoundTooWide, value.span, message))
    }

    fn kind_misfit(&self, value: &Expr, want: &Type) -> Diagnostic {
        let message = format!("expected {}, found {}", self.show(want), self.show(&value.ty));
        let report = self.with_origin(self.error(Code::WrongType, value.span, message), value);
        let called = self.called(value.span);
        let code = bare(&called);
        let ty = value.ty.present();
        let help = match (ty, want.present()) {
            (Type::Int(_) | Type::Number(_) | Type::Bool | Type::Date | Type::Grade, Type::Text(_)) => {
                let text = format!("\"${{{code}}}\"");
                let report = report.help(format!("write it as a text: `{text}`"));
                if called == "this" || value.ty.is_optional() {
                    return report;
                }
                return report.fix(Fix::replace(format!("write `{text}`"), self.here(value.span), text));
            }
            (Type::Named(_) | Type::OneOf(_) | Type::List(..) | Type::Json, Type::Text(_)) => {
                format!("write it as a text: `\"${{{code}}}\"`")
            }
            (Type::Number(_), Type::Int(_)) => format!("round it: `round({code})`"),
            (_, Type::Bool) if value.ty.is_optional() => {
                format!("ask whether it is there: `{code} is not none`")
            }
            (Type::Text(_), _) if matches!(value.kind, ExprKind::Text(_) | ExprKind::Literal(_)) => {
                return report;
            }
            (Type::Text(_) | Type::Json, want) if !matches!(want, Type::Text(_)) => {
                format!("read it, if it is JSON: `let value: {}? = parse({code})`", self.show(want))
            }
            (ty, Type::List(item, _)) if fits(self, ty, item).is_ok() => {
                format!("make it a list: `[{code}]`")
            }
            (Type::List(item, _), want) if comparable(self, item, want) => {
                format!("take one item: `first({code})`, `{code}[0]`")
            }
            (Type::OneOf(_) | Type::Named(_), Type::Named(_)) if self.is_part(ty, want.present()) => {
                format!("ask first which it is: `when {code} is {} {{ … }}`", self.show(want.present()))
            }
            _ => return report,
        };
        report.help(help)
    }

    /// Whether a union may be what is wanted.
    fn is_part(&self, union: &Type, want: &Type) -> bool {
        use crate::language::hir::Types;
        let (Some(has), Some(wanted)) = (self.members(union), self.members(want)) else { return false };
        has.len() > 1 && has.iter().any(|id| wanted.contains(id))
    }

    /// With where the type of the value comes from: the other end of the conflict.
    pub(in super::super) fn with_origin(&self, report: Diagnostic, value: &Expr) -> Diagnostic {
        let root = match &value.kind {
            ExprKind::Constant(id) => {
                let Some(constant) = self.program.constant(*id) else { return report };
                let words = format!("`{}` is {}", constant.name, self.show(&constant.ty));
                return report.label(constant.file, constant.span, words);
            }
            ExprKind::Field(base, at) => match self.field_place(base, *at) {
                Some((place, words)) => return report.label(place.file, place.span, words),
                None => root_of(value),
            },
            _ => root_of(value),
        };
        let Some(root) = root else { return report };
        if let Some(origin) = self.origin(root) {
            return report.label(origin.place.file, origin.place.span, self.origin_words(&origin.words));
        }
        let Some(local) = self.local(root) else { return report };
        if let Some(place) = self.written(root) {
            let words = if local.ty.is_optional() {
                "optional, because of this `?`".to_string()
            } else {
                format!("`{}` is declared as {} here", local.name, self.show(&local.ty))
            };
            return report.label(place.file, place.span, words);
        }
        if matches!(local.kind, LocalKind::Today | LocalKind::Now) {
            return report;
        }
        let place = self.place_of(root);
        let words = format!("`{}` is {}", local.name, self.show(&local.ty));
        report.label(place.file, place.span, words)
    }

    /// Where a field is declared, if its own type is what it is called for.
    fn field_place(&self, base: &Expr, at: u32) -> Option<(Place, String)> {
        use crate::language::hir::TypeKind;
        let Type::Named(id) = base.ty.present() else { return None };
        let decl = self.type_decl(*id)?;
        let TypeKind::Record(fields) = &decl.kind else { return None };
        let field = fields.get(at as usize)?;
        if base.ty.is_optional() && !field.ty.is_optional() {
            return None;
        }
        decl.module?;
        let place = Place { file: decl.file, span: field.span.to(field.type_span) };
        Some((place, format!("`{}.{}` is {}", decl.name, field.name, self.show(&field.ty))))
    }
}

fn literal_fits(literal: &Literal, want: &Type, optional: bool) -> bool {
    match (literal, want) {
        (Literal::None, _) => optional,
        (Literal::Int(value), Type::Int(Some((low, high)))) => (low..=high).contains(&value),
        (Literal::Int(value), Type::Number(Some((low, high)))) => {
            let value = Decimal::from(*value);
            *low <= value && value <= *high
        }
        (Literal::Number(value), Type::Number(Some((low, high)))) => low <= value && value <= high,
        _ => false,
    }
}

/// Whether only the length of a list is in the way.
fn fits_but_for_length(cx: &Cx<'_>, has: &Type, want: &Type) -> bool {
    match (has.present(), want.present()) {
        (Type::List(item, _), Type::List(wanted, _)) => fits(cx, item, wanted).is_ok(),
        _ => false,
    }
}
