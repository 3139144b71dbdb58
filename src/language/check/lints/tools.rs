use crate::diag::Code;
use crate::language::check::Cx;
use crate::language::hir::{
    self, Body, Expr, ExprKind, LocalId, Piece, StmtKind, ToolBody, Type, TypeKind, builtin, each_expr,
    each_read,
};
use std::collections::{BTreeMap, BTreeSet};

/// Of a tool: a hole that begins an argument of `run`, so that a value such as `--force` becomes an option.
pub fn tool(cx: &mut Cx<'_>, tool: &hir::Tool) {
    let Some(ToolBody::Run { command, .. }) = &tool.body else { return };
    let ExprKind::List(args) = &command.kind else { return };
    for arg in args {
        let ExprKind::Text(pieces) = &arg.kind else { continue };
        if let Some(Piece::Hole(value)) = pieces.first()
            && may_begin_with_a_dash(cx, &value.ty)
        {
            let report = cx
                .error(Code::RunArgumentHole, arg.span, "a hole begins this argument, so its value can be an option")
                .help("put something in front of it: `--file=${path}`, `./${path}`, or `--` as an argument before it");
            cx.report(report);
        }
    }
}

/// Whether a value of this type, written into a text, may begin with `-`.
fn may_begin_with_a_dash(cx: &Cx<'_>, ty: &Type) -> bool {
    match ty {
        Type::Int(Some((low, _))) => *low < 0,
        Type::Number(Some((low, _))) => *low < crate::base::Decimal::ZERO,
        Type::Bool | Type::Date | Type::Grade => false,
        Type::Named(id) => !matches!(cx.type_decl(*id).map(|decl| &decl.kind), Some(TypeKind::Enum { .. })),
        _ => true,
    }
}

/// What is read of each variable.
type Fields = BTreeMap<LocalId, BTreeSet<Option<u32>>>;

/// Runs whose exit code nobody looks at: such a step does not fail on it.
pub fn codes(cx: &mut Cx<'_>, body: &Body) {
    let mut fields = Fields::new();
    for stmt in &body.stmts {
        each_expr(&stmt.kind, &mut |expr: &Expr| {
            each_read(expr, &mut |local, field| {
                fields.entry(local).or_default().insert(field);
            });
        });
    }
    share(body, &mut fields);
    for stmt in &body.stmts {
        let StmtKind::Step { result: Some(Type::Named(builtin::RUN)), .. } = &stmt.kind else { continue };
        let read = stmt.binds.and_then(|local| fields.get(&local));
        // `code` is the first field of a `Run`; one that is passed on whole is looked at elsewhere.
        let looked = read.is_some_and(|read| read.contains(&None) || read.contains(&Some(0)));
        if looked {
            continue;
        }
        let message = if stmt.named {
            format!("nobody looks at the `code` of `{}`", stmt.name)
        } else {
            "nobody looks at the `code` of this run".to_string()
        };
        let report = cx
            .error(Code::CodeIgnored, stmt.name_span, message)
            .help("a `Run` never fails on its exit code: ask `x.code == 0`, or let the tool return `text`");
        cx.report(report);
    }
}

/// What is read behind a block is read of the names in it.
fn share(body: &Body, fields: &mut Fields) {
    for stmt in &body.stmts {
        match &stmt.kind {
            StmtKind::When { arms } => {
                let exports = arms.iter().flat_map(|arm| &arm.exports);
                exports
                    .filter_map(|(inner, outer)| Some(((*inner)?, *outer)))
                    .for_each(|it| through(fields, it));
            }
            StmtKind::Loop(looped) => {
                looped.exports.iter().for_each(|it| through(fields, *it));
                // A round is a record of its own: what is read of that is not followed further.
                if looped.previous.is_some() || looped.earlier.is_some() {
                    for local in &looped.fields {
                        fields.entry(*local).or_default().insert(None);
                    }
                }
            }
            _ => {}
        }
    }
}

fn through(fields: &mut Fields, (inner, outer): (LocalId, LocalId)) {
    let read = fields.get(&outer).cloned().unwrap_or_default();
    fields.entry(inner).or_default().extend(read);
}
