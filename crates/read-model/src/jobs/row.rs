//! One line of the jobs table.

use crate::{ReadError, row::At};
use chrono::{DateTime, Utc};
use contract::jobs::JobRow;
use sqlx::{FromRow, PgConnection, QueryBuilder};
use uuid::Uuid;

/// Selected from `ops.jobs j`, before the joins of [`SELECT_ROW`].
pub(crate) const JOB_COLUMNS: &str = "j.id, j.job_type, j.status, j.user_id, j.attempt, j.max_attempts, j.queue, \
  j.progress, j.progress_step, j.run_at, j.created_at, j.started_at, j.completed_at, j.lease_expires_at, j.locked_by, \
  j.cancel_requested_at, j.error_message, j.version";

/// Needs `j` in `FROM`, and after it [`JOINS`].
pub(crate) const SELECT_ROW: &str = "SELECT j.id, j.job_type, j.status, j.user_id, u.email AS user_email, j.attempt, \
  j.max_attempts, j.queue, j.progress, j.progress_step, j.run_at, j.created_at, j.started_at, j.completed_at, \
  j.lease_expires_at, j.locked_by, w.host, w.pid, j.cancel_requested_at, j.error_message, j.version";

/// Who and where.
pub(crate) const JOINS: &str =
    " LEFT JOIN ops.users u ON u.id = j.user_id LEFT JOIN ops.workers w ON w.id = j.locked_by";

#[derive(FromRow)]
pub(crate) struct StoredJob {
    pub(crate) id: Uuid,
    pub(crate) job_type: String,
    status: String,
    user_id: Option<Uuid>,
    user_email: Option<String>,
    attempt: i32,
    max_attempts: i32,
    queue: String,
    progress: i16,
    progress_step: Option<String>,
    run_at: DateTime<Utc>,
    pub(crate) created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    lease_expires_at: Option<DateTime<Utc>>,
    locked_by: Option<Uuid>,
    host: Option<String>,
    pid: Option<i32>,
    cancel_requested_at: Option<DateTime<Utc>>,
    error_message: Option<String>,
    version: i32,
}

impl TryFrom<StoredJob> for JobRow {
    type Error = ReadError;
    fn try_from(row: StoredJob) -> Result<Self, ReadError> {
        let at = At { table: "ops.jobs", id: &row.id };
        Ok(Self {
            status: at.word("status", &row.status)?,
            attempt: at.count("attempt", row.attempt)?,
            max_attempts: at.count("max_attempts", row.max_attempts)?,
            progress: at.count("progress", row.progress)?,
            version: at.count("version", row.version)?,
            id: row.id,
            job_type: row.job_type,
            user_id: row.user_id,
            user_email: row.user_email,
            queue: row.queue,
            step: row.progress_step,
            run_at: row.run_at,
            created_at: row.created_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            lease_expires_at: row.lease_expires_at,
            worker_id: row.locked_by,
            worker: row.host.zip(row.pid).map(|(host, pid)| format!("{host}:{pid}")),
            cancel_requested: row.cancel_requested_at.is_some(),
            error: row.error_message,
        })
    }
}

/// The jobs of `ids` that there are, in no particular order.
pub(crate) async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<JobRow>, ReadError> {
    let mut query = QueryBuilder::new(SELECT_ROW);
    query.push(" FROM ops.jobs j").push(JOINS).push(" WHERE j.id = ANY(").push_bind(ids).push(")");
    let rows: Vec<StoredJob> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(JobRow::try_from).collect()
}
