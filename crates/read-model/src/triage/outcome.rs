//! What came of the last fix of a case.

use super::case::Pair;
use crate::{ReadError, row::At};
use chrono::{DateTime, Utc};
use contract::triage::FixOutcome;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Each by its own index: the fixes of a user, and those of a job without one.
const LAST: &str = "SELECT id, fix, cause, actor, at, claimed_at, confirmed_at, missed_at, due_at, held FROM ( \
    (SELECT * FROM ops.fix_records WHERE user_id = $1 ORDER BY id DESC LIMIT 1) \
    UNION ALL \
    (SELECT * FROM ops.fix_records WHERE job_id = $2 AND $1::uuid IS NULL ORDER BY id DESC LIMIT 1) \
  ) last WHERE at > now() - interval '1 day'";

#[derive(FromRow)]
struct Stored {
    id: Uuid,
    fix: String,
    cause: String,
    actor: String,
    at: DateTime<Utc>,
    claimed_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
    missed_at: Option<DateTime<Utc>>,
    due_at: DateTime<Utc>,
    held: String,
}

pub(super) async fn last(connection: &mut PgConnection, pair: Pair) -> Result<Option<FixOutcome>, ReadError> {
    let row: Option<Stored> =
        sqlx::query_as(LAST).bind(pair.user_id).bind(pair.job_id).fetch_optional(connection).await?;
    row.map(|row| {
        let at = At { table: "ops.fix_records", id: &row.id };
        Ok(FixOutcome {
            fix: at.word("fix", &row.fix)?,
            cause: at.word("cause", &row.cause)?,
            id: row.id,
            by: row.actor,
            accepted_at: row.at,
            claimed_at: row.claimed_at,
            confirmed_at: row.confirmed_at,
            missed_at: row.missed_at,
            due_at: row.due_at,
            held: match row.held.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
        })
    })
    .transpose()
}
