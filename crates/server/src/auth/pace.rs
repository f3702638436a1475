//! How fast one person of the staff may ask, in this process: a program that runs away with somebody's token cannot take
//! the API from the others.

use governor::{Quota, RateLimiter, clock::Clock, clock::DefaultClock, state::keyed::DefaultKeyedStateStore};
use std::{num::NonZeroU32, sync::Arc};
use uuid::Uuid;

/// People remembered before those who asked nothing lately are forgotten.
const REMEMBERED_MAX: usize = 1_000;

/// Requests of each person: as many as a minute allows at once, then one whenever its share of the minute is over.
#[derive(Clone, Debug)]
pub struct Pace(Arc<RateLimiter<Uuid, DefaultKeyedStateStore<Uuid>, DefaultClock>>);

impl Pace {
    /// At most this many a minute.
    pub fn per_minute(requests: NonZeroU32) -> Self {
        Self(Arc::new(RateLimiter::keyed(Quota::per_minute(requests))))
    }

    /// Counts a request.
    ///
    /// # Errors
    /// Seconds to wait; it is not counted then.
    pub fn step(&self, person: Uuid) -> Result<(), u32> {
        if self.0.len() > REMEMBERED_MAX {
            self.0.retain_recent();
        }
        self.0.check_key(&person).map_err(|early| {
            let wait = early.wait_time_from(self.0.clock().now());
            u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(60).max(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_waits_and_another_does_not() {
        let pace = Pace::per_minute(NonZeroU32::new(3).expect("a number"));
        let (ana, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for _ in 0..3 {
            assert_eq!(pace.step(ana), Ok(()));
        }
        let wait = pace.step(ana).expect_err("too fast");
        assert!((1..=20).contains(&wait), "{wait}");
        assert_eq!(pace.step(ben), Ok(()));
    }
}
