//! The audit trail: one line a change, in the change's transaction.

use crate::{Command, StoreError, fault_point, planted};
use sqlx::PgConnection;
use uuid::Uuid;

/// What was changed, beside who and why, which the command tells.
#[derive(Clone, Debug, Default)]
pub struct AuditLine<'a> {
    /// `demo_mode.enable`, `job.cancel`, `session.revoke`, …
    pub action: &'a str,
    /// The user it concerned.
    pub user_id: Option<Uuid>,
    /// That user's e-mail as it is now.
    pub user_email: Option<&'a str>,
    /// The job it concerned.
    pub job_id: Option<Uuid>,
    /// The session it concerned.
    pub session_id: Option<Uuid>,
    /// The state before.
    pub before: Option<&'a str>,
    /// The state after.
    pub after: Option<&'a str>,
}

/// Appends one line. The database seals it, and keeps the head of its chain locked until the commit: so this is the last
/// thing that a transaction does, and waits for nothing afterwards.
///
/// # Errors
/// [`StoreError::Database`]; the caller's transaction must then roll back.
pub async fn append(tx: &mut PgConnection, command: &Command, line: AuditLine<'_>) -> Result<(), StoreError> {
    fault_point!("command.changed");
    if planted!("audit-apart") {
        sqlx::raw_sql("COMMIT; BEGIN").execute(&mut *tx).await?;
    }
    sqlx::query(
        "INSERT INTO audit_entries (staff_id, actor, action, user_id, user_email, job_id, session_id, reason, \
         before_state, after_state, request_id, address) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
    )
    .bind(command.actor.staff_id())
    .bind(command.actor.label())
    .bind(line.action)
    .bind(line.user_id)
    .bind(line.user_email)
    .bind(line.job_id)
    .bind(line.session_id)
    .bind(command.reason.as_deref())
    .bind(line.before)
    .bind(line.after)
    .bind(command.request_id.as_deref())
    .bind(command.address.as_deref())
    .execute(tx)
    .await?;
    Ok(())
}
