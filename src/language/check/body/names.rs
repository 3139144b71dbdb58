use crate::base::Span;
use crate::language::syntax::ast::{Action, Block, Name, Otherwise, Stmt, WhenBody};
use smol_str::SmolStr;

/// The place of a statement, the place of its name or first word, what a path calls it (invariant 7 of the
/// architecture, without `#n`), and whether that is its own name.
pub(super) fn of(stmt: &Stmt) -> (Span, Span, SmolStr, bool) {
    match stmt {
        Stmt::Step(step) => match &step.name {
            Some(name) if !name.is_missing() => (step.span, name.span, name.text.clone(), true),
            _ => (step.span, step.keyword, action(&step.action), false),
        },
        Stmt::Let(it) => (it.span, it.name.span, it.name.text.clone(), !it.name.is_missing()),
        Stmt::When(it) => (it.span, it.keyword, "when".into(), false),
        Stmt::Parallel(it) => (it.span, it.keyword, "parallel".into(), false),
        Stmt::For(it) => (it.span, it.keyword, block(it.rows.as_ref(), &it.body, "for"), false),
        Stmt::Loop(it) => (it.span, it.keyword, block(it.name.as_ref(), &it.body, "loop"), false),
        Stmt::Require(it) => (it.span, it.keyword, "require".into(), false),
        Stmt::Fail(it) => (it.span, it.span, "fail".into(), false),
        Stmt::Return(it) => (it.span, it.span, "return".into(), false),
        Stmt::Give(it) => (it.span, it.span, "give".into(), false),
        Stmt::Bad(span, _) => (*span, *span, "?".into(), false),
    }
}

fn action(action: &Action) -> SmolStr {
    match action {
        Action::Call(call) => call.callee.text.clone(),
        Action::Prompt(..) => "prompt".into(),
        Action::Ask(..) => "ask".into(),
        Action::Missing(_) => "step".into(),
    }
}

/// A loop is called by its `as` name, else by the last step of its body.
fn block(name: Option<&Name>, body: &Block, word: &str) -> SmolStr {
    let own = name.filter(|name| !name.is_missing()).map(|name| name.text.clone());
    own.or_else(|| last_step(body)).unwrap_or_else(|| word.into())
}

fn last_step(body: &Block) -> Option<SmolStr> {
    body.stmts.iter().rev().find_map(|stmt| match stmt {
        Stmt::Step(_) => Some(of(stmt).2),
        _ => inner_blocks(stmt).into_iter().rev().find_map(last_step),
    })
}

/// The blocks of a statement, in the order of the page.
pub(super) fn inner_blocks(stmt: &Stmt) -> Vec<&Block> {
    match stmt {
        Stmt::When(when) => cases_of(&when.body),
        Stmt::Parallel(it) => vec![&it.body],
        Stmt::For(it) => vec![&it.body],
        Stmt::Loop(it) => vec![&it.body],
        Stmt::Bad(_, Some(block)) => vec![block],
        _ => Vec::new(),
    }
}

fn cases_of(body: &WhenBody) -> Vec<&Block> {
    let mut found = Vec::new();
    match body {
        WhenBody::Condition { then, otherwise, extra } => {
            found.push(then);
            otherwise.iter().chain(extra).for_each(|it| otherwise_of(it, &mut found));
        }
        WhenBody::Cases { arms, otherwise, extra, .. } => {
            found.extend(arms.iter().map(|arm| &arm.body));
            found.extend(otherwise.iter().map(|(_, block)| block));
            extra.iter().for_each(|it| otherwise_of(it, &mut found));
        }
    }
    found
}

fn otherwise_of<'a>(it: &'a Otherwise, found: &mut Vec<&'a Block>) {
    match it {
        Otherwise::When(_, when) => found.extend(cases_of(&when.body)),
        Otherwise::Block(_, block) => found.push(block),
    }
}

/// The names that are seen below the statements of a block: their own, and those that their blocks let out.
pub(super) fn bound<'a>(block: &'a Block, found: &mut Vec<&'a Name>) {
    for stmt in &block.stmts {
        match stmt {
            Stmt::Step(step) => found.extend(&step.name),
            Stmt::Let(it) => found.push(&it.name),
            Stmt::For(it) => found.extend(&it.rows),
            Stmt::Loop(it) => {
                bound(&it.body, found);
                found.extend(&it.name);
            }
            Stmt::When(_) | Stmt::Parallel(_) | Stmt::Bad(_, Some(_)) => {
                inner_blocks(stmt).into_iter().for_each(|block| bound(block, found));
            }
            Stmt::Bad(_, None) | Stmt::Require(_) | Stmt::Fail(_) | Stmt::Return(_) | Stmt::Give(_) => {}
        }
    }
}

/// The words of a broken line that most likely were to be names: those before `=` or `:`.
pub(super) fn guessed(line: &str) -> Vec<SmolStr> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut found = Vec::new();
    for (at, _) in line.match_indices(['=', ':']) {
        let before = line.get(..at).unwrap_or_default().trim_end();
        let start = before.char_indices().rev().take_while(|(_, letter)| is_word(*letter)).last();
        let word = start.and_then(|(start, _)| before.get(start..)).unwrap_or_default();
        if word.chars().next().is_some_and(char::is_lowercase) {
            found.push(word.into());
        }
    }
    found
}
