use std::time::Duration;

/// A pause between half and one and a half of `base`, the same for the same seed, call and attempt: a thousand runs that
/// meet one overloaded vendor come back at different moments, and a run that is repeated waits as it did.
pub(super) fn jittered(base: Duration, seed: u64, call: &str, attempt: u32) -> Duration {
    let start = seed ^ (u64::from(attempt) << 32);
    let mixed = call.bytes().fold(mix(start), |state, byte| mix(state ^ u64::from(byte)));
    let permille = u32::try_from(500 + mixed % 1001).unwrap_or(1000);
    base.saturating_mul(permille) / 1000
}

/// The finaliser of splitmix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn pauses_are_repeatable_spread_and_bounded() {
        let base = Duration::from_secs(1);
        let pauses: BTreeSet<Duration> = (0..200).map(|n| jittered(base, 1, &format!("key{n}"), 1)).collect();
        assert!(pauses.len() > 150, "{} of 200 differ", pauses.len());
        assert!(pauses.iter().all(|pause| *pause >= base / 2 && *pause <= base * 3 / 2));
        assert_eq!(jittered(base, 7, "k", 2), jittered(base, 7, "k", 2));
        assert_ne!(jittered(base, 7, "k", 2), jittered(base, 8, "k", 2));
    }
}
