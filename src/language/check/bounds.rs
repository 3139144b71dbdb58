//! Known maxima of what is fanned out (L4.7): in one workflow, and from workflow to workflow. Not here: the worst-case
//! number of calls (L10.1), which is computed on the plan (`engine::bound`), where `[limits]` is known.

use super::Checked;
use crate::base::{FileId, Place, Span, parallel_map};
use crate::diag::{Code, Diagnostic, Edit, Fix};
use crate::language::hir::{
    Action, Arm, Body, CallableId, Definition, Each, Expr, ExprKind, LocalId, LocalKind, Program, Stmt,
    StmtId, StmtKind, Type, TypeId, TypeKind, each_read,
};
use crate::plan::Function;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Parameters, by position.
type Params = BTreeSet<usize>;

/// What a workflow fans out.
#[derive(Default)]
struct Fans {
    /// Parameters on whose size the number of items depends.
    params: Params,
    /// Lists of which nothing is known.
    unbounded: Vec<(Span, Type)>,
    calls: Vec<CallArg>,
}

/// An argument of a call of a workflow.
struct CallArg {
    callee: CallableId,
    at: usize,
    span: Span,
    ty: Type,
    /// The caller's parameters that it follows from; `None` where it follows from something else too.
    from: Option<Params>,
}

/// Reports fan-outs without a known maximum, and arguments for parameters that are fanned out without one.
pub fn check(program: &Program, checked: &[Arc<Checked>]) -> Vec<Diagnostic> {
    let of_module = |_: usize, module: &Arc<Checked>| -> Vec<(CallableId, Fans)> {
        let workflows = module.definitions.iter().filter_map(|definition| match definition {
            Definition::Workflow(id, workflow) => Some((*id, Sizes::of(&workflow.body))),
            _ => None,
        });
        workflows.collect()
    };
    let mut fans: BTreeMap<CallableId, Fans> =
        parallel_map(checked, of_module).into_iter().flatten().collect();
    spread(&mut fans);
    let mut found = Vec::new();
    for (id, fan) in &fans {
        let Some(callable) = program.callable(*id) else { continue };
        for (span, ty) in &fan.unbounded {
            found.push(no_maximum(callable.file, *span, ty));
        }
        for call in &fan.calls {
            let fanned = fans.get(&call.callee).is_some_and(|callee| callee.params.contains(&call.at));
            if fanned && call.from.is_none() && !is_bounded(program, &call.ty, 0) {
                found.extend(no_maximum_at_call(program, callable.file, call));
            }
        }
    }
    found
}

/// A parameter that is passed on to one that is fanned out is fanned out itself.
fn spread(fans: &mut BTreeMap<CallableId, Fans>) {
    let mut callers: BTreeMap<CallableId, BTreeSet<CallableId>> = BTreeMap::new();
    for (id, fan) in fans.iter() {
        for call in &fan.calls {
            callers.entry(call.callee).or_default().insert(*id);
        }
    }
    let mut open: Vec<CallableId> =
        fans.iter().filter(|(_, fan)| !fan.params.is_empty()).map(|(id, _)| *id).collect();
    while let Some(callee) = open.pop() {
        let Some(params) = fans.get(&callee).map(|fan| fan.params.clone()) else { continue };
        for caller in callers.get(&callee).into_iter().flatten() {
            let Some(fan) = fans.get_mut(caller) else { continue };
            let before = fan.params.len();
            let calls = fan.calls.iter().filter(|call| call.callee == callee && params.contains(&call.at));
            let more: Params = calls.filter_map(|call| call.from.as_ref()).flatten().copied().collect();
            fan.params.extend(more);
            if fan.params.len() > before {
                open.push(*caller);
            }
        }
    }
}

fn no_maximum(file: FileId, span: Span, ty: &Type) -> Diagnostic {
    let report = Diagnostic::new(
        Code::NoKnownMaximum,
        file,
        span,
        "nothing says how many items this list has at most",
    )
    .here("it comes from the run, and has no `max`");
    taken(report, file, span, ty, "a fan-out has a price before it starts: ")
}

