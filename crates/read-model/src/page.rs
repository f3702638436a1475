//! Reading a list forward by key.

use crate::ReadError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeZone, Utc};
use contract::Page;
use uuid::Uuid;

/// The most rows of one page.
pub const LIMIT_MAX: u32 = 500;

/// How many rows a filter without an index of its own looks at for one page.
pub(crate) const WINDOW_ROWS: i64 = 10_000;
/// The same when each row needs a look into another table.
pub(crate) const WINDOW_ROWS_JOINED: i64 = 2_500;
/// How many of the newest rows are tried before an index is asked: a filter that lets much through is answered here,
/// and only one that lets little through reaches the index, which then has little to sort.
pub(crate) const DENSE_ROWS: i64 = 2_000;

/// The number of rows for one page, 1 to [`LIMIT_MAX`].
pub(crate) fn clamp(limit: u32) -> usize {
    limit.clamp(1, LIMIT_MAX) as usize
}

/// One row more than the page, to see whether there is a next one.
pub(crate) fn probe(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::from(LIMIT_MAX)) + 1
}

/// Where a list ordered by time and id, newest first, goes on: below this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) at: DateTime<Utc>,
    pub(crate) id: Uuid,
}

impl Key {
    /// `list` keeps the cursor of one list from being used on another.
    pub(crate) fn encode(self, list: &str) -> String {
        encode(&format!("{list}|{}|{}", self.at.timestamp_micros(), self.id.simple()))
    }

    pub(crate) fn decode(list: &str, cursor: &str) -> Result<Self, ReadError> {
        let text = decode(cursor)?;
        let mut parts = text.split('|');
        let key = (|| {
            let (Some(head), Some(at), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                return None;
            };
            (head == list).then_some(Self { at: time(at)?, id: Uuid::try_parse(id).ok()? })
        })();
        key.ok_or(ReadError::BadCursor)
    }
}

/// A time as a cursor writes it: microseconds. `None` also for one that the database's calendar does not have.
pub(crate) fn time(micros: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    (within_calendar(time) == time).then_some(time)
}

/// The calendar of the database is shorter than that of a filter: the nearest moment that both have.
pub(crate) fn within_calendar(moment: DateTime<Utc>) -> DateTime<Utc> {
    let year = |year, or: DateTime<Utc>| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().unwrap_or(or);
    moment.clamp(year(1, moment), year(10_000, moment))
}

pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

pub(crate) fn decode(cursor: &str) -> Result<String, ReadError> {
    if cursor.len() > 400 {
        return Err(ReadError::BadCursor);
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| ReadError::BadCursor)?;
    String::from_utf8(bytes).map_err(|_| ReadError::BadCursor)
}

/// Cuts the probe row off `rows` and names the key of the last row that stays, if there is more.
pub(crate) fn cut<T>(
    mut rows: Vec<T>,
    limit: usize,
    as_of: DateTime<Utc>,
    cursor_of: impl Fn(&T) -> String,
) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(cursor_of);
    Page { rows, next, as_of }
}
