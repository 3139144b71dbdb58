use super::options::Options;
use crate::cli::reach::{Reach, effect, reach, tools};
use crate::cli::{Refusal, Screen};
use crate::diag::Code;
use crate::diag::render::human;
use crate::host::config::{self, Config, Environment};
use crate::models::router::Router;
use crate::plan::{Plan, Workflow};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Who answers what a run asks, and the configuration that holds for it.
pub(super) struct Outside {
    /// All layers of the configuration.
    pub config: Config,
    /// Who answers.
    pub answers: Answers,
    /// Whether the workflow asks a model at all.
    asks: bool,
}

/// Who answers.
pub(super) enum Answers {
    /// Seeded fakes.
    Simulated {
        /// What they draw from.
        seed: u64,
    },
    /// Models of the configuration.
    Models(Arc<Router>),
}

impl Outside {
    /// The outside that the options and the configuration ask for in this environment; refuses what cannot be had, before
    /// anything starts.
    pub(super) fn new(
        plan: &Plan,
        workflow: &Workflow,
        config: Config,
        options: &Options,
        environment: &Environment,
    ) -> Result<Self, Refusal> {
        let reach = reach(plan, workflow, config.default_tier);
        let asks = !reach.tiers.is_empty();
        if options.no_llm || config.no_llm {
            return Ok(Self { config, answers: Answers::Simulated { seed: options.seed }, asks });
        }
        refuse_the_world(plan, workflow, &reach)?;
        let offer = config.offer(environment);
        let usable = offer.require(reach.tiers);
        usable.map_err(|missing| {
            Refusal::usage(missing.to_string()).code(Code::NoUsableModel).help(missing.help())
        })?;
        let router = Router::new(offer, config.router, options.seed);
        Ok(Self { config, answers: Answers::Models(Arc::new(router)), asks })
    }

    /// Whether no model is asked.
    pub(super) fn is_simulated(&self) -> bool {
        matches!(self.answers, Answers::Simulated { .. })
    }

    /// For the first line of a run.
    pub(super) fn describe(&self) -> String {
        match &self.answers {
            Answers::Simulated { seed } => format!("simulated, seed {seed}"),
            Answers::Models(_) if !self.asks => "asks no model".into(),
            Answers::Models(_) => match &self.config.profile {
                Some(profile) => format!("live, profile {profile}"),
                None => "live".into(),
            },
        }
    }
}

/// All layers of the configuration; refuses where one is wrong.
pub(super) fn configuration(
    script: &Path,
    options: &Options,
    environment: &Environment,
    screen: Screen,
) -> Result<Config, Refusal> {
    let request = config::Request { start: script, profile: options.profile.as_deref(), environment };
    let loaded = config::load(request);
    if loaded.has_errors() {
        screen.complain(&human(&loaded.diagnostics, &loaded.sources, screen.err));
        return Err(Refusal::usage("the configuration has errors, so nothing was run"));
    }
    screen.say(&human(&loaded.diagnostics, &loaded.sources, screen.err));
    Ok(loaded.config)
}

/// A real run neither touches the world nor asks people: that is said before it costs anything.
fn refuse_the_world(plan: &Plan, workflow: &Workflow, reach: &Reach) -> Result<(), Refusal> {
    let mut reasons: Vec<String> = tools(plan, reach)
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
