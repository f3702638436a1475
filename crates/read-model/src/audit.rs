//! The audit trail: who did what to whom, why, and what changed.

use crate::{
    ReadError, ReadModel,
    page::{clamp, cut, decode, encode, probe},
    section::database_time,
};
use chrono::{DateTime, Utc};
use contract::{Page, staff::AuditEntry};
use sqlx::FromRow;
use uuid::Uuid;

/// By the primary key.
const OF_ALL: &str = "SELECT id, at, staff_id, actor, action, user_id, user_email, job_id, session_id, reason, \
    before_state, after_state, request_id \
  FROM ops.audit WHERE id < $1 ORDER BY id DESC LIMIT $2";

/// By the index on users.
pub(crate) const OF_USER: &str = "SELECT id, at, staff_id, actor, action, user_id, user_email, job_id, session_id, reason, \
    before_state, after_state, request_id \
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
        }
    }
}

impl ReadModel {
    /// One page of the trail, newest first; of one user, when given.
    ///
    /// # Errors
    /// [`ReadError::BadCursor`]; otherwise as every read.
    pub async fn audit_page(
        &self,
        user_id: Option<Uuid>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<AuditEntry>, ReadError> {
        let before = cursor.map_or(Ok(i64::MAX), decode_id)?;
        let limit = clamp(limit);
        self.section(move |connection| {
            Box::pin(async move {
                let as_of = database_time(connection).await?;
                let query =
                    sqlx::query_as(if user_id.is_some() { OF_USER } else { OF_ALL }).bind(before).bind(probe(limit));
                let query = if let Some(user_id) = user_id { query.bind(user_id) } else { query };
                let rows: Vec<StoredAudit> = query.fetch_all(connection).await?;
                let rows = rows.into_iter().map(AuditEntry::from).collect();
                Ok(cut(rows, limit, as_of, |row: &AuditEntry| encode(&format!("audit|{}", row.id))))
            })
        })
        .await
    }
}

fn decode_id(cursor: &str) -> Result<i64, ReadError> {
    let text = decode(cursor)?;
    text.strip_prefix("audit|").and_then(|id| id.parse().ok()).ok_or(ReadError::BadCursor)
}
