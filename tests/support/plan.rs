//! A small language for plans, in Rust: what `lower` makes of a script, without a script.
//!
//! Waits follow from the names that an expression uses, as L4.3 says; `after` adds to them.

use agentflow::base::Decimal;
use agentflow::plan::{
    AfterLoop, Agent, AgentId, Annotations, Arm, Ask, Block, BlockId, Call, CompareOp, Dimension,
    DimensionKind, Each, Effect, EffectKind, Expr, ExprId, Fallback, FaultKind, Field, Grade, Judge, Literal,
    Loop, Node, NodeId, NodeKind, PLAN_VERSION, Param, Piece, Plan, Require, Rubric, RubricId, Scope,
    ScopeId, ScopeKind, Tool, ToolBody, ToolId, Type, TypeDecl, TypeId, TypeKind, Var, VarId, Wait, Workflow,
    WorkflowId, builtin,
};

/// An expression and the variables that it uses.
#[derive(Clone, Debug)]
pub struct E {
    pub id: ExprId,
    pub uses: Vec<VarId>,
}

pub fn text() -> Type {
    Type::Text(None)
}

pub fn int() -> Type {
    Type::Int(None)
}

pub fn list(of: Type) -> Type {
    Type::List(Box::new(of), None)
}

pub fn optional(of: Type) -> Type {
    Type::Optional(Box::new(of))
}

/// A plan that grows.
pub struct Build {
    pub plan: Plan,
}

impl Default for Build {
    fn default() -> Self {
        Self::new()
    }
}

impl Build {
    pub fn new() -> Self {
        let types = builtin::declarations();
        Self { plan: Plan { version: PLAN_VERSION, types, ..Plan::default() } }
    }

    pub fn push(&mut self, expr: Expr, parts: &[&E]) -> E {
        let id = ExprId(self.plan.exprs.len() as u32);
        self.plan.exprs.push(expr);
        let mut uses = Vec::new();
        for var in parts.iter().flat_map(|part| &part.uses) {
            if !uses.contains(var) {
                uses.push(*var);
            }
        }
        E { id, uses }
    }

    pub fn int(&mut self, value: i64) -> E {
        self.push(Expr::Literal(Literal::Int(value)), &[])
    }

    pub fn bool(&mut self, value: bool) -> E {
        self.push(Expr::Literal(Literal::Bool(value)), &[])
    }

    pub fn none(&mut self) -> E {
        self.push(Expr::Literal(Literal::None), &[])
    }

    pub fn grade(&mut self, grade: Grade) -> E {
        self.push(Expr::Literal(Literal::Grade(grade)), &[])
    }

    pub fn text(&mut self, chars: &str) -> E {
        self.push(Expr::Text(vec![Piece::Chars(chars.into())]), &[])
    }

    /// A text of the holes alone, with a space between.
    pub fn joined(&mut self, parts: &[(&E, Type)]) -> E {
        let mut pieces = Vec::new();
        for (position, (part, ty)) in parts.iter().enumerate() {
            if position > 0 {
                pieces.push(Piece::Chars(" ".into()));
            }
            pieces.push(Piece::Hole(part.id, ty.clone()));
        }
        let uses: Vec<&E> = parts.iter().map(|(part, _)| *part).collect();
        self.push(Expr::Text(pieces), &uses)
    }

    pub fn var(&mut self, var: VarId) -> E {
        let mut made = self.push(Expr::Var(var), &[]);
        made.uses.push(var);
        made
    }

    pub fn field(&mut self, of: &E, position: u32) -> E {
        self.push(Expr::Field(of.id, position), &[of])
    }

    pub fn list(&mut self, items: &[&E]) -> E {
        self.push(Expr::List(items.iter().map(|item| item.id).collect()), items)
    }

    pub fn compare(&mut self, op: CompareOp, left: &E, right: &E) -> E {
        self.push(Expr::Compare(op, left.id, right.id), &[left, right])
    }

    pub fn eq(&mut self, left: &E, right: &E) -> E {
        self.compare(CompareOp::Equal, left, right)
    }

