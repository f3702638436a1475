//! The jobs table, newest first.
//!
//! Ids are UUIDv7, so the primary key is the order of time and no index on `created_at` is needed.

use super::{
    filter::{Wanted, Whose},
    row::{JOB_COLUMNS, JOINS, SELECT_ROW, StoredJob, by_ids},
};
use crate::{
    ReadError, ReadModel,
    page::{DENSE_ROWS, Key, clamp, cut, probe},
    section::database_time,
};
use contract::state_machine::JobStatus;
use contract::{Page, jobs::JobFilter, jobs::JobRow};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

pub(crate) const LIST: &str = "jobs";

/// Where a page's rows come from.
pub(crate) enum Source {
    /// The newest rows, at most so many.
    Newest(i64),
    /// The newest failed and cancelled rows, by their own index, at most so many.
    Troubled(i64),
    /// All pending or running rows, by their own indexes.
    Live,
    /// These users' rows, by the index on users.
    Users(Vec<Uuid>),
}

impl ReadModel {
    /// One page of jobs, newest first. `limit` is cut to 1 to 500.
    ///
    /// May hold fewer rows than asked for while `next` is set: see the crate's text on bounded reads.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`], [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn jobs_page(
        &self,
        filter: &JobFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<JobRow>, ReadError> {
        let after = cursor.map(|cursor| Key::decode(LIST, cursor)).transpose()?;
        let filter = filter.clone();
        let limit = clamp(limit);
        self.section(move |connection| Box::pin(async move { page(connection, &filter, after, limit).await })).await
    }

    /// The jobs of `ids` that there are, in no particular order; at most 500 ids are read.
    ///
    /// # Errors
    /// As every read.
    pub async fn jobs_by_ids(&self, ids: &[Uuid]) -> Result<Vec<JobRow>, ReadError> {
        let ids: Vec<Uuid> = ids.iter().copied().take(clamp(u32::MAX)).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.section(move |connection| Box::pin(async move { by_ids(connection, &ids).await })).await
    }
}

async fn page(
    connection: &mut PgConnection,
    filter: &JobFilter,
    after: Option<Key>,
    limit: usize,
) -> Result<Page<JobRow>, ReadError> {
    let as_of = database_time(connection).await?;
    let Some(wanted) = Wanted::of(connection, filter).await? else {
        return Ok(Page { rows: Vec::new(), next: None, as_of });
    };
    let (source, rows) = read(connection, &wanted, after, limit).await?;
    let full = rows.len() > limit;
    let mut page = cut(rows, limit, as_of, |row: &JobRow| key(row).encode(LIST));
    if let (false, Source::Newest(window) | Source::Troubled(window), false) = (full, &source, wanted.is_all()) {
        let troubled = matches!(source, Source::Troubled(_));
        if let Some(end) = window_end(connection, &wanted, troubled, *window, after).await? {
            // Rows made meanwhile may have moved the window up a little: never go back above what was handed out.
            let last = page.rows.last().map(key);
            page.next = Some(last.map_or(end, |last| if last.id < end.id { last } else { end }).encode(LIST));
        }
    }
    Ok(page)
}

/// Reads from the cheapest source that is sure to be bounded.
async fn read(
    connection: &mut PgConnection,
    wanted: &Wanted,
    after: Option<Key>,
    limit: usize,
) -> Result<(Source, Vec<JobRow>), ReadError> {
    let source = if let Whose::Of(users) = &wanted.whose {
        Source::Users(users.clone())
    } else if wanted.only(&[JobStatus::Failed, JobStatus::Cancelled]) {
        Source::Troubled(wanted.window())
    } else if wanted.only(&[JobStatus::Pending, JobStatus::Running]) {
        // With a large backlog the newest jobs are the waiting ones; with a small one its indexes are small.
        let newest = Source::Newest(DENSE_ROWS);
        let rows = fetch(connection, wanted, &newest, after, limit).await?;
        if rows.len() > limit {
            return Ok((newest, rows));
        }
        Source::Live
    } else {
        Source::Newest(wanted.window())
    };
    let rows = fetch(connection, wanted, &source, after, limit).await?;
    Ok((source, rows))
}

