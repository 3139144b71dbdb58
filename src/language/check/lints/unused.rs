use crate::base::{FileId, Place, Span};
use crate::diag::{Code, Diagnostic, Fix, Severity};
use crate::language::check::{Checked, Cx};
use crate::language::hir::{
    self, Action, Body, CallableId, CallableKind, LocalId, LocalKind, Program, StmtId, StmtKind, Used,
    each_expr, each_read,
};
use crate::language::syntax::ast::Item;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which variables of a body are read by anything.
pub struct Reads {
    read: BTreeSet<LocalId>,
    awaited: BTreeSet<StmtId>,
}

impl Reads {
    /// Of a body: what is read behind a block is read in it, and what is read of a round is read of its names.
    pub fn of(body: &Body) -> Self {
        let mut reads = Self { read: BTreeSet::new(), awaited: BTreeSet::new() };
        let mut fields: BTreeMap<LocalId, BTreeSet<Option<u32>>> = BTreeMap::new();
        for stmt in &body.stmts {
            reads.awaited.extend(&stmt.after);
            each_expr(&stmt.kind, &mut |expr| {
                each_read(expr, &mut |local, field| {
                    reads.read.insert(local);
                    fields.entry(local).or_default().insert(field);
                });
            });
        }
        // Inner blocks have larger numbers than the block around them.
        for stmt in &body.stmts {
            match &stmt.kind {
                StmtKind::When { arms } => reads.through(arms.iter().flat_map(|arm| {
                    arm.exports.iter().filter_map(|(inner, outer)| Some(((*inner)?, *outer)))
                })),
                StmtKind::Loop(looped) => {
                    reads.through(looped.exports.iter().copied());
                    reads.rounds(looped, body, &fields);
                }
                _ => {}
            }
        }
        reads
    }

    /// Whether anything reads the variable.
    pub fn has(&self, local: LocalId) -> bool {
        self.read.contains(&local)
    }

    fn through(&mut self, exports: impl Iterator<Item = (LocalId, LocalId)>) {
        for (inner, outer) in exports {
            if self.read.contains(&outer) {
                self.read.insert(inner);
            }
        }
    }

    fn rounds(&mut self, looped: &hir::Loop, body: &Body, fields: &BTreeMap<LocalId, BTreeSet<Option<u32>>>) {
        let whole = |local: LocalId| self.read.contains(&local);
        let previous = looped.previous.and_then(|previous| fields.get(&previous));
        let tail =
            body.locals.iter().enumerate().filter(|(_, local)| matches!(local.kind, LocalKind::Tail(_)));
        let tails = tail.filter_map(|(at, _)| u32::try_from(at).ok().map(LocalId));
        let gates = looped.gate.iter().map(|(local, _)| *local).chain(tails);
        // `tries` is the last field of the record behind `as`.
        let tries = |local: LocalId| {
            fields.get(&local).is_some_and(|read| read.iter().any(|field| field.is_none_or(|at| at >= 2)))
        };
        let all = looped.earlier.is_some_and(whole)
            || previous.is_some_and(|read| read.contains(&None))
            || gates.into_iter().any(tries);
        for (at, local) in looped.fields.iter().enumerate() {
            let at = u32::try_from(at).ok();
            if all || previous.is_some_and(|read| read.contains(&at)) {
                self.read.insert(*local);
            }
        }
    }
}

/// Steps, `let`s and lists that nothing reads.
pub fn body(cx: &mut Cx<'_>, workflow: &hir::Workflow, reads: &Reads) {
    let lost = unreachable(&workflow.body);
    for (at, stmt) in workflow.body.stmts.iter().enumerate() {
        if lost.iter().any(|(from, to)| (*from..*to).contains(&stmt.span.start)) {
            continue;
        }
        let id = StmtId(u32::try_from(at).unwrap_or(u32::MAX));
        let unread = stmt.binds.is_some_and(|local| !reads.has(local));
        let report = match &stmt.kind {
            StmtKind::Let { .. } if unread => Some(unused_let(cx, stmt)),
            StmtKind::Step { action, .. }
                if (unread || stmt.binds.is_none()) && !reads.awaited.contains(&id) =>
            {
                unused_step(cx, stmt, action)
            }
            _ => None,
        };
        if let Some(report) = report {
            cx.report(report);
        }
    }
}