    /// `1 / 0`, which is a fault of kind `arithmetic`.
    pub fn faulty(&mut self) -> E {
        let (one, zero) = (self.int(1), self.int(0));
        self.push(Expr::Int(agentflow::plan::ArithmeticOp::Remainder, one.id, zero.id), &[&one, &zero])
    }

    pub fn record_type(&mut self, name: &str, fields: &[(&str, Type)]) -> TypeId {
        let id = TypeId(self.plan.types.len() as u32);
        let fields = fields
            .iter()
            .map(|(name, ty)| Field { name: (*name).into(), doc: None, ty: ty.clone() })
            .collect();
        let kind = TypeKind::Record { fields, requires: Vec::new(), vars: Vec::new() };
        self.plan.types.push(TypeDecl { name: name.into(), doc: None, kind });
        id
    }

    /// An agent that shows its parameters, one after the other.
    pub fn agent(&mut self, name: &str, params: &[(&str, Type)], result: Type) -> AgentId {
        let (params, vars) = params_of(params);
        let holes: Vec<(E, Type)> =
            params.iter().map(|param| (self.var(param.var), param.ty.clone())).collect();
        let holes: Vec<(&E, Type)> = holes.iter().map(|(hole, ty)| (hole, ty.clone())).collect();
        let prompt = if holes.is_empty() { self.text("go") } else { self.joined(&holes) }.id;
        let id = AgentId(self.plan.agents.len() as u32);
        self.plan.agents.push(Agent {
            name: name.into(),
            place: agentflow::base::Place::default(),
            doc: None,
            params,
            result,
            role: None,
            prompt,
            tools: Vec::new(),
            annotations: Annotations::default(),
            vars,
        });
        id
    }

    /// A rubric with one described dimension `quality`, over a text, and a gate that its text is not empty.
    pub fn rubric(&mut self, name: &str) -> RubricId {
        let (params, vars) = params_of(&[("work", text())]);
        let (work, empty) = (self.var(VarId(0)), self.text(""));
        let condition = self.compare(CompareOp::NotEqual, &work, &empty).id;
        let message = self.text("there is nothing to judge").id;
        let description = self.text("it is good").id;
        let id = RubricId(self.plan.rubrics.len() as u32);
        self.plan.rubrics.push(Rubric {
            name: name.into(),
            place: agentflow::base::Place::default(),
            doc: None,
            params,
            gates: vec![Require { condition, message }],
            dimensions: vec![Dimension {
                name: "quality".into(),
                weight: Decimal::ONE,
                kind: DimensionKind::Described(description),
            }],
            floor: None,
            annotations: Annotations::default(),
            vars,
        });
        id
    }

    /// A tool that reads, writes or sends the file that its argument names.
    pub fn tool(&mut self, name: &str, kind: EffectKind, result: Option<Type>) -> ToolId {
        let (params, vars) = params_of(&[("path", text())]);
        let path = self.var(VarId(0)).id;
        let body = match kind {
            EffectKind::Pure => ToolBody::Return(path),
            EffectKind::Reads => ToolBody::Read(path),
            EffectKind::Writes | EffectKind::Sends => ToolBody::Write(path, path),
        };
        let id = ToolId(self.plan.tools.len() as u32);
        self.plan.tools.push(Tool {
            name: name.into(),
            place: agentflow::base::Place::default(),
            doc: None,
            params,
            result,
            effect: Effect { kind, resource: "files".into() },
            body,
            annotations: Annotations::default(),
            vars,
        });
        id
    }

