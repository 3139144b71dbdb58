//! Rubrics (§7): gates, questions, votes, points, grades, floors, advice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod mini;

use agentflow::base::{Decimal, Place};
use agentflow::engine::eval::rubric::{
    Judged, Judgement, ReviewView, Verdict, gates, grade_of_score, judge_prompt, judge_system, questions,
    review, review_of_gates, review_of_grade,
};
use agentflow::engine::eval::{QuestionKind, Requires, Value, check_value, judgement_schema, read_judgement};
use agentflow::plan::{
    Annotations, Criterion, Dimension, DimensionKind, FaultKind, Grade, Param, Require, Rubric, Type, builtin,
};
use mini::{Mini, show};

/// A rubric over `text: text` and `items: [int]`, made of `name weight: …` lines.
struct Built {
    mini: Mini,
    rubric: Rubric,
}

impl Built {
    fn new() -> Self {
        let mut mini = Mini::new();
        let params = [("text", mini.ty("text")), ("items", mini.ty("[int]?"))].map(|(name, ty)| {
            let var = mini.name(name, ty.clone());
            Param { name: name.into(), doc: None, ty, default: None, var }
        });
        let rubric = Rubric {
            name: "quality".into(),
            place: Place::default(),
            doc: None,
            params: params.to_vec(),
            gates: Vec::new(),
            dimensions: Vec::new(),
            floor: None,
            annotations: Annotations::default(),
            vars: Vec::new(),
        };
        Self { mini, rubric }
    }

    fn gate(mut self, condition: &str, message: &str) -> Self {
        let condition = self.mini.expr(condition);
        let message = self.mini.template(message);
        self.rubric.gates.push(Require { condition, message });
        self
    }

    fn described(mut self, name: &str, weight: &str, text: &str) -> Self {
        let text = self.mini.template(text);
        let kind = DimensionKind::Described(text);
        self.rubric.dimensions.push(Dimension { name: name.into(), weight: weight.parse().unwrap(), kind });
        self
    }

    /// A block: `?text` is a question, anything else a check.
    fn block(mut self, name: &str, weight: &str, items: &[&str]) -> Self {
        let criteria = items
            .iter()
            .map(|item| match item.strip_prefix('?') {
                Some(question) => Criterion::Question(self.mini.template(question)),
                None => Criterion::Check(self.mini.expr(item)),
            })
            .collect();
        let kind = DimensionKind::Criteria(criteria);
        self.rubric.dimensions.push(Dimension { name: name.into(), weight: weight.parse().unwrap(), kind });
        self
    }

    fn floor(mut self, grade: Grade) -> Self {
        self.rubric.floor = Some(grade);
        self
    }

    fn args(&self) -> Vec<Value> {
        vec![Value::text("hello"), Value::list(vec![Value::Int(1), Value::Int(2), Value::Int(3)])]
    }

    fn review(&self, votes: &[Judgement]) -> Value {
        let review = review(&self.mini.plan, &self.rubric, &self.args(), votes).unwrap();
        let ty = Type::Named(builtin::REVIEW);
        assert_eq!(check_value(&self.mini.plan, &review, &ty, Requires::Checked), Ok(()));
        review
    }

    fn view(&self, votes: &[Judgement]) -> (Grade, String, String) {
        let view = ReviewView::of(&self.review(votes)).unwrap();
        (view.grade, view.score.to_string(), view.advice.to_string())
    }
}

/// A judgement of verdicts with reasons: `B gaps`, `yes fine`, `no guess`.
fn vote(answers: &[&str]) -> Judgement {
    let answer = |text: &&str| {
        let (word, reason) = text.split_once(' ').unwrap();
        let verdict = match word {
            "yes" => Verdict::Holds(true),
            "no" => Verdict::Holds(false),
            grade => Verdict::Grade(grade.parse().unwrap()),
        };
        Judged { verdict, reason: reason.into() }
    };
    Judgement { answers: answers.iter().map(answer).collect() }
}

#[test]
fn gates_are_all_checked_and_cost_nothing() {
    let built = Built::new()
        .gate("length(text) < 3", "the text is too long: ${length(text)}")
        .gate("true", "never")
        .gate("count(items ?? []) == 0", "there are items");
    let messages = gates(&built.mini.plan, &built.rubric, &built.args()).unwrap();
    assert_eq!(messages, ["the text is too long: 5", "there are items"]);
    let view = ReviewView::of(&review_of_gates(&messages)).unwrap();
    assert_eq!((view.grade, view.score), (Grade::F, Decimal::ZERO));
    assert_eq!(view.advice.as_ref(), "the text is too long: 5\nthere are items");
    assert_eq!(review_of_gates(&messages).field(2), Some(&Value::list(vec![])));
}