/// What stands below a statement that always fails, as parts of the page: that it never runs was said there.
fn unreachable(body: &Body) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for (at, stmt) in body.stmts.iter().enumerate() {
        let fails = match &stmt.kind {
            StmtKind::Fail { .. } => true,
            StmtKind::When { arms } => {
                arms.iter().all(|arm| arm.fails) && arms.last().is_some_and(|arm| arm.condition.is_none())
            }
            _ => false,
        };
        let mut siblings = body.stmts.iter().skip(at + 1).filter(|other| other.parent == stmt.parent);
        if fails && let Some(last) = siblings.next_back() {
            found.push((stmt.span.end, last.span.end));
        }
    }
    found
}

fn unused_let(cx: &Cx<'_>, stmt: &hir::Stmt) -> Diagnostic {
    let message = format!("nothing reads `{}`", stmt.name);
    let report =
        cx.error(Code::UnusedLet, stmt.name_span, message).help("take the `let` away, or use its value");
    with_removal(cx, report, stmt.span, "take the `let` away")
}

fn with_removal(cx: &Cx<'_>, report: Diagnostic, span: Span, title: &str) -> Diagnostic {
    let source = cx.program.sources.get(cx.file.0 as usize);
    match source.and_then(|source| crate::language::check::cycles::whole_lines(source, span)) {
        Some(span) => report.fix(Fix::replace(title, Place { file: cx.file, span }, "")),
        None => report,
    }
}

/// A step that does nothing but answer, and whose answer is lost.
fn unused_step(cx: &Cx<'_>, stmt: &hir::Stmt, action: &Action) -> Option<Diagnostic> {
    let (who, what) = match action {
        Action::Call(id, _) => {
            if cx.program.effects.touch(*id).is_none_or(hir::Touch::keeps_its_place) {
                return None;
            }
            let callable = cx.program.callable(*id)?;
            let what = match callable.kind {
                CallableKind::Agent => "an answer",
                CallableKind::Rubric => "a review",
                CallableKind::Tool | CallableKind::Workflow => "a result",
            };
            (format!("`{}`", callable.name), what)
        }
        Action::Prompt(_) => ("this prompt".to_string(), "an answer"),
        Action::Ask(_) | Action::Error => return None,
    };
    Some(if stmt.named {
        let message = format!("nothing reads what `{}` gives", stmt.name);
        cx.error(Code::UnusedStep, stmt.name_span, message)
            .help("use its value further down, or take the step away: it changes nothing else")
    } else {
        let message = format!("{who} gives {what} that reaches nothing");
        cx.error(Code::StepReachesNothing, stmt.name_span, message)
            .help("name the step and use its value, or take it away: it changes nothing else")
    })
}

/// Parameters that nothing reads, and declarations that nothing uses. `checked` are all modules of the program.
/// `known` is what was found before, of names and files.
pub fn declarations(program: &Program, checked: &[Arc<Checked>], known: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let is_error = |it: &&Diagnostic| it.severity == Severity::Error;
    let slips: BTreeSet<FileId> = known.iter().filter(is_error).map(|it| it.place.file).collect();
    let broken = |it: &Arc<Checked>| {
        let file = program.module(it.module).map(|module| module.file);
        it.diagnostics.iter().any(|it| is_error(&it)) || file.is_some_and(|file| slips.contains(&file))
    };
    let mut used = Used::default();
    checked.iter().for_each(|it| used.extend(&it.used));
    for module in checked.iter().filter(|it| !broken(it)) {
        let Some(known) = program.module(module.module) else { continue };
        if known.is_std() || known.is_broken() {
            continue;
        }
        found.extend(module.unread.iter().filter_map(|(id, at)| parameter(program, *id, *at)));
        // A file without a workflow is there for others; not all of them are seen here.
        let own = |id: &CallableId| program.callable(*id).is_some_and(|it| it.module == module.module);
        let runs = known
            .callables
            .values()
            .any(|id| own(id) && program.callable(*id).is_some_and(|it| it.kind == CallableKind::Workflow));
        if runs {
            found.extend(never_used(program, module.module, &used));
        }
    }
    found
}

