use super::graph::{Circle, Point, Use, Waits};
use crate::base::{FileId, Place, Source, Span};
use crate::diag::{Code, Diagnostic, Edit, Fix};
use crate::language::syntax::ast::{Stmt, Workflow};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be said about names that are used where they are not bound yet (L4.3), about statements that would wait for
/// each other (L4.4), and about arms and cases that use each other's names. `used` are the uses that the scope met.
pub fn check(
    file: FileId,
    source: &Source,
    workflow: &Workflow,
    used: &[(SmolStr, Span)],
) -> Vec<Diagnostic> {
    let waits = Waits::of(workflow);
    let circles = waits.circles();
    let mut found: Vec<Diagnostic> = circles.iter().map(|circle| cycle(&waits, circle, file)).collect();
    let told: BTreeSet<Span> =
        circles.iter().flat_map(|circle| &circle.uses).map(|used| used.name.span).collect();
    let known: BTreeMap<Span, &Use<'_>> = waits.uses.iter().map(|used| (used.name.span, used)).collect();
    let mut late: BTreeMap<usize, Vec<&Use<'_>>> = BTreeMap::new();
    let mut elsewhere: BTreeMap<&SmolStr, Vec<Span>> = BTreeMap::new();
    let mut gone: BTreeMap<&SmolStr, Vec<Span>> = BTreeMap::new();
    for (name, span) in used.iter().filter(|(_, span)| !told.contains(span)) {
        match known.get(span) {
            Some(used) if is_arm(&waits, used) => found.extend(arm(&waits, used, file)),
            Some(used) if is_forward(&waits, used) => late.entry(used.ends.1).or_default().push(used),
            Some(_) => gone.entry(name).or_default().push(*span),
            None => elsewhere.entry(name).or_default().push(*span),
        }
    }
    found.extend(late.into_values().filter_map(|uses| moved(&waits, &uses, file, source)));
    for (name, spans) in elsewhere {
        let message = format!("`{name}` is bound in another case, which is not taken where this one is");
        found.extend(other_case(&waits, name, &spans, file, message));
    }
    for (name, spans) in gone {
        let message = format!("`{name}` is bound only in a case that fails, so it is never there below");
        found.extend(other_case(&waits, name, &spans, file, message));
    }
    found
}

/// Whether user and binding stand in two arms of a `parallel`.
fn is_arm(waits: &Waits<'_>, used: &Use<'_>) -> bool {
    let block = waits.points.get(used.ends.0).map(|point| point.block);
    let owner = block.and_then(|block| waits.owner(block));
    owner.is_some_and(|point| matches!(point.stmt, Stmt::Parallel(_)))
}

fn arm(waits: &Waits<'_>, used: &Use<'_>, file: FileId) -> Option<Diagnostic> {
    let user = waits.points.get(used.user)?;
    // What cannot be an arm was told so.
    if user.parent.is_some() && matches!(user.stmt, Stmt::Return(_) | Stmt::Require(_) | Stmt::Fail(_)) {
        return None;
    }
    let target = waits.points.get(*used.targets.first()?)?;
    let name = &used.name.text;
    let message = format!("an arm of a `parallel` uses `{name}`, which another arm binds");
    let parallel = waits.points.get(used.ends.0).and_then(|point| waits.owner(point.block))?;
    Some(
        Diagnostic::new(Code::ArmUsesArm, file, used.name.span, message)
            .here(format!("this arm waits for `{name}`"))
            .label(file, target.head, "another arm")
            .label(file, parallel.head, "says that its arms are independent")
            .help("put this step below the `parallel`: it starts as soon as that one arm is done"),
    )
}

fn other_case(
    waits: &Waits<'_>,
    name: &SmolStr,
    spans: &[Span],
    file: FileId,
    message: String,
) -> Option<Diagnostic> {
    let mut report = Diagnostic::new(Code::OtherCase, file, *spans.first()?, message);
    if let Some(bound) = waits.first_bound(name) {
        report = report.label(file, bound.head, format!("`{name}` is bound here"));
    }
    for span in spans.iter().skip(1) {
        report = report.label(file, *span, format!("`{name}` is used here too"));
    }
    Some(report.help("bind it above the `when`, or in this case too"))
}

fn is_forward(waits: &Waits<'_>, used: &Use<'_>) -> bool {
    let end = |at: usize| waits.points.get(at).map(|point| (point.block, point.position));
    end(used.ends.0) < end(used.ends.1) || (used.ends.0 == used.ends.1 && !used.late)
}

