//! Laws of values: what is drawn fits, what is written is read again, and the schema says what fits.

#![allow(clippy::items_after_statements, reason = "a suite over files on the disk")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod mini;

use agentflow::engine::eval::{
    NoVars, Requires, Value, answer_schema, check_value, equal, eval, fit, is_asked_as_record, read_value,
    render, schema, to_json,
};
use agentflow::engine::sim::{Draw, Naming, Sampled, sample};
use agentflow::plan::{Expr, Literal, Plan, TextMax, TextUnit, Type};
use mini::Mini;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Declared types of the small plan; those with a `require` that is hard to meet apart.
const NAMED: [&str; 13] = [
    "Severity",
    "Kind",
    "Finding",
    "Search",
    "Action",
    "Line",
    "Tree",
    "Note",
    "Mixed",
    "Options",
    "Maybe",
    "Term",
    "Everything",
];

fn types() -> impl Strategy<Value = Type> {
    let plain = prop_oneof![
        Just(Type::Text(None)),
        (1_u64..6, any::<bool>()).prop_map(|(count, words)| {
            let unit = if words { TextUnit::Words } else { TextUnit::Chars };
            Type::Text(Some(TextMax { count, unit }))
        }),
        Just(Type::Int(None)),
        (-9_i64..9, 0_i64..9).prop_map(|(low, width)| Type::Int(Some((low, low + width)))),
        Just(Type::Number(None)),
        (-9_i64..9, 0_i64..9).prop_map(|(low, width)| Type::Number(Some((low.into(), (low + width).into())))),
        Just(Type::Bool),
        Just(Type::Date),
        Just(Type::Json),
        Just(Type::Grade),
        (0..NAMED.len()).prop_map(|at| Mini::new().ty(NAMED[at])),
        Just(Mini::new().ty("one_of Search Answer")),
        Just(Mini::new().ty("one_of Search")),
    ];
    plain.prop_recursive(3, 8, 1, |inner| {
        prop_oneof![
            (inner.clone(), prop::option::of(0_u64..5))
                .prop_map(|(item, max)| Type::List(Box::new(item), max)),
            inner.prop_map(|inner| match inner {
                Type::Optional(_) => inner,
                other => Type::Optional(Box::new(other)),
            }),
        ]
    })
}

fn drawn(plan: &Plan, ty: &Type, seed: u64, number: u32) -> Value {
    let naming = Naming { name: "writer".into(), round: Some(2), item: Some(0) };
    let Sampled { value, unmet } =
        sample(plan, ty, &Draw { seed, path: "flow/draft", number, naming: &naming });
    assert_eq!(unmet, vec![]);
    value
}