fn parameter(program: &Program, id: CallableId, at: usize) -> Option<Diagnostic> {
    let callable = program.callable(id)?;
    let param = callable.params.get(at)?;
    let (message, help) = match callable.kind {
        CallableKind::Agent => (
            format!("`{}` never reaches the prompt of `{}`", param.name, callable.name),
            format!(
                "an agent sees its prompt and nothing else: write `${{{}}}` where it belongs",
                param.name
            ),
        ),
        _ => (
            format!("`{}` is never used in `{}`", param.name, callable.name),
            "use it, or take it away".to_string(),
        ),
    };
    let report = Diagnostic::new(Code::UnusedParameter, callable.file, param.span, message);
    let Some(span) = almost_a_hole(program, id, at) else { return Some(report.help(help)) };
    let hole = format!("${{{}}}", param.name);
    let fix = Fix::replace(format!("write `{hole}`"), Place { file: callable.file, span }, &*hole);
    Some(
        report
            .label(callable.file, span, "these are characters, and no hole")
            .help(format!("a hole is written `{hole}`"))
            .fix(fix),
    )
}

/// Where a text says `{topic}` or `$topic` of a parameter that nothing reads.
fn almost_a_hole(program: &Program, id: CallableId, at: usize) -> Option<Span> {
    let callable = program.callable(id)?;
    let param = callable.params.get(at)?;
    let items = program.module(callable.module)?.tree.items.iter().map(Item::span);
    let item = items.clone().find(|item| item.start <= param.span.start && param.span.end <= item.end)?;
    let text = program.sources.get(callable.file.0 as usize)?.slice(item);
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let braces = format!("{{{}}}", param.name);
    let dollar = format!("${}", param.name);
    let in_braces = text
        .match_indices(&braces)
        .find(|(at, _)| !text.get(..*at).is_some_and(|it| it.ends_with(['$', '{'])));
    let behind_dollar = || {
        text.match_indices(&dollar)
            .find(|(at, found)| !text.get(at + found.len()..).is_some_and(|it| it.starts_with(is_part)))
    };
    let (place, found) = in_braces.or_else(behind_dollar)?;
    let start = item.start as usize + place;
    Some(Span::new(start, start + found.len()))
}

fn never_used(program: &Program, module: hir::ModuleId, used: &Used) -> Vec<Diagnostic> {
    let Some(known) = program.module(module) else { return Vec::new() };
    let mut found = Vec::new();
    let mut say = |span: Span, what: &str, name: &str| {
        let message = format!("the {what} `{name}` is never used");
        let report = Diagnostic::new(Code::UnusedDeclaration, known.file, span, message);
        found.push(report.help("use it, or take it away"));
    };
    for id in known.callables.values().filter(|id| !used.callables.contains(id)) {
        let Some(callable) = program.callable(*id).filter(|it| it.module == module) else { continue };
        let what = match callable.kind {
            CallableKind::Agent => "agent",
            CallableKind::Rubric => "rubric",
            CallableKind::Tool => "tool",
            CallableKind::Workflow => continue,
        };
        say(callable.span, what, &callable.name);
    }
    for id in known.types.values().filter(|id| !used.types.contains(id)) {
        let Some(decl) = program.type_decl(*id).filter(|it| it.module == Some(module)) else { continue };
        say(decl.span, "type", &decl.name);
    }
    for id in known.constants.values().filter(|id| !used.constants.contains(id)) {
        let Some(constant) = program.constant(*id).filter(|it| it.module == module) else { continue };
        say(constant.span, "constant", &constant.name);
    }
    found
}
