use super::options::Options;
use super::sink::Sinks;
use crate::cli::Refusal;
use crate::cli::reach::{effect, reach, tools};
use crate::engine::effect::Outcome;
use crate::engine::eval::Value;
use crate::plan::{Plan, Workflow, WorkflowId};
use std::collections::BTreeSet;

/// Who answers what a run asks.
pub(super) enum Outside {
    /// Seeded fakes.
    Simulated {
        /// What they draw from.
        seed: u64,
    },
    /// Models of the configuration.
    Real,
}

/// A run that is over.
pub(super) struct Ended {
    /// Its id.
    pub run: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether a person stopped it.
    pub interrupted: bool,
}

impl Outside {
    /// The outside that the options and the environment ask for; refuses what cannot be had, before anything starts.
    pub(super) fn new(plan: &Plan, workflow: &Workflow, options: &Options) -> Result<Self, Refusal> {
        if options.no_llm || simulated_by_environment() {
            return Ok(Self::Simulated { seed: options.seed });
        }
        refuse_the_world(plan, workflow)?;
        Ok(Self::Real)
    }

    /// Whether no model is asked.
    pub(super) fn is_simulated(&self) -> bool {
        matches!(self, Self::Simulated { .. })
    }

    /// For the first line of a run.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Simulated { seed } => format!("simulated, seed {seed}"),
            Self::Real => "live".into(),
        }
    }
}

/// Whether a variable of the environment asks for a simulation.
fn simulated_by_environment() -> bool {
    let is_on =
        |name: &str| std::env::var(name).is_ok_and(|value| !matches!(value.trim(), "" | "0" | "false"));
    is_on("AGENTFLOW_NO_LLM") || is_on("AGENTIC_NO_LLM")
}

/// A real run neither touches the world nor asks people: that is said before it costs anything.
fn refuse_the_world(plan: &Plan, workflow: &Workflow) -> Result<(), Refusal> {
    let reach = reach(plan, workflow);
    let mut reasons: Vec<String> = tools(plan, &reach)
        .map(|(tool, steps)| {
            let steps: BTreeSet<String> = steps.iter().map(|step| format!("`{step}`")).collect();
            let steps: Vec<String> = steps.into_iter().collect();
            format!("{} {} with the tool `{}`", steps.join(", "), effect(tool), tool.name)
        })
        .collect();
    reasons.extend(reach.asks.iter().map(|step| format!("`{step}` asks a person")));
    if reasons.is_empty() {
        return Ok(());
    }
    let message = format!("`{}` needs more than models, which a real run cannot give it yet", workflow.name);
    let refusal = reasons.into_iter().fold(Refusal::no(message), Refusal::help);
    Err(refusal.help("--no-llm simulates tools and people too, and `agentflow test` gives them answers"))
}

/// Runs it.
pub(super) fn perform(
    _plan: &Plan,
    _workflow: WorkflowId,
    _arguments: Vec<Value>,
    _options: &Options,
    _outside: &Outside,
    _sinks: &Sinks,
) -> Result<Ended, Refusal> {
    Err(Refusal::no("no driver"))
}
