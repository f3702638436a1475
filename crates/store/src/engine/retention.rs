//! Retention: finished jobs, their history and old receipts are removed after their time.

use crate::{Store, StoreError};
use sqlx::PgConnection;
use std::time::Duration;

/// Rows a transaction: short locks, small bursts of WAL.
const BATCH: i64 = 2_000;

/// A user's row is locked before any of their jobs, everywhere, and to remove a job that a row still names would reach for
/// the user last. So users at rest let go of it first; one who is busy at this moment is passed over.
const LET_GO: &str = "
WITH old AS MATERIALIZED (
  SELECT id FROM background_jobs j WHERE completed_at < now() - make_interval(secs => $1)
    AND completed_at < (SELECT through FROM job_stats_watermark)
    AND NOT EXISTS (SELECT FROM users u WHERE u.demo_mode_job_id = j.id AND u.demo_mode_status = 'failed')
  ORDER BY completed_at LIMIT $2
), at_rest AS MATERIALIZED (
  SELECT u.id FROM users u JOIN old ON u.demo_mode_job_id = old.id WHERE u.demo_mode_status IN ('enabled', 'disabled')
  ORDER BY u.id FOR NO KEY UPDATE OF u SKIP LOCKED
)
UPDATE users u SET demo_mode_job_id = NULL FROM at_rest WHERE u.id = at_rest.id";

const REMOVE: &str = "
WITH old AS MATERIALIZED (
  SELECT id FROM background_jobs j WHERE completed_at < now() - make_interval(secs => $1)
    AND completed_at < (SELECT through FROM job_stats_watermark)
    AND NOT EXISTS (SELECT FROM users u WHERE u.demo_mode_job_id = j.id)
  ORDER BY completed_at LIMIT $2 FOR UPDATE SKIP LOCKED
), events AS (DELETE FROM job_events e USING old WHERE e.job_id = old.id),
gone AS (DELETE FROM background_jobs j USING old WHERE j.id = old.id RETURNING 1)
SELECT count(*) FROM gone";

impl Store {
    /// Removes one batch of jobs that ended more than `keep` ago, with their history. Answers how many; 0 means done.
    ///
    /// A job that a failed demo mode still names stays, because a person may retry it. One whose user somebody is just
    /// changing waits for a later batch.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn remove_finished(&self, keep: Duration) -> Result<u64, StoreError> {
        self.transaction(move |tx| Box::pin(remove_batch(tx, keep))).await
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
                "DELETE FROM bulk_plans WHERE planned_at < now() - interval '90 days' \
                   AND status NOT IN ('running', 'pausing', 'aborting')",
                "DELETE FROM fix_records WHERE at < now() - interval '400 days'",
                "DELETE FROM error_words WHERE title IS NULL AND last_seen_at < now() - interval '60 days'",
            ] {
                removed += sqlx::query(sql).execute(&store.pool).await?.rows_affected();
            }
            Ok(removed)
        })
        .await
    }
}

/// One batch, in the caller's transaction.
pub(super) async fn remove_batch(tx: &mut PgConnection, keep: Duration) -> Result<u64, StoreError> {
    sqlx::query(LET_GO).bind(keep.as_secs_f64()).bind(BATCH).execute(&mut *tx).await?;
    let removed: i64 = sqlx::query_scalar(REMOVE).bind(keep.as_secs_f64()).bind(BATCH).fetch_one(tx).await?;
    Ok(removed.unsigned_abs())
}
