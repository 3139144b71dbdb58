use super::{Action, AfterLoop, Expr, ExprKind, LocalId, Piece, StmtKind};

/// Calls `see` with the expressions that an expression is made of.
pub fn each_child<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a Expr)) {
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

fn each_piece<'a>(pieces: &'a [Piece], see: &mut dyn FnMut(&'a Expr)) {
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

/// Calls `see` with every variable that an expression reads, and the field of it that is read, if it is one.
pub fn each_read(expr: &Expr, see: &mut dyn FnMut(LocalId, Option<u32>)) {
    match &expr.kind {
        ExprKind::Local(local) => see(*local, None),
        ExprKind::Field(base, field) => match &base.kind {
            ExprKind::Local(local) => see(*local, Some(*field)),
            _ => each_read(base, see),
        },
        _ => each_child(expr, &mut |child| each_read(child, see)),
    }
}

/// Calls `see` with the expressions of a statement itself; those of the statements in it are not among them.
pub fn each_expr<'a>(kind: &'a StmtKind, see: &mut dyn FnMut(&'a Expr)) {
    match kind {
        StmtKind::Step { action, fallbacks, .. } => {
            match action {
                Action::Call(_, args) => args.iter().flatten().for_each(&mut *see),
                Action::Prompt(text) => see(text),
                Action::Ask(ask) => {
                    see(&ask.question);
                    ask.showing.iter().for_each(|(_, value)| see(value));
                }
                Action::Error => {}
            }
            fallbacks.iter().for_each(|fallback| see(&fallback.value));
        }
        StmtKind::Let { value } | StmtKind::Return { value } => see(value),
        StmtKind::Require { condition, message } => {
            see(condition);
            see(message);
        }
        StmtKind::Fail { message } => see(message),
        StmtKind::When { arms } => arms.iter().filter_map(|arm| arm.condition.as_ref()).for_each(see),
        StmtKind::Each(each) => {
            see(&each.list);
            each.give.iter().for_each(see);
        }
        StmtKind::Loop(stated) => {
            see(&stated.max);
            see(&stated.until);
            stated.judge.iter().flat_map(|judge| &judge.args).flatten().for_each(&mut *see);
            if let AfterLoop::Fail { message, .. } = &stated.otherwise {
                see(message);
            }
        }
        StmtKind::Parallel { .. } | StmtKind::Error => {}
    }
}
