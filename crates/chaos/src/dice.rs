//! Every random decision of a run, from one printed seed.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// One stream of decisions. Streams of one seed do not depend on each other, so that a slow actor changes nobody else's.
pub struct Dice(StdRng);

impl Dice {
    /// The stream with this name.
    pub fn new(seed: u64, stream: &str) -> Self {
        // FNV-1a: the same on every machine and in every version, which the standard hasher does not promise.
        let name = stream
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(StdRng::seed_from_u64(seed ^ name))
    }

    /// A whole number of `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.random_range(low..=high.max(low))
    }

    /// True in this share of the throws.
    pub fn chance(&mut self, share: f64) -> bool {
        self.0.random_bool(share.clamp(0.0, 1.0))
    }

    /// An index below `len`, which must not be 0.
    pub fn index(&mut self, len: usize) -> usize {
        self.0.random_range(0..len.max(1))
    }

    /// An `Idempotency-Key`.
    pub fn key(&mut self) -> String {
        format!("chaos-{:032x}", self.0.random::<u128>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_its_streams() {
        let throw = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            (0..20).map(|_| dice.between(0, 1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7, "faults"), throw(7, "faults"));
        assert_ne!(throw(7, "faults"), throw(8, "faults"));
        assert_ne!(throw(7, "faults"), throw(7, "load"));
    }
}
