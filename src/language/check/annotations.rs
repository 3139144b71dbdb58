use super::Cx;
use crate::base::{Decimal, Place, Span};
use crate::diag::{Code, Diagnostic, Fix, closest};
use crate::language::hir::CallableKind;
use crate::language::syntax::ast::{Annotation, AnnotationArg, Expr, ExprKind, Literal, Name, UnaryOp};
use crate::plan::{Annotations, Tiers};

/// What an annotation stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// An agent with tools, or without.
    Agent {
        /// Whether it has any.
        tools: bool,
    },
    /// A rubric.
    Rubric,
    /// A tool.
    Tool,
    /// A workflow.
    Workflow,
    /// A step that calls such a thing.
    StepOf(CallableKind),
    /// A step with an inline prompt.
    Prompt,
    /// A step that asks a person.
    Ask,
    /// A step whose callee was reported: whatever stands on it is let through.
    Unknown,
}

const KNOWN: [&str; 9] =
    ["tier", "retry", "timeout", "turns", "votes", "temperature", "max_tokens", "cache", "budget"];

/// The largest number of tries, turns or votes that may be written.
const MOST: i64 = 100;

impl Bearer {
    /// Whether L3.8 allows the annotation here: on a step, what its callable takes, and a budget.
    fn takes(self, name: &str) -> bool {
        use CallableKind as Kind;
        match self {
            Self::Unknown => true,
            Self::Agent { tools } => {
                name == "turns" && tools
                    || matches!(name, "tier" | "retry" | "timeout" | "temperature" | "max_tokens" | "cache")
            }
            Self::Rubric => {
                matches!(name, "tier" | "retry" | "timeout" | "votes" | "temperature" | "max_tokens")
            }
            Self::Tool | Self::StepOf(Kind::Tool) => matches!(name, "retry" | "timeout"),
            Self::Workflow | Self::StepOf(Kind::Workflow) => matches!(name, "tier" | "timeout" | "budget"),
            Self::StepOf(Kind::Agent) => {
                name == "turns"
                    || matches!(
                        name,
                        "tier" | "retry" | "timeout" | "temperature" | "max_tokens" | "cache" | "budget"
                    )
            }
            Self::Prompt => matches!(
                name,
                "tier" | "retry" | "timeout" | "temperature" | "max_tokens" | "cache" | "budget"
            ),
            Self::StepOf(Kind::Rubric) => matches!(
                name,
                "tier" | "retry" | "timeout" | "votes" | "temperature" | "max_tokens" | "budget"
            ),
            Self::Ask => name == "timeout",
        }
    }

    fn words(self) -> &'static str {
        use CallableKind as Kind;
        match self {
            Self::Agent { .. } => "an agent",
            Self::Rubric => "a rubric",
            Self::Tool => "a tool",
            Self::Workflow => "a workflow",
            Self::StepOf(Kind::Agent) => "a step that calls an agent",
            Self::StepOf(Kind::Rubric) => "a step that calls a rubric",
            Self::StepOf(Kind::Tool) => "a step that calls a tool",
            Self::StepOf(Kind::Workflow) => "a step that calls a workflow",
            Self::Prompt => "a step with a prompt",
            Self::Ask => "an `ask`",
            Self::Unknown => "this step",
        }
    }

    fn list(self) -> String {
        let taken: Vec<String> =
            KNOWN.iter().filter(|name| self.takes(name)).map(|name| format!("`@{name}`")).collect();
        match taken.as_slice() {
            [] => "nothing".into(),
            [one] => one.clone(),
            [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        }
    }
}

/// Reads annotations: place, type and range of each (L3.8). What is wrong is left out of the result.
pub fn check(cx: &mut Cx<'_>, annotations: &[Annotation], bearer: Bearer) -> Annotations {
    let mut out = Annotations::default();
    for (at, annotation) in annotations.iter().enumerate() {
        if annotation.name.is_missing() {
            continue;
        }
        let earlier = annotations.iter().take(at).find(|other| other.name.text == annotation.name.text);
        if let Some(earlier) = earlier {
            twice(cx, annotation, earlier.span);
        } else if allowed(cx, annotation, bearer) {
            Reader { cx: &mut *cx, annotation, bearer }.read(&mut out);
        }
    }
    out
}

fn twice(cx: &mut Cx<'_>, annotation: &Annotation, earlier: Span) {
    let message = format!("`@{}` stands here twice", annotation.name.text);
    let file = cx.file();
    let place = Place { file, span: annotation.span };
    let diagnostic = Diagnostic::new(Code::AnnotationTwice, file, annotation.span, message)
        .label(file, earlier, "the first one")
        .help("keep one of them")
        .fix(Fix::replace("take the second one away", place, ""));
    cx.report(diagnostic);
}

