//! The standing list as the window keeps it: read in full now and then, because time alone makes things overdue, and between
//! that brought up to date with what the feed told, and with nothing else.

use super::Inner;
use crate::ops::lock;
use contract::triage::ContradictionPage;
use read_model::{ReadError, ReadModel, Standing};
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

/// An orphan is to be told within two heartbeats of a worker, which are ten seconds.
const FULL_EVERY: Duration = Duration::from_secs(8);
/// More changes than this: reading in full is cheaper.
const CHANGES_MAX: usize = 1_000;

/// Jobs and users that changed since the list was brought up to date.
#[derive(Debug, Default)]
pub(super) struct Changes {
    jobs: BTreeSet<Uuid>,
    users: BTreeSet<Uuid>,
    /// More was told, or missed, than is kept.
    too_many: bool,
}

impl Changes {
    /// The feed told of these.
    pub(super) fn add(&mut self, jobs: &[Uuid], users: &[Uuid]) {
        if self.too_many {
            return;
        }
        self.jobs.extend(jobs);
        self.users.extend(users);
        if self.jobs.len() + self.users.len() > CHANGES_MAX {
            self.miss();
        }
    }

    /// Something was missed.
    pub(super) fn miss(&mut self) {
        *self = Self { too_many: true, ..Self::default() };
    }
}

/// The list and when it was read in full, by the window's monotonic clock.
pub(super) type Kept = tokio::sync::Mutex<Option<(Duration, Standing)>>;

impl Inner {
    pub(super) async fn contradictions(
        &self,
        model: &ReadModel,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ContradictionPage, ReadError> {
        // One at a time: whoever asks meanwhile gets what this one brings up to date.
        let mut kept = self.standing.lock().await;
        // Taken before reading: what changes during it is told by the feed afterwards.
        let changes = std::mem::take(&mut *lock(&self.changes));
        let now = self.monotonic();
        match kept.as_mut() {
            Some((read_at, standing)) if now.saturating_sub(*read_at) < FULL_EVERY && !changes.too_many => {
                if changes.jobs.is_empty() && changes.users.is_empty() {
                    if let Some(as_of) = self.freshness().as_of {
                        standing.confirm(as_of);
                    }
                } else {
                    let (jobs, users): (Vec<_>, Vec<_>) =
                        (changes.jobs.iter().copied().collect(), changes.users.iter().copied().collect());
                    if let Err(error) = model.restand(standing, &jobs, &users).await {
                        *kept = None;
                        return Err(error);
                    }
                }
            }
            _ => *kept = Some((now, model.standing().await?)),
        }
        match kept.as_ref() {
            Some((_, standing)) => standing.page_from(cursor, limit),
            None => model.contradictions(cursor, limit).await,
        }
    }

    /// Whoever signs in next sees nothing of it.
    pub(super) fn forget_contradictions(&self) {
        lock(&self.changes).miss();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_changes_than_are_kept_ask_for_a_full_read() {
        let mut changes = Changes::default();
        let ids: Vec<Uuid> = (0..CHANGES_MAX as u128).map(Uuid::from_u128).collect();
        changes.add(&ids, &[]);
        changes.add(&ids, &[]);
        assert!(!changes.too_many, "each counts once");
        changes.add(&[], &[Uuid::max()]);
        assert!(changes.too_many && changes.jobs.is_empty());
        changes.add(&ids, &[]);
        assert!(changes.jobs.is_empty(), "it stays small");
    }
}
