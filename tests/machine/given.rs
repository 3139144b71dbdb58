use crate::plan::{Build, Looped, Otherwise, Until, With, int, text};
use agentflow::base::Place;
use agentflow::engine::eval::Value;
use agentflow::engine::machine::given::{SampledCall, Sampler, TestReport, run_test};
use agentflow::plan::{
    CompareOp, Expectation, ExpectationKind, FaultKind, Given, GivenAnswer, GivenTarget, Grade, NodeId, Plan,
    Test, TestVar, TestVarSource, Type, Var, VarId, WorkflowId,
};
use std::sync::Arc;

#[derive(Debug)]
struct Numbers;

impl Sampler for Numbers {
    fn sample(&self, _: &Plan, _: &Type, call: &SampledCall) -> Value {
        Value::text(format!("{} {} {}", call.callable, call.path, call.number))
    }
}

/// `loop until standard(draft) >= A max 3 { step draft = writer(round) }`, then `step last = closer(draft)`.
fn build() -> Build {
    let mut build = Build::new();
    let writer = build.agent("writer", &[("round", int())], text());
    let closer = build.agent("closer", &[("draft", text())], text());
    let standard = build.rubric("standard");
    build.workflow("w", &[], |w| {
        let Looped { names, .. } = w.loop_("draft", 3, Otherwise::Last, |w, round| {
            let number = w.var(round.number);
            let (_, draft) = w.agent("draft", writer, &[&number], With::default());
            let (draft, review) = (w.var(draft), w.var(round.review));
            let (grade, wanted) = (w.build.field(&review, 0), w.build.grade(Grade::A));
            let condition = w.build.compare(CompareOp::GreaterEqual, &grade, &wanted);
            Until { condition, judge: Some((standard, vec![draft])) }
        });
        let draft = w.var(names[0]);
        let instead = w.build.text("instead");
        let (_, last) = w.agent("last", closer, &[&draft], With::fallback(&[FaultKind::Timeout], instead));
        let last = w.var(last);
        w.return_(&last, text());
    });
    build
}

const WRITER: GivenTarget = GivenTarget::Agent(agentflow::plan::AgentId(0));
const CLOSER: GivenTarget = GivenTarget::Agent(agentflow::plan::AgentId(1));
const STANDARD: GivenTarget = GivenTarget::Rubric(agentflow::plan::RubricId(0));

fn given(target: GivenTarget, answers: Vec<GivenAnswer>) -> Given {
    Given { place: Place::default(), target, answers }
}

fn expect(kind: ExpectationKind) -> Expectation {
    Expectation { place: Place::default(), source: "it".into(), negated: false, kind }
}

fn run(mut build: Build, given: Vec<Given>, expects: Vec<Expectation>) -> TestReport {
    let scope = agentflow::plan::ScopeId(0);
    let vars = vec![
        Var { name: "result".into(), ty: text(), scope },
        Var { name: "calls".into(), ty: Type::Json, scope },
    ];
    let record = build.record_type("call", &[("round", int())]);
    let sources = vec![
        TestVar { var: VarId(0), source: TestVarSource::Result },
        TestVar { var: VarId(1), source: TestVarSource::Calls(WRITER, record) },
    ];
    let test = Test {
        title: "it works".into(),
        place: Place::default(),
        given,
        workflow: WorkflowId(0),
        args: Vec::new(),
        expects,
        vars,
        sources,
    };
    build.plan.tests.push(test);
    let sampler: Arc<dyn Sampler> = Arc::new(Numbers);
    run_test(&Arc::new(build.plan), 0, &sampler).unwrap()
}

fn standard(build: &mut Build, grades: &[Grade]) -> Given {
    let answers = grades.iter().map(|grade| GivenAnswer::Value(build.grade(*grade).id)).collect();
    given(STANDARD, answers)
}

#[test]
fn answers_are_dealt_in_turn_and_the_last_repeats() {
    let mut build = build();
    let grades = standard(&mut build, &[Grade::B, Grade::C, Grade::A]);
    let (one, two) = (build.text("one").id, build.text("two").id);
    let (result, wanted) = (build.var(VarId(0)), build.text("closer w/last 0"));
    let holds = build.eq(&result, &wanted).id;
    let calls = build.var(VarId(1));
    let count =
        build.push(agentflow::plan::Expr::Call(agentflow::plan::Function::Count, vec![calls.id]), &[&calls]);
    let three = build.int(3);
    let counted = build.eq(&count, &three).id;
    let contained = build.text("two").id;
    let report = run(
        build,
        vec![
            given(WRITER, vec![GivenAnswer::Value(one), GivenAnswer::Value(two)]),
            given(CLOSER, vec![GivenAnswer::Sample]),
            grades,
        ],
        vec![
            expect(ExpectationKind::RanTimes(WRITER, 3)),
            expect(ExpectationKind::RanTimes(STANDARD, 3)),
            expect(ExpectationKind::Holds(holds)),
            expect(ExpectationKind::Holds(counted)),
            expect(ExpectationKind::PromptContains(CLOSER, contained)),
            expect(ExpectationKind::Ran(GivenTarget::Step(WorkflowId(0), vec![NodeId(2)], Vec::new()))),
        ],
    );
    assert_eq!(report.failures, []);
    assert_eq!(report.steps.len(), 7);
}

