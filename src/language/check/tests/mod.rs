//! Tests (§9): what is given, what is run, what is expected. Not here: running them; that something was reached that
//! has no `given` is seen only then.

mod expect;
mod given;
mod outline;

pub use outline::Outlines;

use super::{Cx, Room};
use crate::base::Span;
use crate::diag::{Code, did_you_mean};
use crate::language::hir::{
    self, CallableId, CallableKind, LocalId, LocalKind, NameKind, TestSource, TestTarget, Type,
};
use crate::language::syntax::ast::{self, ExprKind, Name, TestItem};
use outline::Outline;
use smol_str::SmolStr;
use std::sync::Arc;

/// Checks a test. `outlines` knows the bodies of workflows.
pub fn check_test(cx: &mut Cx<'_>, test: &ast::Test, outlines: &mut Outlines) -> Option<hir::Test> {
    cx.begin(Room::Test);
    // A hole in it was reported when it was read.
    let title = test.title.plain().unwrap_or_default();
    let (workflow, call) = run(cx, test)?;
    let args = cx.args(workflow, call);
    let outline = outlines.of(cx, workflow);
    let mut tester = Tester { cx, workflow, outline, outlines, sources: Vec::new() };
    let given = tester.givens(test);
    tester.see_the_run();
    let expects = tester.expects(test);
    let mut sources = tester.sources;
    sources.extend(cx.calls.drain(..).map(|(local, target, ty)| (local, TestSource::Calls(target, ty))));
    let locals = cx.take_locals();
    let (title, span) = (SmolStr::from(title), test.span);
    Some(hir::Test { title, span, workflow, args, given, expects, locals, sources })
}

/// The one workflow that a test runs.
fn run<'a>(cx: &mut Cx<'_>, test: &'a ast::Test) -> Option<(CallableId, &'a ast::Call)> {
    let mut runs = test.items.iter().filter_map(|item| match item {
        TestItem::Run(span, expr) => Some((*span, expr)),
        _ => None,
    });
    let Some((first, expr)) = runs.next() else {
        if !test.items.iter().any(|item| matches!(item, TestItem::Bad(_))) && !cx.has_slip(test.span) {
            let report = cx
                .error(Code::TestRuns, test.title.span, "this test runs nothing")
                .help("say which workflow: `run review(diff: \"…\")`");
            cx.report(report);
        }
        return None;
    };
    if let Some((second, _)) = runs.next() {
        let file = cx.file;
        let report = cx
            .error(Code::TestRuns, second, "a test runs one workflow, and this is the second")
            .label(file, first, "the first one")
            .help("write a test of its own for it");
        cx.report(report);
    }
    let ExprKind::Call(call) = &expr.kind else {
        if !matches!(expr.kind, ExprKind::Missing) {
            let report = cx
                .error(Code::TestRuns, expr.span, "`run` calls a workflow")
                .help("write it with its arguments: `run review(diff: \"…\")`");
            cx.report(report);
        }
        return None;
    };
    let id = cx.callable(&call.callee)?;
    let callable = cx.program.callable(id)?;
    if callable.kind != CallableKind::Workflow {
        let message = format!("a test runs a workflow, and `{}` is {}", callable.name, a(callable.kind));
        let report = cx
            .error(Code::TestRuns, call.callee.span, message)
            .label(callable.file, callable.span, "declared here")
            .help("put it into a workflow, as a step");
        cx.report(report);
        return None;
    }
    Some((id, call))
}

/// A kind of callable with its article.
fn a(kind: CallableKind) -> &'static str {
    match kind {
        CallableKind::Agent => "an agent",
        CallableKind::Rubric => "a rubric",
        CallableKind::Tool => "a tool",
        CallableKind::Workflow => "a workflow",
    }
}

/// The state of checking one test.
struct Tester<'c, 'p, 'o> {
    cx: &'c mut Cx<'p>,
    workflow: CallableId,
    outline: Arc<Outline>,
    outlines: &'o mut Outlines,
    sources: Vec<(LocalId, TestSource)>,
}

impl Tester<'_, '_, '_> {
    /// Makes visible what expectations read: the body's names, `result`, `calls(x)`.
    fn see_the_run(&mut self) {
        let outline = Arc::clone(&self.outline);
        for hidden in &outline.inner {
            let why = "lives inside a fan-out, once for each item".to_string();
            let help = Some("look at the calls: `calls(x)` lists the arguments of each".to_string());
            let hidden_name = super::Hidden { why, help, span: hidden.span };
            self.cx.scope.hide(hidden.name.clone(), hidden_name);
        }
        for name in &outline.names {
            match &name.local {
                Some((local, ty)) => {
                    let ty = self.outlines.ty(self.cx, self.workflow, ty);
                    self.bind(&name.name, ty, TestSource::Body(*local));
                }
                None => {
                    let why = "is a step that returns nothing".to_string();
                    let help = Some("ask whether it ran: `expect ran …`".to_string());
                    self.cx.scope.hide(name.name.clone(), super::Hidden { why, help, span: name.span });
                }
            }
        }
        match self.cx.program.callable(self.workflow).and_then(|it| it.result.clone()) {
            Some(ty) => self.bind(&"result".into(), ty, TestSource::Result),
            None => {
                let why = "is nothing: the workflow returns none".to_string();
                self.cx.scope.hide("result".into(), super::Hidden { why, help: None, span: Span::default() });
            }
        }
        for step in &outline.steps {
            if let Some(callee) = step.callee {
                let target = TestTarget::Steps(self.workflow, step.stmts.clone(), Vec::new());
                self.cx.call_targets.insert(step.name.clone(), (callee, target));
            }
        }
    }

    fn bind(&mut self, name: &SmolStr, ty: Type, source: TestSource) {
        let local = self.cx.add_local(name.clone(), Span::default(), ty, LocalKind::Test);
        self.cx.scope.bind(name.clone(), local);
        self.sources.push((local, source));
    }

    /// A callable by the name that the module has for it; the bare `rubric` is the standard one.
    fn known(&mut self, name: &Name) -> Option<CallableId> {
        let known = self.cx.names().and_then(|module| module.callables.get(&name.text).copied());
        let known = known.or(if name.text == "rubric" { self.cx.program.standard } else { None });
        if let Some(id) = known {
            self.cx.used.callables.insert(id);
        }
        known
    }

    /// Whether a workflow may have lost a step to a syntax error.
    fn has_lost(&self, workflow: CallableId) -> bool {
        let callable = self.cx.program.callable(workflow);
        let module = callable.and_then(|it| Some((self.cx.program.module(it.module)?, it.span)));
        module.is_some_and(|(module, span)| module.has_slip_around(span))
    }

    /// Reports a name that is neither a callable nor a step.
    fn unknown(&mut self, name: &Name, code: Code, what: &str) {
        let module = self.cx.names();
        let is_lost = module.is_none_or(|module| module.lost.may_be(&name.text, NameKind::Callable))
            || self.has_lost(self.workflow);
        if name.is_missing() || is_lost {
            return;
        }
        let callables = module.iter().flat_map(|module| module.callables.keys()).map(SmolStr::as_str);
        let steps = self.outline.steps.iter().map(|step| step.name.as_str());
        let help = did_you_mean(&name.text, steps.chain(callables));
        let workflow = self.cx.program.callable(self.workflow).map(|it| it.name.clone()).unwrap_or_default();
        let message = format!("`{}` is {what} of `{workflow}`, and no callable of this file", name.text);
        let mut report = self.cx.error(code, name.span, message);
        if let Some(help) = help {
            report = report.help(help);
        }
        self.cx.report(report);
    }
}