fn no_maximum_at_call(program: &Program, file: FileId, call: &CallArg) -> Option<Diagnostic> {
    let callee = program.callable(call.callee)?;
    let param = callee.params.get(call.at)?;
    let message =
        format!("`{}` fans `{}` out, and nothing says how much this is at most", callee.name, param.name);
    let report = Diagnostic::new(Code::ArgumentWithoutMaximum, file, call.span, message).label(
        callee.file,
        param.span,
        format!("`{}` goes through it, item by item", callee.name),
    );
    Some(taken(report, file, call.span, &call.ty, ""))
}

/// With the fix that gives a list its maximum.
fn taken(report: Diagnostic, file: FileId, span: Span, ty: &Type, why: &str) -> Diagnostic {
    if !matches!(ty, Type::List(..)) {
        return report.help(format!("{why}give it a bound where it is made, such as `text max 2000 words`"));
    }
    let place = |at: u32| Place { file, span: Span::at(at as usize) };
    let edits = vec![
        Edit { place: place(span.start), text: "take(".into() },
        Edit { place: place(span.end), text: ", 20)".into() },
    ];
    report
        .help(format!("{why}write `take(…, 20)`, or declare a `max` where the list is made"))
        .fix(Fix { title: "take the first 20".into(), edits })
}

/// Whether a value of this type is of a known size.
fn is_bounded(program: &Program, ty: &Type, depth: u32) -> bool {
    match ty {
        Type::List(item, max) => max.is_some() && is_bounded_inside(program, item, depth),
        Type::Text(max) => max.is_some(),
        Type::Int(range) => range.is_some(),
        Type::Number(range) => range.is_some(),
        Type::Json => false,
        Type::Optional(inner) => is_bounded(program, inner, depth),
        _ => is_bounded_inside(program, ty, depth),
    }
}

/// Whether the lists in a value are of a known size.
fn is_bounded_inside(program: &Program, ty: &Type, depth: u32) -> bool {
    match ty {
        Type::List(item, max) => max.is_some() && is_bounded_inside(program, item, depth),
        Type::Optional(inner) => is_bounded_inside(program, inner, depth),
        Type::Named(id) => is_bounded_record(program, *id, depth),
        Type::OneOf(ids) => ids.iter().all(|id| is_bounded_record(program, *id, depth)),
        _ => true,
    }
}

fn is_bounded_record(program: &Program, id: TypeId, depth: u32) -> bool {
    if depth > 8 {
        return true;
    }
    match program.type_decl(id).map(|decl| &decl.kind) {
        Some(TypeKind::Record(fields)) => {
            fields.iter().all(|field| is_bounded_inside(program, &field.ty, depth + 1))
        }
        Some(TypeKind::Union(ids)) => ids.iter().all(|id| is_bounded_record(program, *id, depth + 1)),
        _ => true,
    }
}

/// From which parameters the values of a body follow, gathered down the page.
struct Sizes<'a> {
    body: &'a Body,
    /// Where the whole value follows.
    values: BTreeMap<LocalId, Params>,
    /// Where only the number of items does.
    lengths: BTreeMap<LocalId, Params>,
    fans: Fans,
}

impl<'a> Sizes<'a> {
    fn of(body: &'a Body) -> Fans {
        let mut sizes =
            Self { body, values: BTreeMap::new(), lengths: BTreeMap::new(), fans: Fans::default() };
        for (at, local) in body.locals.iter().enumerate() {
            let id = LocalId(u32::try_from(at).unwrap_or(u32::MAX));
            match local.kind {
                LocalKind::Param => drop(sizes.values.insert(id, Params::from([at]))),
                LocalKind::Today | LocalKind::Now | LocalKind::Inner => {
                    sizes.values.insert(id, Params::new());
                }
                _ => {}
            }
        }
        sizes.block(&body.block);
        sizes.fans
    }

