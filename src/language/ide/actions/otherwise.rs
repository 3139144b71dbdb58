use super::statements::{indent_of, item_around, stmt_around};
use super::{Action, ActionKind};
use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Edit};
use crate::language::hir::CallableKind;
use crate::language::ide::{Snapshot, Symbol};
use crate::language::syntax::ast::{Loop, Otherwise, Stmt, When, WhenBody};

/// For a `when` that misses cases: an `otherwise` that fails, for the author to fill.
pub(super) fn for_cases(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Option<Action> {
    if diagnostic.code != Code::MissingCases {
        return None;
    }
    let Place { file, span } = diagnostic.place;
    let Stmt::When(when) = stmt_around(item_around(snapshot, file, span.start)?, span.start)? else {
        return None;
    };
    let WhenBody::Cases { span: braces, .. } = &when.body else { return None };
    let text = &snapshot.source(file)?.text;
    let inside = text.get(..braces.end.checked_sub(1)? as usize)?;
    let end = inside.trim_end().len();
    let indent = indent_of(text, when.keyword.start);
    let place = Place { file, span: Span::new(end, inside.len()) };
    let words = format!("\n{indent}  otherwise {{\n{indent}    fail \"…\"\n{indent}  }}\n{indent}");
    let edit = Edit { place, text: words };
    Some(Action::likely(diagnostic, "add an `otherwise` that fails".into(), edit).next("…"))
}

/// What happens where a condition does not hold, or a loop ends without it; with the cursor in the head.
pub(super) fn otherwise(snapshot: &Snapshot, file: FileId, within: Span) -> Vec<Action> {
    let stmt = item_around(snapshot, file, within.start).and_then(|item| stmt_around(item, within.start));
    match stmt {
        Some(Stmt::When(when)) => of_when(snapshot, file, within, when).into_iter().collect(),
        Some(Stmt::Loop(it)) => of_loop(snapshot, file, within, it),
        _ => Vec::new(),
    }
}

fn of_when(snapshot: &Snapshot, file: FileId, within: Span, when: &When) -> Option<Action> {
    let WhenBody::Condition { then, otherwise, extra } = &when.body else { return None };
    let head = when.keyword.to(when.subject.span);
    if let Some(next) = otherwise {
        let Otherwise::When(word, next) = next else { return None };
        return (within.start >= word.start).then(|| of_when(snapshot, file, within, next))?;
    }
    if !extra.is_empty() || then.span.is_empty() || within.end > head.end {
        return None;
    }
    let indent = indent_of(&snapshot.source(file)?.text, when.keyword.start);
    let place = Place { file, span: Span::at(then.span.end as usize) };
    let edit = Edit { place, text: format!(" otherwise {{\n{indent}  \n{indent}}}") };
    Some(Action::change(ActionKind::Rewrite, "add `otherwise`", vec![edit]).next("  \n").inside())
}

fn of_loop(snapshot: &Snapshot, file: FileId, within: Span, it: &Loop) -> Vec<Action> {
    let head = it.keyword.to(it.until.span);
    if it.otherwise.is_some() || it.body.span.is_empty() || within.end > head.end {
        return Vec::new();
    }
    let place = Place { file, span: Span::at(it.body.span.end as usize) };
    let action = |says: &str| {
        let edit = Edit { place, text: format!(" otherwise {says}") };
        Action::change(ActionKind::Rewrite, format!("add `otherwise {says}`"), vec![edit])
    };
    let judged = is_judged(snapshot, file, it.until.span).then(|| action("keep best"));
    judged.into_iter().chain([action("keep last"), action("fail \"…\"").next("…")]).collect()
}

/// Whether a condition asks a rubric.
fn is_judged(snapshot: &Snapshot, file: FileId, until: Span) -> bool {
    let index = snapshot.module(file).and_then(|(id, _)| snapshot.index(id));
    index.into_iter().flat_map(|index| index.within(until)).any(|it| match it.symbol {
        Symbol::Callable(id) => {
            snapshot.program().callable(id).is_some_and(|it| it.kind == CallableKind::Rubric)
        }
        Symbol::Word(word) => word == "rubric",
        _ => false,
    })
}