fn allowed(cx: &mut Cx<'_>, annotation: &Annotation, bearer: Bearer) -> bool {
    let name = annotation.name.text.as_str();
    if !KNOWN.contains(&name) {
        unknown(cx, annotation, bearer);
        return false;
    }
    if bearer.takes(name) {
        return true;
    }
    let message = format!("{} takes no `@{name}`", bearer.words());
    let help = match (name, bearer) {
        ("turns", Bearer::Agent { .. }) => "give it `tools`: `@turns` says how often it may use them".into(),
        ("cache", Bearer::Rubric | Bearer::StepOf(CallableKind::Rubric)) => {
            "votes are asked anew each time; take it away".into()
        }
        _ => format!("{} takes {}", bearer.words(), bearer.list()),
    };
    let diagnostic = Diagnostic::new(Code::AnnotationPlace, cx.file(), annotation.span, message).help(help);
    cx.report(diagnostic);
    false
}

fn unknown(cx: &mut Cx<'_>, annotation: &Annotation, bearer: Bearer) {
    let name = annotation.name.text.as_str();
    let file = cx.file();
    let message = format!("there is no annotation `@{name}`");
    let mut diagnostic = Diagnostic::new(Code::UnknownAnnotation, file, annotation.span, message);
    let habit = match name {
        "optional" | "nullable" => Some("a value that may be absent has a `?` behind its type: `text?`"),
        "model" | "llm" | "provider" => Some("a script says how hard the task is: `@tier(1)` to `@tier(4)`"),
        "retries" | "max_retries" => Some("`@retry(n)` says how often it is asked again"),
        "depends_on" | "depends" | "needs" => {
            Some("what a step waits for follows from its arguments; otherwise write `after`")
        }
        _ => None,
    };
    if let Some(close) = closest(name, KNOWN) {
        let place = Place { file, span: annotation.name.span };
        diagnostic = diagnostic.help(format!("did you mean `@{close}`?")).fix(Fix::replace(
            format!("write `@{close}`"),
            place,
            close,
        ));
    } else {
        let help = habit.map_or_else(|| format!("{} takes {}", bearer.words(), bearer.list()), String::from);
        diagnostic = diagnostic.help(help);
    }
    cx.report(diagnostic);
}

struct Reader<'r, 'p> {
    cx: &'r mut Cx<'p>,
    annotation: &'r Annotation,
    bearer: Bearer,
}

impl Reader<'_, '_> {
    fn read(&mut self, out: &mut Annotations) {
        match self.annotation.name.text.as_str() {
            "tier" => out.tier = self.tier(),
            "retry" => out.retry = self.whole(0, MOST, "a whole number: how often it is asked again"),
            "turns" => out.turns = self.whole(1, MOST, "a whole number of rounds of tool use"),
            "votes" => out.votes = self.votes(),
            "max_tokens" => out.max_tokens = self.whole(1, 10_000_000, "a whole number of tokens"),
            "temperature" => out.temperature = self.temperature(),
            "timeout" => out.timeout_ms = self.timeout(),
            "budget" => out.budget = self.budget(),
            "cache" => out.cache = self.cache(),
            _ => {}
        }
    }

    fn wrong(&mut self, span: Span, what: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(Code::AnnotationArgument, self.cx.file(), span, what).help(help);
        self.cx.report(diagnostic);
    }

    /// The one argument; otherwise that is reported.
    fn only(&mut self, wants: &str) -> Option<&AnnotationArg> {
        let annotation = self.annotation;
        match annotation.args.as_deref() {
            Some([one]) => Some(one),
            _ => {
                let name = &annotation.name.text;
                let found = match annotation.args.as_deref().map(<[_]>::len) {
                    None | Some(0) => "found none".to_string(),
                    Some(count) => format!("found {count} arguments"),
                };
                let message = format!("`@{name}` expects {wants}, {found}");
                self.wrong(annotation.span, message, example(name));
                None
            }
        }
    }

    fn kind(&mut self, arg: &AnnotationArg, wants: &str) {
        let (found, span) = match arg {
            AnnotationArg::Range(_, _, span) => ("a range", *span),
            AnnotationArg::Duration(_, span) => ("a duration", *span),
            AnnotationArg::Money(_, span) => ("an amount of money", *span),
            AnnotationArg::Expr(expr) => match &expr.kind {
                ExprKind::Missing => return,
                ExprKind::Text(_) => ("a text", expr.span),
                ExprKind::Int(_) | ExprKind::Number(_) => ("a number", expr.span),
                ExprKind::Bool(_) => ("`true` or `false`", expr.span),
                ExprKind::Name(_) => ("a name that is no such constant", expr.span),
                _ => ("an expression", expr.span),
            },
        };
        let name = &self.annotation.name.text;
        self.wrong(span, format!("`@{name}` expects {wants}, found {found}"), example(name));
    }

