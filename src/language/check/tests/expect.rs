use super::Tester;
use crate::diag::Code;
use crate::language::hir::{CallableKind, Expr, TestExpect, TestExpectKind, TestTarget};
use crate::language::syntax::ast::{self, Expect, ExpectKind, Name, TestItem};

impl Tester<'_, '_, '_> {
    /// The `expect`s of a test (L9.2, L9.3).
    pub(super) fn expects(&mut self, test: &ast::Test) -> Vec<TestExpect> {
        let mut found = Vec::new();
        for item in &test.items {
            let TestItem::Expect(expect) = item else { continue };
            let Some((negated, kind)) = self.expect(expect) else { continue };
            found.push(TestExpect { span: expect.span, negated, kind });
        }
        found
    }

    fn expect(&mut self, expect: &Expect) -> Option<(bool, TestExpectKind)> {
        Some(match &expect.kind {
            ExpectKind::Missing => return None,
            ExpectKind::Ran { negated, name } => (*negated, TestExpectKind::Ran(self.watched(name)?)),
            ExpectKind::Skipped { negated, name } => (*negated, TestExpectKind::Skipped(self.watched(name)?)),
            ExpectKind::Failed { negated, name } => (*negated, TestExpectKind::Failed(self.watched(name)?)),
            ExpectKind::RanTimes { negated, name, times } => {
                (*negated, TestExpectKind::RanTimes(self.watched(name)?, *times))
            }
            ExpectKind::Fails { text } => (false, TestExpectKind::Fails(self.cx.text(text))),
            ExpectKind::Prompt { negated, name, text } => {
                let text: Expr = self.cx.text(text);
                (*negated, TestExpectKind::PromptContains(self.prompted(name)?, text))
            }
            ExpectKind::Holds(expr) => (false, TestExpectKind::Holds(self.cx.condition(expr))),
        })
    }

    /// A step of the workflow under test, else a callable.
    fn watched(&mut self, name: &Name) -> Option<TestTarget> {
        if name.is_missing() {
            return None;
        }
        if let Some(step) = self.outline.step(&name.text) {
            return Some(TestTarget::Steps(self.workflow, step.stmts.clone(), Vec::new()));
        }
        if let Some(id) = self.known(name) {
            return Some(TestTarget::Callable(id));
        }
        if self.outline.names.iter().any(|seen| seen.name == name.text) {
            let message = format!("`{}` is a value, and only steps and callables run", name.text);
            let report = self
                .cx
                .error(Code::NotWatched, name.span, message)
                .help(format!("ask for its value: `expect {} == …`", name.text));
            self.cx.report(report);
            return None;
        }
        self.unknown(name, Code::NotWatched, "no step");
        None
    }

    /// What has a prompt: an agent, a rubric, a step with a prompt.
    fn prompted(&mut self, name: &Name) -> Option<TestTarget> {
        let target = self.watched(name)?;
        let callee = match &target {
            TestTarget::Callable(id) => Some(*id),
            TestTarget::Steps(..) => self.outline.step(&name.text)?.callee,
        };
        let Some(callee) = callee else { return Some(target) };
        let callable = self.cx.program.callable(callee)?;
        if matches!(callable.kind, CallableKind::Agent | CallableKind::Rubric) {
            return Some(target);
        }
        let message = format!("`{}` asks no model, so it has no prompt", name.text);
        let report = self
            .cx
            .error(Code::NotWatched, name.span, message)
            .help("look at its arguments: `calls(x)` lists them");
        self.cx.report(report);
        None
    }
}
