use super::{ModelName, Target};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The candidates of all tiers, and which of them can be asked here and now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// By the tier's number, 1 to 4.
    pub tiers: BTreeMap<u8, Tier>,
}

/// The candidates of a tier.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tier {
    /// The preferred one first.
    pub candidates: Vec<Offered>,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Offered {
    /// It can be asked.
    Usable(Arc<Target>),
    /// It cannot, for this reason.
    Unusable(ModelName, Unusable),
}

/// Why a candidate cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// None of the variables that may hold its key is set.
    #[error("{} is not set", any_of(.0))]
    NoKey(Vec<SmolStr>),
    /// Its address or a header needs a variable that is not set.
    #[error("{0} is not set")]
    NoVariable(SmolStr),
    /// It needs no key, and no configuration names it.
    #[error("`{0}` is not configured")]
    NotConfigured(SmolStr),
    /// What it speaks is not spoken here yet.
    #[error("the dialect `{0}` is not spoken yet")]
    NotSpoken(&'static str),
    /// No provider has this name.
    #[error("there is no provider `{0}`")]
    UnknownProvider(SmolStr),
}

fn any_of(names: &[SmolStr]) -> String {
    names.join(" or ")
}

impl Offer {
    /// Whether a tier has a candidate that can be asked.
    pub fn is_usable(&self, tier: u8) -> bool {
        self.usable(tier).next().is_some()
    }

    /// The candidates of a tier that can be asked, in order.
    pub fn usable(&self, tier: u8) -> impl Iterator<Item = &Arc<Target>> {
        let candidates = self.tiers.get(&tier).map(|tier| tier.candidates.as_slice()).unwrap_or_default();
        candidates.iter().filter_map(|it| match it {
            Offered::Usable(target) => Some(target),
            Offered::Unusable(..) => None,
        })
    }

    /// Of these tiers those in which nobody can be asked, with what would enable them. `Ok` where there is none.
    pub fn require(&self, tiers: impl IntoIterator<Item = u8>) -> Result<(), NoModel> {
        let missing: BTreeMap<u8, Vec<Remedy>> = tiers
            .into_iter()
            .filter(|tier| !self.is_usable(*tier))
            .map(|tier| (tier, self.remedies(tier)))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(NoModel { tiers: missing }) }
    }

    fn remedies(&self, tier: u8) -> Vec<Remedy> {
        let candidates = self.tiers.get(&tier).map(|tier| tier.candidates.as_slice()).unwrap_or_default();
        let unusable = candidates.iter().filter_map(|it| match it {
            Offered::Unusable(name, why) => Some(Remedy { model: name.clone(), why: why.clone() }),
            Offered::Usable(_) => None,
        });
        unusable.collect()
    }
}

/// A candidate, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// The candidate.
    pub model: ModelName,
    /// What it lacks.
    pub why: Unusable,
}

/// No model can be asked for some tiers of a run. `Display` is the message in one line; [`NoModel::help`] says in several
/// what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no usable model for {}", tier_list(.tiers.keys()))]
pub struct NoModel {
    /// By tier.
    pub tiers: BTreeMap<u8, Vec<Remedy>>,
}

fn tier_list<'a>(tiers: impl Iterator<Item = &'a u8>) -> String {
    let numbers: Vec<String> = tiers.map(ToString::to_string).collect();
    match numbers.split_last() {
        Some((last, [])) => format!("tier {last}"),
        Some((last, before)) => format!("tiers {} and {last}", before.join(", ")),
        None => "this run".into(),
    }
}

impl NoModel {
    /// What to do: a line for the tiers that are enabled by the same, and what else there is.
    pub fn help(&self) -> String {
        let mut groups: Vec<(Vec<u8>, String)> = Vec::new();
        for (tier, remedies) in &self.tiers {
            let ways = ways(remedies);
            match groups.iter_mut().find(|(_, known)| *known == ways) {
                Some((tiers, _)) => tiers.push(*tier),
                None => groups.push((vec![*tier], ways)),
            }
        }
        let mut lines: Vec<String> =
            groups.iter().map(|(tiers, ways)| format!("{}: {ways}", tier_list(tiers.iter()))).collect();
        lines.push(
            "or name an endpoint of your own in agentflow.toml: [providers.local] with a base_url, and \
             [tiers] with \"local:<model>\""
                .into(),
        );
        lines.push("or run with --no-llm, which simulates every answer".into());
        lines.join("\n")
    }
}

/// What enables one of these candidates.
fn ways(remedies: &[Remedy]) -> String {
    if remedies.is_empty() {
        return "has no candidates, [tiers] names them".into();
    }
    let mut variables: Vec<String> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for remedy in remedies {
        let (list, way) = match &remedy.why {
            Unusable::NoKey(names) => (&mut variables, any_of(names)),
            Unusable::NoVariable(name) => (&mut variables, name.to_string()),
            Unusable::NotConfigured(provider) => (&mut others, format!("write [providers.{provider}]")),
            why @ (Unusable::NotSpoken(_) | Unusable::UnknownProvider(_)) => {
                (&mut others, format!("{} cannot be asked: {why}", remedy.model))
            }
        };
        if !list.contains(&way) {
            list.push(way);
        }
    }
    let set = match variables.as_slice() {
        [] => None,
        [one] => Some(format!("set {one}")),
        several => Some(format!("set one of {}", several.join(", "))),
    };
    set.into_iter().chain(others).collect::<Vec<_>>().join("; or ")
}
