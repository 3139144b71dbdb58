use crate::language::hir::{Action, Body, Expr, ExprKind, StmtKind, each_child, each_expr};

/// Whether a body holds a part that could not be made, because of a slip somewhere else: a broken import, a broken type.
pub fn is_broken(body: &Body) -> bool {
    let mut found = false;
    for stmt in &body.stmts {
        found |= matches!(&stmt.kind, StmtKind::Step { action: Action::Error, .. });
        each_expr(&stmt.kind, &mut |expr| found |= holds_error(expr));
    }
    found
}

fn holds_error(expr: &Expr) -> bool {
    let mut found = matches!(expr.kind, ExprKind::Error);
    each_child(expr, &mut |child| found |= holds_error(child));
    found
}
