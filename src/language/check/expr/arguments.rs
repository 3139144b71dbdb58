use super::record::list_of;
use crate::base::{FileId, Span};
use crate::diag::{Code, Diagnostic, closest};
use crate::language::check::cx::Cx;
use crate::language::check::wanted::Wanted;
use crate::language::hir::{
    Callable, CallableId, CallableKind, Expr, NameKind, Param, Type, Types as _, show, suggest,
};
use crate::language::syntax::ast::{Arg, Call};
use smol_str::SmolStr;

impl Cx<'_> {
    /// The arguments of a call: an expression a parameter, `None` where the default is taken. Unknown, doubled and
    /// missing ones are reported.
    pub fn args(&mut self, id: CallableId, call: &Call) -> Vec<Option<Expr>> {
        let Some(callable) = self.program.callable(id) else { return Vec::new() };
        let params = &callable.params;
        if callable.lost || self.has_slip(call.span) {
            self.args_silently(call);
            return vec![None; params.len()];
        }
        let places = self.place_args(callable, call);
        let mut values: Vec<Option<Expr>> = vec![None; params.len()];
        let mut is_broken = false;
        for (arg, place) in call.args.iter().zip(places) {
            let slot = place.and_then(|at| Some((at, values.get_mut(at)?, params.get(at)?)));
            match slot {
                Some((at, slot, param)) => {
                    *slot = Some(self.expect(&arg.value, &param.ty, Wanted::Param(id, at)));
                }
                None => {
                    is_broken = true;
                    self.infer(&arg.value, Some(&Type::Error));
                }
            }
        }
        if !is_broken {
            self.missing_args(callable, call, &values);
        }
        values
    }

    /// Which parameter each argument is for; `None` was reported.
    fn place_args(&mut self, callable: &Callable, call: &Call) -> Vec<Option<usize>> {
        let params = &callable.params;
        let mut taken: Vec<Option<Span>> = vec![None; params.len()];
        let mut places = Vec::with_capacity(call.args.len());
        let mut named = None;
        let mut too_many = false;
        for (position, arg) in call.args.iter().enumerate() {
            let at = match &arg.name {
                Some(name) => {
                    named = Some(arg.span);
                    let at = params.iter().position(|param| param.name == name.text);
                    if at.is_none() && !name.is_missing() {
                        self.unknown_arg(callable, arg, params);
                    }
                    at
                }
                None => {
                    if let Some(named) = named {
                        self.behind_named(arg, named);
                        None
                    } else if position >= params.len() {
                        if !too_many {
                            self.too_many(callable, call);
                        }
                        too_many = true;
                        None
                    } else {
                        Some(position)
                    }
                }
            };
            places.push(at.and_then(|at| {
                let slot = taken.get_mut(at)?;
                if let Some(first) = slot {
                    let name = params.get(at).map_or("?", |param| param.name.as_str());
                    let report = self
                        .error(Code::GivenTwice, arg.span, format!("`{name}` is given twice"))
                        .here("again here")
                        .label(self.file, *first, "first here");
                    self.report(report);
                    return None;
                }
                *slot = Some(arg.span);
                Some(at)
            }));
        }
        places
    }

    fn behind_named(&mut self, arg: &Arg, named: Span) {
        let report = self
            .error(Code::WrongArguments, arg.span, "an argument without a name stands behind one with a name")
            .label(self.file, named, "this one has a name")
            .help("write the arguments without names first");
        self.report(report);
    }

    fn unknown_arg(&mut self, callable: &Callable, arg: &Arg, params: &[Param]) {
        let Some(name) = &arg.name else { return };
        let message = format!("`{}` has no parameter `{}`", callable.name, name.text);
        let report = self.error(Code::WrongArguments, name.span, message);
        let report = declared(report, callable, self);
        let report = match closest(&name.text, params.iter().map(|param| param.name.as_str())) {
            Some(near) => suggest(report, self.file, name.span, near),
            None => report,
        };
        self.report(report);
    }

    fn too_many(&mut self, callable: &Callable, call: &Call) {
        let takes = count_of(callable.params.len(), "argument");
        let given = call.args.len();
        let message = format!("`{}` takes {takes}, found {given}", callable.name);
        let at = call.args.get(callable.params.len()).map_or(call.span, |arg| arg.span);
        let report = declared(self.error(Code::WrongArguments, at, message), callable, self);
        self.report(report);
    }

    fn missing_args(&mut self, callable: &Callable, call: &Call, values: &[Option<Expr>]) {
        let missing: Vec<&Param> = callable
            .params
            .iter()
            .zip(values)
            .filter(|(param, value)| value.is_none() && is_needed(param))
            .map(|(param, _)| param)
            .collect();
        if missing.is_empty() {
            return;
        }
        let names = list_of(missing.iter().map(|param| format!("`{}`", param.name)));
        let message = format!("`{}` also needs {names}", callable.name);
        let mut report = self.error(Code::ArgumentMissing, call.callee.span, message);
        for param in &missing {
            report = report.label(callable.file, param.span, format!("`{}` has no default", param.name));
        }
        let parts: Vec<String> =
            missing.iter().map(|param| format!("{}: {}", param.name, self.show(&param.ty))).collect();
        let report = report.help(format!("add {}", parts.join(", ")));
        self.report(report);
    }

    /// The callable that a step calls. What is none was reported: also a built-in function, which is no step.
    pub fn callable(&mut self, name: &crate::language::syntax::ast::Name) -> Option<CallableId> {
        use crate::plan::Function;
        let names = self.names()?;
        if name.is_missing() {
            return None;
        }
        if let Some(id) = names.callables.get(&name.text) {
            self.used.callables.insert(*id);
            return Some(*id);
        }
        if names.lost.may_be(&name.text, NameKind::Callable) {
            return None;
        }
        let report = if name.text.parse::<Function>().is_ok() {
            self.error(
                Code::UnknownCallable,
                name.span,
                format!("`{}` is a function, which asks nobody", name.text),
            )
            .help(format!("write `let name = {}(…)`", name.text))
        } else {
            self.unknown_callable(name)
        };
        self.report(report);
        None
    }

    /// "There is no such callable", with what may be meant.
    pub(super) fn unknown_callable(&self, name: &crate::language::syntax::ast::Name) -> Diagnostic {
        let message = format!("there is no agent, tool, rubric or workflow `{}`", name.text);
        let report = self.error(Code::UnknownCallable, name.span, message);
        let Some(names) = self.names() else { return report };
        if let Some(near) = closest(&name.text, names.callables.keys().map(SmolStr::as_str)) {
            return suggest(report, self.file, name.span, near);
        }
        match self.elsewhere(&name.text) {
            Some(path) => {
                report.help(format!("take it from where it is declared: `use {path} {{ {} }}`", name.text))
            }
            None => report,
        }
    }

    /// A module of the program, or of the library, that declares a callable of this name, as a `use` writes it.
    fn elsewhere(&self, name: &str) -> Option<String> {
        let found = self.program.callables.iter().find(|it| it.name == name && it.module != self.module)?;
        let module = self.program.module(found.module)?;
        Some(if module.is_std() { module.path.to_string() } else { format!("\"./{}\"", module.path) })
    }
}

/// Whether a parameter must be given.
pub(super) fn is_needed(param: &Param) -> bool {
    !param.has_default && !param.ty.is_optional() && param.ty != Type::Error
}

/// "1 argument", "2 arguments", "no arguments"
pub(super) fn count_of(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// With the declaration of what is called.
fn declared(report: Diagnostic, callable: &Callable, cx: &Cx<'_>) -> Diagnostic {
    let shown = |param: &Param| {
        // What was to stand there was reported.
        let ty = (!cx.is_broken(&param.ty)).then(|| format!(": {}", show(cx, &param.ty)));
        format!("{}{}", param.name, ty.unwrap_or_default())
    };
    let params: Vec<String> = callable.params.iter().map(shown).collect();
    let word = match callable.kind {
        CallableKind::Agent => "agent",
        CallableKind::Rubric => "rubric",
        CallableKind::Tool => "tool",
        CallableKind::Workflow => "workflow",
    };
    let (file, span): (FileId, Span) = (callable.file, callable.span);
    report.label(file, span, format!("{word} {}({})", callable.name, params.join(", ")))
}
