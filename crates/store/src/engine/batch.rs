//! Finishing many at once: for types that move no user, still fenced row by row.

use crate::{Store, StoreError, engine::Lease, fault_point};
use uuid::Uuid;

impl Store {
    /// Completes jobs that belong to no user. Answers the ids that were completed; the others were lost.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: nothing is known; the leases will be rescued.
    pub async fn complete_batch(&self, leases: Vec<Lease>) -> Result<Vec<Uuid>, StoreError> {
        let Some(first) = leases.first() else { return Ok(vec![]) };
        let (worker_id, worker) = (first.worker_id, first.worker.clone());
        let (ids, epochs): (Vec<Uuid>, Vec<i64>) = leases.iter().map(|l| (l.job_id, l.epoch)).unzip();
        let wake = self.wake.clone();
        let done = self
            .section(move |store| async move {
                fault_point!("batch.before");
                // One by one, in the order of ids: few jobs run, so PostgreSQL would rather go through the index of those that
                // run, and with it through every dead entry there while somebody pins the horizon of vacuum.
                let rows: Vec<(Uuid,)> = sqlx::query_as(
                    "WITH held AS MATERIALIZED ( \
                       SELECT j.id FROM (SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS h (id, epoch) ORDER BY id) h \
                       CROSS JOIN LATERAL (SELECT id FROM background_jobs WHERE id = h.id AND lease_epoch = h.epoch \
                         AND status = 'running' AND locked_by = $3 AND user_id IS NULL LIMIT 1 FOR NO KEY UPDATE) j \
                     ), done AS ( \
                       UPDATE background_jobs j SET status = 'completed', locked_by = NULL, lease_expires_at = NULL, \
                         deadline_at = NULL, cancel_requested_at = NULL, completed_at = now(), error_message = NULL, \
                         error_class = NULL, progress = 100, progress_step = NULL, version = version + 1 \
                       FROM held WHERE j.id = held.id RETURNING j.id, j.attempt \
                     ), told AS ( \
                       INSERT INTO job_events (job_id, event, from_status, to_status, attempt, actor) \
                       SELECT id, 'succeed', 'running', 'completed', attempt, $4 FROM done \
                     ) SELECT id FROM done",
                )
                .bind(&ids)
                .bind(&epochs)
                .bind(worker_id)
                .bind(worker)
                .fetch_all(&store.pool)
                .await?;
                fault_point!("batch.after");
                Ok(rows.into_iter().map(|row| row.0).collect())
            })
            .await?;
        wake.feed();
        Ok(done)
    }
}