    pub fn workflow(
        &mut self,
        name: &str,
        params: &[(&str, Type)],
        body: impl FnOnce(&mut Body<'_>),
    ) -> WorkflowId {
        let (params, vars) = params_of(params);
        let workflow = Workflow {
            name: name.into(),
            doc: None,
            place: agentflow::base::Place::default(),
            params,
            result: None,
            annotations: Annotations::default(),
            vars,
            scopes: vec![Scope { parent: None, kind: ScopeKind::Body }],
            blocks: vec![Block::default()],
            nodes: Vec::new(),
            today: None,
            now: None,
            called: false,
            local: true,
        };
        let mut made = Body {
            build: self,
            workflow,
            scope: ScopeId(0),
            block: BlockId(0),
            bound: Vec::new(),
            above: Vec::new(),
        };
        body(&mut made);
        let workflow = made.workflow;
        let id = WorkflowId(self.plan.workflows.len() as u32);
        self.plan.workflows.push(workflow);
        id
    }
}

fn params_of(params: &[(&str, Type)]) -> (Vec<Param>, Vec<Var>) {
    let vars = params
        .iter()
        .map(|(name, ty)| Var { name: (*name).into(), ty: ty.clone(), scope: ScopeId(0) })
        .collect();
    let params = (0..)
        .zip(params)
        .map(|(var, (name, ty))| Param {
            name: (*name).into(),
            doc: None,
            ty: ty.clone(),
            default: None,
            var: VarId(var),
        })
        .collect();
    (params, vars)
}

/// What is written behind a call.
#[derive(Clone, Debug, Default)]
pub struct With {
    pub annotations: Annotations,
    pub after: Vec<NodeId>,
    pub fallbacks: Vec<(Vec<FaultKind>, Option<VarId>, E)>,
}

impl With {
    pub fn after(nodes: &[NodeId]) -> Self {
        Self { after: nodes.to_vec(), ..Self::default() }
    }

    pub fn fallback(kinds: &[FaultKind], value: E) -> Self {
        Self { fallbacks: vec![(kinds.to_vec(), None, value)], ..Self::default() }
    }

    pub fn annotations(annotations: Annotations) -> Self {
        Self { annotations, ..Self::default() }
    }
}

/// The statements of a block that grows.
pub struct Body<'a> {
    pub build: &'a mut Build,
    pub workflow: Workflow,
    scope: ScopeId,
    block: BlockId,
    /// What the statements of the innermost case bind.
    bound: Vec<VarId>,
    /// The `require` or `fail` that stands last above.
    above: Vec<NodeId>,
}

