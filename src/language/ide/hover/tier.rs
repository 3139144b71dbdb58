use crate::plan::Tiers;

/// What a tier is for (L3.8), by its number.
const TIERS: [&str; 5] = [
    "asserts that no model is called",
    "sort, extract, rephrase",
    "write, summarise",
    "judge, analyse, debug",
    "the hardest reasoning",
];

/// What a tier is for.
pub(super) fn says(tier: u8) -> Option<&'static str> {
    TIERS.get(usize::from(tier)).copied()
}

/// What these tiers are for, said of somebody: "An agent of tier 3: judge, analyse, debug."
pub(super) fn of(tiers: Tiers, what: &str) -> String {
    let Tiers { low, high } = tiers;
    let first = says(low).unwrap_or_default();
    if low == high {
        return format!("{what} of tier {low}: {first}.");
    }
    let last = says(high).unwrap_or_default();
    format!(
        "{what} of tiers {low} to {high}: starts at {low} ({first}) and climbs to {high} ({last}), each re-ask one tier up, and in a loop each round starts one tier up."
    )
}
