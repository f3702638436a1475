//! Customers' sessions. Which device, where, since when; no token is readable here.

mod preview;

pub(crate) use preview::active_of;

use crate::{
    ReadError, ReadModel,
    device::device,
    page::{Key, WINDOW_ROWS_JOINED, clamp, cut, probe},
    row::At,
    section::database_time,
    text,
    users::find,
};
use chrono::{DateTime, Utc};
use contract::state_machine::SessionStatus;
use contract::{Page, sessions::SessionFilter, sessions::SessionRow};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

pub(crate) const LIST: &str = "sessions";

const COLUMNS: &str = "s.id, s.user_id, s.transport, s.user_agent, s.address, s.created_at, s.last_seen_at, s.expires_at, \
  s.revoked_at, s.revoked_by, s.version";

const SELECT_ROW: &str = "SELECT s.id, s.user_id, s.transport, s.user_agent, s.address, s.created_at, s.last_seen_at, \
  s.expires_at, s.revoked_at, s.revoked_by, s.version, (s.expires_at <= now() OR s.last_seen_at <= now() - interval '14 days') AS past, \
  u.email AS user_email";

#[derive(FromRow)]
struct StoredSession {
    id: Uuid,
    user_id: Uuid,
    user_email: String,
    transport: String,
    user_agent: Option<String>,
    address: Option<String>,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
    version: i32,
    past: bool,
}

impl TryFrom<StoredSession> for SessionRow {
    type Error = ReadError;
    fn try_from(row: StoredSession) -> Result<Self, ReadError> {
        let at = At { table: "ops.sessions", id: &row.id };
        let status = match (row.revoked_at, row.past) {
            (Some(_), _) => SessionStatus::Revoked,
            (None, true) => SessionStatus::Expired,
            (None, false) => SessionStatus::Active,
        };
        Ok(Self {
            version: at.count("version", row.version)?,
            device: device(row.user_agent.as_deref()),
            offer: status.offer_revoke(),
            status,
            id: row.id,
            user_id: row.user_id,
            user_email: row.user_email,
            user_agent: row.user_agent,
            address: row.address,
            transport: row.transport,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            revoked_by: row.revoked_by,
        })
    }
}

/// Whose sessions.
pub(crate) enum Whose {
    Anyone,
    Of(Vec<Uuid>),
    Matching(String),
}

impl ReadModel {
    /// One page of sessions, newest sign-in first. `limit` is cut to 1 to 500.
    ///
    /// May hold fewer rows than asked for while `next` is set: see the crate's text on bounded reads.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`], [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn sessions_page(
        &self,
        filter: &SessionFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<SessionRow>, ReadError> {
        let after = cursor.map(|cursor| Key::decode(LIST, cursor)).transpose()?;
        let filter = filter.clone();
        let limit = clamp(limit);
        self.section(move |connection| Box::pin(async move { page(connection, &filter, after, limit).await })).await
    }

    /// One session.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn session(&self, id: Uuid) -> Result<SessionRow, ReadError> {
        self.section(move |connection| {
            Box::pin(async move {
                let mut query = QueryBuilder::new(SELECT_ROW);
                query.push(" FROM ops.sessions s JOIN ops.users u ON u.id = s.user_id WHERE s.id = ").push_bind(id);
                let row: Option<StoredSession> = query.build_query_as().fetch_optional(connection).await?;
                row.ok_or(ReadError::NotFound { what: "session" })?.try_into()
            })
        })
        .await
    }
}

async fn page(
    connection: &mut PgConnection,
    filter: &SessionFilter,
    after: Option<Key>,
    limit: usize,
) -> Result<Page<SessionRow>, ReadError> {
    let as_of = database_time(connection).await?;
    let whose = match (filter.user_id, text::clean("user", filter.user.as_deref())?) {
        (Some(user_id), _) => Whose::Of(vec![user_id]),
        (None, None) => Whose::Anyone,
        (None, Some(user)) => {
            find::few(connection, user).await?.map_or_else(|| Whose::Matching(text::contains(user)), Whose::Of)
        }
    };
    let rows: Vec<StoredSession> = statement(&whose, filter.active_only, after, limit)
        .build_query_as()
        .persistent(false)
        .fetch_all(&mut *connection)
        .await?;
    let rows: Vec<SessionRow> = rows.into_iter().map(SessionRow::try_from).collect::<Result<_, _>>()?;
    let full = rows.len() > limit;
    let mut page = cut(rows, limit, as_of, |row: &SessionRow| key(row).encode(LIST));
    if is_windowed(&whose, filter.active_only) && !full {
        page.next = match (window_end(connection, &whose, filter.active_only, after).await?, page.rows.last().map(key))
        {
            (Some(end), Some(last)) => Some(end.min(last).encode(LIST)),
            (end, _) => end.map(|end| end.encode(LIST)),
        };
    }
    Ok(page)
}

