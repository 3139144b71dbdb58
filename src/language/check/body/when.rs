use super::Checker;
use super::block::{Frame, Place};
use crate::base::Span;
use crate::diag::{Code, Diagnostic, Edit, Fix};
use crate::language::check::exhaustive::{self, Cases, Taken};
use crate::language::check::{Fact, facts, facts_of_case, path_of};
use crate::language::hir::{Arm, Expr, ExprKind, LocalId, Pattern, StmtId, StmtKind, Type, TypeKind, show};
use crate::language::syntax::ast::{self, Block, Otherwise, WhenBody};

/// A case that was gone through.
pub(super) struct Case {
    pub(super) condition: Option<Expr>,
    /// What stands between the block before and its own: a condition, or `is low, medium`; nothing for `otherwise`.
    pub(super) head: Option<Span>,
    pub(super) frame: Frame,
    /// Whether it is the way on that no block stands for.
    pub(super) implied: bool,
}

impl Checker<'_, '_> {
    /// `when` in both forms (L4.8).
    pub(super) fn when(&mut self, when: &ast::When, id: StmtId) {
        let found = self.cx.diagnostics.len();
        let (cases, below) = match &when.body {
            WhenBody::Condition { .. } => self.conditions(when, id),
            WhenBody::Cases { .. } => self.cases(when, id),
        };
        let holds = cases.iter().any(|case| case.frame.holds_gate());
        let fails = cases.iter().all(|case| case.frame.fails.is_some());
        let (arms, names) = self.join(cases, id, when);
        // What a missing case will bind is not known.
        let is_missing =
            |it: &Diagnostic| it.code == Code::MissingCases && it.place.span.start == when.keyword.start;
        if self.cx.diagnostics.iter().skip(found).any(is_missing) || self.has_lost_cases(when) {
            names.values().filter_map(|bound| bound.local).for_each(|local| self.cx.forget_type(local));
        }
        self.set(id, StmtKind::When { arms }, None);
        self.adopt(names);
        self.cx.scope.assume(&below);
        if holds {
            self.hold(id);
        }
        if fails {
            self.fails_at(when.keyword);
        }
    }

    /// `when c { } otherwise when d { } otherwise { }`, and what is known below.
    fn conditions(&mut self, when: &ast::When, id: StmtId) -> (Vec<Case>, Vec<Fact>) {
        let mut cases = Vec::new();
        let mut below = Below::default();
        self.cx.scope.enter();
        let mut next = Some(when);
        let mut last = None;
        while let Some(when) = next {
            let WhenBody::Condition { then, otherwise, extra } = &when.body else { break };
            let condition = self.cx.condition(&when.subject);
            let known = facts(self.cx, &condition);
            self.not_empty(then, "`when`");
            let frame = self.case(then, id, cases.len(), &known.holds);
            below.case(frame.fails.is_some(), &known.holds, &known.fails);
            let head = Some(when.subject.span);
            cases.push(Case { condition: Some(condition), head, frame, implied: false });
            self.cx.scope.assume(&known.fails);
            self.too_many(otherwise.is_some(), extra);
            next = None;
            match otherwise {
                Some(Otherwise::When(_, inner)) if matches!(inner.body, WhenBody::Condition { .. }) => {
                    next = Some(inner);
                }
                Some(Otherwise::When(_, inner)) => last = Some(self.nested(inner, id, cases.len())),
                Some(Otherwise::Block(_, block)) => last = Some(self.case(block, id, cases.len(), &[])),
                None => {}
            }
        }
        self.cx.scope.leave();
        let implied = last.is_none();
        let frame = last.unwrap_or_else(|| Frame::empty(Place::Case(0)));
        below.last(frame.fails.is_some());
        cases.push(Case { condition: None, head: None, frame, implied });
        (cases, below.facts())
    }

    /// `otherwise when value { is … }`: the `when` is all that this case holds.
    fn nested(&mut self, inner: &ast::When, id: StmtId, at: usize) -> Frame {
        let stmts = vec![ast::Stmt::When(inner.clone())];
        let block = Block { span: inner.span, stmts };
        self.case(&block, id, at, &[])
    }

