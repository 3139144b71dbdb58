use super::cx::{Cx, Room};
use super::declarations::once;
use super::narrow::facts;
use super::wanted::Wanted;
use crate::base::{Decimal, Span};
use crate::diag::Code;
use crate::language::hir::{
    self, CallableId, Criterion, Dimension, DimensionKind, Expr, ExprKind, Piece, Type,
};
use crate::language::syntax::ast::{self, DimensionBody, RubricItem};
use crate::plan::Grade;
use regex::Regex;
use std::sync::OnceLock;

/// The inside of a rubric (§7).
pub(super) fn check_rubric(cx: &mut Cx<'_>, id: CallableId, rubric: &ast::Rubric) -> hir::Rubric {
    cx.begin(Room::Rubric);
    cx.bind_params(id, &rubric.head.params);
    let defaults = cx.defaults(id, &rubric.head.params);
    let mut gates = Vec::new();
    let mut known = Vec::new();
    for item in &rubric.items {
        let RubricItem::Require(require) = item else { continue };
        let gate = cx.require(require);
        known.extend(facts(cx, &gate.condition).holds);
        gates.push(gate);
    }
    // All gates are checked, so none narrows another; where one fails nothing else is looked at (L7.2).
    cx.scope.assume(&known);
    let mut dimensions: Vec<(Span, Dimension)> = Vec::new();
    let mut floor = None;
    for item in &rubric.items {
        match item {
            RubricItem::Require(_) => {}
            RubricItem::Floor(at, name) => {
                if let Some(grade) = floor_of(cx, name) {
                    once(cx, "floor", *at, &mut floor, grade);
                }
            }
            RubricItem::Dimension(dimension) => {
                if let Some(checked) = dimension_of(cx, dimension, &dimensions) {
                    dimensions.push((dimension.name.span, checked));
                }
            }
        }
    }
    if rubric.items.is_empty() && !cx.has_slip(rubric.head.span) {
        let message = format!("the rubric `{}` judges nothing", rubric.head.name.text);
        let report = cx
            .error(Code::RubricEmpty, rubric.head.name.span, message)
            .help("add a dimension: `clarity \"A reader understands it at once\"`, or a gate: `require …`");
        cx.report(report);
    }
    hir::Rubric {
        locals: cx.take_locals(),
        defaults,
        gates,
        dimensions: dimensions.into_iter().map(|(_, dimension)| dimension).collect(),
        floor: floor.map(|(_, grade)| grade),
        annotations: crate::plan::Annotations::default(),
    }
}

fn floor_of(cx: &mut Cx<'_>, name: &ast::Name) -> Option<Grade> {
    if name.is_missing() {
        return None;
    }
    let grade = name.text.parse::<Grade>().ok();
    if grade.is_none() {
        let report = cx
            .error(
                Code::WrongFloor,
                name.span,
                format!("expected a grade behind `floor`, found `{}`", name.text),
            )
            .help("a grade is S, A, B, C, D or F");
        cx.report(report);
    }
    grade
}

fn dimension_of(
    cx: &mut Cx<'_>,
    dimension: &ast::Dimension,
    others: &[(Span, Dimension)],
) -> Option<Dimension> {
    let name = &dimension.name;
    if let Some((first, _)) = others.iter().find(|(_, other)| other.name == name.text && !name.is_missing()) {
        let report = cx
            .error(
                Code::DeclaredTwice,
                name.span,
                format!("there are two dimensions of the name `{}`", name.text),
            )
            .here("again here")
            .label(cx.file, *first, "first here");
        cx.report(report);
    }
    let weight = dimension.weight.as_ref().map_or(Decimal::ONE, |weight| weight_of(cx, weight));
    let kind = match &dimension.body {
        DimensionBody::Missing => return None,
        DimensionBody::Described(text) => {
            let text = cx.text(text);
            counts(cx, &text);
            DimensionKind::Described(text)
        }
        DimensionBody::Criteria(criteria) => {
            if criteria.is_empty() && !cx.has_slip(dimension.span) {
                let report = cx
                    .error(
                        Code::RubricEmpty,
                        name.span,
                        format!("the dimension `{}` asks nothing", name.text),
                    )
                    .help("ask a question that is answered with yes or no: `\"Every claim has a source\"`");
                cx.report(report);
            }
            DimensionKind::Criteria(criteria.iter().map(|criterion| criterion_of(cx, criterion)).collect())
        }
    };
    Some(Dimension { name: name.text.clone(), weight, kind })
}