    fn block(&mut self, block: &[StmtId]) {
        for id in block {
            if let Some(stmt) = self.body.stmts.get(id.index()) {
                self.stmt(stmt);
            }
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Let { value } => {
                if let (Some(local), Some(from)) = (stmt.binds, self.value(value)) {
                    self.values.insert(local, from);
                } else if let (Some(local), Some(from)) = (stmt.binds, self.length(value)) {
                    self.lengths.insert(local, from);
                }
            }
            StmtKind::Step { action: Action::Call(callee, args), .. } => self.call(*callee, args),
            StmtKind::When { arms } => {
                arms.iter().for_each(|arm| self.block(&arm.block));
                self.join(arms);
            }
            StmtKind::Parallel { arms, .. } => self.block(arms),
            StmtKind::Each(each) => self.each(each),
            StmtKind::Loop(looped) => {
                self.block(&looped.block);
                for (inner, outer) in &looped.exports {
                    self.copy(*inner, *outer);
                }
                if let crate::language::hir::AfterLoop::Block { block, .. } = &looped.otherwise {
                    self.block(block);
                }
            }
            _ => {}
        }
    }

    fn copy(&mut self, from: LocalId, to: LocalId) {
        if let Some(params) = self.values.get(&from).cloned() {
            self.values.insert(to, params);
        }
        if let Some(params) = self.lengths.get(&from).cloned() {
            self.lengths.insert(to, params);
        }
    }

    /// A name of several cases follows from the parameters if it does in each of them.
    fn join(&mut self, arms: &[Arm]) {
        let outer: BTreeSet<LocalId> =
            arms.iter().flat_map(|arm| &arm.exports).map(|(_, outer)| *outer).collect();
        for local in outer {
            let inner = arms.iter().flat_map(|arm| &arm.exports).filter(|(_, to)| *to == local);
            let inner: Vec<LocalId> = inner.filter_map(|(from, _)| *from).collect();
            let all: Option<Vec<&Params>> = inner.iter().map(|from| self.values.get(from)).collect();
            if let Some(all) = all {
                let params = all.into_iter().flatten().copied().collect();
                self.values.insert(local, params);
            }
        }
    }

    fn each(&mut self, each: &Each) {
        let length = self.length(&each.list);
        if each.max.is_none() && each.list.ty != Type::Error {
            match &length {
                Some(params) => self.fans.params.extend(params),
                None => self.fans.unbounded.push((each.list.span, each.list.ty.clone())),
            }
        }
        if let Some(params) = self.value(&each.list) {
            self.values.insert(each.item, params.clone());
            if let Some(index) = each.index {
                self.values.insert(index, params);
            }
        }
        self.block(&each.block);
        if let (Some(rows), Some(params)) = (each.rows, length) {
            self.lengths.insert(rows, params);
        }
    }

    fn call(&mut self, callee: CallableId, args: &[Option<Expr>]) {
        for (at, arg) in args.iter().enumerate() {
            let Some(arg) = arg.as_ref().filter(|arg| arg.ty != Type::Error) else { continue };
            let from = self.length(arg);
            self.fans.calls.push(CallArg { callee, at, span: arg.span, ty: arg.ty.clone(), from });
        }
    }

    /// The parameters that a value follows from, if from nothing else.
    fn value(&self, expr: &Expr) -> Option<Params> {
        let mut from = Some(Params::new());
        each_read(expr, &mut |local, _| match (self.values.get(&local), &mut from) {
            (Some(params), Some(from)) => from.extend(params),
            _ => from = None,
        });
        from
    }

    /// The parameters that the number of items of a list follows from, if from nothing else.
    fn length(&self, expr: &Expr) -> Option<Params> {
        if let Some(params) = self.value(expr) {
            return Some(params);
        }
        match &expr.kind {
            ExprKind::Local(local) => self.lengths.get(local).cloned(),
            ExprKind::Comprehension { list, .. } => self.length(list),
            ExprKind::List(_) => Some(Params::new()),
            ExprKind::Concat(a, b) => {
                let mut params = self.length(a)?;
                params.extend(self.length(b)?);
                Some(params)
            }
            ExprKind::Call(
                Function::Sort
                | Function::Reverse
                | Function::Unique
                | Function::Present
                | Function::Take
                | Function::Batches,
                args,
            ) => self.length(args.first()?),
            _ => None,
        }
    }
}
