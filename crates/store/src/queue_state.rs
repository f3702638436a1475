//! How the queue stands, for those who watch it: exact while it is as small as it should be, and cheap however long it grows.

use crate::{Store, StoreError};
use std::time::Duration;

/// Live jobs of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    /// What they do. A newer build may know types that this one does not.
    pub job_type: String,
    /// Pending and due.
    pub waiting: u32,
    /// Pending with a time ahead.
    pub scheduled: u32,
    /// Running.
    pub running: u32,
}

/// How the queue stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueState {
    /// By type, without those that have no live job.
    pub types: Vec<QueueLine>,
    /// There are more pending or running jobs than were counted.
    pub capped: bool,
    /// For how long the oldest due job has been due, by database time; zero when none is.
    pub oldest_due: Duration,
}

/// The first 20,000 in the order of claims, and the first 20,000 that run. A watcher who sees the cap knows enough.
const COUNTS: &str = "
WITH pending AS MATERIALIZED (
  SELECT job_type, CASE WHEN run_at <= now() THEN 1 ELSE 0 END AS due FROM background_jobs
  WHERE status = 'pending' ORDER BY queue, priority, run_at, id LIMIT 20001
), running AS MATERIALIZED (
  SELECT job_type FROM background_jobs WHERE status = 'running' ORDER BY id LIMIT 20001
), counted AS (
  SELECT job_type, due AS waiting, 1 - due AS scheduled, 0 AS running FROM pending
  UNION ALL SELECT job_type, 0, 0, 1 FROM running
)
SELECT job_type, sum(waiting)::int8, sum(scheduled)::int8, sum(running)::int8 FROM counted GROUP BY job_type";

const COUNTED_MAX: u32 = 20_000;

/// From one pair of queue and priority to the next by the index, and in each the job that was due first. At most 200 pairs.
const OLDEST_DUE: &str = "
WITH RECURSIVE lane (queue, priority, n) AS (
  (SELECT queue, priority, 1 FROM background_jobs WHERE status = 'pending' ORDER BY queue, priority LIMIT 1)
  UNION ALL
  SELECT next.queue, next.priority, n + 1 FROM lane CROSS JOIN LATERAL (
    SELECT queue, priority FROM background_jobs WHERE status = 'pending' AND (queue, priority) > (lane.queue, lane.priority)
    ORDER BY queue, priority LIMIT 1) next
  WHERE n < 200
)
SELECT coalesce(greatest(0, extract(epoch FROM now() - min(first.run_at))), 0)::float8
FROM lane CROSS JOIN LATERAL (
  SELECT run_at FROM background_jobs j
  WHERE status = 'pending' AND j.queue = lane.queue AND j.priority = lane.priority ORDER BY run_at LIMIT 1) first";

impl Store {
    /// How the queue stands: counts by type, and the age of the oldest due job.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn queue_state(&self) -> Result<QueueState, StoreError> {
        self.section(|store| async move {
            let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(COUNTS).fetch_all(&store.pool).await?;
            let oldest_due_s: f64 = sqlx::query_scalar(OLDEST_DUE).fetch_one(&store.pool).await?;
            let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
            let line = |(job_type, waiting, scheduled, running)| QueueLine {
                job_type,
                waiting: count(waiting),
                scheduled: count(scheduled),
                running: count(running),
            };
            let types: Vec<QueueLine> = rows.into_iter().map(line).collect();
            let pending: u32 = types.iter().map(|line| line.waiting + line.scheduled).sum();
            let running: u32 = types.iter().map(|line| line.running).sum();
            Ok(QueueState {
                types,
                capped: pending > COUNTED_MAX || running > COUNTED_MAX,
                oldest_due: Duration::try_from_secs_f64(oldest_due_s).unwrap_or_default(),
            })
        })
        .await
    }
}