/// A weight is known before the run, and above 0.
fn weight_of(cx: &mut Cx<'_>, weight: &ast::Expr) -> Decimal {
    let value = cx.expect(weight, &Type::NUMBER, Wanted::Words("a weight is a number"));
    if value.ty == Type::Error || matches!(value.kind, ExprKind::Error) {
        return Decimal::ONE;
    }
    match cx.known_number(&value) {
        Some(number) if number > Decimal::ZERO => number,
        Some(number) => {
            let report = cx
                .error(Code::WrongWeight, weight.span, format!("a weight is above 0, found {number}"))
                .help("leave out what should not count; without `weight` a dimension counts 1");
            cx.report(report);
            Decimal::ONE
        }
        None => {
            if matches!(value.ty, Type::Int(_) | Type::Number(_)) {
                let report = cx
                    .error(
                        Code::WrongWeight,
                        weight.span,
                        "a weight is a number that is written here, or a constant",
                    )
                    .help("write `weight 2`");
                cx.report(report);
            }
            Decimal::ONE
        }
    }
}

fn criterion_of(cx: &mut Cx<'_>, criterion: &ast::Criterion) -> Criterion {
    match criterion {
        ast::Criterion::Question(text) => {
            let text = cx.text(text);
            counts(cx, &text);
            Criterion::Question(text)
        }
        ast::Criterion::Check(_, expr) => Criterion::Check(check_of(cx, expr)),
    }
}

/// A `check` is a `bool` or a `number 0..1` (L7.3).
fn check_of(cx: &mut Cx<'_>, expr: &ast::Expr) -> Expr {
    let share = Type::Number(Some((Decimal::ZERO, Decimal::ONE)));
    let value = cx.infer(expr, Some(&Type::Bool));
    if matches!(value.ty, Type::Bool | Type::Error) || cx.fits_value(&value, &share) {
        return value;
    }
    let called = cx.called(expr.span);
    let code = called.trim_matches('`');
    let found = cx.show(&value.ty);
    let report =
        cx.error(Code::WrongCheck, expr.span, format!("a `check` is a bool or a number 0..1, found {found}"));
    let report = match &value.ty {
        Type::Int(_) | Type::Number(_) => {
            report.help(format!("bring it between 0 and 1: `clamp({code}, 0, 1)`"))
        }
        Type::Optional(_) => report.help(format!("ask whether it is there: `{code} is not none`")),
        _ => report.help("compare it with something: `count(items) > 0`"),
    };
    cx.report(report);
    value
}

/// Warns where a model is asked what code can count (L7.7).
fn counts(cx: &mut Cx<'_>, text: &Expr) {
    static COUNTED: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = r"(?i)\b(?:at most|at least|no more than|not more than|fewer than|less than|more than|under|over|exactly|up to|within|a maximum of|a minimum of)\s+(?:\d[\d,._]*)\s+(words?|characters?|chars|letters|lines?|items?|entries|findings?|bullet points?)\b";
    let ExprKind::Text(pieces) = &text.kind else { return };
    let Some(counted) = COUNTED.get_or_init(|| Regex::new(pattern).ok()) else { return };
    let found = pieces.iter().find_map(|piece| match piece {
        Piece::Chars(chars) => counted.captures(chars),
        _ => None,
    });
    let Some(found) = found else { return };
    let (whole, unit) =
        (found.get(0).map_or("", |it| it.as_str()), found.get(1).map_or("", |it| it.as_str()));
    let help = match unit.to_lowercase().as_str() {
        "word" | "words" => {
            "count it yourself: `require count(words(draft)) <= 120 otherwise \"…\"`, or `check …`"
        }
        "line" | "lines" => {
            "count it yourself: `require count(lines(draft)) <= 20 otherwise \"…\"`, or `check …`"
        }
        "character" | "characters" | "chars" | "letters" => {
            "count it yourself: `require length(draft) <= 280 otherwise \"…\"`, or `check …`"
        }
        _ => "count it yourself: `require count(items) <= 20 otherwise \"…\"`, or `check …`",
    };
    let message = format!("a model is asked to count: \"{whole}\"");
    let report = cx.error(Code::CountedByModel, text.span, message).help(help);
    cx.report(report);
}
