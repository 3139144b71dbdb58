//! What is said of a place: what the script says, and what only a plan of it can say — the prompt as an agent would get
//! it, with sample values, and how many calls there are at most.

use super::answers::markdown;
use super::view::View;
use crate::base::thousands;
use crate::engine::bound::{CallBound, call_bound, node_bound};
use crate::engine::eval::{Args, Env, Value, eval, eval_text};
use crate::engine::sim::{Draw, Naming, sample};
use crate::language::hir::{CallableId, CallableKind};
use crate::language::ide::{self, Snapshot, Subject, is_sound};
use crate::language::lower::lower_callable;
use crate::plan::{Agent, AgentId, Call, Node, NodeKind, Plan, Type, VarId, Workflow, WorkflowId};
use tower_lsp::ls_types::{Hover, HoverContents, Position, Uri};

pub(super) fn hover(view: &View, uri: &Uri, position: Position) -> Option<Hover> {
    let (file, offset) = view.place(uri, position)?;
    let found = ide::hover(&view.snapshot, file, offset)?;
    let range = Some(view.span_range(file, found.span));
    let more = found.subject.and_then(|subject| planned(&view.snapshot, subject));
    let text = [Some(found.text), more].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    Some(Hover { contents: HoverContents::Markup(markdown(text)), range })
}

/// What a plan says of a subject; nothing where something is wrong in what it reaches.
fn planned(snapshot: &Snapshot, subject: Subject) -> Option<String> {
    match subject {
        Subject::Callable(id) => of_callable(snapshot, id),
        Subject::Statement { workflow, at, callee } => {
            let plan = plan_of(snapshot, workflow);
            let found = plan.as_ref().and_then(|plan| {
                let workflow = plan.workflow(WorkflowId(0))?;
                // A node stands at its name or its word, before all that is inside of it.
                let inside =
                    |it: &&Node| it.place.file == at.file && at.span.touches(it.place.span.start as usize);
                let node = workflow.nodes.iter().filter(inside).min_by_key(|it| it.place.span.start)?;
                Some((plan, workflow, node))
            });
            let Some((plan, workflow, node)) = found else {
                return callee.and_then(|id| of_callable(snapshot, id));
            };
            let calls = node_bound(plan, WorkflowId(0), node.place).and_then(|bound| calls(&bound));
            let parts = [calls, of_step(plan, workflow, node)];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join("\n\n"))
        }
    }
}

/// The plan of a callable, which is the first of its kind there.
fn plan_of(snapshot: &Snapshot, id: CallableId) -> Option<Plan> {
    is_sound(snapshot, id).then(|| lower_callable(snapshot.program(), snapshot.insides(), id))
}

fn of_callable(snapshot: &Snapshot, id: CallableId) -> Option<String> {
    let kind = snapshot.program().callable(id)?.kind;
    match kind {
        CallableKind::Agent => {
            let plan = plan_of(snapshot, id)?;
            let agent = plan.agent(AgentId(0))?;
            let values: Vec<Value> =
                agent.params.iter().map(|param| drawn(&plan, &param.ty, &param.name)).collect();
            rendered(&plan, agent, &values)
        }
        CallableKind::Workflow => calls(&call_bound(&plan_of(snapshot, id)?, WorkflowId(0), None)),
        CallableKind::Rubric | CallableKind::Tool => None,
    }
}

/// "At most 12 calls of models."
fn calls(bound: &CallBound) -> Option<String> {
    const ENDLESS: u64 = 1_000_000_000;
    let each: Vec<String> = bound.follows.iter().map(|name| format!("each item of `{name}`")).collect();
    let each = if each.is_empty() { String::new() } else { format!(", for {}", each.join(" and ")) };
    match bound.calls {
        0 => None,
        1 => Some(format!("At most 1 call of a model{each}.")),
        calls if calls < ENDLESS => Some(format!("At most {} calls of models{each}.", thousands(calls))),
        _ => None,
    }
}

/// The variables of a workflow, each with a sample of its type.
struct Samples<'a> {
    plan: &'a Plan,
    workflow: &'a Workflow,
}

impl Env for Samples<'_> {
    fn lookup(&self, var: VarId) -> Option<Value> {
        let var = self.workflow.vars.get(var.index())?;
        Some(drawn(self.plan, &var.ty, &var.name))
    }
}

/// A sample, whose texts say where they come from. What may be absent is there.
fn drawn(plan: &Plan, ty: &Type, name: &str) -> Value {
    let ty = match ty {
        Type::Optional(inner) => inner,
        _ => ty,
    };
    let naming = Naming { name: format!("‹{name}›").into(), ..Naming::default() };
    sample(plan, ty, &Draw { seed: 1, path: name, number: 0, naming: &naming }).value
}

/// What a step asks, with what it passes on.
fn of_step(plan: &Plan, workflow: &Workflow, node: &Node) -> Option<String> {
    let NodeKind::Step { call, .. } = &node.kind else { return None };
    let samples = Samples { plan, workflow };
    match call {
        Call::Agent(id, args) => {
            let agent = plan.agent(*id)?;
            let values = args.iter().zip(&agent.params).map(|(arg, param)| {
                eval(plan, *arg, &samples).unwrap_or_else(|_| drawn(plan, &param.ty, &param.name))
            });
            rendered(plan, agent, &values.collect::<Vec<_>>())
        }
        Call::Prompt(text) => Some(titled("Prompt", &eval_text(plan, *text, &samples).ok()?)),
        Call::Ask(ask) => Some(titled("Question", &eval_text(plan, ask.question, &samples).ok()?)),
        Call::Rubric(..) | Call::Tool(..) | Call::Workflow(..) => None,
    }
}

fn rendered(plan: &Plan, agent: &Agent, values: &[Value]) -> Option<String> {
    let env = Args { params: &agent.params, values };
    let role = agent.role.and_then(|role| eval_text(plan, role, &env).ok());
    let prompt = titled("Prompt", &eval_text(plan, agent.prompt, &env).ok()?);
    let role = role.map(|role| titled("Role", &role));
    Some([role, Some(prompt)].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
}

/// At most so many lines of a text are shown.
const LINES: usize = 40;

fn titled(title: &str, text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take(LINES + 1).collect();
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…");
    }
    let ticks = lines.iter().filter(|line| line.trim_start().starts_with("```"));
    let fence = "`".repeat(ticks.map(|line| line.len()).max().unwrap_or(2).max(2) + 1);
    format!("**{title}**, with sample values:\n\n{fence}text\n{}\n{fence}", lines.join("\n"))
}
