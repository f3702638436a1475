//! Which lines of the trail are wanted, and the statements that read them.
//!
//! Each line is found by one index: on users, on who acted, on what was done, or by its number. What else is asked for is
//! looked for in a bounded window of that index.

use super::{COLUMNS, words};
use crate::{
    ReadError,
    page::{WINDOW_ROWS, probe, within_calendar},
    text,
    users::find,
};
use chrono::{DateTime, TimeDelta, Utc};
use contract::audit::AuditFilter;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// A line's time is that of its transaction's start, and its number comes later: the two orders differ by as long as a
/// transaction may take. Ours end within seconds.
const ORDERS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// The lines at both ends of a span of time, by the clock's order: see [`ORDERS_DIFFER`].
const NEWEST_BEFORE: &str = "SELECT id FROM ops.audit WHERE at < $1 ORDER BY at DESC LIMIT 1";
const OLDEST_FROM: &str = "SELECT id FROM ops.audit WHERE at >= $1 ORDER BY at LIMIT 1";

/// Users who are gone are not found by name; the trail keeps their e-mail as it was.
const GONE: &str = "SELECT DISTINCT user_id FROM (SELECT user_id FROM ops.audit \
  WHERE lower(user_email) = lower($1) AND user_id IS NOT NULL LIMIT 500) a";

/// The trail has some dozens.
const ACTIONS_MAX: usize = 50;

/// On whom.
pub(crate) enum Whom {
    Anyone,
    Of(Vec<Uuid>),
    Matching(String),
}

/// A filter with its words looked up.
pub(crate) struct Wanted {
    pub(crate) whom: Whom,
    /// `None`: anybody.
    pub(crate) by: Option<Vec<String>>,
    actions: Vec<String>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    reason: Option<String>,
    /// No wanted line has this number or one below it.
    floor: i64,
    /// No wanted line has this number or one above it.
    ceiling: i64,
}

/// The words of a filter that are still to be looked up.
pub(crate) struct Words<'a> {
    pub(crate) by: Option<&'a str>,
    pub(crate) user: Option<&'a str>,
}

impl Wanted {
    /// Checks `filter`: the whole of it but for the words, which nothing was asked for yet.
    pub(crate) fn checked(filter: &AuditFilter) -> Result<(Self, Words<'_>), ReadError> {
        if filter.actions.len() > ACTIONS_MAX {
            let message = format!("at most {ACTIONS_MAX} actions");
            return Err(ReadError::BadFilter { field: "actions", message });
        }
        for action in &filter.actions {
            text::clean("actions", Some(action))?;
        }
        let words =
            Words { by: text::clean("by", filter.by.as_deref())?, user: text::clean("user", filter.user.as_deref())? };
        let mut actions = filter.actions.clone();
        actions.sort_unstable();
        actions.dedup();
        let wanted = Self {
            whom: filter.user_id.map_or(Whom::Anyone, |user_id| Whom::Of(vec![user_id])),
            by: None,
            actions,
            since: filter.since.map(within_calendar),
            until: filter.until.map(within_calendar),
            reason: text::clean("reason", filter.reason.as_deref())?.map(text::contains),
            floor: 0,
            ceiling: i64::MAX,
        };
        Ok((wanted, words))
    }

    /// `None`: nothing in the trail can match.
    pub(super) async fn find(connection: &mut PgConnection, filter: &AuditFilter) -> Result<Option<Self>, ReadError> {
        let (mut wanted, words) = Self::checked(filter)?;
        let by = match words.by {
            None => None,
            Some(part) => {
                let part = part.to_lowercase();
                let mut people = words::people(connection).await?;
                people.retain(|person| person.to_lowercase().contains(&part));
                Some(people)
            }
        };
        let whom = match words.user.filter(|_| matches!(wanted.whom, Whom::Anyone)) {
            None => wanted.whom,
            Some(user) => match find::few(connection, user).await? {
                None => Whom::Matching(text::contains(user)),
                Some(mut users) => {
                    let gone: Vec<Uuid> = sqlx::query_scalar(GONE).bind(user).fetch_all(&mut *connection).await?;
                    users.extend(gone);
                    users.sort_unstable();
                    users.dedup();
                    Whom::Of(users)
                }
            },
        };
        let nobody = by.as_ref().is_some_and(Vec::is_empty) || matches!(&whom, Whom::Of(users) if users.is_empty());
        if nobody {
            return Ok(None);
        }
        wanted.floor = edge(connection, NEWEST_BEFORE, wanted.since, -ORDERS_DIFFER).await?.unwrap_or(0);
        wanted.ceiling = edge(connection, OLDEST_FROM, wanted.until, ORDERS_DIFFER).await?.unwrap_or(i64::MAX);
        (wanted.whom, wanted.by) = (whom, by);
        Ok(Some(wanted))
    }

