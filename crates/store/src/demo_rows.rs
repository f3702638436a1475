//! A user's demo mode as it is stored: reading it, locking it, writing a transition.

use crate::{Store, StoreError, events::cut};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{DemoMode, DemoModeStatus, DemoModeTransition, DemoOperation};
use uuid::Uuid;

/// A user's demo mode.
#[derive(Clone, Debug)]
pub struct DemoModeRow {
    /// The user.
    pub user_id: Uuid,
    /// The user's e-mail.
    pub email: String,
    /// The facts on which the rules decide.
    pub demo: DemoMode,
    /// Grows with every change.
    pub version: u32,
    /// The live job, or the last one that is still kept.
    pub job_id: Option<Uuid>,
    /// Why it failed.
    pub error: Option<String>,
    /// The profile at the demo service; `made-by:` and a job's id when that job may have made one of which no id is known.
    pub profile_id: Option<String>,
    /// Its type.
    pub profile_type: Option<String>,
    /// Its niche.
    pub niche: Option<String>,
    /// The preset it was made from.
    pub preset: Option<String>,
    /// When the status last changed.
    pub changed_at: Option<DateTime<Utc>>,
}

/// In the place of a profile's id: nobody knows one, but the job of this id may have made one under its key.
const MADE_BY: &str = "made-by:";

impl DemoModeRow {
    /// The job that may have made a profile of which no id is known.
    pub(crate) fn presumed(&self) -> Option<Uuid> {
        self.profile_id.as_deref()?.strip_prefix(MADE_BY)?.parse().ok()
    }
}

/// Columns of `users`, apart from those of a job in the same row.
#[derive(sqlx::FromRow)]
pub(crate) struct Raw {
    owner_id: Uuid,
    email: String,
    demo_mode_status: String,
    demo_mode_failed_operation: Option<String>,
    demo_mode_version: i32,
    demo_mode_job_id: Option<Uuid>,
    demo_mode_error: Option<String>,
    demo_profile_id: Option<String>,
    demo_mode_type: Option<String>,
    demo_profile_niche: Option<String>,
    demo_profile_preset: Option<String>,
    demo_mode_changed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Raw> for DemoModeRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let bad = |problem| StoreError::BadRow { table: "users", id: raw.owner_id.to_string(), problem };
        let status: DemoModeStatus = raw.demo_mode_status.parse().map_err(|e| bad(format!("demo_mode_status: {e}")))?;
        let failed_operation: Option<DemoOperation> = raw
            .demo_mode_failed_operation
            .map(|word| word.parse().map_err(|e| bad(format!("demo_mode_failed_operation: {e}"))))
            .transpose()?;
        Ok(Self {
            user_id: raw.owner_id,
            email: raw.email,
            demo: DemoMode { status, failed_operation, profile_exists: raw.demo_profile_id.is_some() },
            version: raw.demo_mode_version.unsigned_abs(),
            job_id: raw.demo_mode_job_id,
            error: raw.demo_mode_error,
            profile_id: raw.demo_profile_id,
            profile_type: raw.demo_mode_type,
            niche: raw.demo_profile_niche,
            preset: raw.demo_profile_preset,
            changed_at: raw.demo_mode_changed_at,
        })
    }
}

macro_rules! columns {
    ($tail:literal) => {
        concat!(
            "SELECT id AS owner_id, email, demo_mode_status, demo_mode_failed_operation, demo_mode_version, demo_mode_job_id, \
             demo_mode_error, demo_profile_id, demo_mode_type, demo_profile_niche, demo_profile_preset, \
             demo_mode_changed_at FROM users WHERE id = $1",
            $tail
        )
    };
}

impl Store {
    /// A user's demo mode.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown user.
    pub async fn demo_status(&self, user_id: Uuid) -> Result<DemoModeRow, StoreError> {
        self.section(move |store| async move {
            let raw: Option<Raw> = sqlx::query_as(columns!("")).bind(user_id).fetch_optional(&store.pool).await?;
            raw.ok_or(StoreError::NotFound { what: "user" })?.try_into()
        })
        .await
    }
}