    /// A whole number, written out or as the name of a constant.
    fn whole(&mut self, low: i64, high: i64, wants: &str) -> Option<u32> {
        let arg = self.only(wants)?.clone();
        let value = match &arg {
            AnnotationArg::Expr(expr) => whole_of(self.cx, expr),
            _ => Constant::Other,
        };
        match value {
            Constant::Whole(value) if (low..=high).contains(&value) => u32::try_from(value).ok(),
            Constant::Whole(value) => {
                let name = &self.annotation.name.text;
                let message = format!("`@{name}` goes from {low} to {high}, found {value}");
                self.wrong(span_of(&arg), message, example(name));
                None
            }
            Constant::Reported => None,
            Constant::Number(_) | Constant::Other => {
                self.kind(&arg, wants);
                None
            }
        }
    }

    fn votes(&mut self) -> Option<u32> {
        let votes = self.whole(1, MOST, "an odd number of judgements")?;
        if votes % 2 == 1 {
            return Some(votes);
        }
        let span = self.annotation.span;
        let message = format!("`@votes` expects an odd number of judgements, found {votes}");
        self.wrong(span, message, "an odd number has a majority: `@votes(3)`");
        None
    }

    fn tier(&mut self) -> Option<Tiers> {
        let wants = "a tier from 1 to 4, or a range of tiers";
        let arg = self.only(wants)?.clone();
        if let AnnotationArg::Range(low, high, span) = &arg {
            return self.tier_range(low, high, *span);
        }
        let AnnotationArg::Expr(expr) = &arg else {
            self.kind(&arg, wants);
            return None;
        };
        if let ExprKind::Name(name) = &expr.kind
            && self.cx.names().is_some_and(|names| !names.constants.contains_key(&name.text))
        {
            self.wrong(
                expr.span,
                format!("`@tier` takes a number from 1 to 4, and there is no constant `{}`", name.text),
                TIERS,
            );
            return None;
        }
        match whole_of(self.cx, expr) {
            Constant::Whole(0) if self.bearer == Bearer::Workflow => Some(Tiers { low: 0, high: 0 }),
            Constant::Whole(0) => {
                let message = "`@tier(0)` says that no model is called, and stands on a workflow only";
                self.wrong(expr.span, message, "tiers go from 1 to 4");
                None
            }
            Constant::Whole(value @ 1..=4) => {
                let tier = u8::try_from(value).unwrap_or(4);
                Some(Tiers { low: tier, high: tier })
            }
            Constant::Whole(value) => {
                self.wrong(expr.span, format!("tiers go from 1 to 4, found {value}"), TIERS);
                None
            }
            Constant::Reported => None,
            Constant::Number(_) | Constant::Other => {
                self.kind(&arg, wants);
                None
            }
        }
    }

    fn tier_range(&mut self, low: &Literal, high: &Literal, span: Span) -> Option<Tiers> {
        let whole = |it: &Literal| it.value.filter(|_| it.whole).and_then(Decimal::to_i64);
        if low.value.is_none() || high.value.is_none() {
            return None;
        }
        match (whole(low), whole(high)) {
            (Some(low @ 1..=4), Some(high @ 1..=4)) if low <= high => {
                Some(Tiers { low: u8::try_from(low).unwrap_or(1), high: u8::try_from(high).unwrap_or(4) })
            }
            (Some(low @ 1..=4), Some(high @ 1..=4)) => {
                let file = self.cx.file();
                let place = Place { file, span };
                let message = format!("a range of tiers begins with the lower one, found `{low}..{high}`");
                let right = format!("{high}..{low}");
                let fix = Fix::replace(format!("write `{right}`"), place, right.clone());
                let diagnostic = Diagnostic::new(Code::AnnotationArgument, file, span, message)
                    .help(format!("write `@tier({right})`"))
                    .fix(fix);
                self.cx.report(diagnostic);
                None
            }
            _ => {
                self.wrong(span, "tiers go from 1 to 4", TIERS);
                None
            }
        }
    }

    fn temperature(&mut self) -> Option<Decimal> {
        let wants = "a number from 0 to 2";
        let arg = self.only(wants)?.clone();
        let value = match &arg {
            AnnotationArg::Expr(expr) => whole_of(self.cx, expr),
            _ => Constant::Other,
        };
        let number = match value {
            Constant::Whole(whole) => Decimal::from(whole),
            Constant::Number(number) => number,
            Constant::Reported => return None,
            Constant::Other => {
                self.kind(&arg, wants);
                return None;
            }
        };
        if Decimal::ZERO <= number && number <= Decimal::from(2) {
            return Some(number);
        }
        let message = format!("`@temperature` goes from 0 to 2, found {number}");
        self.wrong(span_of(&arg), message, example("temperature"));
        None
    }

