//! The users table, newest first.
//!
//! A search first looks at the newest users: a pattern that lets many through fills the page there. Only one that lets
//! few through goes to the trigram index, whose answer is then short enough to sort. The planner is given no choice
//! between the two, because its guess at a pattern's share is often wrong by a factor of a hundred.

use super::{
    find::SEARCHED,
    row::{JOIN, SELECT_ROW, StoredUser, USER_COLUMNS, by_ids},
};
use crate::{
    ReadError, ReadModel,
    page::{DENSE_ROWS, Key, WINDOW_ROWS, clamp, cut, probe},
    section::database_time,
    text,
};
use chrono::NaiveDateTime;
use contract::state_machine::DemoModeStatus;
use contract::{Page, users::UserFilter, users::UserRow};
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

pub(crate) const LIST: &str = "users";
/// With this many among the newest, the index would find thousands: a wider window fills the page sooner.
const COMMON: usize = 10;
/// A search that finds more than this in the index is answered by windows over the newest instead.
const FOUND_MAX: i64 = 5_000;
/// The predicate of the index `users_demo_mode_restless`.
const RESTLESS: [DemoModeStatus; 3] = [DemoModeStatus::Enabling, DemoModeStatus::Disabling, DemoModeStatus::Failed];

/// What a page must show.
pub(crate) struct Wanted {
    search: Option<Search>,
    demo_modes: Vec<DemoModeStatus>,
}

struct Search {
    pattern: String,
    /// The index can narrow it.
    indexed: bool,
    /// For an address too short for the index, typed in full.
    email: String,
    ids: Option<(Uuid, Uuid)>,
}

pub(crate) enum Source {
    /// The newest rows, at most so many.
    Newest(i64),
    /// What the indexes on text and id find, at most [`FOUND_MAX`] each.
    Found,
    /// The users whose demo mode is not at rest.
    Restless,
}

impl ReadModel {
    /// One page of users, newest first. `limit` is cut to 1 to 500.
    ///
    /// May hold fewer rows than asked for while `next` is set: see the crate's text on bounded reads.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`], [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn users_page(
        &self,
        filter: &UserFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<UserRow>, ReadError> {
        let after = cursor.map(|cursor| Key::decode(LIST, cursor)).transpose()?;
        let wanted = Wanted::checked(filter)?;
        let limit = clamp(limit);
        self.section(move |connection| Box::pin(async move { page(connection, &wanted, after, limit).await })).await
    }

    /// The users of `ids` that there are, in no particular order; at most 500 ids are read.
    ///
    /// # Errors
    /// As every read.
    pub async fn users_by_ids(&self, ids: &[Uuid]) -> Result<Vec<UserRow>, ReadError> {
        let ids: Vec<Uuid> = ids.iter().copied().take(clamp(u32::MAX)).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.section(move |connection| {
            Box::pin(async move { by_ids(connection, &ids).await?.into_iter().map(UserRow::try_from).collect() })
        })
        .await
    }
}

async fn page(
    connection: &mut PgConnection,
    wanted: &Wanted,
    after: Option<Key>,
    limit: usize,
) -> Result<Page<UserRow>, ReadError> {
    let as_of = database_time(connection).await?;
    let done = |rows| cut(rows, limit, as_of, |row: &UserRow| key(row).encode(LIST));
    if wanted.search.is_none()
        && !wanted.demo_modes.is_empty()
        && wanted.demo_modes.iter().all(|m| RESTLESS.contains(m))
    {
        return Ok(done(fetch(connection, wanted, &Source::Restless, after, limit).await?.0));
    }
    if let Some(search) = &wanted.search {
        let rows = fetch(connection, wanted, &Source::Newest(DENSE_ROWS), after, limit).await?.0;
        // The start of an id lies anywhere in time, so the newest users cannot answer for it.
        if rows.len() > limit && search.ids.is_none() {
            return Ok(done(rows));
        }
        if rows.len() < COMMON || search.ids.is_some() {
            let (rows, complete) = fetch(connection, wanted, &Source::Found, after, limit).await?;
            // Too short for the index: what it found is all there is only if it found the address itself.
            if complete && (search.indexed || !rows.is_empty()) {
                return Ok(done(rows));
            }
        }
    }
    let rows = fetch(connection, wanted, &Source::Newest(WINDOW_ROWS), after, limit).await?.0;
    let full = rows.len() > limit;
    let mut page = done(rows);
    if !full && !wanted.is_all() {
        page.next = match (window_end(connection, after).await?, page.rows.last().map(key)) {
            (Some(end), Some(last)) => Some(end.min(last).encode(LIST)),
            (end, _) => end.map(|end| end.encode(LIST)),
        };
    }
    Ok(page)
}

/// The rows, at most one more than `limit`, and whether the source was read to its end.
async fn fetch(
    connection: &mut PgConnection,
    wanted: &Wanted,
    source: &Source,
    after: Option<Key>,
    limit: usize,
) -> Result<(Vec<UserRow>, bool), ReadError> {
    // Planned anew each time: a plan made for all patterns fits none of them.
    let mut query = statement(wanted, source, after, limit);
    let rows: Vec<Counted> = query.build_query_as().persistent(false).fetch_all(connection).await?;
    let complete = rows.first().is_none_or(|row| row.found < FOUND_MAX);
    let rows = rows.into_iter().map(|row| UserRow::try_from(row.user)).collect::<Result<_, _>>()?;
    Ok((rows, complete))
}

