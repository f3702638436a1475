//! The front of a queue: up to where a worker need not look, because nothing that it could claim stands there.
//!
//! A claimed job leaves dead entries at the front of the index of ready jobs. While somebody pins the horizon of vacuum they
//! stay, and every claim would walk all of them (measured: 2 ms became 10 ms within two minutes). So a worker remembers for
//! each priority how far it has looked, and begins there.
//!
//! A mark is a hint of the worker's own, never shared and never stored. It is made of rows and of the database's clock, and
//! stays [`SETTLED_AFTER`] behind that clock, because a job becomes visible a little after its time. What lands behind it all
//! the same (a slow commit, a claim that was rolled back, a time in the past) is found by [`Store::look_over`], which looks at
//! everything and puts the marks right.

use crate::{Store, StoreError, silence::heard};
use chrono::{DateTime, Utc};
use state_machine::JobType;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// A job is visible to everybody this long after its time, as a rule: its transaction began then and has been committed.
pub(super) const SETTLED_AFTER: Duration = Duration::from_secs(2);
/// Lanes with a mark; others are walked from their start.
const LANES_MAX: usize = 32;
/// A full look may take longer than other statements: half a microsecond for each dead entry.
const LOOK_MAX: Duration = Duration::from_secs(60);
const BEYOND_STATEMENT: Duration = Duration::from_secs(1);

/// A place in a lane: time and id, as the index orders them. It belongs to what is looked at.
type Mark = (DateTime<Utc>, Uuid);

/// How far one worker has looked in its queue.
#[derive(Debug)]
pub struct Front {
    pub(super) queue: String,
    pub(super) types: Vec<&'static str>,
    marks: Mutex<Marks>,
    pub(super) closed: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Marks {
    lanes: BTreeMap<i16, Mark>,
    /// Counts the full looks: a claim that began before one knows less than it.
    looks: u64,
}

/// The stretches of the index that a claim goes through, in their order: each known lane from its mark, and what lies between
/// the lanes. Columns of one length, as `unnest` takes them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Stretches {
    /// Priority that it begins with.
    pub first: Vec<i32>,
    /// Priority that it ends with.
    pub last: Vec<i32>,
    /// Begins here; `None`: at the very start, and it is no single lane.
    pub run_at: Vec<Option<DateTime<Utc>>>,
    /// Belongs to `run_at`.
    pub id: Vec<Option<Uuid>>,
    looks: u64,
}

impl Stretches {
    fn add(&mut self, first: i32, last: i32, mark: Option<Mark>) {
        if first <= last {
            self.first.push(first);
            self.last.push(last);
            self.run_at.push(mark.map(|mark| mark.0));
            self.id.push(mark.map(|mark| mark.1));
        }
    }
}

impl Front {
    /// Of a worker that can run `types` and has not looked yet.
    pub fn new(queue: &str, types: &[JobType]) -> Self {
        Self {
            queue: queue.into(),
            types: types.iter().map(|t| t.as_str()).collect(),
            marks: Mutex::default(),
            closed: Arc::default(),
        }
    }

    /// Nothing is claimed here any more, not even by a claim that waits for a connection just now.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stretches(&self) -> Stretches {
        let marks = self.lock();
        let mut stretches = Stretches { looks: marks.looks, ..Stretches::default() };
        let mut next = i32::from(i16::MIN);
        for (&priority, &mark) in &marks.lanes {
            let priority = i32::from(priority);
            stretches.add(next, priority - 1, None);
            stretches.add(priority, priority, Some(mark));
            next = priority + 1;
        }
        stretches.add(next, i32::from(i16::MAX), None);
        stretches
    }

    /// A claim went through `stretches` and took jobs at these places: everything before them was looked at.
    pub(super) fn advance(&self, stretches: &Stretches, taken: impl Iterator<Item = (i16, Mark)>) {
        let mut marks = self.lock();
        if marks.looks != stretches.looks {
            return;
        }
        for (priority, mark) in taken {
            let room = marks.lanes.len() < LANES_MAX;
            match marks.lanes.get_mut(&priority) {
                Some(known) => *known = mark.max(*known),
                None if room => drop(marks.lanes.insert(priority, mark)),
                None => {}
            }
        }
    }

    /// A full look found these to be the first of their lanes, and nothing in the others. Answers whether one of them stood
    /// where no claim looked any more.
    fn put_right(&self, settled: DateTime<Utc>, found: &BTreeMap<i16, Mark>) -> bool {
        let mut marks = self.lock();
        marks.looks += 1;
        let missed = found.iter().any(|(priority, first)| marks.lanes.get(priority).is_some_and(|mark| first < mark));
        for (priority, mark) in &mut marks.lanes {
            *mark = found.get(priority).copied().unwrap_or((settled, Uuid::nil()));
        }
        for (&priority, &mark) in found {
            if marks.lanes.len() < LANES_MAX {
                marks.lanes.entry(priority).or_insert(mark);
            }
        }
        missed
    }
}

