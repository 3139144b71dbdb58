use super::access::bare;
use super::arguments::count_of;
use crate::base::Span;
use crate::diag::{Code, Fix, closest};
use crate::language::check::cx::{Cx, broken};
use crate::language::check::wanted::Wanted;
use crate::language::hir::functions::{Takes, cut_to, result, shape, show_call};
use crate::language::hir::{Expr, ExprKind, Type, suggest};
use crate::language::syntax::ast::{Arg, Call};
use crate::plan::{Function, TextUnit};
use std::sync::Arc;

impl Cx<'_> {
    /// A call of a built-in function (L5.2).
    pub(super) fn function(&mut self, function: Function, call: &Call, want: Option<&Type>) -> Expr {
        let Some((args, unit)) = self.function_args(function, call) else {
            self.args_silently(call);
            return broken(call.span);
        };
        let mut values = Vec::with_capacity(args.len());
        for (arg, (name, takes)) in args.iter().zip(shape(function).params) {
            values.push(self.function_arg(function, arg, name, *takes));
        }
        if values.iter().any(|value| value.ty == Type::Error) {
            return broken(call.span);
        }
        self.made(function, call.span, values, unit, want)
    }

    fn made(
        &mut self,
        function: Function,
        span: Span,
        values: Vec<Expr>,
        unit: TextUnit,
        want: Option<&Type>,
    ) -> Expr {
        match function {
            Function::Parse => return self.parse(span, values, want),
            Function::Cut | Function::Chunks => return self.cut(function, span, values, unit),
            _ => {}
        }
        let types: Vec<Type> = values.iter().map(|value| value.ty.clone()).collect();
        let known: Vec<_> = values.iter().map(|value| self.known_number(value)).collect();
        let ty = result(function, &types, &known);
        Expr { ty, span, kind: ExprKind::Call(function, values) }
    }

    /// Which argument stands for which parameter; a slip was reported.
    fn function_args<'c>(&mut self, function: Function, call: &'c Call) -> Option<(Vec<&'c Arg>, TextUnit)> {
        let shape = shape(function);
        let mut slots: Vec<Option<&Arg>> = vec![None; shape.params.len()];
        let mut unit = TextUnit::Words;
        let is_measured = matches!(function, Function::Cut | Function::Chunks);
        for (position, arg) in call.args.iter().enumerate() {
            let at = match &arg.name {
                None if is_measured && position == 1 => {
                    self.unmeasured(function, arg);
                    return None;
                }
                None => position,
                Some(name) if is_measured && name.text == "chars" => {
                    unit = TextUnit::Chars;
                    1
                }
                Some(name) => match shape.params.iter().position(|(param, _)| *param == name.text) {
                    Some(at) => at,
                    None => {
                        self.unknown_function_arg(function, arg);
                        return None;
                    }
                },
            };
            match slots.get_mut(at) {
                Some(slot @ None) => *slot = Some(arg),
                Some(Some(first)) => {
                    let report = self
                        .error(Code::GivenTwice, arg.span, "this argument is given twice")
                        .label(self.file, first.span, "first here");
                    self.report(report);
                    return None;
                }
                None => {
                    self.wrong_count(function, call);
                    return None;
                }
            }
        }
        let given: Vec<&Arg> = slots.iter().map_while(|slot| *slot).collect();
        if given.len() < shape.needed || given.len() != slots.iter().flatten().count() {
            self.wrong_count(function, call);
            return None;
        }
        Some((given, unit))
    }

    fn unmeasured(&mut self, function: Function, arg: &Arg) {
        let called = self.called(arg.value.span);
        let report = self
            .error(Code::WrongArguments, arg.span, format!("`{function}` needs to know what is counted"))
            .help(format!("write `words: {0}` or `chars: {0}`", bare(&called)));
        self.report(report);
    }

    fn unknown_function_arg(&mut self, function: Function, arg: &Arg) {
        let Some(name) = &arg.name else { return };
        let message = format!("`{function}` has no parameter `{}`", name.text);
        let report = self
            .error(Code::WrongArguments, name.span, message)
            .note(format!("it is `{}`", show_call(function)));
        let report = match closest(&name.text, shape(function).params.iter().map(|(name, _)| *name)) {
            Some(near) => suggest(report, self.file, name.span, near),
            None => report,
        };
        self.report(report);
    }

    fn wrong_count(&mut self, function: Function, call: &Call) {
        let shape = shape(function);
        let most = shape.params.len();
        let takes = if shape.needed == most {
            count_of(most, "argument")
        } else {
            format!("{} or {}", shape.needed, count_of(most, "argument"))
        };
        let message = format!("`{function}` takes {takes}, found {}", call.args.len());
        let report = self.error(Code::WrongArguments, call.span, message);
        let takes_list = matches!(function, Function::Min | Function::Max | Function::Sum | Function::Mean);
        let report = if takes_list && call.args.len() > 1 {
            report.help(format!("it takes one list: `{function}([a, b])`"))
        } else {
            report.help(format!("it is `{}`", show_call(function)))
        };
        self.report(report);
    }

    fn function_arg(&mut self, function: Function, arg: &Arg, name: &str, takes: Takes) -> Expr {
        let expr = &arg.value;
        let words = |what: &'static str| Wanted::Function(function, name, what);
        match takes {
            Takes::Text => self.expect(expr, &Type::TEXT, words("a text")),
            Takes::Int => self.expect(expr, &Type::INT, words("an int")),
            Takes::Measure => {
                let value = self.expect(expr, &Type::INT, words("an int"));
                self.at_least_one(&value);
                value
            }
            Takes::Number => self.expect(expr, &Type::NUMBER, words("a number")),
            Takes::Date => self.expect(expr, &Type::Date, words("a date")),
            Takes::Pattern => {
                let value = self.expect(expr, &Type::TEXT, words("a text"));
                self.check_pattern(&value);
                value
            }
            Takes::Literal => self.day(arg),
            Takes::TextOrJson => {
                let value = self.infer(expr, None);
                if matches!(value.ty, Type::Json | Type::Error) {
                    return value;
                }
                self.expect_checked(value, &Type::TEXT, words("a text or json"))
            }
            Takes::Anything => self.infer(expr, None),
            Takes::List | Takes::Numbers | Takes::Ordered | Takes::Scalars | Takes::Lists => {
                self.list_arg(function, arg, takes)
            }
        }
    }

    fn list_arg(&mut self, function: Function, arg: &Arg, takes: Takes) -> Expr {
        let value = self.infer(&arg.value, None);
        if let Type::Text(_) = value.ty.present() {
            let called = self.called(value.span);
            let message = format!("`{function}` takes a list, found a text");
            let help = match function {
                Function::Count => format!(
                    "write `length({0})` for its characters, `count(words({0}))` for its words",
                    bare(&called)
                ),
                _ => format!("take its lines or words: `lines({0})`, `words({0})`", bare(&called)),
            };
            let report = self.error(Code::NotAList, value.span, message).help(help);
            self.report(report);
            return broken(value.span);
        }
        let item = match &value.ty {
            Type::List(item, _) => (**item).clone(),
            _ => self.items_of(&value, &format!("`{function}` takes a list")).0,
        };
        if item == Type::Error || value.ty.is_optional() {
            return broken(value.span);
        }
        let wrong = match takes {
            Takes::Numbers => !matches!(item, Type::Int(_) | Type::Number(_) | Type::Never),
            Takes::Ordered => !self.is_ordered(&item),
            Takes::Scalars => !self.is_scalar(&item),
            Takes::Lists => !matches!(item, Type::List(..) | Type::Never),
            _ => false,
        };
        if wrong {
            self.wrong_items(function, &value, &item, takes);
            return broken(value.span);
        }
        value
    }

    fn wrong_items(&mut self, function: Function, value: &Expr, item: &Type, takes: Takes) {
        let wanted = match takes {
            Takes::Numbers => "numbers",
            Takes::Ordered => "items that have an order",
            Takes::Scalars => "texts",
            _ => "lists",
        };
        let message = format!("`{function}` takes a list of {wanted}, found {}", self.show(&value.ty));
        let called = self.called(value.span);
        let code = bare(&called);
        let report = self.error(Code::WrongItems, value.span, message);
        let report = if item.is_optional() {
            report.help(format!("drop what is absent first: `{function}(present({code}))`"))
        } else if matches!(item, Type::Named(_) | Type::OneOf(_)) && takes != Takes::Lists {
            report.help(format!("take a field of each: `[x.name for x in {code}]`"))
        } else {
            report
        };
        let report = self.with_origin(report, value);
        self.report(report);
    }

    /// Whether a value is written on one line.
    fn is_scalar(&self, ty: &Type) -> bool {
        use crate::language::hir::TypeKind;
        match ty {
            Type::Text(_)
            | Type::Int(_)
            | Type::Number(_)
            | Type::Bool
            | Type::Date
            | Type::Grade
            | Type::Never => true,
            Type::Named(id) => {
                matches!(
                    self.type_decl(*id).map(|decl| &decl.kind),
                    Some(TypeKind::Enum { .. } | TypeKind::Error)
                )
            }
            _ => false,
        }
    }

    fn at_least_one(&mut self, value: &Expr) {
        if self.whole(value).is_some_and(|count| count < 1) {
            let report = self.error(Code::WrongBound, value.span, "expected a count of at least 1");
            self.report(report);
        }
    }

    /// A regular expression that is known is compiled now.
    fn check_pattern(&mut self, value: &Expr) {
        let Some(pattern) = self.known_text(value) else { return };
        if let Err(error) = regex::Regex::new(&pattern) {
            let why = regex_error(&error);
            let report = self
                .error(Code::WrongLiteral, value.span, format!("this is no regular expression: {why}"))
                .help("in a `\"…\"` a backslash is written twice; in a block text once");
            self.report(report);
        }
    }

    /// The day of `date("2025-03-01")`, which is checked where it stands.
    fn day(&mut self, arg: &Arg) -> Expr {
        let value = self.expect(&arg.value, &Type::TEXT, Wanted::Words("`date` takes a day as a text"));
        if value.ty == Type::Error {
            return value;
        }
        let Some(text) = self.known_text(&value) else {
            let called = self.called(value.span);
            let report = self
                .error(
                    Code::WrongLiteral,
                    value.span,
                    "`date` takes a day that is written here: `date(\"2025-03-01\")`",
                )
                .help(format!(
                    "read a day from a text with a declared type: `let day: date? = parse({})`",
                    bare(&called)
                ));
            self.report(report);
            return broken(value.span);
        };
        if !is_day(&text) {
            let report = self
                .error(
                    Code::WrongLiteral,
                    value.span,
                    format!("expected a day like 2025-03-01, found `{text}`"),
                )
                .help("a year of four digits, a month, a day, with `-` between");
            self.report(report);
            return broken(value.span);
        }
        value
    }

    /// `parse(x)`, which gives what is declared for it, or `none`.
    fn parse(&mut self, span: Span, values: Vec<Expr>, want: Option<&Type>) -> Expr {
        let Some(value) = values.into_iter().next() else { return broken(span) };
        let wanted = want.map(Type::present).filter(|want| !matches!(want, Type::None | Type::Never));
        match wanted {
            Some(Type::Error) => broken(span),
            Some(wanted) => {
                let wanted = wanted.clone();
                let ty = wanted.clone().optional();
                Expr { ty, span, kind: ExprKind::Parse(Box::new(value), wanted) }
            }
            None => {
                let report = self
                    .error(Code::TypeNeeded, span, "nothing says what `parse` should read")
                    .help("declare the type: `let order: Order? = parse(reply)`");
                self.report(report);
                broken(span)
            }
        }
    }

    fn cut(&mut self, function: Function, span: Span, values: Vec<Expr>, unit: TextUnit) -> Expr {
        let mut values = values.into_iter();
        let (Some(text), Some(count)) = (values.next(), values.next()) else { return broken(span) };
        let piece = cut_to(&text.ty, unit, self.whole(&count));
        let (text, count) = (Box::new(text), Box::new(count));
        if function == Function::Cut {
            return Expr { ty: piece, span, kind: ExprKind::Cut(text, unit, count) };
        }
        let ty = Type::List(Arc::new(piece), None);
        Expr { ty, span, kind: ExprKind::Chunks(text, unit, count) }
    }

    /// A fix that replaces what stands at a span.
    pub fn rewrite(&self, span: Span, code: String) -> Fix {
        Fix::replace(format!("write `{code}`"), self.here(span), code)
    }
}

/// The last line of the library's report says what is wrong.
fn regex_error(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").trim().to_string()
}

/// Whether a text is a day of the calendar, as ISO 8601 writes it.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}
