//! Pseudo-random numbers of the simulation: `SplitMix64` over FNV-1a.
//!
//! Own code, so that a seed gives the same run in every version of every dependency: what a number is follows from
//! these forty lines alone. Not for secrets.

/// A stream of numbers that is a function of what it was made from.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The stream of a seed and parts that name a place.
    pub(super) fn of(seed: u64, parts: &[&str]) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ mixed(seed);
        for part in parts {
            // The separator keeps ("ab", "c") and ("a", "bc") apart.
            for byte in part.bytes().chain([0xff]) {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        Self(mixed(state))
    }

    /// The next number.
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `limit`; 0 where the limit is 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.roll().checked_rem(limit).unwrap_or(0)
    }
}

/// The finaliser of `SplitMix64`.
fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
