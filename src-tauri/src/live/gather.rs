//! Gathers changed ids between two deliveries: each id once, at most ten deliveries a second, bounded. Pure.

use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

/// At most two deliveries within this, so at most ten a second; the second one follows without a pause, because a job that is
/// asked for starts a moment later.
const PAIR: Duration = Duration::from_millis(200);
/// After a delivery that could not be read: a login that is refused, say, is not to be tried ten times a second.
const RETRY: Duration = Duration::from_secs(1);
/// More changes than this between two deliveries: the page reads itself anew, which is cheaper.
const IDS_MAX: usize = 500;

/// What is to be told next.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The rows of these, as they are when read.
    Rows {
        /// Changed jobs.
        jobs: Vec<Uuid>,
        /// Users whose demo mode changed.
        users: Vec<Uuid>,
    },
    /// Too much was missed; the reason is for people.
    Reset(String),
}

/// Changes that nobody was told yet.
#[derive(Debug, Default)]
pub struct Gather {
    jobs: BTreeSet<Uuid>,
    users: BTreeSet<Uuid>,
    reset: Option<String>,
    /// The last two deliveries, newest first.
    delivered_at: [Option<Duration>; 2],
    /// The pause after one that could not be read.
    not_before: Duration,
}

impl Gather {
    /// More has changed.
    pub fn add(&mut self, jobs: impl IntoIterator<Item = Uuid>, users: impl IntoIterator<Item = Uuid>) {
        if self.reset.is_some() {
            return;
        }
        self.jobs.extend(jobs);
        self.users.extend(users);
        if self.jobs.len() + self.users.len() > IDS_MAX {
            self.reset("Many things changed at once.".into());
        }
    }

    /// Something was missed: forget single changes.
    pub fn reset(&mut self, reason: String) {
        self.jobs.clear();
        self.users.clear();
        self.reset = Some(reason);
    }

    /// How long until the next delivery may go out; `None` when there is nothing to tell.
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        let empty = self.jobs.is_empty() && self.users.is_empty() && self.reset.is_none();
        let due = self.delivered_at[1].map_or(now, |at| at + PAIR);
        (!empty).then(|| due.max(self.not_before).saturating_sub(now))
    }

    /// Takes what is to be told, if it is time.
    pub fn take(&mut self, now: Duration) -> Option<Delivery> {
        if self.wait(now) != Some(Duration::ZERO) {
            return None;
        }
        self.delivered_at = [Some(now), self.delivered_at[0]];
        Some(match self.reset.take() {
            Some(reason) => Delivery::Reset(reason),
            None => Delivery::Rows {
                jobs: std::mem::take(&mut self.jobs).into_iter().collect(),
                users: std::mem::take(&mut self.users).into_iter().collect(),
            },
        })
    }

    /// Puts back what could not be read; nothing is told for a second.
    pub fn put_back(&mut self, delivery: Delivery, now: Duration) {
        self.not_before = now + RETRY;
        match delivery {
            Delivery::Rows { jobs, users } => self.add(jobs, users),
            Delivery::Reset(reason) => self.reset(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn two_changes_go_out_at_once_and_later_ones_together() {
        let mut gather = Gather::default();
        assert_eq!(gather.wait(ms(0)), None);
        gather.add([id(1)], []);
        assert_eq!(gather.take(ms(0)), Some(Delivery::Rows { jobs: vec![id(1)], users: vec![] }));
        gather.add([id(1)], []);
        assert_eq!(gather.take(ms(10)), Some(Delivery::Rows { jobs: vec![id(1)], users: vec![] }));
        gather.add([id(2), id(1)], [id(9)]);
        gather.add([id(1)], [id(9)]);
        assert_eq!(gather.wait(ms(30)), Some(ms(170)));
        assert_eq!(gather.take(ms(199)), None);
        assert_eq!(gather.take(ms(200)), Some(Delivery::Rows { jobs: vec![id(1), id(2)], users: vec![id(9)] }));
        assert_eq!(gather.take(ms(500)), None);
    }

    #[test]
    fn a_busy_second_makes_at_most_ten_deliveries() {
        let mut gather = Gather::default();
        let mut sent = 0;
        for at in 0..1_000_u64 {
            gather.add([id(u128::from(at % 200))], []);
            sent += usize::from(gather.take(ms(at)).is_some());
        }
        assert_eq!(sent, 10);
    }

    #[test]
    fn an_overflow_asks_for_a_reload_and_stays_small() {
        let mut gather = Gather::default();
        for number in 0..100_000 {
            gather.add([id(number)], []);
        }
        assert!(gather.jobs.is_empty());
        assert!(matches!(gather.take(ms(0)), Some(Delivery::Reset(_))));
        gather.add([id(1)], []);
        assert!(matches!(gather.take(ms(100)), Some(Delivery::Rows { .. })));
    }

    #[test]
    fn what_could_not_be_read_is_told_later() {
        let mut gather = Gather::default();
        gather.add([id(1)], []);
        let delivery = gather.take(ms(0)).expect("is due");
        gather.add([id(2)], []);
        gather.put_back(delivery, ms(50));
        assert_eq!(gather.take(ms(1_049)), None);
        assert_eq!(gather.take(ms(1_050)), Some(Delivery::Rows { jobs: vec![id(1), id(2)], users: vec![] }));
        gather.reset("slept".into());
        gather.add([id(3)], []);
        assert_eq!(gather.take(ms(1_250)), Some(Delivery::Reset("slept".into())));
    }
}