/// Whether sessions are looked at that may not be wanted.
const fn is_windowed(whose: &Whose, active_only: bool) -> bool {
    active_only || matches!(whose, Whose::Matching(_))
}

/// One row more than `limit`, to see whether there are more.
pub(crate) fn statement(whose: &Whose, active_only: bool, after: Option<Key>, limit: usize) -> QueryBuilder<Postgres> {
    // A user's sessions lie scattered over the table, so looking at one costs about as much as looking at its user.
    let window = if is_windowed(whose, active_only) { WINDOW_ROWS_JOINED } else { probe(limit) };
    let mut query = QueryBuilder::<Postgres>::new("WITH seen AS (");
    push_window(&mut query, whose, active_only, after, window);
    query.push("), page AS MATERIALIZED (SELECT * FROM seen s WHERE true");
    if active_only {
        query
            .push(" AND s.revoked_at IS NULL AND s.expires_at > now() AND s.last_seen_at > now() - interval '14 days'");
    }
    if let Whose::Matching(pattern) = whose {
        // As a sub-select for each row: as a join the planner may read all users for it.
        query.push(" AND (SELECT (f.email || ' ' || coalesce(f.full_name, '')) ILIKE ").push_bind(pattern.clone());
        query.push(" FROM ops.users f WHERE f.id = s.user_id)");
    }
    query.push(" ORDER BY s.created_at DESC, s.id DESC LIMIT ").push_bind(probe(limit)).push(") ");
    query.push(SELECT_ROW).push(" FROM page s JOIN ops.users u ON u.id = s.user_id");
    query.push(" ORDER BY s.created_at DESC, s.id DESC");
    query
}

/// The newest `window` sessions, by an index that has this order: `user_sessions_active` for those of a user that nobody
/// has ended, `user_sessions_user` for all of theirs, `user_sessions_newest` for everybody's.
fn push_window(query: &mut QueryBuilder<Postgres>, whose: &Whose, active_only: bool, after: Option<Key>, window: i64) {
    let not_ended = if active_only { " AND s.revoked_at IS NULL" } else { "" };
    let newest = |query: &mut QueryBuilder<Postgres>| {
        if let Some(key) = after {
            query.push(" AND (s.created_at, s.id) < (").push_bind(key.at).push(", ").push_bind(key.id).push(")");
        }
        query.push(" ORDER BY s.created_at DESC, s.id DESC LIMIT ").push_bind(window);
    };
    query.push("SELECT ").push(COLUMNS);
    match whose {
        Whose::Of(users) if users.len() == 1 => {
            query.push(" FROM ops.sessions s WHERE s.user_id = ").push_bind(users[0]).push(not_ended);
            newest(query);
        }
        Whose::Of(users) => {
            query.push(" FROM unnest(").push_bind(users.clone()).push("::uuid[]) who (id) CROSS JOIN LATERAL (SELECT ");
            query.push(COLUMNS).push(" FROM ops.sessions s WHERE s.user_id = who.id").push(not_ended);
            newest(query);
            query.push(") s ORDER BY s.created_at DESC, s.id DESC LIMIT ").push_bind(window);
        }
        Whose::Anyone | Whose::Matching(_) => {
            query.push(" FROM ops.sessions s WHERE true");
            newest(query);
        }
    }
}

/// The last key of a window, when there is more behind it.
async fn window_end(
    connection: &mut PgConnection,
    whose: &Whose,
    active_only: bool,
    after: Option<Key>,
) -> Result<Option<Key>, ReadError> {
    let window = WINDOW_ROWS_JOINED;
    let mut query = QueryBuilder::<Postgres>::new("WITH seen AS MATERIALIZED (");
    push_window(&mut query, whose, active_only, after, window);
    query.push(") SELECT created_at, id, (SELECT count(*) FROM seen) FROM seen ORDER BY created_at, id LIMIT 1");
    let last: Option<(DateTime<Utc>, Uuid, i64)> =
        query.build_query_as().persistent(false).fetch_optional(connection).await?;
    Ok(last.filter(|(_, _, seen)| *seen == window).map(|(at, id, _)| Key { at, id }))
}

const fn key(row: &SessionRow) -> Key {
    Key { at: row.created_at, id: row.id }
}
