//! Worker processes, for the screen only: nothing about a job is decided by them.

use crate::{ReadError, ReadModel, row::At};
use chrono::{DateTime, Utc};
use contract::jobs::WorkerRow;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Three heartbeats of a worker whose lease lasts 15 s.
pub(crate) const ALIVE_SECONDS: i32 = 15;

/// Those heard of in the last hour, and those that still hold a job.
const WORKERS: &str = "SELECT w.id, w.host, w.pid, w.build, w.started_at, w.last_seen_at, w.stopped_at, \
    w.stopped_at IS NULL AND w.last_seen_at > now() - make_interval(secs => $1) AS alive, \
    coalesce(h.jobs, 0) AS jobs_in_hand \
  FROM ops.workers w \
  LEFT JOIN (SELECT locked_by, count(*) AS jobs FROM ops.jobs WHERE status = 'running' GROUP BY locked_by) h \
    ON h.locked_by = w.id \
  WHERE w.last_seen_at > now() - interval '1 hour' OR h.jobs > 0 \
  ORDER BY (w.stopped_at IS NOT NULL), w.last_seen_at DESC, w.id LIMIT 200";

#[derive(FromRow)]
struct StoredWorker {
    id: Uuid,
    host: String,
    pid: i32,
    build: String,
    started_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    stopped_at: Option<DateTime<Utc>>,
    alive: bool,
    jobs_in_hand: i64,
}

impl TryFrom<StoredWorker> for WorkerRow {
    type Error = ReadError;
    fn try_from(row: StoredWorker) -> Result<Self, ReadError> {
        let at = At { table: "ops.workers", id: &row.id };
        Ok(Self {
            pid: at.count("pid", row.pid)?,
            jobs_in_hand: at.count("jobs_in_hand", row.jobs_in_hand)?,
            id: row.id,
            host: row.host,
            build: row.build,
            started_at: row.started_at,
            last_seen_at: row.last_seen_at,
            alive: row.alive,
            stopped_at: row.stopped_at,
        })
    }
}

impl ReadModel {
    /// Workers heard of in the last hour or holding a job, live ones first; at most 200.
    ///
    /// # Errors
    /// As every read.
    pub async fn workers(&self) -> Result<Vec<WorkerRow>, ReadError> {
        self.section(|connection| Box::pin(workers(connection))).await
    }
}

pub(crate) async fn workers(connection: &mut PgConnection) -> Result<Vec<WorkerRow>, ReadError> {
    let rows: Vec<StoredWorker> = sqlx::query_as(WORKERS).bind(f64::from(ALIVE_SECONDS)).fetch_all(connection).await?;
    rows.into_iter().map(WorkerRow::try_from).collect()
}