#[test]
fn a_rubric_of_gates_and_checks_alone_asks_nothing() {
    let built = Built::new().gate("true", "no").block("facts", "1", &["count(items ?? []) == 3", "0.5"]);
    assert_eq!(questions(&built.mini.plan, &built.rubric, &built.args()), Ok(vec![]));
    let (grade, score, advice) = built.view(&[]);
    assert_eq!((grade, score.as_str()), (Grade::C, "75"));
    assert_eq!(advice, "- facts (C): a check of `facts` holds to 50 %");
    let gates_alone = Built::new().gate("true", "no");
    assert_eq!(gates_alone.view(&[]), (Grade::S, "100".into(), String::new()));
}

#[test]
fn questions_have_keys_in_the_order_of_the_page() {
    let built = Built::new().described("coverage", "2", "All of ${text} is covered").block(
        "verifiability",
        "1",
        &["?How?", "true", "?No guess"],
    );
    let questions = questions(&built.mini.plan, &built.rubric, &built.args()).unwrap();
    let shown: Vec<_> = questions.iter().map(|it| (it.key.as_str(), it.text.as_str(), it.kind)).collect();
    assert_eq!(
        shown,
        [
            ("coverage", "All of hello is covered", QuestionKind::Grade),
            ("verifiability_1", "How?", QuestionKind::Holds),
            ("verifiability_2", "No guess", QuestionKind::Holds),
        ]
    );
}

#[test]
fn the_score_is_the_weighted_mean_of_points() {
    let built = Built::new().described("a", "2", "a").described("b", "1", "b");
    assert_eq!(built.view(&[vote(&["S fine", "F none"])]).1, "66.67");
    assert_eq!(
        built.view(&[vote(&["A x", "B y"])]),
        (Grade::B, "86.67".into(), "- a (A): x\n- b (B): y".into(),)
    );
    let fraction = Built::new().described("a", "0.5", "a").described("b", "1.5", "b");
    assert_eq!(fraction.view(&[vote(&["S x", "D y"])]).1, "70");
}

#[test]
fn the_grade_follows_from_the_unrounded_score() {
    for (score, grade) in [
        ("100", Grade::S),
        ("97", Grade::S),
        ("96.9999", Grade::A),
        ("90", Grade::A),
        ("89.999999", Grade::B),
        ("80", Grade::B),
        ("70", Grade::C),
        ("60", Grade::D),
        ("59.9999", Grade::F),
        ("0", Grade::F),
    ] {
        assert_eq!(grade_of_score(score.parse().unwrap()), grade, "{score}");
    }
    // 89.999… is shown as 90 and is a B all the same.
    let built = Built::new().block("a", "1", &["0.899999"]);
    assert_eq!(built.view(&[]).0, Grade::B);
    assert_eq!(built.view(&[]).1, "90");
}

#[test]
fn three_thirds_are_a_whole() {
    let third = ["?x", "false", "false"];
    let mut built = Built::new();
    for name in ["a", "b", "c"] {
        built = built.block(name, "1", &third);
    }
    for (name, value) in [("d", "1.0"), ("e", "0.8"), ("f", "0.8")] {
        built = built.block(name, "1", &[value]);
    }
    // (3 × 33.33… + 260) / 6 is 60, not a little less.
    let (grade, score, _) = built.view(&[vote(&["yes x", "yes x", "yes x"])]);
    assert_eq!((grade, score.as_str()), (Grade::D, "60"));
}

#[test]
fn a_block_is_the_mean_of_its_items() {
    let built = Built::new().block("a", "1", &["?one", "?two", "1 == 1", "0.25"]);
    let review = built.review(&[vote(&["yes seen", "no guessed"])]);
    assert_eq!(
        show(&built.mini.plan, &review),
        "Review { grade: F, score: 56.25, dimensions: [Dimension { name: \"a\", grade: F, score: 56.25, reason: \
         \"guessed\\na check of `a` holds to 25 %\" }], advice: \"- a (F): guessed\\n- a (F): a check of `a` holds to \
         25 %\" }"
    );
    let good = Built::new().block("a", "1", &["?one", "?two"]).review(&[vote(&["yes seen", "yes tested"])]);
    assert_eq!(
        show(&built.mini.plan, &good.field(2).unwrap().as_list().unwrap()[0]),
        "Dimension { name: \"a\", grade: S, score: 100.0, reason: \"seen\\ntested\" }"
    );
    assert_eq!(good.field(3), Some(&Value::text("")));
}

#[test]
fn a_floor_holds_the_grade_down_and_leaves_the_score() {
    let built = || Built::new().described("a", "8", "a").described("b", "1", "b");
    let votes = [vote(&["S x", "D y"])];
    assert_eq!(built().view(&votes).0, Grade::A);
    let floored = built().floor(Grade::C).view(&votes);
    assert_eq!((floored.0, floored.1.as_str()), (Grade::D, "95.56"));
    assert_eq!(
        built().floor(Grade::D).view(&votes).0,
        Grade::A,
        "a dimension on the floor does not hold down"
    );
    assert_eq!(built().floor(Grade::C).view(&[vote(&["S x", "F y"])]).0, Grade::F, "the lowest decides");
    let weak = [vote(&["F x", "D y"])];
    assert_eq!(built().floor(Grade::S).view(&weak).0, Grade::F, "it never lifts");
}

