use super::is_asked_as_record;
use crate::engine::eval::fit::at_most;
use crate::plan::{Expr, ExprId, Piece, Plan, Type, TypeId, TypeKind, Var};
use std::collections::BTreeSet;

/// What an answer of this type must keep to, in sentences for the system message; empty where there is nothing to say.
///
/// One line a bound, with the place it holds for (`findings[].note`), and one a `require`, with its message. A record is
/// told about where it stands first.
pub fn bounds_text(plan: &Plan, ty: &Type) -> String {
    let mut teller = Teller { plan, lines: Vec::new(), told: BTreeSet::new() };
    let wrapped = !matches!(ty, Type::Text(_)) && !is_asked_as_record(plan, ty);
    teller.tell(ty, if wrapped { "answer" } else { "" });
    if teller.lines.is_empty() {
        return String::new();
    }
    format!("Keep to these bounds, or the answer is refused:\n{}", teller.lines.join("\n"))
}

struct Teller<'a> {
    plan: &'a Plan,
    lines: Vec<String>,
    told: BTreeSet<TypeId>,
}

impl Teller<'_> {
    fn tell(&mut self, ty: &Type, path: &str) {
        match ty {
            Type::Text(Some(max)) => self.line(path, &at_most(*max)),
            Type::Int(Some((low, high))) => self.line(path, &format!("a whole number from {low} to {high}")),
            Type::Number(Some((low, high))) => self.line(path, &format!("a number from {low} to {high}")),
            Type::List(item, max) => {
                if let Some(max) = max {
                    let items = if *max == 1 { "item" } else { "items" };
                    self.line(path, &format!("at most {max} {items}"));
                }
                self.tell(item, &format!("{path}[]"));
            }
            Type::Optional(inner) => self.tell(inner, path),
            Type::OneOf(ids) => ids.iter().for_each(|id| self.declared(*id, path)),
            Type::Named(id) => self.declared(*id, path),
            _ => {}
        }
    }

    fn declared(&mut self, id: TypeId, path: &str) {
        let plan = self.plan;
        let Some(decl) = plan.type_decl(id) else { return };
        if !self.told.insert(id) {
            return;
        }
        match &decl.kind {
            TypeKind::Record { fields, requires, vars } => {
                for field in fields {
                    let below = if path.is_empty() {
                        field.name.to_string()
                    } else {
                        format!("{path}.{}", field.name)
                    };
                    self.tell(&field.ty, &below);
                }
                for require in requires {
                    self.line(path, &format!("refused with \"{}\"", message(plan, require.message, vars)));
                }
            }
            TypeKind::Union { members } => members.iter().for_each(|id| self.declared(*id, path)),
            TypeKind::Enum { .. } => {}
        }
    }

    fn line(&mut self, path: &str, bound: &str) {
        let place = if path.is_empty() { "the answer" } else { path };
        self.lines.push(format!("- {place}: {bound}"));
    }
}

/// A message before its holes are known: a hole is the name that it shows.
fn message(plan: &Plan, id: ExprId, vars: &[Var]) -> String {
    let Expr::Text(pieces) = plan.expr(id) else { return "it does not keep a rule".to_owned() };
    let mut out = String::new();
    write(plan, pieces, vars, &mut out);
    out
}

fn write(plan: &Plan, pieces: &[Piece], vars: &[Var], out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Chars(chars) => out.push_str(chars),
            Piece::Hole(id, _) => match plan.expr(*id) {
                Expr::Var(var) => out.push_str(vars.get(var.index()).map_or("…", |var| var.name.as_str())),
                _ => out.push('…'),
            },
            Piece::For { body, .. } => write(plan, body, vars, out),
            Piece::When { then, .. } => write(plan, then, vars, out),
        }
    }
}
