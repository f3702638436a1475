//! One line of the users table.

use crate::{ReadError, row::At};
use chrono::{DateTime, NaiveDateTime, Utc};
use contract::state_machine::DemoMode;
use contract::users::UserRow;
use sqlx::{FromRow, PgConnection, QueryBuilder};
use uuid::Uuid;

/// Selected from `ops.users u`, before the join of [`SELECT_ROW`].
pub(crate) const USER_COLUMNS: &str = "u.id, u.email, u.full_name, u.is_active, u.demo_mode_status, u.demo_mode_error, \
  u.demo_mode_failed_operation, u.demo_mode_job_id, u.demo_mode_changed_at, u.demo_mode_version, u.demo_profile_id, \
  u.demo_mode_type, u.demo_profile_niche, u.demo_profile_preset, u.created_at";

/// Needs `u` in `FROM`, and after it [`JOIN`].
pub(crate) const SELECT_ROW: &str = "SELECT u.id, u.email, u.full_name, u.is_active, u.demo_mode_status, u.demo_mode_error, \
  u.demo_mode_failed_operation, u.demo_mode_job_id, u.demo_mode_changed_at, u.demo_mode_version, u.demo_profile_id, \
  u.demo_mode_type, u.demo_profile_niche, u.demo_profile_preset, u.created_at, j.status AS job_status, \
  j.progress AS job_progress";

/// The job that demo mode names.
pub(crate) const JOIN: &str = " LEFT JOIN ops.jobs j ON j.id = u.demo_mode_job_id";

#[derive(FromRow)]
pub(crate) struct StoredUser {
    pub(crate) id: Uuid,
    email: String,
    full_name: Option<String>,
    is_active: bool,
    demo_mode_status: String,
    pub(crate) demo_mode_error: Option<String>,
    demo_mode_failed_operation: Option<String>,
    pub(crate) demo_mode_job_id: Option<Uuid>,
    pub(crate) demo_mode_changed_at: Option<DateTime<Utc>>,
    demo_mode_version: i32,
    pub(crate) demo_profile_id: Option<String>,
    pub(crate) demo_mode_type: Option<String>,
    pub(crate) demo_profile_niche: Option<String>,
    pub(crate) demo_profile_preset: Option<String>,
    /// The former backend's column has no zone; it means UTC.
    created_at: NaiveDateTime,
    job_status: Option<String>,
    job_progress: Option<i16>,
}

impl StoredUser {
    /// What the rules decide on.
    pub(crate) fn demo_mode(&self) -> Result<DemoMode, ReadError> {
        let at = At { table: "ops.users", id: &self.id };
        let failed_operation = self.demo_mode_failed_operation.as_deref();
        Ok(DemoMode {
            status: at.word("demo_mode_status", &self.demo_mode_status)?,
            failed_operation: at.word_or_none("demo_mode_failed_operation", failed_operation)?,
            profile_exists: self.demo_profile_id.is_some(),
        })
    }
}

impl StoredUser {
    /// As what it was seen.
    pub(crate) fn version(&self) -> Result<u32, ReadError> {
        At { table: "ops.users", id: &self.id }.count("demo_mode_version", self.demo_mode_version)
    }
}

impl TryFrom<StoredUser> for UserRow {
    type Error = ReadError;
    fn try_from(row: StoredUser) -> Result<Self, ReadError> {
        let at = At { table: "ops.users", id: &row.id };
        Ok(Self {
            demo_mode: at.word("demo_mode_status", &row.demo_mode_status)?,
            job_status: at.word_or_none("demo_mode_job_id", row.job_status.as_deref())?,
            job_progress: row.job_progress.map(|progress| at.count("demo_mode_job_id", progress)).transpose()?,
            version: at.count("demo_mode_version", row.demo_mode_version)?,
            id: row.id,
            email: row.email,
            full_name: row.full_name,
            is_active: row.is_active,
            demo_mode_error: row.demo_mode_error,
            demo_mode_changed_at: row.demo_mode_changed_at,
            job_id: row.demo_mode_job_id,
            created_at: row.created_at.and_utc(),
        })
    }
}

/// The users of `ids` that there are, in no particular order.
pub(crate) async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<StoredUser>, ReadError> {
    let mut query = QueryBuilder::new(SELECT_ROW);
    query.push(" FROM ops.users u").push(JOIN).push(" WHERE u.id = ANY(").push_bind(ids).push(")");
    Ok(query.build_query_as().fetch_all(connection).await?)
}
