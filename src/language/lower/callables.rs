use super::lowering::Lowering;
use super::vars::Owner;
use crate::base::Place;
use crate::language::hir::{self, CallableId, Definition, Expr, Local, ModuleId};
use crate::plan::{self, ExprId, VarId};
use smol_str::SmolStr;

impl<'a> Lowering<'a> {
    /// The default of a parameter, with the module and the locals that it was checked with.
    pub(super) fn default_of(&self, id: CallableId, at: usize) -> Option<(ModuleId, &'a [Local], &'a Expr)> {
        let (module, definition) = self.definition(id)?;
        let (defaults, locals): (&[Option<Expr>], &[Local]) = match definition {
            Definition::Agent(_, agent) => (&agent.defaults, &agent.locals),
            Definition::Rubric(_, rubric) => (&rubric.defaults, &rubric.locals),
            Definition::Tool(_, tool) => (&tool.defaults, &tool.locals),
            Definition::Workflow(_, workflow) => (&workflow.defaults, &workflow.body.locals),
            Definition::Requires(..) | Definition::Test(_) => return None,
        };
        Some((module, locals, defaults.get(at)?.as_ref()?))
    }

    pub(super) fn agent(&mut self, id: CallableId, module: ModuleId, agent: &hir::Agent) -> plan::Agent {
        let head = self.head(id);
        let tools = agent.tools.iter().map(|tool| plan::ToolId(self.place(*tool))).collect();
        let mut owner = Owner::new(self, module, &agent.locals);
        let role = agent.role.as_ref().map(|role| owner.expr(role));
        let prompt = owner.expr(&agent.prompt);
        let params = owner.params(id, &agent.defaults);
        let vars = owner.finish();
        let result = head.result.map_or(plan::Type::Text(None), |result| self.ty(module, &result));
        let annotations = agent.annotations.clone();
        plan::Agent {
            name: head.name,
            place: head.place,
            doc: head.doc,
            params,
            result,
            role,
            prompt,
            tools,
            annotations,
            vars,
        }
    }

    pub(super) fn rubric(&mut self, id: CallableId, module: ModuleId, rubric: &hir::Rubric) -> plan::Rubric {
        let head = self.head(id);
        let mut owner = Owner::new(self, module, &rubric.locals);
        let gates = rubric.gates.iter().map(|gate| owner.require(gate)).collect();
        let dimensions = rubric.dimensions.iter().map(|dimension| owner.dimension(dimension)).collect();
        let params = owner.params(id, &rubric.defaults);
        let vars = owner.finish();
        let (floor, annotations) = (rubric.floor, rubric.annotations.clone());
        plan::Rubric {
            name: head.name,
            place: head.place,
            doc: head.doc,
            params,
            gates,
            dimensions,
            floor,
            annotations,
            vars,
        }
    }

    pub(super) fn tool(&mut self, id: CallableId, module: ModuleId, tool: &hir::Tool) -> Option<plan::Tool> {
        let head = self.head(id);
        let mut owner = Owner::new(self, module, &tool.locals);
        let body = owner.tool_body(tool.body.as_ref()?);
        let params = owner.params(id, &tool.defaults);
        let vars = owner.finish();
        let result = head.result.map(|result| self.ty(module, &result));
        let annotations = tool.annotations.clone();
        let effect = head.effect?;
        Some(plan::Tool {
            name: head.name,
            place: head.place,
            doc: head.doc,
            params,
            result,
            effect,
            body,
            annotations,
            vars,
        })
    }

    pub(super) fn head(&self, id: CallableId) -> Head {
        let Some(callable) = self.program.callable(id) else { return Head::default() };
        Head {
            name: callable.name.clone(),
            place: Place { file: callable.file, span: callable.span },
            doc: callable.doc.clone(),
            result: callable.result.clone(),
            effect: callable.effect.clone(),
        }
    }
}

/// What all callables have in common.
#[derive(Default)]
pub(super) struct Head {
    pub(super) name: SmolStr,
    pub(super) place: Place,
    pub(super) doc: Option<SmolStr>,
    pub(super) result: Option<hir::Type>,
    effect: Option<plan::Effect>,
}

