use crate::base::Span;
use crate::diag::{Code, Diagnostic};
use crate::language::check::Cx;
use crate::language::hir::{Body, Expr, ExprKind, Pattern, StmtKind, Type};
use crate::plan::{CompareOp, Literal};

/// Conditions whose answer is known before anything runs.
pub fn conditions(cx: &mut Cx<'_>, body: &Body) {
    for stmt in &body.stmts {
        match &stmt.kind {
            StmtKind::Require { condition, .. } => match known(condition) {
                Some(true) => always(cx, condition, "this always holds, so it requires nothing"),
                Some(false) => never(cx, condition, "this never holds, so everything below always fails"),
                None => {}
            },
            StmtKind::When { arms } => {
                for condition in arms.iter().filter_map(|arm| arm.condition.as_ref()) {
                    match known(condition) {
                        Some(true) => always(cx, condition, "this condition is always true"),
                        Some(false) => {
                            never(cx, condition, "this condition is never true, so its case is never taken");
                        }
                        None => {}
                    }
                }
            }
            StmtKind::Loop(looped) if known(&looped.until) == Some(true) => {
                always(cx, &looped.until, "this loop always ends after its first round");
            }
            _ => {}
        }
    }
}

fn always(cx: &mut Cx<'_>, condition: &Expr, message: &str) {
    // That something is always there was said where it was asked.
    let inside = |span: Span| condition.span.to(span) == condition.span;
    let said = |it: &Diagnostic| it.code == Code::NeverAbsent && inside(it.place.span);
    if cx.diagnostics.iter().any(said) {
        return;
    }
    let report = cx.error(Code::AlwaysTrue, condition.span, message);
    cx.report(report.help("say what it depends on, or take it away"));
}

fn never(cx: &mut Cx<'_>, condition: &Expr, message: &str) {
    let report = cx.error(Code::Unreachable, condition.span, message);
    cx.report(report.help("say what it depends on, or take it away"));
}

/// What a condition comes to, where that does not depend on anything.
pub fn known(expr: &Expr) -> Option<bool> {
    match &expr.kind {
        ExprKind::Literal(Literal::Bool(value)) => Some(*value),
        ExprKind::Not(inner) => known(inner).map(|value| !value),
        ExprKind::And(a, b) => match (known(a), known(b)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        ExprKind::Or(a, b) => match (known(a), known(b)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        ExprKind::Compare(op, a, b) => compared(*op, literal(a)?, literal(b)?),
        ExprKind::Is(value, Pattern::None) => is_none(&value.ty),
        ExprKind::Is(value, Pattern::Member(id)) if value.ty == Type::Named(*id) => Some(true),
        _ => None,
    }
}

fn is_none(ty: &Type) -> Option<bool> {
    match ty {
        Type::None => Some(true),
        Type::Error | Type::Never | Type::Optional(_) | Type::Json => None,
        _ => Some(false),
    }
}

fn literal(expr: &Expr) -> Option<&Literal> {
    match &expr.kind {
        ExprKind::Literal(value) => Some(value),
        _ => None,
    }
}

fn compared(op: CompareOp, a: &Literal, b: &Literal) -> Option<bool> {
    let order = match (a, b) {
        (Literal::Int(a), Literal::Int(b)) => a.cmp(b),
        (Literal::Number(a), Literal::Number(b)) => a.cmp(b),
        (Literal::Grade(a), Literal::Grade(b)) => a.cmp(b),
        (Literal::Bool(a), Literal::Bool(b)) => a.cmp(b),
        _ => return None,
    };
    Some(match op {
        CompareOp::Equal => order.is_eq(),
        CompareOp::NotEqual => order.is_ne(),
        CompareOp::Less => order.is_lt(),
        CompareOp::LessEqual => order.is_le(),
        CompareOp::Greater => order.is_gt(),
        CompareOp::GreaterEqual => order.is_ge(),
    })
}
