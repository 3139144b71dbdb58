use super::lowering::Lowering;
use super::vars::Owner;
use crate::base::{Place, Span};
use crate::language::hir::{
    self, CallableId, CallableKind, Definition, ModuleId, TestAnswer, TestExpectKind, TestSource, TestTarget,
};
use crate::plan::{self, ExpectationKind, GivenAnswer, GivenTarget, TestVar, TestVarSource};

impl Lowering<'_> {
    /// The tests of the script itself.
    pub(super) fn lower_tests(&mut self, entry: ModuleId) {
        let Some(module) = self.checked.get(entry.0 as usize) else { return };
        for definition in &module.definitions {
            if let Definition::Test(test) = definition {
                let test = self.test(entry, test);
                self.plan.tests.push(test);
            }
        }
    }

    fn test(&mut self, module: ModuleId, test: &hir::Test) -> plan::Test {
        let place = |lowering: &Self, span: Span| Place { file: lowering.file_of(module), span };
        let test_place = place(self, test.span);
        let workflow = plan::WorkflowId(self.place(test.workflow));
        let mut owner = Owner::new(self, module, &test.locals);
        let args = owner.args(test.workflow, &test.args);
        let given = test.given.iter().map(|given| owner.given(given)).collect();
        let expects = test.expects.iter().map(|expect| owner.expectation(expect)).collect();
        let sources =
            test.sources.iter().filter_map(|(local, source)| owner.source(*local, source, test)).collect();
        let vars = owner.finish();
        plan::Test {
            title: test.title.clone(),
            place: test_place,
            given,
            workflow,
            args,
            expects,
            vars,
            sources,
        }
    }

    fn file_of(&self, module: ModuleId) -> crate::base::FileId {
        self.program.module(module).map(|module| module.file).unwrap_or_default()
    }

    fn target(&mut self, target: &TestTarget) -> GivenTarget {
        match target {
            TestTarget::Callable(id) => {
                let place = self.place(*id);
                match self.program.callable(*id).map(|callable| callable.kind) {
                    Some(CallableKind::Rubric) => GivenTarget::Rubric(plan::RubricId(place)),
                    Some(CallableKind::Tool) => GivenTarget::Tool(plan::ToolId(place)),
                    Some(CallableKind::Workflow) => GivenTarget::Workflow(plan::WorkflowId(place)),
                    Some(CallableKind::Agent) | None => GivenTarget::Agent(plan::AgentId(place)),
                }
            }
            TestTarget::Steps(workflow, stmts, via) => {
                let nodes = stmts.iter().map(|stmt| plan::NodeId(stmt.0)).collect();
                GivenTarget::Step(plan::WorkflowId(self.place(*workflow)), nodes, via.clone())
            }
        }
    }
}

impl Owner<'_, '_> {
    fn given(&mut self, given: &hir::TestGiven) -> plan::Given {
        let place = Place { file: self.lowering.file_of(self.module), span: given.span };
        let target = self.lowering.target(&given.target);
        let answers = given.answers.iter().map(|answer| self.answer(answer)).collect();
        plan::Given { place, target, answers }
    }

    fn answer(&mut self, answer: &TestAnswer) -> GivenAnswer {
        match answer {
            TestAnswer::Value(value) => GivenAnswer::Value(self.expr(value)),
            TestAnswer::Sample => GivenAnswer::Sample,
            TestAnswer::Fails(kind) => GivenAnswer::Fails(*kind),
        }
    }

    fn expectation(&mut self, expect: &hir::TestExpect) -> plan::Expectation {
        let file = self.lowering.file_of(self.module);
        let text = self.lowering.program.sources.get(file.0 as usize).map(|source| source.slice(expect.span));
        let source = text.unwrap_or_default().trim_start_matches("expect").trim().into();
        let kind = match &expect.kind {
            TestExpectKind::Ran(target) => ExpectationKind::Ran(self.lowering.target(target)),
            TestExpectKind::Skipped(target) => ExpectationKind::Skipped(self.lowering.target(target)),
            TestExpectKind::Failed(target) => ExpectationKind::Failed(self.lowering.target(target)),
            TestExpectKind::RanTimes(target, n) => {
                ExpectationKind::RanTimes(self.lowering.target(target), *n)
            }
            TestExpectKind::Fails(text) => ExpectationKind::Fails(self.expr(text)),
            TestExpectKind::PromptContains(target, text) => {
                ExpectationKind::PromptContains(self.lowering.target(target), self.expr(text))
            }
            TestExpectKind::Holds(expr) => ExpectationKind::Holds(self.expr(expr)),
        };
        plan::Expectation { place: Place { file, span: expect.span }, source, negated: expect.negated, kind }
    }

    fn source(&mut self, local: hir::LocalId, source: &TestSource, test: &hir::Test) -> Option<TestVar> {
        let var = self.var(local);
        let source = match source {
            TestSource::Result => TestVarSource::Result,
            TestSource::Calls(target, ty) => {
                TestVarSource::Calls(self.lowering.target(target), self.type_id(*ty))
            }
            TestSource::Body(of) => TestVarSource::Variable(self.body_var(test.workflow, *of)?),
        };
        Some(TestVar { var, source })
    }

    /// The variable of a workflow's body; the workflow was lowered before any test.
    fn body_var(&self, workflow: CallableId, local: hir::LocalId) -> Option<plan::VarId> {
        self.lowering.body_vars.get(&workflow)?.get(&local).copied()
    }
}
