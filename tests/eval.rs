//! Expressions, texts, what fits, what is read, what is asked: as tables under `tests/eval`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod mini;

use agentflow::engine::eval::{
    EvalFault, NoVars, Requires, Value, answer_schema, bounds_text, check_value, eval, fit, read_value,
    render, to_json,
};
use agentflow::plan::Function;
use mini::{Mini, check_table, show};

fn evaluated(mini: &mut Mini, text: &str) -> String {
    let id = mini.expr(text);
    match eval(&mini.plan, id, &NoVars) {
        Ok(value) => show(&mini.plan, &value),
        Err(EvalFault { kind, message }) => format!("! {kind}: {message}"),
    }
}

#[test]
fn expressions() {
    check_table("expressions.txt", |text| evaluated(&mut Mini::new(), text));
}

#[test]
fn every_function_has_examples_that_hold() {
    for function in Function::ALL {
        let doc = function.doc();
        assert_eq!(doc.function, *function);
        for (text, line) in [(doc.signature, "signature"), (doc.does, "sentence"), (doc.edges, "edges")] {
            assert!(!text.is_empty(), "{function} has no {line}");
        }
        assert!(!doc.examples.is_empty() || *function == Function::Parse, "{function} has no example");
        for (example, same) in doc.examples {
            let mut mini = Mini::new();
            assert_eq!(evaluated(&mut mini, example), evaluated(&mut mini, same), "{example}");
        }
    }
}

/// The input's first line is a type, the rest JSON.
fn typed(input: &str) -> (Mini, agentflow::plan::Type, serde_json::Value) {
    let mini = Mini::new();
    let (ty, json) = input.split_once('\n').unwrap();
    let ty = mini.ty(ty);
    (mini, ty, serde_json::from_str(json).unwrap())
}

#[test]
fn values_are_written_to_the_byte() {
    check_table("texts.txt", |input| {
        let (mini, ty, json) = typed(input);
        let value = fit(&mini.plan, &json, &ty, Requires::Checked).unwrap();
        render(&mini.plan, &value, &ty)
    });
}

#[test]
fn what_does_not_fit_says_where_and_why() {
    check_table("fits.txt", |input| {
        let (mini, ty, json) = typed(input);
        match fit(&mini.plan, &json, &ty, Requires::Checked) {
            Ok(value) => {
                assert_eq!(check_value(&mini.plan, &value, &ty, Requires::Checked), Ok(()));
                to_json(&mini.plan, &value, Some(&ty)).to_string()
            }
            Err(misfits) => misfits.iter().map(|it| format!("! {it}")).collect::<Vec<_>>().join("\n"),
        }
    });
}

#[test]
fn replies_are_read() {
    check_table("replies.txt", |input| {
        let mini = Mini::new();
        let (ty, reply) = input.split_once('\n').unwrap();
        let ty = mini.ty(ty);
        match read_value(&mini.plan, reply, &ty, Requires::Checked) {
            Ok(value) => show(&mini.plan, &value),
            Err(reasons) => reasons.iter().map(|it| format!("! {it}")).collect::<Vec<_>>().join("\n"),
        }
    });
}

#[test]
fn schemas_say_what_a_type_is() {
    check_table("schemas.txt", |input| {
        let mini = Mini::new();
        match answer_schema(&mini.plan, &mini.ty(input.trim())) {
            Some(schema) => serde_json::to_string_pretty(&schema).unwrap(),
            None => "a plain text".to_owned(),
        }
    });
}

#[test]
fn bounds_are_told_in_sentences() {
    check_table("bounds.txt", |input| {
        let mini = Mini::new();
        bounds_text(&mini.plan, &mini.ty(input.trim()))
    });
}

#[test]
fn a_deep_expression_does_not_overflow_the_stack() {
    let mut mini = Mini::new();
    let mut id = mini.expr("1");
    for _ in 0..100_000 {
        let one = mini.expr("1");
        id = mini.push(agentflow::plan::Expr::Int(agentflow::plan::ArithmeticOp::Add, id, one));
    }
    assert_eq!(eval(&mini.plan, id, &NoVars), Ok(Value::Int(100_001)));
}

#[test]
fn an_expression_that_contains_itself_ends() {
    let mut mini = Mini::new();
    let id = mini.push(agentflow::plan::Expr::Not(agentflow::plan::ExprId(0)));
    mini.plan.exprs[0] = agentflow::plan::Expr::Not(id);
    assert_eq!(eval(&mini.plan, id, &NoVars).unwrap_err().kind, agentflow::plan::FaultKind::TooLong);
}
