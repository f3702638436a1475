//! A job as it is stored: reading it and locking it.

use crate::{
    Store, StoreError,
    demo_rows::{self, DemoModeRow},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::JobStatus;
use uuid::Uuid;

/// A job.
#[derive(Clone, Debug)]
pub struct JobRecord {
    /// The job.
    pub id: Uuid,
    /// What it does. A newer build may know types that this one does not.
    pub job_type: String,
    /// Whose.
    pub user_id: Option<Uuid>,
    /// Where it stands.
    pub status: JobStatus,
    /// Attempts used of the budget.
    pub attempt: i32,
    /// The budget.
    pub max_attempts: i32,
    /// Grows with every change of state.
    pub version: u32,
    /// The fence.
    pub lease_epoch: i64,
    /// The worker session that has it.
    pub locked_by: Option<Uuid>,
    /// A stop was asked for.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// 0 to 100.
    pub progress: i16,
    /// What it is doing.
    pub progress_step: Option<String>,
    /// What came of it.
    pub result_data: Option<serde_json::Value>,
    /// The last error.
    pub error_message: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the last attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended for good.
    pub completed_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Raw {
    id: Uuid,
    job_type: String,
    user_id: Option<Uuid>,
    status: String,
    attempt: i32,
    max_attempts: i32,
    version: i32,
    lease_epoch: i64,
    locked_by: Option<Uuid>,
    cancel_requested_at: Option<DateTime<Utc>>,
    progress: i16,
    progress_step: Option<String>,
    result_data: Option<serde_json::Value>,
    error_message: Option<String>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Raw> for JobRecord {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let status = raw.status.parse().map_err(|e| StoreError::BadRow {
            table: "background_jobs",
            id: raw.id.to_string(),
            problem: format!("status: {e}"),
        })?;
        Ok(Self {
            id: raw.id,
            job_type: raw.job_type,
            user_id: raw.user_id,
            status,
            attempt: raw.attempt,
            max_attempts: raw.max_attempts,
            version: raw.version.unsigned_abs(),
            lease_epoch: raw.lease_epoch,
            locked_by: raw.locked_by,
            cancel_requested_at: raw.cancel_requested_at,
            progress: raw.progress,
            progress_step: raw.progress_step,
            result_data: raw.result_data,
            error_message: raw.error_message,
            created_at: raw.created_at,
            started_at: raw.started_at,
            completed_at: raw.completed_at,
        })
    }
}

macro_rules! columns {
    ($tail:literal) => {
        concat!(
            "SELECT id, job_type, user_id, status, attempt, max_attempts, version, lease_epoch, locked_by, \
             cancel_requested_at, progress, progress_step, result_data, error_message, created_at, started_at, \
             completed_at FROM background_jobs WHERE id = $1",
            $tail
        )
    };
}

impl Store {
    /// A job.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown or removed job.
    pub async fn job(&self, job_id: Uuid) -> Result<JobRecord, StoreError> {
        self.section(move |store| async move {
            let raw: Option<Raw> = sqlx::query_as(columns!("")).bind(job_id).fetch_optional(&store.pool).await?;
            raw.ok_or(StoreError::NotFound { what: "job" })?.try_into()
        })
        .await
    }
}

/// A user and one of their jobs.
#[derive(sqlx::FromRow)]
struct RawPair {
    #[sqlx(flatten)]
    user: demo_rows::Raw,
    #[sqlx(flatten)]
    job: Raw,
}

// The job's scan asks the user's first, and so the user is locked first, as everywhere.
const LOCK_PAIR: &str = "
WITH u AS MATERIALIZED (
  SELECT id AS owner_id, email, demo_mode_status, demo_mode_failed_operation, demo_mode_version, demo_mode_job_id,
    demo_mode_error, demo_profile_id, demo_mode_type, demo_profile_niche, demo_profile_preset, demo_mode_changed_at
  FROM users WHERE id = $1 FOR NO KEY UPDATE
), j AS MATERIALIZED (
  SELECT id, job_type, user_id, status, attempt, max_attempts, version, lease_epoch, locked_by, cancel_requested_at,
    progress, progress_step, result_data, error_message, created_at, started_at, completed_at
  FROM background_jobs WHERE id = $2 AND (SELECT count(*) FROM u) = 1 FOR NO KEY UPDATE
)
SELECT * FROM u, j";

/// Reads and holds both in one statement. `None`: one of them is not there, and neither is held for certain.
pub(crate) async fn lock_with_user(
    tx: &mut PgConnection,
    user_id: Uuid,
    job_id: Uuid,
) -> Result<Option<(DemoModeRow, JobRecord)>, StoreError> {
    let raw: Option<RawPair> = sqlx::query_as(LOCK_PAIR).bind(user_id).bind(job_id).fetch_optional(tx).await?;
    raw.map(|pair| Ok((pair.user.try_into()?, pair.job.try_into()?))).transpose()
}

/// Reads a job and holds it until the end of the transaction. Lock its user first.
pub(crate) async fn lock(tx: &mut PgConnection, job_id: Uuid) -> Result<JobRecord, StoreError> {
    let raw: Option<Raw> = sqlx::query_as(columns!(" FOR NO KEY UPDATE")).bind(job_id).fetch_optional(tx).await?;
    raw.ok_or(StoreError::NotFound { what: "job" })?.try_into()
}

/// Whose job it is. Never changes once set, so it can be read before the locks are taken.
pub(crate) async fn owner(tx: &mut PgConnection, job_id: Uuid) -> Result<Option<Uuid>, StoreError> {
    let found: Option<Option<Uuid>> =
        sqlx::query_scalar("SELECT user_id FROM background_jobs WHERE id = $1").bind(job_id).fetch_optional(tx).await?;
    found.ok_or(StoreError::NotFound { what: "job" })
}
