use crate::base::{char_count, word_count};
use crate::diag::Code;
use crate::language::check::cx::Cx;
use crate::language::check::wanted::Wanted;
use crate::language::hir::{Expr, ExprKind, Type, Types, meet, show};
use crate::plan::{Literal, TextMax, TextUnit};

impl Cx<'_> {
    /// Where checked values meet (L2.7), literals measured; what does not meet is reported with both ends, and
    /// `Type::Error`. `of` says in words what meets: "the cases of this `when`".
    pub fn meet_values(&mut self, values: &[&Expr], of: &str) -> Type {
        self.meet_values_as(values, None, of)
    }

    /// The same where `want` may be declared for the values: only then is a union or `json` taken.
    pub fn meet_values_as(&mut self, values: &[&Expr], want: Option<&Type>, of: &str) -> Type {
        if let Some(ty) = self.try_meet(values) {
            return ty;
        }
        if let Some(want) = want {
            let misfits: Vec<&&Expr> = values.iter().filter(|value| !self.fits_value(value, want)).collect();
            if misfits.is_empty() {
                return want.clone();
            }
            let words = format!("{of} are declared as {}", self.show(want));
            for value in misfits {
                self.misfit(value, want, Wanted::Words(&words));
            }
            return Type::Error;
        }
        self.no_meeting(values, of);
        Type::Error
    }

    fn try_meet(&self, values: &[&Expr]) -> Option<Type> {
        let (literals, others): (Vec<&Expr>, Vec<&Expr>) =
            values.iter().partition(|value| is_measured(value));
        if others.is_empty() {
            return meet(self, literals.iter().map(|value| &value.ty));
        }
        let base = meet(self, others.iter().map(|value| &value.ty))?;
        literals.into_iter().try_fold(base, |base, literal| loosened_for(self, &base, literal))
    }

    fn no_meeting(&mut self, values: &[&Expr], of: &str) {
        let pair = values.iter().enumerate().find_map(|(at, value)| {
            let earlier = values.get(..at)?.iter().find(|it| meet(self, [&it.ty, &value.ty]).is_none())?;
            Some((*earlier, *value))
        });
        let Some((one, other)) = pair else { return };
        let (a, b) = (self.show(&one.ty), self.show(&other.ty));
        let report = self
            .error(Code::NoMeeting, other.span, format!("{of} are of different types: {a} and {b}"))
            .here(b)
            .label(self.file, one.span, a)
            .help(self.meeting_help(&one.ty, &other.ty));
        self.report(report);
    }

    fn meeting_help(&self, a: &Type, b: &Type) -> String {
        let (a, b) = (a.present(), b.present());
        match (self.members(a), self.members(b)) {
            (Some(_), Some(_)) => {
                let union = [a, b].into_iter().find(|ty| {
                    [a, b].into_iter().all(|other| crate::language::hir::fits(self, other, ty).is_ok())
                });
                match union {
                    Some(union) => {
                        format!("declare the type that both fit: `let name: {} = …`", show(self, union))
                    }
                    None => format!(
                        "declare a union that lists both, `type Either = {} | {}`, and say so: `let name: Either = …`",
                        show(self, a),
                        show(self, b)
                    ),
                }
            }
            _ if matches!((a, b), (Type::Text(_), _) | (_, Type::Text(_))) => {
                "make both a text, with a hole: `\"${x}\"`".into()
            }
            _ => "make both of one type, or declare one that both fit: `let name: json = …`".into(),
        }
    }
}

/// Whether a value is a literal that takes the bound of what it meets, where it keeps it.
fn is_measured(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Literal(Literal::Int(_) | Literal::Number(_)) => true,
        ExprKind::Text(_) => literal_text(value).is_some(),
        _ => false,
    }
}

/// The characters of a text without holes.
pub(super) fn literal_text(value: &Expr) -> Option<String> {
    use crate::language::hir::Piece;
    let ExprKind::Text(pieces) = &value.kind else { return None };
    let mut out = String::new();
    for piece in pieces {
        let Piece::Chars(chars) = piece else { return None };
        out.push_str(chars);
    }
    Some(out)
}

/// How much a text has of what a bound counts.
pub(super) fn measure(text: &str, unit: TextUnit) -> u64 {
    let count = match unit {
        TextUnit::Words => word_count(text),
        TextUnit::Chars => char_count(text),
    };
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The tightest type that holds what `base` holds, and the literal too.
fn loosened_for(types: &dyn Types, base: &Type, literal: &Expr) -> Option<Type> {
    let measured = match (base.present(), &literal.kind) {
        (Type::Text(Some(max)), ExprKind::Text(_)) => {
            let count = measure(&literal_text(literal)?, max.unit);
            Type::Text(Some(TextMax { count, unit: max.unit }))
        }
        (Type::Int(Some(_)) | Type::Number(Some(_)), ExprKind::Literal(Literal::Int(value))) => {
            Type::Int(Some((*value, *value)))
        }
        (Type::Int(Some(_)) | Type::Number(Some(_)), ExprKind::Literal(Literal::Number(value))) => {
            Type::Number(Some((*value, *value)))
        }
        _ => literal.ty.clone(),
    };
    meet(types, [base, &measured])
}
