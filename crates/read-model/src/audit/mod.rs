//! The audit trail: who did what to whom, why, and what changed.

pub(crate) mod filter;
mod words;

use crate::{
    ReadError, ReadModel,
    page::{clamp, cut, decode, encode},
    section::database_time,
};
use chrono::{DateTime, Utc};
use contract::{Page, audit::AuditFilter, staff::AuditEntry};
use filter::Wanted;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

const COLUMNS: &str = "id, at, staff_id, actor, action, user_id, user_email, job_id, session_id, reason, before_state, \
  after_state, request_id, address";

/// By the index on users.
pub(crate) const OF_USER: &str = "SELECT id, at, staff_id, actor, action, user_id, user_email, job_id, session_id, reason, \
    before_state, after_state, request_id, address \
  FROM ops.audit WHERE user_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2";

#[derive(FromRow)]
pub(crate) struct StoredAudit {
    pub(crate) id: i64,
    pub(crate) at: DateTime<Utc>,
    staff_id: Option<Uuid>,
    pub(crate) actor: String,
    pub(crate) action: String,
    user_id: Option<Uuid>,
    user_email: Option<String>,
    pub(crate) job_id: Option<Uuid>,
    session_id: Option<Uuid>,
    pub(crate) reason: Option<String>,
    pub(crate) before_state: Option<String>,
    pub(crate) after_state: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
}

impl From<StoredAudit> for AuditEntry {
    fn from(row: StoredAudit) -> Self {
        Self {
            id: row.id.to_string(),
            at: row.at,
            staff_id: row.staff_id,
            actor: row.actor,
            action: row.action,
            user_id: row.user_id,
            user_email: row.user_email,
            job_id: row.job_id,
            session_id: row.session_id,
            reason: row.reason,
            before: row.before_state,
            after: row.after_state,
            request_id: row.request_id,
            address: row.address,
        }
    }
}

impl ReadModel {
    /// One page of the trail, newest first. `limit` is cut to 1 to 500.
    ///
    /// May hold fewer rows than asked for while `next` is set: see the crate's text on bounded reads.
    ///
    /// # Errors
    /// [`ReadError::BadFilter`], [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn audit_page(
        &self,
        filter: &AuditFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<AuditEntry>, ReadError> {
        let below = cursor.map_or(Ok(i64::MAX), decode_id)?;
        let filter = filter.clone();
        let limit = clamp(limit);
        self.section(move |connection| Box::pin(async move { page(connection, &filter, below, limit).await })).await
    }
}

async fn page(
    connection: &mut PgConnection,
    filter: &AuditFilter,
    below: i64,
    limit: usize,
) -> Result<Page<AuditEntry>, ReadError> {
    let as_of = database_time(connection).await?;
    let Some(wanted) = Wanted::find(connection, filter).await? else {
        return Ok(Page { rows: vec![], next: None, as_of });
    };
    let rows: Vec<StoredAudit> =
        wanted.rows(below, limit).build_query_as().persistent(false).fetch_all(&mut *connection).await?;
    let full = rows.len() > limit;
    let rows = rows.into_iter().map(AuditEntry::from).collect();
    let mut page = cut(rows, limit, as_of, |row: &AuditEntry| encode_id(&row.id));
    if wanted.is_windowed() && !full {
        let end: Option<i64> =
            wanted.window_end(below).build_query_scalar().persistent(false).fetch_optional(connection).await?;
        page.next = end.map(|end| encode_id(&end.to_string()));
    }
    Ok(page)
}

fn encode_id(id: &str) -> String {
    encode(&format!("audit|{id}"))
}

pub(crate) fn decode_id(cursor: &str) -> Result<i64, ReadError> {
    let text = decode(cursor)?;
    text.strip_prefix("audit|").and_then(|id| id.parse().ok()).ok_or(ReadError::BadCursor)
}

/// The cursor of the same place, as this list writes it.
#[cfg(feature = "fuzzing")]
pub(crate) fn same_place(cursor: &str) -> Result<String, ReadError> {
    decode_id(cursor).map(|id| encode_id(&id.to_string()))
}