fn cycle(waits: &Waits<'_>, circle: &Circle<'_, '_>, file: FileId) -> Diagnostic {
    let points: Vec<(usize, &Point<'_>)> =
        circle.members.iter().filter_map(|at| waits.points.get(*at).map(|point| (*at, point))).collect();
    let titles: Vec<&str> = points.iter().map(|(_, point)| point.title.as_str()).collect();
    let message = match titles.as_slice() {
        [one] => format!("{one} waits for itself"),
        [rest @ .., last] => format!("{} and {last} wait for each other", rest.join(", ")),
        [] => String::new(),
    };
    let head = points.first().map(|(_, point)| point.head).unwrap_or_default();
    let mut diagnostic = Diagnostic::new(Code::WaitForEachOther, file, head, message);
    let last = points.len().saturating_sub(1);
    for (number, (at, point)) in points.iter().enumerate() {
        let Some(used) = circle.uses.iter().find(|used| used.user == *at) else { continue };
        let text = match number {
            _ if last == 0 => format!("{} is bound by the statement that uses it here", point.title),
            0 => format!("{} waits for `{}` …", point.title, used.name.text),
            it if it == last => format!("… and {} waits for `{}`", point.title, used.name.text),
            _ => format!("… {} waits for `{}` …", point.title, used.name.text),
        };
        diagnostic = diagnostic.label(file, used.name.span, text);
    }
    let help = rounds_help(waits, circle).unwrap_or_else(|| cycle_help(&points));
    diagnostic.help(help)
}

/// Where all of a circle stands in a loop: the first of its statements that uses another one may take the last round's.
fn rounds_help(waits: &Waits<'_>, circle: &Circle<'_, '_>) -> Option<String> {
    let mut loops = waits.loops_around(*circle.members.first()?);
    let rest = circle.members.get(1..).unwrap_or_default();
    rest.iter().for_each(|at| {
        let around = waits.loops_around(*at);
        loops.retain(|it| around.contains(it));
    });
    loops.first()?;
    let used = circle.members.iter().find_map(|at| circle.uses.iter().find(|used| used.user == *at))?;
    let (name, user) = (&used.name.text, waits.points.get(used.user)?);
    Some(format!(
        "for what the last round gave, {} takes `previous.{name}`: it is absent in the first round",
        user.title
    ))
}

fn cycle_help(points: &[(usize, &Point<'_>)]) -> String {
    if points.iter().any(|(_, point)| matches!(point.stmt, Stmt::Loop(_))) {
        return "what a loop binds is ready when all its rounds are done: bind what its rounds need in its body".into();
    }
    if points.iter().any(|(_, point)| matches!(point.stmt, Stmt::For(_))) {
        return "the list of a fan-out is ready when all its items are done, so no item can use it".into();
    }
    let step = |(_, point): &&(usize, &Point<'_>)| matches!(point.stmt, Stmt::Step(_));
    let steps: Vec<_> = points.iter().filter(step).collect();
    let last = steps.last().map(|(_, point)| point.title.trim_matches('`'));
    match (points, steps.first(), last) {
        ([(_, only)], None, _) => format!(
            "a name is bound once, by what stands further up; in a loop, `previous.{}` is the last round's",
            only.title.trim_matches('`')
        ),
        ([_], Some((_, first)), Some(last)) => format!(
            "to improve {} in rounds, put it in a loop: inside, `previous.{last}` is the last round's",
            first.title
        ),
        (_, Some((_, first)), Some(last)) => format!(
            "to improve {} in rounds, put these steps in a loop: inside, `previous.{last}` is the last round's",
            first.title
        ),
        _ => "take one of these uses away, so that one of them can begin".into(),
    }
}

fn moved(waits: &Waits<'_>, uses: &[&Use<'_>], file: FileId, source: &Source) -> Option<Diagnostic> {
    let first = uses.first()?;
    let target = waits.points.get(*first.targets.first()?)?;
    let (upper, lower) = (waits.points.get(first.ends.0)?, waits.points.get(first.ends.1)?);
    let line = |span: Span| source.line_column(span.start).line;
    let name = &first.name.text;
    let message = format!("`{name}` is used above the statement that binds it");
    let bound = format!("`{name}` is bound here, on line {}", line(target.head));
    let mut diagnostic = Diagnostic::new(Code::UsedAboveBinding, file, first.name.span, message).label(
        file,
        target.head,
        bound,
    );
    for also in uses.iter().skip(1) {
        diagnostic = diagnostic.label(file, also.name.span, format!("`{}` is used here too", also.name.text));
    }
    let plan = Plan { waits, upper: first.ends.0, lower: first.ends.1 };
    let (help, edits) = if plan.lower_may_rise() {
        let help = format!("move line {} above line {}", line(lower.span), line(upper.span));
        (help, carry(source, file, lower.span, upper.span, Side::Above))
    } else if plan.upper_may_sink() {
        let help = format!("move line {} below line {}", line(upper.span), line(lower.span));
        (help, carry(source, file, upper.span, lower.span, Side::Below))
    } else {
        (format!("put what binds `{name}`, and all that it needs, above line {}", line(upper.span)), None)
    };
    diagnostic = diagnostic.help(help.clone());
    Some(match edits {
        Some(edits) => diagnostic.fix(Fix { title: help, edits }),
        None => diagnostic,
    })
}

/// Two statements of one block in the wrong order.
struct Plan<'w, 'a> {
    waits: &'w Waits<'a>,
    upper: usize,
    lower: usize,
}

impl Plan<'_, '_> {
    fn range(&self) -> Option<(usize, usize, usize)> {
        let (upper, lower) = (self.waits.points.get(self.upper)?, self.waits.points.get(self.lower)?);
        Some((upper.block, upper.position, lower.position))
    }

    /// Whether nothing from the upper statement on binds what the lower one uses, and nothing there narrows a name.
    fn lower_may_rise(&self) -> bool {
        let Some((block, from, to)) = self.range() else { return false };
        let needs = self.waits.uses.iter().any(|used| {
            self.waits.in_block(used.user, block) == Some(self.lower)
                && used.targets.iter().any(|target| self.between(*target, block, from, to))
        });
        let narrows = self.waits.siblings(block).any(|at| {
            self.between(at, block, from, to)
                && matches!(
                    self.waits.points.get(at).map(|point| point.stmt),
                    Some(Stmt::Require(_) | Stmt::Fail(_) | Stmt::When(_))
                )
        });
        !needs && !narrows
    }

    /// Whether nothing up to the lower statement uses what the upper one binds, and nothing hangs on its place.
    fn upper_may_sink(&self) -> bool {
        let Some((block, from, to)) = self.range() else { return false };
        let stays = |point: &Point<'_>| {
            matches!(
                point.stmt,
                Stmt::Require(_) | Stmt::Fail(_) | Stmt::Return(_) | Stmt::Give(_) | Stmt::When(_)
            )
        };
        if self.waits.points.get(self.upper).is_none_or(stays) {
            return false;
        }
        !self.waits.uses.iter().any(|used| {
            self.between(used.user, block, from + 1, to + 1)
                && used.targets.iter().any(|target| self.waits.in_block(*target, block) == Some(self.upper))
        })
    }

    fn between(&self, at: usize, block: usize, from: usize, to: usize) -> bool {
        let position = self.waits.in_block(at, block).and_then(|at| self.waits.points.get(at));
        position.is_some_and(|point| from <= point.position && point.position < to)
    }
}

enum Side {
    Above,
    Below,
}

/// The edits that carry whole lines to another place; `None` where a statement shares its lines with another one.
fn carry(source: &Source, file: FileId, what: Span, to: Span, side: Side) -> Option<Vec<Edit>> {
    let lines = lines_with(source, what, is_comment)?;
    let target = lines_with(source, to, is_comment)?;
    let at = match side {
        Side::Above => target.start,
        Side::Below => target.end,
    };
    let edit = |span: Span, text: &str| Edit { place: Place { file, span }, text: text.into() };
    let insert = edit(Span::at(at as usize), source.slice(lines));
    Some(vec![insert, edit(lines, "")])
}

/// The lines of a statement with their ends, if nothing else stands on them.
pub fn whole_lines(source: &Source, span: Span) -> Option<Span> {
    lines_with(source, span, str::is_empty)
}

/// A comment, or nothing: it goes where the statement in front of it goes.
fn is_comment(behind: &str) -> bool {
    behind.is_empty() || behind.starts_with("//")
}

/// The same where this may stand behind it.
fn lines_with(source: &Source, span: Span, may_stand: impl Fn(&str) -> bool) -> Option<Span> {
    let first = source.line_span(source.line_column(span.start).line);
    let last = source.line_span(source.line_column(span.end).line);
    let before = source.slice(Span { start: first.start, end: span.start });
    let behind = source.slice(Span { start: span.end, end: last.end });
    if !before.trim().is_empty() || !may_stand(behind.trim()) {
        return None;
    }
    let rest = source.text.get(last.end as usize..)?;
    let end = last.end + if rest.starts_with("\r\n") { 2 } else { u32::from(rest.starts_with('\n')) };
    Some(Span { start: first.start, end })
}
