//! What staff do to customers' sessions: revoke one, all of a user, all but one.

use crate::{
    Command, Done, Store, StoreError,
    audit::{self, AuditLine},
    demo_mode::check_version,
    events::cut,
    faults::planted_sql,
    receipts::{self, Claimed},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use state_machine::{SessionEvent, SessionStatus};
use uuid::Uuid;

const LOCK_USER: &str = "SELECT email FROM users WHERE id = $1 FOR NO KEY UPDATE";

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

/// Which of a user's active sessions a revoke is meant for: those that every condition holds for.
#[derive(Clone, Debug, Default)]
pub struct WhichSessions {
    /// All but this one.
    pub except: Option<Uuid>,
    /// On this device only.
    pub device: Option<OnDevice>,
    /// Last used before this only (database time).
    pub unused_since: Option<DateTime<Utc>>,
}

/// A device, and how its name is made of a user agent: what is stored is the user agent, as the client sent it.
#[derive(Clone, Debug)]
pub struct OnDevice {
    /// The name that a person saw.
    pub name: String,
    /// Names the device of a user agent.
    pub name_of: fn(Option<&str>) -> String,
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

    /// Ends the active sessions of a user that `which` names. Waits for sign-ins under way, so that none slips through.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown user, [`StoreError::KeyReused`].
    pub async fn revoke_sessions(
        &self,
        user_id: Uuid,
        which: WhichSessions,
        command: &Command,
    ) -> Result<Revoked, StoreError> {
        let command = command.clone();
        self.step("command", move |tx| {
            let (which, command) = (which.clone(), command.clone());
            Box::pin(async move { revoke_many(tx, user_id, &which, &command).await })
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
    which: &WhichSessions,
    command: &Command,
) -> Result<Revoked, StoreError> {
    if receipts::claim(tx, command).await? == Claimed::Replayed {
        return replayed(tx, user_id, command).await;
    }
    let ended = end_sessions(tx, user_id, which, command).await?;
    ended.audit(tx, which, command).await?;
    Ok(Revoked { count: ended.count, at: ended.at, replayed: false })
}

/// What has ended, and is not in the audit trail yet.
pub(crate) struct Ended {
    user_id: Uuid,
    email: String,
    /// How many were active.
    pub count: u32,
    at: DateTime<Utc>,
}

/// Ends a user's active sessions under the user's lock. [`Ended::audit`] must follow, as the last thing of the transaction.
pub(crate) async fn end_sessions(
    tx: &mut PgConnection,
    user_id: Uuid,
    which: &WhichSessions,
    command: &Command,
) -> Result<Ended, StoreError> {
    // The user's row is the lock: a sign-in that is under way is over before, or begins after this.
    let lock = planted_sql!("revoke-all-without-lock", LOCK_USER, " FOR NO KEY UPDATE" => "");
    let email: Option<String> = sqlx::query_scalar(lock).bind(user_id).fetch_optional(&mut *tx).await?;
    let email = email.ok_or(StoreError::NotFound { what: "user" })?;
    let agents = match &which.device {
        Some(device) => Some(agents_of(tx, user_id, device).await?),
        None => None,
    };
    let ended = sqlx::query(
        "UPDATE user_sessions SET revoked_at = now(), revoked_by = $3, version = version + 1 \
         WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND revoked_at IS NULL AND expires_at > now() \
         AND last_seen_at > now() - interval '14 days' AND ($4::timestamptz IS NULL OR last_seen_at < $4) \
         AND ($5::text[] IS NULL OR coalesce(user_agent, '') = ANY ($5))",
    )
    .bind(user_id)
    .bind(which.except)
    .bind(command.actor.label())
    .bind(which.unused_since)
    .bind(agents)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let at: DateTime<Utc> = sqlx::query_scalar("SELECT now()").fetch_one(&mut *tx).await?;
    Ok(Ended { user_id, email, count: u32::try_from(ended).unwrap_or(u32::MAX), at })
}

impl Ended {
    /// Writes who ended them, and why.
    pub(crate) async fn audit(
        &self,
        tx: &mut PgConnection,
        which: &WhichSessions,
        command: &Command,
    ) -> Result<(), StoreError> {
        let count = self.count;
        let line = AuditLine {
            action: which.action(),
            user_id: Some(self.user_id),
            user_email: Some(&self.email),
            session_id: which.except,
            before: Some(&format!("{count} active{}", which.words())),
            after: Some(&format!("{count} revoked")),
            ..AuditLine::default()
        };
        audit::append(tx, command, line).await
    }
}

/// The user agents of a device among a user's sessions that have not been revoked; none stands as the empty text.
async fn agents_of(tx: &mut PgConnection, user_id: Uuid, device: &OnDevice) -> Result<Vec<String>, StoreError> {
    let all: Vec<Option<String>> = sqlx::query_scalar(
        "SELECT DISTINCT nullif(user_agent, '') FROM user_sessions WHERE user_id = $1 AND revoked_at IS NULL",
    )
    .bind(user_id)
    .fetch_all(tx)
    .await?;
    let of_device = all.into_iter().filter(|agent| (device.name_of)(agent.as_deref()) == device.name);
    Ok(of_device.map(Option::unwrap_or_default).collect())
}

impl WhichSessions {
    const fn action(&self) -> &'static str {
        match (&self.device, self.unused_since, self.except) {
            (Some(_), _, _) => "session.revoke_device",
            (None, Some(_), _) => "session.revoke_unused",
            (None, None, Some(_)) => "session.revoke_others",
            (None, None, None) => "session.revoke_all",
        }
    }

    /// What narrows it, for the audit trail.
    fn words(&self) -> String {
        let device = self.device.as_ref().map_or_else(String::new, |device| format!(" on {}", cut(&device.name, 100)));
        let unused = self
            .unused_since
            .map_or_else(String::new, |since| format!(" not used since {}", since.format("%Y-%m-%d %H:%M UTC")));
        device + &unused
    }
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
