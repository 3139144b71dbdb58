use crate::base::Span;
use crate::language::check::{Cx, check_workflow};
use crate::language::hir::{
    self, Action, CallableId, Local, LocalId, StmtId, StmtKind, Type, TypeDecl, TypeId, TypeKind,
};
use crate::language::syntax::ast::{Item, Name};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a test sees of a workflow.
#[derive(Debug, Default)]
pub struct Outline {
    /// What is visible at the end of the body.
    pub(super) names: Vec<Seen>,
    /// Names inside of fan-outs.
    pub(super) inner: Vec<Seen>,
    /// The named steps, wherever they stand.
    pub(super) steps: Vec<Step>,
    /// Records without a name, where the workflow stands in another module: those of that module.
    foreign: Option<Vec<TypeDecl>>,
}

/// A name of a body.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) name: SmolStr,
    pub(super) span: Span,
    /// The variable and its type; `None` for a step that returns nothing.
    pub(super) local: Option<(LocalId, Type)>,
}

/// A named step; of several cases of one `when`, all of one name.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: SmolStr,
    pub(super) stmts: Vec<StmtId>,
    pub(super) callee: Option<CallableId>,
    /// What an inline prompt or an `ask` is answered with.
    pub(super) answer: Option<Type>,
}

impl Outline {
    /// The steps of a name.
    pub(super) fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }
}

/// The outlines of workflows, made when a test needs them.
#[derive(Default)]
pub struct Outlines {
    bodies: BTreeMap<CallableId, Arc<hir::Workflow>>,
    known: BTreeMap<CallableId, Arc<Outline>>,
    types: BTreeMap<(CallableId, TypeId), TypeId>,
}

impl Outlines {
    /// Keeps a workflow of this module, which was just checked.
    pub fn keep(&mut self, id: CallableId, workflow: &Arc<hir::Workflow>) {
        self.bodies.insert(id, Arc::clone(workflow));
    }

    /// The outline of a workflow. One of another module is gone through once more; what is wrong in it is said there.
    pub(super) fn of(&mut self, cx: &Cx<'_>, id: CallableId) -> Arc<Outline> {
        if let Some(known) = self.known.get(&id) {
            return Arc::clone(known);
        }
        let own = self.bodies.get(&id).map(|workflow| of_body(&workflow.body));
        let outline = Arc::new(own.or_else(|| foreign(cx, id)).unwrap_or_default());
        self.known.insert(id, Arc::clone(&outline));
        outline
    }

    /// A type of a workflow's body as one of the module that tests it.
    pub(super) fn ty(&mut self, cx: &mut Cx<'_>, workflow: CallableId, ty: &Type) -> Type {
        let Some(outline) = self.known.get(&workflow).cloned() else { return ty.clone() };
        match &outline.foreign {
            Some(types) => self.import(cx, workflow, types, ty),
            None => ty.clone(),
        }
    }

    fn import(&mut self, cx: &mut Cx<'_>, from: CallableId, types: &[TypeDecl], ty: &Type) -> Type {
        match ty {
            Type::Named(id) => Type::Named(self.import_id(cx, from, types, *id)),
            Type::List(item, max) => Type::List(Arc::new(self.import(cx, from, types, item)), *max),
            Type::Optional(inner) => Type::Optional(Arc::new(self.import(cx, from, types, inner))),
            other => other.clone(),
        }
    }

    fn import_id(&mut self, cx: &mut Cx<'_>, from: CallableId, types: &[TypeDecl], id: TypeId) -> TypeId {
        let Some(at) = id.index().checked_sub(cx.program.types.len()) else { return id };
        if let Some(known) = self.types.get(&(from, id)) {
            return *known;
        }
        let Some(decl) = types.get(at) else { return id };
        let new = cx.add_type(TypeDecl { kind: TypeKind::Record(Vec::new()), ..decl.clone() });
        self.types.insert((from, id), new);
        if let TypeKind::Record(fields) = &decl.kind {
            let mut fields = fields.clone();
            for field in &mut fields {
                field.ty = self.import(cx, from, types, &field.ty);
            }
            if let Some(decl) = cx.extra_type_mut(new) {
                decl.kind = TypeKind::Record(fields);
            }
        }
        new
    }
}

fn foreign(cx: &Cx<'_>, id: CallableId) -> Option<Outline> {
    let callable = cx.program.callable(id)?;
    let module = cx.program.module(callable.module)?;
    let Item::Workflow(written) = module.tree.items.get(callable.item)? else { return None };
    let mut other = Cx::new(cx.program, callable.module);
    let workflow = check_workflow(&mut other, id, written);
    let mut outline = of_body(&workflow.body);
    if callable.module != cx.module {
        outline.foreign = Some(other.extra_types);
    }
    Some(outline)
}

fn of_body(body: &hir::Body) -> Outline {
    let mut outline = Outline::default();
    visible(body, &body.block, &mut outline.names);
    let top: std::collections::BTreeSet<SmolStr> =
        outline.names.iter().map(|seen| seen.name.clone()).collect();
    for (at, stmt) in body.stmts.iter().enumerate().filter(|(_, stmt)| stmt.named) {
        let id = StmtId(u32::try_from(at).unwrap_or(u32::MAX));
        if !top.contains(&stmt.name) {
            outline.inner.push(Seen { name: stmt.name.clone(), span: stmt.name_span, local: None });
        }
        let StmtKind::Step { action, result, .. } = &stmt.kind else { continue };
        if let Some(known) = outline.steps.iter_mut().find(|step| step.name == stmt.name) {
            known.stmts.push(id);
            continue;
        }
        let callee = match action {
            Action::Call(callee, _) => Some(*callee),
            _ => None,
        };
        let answer = match action {
            Action::Prompt(_) | Action::Ask(_) => result.clone(),
            _ => None,
        };
        outline.steps.push(Step { name: stmt.name.clone(), stmts: vec![id], callee, answer });
    }
    outline
}

/// The names that are seen below a block.
fn visible(body: &hir::Body, block: &[StmtId], found: &mut Vec<Seen>) {
    let add = |local: LocalId, found: &mut Vec<Seen>| {
        if let Some(Local { name, span, ty, .. }) = body.locals.get(local.index()) {
            found.push(Seen { name: name.clone(), span: *span, local: Some((local, ty.clone())) });
        }
    };
    for stmt in block.iter().filter_map(|id| body.stmts.get(id.index())) {
        match &stmt.kind {
            StmtKind::When { arms } => {
                let mut seen = std::collections::BTreeSet::new();
                for (_, outer) in arms.iter().flat_map(|arm| &arm.exports) {
                    if seen.insert(*outer) {
                        add(*outer, found);
                    }
                }
            }
            StmtKind::Loop(looped) => {
                looped.exports.iter().for_each(|(_, outer)| add(*outer, found));
                looped.gate.iter().for_each(|(gate, _)| add(*gate, found));
            }
            StmtKind::Each(each) => each.rows.iter().for_each(|rows| add(*rows, found)),
            StmtKind::Parallel { arms, .. } => visible(body, arms, found),
            _ => match stmt.binds {
                Some(local) => add(local, found),
                None if stmt.named => {
                    found.push(Seen { name: stmt.name.clone(), span: stmt.name_span, local: None });
                }
                None => {}
            },
        }
    }
}

/// Whether a name is one of a path's words.
pub(super) fn text(path: &[Name]) -> String {
    path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}
