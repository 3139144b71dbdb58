use super::constant;
use super::unused::Reads;
use crate::diag::Code;
use crate::language::check::Cx;
use crate::language::hir::{Action, AfterLoop, Body, CallableId, Loop, StmtId, StmtKind, Touch, each_read};
use std::collections::BTreeSet;

/// What is odd about the loops of a body.
pub fn loops(cx: &mut Cx<'_>, _id: CallableId, body: &Body, reads: &Reads) {
    for (at, stmt) in body.stmts.iter().enumerate() {
        let StmtKind::Loop(looped) = &stmt.kind else { continue };
        let id = StmtId(u32::try_from(at).unwrap_or(u32::MAX));
        let inside = Inside::of(cx, body, id, looped);
        if matches!(looped.otherwise, AfterLoop::KeepBest) && !inside.touch.changes.is_empty() {
            keep_best(cx, stmt.name_span, &inside);
        }
        let varies =
            [looped.previous, looped.earlier, looped.round].into_iter().flatten().any(|it| reads.has(it));
        if !condition_changes(looped, &inside) && constant::known(&looped.until).is_none() {
            unchanging(cx, looped);
        } else if !varies && !inside.touch.looks_outside() && constant::known(&looped.until).is_none() {
            same_question(cx, stmt.name_span, &inside);
        }
    }
}

/// What stands in a loop.
struct Inside {
    touch: Touch,
    /// What its statements bind.
    binds: BTreeSet<crate::language::hir::LocalId>,
    /// The first step, by name.
    first: Option<String>,
    asks_models: bool,
}

impl Inside {
    fn of(cx: &Cx<'_>, body: &Body, id: StmtId, looped: &Loop) -> Self {
        let mut inside =
            Self { touch: Touch::default(), binds: BTreeSet::new(), first: None, asks_models: false };
        inside.binds.extend(looped.fields.iter().copied());
        inside.binds.extend([looped.round, looped.previous, looped.earlier].into_iter().flatten());
        let end = body.stmts.get(id.index()).map_or(0, |stmt| stmt.span.end);
        // The statements of a block follow its own number without a gap.
        for stmt in body.stmts.iter().skip(id.index() + 1).take_while(|stmt| stmt.span.start < end) {
            inside.binds.extend(stmt.binds);
            match &stmt.kind {
                StmtKind::Step { action: Action::Call(callee, _), .. } => {
                    let touch = cx.program.effects.touch(*callee).cloned().unwrap_or_default();
                    inside.asks_models |= touch.model;
                    inside.touch.absorb(&touch);
                    let name = cx.program.callable(*callee).map(|it| it.name.to_string());
                    inside.first = inside.first.take().or(name);
                }
                StmtKind::Step { action: Action::Ask(_), .. } => inside.touch.asks = true,
                StmtKind::Step { action: Action::Prompt(_), .. } => inside.asks_models = true,
                _ => {}
            }
        }
        inside
    }
}

/// Whether a later round can answer otherwise: a judge, or anything that the body binds.
fn condition_changes(looped: &Loop, inside: &Inside) -> bool {
    if looped.judge.is_some() {
        return true;
    }
    let mut changes = false;
    each_read(&looped.until, &mut |local, _| changes |= inside.binds.contains(&local));
    changes
}

fn unchanging(cx: &mut Cx<'_>, looped: &Loop) {
    let message = "no round of this loop changes its condition";
    let report = cx
        .error(Code::LoopCannotChange, looped.until.span, message)
        .help("ask about something that the body binds, or `round`, or let a rubric judge");
    cx.report(report);
}

fn same_question(cx: &mut Cx<'_>, at: crate::base::Span, inside: &Inside) {
    let (message, help) = if inside.asks_models {
        let whom = inside.first.as_ref().map_or("the prompt".to_string(), |name| format!("`{name}`"));
        (
            "this loop asks the same question each round",
            format!("give {whom} the last answer or the judge's advice, such as `previous.review.advice`"),
        )
    } else {
        ("every round of this loop does the same", "use `round`, `previous` or `earlier` in it".to_string())
    };
    let report = cx.error(Code::SameQuestion, at, message).help(help);
    cx.report(report);
}

fn keep_best(cx: &mut Cx<'_>, at: crate::base::Span, inside: &Inside) {
    let what = inside.touch.changes.join(", ");
    let message = format!("`keep best` keeps a value, but every round of this loop changes {what}");
    let report = cx
        .error(Code::KeepBestWithEffects, at, message)
        .help("what a round has written or sent stays: do that below the loop, with the value that is kept");
    cx.report(report);
}