// From lane to lane, in each the first job that a claim could take. A step looks at what lies between two of them once.
const FIRST_OF_EACH: &str = "
WITH RECURSIVE first (priority, run_at, id) AS (
  (SELECT priority, run_at, id FROM background_jobs
   WHERE status = 'pending' AND queue = $1 AND run_at <= now() AND job_type = ANY ($2) AND attempt < max_attempts
     AND schema_version <= 1
   ORDER BY priority, run_at, id LIMIT 1)
  UNION ALL
  SELECT next.priority, next.run_at, next.id FROM first CROSS JOIN LATERAL (
    SELECT priority, run_at, id FROM background_jobs
    WHERE status = 'pending' AND queue = $1 AND priority > first.priority AND run_at <= now() AND job_type = ANY ($2)
      AND attempt < max_attempts AND schema_version <= 1
    ORDER BY priority, run_at, id LIMIT 1) next
)
SELECT settled.at, first.priority, least(first.run_at, settled.at), first.id
FROM (SELECT now() - make_interval(secs => $3) AS at) settled LEFT JOIN first ON true";

type First = (DateTime<Utc>, Option<i16>, Option<DateTime<Utc>>, Option<Uuid>);

impl Store {
    /// Looks at everything that waits in the front's queue, dead entries and all, and puts its marks right. Answers whether a
    /// job was found that no claim would have come upon.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`]; the marks stay as they were.
    pub async fn look_over(&self, front: &Front) -> Result<bool, StoreError> {
        let (queue, types) = (front.queue.clone(), front.types.clone());
        let rows = self
            .section(move |store| async move {
                let mut held = store.pool.begin().await?;
                let looked = heard(LOOK_MAX + BEYOND_STATEMENT, async {
                    let limit = format!("SET LOCAL statement_timeout = '{}ms'", LOOK_MAX.as_millis());
                    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&mut *held.connection()?).await?;
                    let rows: Vec<First> = sqlx::query_as(FIRST_OF_EACH)
                        .bind(queue)
                        .bind(&types)
                        .bind(SETTLED_AFTER.as_secs_f64())
                        .fetch_all(held.connection()?)
                        .await?;
                    Ok::<_, StoreError>(rows)
                })
                .await;
                match looked {
                    Ok(Ok(rows)) => {
                        held.end("COMMIT").await?;
                        Ok(rows)
                    }
                    Ok(Err(error)) => {
                        let _ = held.end("ROLLBACK").await;
                        Err(error)
                    }
                    // Its connection is closed by dropping it.
                    Err(silent) => Err(sqlx::Error::from(silent).into()),
                }
            })
            .await?;
        let Some(&(settled, ..)) = rows.first() else { return Ok(false) };
        let found =
            rows.into_iter().filter_map(|(_, priority, run_at, id)| Some((priority?, (run_at?, id?)))).collect();
        Ok(front.put_right(settled, &found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(second: i64) -> Mark {
        (DateTime::from_timestamp(second, 0).expect("a time"), Uuid::from_u128(1))
    }

    #[test]
    fn the_stretches_cover_every_priority_once_and_in_order() {
        let front = Front::new("default", &[]);
        front.advance(
            &front.stretches(),
            [(100, mark(5)), (i16::MIN, mark(6)), (101, mark(7)), (i16::MAX, mark(8))].into_iter(),
        );
        let parts = front.stretches();
        let mut next = i32::from(i16::MIN);
        for (first, last) in parts.first.iter().zip(&parts.last) {
            assert_eq!(*first, next);
            assert!(first <= last);
            next = last + 1;
        }
        assert_eq!(next, i32::from(i16::MAX) + 1);
        assert_eq!(parts.run_at.iter().flatten().count(), 4);
    }

    #[test]
    fn a_claim_that_began_before_a_full_look_moves_no_mark() {
        let front = Front::new("default", &[]);
        let before = front.stretches();
        assert!(!front.put_right(mark(9).0, &BTreeMap::from([(100, mark(5))])));
        front.advance(&before, [(100, mark(7))].into_iter());
        assert_eq!(front.stretches().run_at[1], Some(mark(5).0));
        front.advance(&front.stretches(), [(100, mark(7))].into_iter());
        assert_eq!(front.stretches().run_at[1], Some(mark(7).0));
        assert!(front.put_right(mark(9).0, &BTreeMap::from([(100, mark(6))])), "it stood behind the mark");
    }

    #[test]
    fn lanes_without_room_for_a_mark_are_walked_from_their_start() {
        let front = Front::new("default", &[]);
        front.advance(&front.stretches(), (0..100).map(|priority| (priority, mark(5))));
        assert_eq!(front.stretches().run_at.iter().flatten().count(), LANES_MAX);
    }
}