#[test]
fn a_callable_that_is_reached_without_a_given_is_the_error_of_the_test() {
    let mut build = build();
    let grades = standard(&mut build, &[Grade::A]);
    let one = build.text("one").id;
    let report = run(build, vec![given(WRITER, vec![GivenAnswer::Value(one)]), grades], Vec::new());
    assert_eq!(report.failures.len(), 1);
    assert_eq!(
        report.failures[0].message,
        "`w/last` calls `closer` and nothing is given for it: add `given closer -> …`"
    );
}

#[test]
fn a_given_failure_can_be_handled_and_counts_as_failed_and_as_ran() {
    let mut build = build();
    let grades = standard(&mut build, &[Grade::A]);
    let one = build.text("one").id;
    let (result, wanted) = (build.var(VarId(0)), build.text("instead"));
    let holds = build.eq(&result, &wanted).id;
    let last = || GivenTarget::Step(WorkflowId(0), vec![NodeId(2)], Vec::new());
    let report = run(
        build,
        vec![
            given(WRITER, vec![GivenAnswer::Value(one)]),
            given(last(), vec![GivenAnswer::Fails(FaultKind::Timeout)]),
            grades,
        ],
        vec![
            expect(ExpectationKind::Failed(last())),
            expect(ExpectationKind::Ran(last())),
            expect(ExpectationKind::Holds(holds)),
        ],
    );
    assert_eq!(report.failures, []);
}

#[test]
fn a_failed_run_fails_the_test_unless_it_is_expected() {
    let failing = |expects: fn(&mut Build) -> Vec<Expectation>| {
        let mut build = build();
        let expects = expects(&mut build);
        run(build, vec![given(WRITER, vec![GivenAnswer::Fails(FaultKind::Refused)])], expects)
    };
    let report = failing(|_| Vec::new());
    assert!(report.failures[0].message.starts_with("the run failed at `w/draft[1]`"), "{report:?}");
    let report = failing(|build| vec![expect(ExpectationKind::Fails(build.text("refused").id))]);
    assert_eq!(report.failures, []);
    let report = failing(|build| vec![expect(ExpectationKind::Fails(build.text("elsewhere").id))]);
    assert!(report.failures[0].sides.is_some());
}

#[test]
fn a_failing_comparison_shows_both_sides() {
    let mut build = build();
    let grades = standard(&mut build, &[Grade::A]);
    let one = build.text("one").id;
    let (result, wanted) = (build.var(VarId(0)), build.text("no fix yet"));
    let holds = build.eq(&result, &wanted).id;
    let report = run(
        build,
        vec![
            given(WRITER, vec![GivenAnswer::Value(one)]),
            given(CLOSER, vec![GivenAnswer::Value(one)]),
            grades,
        ],
        vec![
            expect(ExpectationKind::Holds(holds)),
            expect(ExpectationKind::RanTimes(WRITER, 2)),
            expect(ExpectationKind::Skipped(CLOSER)),
        ],
    );
    assert_eq!(report.failures[0].sides, Some((r#""one""#.into(), r#""no fix yet""#.into())));
    assert_eq!(report.failures[1].message, "`writer` ran once");
    assert_eq!(report.failures[2].message, "`closer` was expected to be skipped; it ran");
    let given = report.steps.iter().find(|step| &*step.id == "w/last").unwrap().given.clone().unwrap();
    assert_eq!(given.0, r#""one""#);
}

#[test]
fn a_given_value_that_does_not_fit_is_an_error_of_the_test() {
    let mut build = build();
    let grades = standard(&mut build, &[Grade::A]);
    let number = build.int(3).id;
    let report = run(build, vec![given(WRITER, vec![GivenAnswer::Value(number)]), grades], Vec::new());
    assert!(report.failures[0].message.starts_with("the given value does not fit"), "{report:?}");
}
