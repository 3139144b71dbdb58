use super::Printer;
use crate::plan::{Annotations, DimensionKind, Param, Tiers, TypeDecl, TypeKind, Var, builtin};
use std::fmt::Write as _;

impl Printer<'_> {
    pub(super) fn declarations(&mut self) {
        let plan = self.plan;
        for decl in plan.types.iter().skip(builtin::declarations().len()) {
            let text = self.type_decl(decl);
            self.line(0, &text);
        }
        for agent in &plan.agents {
            let result = self.ty(&agent.result);
            let head =
                format!("agent {}({}) -> {result}", agent.name, self.params(&agent.params, &agent.vars));
            self.line(0, &(head + &annotations(&agent.annotations)));
            if let Some(role) = agent.role {
                self.line(1, &format!("role {}", self.expr(&agent.vars, role)));
            }
            self.line(1, &format!("prompt {}", self.expr(&agent.vars, agent.prompt)));
        }
        for tool in &plan.tools {
            let result = tool.result.as_ref().map(|ty| format!(" -> {}", self.ty(ty))).unwrap_or_default();
            let effect = format!("{:?} {}", tool.effect.kind, tool.effect.resource).to_lowercase();
            let params = self.params(&tool.params, &tool.vars);
            self.line(
                0,
                &format!(
                    "tool {}({params}){result} {}{}",
                    tool.name,
                    effect.trim(),
                    annotations(&tool.annotations)
                ),
            );
        }
        self.rubrics();
    }

    fn rubrics(&mut self) {
        for rubric in &self.plan.rubrics {
            let params = self.params(&rubric.params, &rubric.vars);
            self.line(0, &format!("rubric {}({params}){}", rubric.name, annotations(&rubric.annotations)));
            for gate in &rubric.gates {
                self.line(1, &format!("require {}", self.expr(&rubric.vars, gate.condition)));
            }
            for dimension in &rubric.dimensions {
                let kind = match &dimension.kind {
                    DimensionKind::Described(text) => self.expr(&rubric.vars, *text),
                    DimensionKind::Criteria(items) => format!("{} criteria", items.len()),
                };
                self.line(1, &format!("{} weight {} {kind}", dimension.name, dimension.weight));
            }
        }
    }

    fn type_decl(&self, decl: &TypeDecl) -> String {
        match &decl.kind {
            TypeKind::Record { fields, requires, vars } => {
                let fields = fields.iter().map(|field| format!("{}: {}", field.name, self.ty(&field.ty)));
                let requires =
                    requires.iter().map(|require| format!("require {}", self.expr(vars, require.condition)));
                format!("type {} {{ {} }}", decl.name, fields.chain(requires).collect::<Vec<_>>().join(", "))
            }
            TypeKind::Enum { variants, ordered } => {
                let names: Vec<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
                format!("type {} = {}", decl.name, names.join(if *ordered { " < " } else { " | " }))
            }
            TypeKind::Union { members } => {
                let names: Vec<String> = members.iter().map(|id| self.type_name(*id)).collect();
                format!("type {} = {}", decl.name, names.join(" | "))
            }
        }
    }

    pub(super) fn params(&self, params: &[Param], vars: &[Var]) -> String {
        let param = |param: &Param| {
            let default = param.default.map(|id| format!(" = {}", self.expr(vars, id))).unwrap_or_default();
            format!("{}: {}{default}", param.name, self.ty(&param.ty))
        };
        params.iter().map(param).collect::<Vec<_>>().join(", ")
    }
}

/// The annotations as the language writes them, each with a blank in front.
pub(super) fn annotations(written: &Annotations) -> String {
    let mut out = String::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = write!(out, " @{name}({value})");
        }
    };
    add("tier", written.tier.map(tiers));
    add("retry", written.retry.map(|n| n.to_string()));
    add("timeout", written.timeout_ms.map(|ms| format!("{ms}ms")));
    add("turns", written.turns.map(|n| n.to_string()));
    add("votes", written.votes.map(|n| n.to_string()));
    add("temperature", written.temperature.map(|x| x.to_string()));
    add("max_tokens", written.max_tokens.map(|n| n.to_string()));
    add("budget", written.budget.map(|usd| format!("${usd}")));
    if written.cache {
        out.push_str(" @cache");
    }
    out
}

fn tiers(tiers: Tiers) -> String {
    if tiers.low == tiers.high { tiers.low.to_string() } else { format!("{}..{}", tiers.low, tiers.high) }
}
