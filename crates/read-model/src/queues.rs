//! Queues: paused or not, and how much waits there.

use crate::{ReadError, ReadModel, row::At, workers::ALIVE_SECONDS};
use chrono::{DateTime, Utc};
use contract::queues::QueueRow;
use sqlx::{FromRow, PgConnection};

/// Everybody who names a queue, from one pending queue to the next by the index. At most 200.
const QUEUES: &str = "WITH RECURSIVE pending (name, n) AS ( \
    (SELECT queue, 1 FROM ops.jobs WHERE status = 'pending' ORDER BY queue LIMIT 1) \
    UNION ALL SELECT (SELECT queue FROM ops.jobs WHERE status = 'pending' AND queue > pending.name ORDER BY queue LIMIT 1), n + 1 \
      FROM pending WHERE name IS NOT NULL AND n < 200), \
  served AS (SELECT queue AS name, count(*) AS workers FROM ops.workers WHERE stopped_at IS NULL \
    AND last_seen_at > now() - make_interval(secs => $1) AND queue IS NOT NULL GROUP BY queue), \
  named AS (SELECT name FROM ops.queues UNION SELECT name FROM pending WHERE name IS NOT NULL UNION SELECT name FROM served) \
  SELECT n.name, q.paused_at, q.paused_by, q.reason, coalesce(q.version, 1) AS version, coalesce(s.workers, 0) AS workers, \
    (SELECT count(*) FROM (SELECT FROM ops.jobs WHERE status = 'pending' AND queue = n.name AND run_at <= now() LIMIT 1000) due) AS waiting \
  FROM named n LEFT JOIN ops.queues q ON q.name = n.name LEFT JOIN served s ON s.name = n.name \
  WHERE $2::text IS NULL OR n.name = $2 ORDER BY n.name LIMIT 200";

#[derive(FromRow)]
struct Stored {
    name: String,
    paused_at: Option<DateTime<Utc>>,
    paused_by: Option<String>,
    reason: Option<String>,
    version: i32,
    workers: i64,
    waiting: i64,
}

impl TryFrom<Stored> for QueueRow {
    type Error = ReadError;
    fn try_from(row: Stored) -> Result<Self, ReadError> {
        let at = At { table: "ops.queues", id: &row.name };
        Ok(Self {
            version: at.count("version", row.version)?,
            workers: at.count("workers", row.workers)?,
            waiting: at.count("waiting", row.waiting)?,
            name: row.name,
            paused_at: row.paused_at,
            paused_by: row.paused_by,
            reason: row.reason,
        })
    }
}

impl ReadModel {
    /// Every queue that a job, a live worker or a person has named, at most 200, by name.
    ///
    /// # Errors
    /// As every read.
    pub async fn queues(&self) -> Result<Vec<QueueRow>, ReadError> {
        self.section(|connection| Box::pin(queues(connection, None))).await
    }

    /// One queue.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn queue(&self, name: &str) -> Result<QueueRow, ReadError> {
        let name = name.to_owned();
        let mut found = self.section(move |connection| Box::pin(queues(connection, Some(name)))).await?;
        found.pop().ok_or(ReadError::NotFound { what: "queue" })
    }
}

async fn queues(connection: &mut PgConnection, name: Option<String>) -> Result<Vec<QueueRow>, ReadError> {
    let rows: Vec<Stored> =
        sqlx::query_as(QUEUES).bind(f64::from(ALIVE_SECONDS)).bind(name).fetch_all(connection).await?;
    rows.into_iter().map(QueueRow::try_from).collect()
}
