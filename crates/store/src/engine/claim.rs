//! Claim: take due jobs under a lease, count the attempt, write the history, in one statement.

use crate::{
    Store, StoreError,
    engine::{Lease, WorkerSession},
    fault_point,
    faults::planted_sql,
};
use chrono::{DateTime, Utc};
use state_machine::JobType;
use std::time::Duration;
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
}

// Whether the queue is paused depends on no job, so it is asked once a claim.
// MATERIALIZED: a plain sub-select may be run again by a nested loop and exceed the limit.
// NO KEY: `FOR UPDATE SKIP LOCKED` would skip a job while a row that refers to it is being inserted.
const CLAIM: &str = "
WITH due AS MATERIALIZED (
  SELECT id FROM background_jobs
  WHERE status = 'pending' AND queue = $1 AND run_at <= now() AND job_type = ANY ($2) AND attempt < max_attempts
    AND schema_version <= 1 AND NOT EXISTS (SELECT FROM queues WHERE name = $1 AND paused_at IS NOT NULL)
  ORDER BY priority, run_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
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
SELECT id, job_type, user_id, attempt, max_attempts, lease_epoch, payload, deadline_at, cancel_requested FROM claimed
ORDER BY priority, run_at, id";

impl Store {
    /// Claims at most `limit` due jobs of the types that this build can run; none while the queue is paused.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]. If the answer was lost, the claimed jobs are rescued when their leases end.
    pub async fn claim(
        &self,
        worker: &WorkerSession,
        queue: &str,
        types: &[JobType],
        limit: u32,
        lease_ttl: Duration,
        deadline: Duration,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let (worker, queue) = (worker.clone(), queue.to_owned());
        let types: Vec<&'static str> = types.iter().map(|t| t.as_str()).collect();
        let wake = self.wake.clone();
        let jobs = self
            .section(move |store| async move {
                fault_point!("claim.before");
                let claim = planted_sql!("attempts-at-completion", CLAIM, "attempt = j.attempt + 1" =>
                    "attempt = least(j.max_attempts, 1 + (SELECT count(*) FROM job_events e \
                     WHERE e.job_id = j.id AND e.event = 'retry_later'))");
                let rows: Vec<Raw> = sqlx::query_as(claim)
                    .bind(queue)
                    .bind(&types)
                    .bind(i64::from(limit))
                    .bind(worker.id)
                    .bind(lease_ttl.as_secs_f64())
                    .bind(deadline.as_secs_f64())
                    .bind(&worker.name)
                    .fetch_all(&store.pool)
                    .await?;
                fault_point!("claim.after");
                rows.into_iter().map(|raw| claimed(raw, &worker)).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        if !jobs.is_empty() {
            wake.feed();
        }
        Ok(jobs)
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
