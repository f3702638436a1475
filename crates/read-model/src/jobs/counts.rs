//! Exact counts of live jobs, from their partial indexes.

use crate::{ReadError, ReadModel};
use contract::jobs::JobCounts;
use sqlx::PgConnection;

const COUNTS: &str = "SELECT count(*) FILTER (WHERE run_at <= now()), count(*) FILTER (WHERE run_at > now()), \
  (SELECT count(*) FROM ops.jobs WHERE status = 'running') FROM ops.jobs WHERE status = 'pending'";

impl ReadModel {
    /// Exact counts of live jobs.
    ///
    /// # Errors
    /// As every read.
    pub async fn job_counts(&self) -> Result<JobCounts, ReadError> {
        self.section(|connection| Box::pin(job_counts(connection))).await
    }
}

pub(crate) async fn job_counts(connection: &mut PgConnection) -> Result<JobCounts, ReadError> {
    let (waiting, scheduled, running): (i64, i64, i64) = sqlx::query_as(COUNTS).fetch_one(connection).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(JobCounts { waiting: count(waiting), scheduled: count(scheduled), running: count(running) })
}
