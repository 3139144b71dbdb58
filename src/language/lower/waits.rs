use crate::language::hir::{Expr, ExprKind, LocalId, Piece};

/// Calls `see` with every local that an expression names or binds, in the order of the page.
pub(super) fn each_local(expr: &Expr, see: &mut impl FnMut(LocalId)) {
    match &expr.kind {
        ExprKind::Local(local) => see(*local),
        ExprKind::Comprehension { item, .. } => see(*item),
        ExprKind::Text(pieces) => each_bound_piece(pieces, see),
        _ => {}
    }
    each_child(expr, &mut |child| each_local(child, see));
}

fn each_bound_piece(pieces: &[Piece], see: &mut impl FnMut(LocalId)) {
    for piece in pieces {
        match piece {
            Piece::For { item, body, .. } => {
                see(*item);
                each_bound_piece(body, see);
            }
            Piece::When { then, otherwise, .. } => {
                each_bound_piece(then, see);
                each_bound_piece(otherwise, see);
            }
            Piece::Chars(_) | Piece::Hole(_) => {}
        }
    }
}

/// Calls `see` with the expressions that an expression is made of.
fn each_child(expr: &Expr, see: &mut dyn FnMut(&Expr)) {
    match &expr.kind {
        ExprKind::Error
        | ExprKind::Literal(_)
        | ExprKind::Variant(..)
        | ExprKind::Local(_)
        | ExprKind::Constant(_) => {}
        ExprKind::Text(pieces) => each_piece(pieces, see),
        ExprKind::Field(a, _)
        | ExprKind::Not(a)
        | ExprKind::Negate(a)
        | ExprKind::Is(a, _)
        | ExprKind::Parse(a, _) => see(a),
        ExprKind::Index(a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Else(a, b)
        | ExprKind::Arithmetic(_, _, a, b)
        | ExprKind::Concat(a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::In(a, b)
        | ExprKind::Cut(a, _, b)
        | ExprKind::Chunks(a, _, b) => {
            see(a);
            see(b);
        }
        ExprKind::When(a, b, c) => {
            see(a);
            see(b);
            see(c);
        }
        ExprKind::List(items) | ExprKind::Record(_, items) | ExprKind::Call(_, items) => {
            items.iter().for_each(see);
        }
        ExprKind::PureTool(_, args) => args.iter().flatten().for_each(see),
        ExprKind::Comprehension { list, filter, key, give, .. } => {
            see(list);
            filter.iter().chain(key).for_each(|part| see(part));
            see(give);
        }
    }
}

fn each_piece(pieces: &[Piece], see: &mut dyn FnMut(&Expr)) {
    for piece in pieces {
        match piece {
            Piece::Chars(_) => {}
            Piece::Hole(expr) => see(expr),
            Piece::For { list, body, .. } => {
                see(list);
                each_piece(body, see);
            }
            Piece::When { condition, then, otherwise } => {
                see(condition);
                each_piece(then, see);
                each_piece(otherwise, see);
            }
        }
    }
}