    fn case(&mut self, block: &Block, id: StmtId, at: usize, known: &[Fact]) -> Frame {
        self.open(block, Some(id), Place::Case(u32::try_from(at).unwrap_or(u32::MAX)));
        self.cx.scope.assume(known);
        self.stmts(block);
        self.close()
    }

    fn too_many(&mut self, has_one: bool, extra: &[Otherwise]) {
        let Some(first) = extra.first() else { return };
        let (Otherwise::When(span, _) | Otherwise::Block(span, _)) = first;
        let message = if has_one {
            "this `when` has two `otherwise`"
        } else {
            "the `otherwise` of cases stands inside their braces"
        };
        self.misplaced(Code::OtherwiseTwice, *span, message, "one `otherwise` takes all that is left");
    }

    /// `when value { is a { } is b, c { } otherwise { } }`, and what is known below.
    fn cases(&mut self, when: &ast::When, id: StmtId) -> (Vec<Case>, Vec<Fact>) {
        let WhenBody::Cases { span, arms, otherwise, extra } = &when.body else {
            return (Vec::new(), Vec::new());
        };
        let subject = self.cx.infer(&when.subject, None);
        let again = self.cx.asked_again(&subject);
        let is_none = again.is_some();
        let subject = again.unwrap_or(subject);
        let mut closed = self.closed(&subject, when);
        let mut cases = Vec::new();
        let mut taken: Vec<Pattern> = Vec::new();
        let mut failing: Vec<Pattern> = Vec::new();
        let mut whole = true;
        for arm in arms {
            let patterns = self.patterns(&subject, arm, closed.as_mut(), &mut whole);
            if is_none && !patterns.is_empty() && !patterns.contains(&Pattern::None) {
                self.cx.always_none(&subject, arm.span, Code::Unreachable, "this case is never taken");
            }
            let known = match patterns.as_slice() {
                [] => unknown(&subject),
                known => facts_of_case(self.cx, &subject, known).holds,
            };
            let frame = self.case(&arm.body, id, cases.len(), &known);
            if frame.fails.is_some() {
                failing.extend(patterns.iter().cloned());
            }
            let condition = condition_of(&subject, &patterns, arm.span);
            taken.extend(patterns);
            let head = Some(Span { end: arm.body.span.start, ..arm.span });
            cases.push(Case { condition: Some(condition), head, frame, implied: false });
        }
        self.too_many(!otherwise.is_empty(), extra);
        self.second_otherwise(otherwise);
        match otherwise.first() {
            Some((word, block)) => {
                let rest = facts_of_case(self.cx, &subject, &taken).fails;
                let frame = self.case(block, id, cases.len(), if taken.is_empty() { &[] } else { &rest });
                self.needless(closed.as_ref(), *word, whole, when.keyword);
                if frame.fails.is_some() {
                    let kept: Vec<Pattern> =
                        taken.iter().filter(|it| !failing.contains(it)).cloned().collect();
                    cases.push(Case { condition: None, head: None, frame, implied: false });
                    return (
                        cases,
                        if kept.is_empty() {
                            Vec::new()
                        } else {
                            facts_of_case(self.cx, &subject, &kept).holds
                        },
                    );
                }
                cases.push(Case { condition: None, head: None, frame, implied: false });
            }
            None => {
                if whole {
                    self.missing(closed.as_ref(), when, *span, &subject);
                }
                if let Some(last) = cases.last_mut() {
                    last.condition = None;
                }
            }
        }
        let below =
            if failing.is_empty() { Vec::new() } else { facts_of_case(self.cx, &subject, &failing).fails };
        (cases, below)
    }

    fn second_otherwise(&mut self, otherwise: &[(Span, Block)]) {
        if let Some((span, _)) = otherwise.get(1) {
            let message = "this `when` has two `otherwise`";
            self.misplaced(Code::OtherwiseTwice, *span, message, "one `otherwise` takes all that is left");
        }
    }

