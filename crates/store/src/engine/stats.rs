//! Statistics of finished jobs, rolled up once by one process, so that no screen ever counts history.

use crate::{Store, StoreError};
use state_machine::ErrorClass;

/// One roller at a time; the number is arbitrary and belongs to this purpose.
const STATS_LOCK: i64 = 0x0073_7461_7473;

/// Errors of the same minutes that ended a job for good and for which no rule has words: each once, however often.
const SPEECHLESS: &str = "
WITH span AS (
  SELECT through AS since, date_trunc('minute', now() - interval '1 minute') AS upto FROM job_stats_watermark
), failed AS (
  SELECT error_fingerprint(error_class, error_message) AS fingerprint, error_class, error_message, completed_at, id
  FROM background_jobs WHERE completed_at >= (SELECT since FROM span) AND completed_at < (SELECT upto FROM span)
    AND status = 'failed' AND error_message IS NOT NULL AND (error_class IS NULL OR error_class = ANY ($1))
)
INSERT INTO error_words (fingerprint, error_class, sample, seen, first_seen_at, last_seen_at, last_job_id)
SELECT fingerprint, min(error_class), (array_agg(error_message ORDER BY completed_at DESC))[1], count(*)::int,
  min(completed_at), max(completed_at), (array_agg(id ORDER BY completed_at DESC))[1]
FROM failed GROUP BY fingerprint
ON CONFLICT (fingerprint) DO UPDATE SET seen = error_words.seen + excluded.seen, sample = excluded.sample,
  last_seen_at = greatest(error_words.last_seen_at, excluded.last_seen_at), last_job_id = excluded.last_job_id";

impl Store {
    /// Rolls up every whole minute that ended at least a minute ago. `false`: another process is at it.
    ///
    /// The minute of grace covers transactions that took their time and commit late: statements of ours end within it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn roll_up_stats(&self) -> Result<bool, StoreError> {
        self.transaction(|tx| {
            Box::pin(async move {
                let mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
                    .bind(STATS_LOCK)
                    .fetch_one(&mut *tx)
                    .await?;
                if !mine {
                    return Ok(false);
                }
                sqlx::query(
                    "WITH span AS ( \
                       SELECT through AS since, date_trunc('minute', now() - interval '1 minute') AS upto FROM job_stats_watermark \
                     ), ended AS ( \
                       SELECT date_trunc('minute', completed_at) AS minute, job_type, status, \
                         greatest(0, extract(epoch FROM completed_at - scheduled_for) * 1000)::float8 AS ms \
                       FROM background_jobs, span WHERE completed_at >= since AND completed_at < upto \
                     ), placed AS ( \
                       SELECT *, least(31, ceil(ln(greatest(ms, 100) / 100) / ln(1.5)))::int AS bucket FROM ended \
                     ), counted AS ( \
                       SELECT minute, job_type, status, bucket, count(*)::int AS n, sum(ms) AS sum_ms \
                       FROM placed GROUP BY minute, job_type, status, bucket \
                     ), filled AS ( \
                       SELECT g.minute, g.job_type, g.status, k, coalesce(c.n, 0) AS n, coalesce(c.sum_ms, 0) AS sum_ms \
                       FROM (SELECT DISTINCT minute, job_type, status FROM counted) g CROSS JOIN generate_series(0, 31) AS k \
                       LEFT JOIN counted c ON (c.minute, c.job_type, c.status, c.bucket) = (g.minute, g.job_type, g.status, k) \
                     ) \
                     INSERT INTO job_stats (minute, job_type, status, n, sum_ms, buckets) \
                     SELECT minute, job_type, status, sum(n), sum(sum_ms), array_agg(n ORDER BY k) \
                     FROM filled GROUP BY minute, job_type, status \
                     ON CONFLICT (minute, job_type, status) DO NOTHING",
                )
                .execute(&mut *tx)
                .await?;
                let classes: Vec<_> = ErrorClass::ALL.iter().filter(|c| c.needs_words()).map(|c| c.as_str()).collect();
                sqlx::query(SPEECHLESS).bind(classes).execute(&mut *tx).await?;
                sqlx::query(
                    "UPDATE job_stats_watermark SET through = greatest(through, date_trunc('minute', now() - interval '1 minute'))",
                )
                .execute(tx)
                .await?;
                Ok(true)
            })
        })
        .await
    }
}
