//! What changed a moment ago, for those who begin to listen: their page may have been read before it changed. Pure.

use std::{collections::VecDeque, time::Duration};
use uuid::Uuid;

const KEPT: Duration = Duration::from_secs(10);
const BATCHES_MAX: usize = 200;

struct Batch {
    at: Duration,
    jobs: Vec<Uuid>,
    users: Vec<Uuid>,
}

/// Ids of the last ten seconds.
#[derive(Default)]
pub struct Recent(VecDeque<Batch>);

impl Recent {
    /// More has changed.
    pub fn remember(&mut self, now: Duration, jobs: &[Uuid], users: &[Uuid]) {
        self.forget(now);
        if self.0.len() >= BATCHES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(Batch { at: now, jobs: jobs.into(), users: users.into() });
    }

    /// Jobs and users of the last ten seconds; an id may come twice.
    pub fn since(&mut self, now: Duration) -> (Vec<Uuid>, Vec<Uuid>) {
        self.forget(now);
        let ids = |of: fn(&Batch) -> &Vec<Uuid>| self.0.iter().flat_map(of).copied().collect();
        (ids(|batch| &batch.jobs), ids(|batch| &batch.users))
    }

    fn forget(&mut self, now: Duration) {
        while self.0.front().is_some_and(|batch| batch.at + KEPT < now) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_are_kept_and_no_more_than_fit() {
        let mut recent = Recent::default();
        recent.remember(Duration::from_secs(0), &[Uuid::from_u128(1)], &[]);
        recent.remember(Duration::from_secs(8), &[Uuid::from_u128(2)], &[Uuid::from_u128(3)]);
        assert_eq!(recent.since(Duration::from_secs(10)).0.len(), 2);
        assert_eq!(recent.since(Duration::from_secs(11)), (vec![Uuid::from_u128(2)], vec![Uuid::from_u128(3)]));
        for _ in 0..1_000 {
            recent.remember(Duration::from_secs(12), &[], &[]);
        }
        assert_eq!(recent.0.len(), BATCHES_MAX);
    }
}
