//! What fails just now, by error.

use crate::{ReadError, row::At};
use chrono::{DateTime, Utc};
use contract::now::FailureGroup;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Of the jobs that ended within the hour, the newest 5,000.
const FAILURES: &str = "SELECT coalesce(error_message, 'No error was recorded') AS error, job_type, count(*) AS n, \
    (array_agg(id ORDER BY completed_at DESC, id DESC))[1] AS last_job_id, max(completed_at) AS last_at \
  FROM (SELECT id, job_type, status, error_message, completed_at FROM ops.jobs \
    WHERE completed_at > now() - interval '1 hour' ORDER BY completed_at DESC, id DESC LIMIT 5000) ended \
  WHERE status = 'failed' GROUP BY 1, 2 ORDER BY n DESC, last_at DESC LIMIT 10";

#[derive(FromRow)]
struct StoredGroup {
    error: String,
    job_type: String,
    n: i64,
    last_job_id: Uuid,
    last_at: DateTime<Utc>,
}

pub(super) async fn failures(connection: &mut PgConnection) -> Result<Vec<FailureGroup>, ReadError> {
    let rows: Vec<StoredGroup> = sqlx::query_as(FAILURES).fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let at = At { table: "ops.jobs", id: &row.last_job_id };
            Ok(FailureGroup {
                count: at.count("count", row.n)?,
                error: row.error,
                job_type: row.job_type,
                last_job_id: row.last_job_id,
                last_at: row.last_at,
            })
        })
        .collect()
}
