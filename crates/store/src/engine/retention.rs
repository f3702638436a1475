//! Retention: finished jobs, their history and old receipts are removed after their time.

use crate::{Store, StoreError};
use std::time::Duration;

/// Rows a transaction: short locks, small bursts of WAL.
const BATCH: i64 = 2_000;

impl Store {
    /// Removes one batch of jobs that ended more than `keep` ago, with their history. Answers how many; 0 means done.
    ///
    /// A job that a failed demo mode still names stays, because a person may retry it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn remove_finished(&self, keep: Duration) -> Result<u64, StoreError> {
        self.transaction(move |tx| {
            Box::pin(async move {
                let removed: i64 = sqlx::query_scalar(
                    "WITH old AS MATERIALIZED ( \
                       SELECT id FROM background_jobs j WHERE completed_at < now() - make_interval(secs => $1) \
                         AND completed_at < (SELECT through FROM job_stats_watermark) \
                         AND NOT EXISTS (SELECT FROM users u WHERE u.demo_mode_job_id = j.id AND u.demo_mode_status = 'failed') \
                       ORDER BY completed_at LIMIT $2 FOR UPDATE SKIP LOCKED \
                     ), events AS (DELETE FROM job_events e USING old WHERE e.job_id = old.id), \
                     gone AS (DELETE FROM background_jobs j USING old WHERE j.id = old.id RETURNING 1) \
                     SELECT count(*) FROM gone",
                )
                .bind(keep.as_secs_f64())
                .bind(BATCH)
                .fetch_one(tx)
                .await?;
                Ok(removed.unsigned_abs())
            })
        })
        .await
    }

    /// Removes receipts, worker sessions and refresh tokens that nobody can ask for any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn remove_leftovers(&self) -> Result<u64, StoreError> {
        self.section(|store| async move {
            let mut removed = 0;
            for sql in [
                "DELETE FROM command_receipts WHERE created_at < now() - interval '7 days'",
                "DELETE FROM worker_sessions WHERE coalesce(stopped_at, last_seen_at) < now() - interval '7 days'",
                "DELETE FROM user_refresh_tokens WHERE expires_at < now() - interval '1 day'",
                "DELETE FROM staff_refresh_tokens WHERE expires_at < now() - interval '1 day'",
                "DELETE FROM job_stats WHERE minute < now() - interval '400 days'",
            ] {
                removed += sqlx::query(sql).execute(&store.pool).await?.rows_affected();
            }
            Ok(removed)
        })
        .await
    }
}