impl Body<'_> {
    pub fn param(&mut self, position: u32) -> E {
        self.build.var(VarId(position))
    }

    pub fn var(&mut self, var: VarId) -> E {
        self.build.var(var)
    }

    pub fn declare(&mut self, name: &str, ty: Type) -> VarId {
        let id = VarId(self.workflow.vars.len() as u32);
        self.workflow.vars.push(Var { name: name.into(), ty, scope: self.scope });
        id
    }

    fn declare_in(&mut self, scope: ScopeId, name: &str, ty: Type) -> VarId {
        let id = VarId(self.workflow.vars.len() as u32);
        self.workflow.vars.push(Var { name: name.into(), ty, scope });
        id
    }

    fn node(&mut self, name: &str, waits: Vec<Wait>, kind: NodeKind) -> NodeId {
        let id = NodeId(self.workflow.nodes.len() as u32);
        let mut all = waits;
        for above in &self.above {
            if !all.contains(&Wait::Node(*above)) {
                all.push(Wait::Node(*above));
            }
        }
        self.workflow.nodes.push(Node {
            name: name.into(),
            place: agentflow::base::Place::default(),
            block: self.block,
            waits: all,
            after: Vec::new(),
            kind,
        });
        self.workflow.blocks[self.block.index()].nodes.push(id);
        id
    }

    fn waits(&self, parts: &[&E]) -> Vec<Wait> {
        let mut waits = Vec::new();
        for var in parts.iter().flat_map(|part| &part.uses) {
            if !waits.contains(&Wait::Var(*var)) {
                waits.push(Wait::Var(*var));
            }
        }
        waits
    }

    fn step_node(
        &mut self,
        name: &str,
        call: Call,
        parts: &[&E],
        result: Option<Type>,
        with: With,
        binds: Option<VarId>,
    ) -> NodeId {
        let mut waits = self.waits(parts);
        for (_, binder, value) in &with.fallbacks {
            for var in &value.uses {
                if Some(*var) != *binder && !waits.contains(&Wait::Var(*var)) {
                    waits.push(Wait::Var(*var));
                }
            }
        }
        for node in &with.after {
            if !waits.contains(&Wait::Node(*node)) {
                waits.push(Wait::Node(*node));
            }
        }
        let fallbacks = with
            .fallbacks
            .into_iter()
            .map(|(kinds, binder, value)| Fallback { kinds, binder, value: value.id })
            .collect();
        self.bound.extend(binds);
        self.node(
            name,
            waits,
            NodeKind::Step { call, annotations: with.annotations, fallbacks, binds, result },
        )
    }

    /// A step that calls an agent; gives the statement and what it binds.
    pub fn agent(&mut self, name: &str, agent: AgentId, args: &[&E], with: With) -> (NodeId, VarId) {
        let result = self.build.plan.agents[agent.index()].result.clone();
        let var = self.declare(name, result.clone());
        let call = Call::Agent(agent, args.iter().map(|arg| arg.id).collect());
        (self.step_node(name, call, args, Some(result), with, Some(var)), var)
    }

    /// The same into a variable that another case binds too.
    pub fn agent_into(&mut self, name: &str, var: VarId, agent: AgentId, args: &[&E]) -> NodeId {
        let result = self.build.plan.agents[agent.index()].result.clone();
        let call = Call::Agent(agent, args.iter().map(|arg| arg.id).collect());
        self.step_node(name, call, args, Some(result), With::default(), Some(var))
    }

    pub fn rubric(&mut self, name: &str, rubric: RubricId, args: &[&E], with: With) -> (NodeId, VarId) {
        let result = Type::Named(builtin::REVIEW);
        let var = self.declare(name, result.clone());
        let call = Call::Rubric(rubric, args.iter().map(|arg| arg.id).collect());
        (self.step_node(name, call, args, Some(result), with, Some(var)), var)
    }

    pub fn tool(&mut self, name: &str, tool: ToolId, args: &[&E], with: With) -> (NodeId, Option<VarId>) {
        let result = self.build.plan.tools[tool.index()].result.clone();
        let var = result.clone().map(|ty| self.declare(name, ty));
        let call = Call::Tool(tool, args.iter().map(|arg| arg.id).collect());
        (self.step_node(name, call, args, result, with, var), var)
    }

    pub fn call(
        &mut self,
        name: &str,
        workflow: WorkflowId,
        args: &[&E],
        with: With,
    ) -> (NodeId, Option<VarId>) {
        let result = self.build.plan.workflows[workflow.index()].result.clone();
        let var = result.clone().map(|ty| self.declare(name, ty));
        let call = Call::Workflow(workflow, args.iter().map(|arg| arg.id).collect());
        (self.step_node(name, call, args, result, with, var), var)
    }

    pub fn ask(
        &mut self,
        name: &str,
        form: Type,
        showing: &[(&str, &E, Type)],
        with: With,
    ) -> (NodeId, VarId) {
        let question = self.build.text("Publish?");
        let var = self.declare(name, form.clone());
        let parts: Vec<&E> = showing.iter().map(|(_, part, _)| *part).collect();
        let showing = showing.iter().map(|(name, part, ty)| ((*name).into(), part.id, ty.clone())).collect();
        let call =
            Call::Ask(Ask { question: question.id, to: Some("editor".into()), showing, form: form.clone() });
        (self.step_node(name, call, &parts, Some(form), with, Some(var)), var)
    }

    pub fn let_(&mut self, name: &str, ty: Type, value: &E) -> VarId {
        let var = self.declare(name, ty);
        let waits = self.waits(&[value]);
        self.bound.push(var);
        self.node(name, waits, NodeKind::Let { value: value.id, binds: var });
        var
    }

    pub fn require(&mut self, condition: &E, message: &str) -> NodeId {
        let message = self.build.text(message);
        let waits = self.waits(&[condition]);
        let kind = NodeKind::Require { condition: condition.id, message: message.id };
        let id = self.node("require", waits, kind);
        self.above = vec![id];
        id
    }

    pub fn fail(&mut self, message: &str) -> NodeId {
        let message = self.build.text(message);
        let id = self.node("fail", Vec::new(), NodeKind::Fail { message: message.id });
        self.above = vec![id];
        id
    }

    pub fn return_(&mut self, value: &E, ty: Type) -> NodeId {
        self.workflow.result = Some(ty);
        let waits = self.waits(&[value]);
        self.node("return", waits, NodeKind::Return { value: value.id })
    }

    fn inside(&mut self, scope: ScopeId, body: impl FnOnce(&mut Self)) -> (BlockId, Vec<VarId>) {
        let block = BlockId(self.workflow.blocks.len() as u32);
        self.workflow.blocks.push(Block { nodes: Vec::new(), scope });
        let outer =
            (self.scope, self.block, std::mem::take(&mut self.bound), std::mem::take(&mut self.above));
        (self.scope, self.block) = (scope, block);
        body(self);
        let bound = std::mem::take(&mut self.bound);
        (self.scope, self.block, self.bound, self.above) = outer;
        (block, bound)
    }

    /// `when cond { … } otherwise { … }`. A case that ends in `fail` is known by its last statement.
    pub fn when(
        &mut self,
        condition: &E,
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) -> NodeId {
        let waits = self.waits(&[condition]);
        let id = self.node("when", waits, NodeKind::When { arms: Vec::new() });
        let scope = self.scope;
        let (yes, bound_yes) = self.inside(scope, then);
        let (no, bound_no) = self.inside(scope, otherwise);
        let absent = |of: &[VarId], other: &[VarId]| -> Vec<VarId> {
            of.iter().filter(|var| !other.contains(var)).copied().collect()
        };
        let fails = |body: &Self, block: BlockId| {
            let last = body.workflow.blocks[block.index()].nodes.last();
            last.is_some_and(|last| matches!(body.workflow.nodes[last.index()].kind, NodeKind::Fail { .. }))
        };
        let arms = vec![
            Arm {
                condition: Some(condition.id),
                written: None,
                block: yes,
                absent: absent(&bound_no, &bound_yes),
                fails: fails(self, yes),
            },
            Arm {
                condition: None,
                written: None,
                block: no,
                absent: absent(&bound_yes, &bound_no),
                fails: fails(self, no),
            },
        ];
        for var in bound_yes.into_iter().chain(bound_no) {
            if !self.bound.contains(&var) {
                self.bound.push(var);
            }
        }
        self.workflow.nodes[id.index()].kind = NodeKind::When { arms };
        id
    }

    pub fn parallel(&mut self, cap: Option<u32>, body: impl FnOnce(&mut Self)) -> NodeId {
        let id = self.node("parallel", Vec::new(), NodeKind::When { arms: Vec::new() });
        let (block, bound) = self.inside(self.scope, body);
        self.bound.extend(bound);
        self.workflow.nodes[id.index()].kind = NodeKind::Parallel { block, cap };
        id
    }

    fn scope_in(&mut self, kind: ScopeKind) -> ScopeId {
        let id = ScopeId(self.workflow.scopes.len() as u32);
        self.workflow.scopes.push(Scope { parent: Some(self.scope), kind });
        id
    }

    /// `for item in items as name { … give expr }`; gives the rows.
    pub fn each(
        &mut self,
        name: &str,
        items: &E,
        parallel: bool,
        cap: Option<u32>,
        body: impl FnOnce(&mut Self, VarId) -> Option<(E, Type)>,
    ) -> (NodeId, Option<VarId>) {
        let waits = self.waits(&[items]);
        let id = self.node(name, waits, NodeKind::When { arms: Vec::new() });
        let scope = self.scope_in(ScopeKind::Item(id));
        let item = self.declare_in(scope, "item", text());
        let index = self.declare_in(scope, "index", int());
        let mut give = None;
        let (block, _) = self.inside(scope, |inner| give = body(inner, item));
        let rows = give.as_ref().map(|(_, ty)| self.declare(name, list(ty.clone())));
        self.bound.extend(rows);
        let give = give.map(|(value, _)| (value.id, self.waits(&[&value])));
        self.workflow.nodes[id.index()].kind = NodeKind::Each(Each {
            list: items.id,
            item,
            index: Some(index),
            scope,
            block,
            give,
            rows,
            parallel,
            cap,
            max: Some(100_000),
        });
        (id, rows)
    }

    /// A loop whose body binds what `body` gives with its `until`; the names behind it come back.
    pub fn loop_(
        &mut self,
        name: &str,
        max: i64,
        otherwise: Otherwise,
        body: impl FnOnce(&mut Self, &Round) -> Until,
    ) -> Looped {
        let max = self.build.int(max);
        let id = self.node(name, Vec::new(), NodeKind::When { arms: Vec::new() });
        let scope = self.scope_in(ScopeKind::Round(id));
        let round = Round {
            number: self.declare_in(scope, "round", int()),
            previous: self.declare_in(scope, "previous", Type::Json),
            earlier: self.declare_in(scope, "earlier", list(Type::Json)),
            review: self.declare_in(scope, "review", Type::Named(builtin::REVIEW)),
        };
        let mut until = None;
        let (block, bound) = self.inside(scope, |inner| until = Some(body(inner, &round)));
        let until = until.unwrap();
        let mut fields = bound.clone();
        if until.judge.is_some() {
            fields.push(round.review);
        }
        let named: Vec<(String, Type)> = fields
            .iter()
            .map(|var| {
                let var = &self.workflow.vars[var.index()];
                (var.name.to_string(), var.ty.clone())
            })
            .collect();
        let named: Vec<(&str, Type)> = named.iter().map(|(name, ty)| (name.as_str(), ty.clone())).collect();
        let record = self.build.record_type("round", &named);
        let mut gate_fields =
            vec![("rounds", int()), ("passed", Type::Bool), ("tries", list(Type::Named(record)))];
        if until.judge.is_some() {
            gate_fields.push(("review", Type::Named(builtin::REVIEW)));
        }
        let gate_type = self.build.record_type("gate", &gate_fields);
        let exports: Vec<(VarId, VarId)> = bound
            .iter()
            .map(|inner| {
                let var = self.workflow.vars[inner.index()].clone();
                (*inner, self.declare(&var.name, var.ty))
            })
            .collect();
        let gate = self.declare("gate", Type::Named(gate_type));
        self.bound.extend(exports.iter().map(|(_, outer)| *outer).chain([gate]));
        let in_round = |body: &Self, var: &VarId| body.workflow.vars[var.index()].scope == scope;
        let mut parts = vec![&until.condition];
        let judge_args: Vec<&E> = until.judge.iter().flat_map(|(_, args)| args).collect();
        parts.extend(judge_args);
        let until_waits = self
            .waits(&parts)
            .into_iter()
            .filter(|wait| !matches!(wait, Wait::Var(var) if in_round(self, var)))
            .collect();
        let otherwise = match otherwise {
            Otherwise::History => AfterLoop::FailWithHistory,
            Otherwise::Best => AfterLoop::KeepBest,
            Otherwise::Last => AfterLoop::KeepLast,
            Otherwise::Fail(message) => {
                let tail = ScopeId(self.workflow.scopes.len() as u32);
                self.workflow.scopes.push(Scope { parent: Some(scope), kind: ScopeKind::Tail(id) });
                let message = self.build.text(message);
                AfterLoop::Fail { scope: tail, message: message.id, waits: Vec::new(), gate: None }
            }
        };
        let judge = until.judge.map(|(rubric, args)| Judge {
            rubric,
            args: args.iter().map(|arg| arg.id).collect(),
            binds: round.review,
        });
        self.workflow.nodes[id.index()].kind = NodeKind::Loop(Loop {
            max: max.id,
            scope,
            block,
            until: until.condition.id,
            until_waits,
            judge,
            round: Some(round.number),
            previous: Some(round.previous),
            earlier: Some(round.earlier),
            record,
            fields,
            exports: exports.clone(),
            gate: Some((gate, gate_type)),
            otherwise,
        });
        Looped { node: id, names: exports.into_iter().map(|(_, outer)| outer).collect(), gate }
    }
}

/// The names of a loop's round.
pub struct Round {
    pub number: VarId,
    pub previous: VarId,
    pub earlier: VarId,
    pub review: VarId,
}

/// What ends a loop.
pub struct Until {
    pub condition: E,
    pub judge: Option<(RubricId, Vec<E>)>,
}

/// What stands behind `otherwise`.
pub enum Otherwise {
    History,
    Best,
    Last,
    Fail(&'static str),
}

/// What is visible behind a loop.
pub struct Looped {
    pub node: NodeId,
    pub names: Vec<VarId>,
    pub gate: VarId,
}
