use super::cx::{Cx, Room, broken};
use super::narrow::facts;
use super::wanted::Wanted;
use crate::base::Span;
use crate::diag::Code;
use crate::language::hir::{
    self, CallableId, CallableKind, Definition, Expr, LocalKind, Type, TypeId, TypeKind,
};
use crate::language::syntax::ast::{self, AgentProperty};

impl Cx<'_> {
    /// The defaults of a callable's parameters: constants, which see no parameter (L3.3). Parameters are bound already,
    /// so that they are the first variables.
    pub fn defaults(&mut self, id: CallableId, params: &[ast::Param]) -> Vec<Option<Expr>> {
        let room = std::mem::replace(&mut self.room, Room::Default);
        let scope = std::mem::take(&mut self.scope);
        let types: Vec<Type> = match self.program.callable(id) {
            Some(callable) => callable.params.iter().map(|param| param.ty.clone()).collect(),
            None => Vec::new(),
        };
        let mut defaults = Vec::with_capacity(params.len());
        for (at, (param, ty)) in params.iter().zip(types).enumerate() {
            let default = param.default.as_ref();
            defaults.push(default.map(|default| self.expect(default, &ty, Wanted::Param(id, at))));
        }
        self.scope = scope;
        self.room = room;
        defaults
    }

    /// `require cond otherwise "message"`: the condition, and the message where it does not hold.
    pub fn require(&mut self, require: &ast::Require) -> hir::Require {
        let condition = self.condition(&require.condition);
        let known = facts(self, &condition);
        let message = self.under(&known.fails, |cx| cx.message(&require.message));
        hir::Require { span: require.span, condition, message }
    }

    /// What a `require` or `fail` says: a text.
    pub fn message(&mut self, message: &ast::Expr) -> Expr {
        self.expect(message, &Type::TEXT, Wanted::Words("what is said is a text"))
    }

    /// Whether the parser reported something in a part of the text, but in none of these parts of it.
    pub fn has_slip_outside(&self, span: Span, parts: &[Span]) -> bool {
        self.names().is_some_and(|names| names.file == self.file && names.lost.outside(span, parts))
    }

    /// Whether the parser reported something inside a declaration: then what is missing there may have been written.
    pub fn has_slip(&self, span: Span) -> bool {
        self.names().is_some_and(|names| names.file == self.file && names.has_slip(span))
    }
}

/// The inside of an agent (L3.2).
pub(super) fn check_agent(cx: &mut Cx<'_>, id: CallableId, agent: &ast::Agent) -> hir::Agent {
    cx.begin(Room::Agent);
    cx.bind_params(id, &agent.head.params);
    let defaults = cx.defaults(id, &agent.head.params);
    let mut role: Option<(Span, Expr)> = None;
    let mut prompt: Option<(Span, Expr)> = None;
    let mut tools: Option<(Span, Vec<CallableId>)> = None;
    for property in &agent.properties {
        match property {
            AgentProperty::Role(at, source) => {
                let text = cx.source(source);
                once(cx, "role", *at, &mut role, text);
            }
            AgentProperty::Prompt(at, source) => {
                let text = cx.source(source);
                once(cx, "prompt", *at, &mut prompt, text);
            }
            AgentProperty::Tools(at, names) => {
                let found = tools_of(cx, names);
                once(cx, "tools", *at, &mut tools, found);
            }
        }
    }
    if prompt.is_none() && !cx.has_slip(agent.head.span) {
        let message = format!("the agent `{}` has no prompt", agent.head.name.text);
        let report = cx
            .error(Code::PromptMissing, agent.head.name.span, message)
            .help("say what is asked: `prompt \"…\"`; `role` alone says who answers");
        cx.report(report);
    }
    let tools = tools.map(|(_, tools)| tools).unwrap_or_default();
    cx.note_unread(id);
    hir::Agent {
        locals: cx.take_locals(),
        defaults,
        role: role.map(|(_, text)| text),
        prompt: prompt.map_or_else(|| broken(agent.head.name.span), |(_, text)| text),
        tools,
        annotations: crate::plan::Annotations::default(),
    }
}

/// Keeps the first of a part that stands once; a second one is reported.
pub(super) fn once<T>(cx: &mut Cx<'_>, what: &str, at: Span, slot: &mut Option<(Span, T)>, value: T) {
    match slot {
        None => *slot = Some((at, value)),
        Some((first, _)) => {
            let report = cx
                .error(Code::PartTwice, at, format!("`{what}` stands twice"))
                .here("again here")
                .label(cx.file, *first, "first here")
                .help("keep one of them");
            cx.report(report);
        }
    }
}

fn tools_of(cx: &mut Cx<'_>, names: &[ast::Name]) -> Vec<CallableId> {
    let mut found: Vec<(CallableId, Span)> = Vec::new();
    for name in names {
        let Some(id) = cx.callable(name) else { continue };
        let Some(callable) = cx.program.callable(id) else { continue };
        if callable.kind != CallableKind::Tool {
            let what = match callable.kind {
                CallableKind::Agent => "an agent",
                CallableKind::Rubric => "a rubric",
                CallableKind::Workflow | CallableKind::Tool => "a workflow",
            };
            let report = cx
                .error(
                    Code::NotATool,
                    name.span,
                    format!("`{}` is {what}, and an agent calls tools only", name.text),
                )
                .label(callable.file, callable.span, "declared here")
                .help("call it in a step of the workflow, and pass what it answers");
            cx.report(report);
        } else if let Some((_, first)) = found.iter().find(|(other, _)| *other == id) {
            let report = cx
                .error(Code::GivenTwice, name.span, format!("`{}` is listed twice", name.text))
                .here("again here")
                .label(cx.file, *first, "first here");
            cx.report(report);
        } else {
            found.push((id, name.span));
        }
    }
    found.into_iter().map(|(id, _)| id).collect()
}

/// The `require`s of a record (L2.6), over its fields.
pub(super) fn check_requires(cx: &mut Cx<'_>, id: TypeId, requires: &[ast::Require]) -> Option<Definition> {
    let decl = cx.type_decl(id)?;
    let TypeKind::Record(fields) = &decl.kind else { return None };
    let fields = fields.clone();
    cx.begin(Room::Requires);
    for field in fields {
        let local = cx.add_local(field.name.clone(), field.span, field.ty, LocalKind::Param);
        cx.scope.bind(field.name, local);
    }
    // Each is checked on every value, whatever the others say, so none narrows what stands below it.
    let requires = requires.iter().map(|require| cx.require(require)).collect();
    Some(Definition::Requires(id, requires, cx.take_locals()))
}