    /// Whether lines are looked at that may not be wanted.
    pub(super) fn is_windowed(&self) -> bool {
        let chosen = match self.whom {
            Whom::Anyone => usize::from(self.by.is_some()) + usize::from(!self.actions.is_empty()),
            Whom::Of(_) => 1 + usize::from(self.by.is_some()) + usize::from(!self.actions.is_empty()),
            Whom::Matching(_) => 2,
        };
        chosen > 1 || self.since.is_some() || self.until.is_some() || self.reason.is_some()
    }

    /// The newest wanted lines below a number: one more than `limit`, to see whether there are more.
    pub(crate) fn rows(&self, below: i64, limit: usize) -> QueryBuilder<Postgres> {
        let mut query = QueryBuilder::new("WITH seen AS MATERIALIZED (");
        self.push_window(&mut query, below, if self.is_windowed() { WINDOW_ROWS } else { probe(limit) });
        query.push(") SELECT ").push(COLUMNS).push(" FROM seen WHERE true");
        if let Whom::Matching(pattern) = &self.whom {
            query.push(" AND user_email ILIKE ").push_bind(pattern.clone());
        }
        if let Some(people) = &self.by {
            query.push(" AND actor = ANY(").push_bind(people.clone()).push(")");
        }
        if !self.actions.is_empty() {
            query.push(" AND action = ANY(").push_bind(self.actions.clone()).push(")");
        }
        if let Some(since) = self.since {
            query.push(" AND at >= ").push_bind(since);
        }
        if let Some(until) = self.until {
            query.push(" AND at < ").push_bind(until);
        }
        if let Some(pattern) = &self.reason {
            query.push(" AND reason ILIKE ").push_bind(pattern.clone());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(probe(limit));
        query
    }

    /// The number of the last line of the window below `below`, when there may be more behind it.
    pub(crate) fn window_end(&self, below: i64) -> QueryBuilder<Postgres> {
        let mut query = QueryBuilder::new("WITH seen AS MATERIALIZED (");
        self.push_window(&mut query, below, WINDOW_ROWS);
        query.push(") SELECT min(id) FROM seen HAVING count(*) = ").push_bind(WINDOW_ROWS);
        query
    }

    /// The newest lines by the index that leaves the least to look at.
    fn push_window(&self, query: &mut QueryBuilder<Postgres>, below: i64, rows: i64) {
        let below = below.min(self.ceiling);
        query.push("SELECT ").push(COLUMNS);
        match (&self.whom, &self.by) {
            (Whom::Of(users), _) => {
                query.push(" FROM (SELECT DISTINCT unnest(").push_bind(users.clone()).push("::uuid[]) AS one) w");
                query.push(" CROSS JOIN LATERAL (SELECT * FROM ops.audit a WHERE a.user_id = w.one AND a.id < ");
                query.push_bind(below).push(" AND a.id > ").push_bind(self.floor);
                query.push(" ORDER BY a.id DESC LIMIT ").push_bind(rows).push(") a");
            }
            (_, Some(people)) => self.push_words(query, "actor", people, below, rows),
            (_, None) if !self.actions.is_empty() => self.push_words(query, "action", &self.actions, below, rows),
            (_, None) => {
                query
                    .push(" FROM ops.audit a WHERE a.id < ")
                    .push_bind(below)
                    .push(" AND a.id > ")
                    .push_bind(self.floor);
            }
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(rows);
    }

    /// Compared and ordered as pairs, so that only the index on both gives the order: by the word alone the planner takes a
    /// rare one for a common one, and looks for it in all lines.
    fn push_words(&self, query: &mut QueryBuilder<Postgres>, column: &str, words: &[String], below: i64, rows: i64) {
        query.push(" FROM (SELECT DISTINCT unnest(").push_bind(words.to_vec()).push("::text[]) AS one) w");
        query.push(format_args!(" CROSS JOIN LATERAL (SELECT * FROM ops.audit a WHERE (a.{column}, a.id) < (w.one, "));
        query.push_bind(below).push(format_args!(") AND (a.{column}, a.id) > (w.one, ")).push_bind(self.floor);
        query.push(format_args!(") ORDER BY a.{column} DESC, a.id DESC LIMIT ")).push_bind(rows).push(") a");
    }
}

/// The number of the line at one end of a span, if there is such a line.
async fn edge(
    connection: &mut PgConnection,
    statement: &'static str,
    moment: Option<DateTime<Utc>>,
    slack: TimeDelta,
) -> Result<Option<i64>, ReadError> {
    let Some(moment) = moment else { return Ok(None) };
    Ok(sqlx::query_scalar(statement).bind(moment + slack).fetch_optional(connection).await?)
}
