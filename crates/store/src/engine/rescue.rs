//! Rescue: jobs whose lease or deadline ran out go back to the queue, or fail when no attempt is left.

use crate::{
    Store, StoreError,
    engine::{Ending, Finished, Lease, finish},
    fault_point,
    faults::planted_sql,
};
use rand::{Rng, seq::SliceRandom};
use state_machine::{ErrorClass, JobType, RetryPolicy};
use std::time::Duration;
use uuid::Uuid;

/// One rescuer at a time; the number is arbitrary and belongs to this purpose.
const RESCUE_LOCK: i64 = 0x7265_7363_7565;

/// A command holds its user for some milliseconds.
const A_MOMENT: Duration = Duration::from_millis(100);

/// Job, type, user, epoch, worker session; whether its lease ran out (or else its deadline).
type Lost = (Uuid, String, Option<Uuid>, i64, Uuid, bool);

const STILL_LOST: &str = "SELECT id FROM background_jobs WHERE id = $1 AND status = 'running' \
  AND lease_epoch = $2 AND (lease_expires_at < now() OR deadline_at < now()) FOR NO KEY UPDATE";

impl Store {
    /// Rescues at most `limit` jobs of the known types; each in a transaction of its own, with its user's state.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was rescued before stays rescued.
    pub async fn rescue(
        &self,
        types: &[JobType],
        limit: u32,
        policy: RetryPolicy,
    ) -> Result<Vec<(Uuid, Finished)>, StoreError> {
        let limit = limit as usize;
        let (mut rescued, mut passed_over, mut after) = (vec![], vec![], Uuid::nil());
        while rescued.len() < limit {
            // Whatever could not be moved is passed over, or the same few would stand before all the others for ever.
            let room = limit - rescued.len();
            let mut lost = self.lost(types, after, room).await?;
            fault_point!("rescue.found");
            let more = lost.len() == room;
            after = lost.last().map_or(after, |job| job.0);
            // Several processes see the same list: in another order each, they share the work instead of queueing for one row.
            lost.shuffle(&mut rand::rng());
            for (job_id, job_type, user_id, epoch, worker_id, lease_ran_out) in lost {
                let Ok(job_type) = job_type.parse() else { continue };
                let lease = Lease { job_id, job_type, user_id, epoch, worker_id, worker: String::new() };
                match self.rescue_one(lease.clone(), lease_ran_out, policy).await {
                    Ok(Some(finished)) => rescued.push((job_id, finished)),
                    Ok(None) => passed_over.push((lease, lease_ran_out)),
                    Err(StoreError::LeaseLost { .. }) => {} // it came back or ended meanwhile
                    Err(error @ StoreError::Unavailable(_)) => return Err(error),
                    Err(error) => {
                        tracing::error!(job.id = %job_id, %error, "Job {job_id} could not be rescued; going on past it");
                    }
                }
            }
            if !more {
                break;
            }
        }
        // Most locks are held for a moment. What is held for longer waits for the next round, and holds nothing up.
        if !passed_over.is_empty() {
            tokio::time::sleep(A_MOMENT).await;
        }
        for (lease, lease_ran_out) in passed_over {
            let job_id = lease.job_id;
            if let Ok(Some(finished)) = self.rescue_one(lease, lease_ran_out, policy).await {
                rescued.push((job_id, finished));
            }
        }
        if !rescued.is_empty() {
            self.wake.jobs();
        }
        Ok(rescued)
    }

    /// At most `limit` lost jobs with ids above `after`, in the order of their ids.
    async fn lost(&self, types: &[JobType], after: Uuid, limit: usize) -> Result<Vec<Lost>, StoreError> {
        let known: Vec<&'static str> = types.iter().map(|t| t.as_str()).collect();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // The lock only keeps several processes from doing the same work; each ending re-checks for itself.
        self.transaction(move |tx| {
            let known = known.clone();
            Box::pin(async move {
                let mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
                    .bind(RESCUE_LOCK)
                    .fetch_one(&mut *tx)
                    .await?;
                if !mine {
                    return Ok(vec![]);
                }
                Ok(sqlx::query_as(
                    "SELECT id, job_type, user_id, lease_epoch, locked_by, lease_expires_at < now() \
                     FROM background_jobs WHERE status = 'running' AND job_type = ANY ($1) AND id > $3 \
                     AND (lease_expires_at < now() OR deadline_at < now()) ORDER BY id LIMIT $2",
                )
                .bind(&known)
                .bind(limit)
                .bind(after)
                .fetch_all(tx)
                .await?)
            })
        })
        .await
    }

    /// `None`: somebody is changing its user just now.
    async fn rescue_one(
        &self,
        lease: Lease,
        lease_ran_out: bool,
        policy: RetryPolicy,
    ) -> Result<Option<Finished>, StoreError> {
        let unit = rand::rng().random::<f64>();
        let (error, class) = if lease_ran_out {
            ("The worker was lost while it worked on this.", ErrorClass::WorkerLost)
        } else {
            ("The work took longer than its limit and was given up.", ErrorClass::Deadline)
        };
        self.step("rescue", move |tx| {
            let lease = lease.clone();
            Box::pin(async move {
                if let Some(user_id) = lease.user_id
                    && !crate::demo_rows::lock_unless_held(tx, user_id).await?
                {
                    return Ok(None);
                }
                // Re-checked under the lock: a heartbeat or a finish may have come in between.
                let still = planted_sql!("rescue-by-id-only", STILL_LOST,
                    "lease_epoch = $2 AND (lease_expires_at < now() OR deadline_at < now())" => "$2::bigint IS NOT NULL");
                let still: Option<Uuid> = sqlx::query_scalar(still)
                .bind(lease.job_id)
                .bind(lease.epoch)
                .fetch_optional(&mut *tx)
                .await?;
                if still.is_none() {
                    return Err(StoreError::LeaseLost { job_id: lease.job_id });
                }
                let ending = Ending::Expired { error: error.to_owned(), class };
                finish::end(tx, &lease, ending, policy, unit).await.map(Some)
            })
        })
        .await
    }
}