/// Reads a user's demo mode and holds it until the end of the transaction. Always before any of the user's jobs.
pub(crate) async fn lock(tx: &mut PgConnection, user_id: Uuid) -> Result<Option<DemoModeRow>, StoreError> {
    let raw: Option<Raw> = sqlx::query_as(columns!(" FOR NO KEY UPDATE")).bind(user_id).fetch_optional(tx).await?;
    raw.map(TryInto::try_into).transpose()
}

/// Holds a user until the end of the transaction without waiting. `false`: somebody else holds the row. A user who is gone
/// is held by nobody.
pub(crate) async fn lock_unless_held(tx: &mut PgConnection, user_id: Uuid) -> Result<bool, StoreError> {
    let mine: Option<bool> = sqlx::query_scalar("SELECT true FROM users WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED")
        .bind(user_id)
        .fetch_optional(&mut *tx)
        .await?;
    if mine.is_some() {
        return Ok(true);
    }
    let there: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM users WHERE id = $1)").bind(user_id).fetch_one(tx).await?;
    Ok(!there)
}

/// After an attempt to enable: names what it may have made, so that it is not forgotten, or forgets what was never made.
/// Answers the row as it is now.
pub(crate) async fn presume(
    tx: &mut PgConnection,
    mut user: DemoModeRow,
    job_id: Uuid,
    made: bool,
) -> Result<DemoModeRow, StoreError> {
    let presumed = format!("{MADE_BY}{job_id}");
    // A profile of an earlier time stays in the job's payload, and is removed together with the presumed one.
    let sql = if made {
        "UPDATE users u SET demo_profile_id = $3 FROM background_jobs j WHERE u.id = $1 AND j.id = $2 \
         AND u.demo_mode_job_id = j.id AND (u.demo_profile_id IS NULL OR u.demo_profile_id = j.payload ->> 'old_profile_id')"
    } else {
        "UPDATE users u SET demo_profile_id = NULL FROM background_jobs j WHERE u.id = $1 AND j.id = $2 \
         AND u.demo_mode_job_id = j.id AND u.demo_profile_id = $3 AND NOT j.payload ? 'old_profile_id'"
    };
    let written = sqlx::query(sql).bind(user.user_id).bind(job_id).bind(&presumed).execute(tx).await?.rows_affected();
    if written == 1 {
        user.profile_id = made.then_some(presumed);
        user.demo.profile_exists = made;
    }
    Ok(user)
}

/// Writes a transition over the row that [`lock`] read.
pub(crate) async fn write(
    tx: &mut PgConnection,
    user: &DemoModeRow,
    change: &DemoModeTransition,
    job_id: Option<Uuid>,
    error: Option<&str>,
) -> Result<(), StoreError> {
    let to = change.to();
    let error = match to.status {
        DemoModeStatus::Failed => Some(cut(error.unwrap_or("The operation failed without saying why."), 2000)),
        _ => None,
    };
    let written = sqlx::query(
        "UPDATE users SET demo_mode_status = $4, demo_mode_failed_operation = $5, demo_mode_error = $6, \
         demo_mode_job_id = $7, demo_mode_changed_at = now(), demo_mode_version = demo_mode_version + 1, \
         demo_profile_id = CASE WHEN $8 THEN demo_profile_id END, updated_at = now() AT TIME ZONE 'UTC' \
         WHERE id = $1 AND demo_mode_status = $2 AND demo_mode_version = $3",
    )
    .bind(user.user_id)
    .bind(change.from().status.as_str())
    .bind(i32::try_from(user.version).unwrap_or(i32::MAX))
    .bind(to.status.as_str())
    .bind(to.failed_operation.map(DemoOperation::as_str))
    .bind(error)
    .bind(job_id)
    .bind(to.profile_exists)
    .execute(tx)
    .await?
    .rows_affected();
    if written == 1 {
        return Ok(());
    }
    Err(StoreError::VersionConflict { current: user.version })
}
