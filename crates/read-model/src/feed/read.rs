//! One read of the feed: one statement, so one snapshot, on a connection of its own.

use super::ids::{EVENTS_MAX, LOOK_BACK};
use crate::ReadError;
use chrono::{DateTime, Utc};
use sqlx::{ConnectOptions, FromRow, PgConnection, postgres::PgConnectOptions};
use std::sync::Arc;
use uuid::Uuid;

/// Always at least one row, which carries the snapshot.
const NEWS: &str = "SELECT now() AS as_of, pg_snapshot_xmin(pg_current_snapshot())::text::int8 AS xmin, \
    pg_snapshot_xmax(pg_current_snapshot())::text::int8 AS xmax, (SELECT max(id) FROM ops.job_events) AS highest, \
    e.id, e.job_id, e.user_id \
  FROM (SELECT 1) one LEFT JOIN ( \
    (SELECT id, job_id, user_id FROM ops.job_events WHERE id > $1 ORDER BY id LIMIT $3) \
    UNION ALL (SELECT id, job_id, user_id FROM ops.job_events WHERE id = ANY($2))) e ON true ORDER BY e.id";

/// The same shape for the newest events there are.
const NEWEST: &str = "SELECT now() AS as_of, pg_snapshot_xmin(pg_current_snapshot())::text::int8 AS xmin, \
    pg_snapshot_xmax(pg_current_snapshot())::text::int8 AS xmax, (SELECT max(id) FROM ops.job_events) AS highest, \
    e.id, e.job_id, e.user_id \
  FROM (SELECT 1) one LEFT JOIN ( \
    SELECT id, job_id, user_id FROM ops.job_events ORDER BY id DESC LIMIT $1) e ON true ORDER BY e.id";

/// What is known and what is missing.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) above: i64,
    pub(super) holes: Vec<i64>,
}

/// What was found, by id.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) as_of: DateTime<Utc>,
    pub(super) xmin: i64,
    pub(super) xmax: i64,
    /// The highest visible id; `None` when there is no event at all.
    pub(super) highest: Option<i64>,
    pub(super) events: Vec<Event>,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: i64,
    pub(super) job_id: Uuid,
    pub(super) user_id: Option<Uuid>,
}

#[derive(FromRow)]
struct Row {
    as_of: DateTime<Utc>,
    xmin: i64,
    xmax: i64,
    highest: Option<i64>,
    id: Option<i64>,
    job_id: Option<Uuid>,
    user_id: Option<Uuid>,
}

/// Reads on `connection`, or on a new one. On an error the connection is gone.
pub(super) async fn read(
    connection: Option<PgConnection>,
    options: Arc<PgConnectOptions>,
    question: Option<Question>,
) -> Result<(PgConnection, Answer), ReadError> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => options.as_ref().clone().connect().await?,
    };
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let query = match question {
        Some(Question { above, holes }) => sqlx::query_as(NEWS).bind(above).bind(holes).bind(size(EVENTS_MAX)),
        None => sqlx::query_as(NEWEST).bind(size(LOOK_BACK)),
    };
    let rows: Vec<Row> = query.fetch_all(&mut connection).await?;
    let first = rows.first().ok_or_else(|| ReadError::Unavailable("an answer without a row".into()))?;
    let (as_of, xmin, xmax, highest) = (first.as_of, first.xmin, first.xmax, first.highest);
    let events = rows
        .into_iter()
        .filter_map(|row| Some(Event { id: row.id?, job_id: row.job_id?, user_id: row.user_id }))
        .collect();
    Ok((connection, Answer { as_of, xmin, xmax, highest, events }))
}
