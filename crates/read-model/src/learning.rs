//! What fixes and errors teach: causes that recur, and errors that still need words.

use crate::{ReadError, ReadModel, row::At};
use chrono::{DateTime, Utc};
use contract::queues::{ErrorWords, RecurringCause};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

const RECURRING: &str = "SELECT cause, count(*) AS fixed, count(*) FILTER (WHERE held = 'yes') AS held, \
    count(*) FILTER (WHERE held = 'no') AS not_held, max(at) AS last_at \
  FROM ops.fix_records WHERE at > now() - make_interval(days => $1) GROUP BY cause ORDER BY fixed DESC, cause LIMIT 50";

macro_rules! words {
    ($tail:literal) => {
        concat!(
            "SELECT fingerprint, error_class, sample, seen, first_seen_at, last_seen_at, last_job_id, title, customer_sees, \
             ticket_reply, written_by, version FROM ops.error_words ",
            $tail
        )
    };
}

#[derive(FromRow)]
struct StoredCause {
    cause: String,
    fixed: i64,
    held: i64,
    not_held: i64,
    last_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct StoredWords {
    fingerprint: String,
    error_class: Option<String>,
    sample: String,
    seen: i32,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    last_job_id: Option<Uuid>,
    title: Option<String>,
    customer_sees: Option<String>,
    ticket_reply: Option<String>,
    written_by: Option<String>,
    version: i32,
}

impl TryFrom<StoredWords> for ErrorWords {
    type Error = ReadError;
    fn try_from(row: StoredWords) -> Result<Self, ReadError> {
        let at = At { table: "ops.error_words", id: &row.fingerprint };
        Ok(Self {
            seen: at.count("seen", row.seen)?,
            version: at.count("version", row.version)?,
            // A newer build may have classes that this one does not know.
            error_class: row.error_class.and_then(|word| word.parse().ok()),
            fingerprint: row.fingerprint,
            sample: row.sample,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            last_job_id: row.last_job_id,
            title: row.title,
            customer_sees: row.customer_sees,
            ticket_reply: row.ticket_reply,
            written_by: row.written_by,
        })
    }
}

impl ReadModel {
    /// What people had to fix within `days`, the most frequent first; at most 50 causes.
    ///
    /// # Errors
    /// As every read.
    pub async fn recurring_causes(&self, days: u16) -> Result<Vec<RecurringCause>, ReadError> {
        self.section(move |connection| Box::pin(recurring(connection, days))).await
    }

    /// Errors that ended jobs and that no rule has words for: those without words first, then the latest; at most 200.
    ///
    /// # Errors
    /// As every read.
    pub async fn error_words(&self) -> Result<Vec<ErrorWords>, ReadError> {
        self.section(|connection| {
            Box::pin(async move {
                let rows: Vec<StoredWords> =
                    sqlx::query_as(words!("ORDER BY (title IS NOT NULL), last_seen_at DESC LIMIT 200"))
                        .fetch_all(connection)
                        .await?;
                rows.into_iter().map(ErrorWords::try_from).collect()
            })
        })
        .await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`ReadError::NotFound`]; otherwise as every read.
    pub async fn error_words_of(&self, fingerprint: &str) -> Result<ErrorWords, ReadError> {
        let fingerprint = fingerprint.to_owned();
        self.section(move |connection| {
            Box::pin(async move {
                let row: Option<StoredWords> = sqlx::query_as(words!("WHERE fingerprint = $1"))
                    .bind(fingerprint)
                    .fetch_optional(connection)
                    .await?;
                row.ok_or(ReadError::NotFound { what: "error" })?.try_into()
            })
        })
        .await
    }
}

async fn recurring(connection: &mut PgConnection, days: u16) -> Result<Vec<RecurringCause>, ReadError> {
    let rows: Vec<StoredCause> = sqlx::query_as(RECURRING).bind(i32::from(days)).fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let at = At { table: "ops.fix_records", id: &row.cause };
            Ok(RecurringCause {
                cause: at.word("cause", &row.cause)?,
                fixed: at.count("fixed", row.fixed)?,
                held: at.count("held", row.held)?,
                not_held: at.count("not_held", row.not_held)?,
                last_at: row.last_at,
            })
        })
        .collect()
}
