//! Who listens: the subscriptions of the page, each with its interest and revision. Pure but for the sink.

use contract::{
    jobs::{JobCounts, JobRow},
    live::{Freshness, LiveInterest, LiveMessage},
    users::UserRow,
};
use std::collections::BTreeMap;

/// A page with more than this many subscriptions has lost count of them.
const SUBSCRIPTIONS_MAX: usize = 32;

/// Where messages go; `false` when nobody is there any more.
pub type Sink = Box<dyn Fn(LiveMessage) -> bool + Send>;

struct Listener {
    interest: LiveInterest,
    revision: u32,
    sink: Sink,
}

/// The subscriptions of one window.
#[derive(Default)]
pub struct Audience {
    next_id: u32,
    listeners: BTreeMap<u32, Listener>,
}

impl Audience {
    /// A new subscription; the oldest goes when there are too many.
    pub fn join(&mut self, interest: LiveInterest, sink: Sink) -> u32 {
        if self.listeners.len() >= SUBSCRIPTIONS_MAX {
            self.listeners.pop_first();
        }
        self.next_id = self.next_id.wrapping_add(1);
        self.listeners.insert(self.next_id, Listener { interest, revision: 0, sink });
        self.next_id
    }

    /// Ends a subscription; an unknown one is fine.
    pub fn leave(&mut self, id: u32) {
        self.listeners.remove(&id);
    }

    /// The page was loaded anew: its old subscriptions are gone.
    pub fn clear(&mut self) {
        self.listeners.clear();
    }

    /// Whether anybody wants rows of jobs, and of users.
    pub fn wants(&self) -> (bool, bool) {
        let any = |of: fn(&LiveInterest) -> bool| self.listeners.values().any(|listener| of(&listener.interest));
        (any(|interest| interest.jobs), any(|interest| interest.users))
    }

    /// Tells each what it wants to hear of.
    pub fn changes(&mut self, jobs: &[JobRow], users: &[UserRow], counts: &JobCounts, freshness: &Freshness) {
        self.tell(|listener| {
            let interest = &listener.interest;
            let jobs: Vec<JobRow> = if interest.jobs { of_user(jobs, interest, |job| job.user_id) } else { vec![] };
            let users: Vec<UserRow> =
                if interest.users { of_user(users, interest, |user| Some(user.id)) } else { vec![] };
            listener.revision = listener.revision.wrapping_add(1);
            LiveMessage::Changes {
                revision: listener.revision,
                jobs,
                users,
                counts: counts.clone(),
                freshness: freshness.clone(),
            }
        });
    }

    /// Tells everybody to read again.
    pub fn reset(&mut self, reason: &str, freshness: &Freshness) {
        self.tell(|listener| {
            listener.revision = listener.revision.wrapping_add(1);
            LiveMessage::Reset { revision: listener.revision, reason: reason.into(), freshness: freshness.clone() }
        });
    }

    /// Tells everybody how far what is shown can be trusted.
    pub fn heartbeat(&mut self, freshness: &Freshness) {
        self.tell(|_| LiveMessage::Heartbeat { freshness: freshness.clone() });
    }

    fn tell(&mut self, mut message: impl FnMut(&mut Listener) -> LiveMessage) {
        self.listeners.retain(|_, listener| {
            let message = message(listener);
            (listener.sink)(message)
        });
    }
}

fn of_user<T: Clone>(rows: &[T], interest: &LiveInterest, user: impl Fn(&T) -> Option<uuid::Uuid>) -> Vec<T> {
    rows.iter().filter(|row| interest.user_id.is_none() || user(row) == interest.user_id).cloned().collect()
}

#[cfg(test)]
mod tests;
