//! What the person waits for, and what of it has ended. Pure.

use contract::{
    jobs::JobRow,
    notices::{WatchKind, Watched},
    state_machine::{DemoModeStatus, JobStatus},
    users::UserRow,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// More than a person waits for.
pub const WATCHES_MAX: usize = 50;

/// Something that was waited for and has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A job.
    Job {
        /// Which.
        id: Uuid,
        /// How it ended.
        status: JobStatus,
    },
    /// A user's demo mode.
    User {
        /// Whose.
        id: Uuid,
        /// Where it came to rest.
        status: DemoModeStatus,
    },
}

/// Jobs and users that are waited for.
#[derive(Debug, Default)]
pub struct Watches {
    jobs: BTreeSet<Uuid>,
    users: BTreeSet<Uuid>,
}

impl Watches {
    /// One more; `false` when there are too many.
    pub fn add(&mut self, kind: WatchKind, id: Uuid) -> bool {
        let room = self.jobs.len() + self.users.len() < WATCHES_MAX;
        room && {
            self.of(kind).insert(id);
            true
        }
    }

    /// One less; an unknown one is fine.
    pub fn remove(&mut self, kind: WatchKind, id: Uuid) {
        self.of(kind).remove(&id);
    }

    /// None: they belonged to somebody else.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// All of them.
    pub fn all(&self) -> Watched {
        Watched { jobs: self.jobs.iter().copied().collect(), users: self.users.iter().copied().collect() }
    }

    /// Those of the changed ones that are waited for.
    pub fn among(&self, jobs: &[Uuid], users: &[Uuid]) -> Watched {
        let own = |set: &BTreeSet<Uuid>, ids: &[Uuid]| ids.iter().filter(|id| set.contains(id)).copied().collect();
        Watched { jobs: own(&self.jobs, jobs), users: own(&self.users, users) }
    }

    /// What has ended; it is no longer waited for, so each is told once.
    pub fn ended(&mut self, jobs: &[JobRow], users: &[UserRow]) -> Vec<Ending> {
        let mut endings = Vec::new();
        for job in jobs.iter().filter(|job| job.status.is_terminal()) {
            if self.jobs.remove(&job.id) {
                endings.push(Ending::Job { id: job.id, status: job.status });
            }
        }
        let rests = |status| !matches!(status, DemoModeStatus::Enabling | DemoModeStatus::Disabling);
        for user in users.iter().filter(|user| rests(user.demo_mode)) {
            if self.users.remove(&user.id) {
                endings.push(Ending::User { id: user.id, status: user.demo_mode });
            }
        }
        endings
    }

    fn of(&mut self, kind: WatchKind) -> &mut BTreeSet<Uuid> {
        match kind {
            WatchKind::Job => &mut self.jobs,
            WatchKind::User => &mut self.users,
        }
    }
}

#[cfg(test)]
mod tests;