    fn timeout(&mut self) -> Option<u64> {
        let arg = self.only("a duration")?.clone();
        match &arg {
            AnnotationArg::Duration(0, span) => {
                self.wrong(*span, "a `@timeout` of nothing leaves no time for a try", example("timeout"));
                None
            }
            AnnotationArg::Duration(millis, _) => Some(*millis),
            AnnotationArg::Expr(Expr { kind: ExprKind::Int(number), span }) => {
                let message = format!("`@timeout` expects a duration, found {number} without a unit");
                let help = format!("say of what: `{number}s` or `{number}m`");
                self.wrong(*span, message, &help);
                None
            }
            _ => {
                self.kind(&arg, "a duration");
                None
            }
        }
    }

    fn budget(&mut self) -> Option<Decimal> {
        let arg = self.only("an amount of money")?.clone();
        match &arg {
            AnnotationArg::Money(amount, span) if *amount <= Decimal::ZERO => {
                self.wrong(*span, "a `@budget` of nothing pays for no call", example("budget"));
                None
            }
            AnnotationArg::Money(amount, _) => Some(*amount),
            AnnotationArg::Expr(expr @ Expr { kind: ExprKind::Int(_) | ExprKind::Number(_), span }) => {
                let file = self.cx.file();
                let money = format!("${}", self.cx.source_text(expr.span));
                let message = "`@budget` expects an amount of money, found a number without `$`";
                let fix =
                    Fix::replace(format!("write `{money}`"), Place { file, span: *span }, money.clone());
                let diagnostic = Diagnostic::new(Code::AnnotationArgument, file, *span, message)
                    .help(format!("write `@budget({money})`"))
                    .fix(fix);
                self.cx.report(diagnostic);
                None
            }
            _ => {
                self.kind(&arg, "an amount of money");
                None
            }
        }
    }

    fn cache(&mut self) -> bool {
        if self.annotation.args.as_deref().is_some_and(|args| !args.is_empty()) {
            let span = self.annotation.span;
            self.wrong(span, "`@cache` takes no argument", "write `@cache`");
        }
        true
    }
}

const TIERS: &str = "1 sorts and extracts, 2 writes, 3 judges and analyses, 4 is for the hardest reasoning";

fn example(name: &str) -> &'static str {
    match name {
        "tier" => "write `@tier(2)`, or `@tier(2..4)` to climb",
        "retry" => "write `@retry(2)`",
        "turns" => "write `@turns(4)`",
        "votes" => "write `@votes(3)`",
        "temperature" => "write `@temperature(0.2)`",
        "max_tokens" => "write `@max_tokens(800)`",
        "timeout" => "write `@timeout(30s)`",
        "budget" => "write `@budget($0.50)`",
        _ => "write `@cache`",
    }
}

fn span_of(arg: &AnnotationArg) -> Span {
    match arg {
        AnnotationArg::Range(_, _, span)
        | AnnotationArg::Duration(_, span)
        | AnnotationArg::Money(_, span) => *span,
        AnnotationArg::Expr(expr) => expr.span,
    }
}

/// What an argument is as a constant (L3.5).
enum Constant {
    Whole(i64),
    Number(Decimal),
    Reported,
    Other,
}

fn whole_of(cx: &mut Cx<'_>, expr: &Expr) -> Constant {
    match &expr.kind {
        ExprKind::Missing => Constant::Reported,
        ExprKind::Int(value) => Constant::Whole(*value),
        ExprKind::Number(value) => Constant::Number(*value),
        ExprKind::Paren(inner) => whole_of(cx, inner),
        ExprKind::Unary(UnaryOp::Negate, _, inner) => match whole_of(cx, inner) {
            Constant::Whole(value) => value.checked_neg().map_or(Constant::Other, Constant::Whole),
            Constant::Number(value) => Constant::Number(value.negate()),
            other => other,
        },
        ExprKind::Name(name) => named(cx, name),
        _ => Constant::Other,
    }
}

fn named(cx: &mut Cx<'_>, name: &Name) -> Constant {
    use crate::language::hir;
    use crate::plan::Literal;
    let Some(constant) = cx.constant(name) else { return Constant::Reported };
    if let Some(whole) = constant.whole {
        return Constant::Whole(whole);
    }
    match &constant.value.kind {
        hir::ExprKind::Literal(Literal::Number(value)) => Constant::Number(*value),
        hir::ExprKind::Error => Constant::Reported,
        _ => Constant::Other,
    }
}