/// One row more than `limit`, to see whether there are more.
pub(crate) fn statement(wanted: &Wanted, source: &Source, after: Option<Key>, limit: usize) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new("WITH source AS MATERIALIZED (");
    match source {
        Source::Newest(window) => {
            query
                .push("SELECT ")
                .push(USER_COLUMNS)
                .push(" FROM (SELECT ")
                .push(USER_COLUMNS)
                .push(" FROM ops.users u WHERE true");
            push_after(&mut query, after);
            query.push(" ORDER BY u.created_at DESC, u.id DESC");
            if !wanted.is_all() {
                query.push(" LIMIT ").push_bind(*window);
            }
            query.push(") u WHERE true");
            wanted.push_search(&mut query);
            wanted.push_demo_modes(&mut query);
            query.push(" ORDER BY u.created_at DESC, u.id DESC LIMIT ").push_bind(probe(limit));
        }
        Source::Found => wanted.push_found(&mut query, after),
        Source::Restless => {
            query.push("SELECT ").push(USER_COLUMNS).push(" FROM ops.users u WHERE true");
            push_after(&mut query, after);
            wanted.push_demo_modes(&mut query);
        }
    }
    query.push("), page AS MATERIALIZED (SELECT * FROM source u");
    query.push(" ORDER BY u.created_at DESC, u.id DESC LIMIT ").push_bind(probe(limit)).push(") ");
    query.push(SELECT_ROW).push(", (SELECT count(*) FROM source) AS found FROM page u").push(JOIN);
    query.push(" ORDER BY u.created_at DESC, u.id DESC");
    query
}

#[derive(sqlx::FromRow)]
struct Counted {
    #[sqlx(flatten)]
    user: StoredUser,
    found: i64,
}

impl Wanted {
    /// Checks `filter`.
    pub(crate) fn checked(filter: &UserFilter) -> Result<Self, ReadError> {
        let search = text::clean("search", filter.search.as_deref())?.map(|search| Search {
            pattern: text::contains(search),
            indexed: text::has_trigram(search),
            email: search.to_owned(),
            ids: text::id_range(search),
        });
        let mut demo_modes = filter.demo_modes.clone();
        demo_modes.sort_unstable();
        demo_modes.dedup();
        Ok(Self { search, demo_modes })
    }

    const fn is_all(&self) -> bool {
        self.search.is_none() && self.demo_modes.is_empty()
    }

    fn push_search(&self, query: &mut QueryBuilder<Postgres>) {
        if let Some(search) = &self.search {
            query.push(" AND (").push(SEARCHED).push(" ILIKE ").push_bind(search.pattern.clone());
            if let Some((low, high)) = search.ids {
                query.push(" OR u.id BETWEEN ").push_bind(low).push(" AND ").push_bind(high);
            }
            query.push(")");
        }
    }

    /// Each branch by an index of its own. What narrows further stands inside, so that an empty answer is a complete one.
    fn push_found(&self, query: &mut QueryBuilder<Postgres>, after: Option<Key>) {
        let Some(search) = &self.search else { return };
        query.push("(SELECT ").push(USER_COLUMNS).push(" FROM ops.users u WHERE ");
        if search.indexed {
            query.push(SEARCHED).push(" ILIKE ").push_bind(search.pattern.clone());
        } else {
            query.push("lower(u.email) = lower(").push_bind(search.email.clone()).push(")");
        }
        push_after(query, after);
        self.push_demo_modes(query);
        query.push(" LIMIT ").push_bind(FOUND_MAX).push(")");
        if let Some((low, high)) = search.ids {
            query.push(" UNION (SELECT ").push(USER_COLUMNS).push(" FROM ops.users u WHERE u.id BETWEEN ");
            query.push_bind(low).push(" AND ").push_bind(high);
            push_after(query, after);
            self.push_demo_modes(query);
            query.push(" LIMIT ").push_bind(FOUND_MAX).push(")");
        }
    }

    fn push_demo_modes(&self, query: &mut QueryBuilder<Postgres>) {
        if !self.demo_modes.is_empty() {
            // As literals of a closed set: the partial index is only used where the planner sees the words.
            let words: Vec<_> = self.demo_modes.iter().map(|mode| format!("'{mode}'")).collect();
            query.push(" AND u.demo_mode_status IN (").push(words.join(", ")).push(")");
        }
    }
}

fn push_after(query: &mut QueryBuilder<Postgres>, after: Option<Key>) {
    if let Some(key) = after {
        query
            .push(" AND (u.created_at, u.id) < (")
            .push_bind(key.at.naive_utc())
            .push(", ")
            .push_bind(key.id)
            .push(")");
    }
}

/// The last key of a window, when there is more behind it.
async fn window_end(connection: &mut PgConnection, after: Option<Key>) -> Result<Option<Key>, ReadError> {
    let mut query = QueryBuilder::<Postgres>::new(
        "WITH seen AS MATERIALIZED (SELECT u.created_at, u.id FROM ops.users u WHERE true",
    );
    push_after(&mut query, after);
    query.push(" ORDER BY u.created_at DESC, u.id DESC LIMIT ").push_bind(WINDOW_ROWS);
    query.push(") SELECT created_at, id, (SELECT count(*) FROM seen) FROM seen ORDER BY created_at, id LIMIT 1");
    let last: Option<(NaiveDateTime, Uuid, i64)> =
        query.build_query_as().persistent(false).fetch_optional(connection).await?;
    Ok(last.filter(|(_, _, seen)| *seen == WINDOW_ROWS).map(|(at, id, _)| Key { at: at.and_utc(), id }))
}

fn key(row: &UserRow) -> Key {
    Key { at: row.created_at, id: row.id }
}
