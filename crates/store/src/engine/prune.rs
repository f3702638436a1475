//! Retention by a person: the same removal as the workers', with a line in the trail.

use crate::{
    Command, Store, StoreError,
    audit::{self, AuditLine},
    engine::retention::remove_batch,
};
use std::time::Duration;

/// A count stops here: it is for a person, and nobody waits for the last of 20 million rows.
const COUNT_MAX: i64 = 1_000_000;

/// How many jobs retention would remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prunable {
    /// Counted.
    pub jobs: u64,
    /// There are more than were counted.
    pub or_more: bool,
}

impl Store {
    /// As [`Store::remove_finished`]; `told`: with a line in the trail that this command asked for it, in the same
    /// transaction, when anything is removed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn prune_finished(&self, keep: Duration, told: Option<&Command>) -> Result<u64, StoreError> {
        let told = told.cloned();
        self.transaction(move |tx| {
            let told = told.clone();
            Box::pin(async move {
                let removed = remove_batch(tx, keep).await?;
                if let Some(command) = told.filter(|_| removed > 0) {
                    let what: String = sqlx::query_scalar(
                        "SELECT 'jobs that ended before ' || to_char(now() - make_interval(secs => $1), 'YYYY-MM-DD HH24:MI TZ')",
                    )
                    .bind(keep.as_secs_f64())
                    .fetch_one(&mut *tx)
                    .await?;
                    let line = AuditLine { action: "job.prune", before: Some(&what), after: Some("removed"), ..AuditLine::default() };
                    audit::append(tx, &command, line).await?;
                }
                Ok(removed)
            })
        })
        .await
    }

    /// Counts what [`Store::remove_finished`] would remove once the statistics are rolled up; up to a million.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn count_prunable(&self, keep: Duration) -> Result<Prunable, StoreError> {
        self.section(move |store| async move {
            let found: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM (SELECT FROM background_jobs j WHERE completed_at < now() - make_interval(secs => $1) \
                 AND completed_at < date_trunc('minute', now() - interval '1 minute') \
                 AND NOT EXISTS (SELECT FROM users u WHERE u.demo_mode_job_id = j.id \
                   AND u.demo_mode_status NOT IN ('enabled', 'disabled')) LIMIT $2) old",
            )
            .bind(keep.as_secs_f64())
            .bind(COUNT_MAX + 1)
            .fetch_one(&store.pool)
            .await?;
            Ok(Prunable { jobs: found.min(COUNT_MAX).unsigned_abs(), or_more: found > COUNT_MAX })
        })
        .await
    }
}
