//! What staff do to customers' sessions: revoke one, all of a user, all but one.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_mode::check_version,
    receipts::{self, Claimed},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{SessionEvent, SessionStatus};
use uuid::Uuid;

/// What became of a revoke of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// How many active sessions ended.
    pub count: u32,
    /// From when on their tokens are refused (database time).
    pub at: DateTime<Utc>,
    /// The same command had already been done.
    pub replayed: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    user_id: Uuid,
    email: String,
    version: i32,
    revoked: bool,
    expired: bool,
}

impl Row {
    const fn status(&self) -> SessionStatus {
        match (self.revoked, self.expired) {
            (true, _) => SessionStatus::Revoked,
            (false, true) => SessionStatus::Expired,
            (false, false) => SessionStatus::Active,
        }
    }
}

impl Store {
    /// Ends one session. Its tokens are refused from the commit on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::VersionConflict`], [`StoreError::Illegal`], [`StoreError::KeyReused`].
    pub async fn revoke_session(&self, session_id: Uuid, command: &Command) -> Result<Done, StoreError> {
        let command = command.clone();
        self.step("command", move |tx| {
            let command = command.clone();
            Box::pin(async move { revoke(tx, session_id, &command).await })
        })
        .await
    }

    /// Ends every active session of a user, or every one but `except`. Waits for sign-ins under way, so that none slips
    /// through.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown user, [`StoreError::KeyReused`].
    pub async fn revoke_sessions(
        &self,
        user_id: Uuid,
        except: Option<Uuid>,
        command: &Command,
    ) -> Result<Revoked, StoreError> {
        let command = command.clone();
        self.step("command", move |tx| {
            let command = command.clone();
            Box::pin(async move { revoke_many(tx, user_id, except, &command).await })
        })
        .await
    }
}

async fn revoke(tx: &mut PgConnection, session_id: Uuid, command: &Command) -> Result<Done, StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return Ok(Done { job_id: None, replayed: true });
    }
    let row: Option<Row> = sqlx::query_as(
        "SELECT s.user_id, u.email, s.version, s.revoked_at IS NOT NULL AS revoked, \
         (s.expires_at <= now() OR s.last_seen_at <= now() - interval '14 days') AS expired \
         FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 FOR NO KEY UPDATE OF s",
    )
    .bind(session_id)
    .fetch_optional(&mut *tx)
    .await?;
    let row = row.ok_or(StoreError::NotFound { what: "session" })?;
    check_version(command, row.version.unsigned_abs())?;
    let change = row.status().transition(SessionEvent::Revoke)?;
    let written = sqlx::query(
        "UPDATE user_sessions SET revoked_at = now(), revoked_by = $2, version = version + 1 \
         WHERE id = $1 AND revoked_at IS NULL",
    )
    .bind(session_id)
    .bind(command.actor.label())
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if written != 1 {
        return Err(StoreError::VersionConflict { current: row.version.unsigned_abs() });
    }
    let line = AuditLine {
        action: "session.revoke",
        user_id: Some(row.user_id),
        user_email: Some(&row.email),
        session_id: Some(session_id),
        before: Some(change.from().as_str()),
        after: Some(change.to().as_str()),
        ..AuditLine::default()
    };
    audit::append(tx, command, line).await?;
    Ok(Done { job_id: None, replayed: false })
}

async fn revoke_many(
    tx: &mut PgConnection,
    user_id: Uuid,
    except: Option<Uuid>,
    command: &Command,
) -> Result<Revoked, StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return replayed(tx, user_id, command).await;
    }
    let email: Option<String> = sqlx::query_scalar("SELECT email FROM users WHERE id = $1 FOR NO KEY UPDATE")
        .bind(user_id)
        .fetch_optional(&mut *tx)
        .await?;
    let email = email.ok_or(StoreError::NotFound { what: "user" })?;
    let ended = sqlx::query(
        "UPDATE user_sessions SET revoked_at = now(), revoked_by = $3, version = version + 1 \
         WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL AND expires_at > now()",
    )
    .bind(user_id)
    .bind(except)
    .bind(command.actor.label())
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let at: DateTime<Utc> = sqlx::query_scalar("SELECT now()").fetch_one(&mut *tx).await?;
    let count = u32::try_from(ended).unwrap_or(u32::MAX);
    let line = AuditLine {
        action: if except.is_some() { "session.revoke_others" } else { "session.revoke_all" },
        user_id: Some(user_id),
        user_email: Some(&email),
        session_id: except,
        before: Some(&format!("{count} active")),
        after: Some(&format!("{count} revoked")),
        ..AuditLine::default()
    };
    audit::append(tx, command, line).await?;
    Ok(Revoked { count, at, replayed: false })
}

/// The answer of the first time: its receipt and its revokes carry the same transaction time.
async fn replayed(tx: &mut PgConnection, user_id: Uuid, command: &Command) -> Result<Revoked, StoreError> {
    let (at, count): (DateTime<Utc>, i64) = sqlx::query_as(
        "SELECT r.created_at, (SELECT count(*) FROM user_sessions s WHERE s.user_id = $3 AND s.revoked_at = r.created_at) \
         FROM command_receipts r WHERE r.actor_id = $1 AND r.key = $2",
    )
    .bind(command.actor.key_owner())
    .bind(command.key.as_ref().map(|key| key.key.as_str()))
    .bind(user_id)
    .fetch_one(tx)
    .await?;
    Ok(Revoked { count: u32::try_from(count).unwrap_or(u32::MAX), at, replayed: true })
}
