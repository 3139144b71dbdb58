use crate::base::{Place, Span};
use crate::diag::{Code, Fix, closest};
use crate::language::check::cx::{Cx, Room, broken};
use crate::language::check::judging::{Bare, JudgeCall};
use crate::language::hir::{
    Callable, CallableId, CallableKind, Expr, ExprKind, Field, LocalKind, NameKind, TestTarget, Type,
    TypeDecl, TypeKind, builtin, functions, suggest,
};
use crate::language::syntax::ast::{self, Call, Name};
use crate::plan::{EffectKind, Function};
use smol_str::SmolStr;
use std::str::FromStr as _;

impl Cx<'_> {
    /// A call in an expression: a function, a pure tool, or – after `until` – a rubric.
    pub(super) fn call(&mut self, call: &Call, want: Option<&Type>) -> Expr {
        let name = &call.callee;
        let Some(names) = self.names() else { return broken(call.span) };
        if self.room == Room::Test && name.text == "calls" && !names.callables.contains_key("calls") {
            return self.calls_of(call);
        }
        if name.text == "rubric" {
            return self.standard_rubric(call);
        }
        if let Some(id) = names.callables.get(&name.text).copied() {
            return self.call_of(id, call);
        }
        if let Ok(function) = Function::from_str(&name.text) {
            return self.function(function, call, want);
        }
        if !names.lost.may_be(&name.text, NameKind::Callable) && !name.is_missing() {
            self.unknown_function(name);
        }
        self.args_silently(call);
        broken(call.span)
    }

    /// Arguments for which there is no demand any more.
    pub(super) fn args_silently(&mut self, call: &Call) {
        for arg in &call.args {
            let value = self.infer(&arg.value, Some(&Type::Error));
            self.drops(&value);
        }
    }

    /// Notes a value that is not kept, because of what is wrong around it.
    pub fn drops(&mut self, value: &Expr) {
        if value.ty != Type::Error {
            self.dropped.push((Place { file: self.file, span: value.span }, value.ty.clone()));
        }
    }

    fn call_of(&mut self, id: CallableId, call: &Call) -> Expr {
        self.used.callables.insert(id);
        let Some(callable) = self.program.callable(id) else { return broken(call.span) };
        match callable.kind {
            CallableKind::Tool if callable.effect.as_ref().is_some_and(|it| it.kind == EffectKind::Pure) => {
                let args = self.args(id, call);
                let ty = callable.result.clone().unwrap_or(Type::Error);
                Expr { ty, span: call.span, kind: ExprKind::PureTool(id, args) }
            }
            CallableKind::Rubric if self.judging.is_some() => {
                let args = self.args(id, call);
                self.judge(id, args, call.span)
            }
            CallableKind::Tool if callable.effect.is_none() => {
                self.args(id, call);
                broken(call.span)
            }
            _ => {
                self.a_step(callable, call);
                self.args(id, call);
                broken(call.span)
            }
        }
    }

    /// An agent, workflow, rubric or tool with an effect in an expression.
    fn a_step(&mut self, callable: &Callable, call: &Call) {
        let name = &callable.name;
        let what = match callable.kind {
            CallableKind::Agent => "asking a model is a step",
            CallableKind::Workflow => "running a workflow is a step",
            CallableKind::Rubric => "judging is a step",
            CallableKind::Tool => "a tool that touches something is a step",
        };
        let report = self
            .error(
                Code::StepInExpression,
                call.span,
                format!("{what}, and `{name}` is called in an expression"),
            )
            .label(callable.file, callable.span, "declared here");
        let report = match self.room {
            Room::Body if let Some(word) = self.bound_alone(call.span) => report
                .help("write `step`")
                .fix(Fix::replace("write `step`", Place { file: self.file, span: word }, "step")),
            Room::Body => report
                .help(format!("give it a line of its own, `step answer = {name}(…)`, and use `answer` here")),
            Room::Test => report.help(format!("a test gives what it answers: `given {name} -> …`")),
            _ => report.help("only a workflow has steps: pass the answer as an argument"),
        };
        self.report(report);
    }

    /// The `let` that binds a call which is all of its value.
    fn bound_alone(&self, call: Span) -> Option<Span> {
        let text = self.source_text(self.item);
        let (start, end) = (call.start.checked_sub(self.item.start)?, call.end.checked_sub(self.item.start)?);
        let before = text.get(..start as usize)?;
        let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
        let behind = text.get(end as usize..)?.lines().next().unwrap_or_default().trim();
        let alone = behind.is_empty() || behind.starts_with("//");
        let is_value = line.trim_end().ends_with('=') && line.matches('=').count() == 1;
        let bound = line.trim_start().strip_prefix("let ").filter(|_| alone && is_value)?;
        let from = call.start as usize - bound.len() - "let ".len();
        Some(Span::new(from, from + "let".len()))
    }

    /// A rubric in `until`: it stands for the review that it makes.
    fn judge(&mut self, rubric: CallableId, args: Vec<Option<Expr>>, span: Span) -> Expr {
        let Some(judging) = &self.judging else { return broken(span) };
        if let Some(first) = &judging.found {
            let first = first.span;
            let report = self
                .error(Code::SecondJudge, span, "one rubric judges a loop, and this is a second one")
                .label(self.file, first, "the first one")
                .help("let one of them judge in a step of the body");
            self.report(report);
            return broken(span);
        }
        let kind = LocalKind::Review(judging.stmt);
        let review = Type::Named(builtin::REVIEW);
        let binds = self.add_local("review".into(), span, review, kind);
        if let Some(judging) = &mut self.judging {
            judging.found = Some(JudgeCall { rubric, args, binds, span });
        }
        self.read(binds, span)
    }

    /// `rubric(draft)`: `std.rubrics.standard`, by the word that is always there (L4.9).
    fn standard_rubric(&mut self, call: &Call) -> Expr {
        let (Some(standard), true) = (self.program.standard, self.judging.is_some()) else {
            let report = self
                .error(
                    Code::NotHere,
                    call.callee.span,
                    "`rubric` judges a loop, and stands only after `until`",
                )
                .help("import a rubric and call it in a step: `use std.rubrics { standard }`");
            self.report(report);
            self.args_silently(call);
            return broken(call.span);
        };
        self.used.callables.insert(standard);
        let args = self.args(standard, call);
        self.judge(standard, args, call.span)
    }

    /// The bare word `rubric` after `until`.
    pub(super) fn bare_rubric(&mut self, span: Span) -> Expr {
        let Some(judging) = &self.judging else { return broken(span) };
        let Some(standard) = self.program.standard else { return broken(span) };
        match judging.bare {
            Bare::Step(local) => {
                self.used.callables.insert(standard);
                let work = self.read(local, span);
                let work = self.tagged(work, &Type::Json);
                self.judge(standard, vec![Some(work)], span)
            }
            Bare::Unclear => {
                let report = self
                    .error(Code::NotHere, span, "`rubric` alone judges the only step of the body")
                    .help("say what is judged: `rubric(draft) >= A`");
                self.report(report);
                broken(span)
            }
        }
    }

    fn unknown_function(&mut self, name: &Name) {
        if let Some(help) = functions::habit(&name.text) {
            let report = self
                .error(Code::UnknownCallable, name.span, format!("there is no function `{}`", name.text))
                .help(help);
            return self.report(report);
        }
        let names = self.names().map(|names| names.callables.keys().map(SmolStr::as_str));
        let all = Function::ALL.iter().map(|function| function.word()).chain(names.into_iter().flatten());
        let report = match closest(&name.text, all) {
            Some(near) => {
                let message = format!("there is no function `{}`", name.text);
                let report = self.error(Code::UnknownCallable, name.span, message);
                if self.is_called_in_expressions(near) {
                    suggest(report, self.file, name.span, near)
                } else {
                    let help = format!("`{near}` is called in a step: `step answer = {near}(…)`");
                    report.help(help)
                }
            }
            None => {
                let mut report = self.unknown_callable(name);
                report.message = format!("there is no function or pure tool `{}`", name.text);
                report
            }
        };
        self.report(report);
    }

    /// Whether this is a function or a pure tool, or a rubric after `until`.
    fn is_called_in_expressions(&self, name: &str) -> bool {
        let callable = self.names().and_then(|names| names.callables.get(name));
        match callable.and_then(|id| self.program.callable(*id)) {
            Some(callable) if callable.kind == CallableKind::Rubric => self.judging.is_some(),
            Some(callable) => callable.effect.as_ref().is_some_and(|it| it.kind == EffectKind::Pure),
            None => true,
        }
    }

    /// `calls(x)` of a test: the list of records of the arguments that a callable got (L9.2).
    fn calls_of(&mut self, call: &Call) -> Expr {
        let [ast::Arg { name: None, value: ast::Expr { kind: ast::ExprKind::Name(target), .. }, .. }] =
            call.args.as_slice()
        else {
            let report = self
                .error(Code::WrongArguments, call.span, "`calls` takes the name of a step or of a callable")
                .help("write `calls(editor)`");
            self.report(report);
            return broken(call.span);
        };
        let step = self.call_targets.get(&target.text).cloned();
        let (callable, target) = match step {
            Some(found) => found,
            None => match self.callable(target) {
                Some(id) => (id, TestTarget::Callable(id)),
                None => return broken(call.span),
            },
        };
        if let Some((local, ..)) = self.calls.iter().find(|(_, known, _)| *known == target) {
            let local = *local;
            return self.read(local, call.span);
        }
        let Some(found) = self.program.callable(callable) else { return broken(call.span) };
        self.used.callables.insert(callable);
        if found.lost {
            return broken(call.span);
        }
        let fields = found.params.iter().map(|param| Field {
            name: param.name.clone(),
            span: param.span,
            doc: param.doc.clone(),
            ty: param.ty.clone(),
            type_span: param.type_span,
        });
        let decl = TypeDecl {
            name: format!("call of {}", found.name).into(),
            module: Some(found.module),
            file: found.file,
            span: found.span,
            doc: None,
            kind: TypeKind::Record(fields.collect()),
        };
        let record = self.add_type(decl);
        let ty = Type::list(Type::Named(record));
        let name = SmolStr::from(format!("calls({})", found.name));
        let local = self.add_local(name, call.span, ty, LocalKind::Test);
        self.calls.push((local, target, record));
        self.read(local, call.span)
    }
}