#[test]
fn votes_give_the_median_and_the_majority_with_the_first_reason_that_agrees() {
    let built = Built::new().described("a", "1", "a").block("b", "1", &["?x"]);
    let votes =
        [vote(&["S best", "no guess"]), vote(&["C gaps", "yes seen"]), vote(&["B some", "yes again"])];
    let review = built.review(&votes);
    let dimensions = review.field(2).unwrap().as_list().unwrap().to_vec();
    assert_eq!(
        show(&built.mini.plan, &dimensions[0]),
        "Dimension { name: \"a\", grade: B, score: 80.0, reason: \"some\" }"
    );
    assert_eq!(
        show(&built.mini.plan, &dimensions[1]),
        "Dimension { name: \"b\", grade: S, score: 100.0, reason: \"seen\" }"
    );
    assert_eq!(review.field(3), Some(&Value::text("- a (B): some")));
}

#[test]
fn nothing_is_averaged_over_a_missing_answer() {
    let built = Built::new().described("a", "1", "a").block("b", "1", &["?x", "?y"]);
    for votes in [vec![], vec![vote(&["B x"])], vec![vote(&["B x", "yes y"])]] {
        let fault = review(&built.mini.plan, &built.rubric, &built.args(), &votes).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Invalid);
    }
    let questions = questions(&built.mini.plan, &built.rubric, &built.args()).unwrap();
    let read = |reply: &str| read_judgement(reply, &questions);
    let full = r#"{"a": {"reason": "r", "grade": "B"}, "b_1": {"reason": "r", "holds": true}, "b_2": {"reason": "", "holds": false}}"#;
    assert_eq!(read(full), Ok(vote(&["B r", "yes r", "no "])));
    assert_eq!(read(&format!("<think>{full}</think>")), Err(vec!["the answer is empty".to_owned()]));
    assert_eq!(
        read(&full.replace("\"B\"", "\"E\"")),
        Err(vec!["`a`: expected a `grade` that is one of S, A, B, C, D, F".to_owned()])
    );
    assert_eq!(
        read(r#"{"a": {"reason": "r", "grade": "B"}, "b_1": {"holds": true}}"#),
        Err(vec![
            "`b_1`: expected a `reason` that is a text".to_owned(),
            "`b_2`: this question has no answer".to_owned(),
        ])
    );
    let schema = judgement_schema(&questions);
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&serde_json::from_str(full).unwrap()));
    assert!(!validator.is_valid(&serde_json::json!({ "a": { "reason": "r", "grade": "B" } })));
}

#[test]
fn a_check_outside_its_range_is_invalid() {
    let built = Built::new().block("a", "1", &["1.5"]);
    let fault = review(&built.mini.plan, &built.rubric, &built.args(), &[]).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Invalid);
}

#[test]
fn a_given_grade_has_its_points_and_nothing_else() {
    let view = ReviewView::of(&review_of_grade(Grade::B)).unwrap();
    assert_eq!((view.grade, view.score, view.advice.as_ref()), (Grade::B, 80.into(), ""));
    assert_eq!(review_of_grade(Grade::F).field(1), Some(&Value::Number(Decimal::ZERO)));
}

#[test]
fn the_judge_sees_every_parameter_under_its_name_and_the_anchors() {
    let built = Built::new().described("coverage", "1", "All is covered").block("b", "1", &["?No guess"]);
    let asked = questions(&built.mini.plan, &built.rubric, &built.args()).unwrap();
    let prompt = judge_prompt(&built.mini.plan, &built.rubric, &built.args(), &asked);
    assert_eq!(
        prompt,
        "# text\n\nhello\n\n# items\n\n- 1\n- 2\n- 3\n\n# Questions\n\n- coverage (`grade`): All is covered\n\
         - b_1 (`holds`): No guess"
    );
    let system = judge_system(&built.rubric, &asked);
    for anchor in ["S: ", "A: ", "B: ", "C: ", "D: ", "F: ", "`reason`", "`grade`", "`holds`"] {
        assert!(system.contains(anchor), "{anchor} in {system}");
    }
    let holds: Vec<_> = asked.into_iter().filter(|it| it.kind == QuestionKind::Holds).collect();
    assert!(!judge_system(&built.rubric, &holds).contains("S: "), "no anchors where nothing is graded");
    let absent = judge_prompt(&built.mini.plan, &built.rubric, &[Value::text("t"), Value::None], &holds);
    assert!(absent.contains("# items\n\n(absent)\n"));
}