/// Without `json`, `json` inside a record is only what came from outside; a value is compared as it comes back.
fn same(plan: &Plan, left: &Value, right: &Value) -> bool {
    equal(plan, left, right) && to_json(plan, left, None) == to_json(plan, right, None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_drawn_fits(ty in types(), seed: u64, number in 0_u32..50) {
        let plan = Mini::new().plan;
        let value = drawn(&plan, &ty, seed, number);
        prop_assert_eq!(check_value(&plan, &value, &ty, Requires::Checked), Ok(()));
        prop_assert_eq!(&value, &drawn(&plan, &ty, seed, number));
    }

    #[test]
    fn what_is_written_is_read_again(ty in types(), seed: u64, number in 0_u32..50) {
        let plan = Mini::new().plan;
        let value = drawn(&plan, &ty, seed, number);
        let json = to_json(&plan, &value, Some(&ty));
        let text = json.to_string();
        prop_assert_eq!(&serde_json::from_str::<Json>(&text).unwrap(), &json);
        let back = fit(&plan, &json, &ty, Requires::Checked).unwrap();
        prop_assert!(same(&plan, &value, &back), "{:?} became {:?}", value, back);
        prop_assert_eq!(render(&plan, &value, &ty), render(&plan, &back, &ty));
    }

    #[test]
    fn what_is_recorded_is_the_same(ty in types(), seed: u64) {
        let plan = Mini::new().plan;
        let value = drawn(&plan, &ty, seed, 0);
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn an_answer_is_read_from_its_json(ty in types(), seed: u64, talk: bool) {
        let plan = Mini::new().plan;
        let value = drawn(&plan, &ty, seed, 0);
        let mut reply = match (&ty, &value) {
            (Type::Text(_), Value::Text(text)) => text.to_string(),
            _ => {
                let json = to_json(&plan, &value, Some(&ty));
                let wrapped = if is_asked_as_record(&plan, &ty) { json } else { json!({ "answer": json }) };
                serde_json::to_string_pretty(&wrapped).unwrap()
            }
        };
        if talk && !matches!(ty, Type::Text(_)) {
            reply = format!("<think>{{\"answer\": 1}}</think>Here it is:\n```json\n{reply}\n```\nGood luck!");
        }
        let read = read_value(&plan, &reply, &ty, Requires::Checked);
        let read = read.map_err(|reasons| TestCaseError::fail(format!("{reply}\n{reasons:?}")))?;
        prop_assert!(same(&plan, &value, &read));
    }

    #[test]
    fn a_schema_takes_what_is_written(ty in types(), seed: u64, number in 0_u32..50) {
        let plan = Mini::new().plan;
        let value = drawn(&plan, &ty, seed, number);
        let json = to_json(&plan, &value, Some(&ty));
        let validator = jsonschema::validator_for(&schema(&plan, &ty)).unwrap();
        prop_assert!(validator.is_valid(&json), "{json} by {}", schema(&plan, &ty));
        if let Some(asked) = answer_schema(&plan, &ty) {
            let validator = jsonschema::validator_for(&asked).unwrap();
            let wrapped = if is_asked_as_record(&plan, &ty) { json } else { json!({ "answer": json }) };
            prop_assert!(validator.is_valid(&wrapped), "{wrapped} by {asked}");
        }
    }

    /// Bounds on words, the days of the calendar and `require`s are beyond a schema; all else it says as `fit` does.
    #[test]
    fn a_schema_refuses_what_does_not_fit(ty in types(), seed: u64, place: u64, other in 0..9_usize) {
        let plan = Mini::new().plan;
        let mut json = to_json(&plan, &drawn(&plan, &ty, seed, 0), Some(&ty));
        let others = [json!(null), json!(true), json!("zzz"), json!(7), json!(-0.5), json!([]), json!({}), json!([1]),
            json!(1000)];
        let nodes = count(&json);
        replace(&mut json, place % nodes, &others[other]);
        let fits = fit(&plan, &json, &ty, Requires::Checked).is_ok();
        let valid = jsonschema::validator_for(&schema(&plan, &ty)).unwrap().is_valid(&json);
        if fits {
            prop_assert!(valid, "{json} fits, and {} refuses it", schema(&plan, &ty));
        } else if valid {
            let misfits = fit(&plan, &json, &ty, Requires::Checked).unwrap_err();
            let beyond = |it: &agentflow::engine::eval::Misfit| it.message.contains("a date") || it.message.contains("words");
            prop_assert!(misfits.iter().all(beyond), "{json} is valid, and {misfits:?}");
        }
    }

    #[test]
    fn parse_undoes_to_json(ty in types(), seed: u64) {
        prop_assume!(!matches!(ty, Type::Optional(_)));
        let mut mini = Mini::new();
        let value = drawn(&mini.plan, &ty, seed, 0);
        let var = mini.name("value", ty.clone());
        let id = mini.push(Expr::Var(var));
        let text = mini.push(Expr::ToJson(id, ty.clone()));
        let parsed = mini.push(Expr::Parse(text, ty.clone()));
        let vars = mini::Vars([(var, value.clone())].into());
        let back = eval(&mini.plan, parsed, &vars).unwrap();
        prop_assert!(same(&mini.plan, &value, &back));
    }

    /// Integers and decimals behave as the numbers that they are.
    #[test]
    fn arithmetic_is_exact(left in -1_000_000_i64..1_000_000, right in -1_000_000_i64..1_000_000) {
        let mut mini = Mini::new();
        let mut run = |op, is_int: bool| {
            let left = mini.push(Expr::Literal(Literal::Int(left)));
            let right = mini.push(Expr::Literal(Literal::Int(right)));
            let id = mini.push(if is_int { Expr::Int(op, left, right) } else { Expr::Number(op, left, right) });
            eval(&mini.plan, id, &NoVars)
        };
        use agentflow::plan::ArithmeticOp as Op;
        prop_assert_eq!(run(Op::Add, true), Ok(Value::Int(left + right)));
        prop_assert_eq!(run(Op::Multiply, true), Ok(Value::Int(left * right)));
        if right == 0 {
            prop_assert!(run(Op::Divide, false).is_err());
            prop_assert!(run(Op::Remainder, true).is_err());
        } else {
            let Ok(Value::Int(remainder)) = run(Op::Remainder, true) else { panic!("no remainder") };
            prop_assert!(remainder == 0 || (remainder < 0) == (right < 0));
            prop_assert!(remainder.abs() < right.abs() && (left - remainder) % right == 0);
            let Ok(Value::Number(quotient)) = run(Op::Divide, false) else { panic!("no quotient") };
            let error = quotient.mul(right.into()).unwrap().sub(left.into()).unwrap().abs();
            prop_assert!(error < "0.000000000000000001".parse().unwrap());
        }
    }

    /// A text is never read with a panic, and what is read fits.
    #[test]
    fn any_reply_is_read(reply in "[ \\[\\]{}\",:a-z0-9`<>/\\\\\n]{0,60}", ty in types()) {
        let plan = Mini::new().plan;
        if let Ok(value) = read_value(&plan, &reply, &ty, Requires::Checked) {
            prop_assert_eq!(check_value(&plan, &value, &ty, Requires::Checked), Ok(()));
        }
    }
}

fn count(json: &Json) -> u64 {
    1 + match json {
        Json::Array(items) => items.iter().map(count).sum(),
        Json::Object(entries) => entries.values().map(count).sum(),
        _ => 0,
    }
}

/// Puts `other` in the place of a node, counted from the top.
fn replace(json: &mut Json, place: u64, other: &Json) {
    if place == 0 {
        *json = other.clone();
        return;
    }
    let mut left = place - 1;
    let below: Vec<&mut Json> = match json {
        Json::Array(items) => items.iter_mut().collect(),
        Json::Object(entries) => entries.values_mut().collect(),
        _ => Vec::new(),
    };
    for node in below {
        let nodes = count(node);
        if left < nodes {
            return replace(node, left, other);
        }
        left -= nodes;
    }
}
