//! Leases: holding a job, renewing it, and writing under it.

use crate::{Store, StoreError, events::cut, fault_point, faults::planted_sql};
use state_machine::JobType;
use std::time::Duration;
use uuid::Uuid;

/// The right to work on a job. Void as soon as the job's epoch has moved on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: Uuid,
    /// What it does.
    pub job_type: JobType,
    /// Whose.
    pub user_id: Option<Uuid>,
    /// The fence.
    pub epoch: i64,
    /// The worker session.
    pub worker_id: Uuid,
    /// The worker as `host:pid`.
    pub worker: String,
}

/// The answer to a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// Still held.
    pub held: Vec<Uuid>,
    /// Held, and asked to stop.
    pub cancel_requested: Vec<Uuid>,
}

// Locked in the order of ids, as everywhere where several jobs are locked at once. One by one: few jobs run, so PostgreSQL would
// rather go through the index of those that run, and with it through every dead entry there.
const RENEW: &str = "
WITH held AS MATERIALIZED (
  SELECT j.id FROM (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS h (id, epoch) ORDER BY id) h
  CROSS JOIN LATERAL (
    SELECT j.id FROM background_jobs j WHERE j.id = h.id AND j.lease_epoch = h.epoch AND j.locked_by = $3
      AND j.status = 'running' LIMIT 1 FOR NO KEY UPDATE) j)
UPDATE background_jobs j SET lease_expires_at = now() + make_interval(secs => $4)
FROM held WHERE j.id = held.id RETURNING j.id, j.cancel_requested_at IS NOT NULL";

impl Store {
    /// Renews all leases of a worker in one statement. Ids that are missing in the answer are lost.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is known of the leases.
    pub async fn renew(&self, worker_id: Uuid, leases: Vec<(Uuid, i64)>, ttl: Duration) -> Result<Renewal, StoreError> {
        self.section(move |store| async move {
            let (ids, epochs): (Vec<Uuid>, Vec<i64>) = leases.into_iter().unzip();
            fault_point!("heartbeat.before");
            let timed = planted_sql!("worker-clock-leases", RENEW, "now() +" =>
                format!("to_timestamp({}) +", crate::faults::worker_clock()));
            let renew = planted_sql!("heartbeat-without-epoch", timed, "j.lease_epoch = h.epoch AND j.locked_by = $3" =>
                "$3::uuid IS NOT NULL");
            let rows: Vec<(Uuid, bool)> = sqlx::query_as(renew)
                .bind(&ids)
                .bind(&epochs)
                .bind(worker_id)
                .bind(ttl.as_secs_f64())
                .fetch_all(&store.pool)
                .await?;
            fault_point!("heartbeat.after");
            let cancel_requested = rows.iter().filter(|row| row.1).map(|row| row.0).collect();
            Ok(Renewal { held: rows.into_iter().map(|row| row.0).collect(), cancel_requested })
        })
        .await
    }

    /// Writes how far a job is. `percent` above 100 counts as 100.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another holds the job.
    pub async fn report_progress(&self, lease: &Lease, percent: u8, step: &str) -> Result<(), StoreError> {
        let (lease, step) = (lease.clone(), cut(step, 200).to_owned());
        let wake = self.wake.clone();
        self.section(move |store| async move {
            fault_point!("progress.before");
            let rows = sqlx::query(
                "UPDATE background_jobs SET progress = $4, progress_step = $5 \
                 WHERE id = $1 AND status = 'running' AND lease_epoch = $2 AND locked_by = $3",
            )
            .bind(lease.job_id)
            .bind(lease.epoch)
            .bind(lease.worker_id)
            .bind(i16::from(percent.min(100)))
            .bind(step)
            .execute(&store.pool)
            .await?
            .rows_affected();
            fault_point!("progress.after");
            if rows == 1 { Ok(()) } else { Err(StoreError::LeaseLost { job_id: lease.job_id }) }
        })
        .await?;
        wake.feed();
        Ok(())
    }

    /// Remembers the profile that a demo job has made, at once, so that a crash cannot forget it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when another holds the job.
    pub async fn remember_profile(&self, lease: &Lease, profile_id: &str) -> Result<(), StoreError> {
        let (lease, profile_id) = (lease.clone(), profile_id.to_owned());
        self.step("remember", move |tx| {
            let (lease, profile_id) = (lease.clone(), profile_id.clone());
            Box::pin(async move {
                let lost = StoreError::LeaseLost { job_id: lease.job_id };
                let Some(user_id) = lease.user_id else { return Err(lost) };
                if crate::demo_rows::lock(tx, user_id).await?.is_none_or(|user| user.job_id != Some(lease.job_id)) {
                    return Err(lost);
                }
                let held: Option<Uuid> = sqlx::query_scalar(
                    "SELECT id FROM background_jobs WHERE id = $1 AND status = 'running' AND lease_epoch = $2 \
                     AND locked_by = $3 FOR NO KEY UPDATE",
                )
                .bind(lease.job_id)
                .bind(lease.epoch)
                .bind(lease.worker_id)
                .fetch_optional(&mut *tx)
                .await?;
                if held.is_none() {
                    return Err(lost);
                }
                let rows = sqlx::query("UPDATE users SET demo_profile_id = $2 WHERE id = $1 AND demo_mode_job_id = $3")
                    .bind(user_id)
                    .bind(profile_id)
                    .bind(lease.job_id)
                    .execute(tx)
                    .await?
                    .rows_affected();
                if rows == 1 { Ok(()) } else { Err(lost) }
            })
        })
        .await
    }
}
