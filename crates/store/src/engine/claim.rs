//! Claim: take due jobs under a lease, count the attempt, write the history, in one statement.

use crate::{
    Store, StoreError,
    engine::{
        Lease, WorkerSession,
        front::{Front, SETTLED_AFTER},
    },
    fault_point,
    faults::planted_sql,
    silence::heard,
};
use chrono::{DateTime, Utc};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use uuid::Uuid;

/// A job in hand.
#[derive(Clone, Debug)]
pub struct ClaimedJob {
    /// The right to work on it.
    pub lease: Lease,
    /// This attempt, counted from 1.
    pub attempt: u32,
    /// The budget.
    pub max_attempts: u32,
    /// What the handler must know.
    pub payload: serde_json::Value,
    /// When this attempt is given up, by database time.
    pub deadline_at: DateTime<Utc>,
    /// A stop was asked for during an earlier attempt, which could not settle what it had made.
    pub cancel_requested: bool,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Uuid,
    job_type: String,
    user_id: Option<Uuid>,
    attempt: i32,
    max_attempts: i32,
    lease_epoch: i64,
    payload: serde_json::Value,
    deadline_at: DateTime<Utc>,
    cancel_requested: bool,
    priority: i16,
    looked_until: DateTime<Utc>,
}

// Whether the queue is paused depends on no job, so it is asked once a claim.
// MATERIALIZED: a plain sub-select may be run again by a nested loop and exceed the limit.
// NO KEY: `FOR UPDATE SKIP LOCKED` would skip a job while a row that refers to it is being inserted.
// The stretches are gone through one after the other and only as far as the limit wants: a lateral sub-select with a limit
// can be joined by a nested loop alone. So the order of the claim is that of the stretches, and no row is locked in vain.
// Comparisons of whole rows, because both ends of a stretch then are ends of the walk through the index.
const CLAIM: &str = "
WITH due AS MATERIALIZED (
  SELECT ready.id FROM unnest($8::int[], $9::int[], $10::timestamptz[], $11::uuid[]) AS s (first, last, run_at, id)
  CROSS JOIN LATERAL (
    SELECT j.id FROM background_jobs j
    WHERE j.status = 'pending' AND j.queue = $1 AND j.run_at <= now() AND j.job_type = ANY ($2)
      AND j.attempt < j.max_attempts AND j.schema_version <= 1
      AND (j.priority, j.run_at, j.id) >= (s.first, CASE WHEN s.run_at IS NULL THEN '-infinity'
        ELSE least(s.run_at, now() - make_interval(secs => $12)) END, coalesce(s.id, '00000000-0000-0000-0000-000000000000'))
      AND (j.priority, j.run_at) <= (s.last, CASE WHEN s.run_at IS NULL THEN 'infinity' ELSE now() END)
    ORDER BY j.priority, j.run_at, j.id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) ready
  WHERE NOT EXISTS (SELECT FROM queues WHERE name = $1 AND paused_at IS NOT NULL)
  LIMIT $3
), claimed AS (
  UPDATE background_jobs j SET status = 'running', attempt = j.attempt + 1, lease_epoch = j.lease_epoch + 1,
    locked_by = $4, started_at = now(), lease_expires_at = now() + make_interval(secs => $5),
    deadline_at = now() + make_interval(secs => $6), progress = 0, progress_step = NULL, version = j.version + 1
  FROM due WHERE j.id = due.id
  RETURNING j.id, j.job_type, j.user_id, j.attempt, j.max_attempts, j.lease_epoch, j.payload, j.deadline_at,
    j.cancel_requested_at IS NOT NULL AS cancel_requested, j.priority, j.run_at
), told AS (
  INSERT INTO job_events (job_id, user_id, event, from_status, to_status, attempt, actor)
  SELECT id, user_id, 'start', 'pending', 'running', attempt, $7 FROM claimed
)
SELECT id, job_type, user_id, attempt, max_attempts, lease_epoch, payload, deadline_at, cancel_requested, priority,
  least(run_at, now() - make_interval(secs => $12)) AS looked_until
FROM claimed ORDER BY priority, run_at, id";

impl Store {
    /// Claims at most `limit` due jobs of the front's queue and types, beginning at the front, which moves on; none while the
    /// queue is paused.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]. If the answer was lost, the claimed jobs are rescued when their leases end.
    pub async fn claim(
        &self,
        worker: &WorkerSession,
        front: &Front,
        limit: u32,
        lease_ttl: Duration,
        deadline: Duration,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let (who, queue, types) = (worker.clone(), front.queue.clone(), front.types.clone());
        let stretches = Arc::new(front.stretches());
        let (through, closed) = (stretches.clone(), front.closed.clone());
        let rows = self
            .section(move |store| async move {
                fault_point!("claim.before");
                let claim = planted_sql!("attempts-at-completion", CLAIM, "attempt = j.attempt + 1" =>
                    "attempt = least(j.max_attempts, 1 + (SELECT count(*) FROM job_events e \
                     WHERE e.job_id = j.id AND e.event = 'retry_later'))");
                let mut held = store.pool.hold().await?;
                // It may have waited long, and its worker may have been told to stop meanwhile.
                if closed.load(Ordering::SeqCst) {
                    return Ok(held.done(Ok(Ok(vec![])))?);
                }
                let asked = sqlx::query_as(claim)
                    .bind(queue)
                    .bind(&types)
                    .bind(i64::from(limit))
                    .bind(who.id)
                    .bind(lease_ttl.as_secs_f64())
                    .bind(deadline.as_secs_f64())
                    .bind(&who.name)
                    .bind(&through.first)
                    .bind(&through.last)
                    .bind(&through.run_at)
                    .bind(&through.id)
                    .bind(SETTLED_AFTER.as_secs_f64())
                    .fetch_all(held.connection()?);
                let answer = heard(store.pool.silence_max, asked).await;
                let rows: Vec<Raw> = held.done(answer)?;
                fault_point!("claim.after");
                Ok(rows)
            })
            .await?;
        if !rows.is_empty() {
            front.advance(&stretches, rows.iter().map(|row| (row.priority, (row.looked_until, row.id))));
            self.wake.feed();
        }
        rows.into_iter().map(|raw| claimed(raw, worker)).collect()
    }
}

fn claimed(raw: Raw, worker: &WorkerSession) -> Result<ClaimedJob, StoreError> {
    let job_type = raw.job_type.parse().map_err(|e| StoreError::BadRow {
        table: "background_jobs",
        id: raw.id.to_string(),
        problem: format!("job_type: {e}"),
    })?;
    Ok(ClaimedJob {
        lease: Lease {
            job_id: raw.id,
            job_type,
            user_id: raw.user_id,
            epoch: raw.lease_epoch,
            worker_id: worker.id,
            worker: worker.name.clone(),
        },
        attempt: raw.attempt.unsigned_abs(),
        max_attempts: raw.max_attempts.unsigned_abs(),
        payload: raw.payload,
        deadline_at: raw.deadline_at,
        cancel_requested: raw.cancel_requested,
    })
}
