use crate::plan::{Expr, ExprId, Piece, Plan, VarId};

/// Calls `see` with every variable that an expression reads.
pub(super) fn each_read(plan: &Plan, id: ExprId, see: &mut dyn FnMut(VarId)) {
    if let Expr::Var(var) = plan.expr(id) {
        see(*var);
    }
    each_child(plan.expr(id), &mut |child| {
        // Children have smaller numbers: a plan that was tampered with does not send this round in circles.
        if child < id {
            each_read(plan, child, see);
        }
    });
}

fn each_child(expr: &Expr, see: &mut dyn FnMut(ExprId)) {
    match expr {
        Expr::Literal(_) | Expr::Var(_) => {}
        Expr::Text(pieces) => each_piece(pieces, see),
        Expr::Field(a, _)
        | Expr::Not(a)
        | Expr::Negate(a)
        | Expr::Is(a, _)
        | Expr::Parse(a, _)
        | Expr::ToJson(a, _) => see(*a),
        Expr::Index(a, b)
        | Expr::And(a, b)
        | Expr::Or(a, b)
        | Expr::Else(a, b)
        | Expr::Int(_, a, b)
        | Expr::Number(_, a, b)
        | Expr::Concat(a, b)
        | Expr::Compare(_, a, b)
        | Expr::In(a, b)
        | Expr::Cut(a, _, b)
        | Expr::Chunks(a, _, b) => [*a, *b].into_iter().for_each(see),
        Expr::When(a, b, c) => [*a, *b, *c].into_iter().for_each(see),
        Expr::List(items) | Expr::Record(_, items) | Expr::Call(_, items) | Expr::PureTool(_, items) => {
            items.iter().copied().for_each(see);
        }
        Expr::Comprehension { list, filter, key, give, .. } => {
            [Some(*list), *filter, *key, Some(*give)].into_iter().flatten().for_each(see);
        }
    }
}

fn each_piece(pieces: &[Piece], see: &mut dyn FnMut(ExprId)) {
    for piece in pieces {
        match piece {
            Piece::Chars(_) => {}
            Piece::Hole(expr, _) => see(*expr),
            Piece::For { list, body, .. } => {
                see(*list);
                each_piece(body, see);
            }
            Piece::When { condition, then, otherwise } => {
                see(*condition);
                each_piece(then, see);
                each_piece(otherwise, see);
            }
        }
    }
}