impl Owner<'_, '_> {
    /// The parameters of a callable, whose variables are its first.
    pub(super) fn params(&mut self, id: CallableId, defaults: &[Option<Expr>]) -> Vec<plan::Param> {
        let program = self.lowering.program;
        let Some(callable) = program.callable(id) else { return Vec::new() };
        let mut params = Vec::new();
        for (at, param) in callable.params.iter().enumerate() {
            let ty = self.lowering.ty(self.module, &param.ty);
            let default = self.param_default(defaults.get(at).and_then(Option::as_ref), &ty);
            let var = VarId(u32::try_from(at).unwrap_or(u32::MAX));
            params.push(plan::Param { name: param.name.clone(), doc: param.doc.clone(), ty, default, var });
        }
        params
    }

    fn param_default(&mut self, default: Option<&Expr>, ty: &plan::Type) -> Option<ExprId> {
        match default {
            Some(default) => Some(self.expr(default)),
            None if matches!(ty, plan::Type::Optional(_)) => {
                Some(self.push(plan::Expr::Literal(plan::Literal::None)))
            }
            None => None,
        }
    }

    fn dimension(&mut self, dimension: &hir::Dimension) -> plan::Dimension {
        let kind = match &dimension.kind {
            hir::DimensionKind::Described(text) => plan::DimensionKind::Described(self.expr(text)),
            hir::DimensionKind::Criteria(criteria) => plan::DimensionKind::Criteria(
                criteria.iter().map(|criterion| self.criterion(criterion)).collect(),
            ),
        };
        plan::Dimension { name: dimension.name.clone(), weight: dimension.weight, kind }
    }

    fn criterion(&mut self, criterion: &hir::Criterion) -> plan::Criterion {
        match criterion {
            hir::Criterion::Question(text) => plan::Criterion::Question(self.expr(text)),
            hir::Criterion::Check(expr) => plan::Criterion::Check(self.expr(expr)),
        }
    }

    fn tool_body(&mut self, body: &hir::ToolBody) -> plan::ToolBody {
        match body {
            hir::ToolBody::Read(path) => plan::ToolBody::Read(self.expr(path)),
            hir::ToolBody::Write(path, text) => plan::ToolBody::Write(self.expr(path), self.expr(text)),
            hir::ToolBody::Run { command, directory, stdin } => plan::ToolBody::Run {
                command: self.expr(command),
                directory: directory.as_ref().map(|directory| self.expr(directory)),
                stdin: stdin.as_ref().map(|stdin| self.expr(stdin)),
            },
            hir::ToolBody::Http { method, address, headers, body, pick } => plan::ToolBody::Http {
                method: *method,
                address: self.address(address),
                headers: headers.iter().map(|(name, value)| (name.clone(), self.header(value))).collect(),
                body: body.as_ref().map(|body| self.json(body)),
                pick: pick.clone(),
            },
            hir::ToolBody::Mcp(server, tool) => {
                plan::ToolBody::Mcp { server: server.clone(), tool: tool.clone() }
            }
            hir::ToolBody::Return(expr) => plan::ToolBody::Return(self.expr(expr)),
        }
    }

    fn address(&mut self, address: &Result<Expr, SmolStr>) -> plan::Address {
        match address {
            Ok(url) => plan::Address::Url(self.expr(url)),
            Err(secret) => plan::Address::Secret(secret.clone()),
        }
    }

    fn header(&mut self, value: &Result<Expr, SmolStr>) -> plan::HeaderValue {
        match value {
            Ok(text) => plan::HeaderValue::Text(self.expr(text)),
            Err(secret) => plan::HeaderValue::Secret(secret.clone()),
        }
    }

    fn json(&mut self, body: &hir::HttpBody) -> plan::JsonShape {
        match body {
            hir::HttpBody::Value(expr) => plan::JsonShape::Value(self.expr(expr)),
            hir::HttpBody::Object(pairs) => plan::JsonShape::Object(
                pairs.iter().map(|(key, value)| (key.clone(), self.json(value))).collect(),
            ),
        }
    }
}
