use crate::plan::{
    Annotations, Call, EffectKind, NodeKind, Plan, Rubric, Tiers, ToolId, Workflow, WorkflowId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a workflow may ask and touch, with everything that it calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// Tiers that a model may be asked at.
    pub tiers: BTreeSet<u8>,
    /// Tools that are not pure, and the steps that may call them.
    pub tools: BTreeMap<u32, Vec<String>>,
    /// Steps that ask a person.
    pub asks: Vec<String>,
}

/// Walks a workflow; `default_tier` is asked where nothing else is written.
pub(super) fn reach(plan: &Plan, workflow: &Workflow, default_tier: u8) -> Reach {
    let mut walk = Walk { plan, default_tier, reach: Reach::default(), seen: BTreeSet::new() };
    walk.workflow(workflow, &workflow.name, workflow.annotations.tier);
    walk.reach
}

struct Walk<'a> {
    plan: &'a Plan,
    default_tier: u8,
    reach: Reach,
    /// A workflow that is called twice at one tier adds nothing the second time.
    seen: BTreeSet<(WorkflowId, Option<Tiers>)>,
}

impl Walk<'_> {
    fn workflow(&mut self, workflow: &Workflow, path: &str, tier: Option<Tiers>) {
        for node in &workflow.nodes {
            let path = format!("{path}/{}", node.name);
            match &node.kind {
                NodeKind::Step { call, annotations, .. } => self.call(call, annotations, &path, tier),
                NodeKind::Loop(each) => {
                    if let Some(rubric) = each.judge.as_ref().and_then(|judge| self.plan.rubric(judge.rubric))
                    {
                        self.judge(rubric, &Annotations::default(), tier);
                    }
                }
                _ => {}
            }
        }
    }

    fn call(&mut self, call: &Call, step: &Annotations, path: &str, tier: Option<Tiers>) {
        match call {
            Call::Agent(id, _) => {
                if let Some(agent) = self.plan.agent(*id) {
                    self.asks_model(step.tier.or(agent.annotations.tier).or(tier));
                    agent.tools.iter().for_each(|tool| self.tool(*tool, path));
                }
            }
            Call::Prompt(_) => self.asks_model(step.tier.or(tier)),
            Call::Rubric(id, _) => {
                if let Some(rubric) = self.plan.rubric(*id) {
                    self.judge(rubric, step, tier);
                }
            }
            Call::Tool(id, _) => self.tool(*id, path),
            Call::Ask(_) => self.reach.asks.push(path.to_string()),
            Call::Workflow(id, _) => {
                let Some(callee) = self.plan.workflow(*id) else { return };
                // On a call, a tier stands in the place of the workflow's own.
                let below = step.tier.or(callee.annotations.tier).or(tier);
                if self.seen.insert((*id, below)) {
                    self.workflow(callee, path, below);
                }
            }
        }
    }

    fn judge(&mut self, rubric: &Rubric, step: &Annotations, tier: Option<Tiers>) {
        use crate::plan::{Criterion, DimensionKind};
        let asks = rubric.dimensions.iter().any(|dimension| match &dimension.kind {
            DimensionKind::Described(_) => true,
            DimensionKind::Criteria(items) => items.iter().any(|item| matches!(item, Criterion::Question(_))),
        });
        if asks {
            self.asks_model(step.tier.or(rubric.annotations.tier).or(tier));
        }
    }

    fn asks_model(&mut self, tier: Option<Tiers>) {
        let tiers = tier.unwrap_or(Tiers { low: self.default_tier, high: self.default_tier });
        self.reach.tiers.extend(tiers.low..=tiers.high);
    }

    fn tool(&mut self, id: ToolId, path: &str) {
        let touches = self.plan.tool(id).is_some_and(|tool| tool.effect.kind != EffectKind::Pure);
        if touches {
            self.reach.tools.entry(id.0).or_default().push(path.to_string());
        }
    }
}

/// Asked where neither the script nor the project says another (L3.8).
pub(super) const DEFAULT_TIER: u8 = 1;

/// `asks models of tiers 2, 3 and 4 · touches nothing`
pub(super) fn summary(plan: &Plan, workflow: &Workflow) -> String {
    let reach = reach(plan, workflow, DEFAULT_TIER);
    let tiers: Vec<String> = reach.tiers.iter().map(ToString::to_string).collect();
    let mut parts = vec![match tiers.split_last() {
        None => "asks no model".to_string(),
        Some((only, [])) => format!("asks models of tier {only}"),
        Some((last, others)) => format!("asks models of tiers {} and {last}", others.join(", ")),
    }];
    let touched: BTreeSet<String> = tools(plan, &reach).map(|(tool, _)| effect(tool)).collect();
    if touched.is_empty() {
        parts.push("touches nothing".into());
    } else {
        parts.extend(touched);
    }
    if !reach.asks.is_empty() {
        parts.push("asks a person".into());
    }
    parts.join(" · ")
}

/// The tools of a reach, with the steps that may call them.
pub(super) fn tools<'a>(
    plan: &'a Plan,
    reach: &'a Reach,
) -> impl Iterator<Item = (&'a crate::plan::Tool, &'a [String])> {
    reach.tools.iter().filter_map(|(id, steps)| Some((plan.tool(ToolId(*id))?, steps.as_slice())))
}

/// `reads web`
pub(super) fn effect(tool: &crate::plan::Tool) -> String {
    let word = match tool.effect.kind {
        EffectKind::Pure => return "is pure".into(),
        EffectKind::Reads => "reads",
        EffectKind::Writes => "writes",
        EffectKind::Sends => "sends",
    };
    format!("{word} {}", tool.effect.resource)
}
