//! Which events have been told.
//!
//! Ids are given out in order, but rows become visible when their transaction commits: id 7 may appear after id 9. An
//! overlap of a fixed number of ids or seconds is either too short (at 4,500 events a second 2,000 ids are half a second)
//! or reads the same thousands of rows again and again. So the holes are remembered instead: every id below the highest
//! one seen that was not visible is asked for by name until it appears, or until no transaction that could hold it is
//! left. The snapshot tells the latter: a transaction that had taken the id before a higher one was visible has a number
//! below the `xmax` of that moment, and once `xmin` has passed it, it has ended; if the id is still not there, it never
//! comes. Cost: the holes, of which there are few. Exact, however long a transaction takes.

use super::read::{Answer, Event, Question};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// More news than this at once is told as a gap.
pub(super) const EVENTS_MAX: usize = 5_000;
/// More holes than this are told as a gap.
const HOLES_MAX: usize = 5_000;
/// How far below the highest id a feed looks for holes when it begins.
pub(super) const LOOK_BACK: usize = 2_000;
/// A transaction may take an id a moment before it takes its number, so a hole stays at least this long.
const HOLE_AGE_MIN: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Ids {
    highest: i64,
    holes: BTreeMap<i64, Hole>,
}

#[derive(Debug, Clone, Copy)]
struct Hole {
    /// Only a transaction numbered below this can fill it.
    xmax: i64,
    noticed: Instant,
}

impl Ids {
    /// From the newest events there are: they are not told, but what is missing among them will be.
    pub(super) fn begin(answer: &Answer, now: Instant) -> Self {
        let highest = answer.events.iter().map(|event| event.id).max().unwrap_or(0);
        let mut ids = Self { highest, holes: BTreeMap::new() };
        // Where all events were read, what is missing below the lowest may still be on its way, too.
        let mut previous = (answer.events.len() < LOOK_BACK).then_some(0);
        for event in &answer.events {
            if let Some(previous) = previous {
                ids.notice_holes(previous, event.id, answer.xmax, now);
            }
            previous = Some(event.id);
        }
        ids.limit();
        ids
    }

    /// What to ask for.
    pub(super) fn question(&self) -> Question {
        Question { above: self.highest, holes: self.holes.keys().copied().collect() }
    }

    /// The events not told before, and whether some cannot be told.
    pub(super) fn take_in(&mut self, answer: Answer, now: Instant) -> (Vec<Event>, bool) {
        // Ids went back: the database was restored, or another took over that had not received all.
        let went_back = answer.highest.is_some_and(|highest| highest < self.highest);
        let too_many = answer.events.len() >= EVENTS_MAX;
        let mut news = Vec::with_capacity(answer.events.len());
        for event in answer.events {
            if event.id > self.highest {
                self.notice_holes(self.highest, event.id, answer.xmax, now);
                self.highest = event.id;
                news.push(event);
            } else if self.holes.remove(&event.id).is_some() {
                news.push(event);
            }
        }
        self.holes.retain(|_, hole| answer.xmin < hole.xmax || now.duration_since(hole.noticed) < HOLE_AGE_MIN);
        let overflow = self.limit();
        (news, went_back || too_many || overflow)
    }

    /// The ids between two that were seen, the lower end cut to a bounded number.
    fn notice_holes(&mut self, below: i64, id: i64, xmax: i64, now: Instant) {
        let reach = i64::try_from(LOOK_BACK).unwrap_or(i64::MAX);
        // A feed that began on an empty table knows no lower end; a crash leaves a jump of 32 at most.
        for missing in (below + 1).max(id - reach)..id {
            self.holes.insert(missing, Hole { xmax, noticed: now });
        }
    }

    /// Forgets the oldest holes above the bound. True: it had to.
    fn limit(&mut self) -> bool {
        let overflow = self.holes.len() > HOLES_MAX;
        while self.holes.len() > HOLES_MAX {
            self.holes.pop_first();
        }
        overflow
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    fn answer(ids: &[i64], xmin: i64, xmax: i64) -> Answer {
        let events = ids.iter().map(|&id| Event { id, job_id: Uuid::nil(), user_id: None }).collect();
        Answer { as_of: DateTime::UNIX_EPOCH, xmin, xmax, highest: ids.iter().max().copied(), events }
    }

    /// What a read tells that saw the ids `seen` at this moment.
    fn told(ids: &mut Ids, seen: &[i64], xmin: i64, xmax: i64, at: Instant) -> Vec<i64> {
        let mut answer = answer(seen, xmin, xmax);
        answer.highest = answer.highest.max(Some(ids.highest));
        let (events, gap) = ids.take_in(answer, at);
        assert!(!gap);
        events.into_iter().map(|event| event.id).collect()
    }

    #[test]
    fn a_late_low_id_is_told_once() {
        let start = Instant::now();
        let mut ids = Ids::begin(&answer(&[1, 2, 3], 100, 100), start);
        assert_eq!(told(&mut ids, &[5, 6], 90, 110, start), [5, 6]);
        assert_eq!(ids.question().holes, [4]);
        let later = start + Duration::from_secs(3600);
        assert_eq!(told(&mut ids, &[], 90, 200, later), [0_i64; 0], "its transaction still runs");
        assert_eq!(told(&mut ids, &[4], 200, 200, later), [4]);
        assert!(ids.question().holes.is_empty());
        assert_eq!(told(&mut ids, &[4], 200, 200, later), [0_i64; 0], "once");
    }

    #[test]
    fn a_hole_left_by_a_rollback_is_forgotten() {
        let start = Instant::now();
        let mut ids = Ids::begin(&answer(&[1], 100, 100), start);
        told(&mut ids, &[3], 100, 110, start);
        told(&mut ids, &[], 110, 111, start);
        assert_eq!(ids.question().holes, [2], "too fresh to be given up");
        told(&mut ids, &[], 110, 111, start + HOLE_AGE_MIN);
        assert!(ids.question().holes.is_empty());
    }

    #[test]
    fn a_feed_that_begins_looks_for_holes_below() {
        let start = Instant::now();
        let mut ids = Ids::begin(&answer(&[10, 12], 100, 110), start);
        assert_eq!(told(&mut ids, &[9, 11], 110, 111, start), [9, 11]);
    }

    #[test]
    fn what_cannot_be_told_is_a_gap() {
        let start = Instant::now();
        let mut ids = Ids::begin(&answer(&[100], 1, 1), start);
        assert!(ids.take_in(answer(&[40], 1, 1), start).1, "ids went back");
        let mut ids = Ids::begin(&answer(&[100], 1, 1), start);
        let many: Vec<i64> = (101..=100 + i64::try_from(EVENTS_MAX).expect("small")).collect();
        assert!(ids.take_in(answer(&many, 1, 1), start).1, "more than one read holds");
    }

    #[test]
    fn a_feed_that_began_on_an_empty_table_hears_the_first_event() {
        let start = Instant::now();
        let mut ids = Ids::begin(&answer(&[], 1, 1), start);
        assert_eq!(told(&mut ids, &[1_000_000], 1, 2, start), [1_000_000]);
    }
}