    /// The cases of a value; one without closed cases is reported.
    fn closed(&mut self, subject: &Expr, when: &ast::When) -> Option<Cases> {
        let closed = Cases::of(self.cx, &subject.ty);
        if closed.is_none() && !crate::language::hir::Types::is_broken(self.cx, &subject.ty) {
            let shown = show(self.cx, &subject.ty);
            let message = format!("cases need a value with a closed list of them, found {shown}");
            let help = "cases are those of an enum, a bool, a Grade or a union; otherwise write conditions: `when x == … { }`";
            self.misplaced(Code::NoCases, when.subject.span, &message, help);
        }
        closed
    }

    fn patterns(
        &mut self,
        subject: &Expr,
        arm: &ast::Arm,
        mut closed: Option<&mut Cases>,
        whole: &mut bool,
    ) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        // What has no cases was reported; what is asked of it here would be reported once more.
        if closed.is_none() && subject.ty != Type::Error {
            *whole = false;
            return patterns;
        }
        for written in &arm.patterns {
            let Some(pattern) = self.cx.pattern(&subject.ty, written) else {
                *whole = false;
                continue;
            };
            if closed.as_mut().map(|cases| cases.take(&pattern)) == Some(Taken::Again) {
                let word = exhaustive::word(self.cx, &pattern);
                let message = format!("`{word}` has a case already, so this one is never taken");
                self.misplaced(Code::CaseTwice, written.span, &message, "take one of them away");
            }
            patterns.push(pattern);
        }
        patterns
    }

    /// An `otherwise` below cases that take everything.
    fn needless(&mut self, closed: Option<&Cases>, word: Span, whole: bool, keyword: Span) {
        if whole && closed.is_some_and(|cases| cases.missing().is_empty()) {
            let file = self.cx.file;
            let report = self
                .cx
                .error(
                    Code::Unreachable,
                    word,
                    "this `otherwise` is never taken: the cases above take everything",
                )
                .label(file, keyword, "every case of this `when` stands in it")
                .help("take it away; a case that is added later is then missed, and you are told so");
            self.cx.report(report);
        }
    }

    fn missing(&mut self, closed: Option<&Cases>, when: &ast::When, braces: Span, subject: &Expr) {
        let Some(cases) = closed else { return };
        let words: Vec<String> =
            cases.missing().into_iter().map(|it| exhaustive::word(self.cx, it)).collect();
        if words.is_empty() || braces.is_empty() || self.has_lost_cases(when) {
            return;
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let message = format!("this `when` does not say what happens for {}", list(&quoted, "and"));
        let (file, text) = (self.cx.file, self.cx.source_text(when.subject.span));
        let is = format!("`{text}` is {}", self.described(&subject.ty));
        let mut report = self.cx.error(Code::MissingCases, when.keyword.to(when.subject.span), message);
        report = match self.declaration(&subject.ty) {
            Some(place) => report.label(place.file, place.span, is),
            None => report.label(file, when.subject.span, is),
        };
        let plural = if words.len() == 1 { "the missing case" } else { "the missing cases" };
        report = report.help(format!("add {plural}\n{}", sample(&words)));
        if let Some(edit) = self.new_cases(&words, braces) {
            report = report.fix(Fix { title: format!("add {plural}"), edits: vec![edit] });
        }
        self.cx.report(report);
    }

    /// Whether something between the cases could not be read: it may have been a case.
    fn has_lost_cases(&self, when: &ast::When) -> bool {
        let WhenBody::Cases { span, arms, otherwise, .. } = &when.body else { return false };
        let bodies =
            arms.iter().map(|arm| arm.body.span).chain(otherwise.iter().map(|(_, block)| block.span));
        self.cx.has_slip_outside(*span, &bodies.collect::<Vec<_>>())
    }

    fn declaration(&self, ty: &Type) -> Option<crate::base::Place> {
        let Type::Named(id) = ty.present() else { return None };
        let decl = self.cx.type_decl(*id).filter(|decl| decl.module.is_some())?;
        Some(crate::base::Place { file: decl.file, span: decl.span })
    }

    /// "a Kind: bug, feature or question"
    fn described(&self, ty: &Type) -> String {
        let words = Cases::of(self.cx, ty).map(|cases| {
            let all: Vec<String> =
                cases.missing().into_iter().map(|it| exhaustive::word(self.cx, it)).collect();
            list(&all, "or")
        });
        let shown = show(self.cx, ty);
        let is_enum = matches!(ty.present(), Type::Named(id)
            if self.cx.type_decl(*id).is_some_and(|decl| matches!(decl.kind, TypeKind::Enum { .. })));
        let article = if is_enum || matches!(ty.present(), Type::Bool | Type::Grade) { "a " } else { "" };
        format!("{article}{shown}: {}", words.unwrap_or_default())
    }

    /// The text of the missing cases, before the closing brace.
    fn new_cases(&self, words: &[String], braces: Span) -> Option<Edit> {
        let source = self.cx.program.sources.get(self.cx.file.0 as usize)?;
        let end = braces.end.checked_sub(1)?;
        let line = source.line_span(source.line_column(end).line);
        let indent = source.slice(Span { start: line.start, end });
        let place = |at: u32| crate::base::Place { file: self.cx.file, span: Span::at(at as usize) };
        if !indent.trim().is_empty() {
            let text: String = words.iter().map(|word| format!("is {word} {{ }} ")).collect();
            return Some(Edit { place: place(end), text });
        }
        let text = words.iter().map(|word| format!("{indent}  is {word} {{\n{indent}  }}\n")).collect();
        Some(Edit { place: place(line.start), text })
    }
}

