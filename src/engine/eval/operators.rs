//! Operators over values that are there.

use super::compare::{equal, order};
use super::expr::as_list;
use super::limits::list_fits;
use super::{EvalFault, Value};
use crate::base::{Decimal, DecimalError};
use crate::plan::{ArithmeticOp, CompareOp, Pattern, Plan};
use std::cmp::Ordering;

/// `x.name`; of `none`, `none`.
pub(super) fn field(value: &Value, position: u32) -> Result<Value, EvalFault> {
    match value {
        Value::None => Ok(Value::None),
        other => other
            .field(position as usize)
            .cloned()
            .ok_or_else(|| EvalFault::type_fault("a record does not have this field")),
    }
}

/// `xs[n]`; `none` outside the list, a negative index too.
pub(super) fn index(list: &Value, index: &Value) -> Result<Value, EvalFault> {
    let position = index.as_int().ok_or_else(|| EvalFault::type_fault("an index is no int"))?;
    let item = usize::try_from(position).ok().and_then(|position| as_list(list).ok()?.get(position).cloned());
    as_list(list).map(|_| item.unwrap_or(Value::None))
}

/// `-x`
pub(super) fn negate(value: &Value) -> Result<Value, EvalFault> {
    match value {
        Value::Int(value) => match value.checked_neg() {
            Some(negated) => Ok(Value::Int(negated)),
            None => Err(EvalFault::arithmetic(format!("`-({value})` is too large for an int"))),
        },
        Value::Number(value) => Ok(Value::Number(value.negate())),
        _ => Err(EvalFault::type_fault("`-` of what is no number")),
    }
}

/// Arithmetic on ints. `%` takes the divisor's sign: `-7 % 3` is 2, `7 % -3` is -2.
pub(super) fn int(op: ArithmeticOp, left: &Value, right: &Value) -> Result<Value, EvalFault> {
    let (Value::Int(left), Value::Int(right)) = (left, right) else {
        return Err(EvalFault::type_fault("arithmetic on ints of what is none"));
    };
    if *right == 0 && matches!(op, ArithmeticOp::Divide | ArithmeticOp::Remainder) {
        return Err(EvalFault::arithmetic(format!("division by zero: {left} {} 0", sign(op))));
    }
    let result = match op {
        ArithmeticOp::Add => left.checked_add(*right),
        ArithmeticOp::Subtract => left.checked_sub(*right),
        ArithmeticOp::Multiply => left.checked_mul(*right),
        ArithmeticOp::Remainder => Some(floored_remainder(*left, *right)),
        ArithmeticOp::Divide => return number(op, &Value::Int(*left), &Value::Int(*right)),
    };
    result
        .map(Value::Int)
        .ok_or_else(|| EvalFault::arithmetic(format!("{left} {} {right} is too large for an int", sign(op))))
}

fn floored_remainder(left: i64, right: i64) -> i64 {
    let remainder = left.wrapping_rem(right);
    if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
}

fn sign(op: ArithmeticOp) -> char {
    match op {
        ArithmeticOp::Add => '+',
        ArithmeticOp::Subtract => '-',
        ArithmeticOp::Multiply => '*',
        ArithmeticOp::Divide => '/',
        ArithmeticOp::Remainder => '%',
    }
}

/// Arithmetic on numbers; a quotient has 28 digits, half to even.
pub(super) fn number(op: ArithmeticOp, left: &Value, right: &Value) -> Result<Value, EvalFault> {
    let (Some(left), Some(right)) = (left.as_number(), right.as_number()) else {
        return Err(EvalFault::type_fault("arithmetic on numbers of what is none"));
    };
    let result = match op {
        ArithmeticOp::Add => left.add(right),
        ArithmeticOp::Subtract => left.sub(right),
        ArithmeticOp::Multiply => left.mul(right),
        ArithmeticOp::Divide => left.div(right),
        ArithmeticOp::Remainder => remainder(left, right),
    };
    result.map(Value::Number).map_err(|error| match error {
        DecimalError::DivisionByZero => {
            EvalFault::arithmetic(format!("division by zero: {left} {} 0", sign(op)))
        }
        _ => EvalFault::arithmetic(format!("{left} {} {right} is too large for a number", sign(op))),
    })
}

fn remainder(left: Decimal, right: Decimal) -> Result<Decimal, DecimalError> {
    left.sub(left.div(right)?.floor().mul(right)?)
}

/// `+` on lists.
pub(super) fn concat(left: &Value, right: &Value) -> Result<Value, EvalFault> {
    let (left, right) = (as_list(left)?, as_list(right)?);
    list_fits(left.len().saturating_add(right.len()))?;
    Ok(Value::list(left.iter().chain(right).cloned().collect()))
}

/// A comparison.
pub(super) fn compare(plan: &Plan, op: CompareOp, left: &Value, right: &Value) -> Result<Value, EvalFault> {
    let holds = match op {
        CompareOp::Equal => equal(plan, left, right),
        CompareOp::NotEqual => !equal(plan, left, right),
        CompareOp::Less => order(left, right)? == Ordering::Less,
        CompareOp::LessEqual => order(left, right)? != Ordering::Greater,
        CompareOp::Greater => order(left, right)? == Ordering::Greater,
        CompareOp::GreaterEqual => order(left, right)? != Ordering::Less,
    };
    Ok(Value::Bool(holds))
}

/// `x is pattern`
pub(super) fn is(value: &Value, pattern: &Pattern) -> bool {
    match (value, pattern) {
        (Value::None, Pattern::None) => true,
        (Value::Bool(value), Pattern::Bool(wanted)) => value == wanted,
        (Value::Grade(value), Pattern::Grade(wanted)) => value == wanted,
        (Value::Variant(ty, position), Pattern::Variant(wanted, at)) => ty == wanted && position == at,
        (Value::Record(record), Pattern::Member(wanted)) => record.ty == *wanted,
        _ => false,
    }
}