async fn fetch(
    connection: &mut PgConnection,
    wanted: &Wanted,
    source: &Source,
    after: Option<Key>,
    limit: usize,
) -> Result<Vec<JobRow>, ReadError> {
    // Planned anew each time: a plan made for all values of a filter fits none of them.
    let mut query = statement(wanted, source, after, limit);
    let rows: Vec<StoredJob> = query.build_query_as().persistent(false).fetch_all(connection).await?;
    rows.into_iter().map(JobRow::try_from).collect()
}

/// One row more than `limit`, to see whether there are more.
pub(crate) fn statement(wanted: &Wanted, source: &Source, after: Option<Key>, limit: usize) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new("WITH page AS MATERIALIZED (");
    match source {
        Source::Newest(_) | Source::Troubled(_) => {
            query.push("SELECT ").push(JOB_COLUMNS).push(" FROM (SELECT ").push(JOB_COLUMNS);
            query.push(" FROM ops.jobs j WHERE ");
            query.push(if matches!(source, Source::Troubled(_)) { TROUBLED } else { "true" });
            wanted.push_range(&mut query, after);
            query.push(" ORDER BY j.id DESC");
            if let (Source::Newest(window) | Source::Troubled(window), false) = (source, wanted.is_all()) {
                query.push(" LIMIT ").push_bind(*window);
            }
            query.push(") j WHERE true");
            wanted.push_conditions(&mut query);
            query.push(" ORDER BY j.id DESC LIMIT ").push_bind(probe(limit)).push(") ");
        }
        Source::Live => {
            // Without an order inside, so that the planner has no reason to walk the primary key for a few rows.
            query.push("SELECT * FROM (SELECT ").push(JOB_COLUMNS).push(" FROM ops.jobs j WHERE true");
            wanted.push_range(&mut query, after);
            wanted.push_conditions(&mut query);
            query.push(" OFFSET 0) j ORDER BY j.id DESC LIMIT ").push_bind(probe(limit)).push(") ");
        }
        Source::Users(users) => {
            query
                .push("SELECT j.* FROM unnest(")
                .push_bind(users.clone())
                .push("::uuid[]) who (id) CROSS JOIN LATERAL (SELECT ");
            query.push(JOB_COLUMNS).push(" FROM ops.jobs j WHERE j.user_id = who.id");
            if let Some(key) = after {
                query.push(" AND (j.created_at, j.id) < (").push_bind(key.at).push(", ").push_bind(key.id).push(")");
            }
            wanted.push_range(&mut query, None);
            wanted.push_conditions(&mut query);
            query.push(" ORDER BY j.created_at DESC, j.id DESC LIMIT ").push_bind(probe(limit)).push(") j");
            query.push(" ORDER BY j.created_at DESC, j.id DESC LIMIT ").push_bind(probe(limit)).push(") ");
        }
    }
    query.push(SELECT_ROW).push(" FROM page j").push(JOINS).push(match source {
        Source::Users(_) => " ORDER BY j.created_at DESC, j.id DESC",
        _ => " ORDER BY j.id DESC",
    });
    query
}

/// The predicate of the index `background_jobs_troubled`.
const TROUBLED: &str = "j.status IN ('failed', 'cancelled')";

/// The last key of a window, when there is more behind it.
async fn window_end(
    connection: &mut PgConnection,
    wanted: &Wanted,
    troubled: bool,
    window: i64,
    after: Option<Key>,
) -> Result<Option<Key>, ReadError> {
    let mut query = QueryBuilder::<Postgres>::new("WITH seen AS MATERIALIZED (SELECT j.id FROM ops.jobs j WHERE ");
    query.push(if troubled { TROUBLED } else { "true" });
    wanted.push_range(&mut query, after);
    query.push(" ORDER BY j.id DESC LIMIT ").push_bind(window);
    query.push(") SELECT count(*), (SELECT id FROM seen ORDER BY id LIMIT 1) FROM seen");
    let (seen, last): (i64, Option<Uuid>) = query.build_query_as().persistent(false).fetch_one(connection).await?;
    // The time of this key is never used: only lists by users go on by time, and those have no window.
    Ok(last.filter(|_| seen == window).map(|id| Key { at: chrono::DateTime::UNIX_EPOCH, id }))
}

const fn key(row: &JobRow) -> Key {
    Key { at: row.created_at, id: row.id }
}