fn sample(words: &[String]) -> String {
    let cases: Vec<String> = words.iter().map(|word| format!("is {word} {{ … }}")).collect();
    cases.join("\n")
}

/// "a, b and c"
pub(super) fn list(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// `subject is a or subject is b`
fn condition_of(subject: &Expr, patterns: &[Pattern], span: Span) -> Expr {
    let expr = |kind: ExprKind| Expr { ty: Type::Bool, span, kind };
    let is = |pattern: &Pattern| expr(ExprKind::Is(Box::new(subject.clone()), pattern.clone()));
    let all = patterns.iter().map(is).reduce(|a, b| expr(ExprKind::Or(Box::new(a), Box::new(b))));
    all.unwrap_or_else(|| expr(ExprKind::Error))
}

/// What is known below a `when`, gathered case by case.
#[derive(Default)]
struct Below {
    /// What the failing cases above the first other one rule out.
    ruled_out: Vec<Fact>,
    /// What the only case that does not fail says.
    survivor: Vec<Fact>,
    survivors: usize,
}

impl Below {
    fn case(&mut self, fails: bool, holds: &[Fact], not: &[Fact]) {
        if fails && self.survivors == 0 {
            self.ruled_out.extend_from_slice(not);
        } else if !fails {
            self.survivors += 1;
            self.survivor = holds.to_vec();
        }
    }

    fn last(&mut self, fails: bool) {
        if !fails {
            self.survivors += 1;
            self.survivor.clear();
        }
    }

    fn facts(self) -> Vec<Fact> {
        let mut facts = self.ruled_out;
        if self.survivors == 1 {
            facts.extend(self.survivor);
        }
        facts
    }
}

/// An arm of the finished `when`.
pub(super) fn arm(case: Case, exports: Vec<(Option<LocalId>, LocalId)>) -> Arm {
    let fails = case.frame.fails.is_some();
    Arm { condition: case.condition, head: case.head, block: case.frame.ids, exports, fails }
}

/// What is known of a value in a case whose pattern was reported: nothing at all, not even its type.
fn unknown(subject: &Expr) -> Vec<Fact> {
    let fact = |path| Fact { path, from: subject.ty.clone(), ty: Type::Error };
    path_of(subject).map(fact).into_iter().collect()
}
