use crate::language::syntax::ast::{Block, Name, Otherwise, Stmt, WhenBody};

/// The blocks of a statement whose names are seen below it, in the order of the page: all but that of a `for`.
pub fn blocks_of(stmt: &Stmt) -> Vec<&Block> {
    match stmt {
        Stmt::When(when) => cases(&when.body),
        Stmt::Parallel(it) => vec![&it.body],
        Stmt::Loop(it) => vec![&it.body],
        Stmt::Bad(_, Some(block)) => vec![block],
        _ => Vec::new(),
    }
}

fn cases(body: &WhenBody) -> Vec<&Block> {
    let mut found = Vec::new();
    match body {
        WhenBody::Condition { then, otherwise, extra } => {
            found.push(then);
            otherwise.iter().chain(extra).for_each(|it| alternative(it, &mut found));
        }
        WhenBody::Cases { arms, otherwise, extra, .. } => {
            found.extend(arms.iter().map(|arm| &arm.body));
            found.extend(otherwise.iter().map(|(_, block)| block));
            extra.iter().for_each(|it| alternative(it, &mut found));
        }
    }
    found
}

fn alternative<'a>(it: &'a Otherwise, found: &mut Vec<&'a Block>) {
    match it {
        Otherwise::When(_, when) => found.extend(cases(&when.body)),
        Otherwise::Block(_, block) => found.push(block),
    }
}

/// The names that are seen below the statements of a block, in the order of the page; one may be there more than once.
pub fn bound<'a>(block: &'a Block, found: &mut Vec<&'a Name>) {
    block.stmts.iter().for_each(|stmt| bound_by(stmt, found));
}

/// The names that are seen below a statement, in the order of the page.
pub fn bound_by<'a>(stmt: &'a Stmt, found: &mut Vec<&'a Name>) {
    match stmt {
        Stmt::Step(step) => found.extend(&step.name),
        Stmt::Let(it) => found.push(&it.name),
        Stmt::For(it) => found.extend(&it.rows),
        _ => blocks_of(stmt).into_iter().for_each(|block| bound(block, found)),
    }
    if let Stmt::Loop(it) = stmt {
        found.extend(&it.name);
    }
}
