//! What came of a fix: accepted with its command, then claimed and confirmed by what the history of the jobs tells, and
//! whether it held. Kept by upkeep, so that nobody has to watch.

use crate::{Command, Store, StoreError, fixes::FixOrder, jobs::JobRecord, new_id};
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

/// Records looked at in one round.
const BATCH: i64 = 200;

/// What a fix leads to.
pub(crate) struct Aim {
    /// The state right after, for the trail.
    pub next: &'static str,
    /// The user's state, or the job's, that is the effect; `None`: that the job is taken up is the effect.
    pub expected: Option<&'static str>,
    /// The job that brings it about.
    pub job_id: Option<Uuid>,
    /// It is there already.
    pub reached: bool,
}

impl Aim {
    pub const fn reached(state: &'static str) -> Self {
        Self { next: state, expected: Some(state), job_id: None, reached: true }
    }

    /// `next`: where the job is now; `expected`: where it, or its user, should come to.
    pub const fn of_job(job: &JobRecord, next: &'static str, expected: &'static str) -> Self {
        Self { next, expected: Some(expected), job_id: Some(job.id), reached: false }
    }
}

/// Writes the record of a fix within its transaction.
pub(crate) async fn record(
    tx: &mut PgConnection,
    order: &FixOrder,
    aim: &Aim,
    command: &Command,
) -> Result<(), StoreError> {
    let version = |seen: Option<(Uuid, u32)>| seen.map(|seen| i32::try_from(seen.1).unwrap_or(i32::MAX));
    sqlx::query(
        "INSERT INTO fix_records (id, staff_id, actor, user_id, job_id, user_version, job_version, cause, fix, error_class, \
           watched_job_id, expected, due_at, claimed_at, confirmed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + make_interval(secs => $13), \
           CASE WHEN $14 THEN now() END, CASE WHEN $14 THEN now() END)",
    )
    .bind(new_id())
    .bind(command.actor.staff_id())
    .bind(command.actor.label())
    .bind(order.user.map(|user| user.0))
    .bind(order.job.map(|job| job.0))
    .bind(version(order.user))
    .bind(version(order.job))
    .bind(order.cause.as_str())
    .bind(order.fix.as_str())
    .bind(order.error_class.map(state_machine::ErrorClass::as_str))
    .bind(aim.job_id)
    .bind(aim.expected)
    .bind(order.due_in.as_secs_f64())
    .bind(aim.reached)
    .execute(tx)
    .await?;
    Ok(())
}

// Times are those of the history, whenever this looks. What a person did with the fix or after it is no sign of a worker.
// A stop has no one job whose end tells: what was made is removed by another one, and the user's state is the effect.
const FOLLOW: &str = "
WITH open AS MATERIALIZED (
  SELECT id, at, fix, user_id, watched_job_id, expected, claimed_at FROM fix_records
  WHERE closed_at IS NULL AND confirmed_at IS NULL AND missed_at IS NULL
  ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
), told AS (
  SELECT o.id, o.expected, coalesce(o.claimed_at, job.claimed_at) AS claimed_at,
    CASE WHEN o.fix = 'cancel' AND o.user_id IS NOT NULL
      THEN CASE WHEN u.demo_mode_status = o.expected THEN u.demo_mode_changed_at END
      WHEN o.fix = 'cancel' THEN job.cancelled_at
      ELSE job.completed_at END AS confirmed_at,
    CASE WHEN o.fix = 'cancel' AND o.user_id IS NOT NULL
      THEN CASE WHEN u.demo_mode_status IN ('enabled', 'disabled', 'failed') AND u.demo_mode_status <> o.expected
        AND u.demo_mode_changed_at > o.at THEN u.demo_mode_changed_at END
      WHEN o.fix = 'cancel' THEN least(job.completed_at, job.failed_at)
      ELSE least(job.failed_at, job.cancelled_at) END AS missed_at
  FROM open o LEFT JOIN users u ON u.id = o.user_id
  CROSS JOIN LATERAL (
    SELECT min(e.at) FILTER (WHERE e.event NOT IN ('enqueue', 'request_cancel', 'manual_retry', 'reschedule')) AS claimed_at,
      min(e.at) FILTER (WHERE e.to_status = 'completed') AS completed_at,
      min(e.at) FILTER (WHERE e.to_status = 'failed') AS failed_at,
      min(e.at) FILTER (WHERE e.to_status = 'cancelled') AS cancelled_at
    FROM job_events e WHERE e.job_id = o.watched_job_id AND e.at > o.at) job
)
UPDATE fix_records f SET claimed_at = t.claimed_at,
  confirmed_at = CASE WHEN t.expected IS NULL THEN t.claimed_at
    WHEN t.missed_at IS NULL OR t.confirmed_at < t.missed_at THEN t.confirmed_at END,
  missed_at = CASE WHEN t.expected IS NOT NULL AND (t.confirmed_at IS NULL OR t.missed_at <= t.confirmed_at) THEN t.missed_at END
FROM told t WHERE f.id = t.id AND (t.claimed_at, t.confirmed_at, t.missed_at) IS DISTINCT FROM (f.claimed_at, f.confirmed_at, f.missed_at)";

// It held when nothing failed there since, and nobody had to fix it again.
const CLOSE: &str = "
WITH due AS MATERIALIZED (
  SELECT * FROM fix_records WHERE closed_at IS NULL
    AND (missed_at IS NOT NULL OR coalesce(confirmed_at, due_at) < now() - make_interval(secs => $2))
  ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
), judged AS (
  SELECT d.id, CASE
    WHEN d.missed_at IS NOT NULL THEN 'no'
    WHEN d.confirmed_at IS NULL THEN 'unknown'
    WHEN d.user_id IS NOT NULL AND u.id IS NULL THEN 'unknown'
    WHEN u.demo_mode_status = 'failed' AND d.expected <> 'failed' THEN 'no'
    WHEN d.expected IS DISTINCT FROM 'failed' AND EXISTS (SELECT FROM fix_records later WHERE later.id <> d.id AND later.at > d.at
      AND later.at <= d.confirmed_at + make_interval(secs => $2)
      AND (later.user_id = d.user_id OR d.user_id IS NULL AND later.job_id = d.job_id)) THEN 'no'
    WHEN EXISTS (SELECT FROM job_events e WHERE e.to_status = 'failed' AND e.at > d.confirmed_at
      AND e.at <= d.confirmed_at + make_interval(secs => $2) AND e.user_id = d.user_id) THEN 'no'
    WHEN d.user_id IS NULL AND EXISTS (SELECT FROM job_events e WHERE e.job_id = d.job_id AND e.to_status = 'failed'
      AND e.at > d.confirmed_at AND e.at <= d.confirmed_at + make_interval(secs => $2)) THEN 'no'
    ELSE 'yes' END AS held
  FROM due d LEFT JOIN users u ON u.id = d.user_id
)
UPDATE fix_records f SET held = j.held, closed_at = now() FROM judged j WHERE f.id = j.id";

impl Store {
    /// Looks what has become of the fixes that are open, and closes those whose time to hold (`hold`) is over. Answers how
    /// many records it wrote. Any number of processes may call it at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn follow_fixes(&self, hold: Duration) -> Result<u64, StoreError> {
        self.section(move |store| async move {
            let followed = sqlx::query(FOLLOW).bind(BATCH).execute(&store.pool).await?.rows_affected();
            let closed =
                sqlx::query(CLOSE).bind(BATCH).bind(hold.as_secs_f64()).execute(&store.pool).await?.rows_affected();
            Ok(followed + closed)
        })
        .await
    }
}
