//! Who operates, and their sessions.

use crate::{
    Command, NewSession, Store, StoreError,
    audit::{self, AuditLine},
    database_login,
    events::cut,
    rotation::{self, Rotation, TokenHash, TokenHashes, TokenLife, TokenTimes},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A person of the staff.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StaffMember {
    /// The person.
    pub id: Uuid,
    /// Their e-mail.
    pub email: String,
    /// Their name.
    pub name: String,
    /// `viewer`, `support` or `admin`.
    pub role: String,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// Since when they may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Set: the password was given by an admin; it must be changed, and is refused after this.
    pub password_expires_at: Option<DateTime<Utc>>,
    /// A second factor is enrolled.
    pub second_factor: bool,
    /// This person must have one.
    pub second_factor_required: bool,
    /// For `If-Match`.
    pub version: i32,
}

/// Whose request it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    /// The session.
    pub session_id: Uuid,
    /// The person, as they are now.
    pub staff: StaffMember,
    /// Last time that this session's person gave their password (and code).
    pub authenticated_at: DateTime<Utc>,
    /// Database time.
    pub now: DateTime<Utc>,
}

/// Session, person, whether it was seen long ago, when the person last authenticated, and the time now.
type Accepted = (Uuid, Uuid, bool, DateTime<Utc>, DateTime<Utc>);

macro_rules! members {
    ($tail:literal) => {
        concat!(
            "SELECT p.id, p.email, p.name, p.role, p.created_at, p.disabled_at, p.password_expires_at, p.version, \
             p.second_factor_required, EXISTS (SELECT FROM staff_second_factors f WHERE f.staff_id = p.id \
             AND f.confirmed_at IS NOT NULL) AS second_factor FROM staff p ",
            $tail
        )
    };
}
pub(crate) use members;

impl Store {
    /// What a sign-in with this e-mail is checked against: the person and their password's hash.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn staff_credentials(&self, email: &str) -> Result<Option<(StaffMember, String)>, StoreError> {
        let email = email.to_owned();
        self.section(move |store| async move {
            let member: Option<StaffMember> = sqlx::query_as(members!(
                "WHERE lower(p.email) = lower($1) AND coalesce(p.password_expires_at > now(), true)"
            ))
            .bind(&email)
            .fetch_optional(&store.pool)
            .await?;
            let Some(member) = member else { return Ok(None) };
            let hash: String = sqlx::query_scalar("SELECT password_hash FROM staff WHERE id = $1")
                .bind(member.id)
                .fetch_one(&store.pool)
                .await?;
            Ok(Some((member, hash)))
        })
        .await
    }

    /// Opens a session. `None`: the person may no longer sign in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn open_staff_session(
        &self,
        new: NewSession,
        command: &Command,
    ) -> Result<Option<TokenTimes>, StoreError> {
        let command = command.clone();
        self.transaction(move |tx| {
            let (new, command) = (new.clone(), command.clone());
            Box::pin(async move { open(tx, &new, &command).await })
        })
        .await
    }

    /// Whose access token this is, if it is accepted now. Asked at every request.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn staff_session(&self, access: TokenHash) -> Result<Option<StaffSession>, StoreError> {
        self.section(move |store| async move {
            let row: Option<Accepted> = sqlx::query_as(
                "SELECT s.id, s.staff_id, s.last_seen_at < now() - interval '1 minute', s.authenticated_at, now() \
                 FROM staff_sessions s \
                 WHERE s.access_hash = $1 AND s.revoked_at IS NULL AND s.access_expires_at > now() AND s.expires_at > now()",
            )
            .bind(&access[..])
            .fetch_optional(&store.pool)
            .await?;
            let Some((session_id, staff_id, seen_long_ago, authenticated_at, now)) = row else { return Ok(None) };
            let staff: Option<StaffMember> = sqlx::query_as(members!("WHERE p.id = $1 AND p.disabled_at IS NULL"))
                .bind(staff_id)
                .fetch_optional(&store.pool)
                .await?;
            if seen_long_ago {
                sqlx::query("UPDATE staff_sessions SET last_seen_at = now() WHERE id = $1")
                    .bind(session_id)
                    .execute(&store.pool)
                    .await?;
            }
            Ok(staff.map(|staff| StaffSession { session_id, staff, authenticated_at, now }))
        })
        .await
    }

    /// A session and its person, whether or not it is active.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown session.
    pub async fn staff_of_session(&self, session_id: Uuid) -> Result<StaffSession, StoreError> {
        self.section(move |store| async move {
            let unknown = || StoreError::NotFound { what: "session" };
            let times: Option<(DateTime<Utc>, DateTime<Utc>)> =
                sqlx::query_as("SELECT authenticated_at, now() FROM staff_sessions WHERE id = $1")
                    .bind(session_id)
                    .fetch_optional(&store.pool)
                    .await?;
            let (authenticated_at, now) = times.ok_or_else(unknown)?;
            let staff: Option<StaffMember> =
                sqlx::query_as(members!("JOIN staff_sessions s ON s.staff_id = p.id WHERE s.id = $1"))
                    .bind(session_id)
                    .fetch_optional(&store.pool)
                    .await?;
            Ok(StaffSession { session_id, staff: staff.ok_or_else(unknown)?, authenticated_at, now })
        })
        .await
    }

    /// The person of this session has given their password (and code) again. `None`: the session has ended meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn reauthenticated(
        &self,
        session_id: Uuid,
        command: &Command,
    ) -> Result<Option<StaffSession>, StoreError> {
        let command = command.clone();
        let renewed = self.transaction(move |tx| {
            let command = command.clone();
            Box::pin(async move {
                let renewed = sqlx::query(
                    "UPDATE staff_sessions SET authenticated_at = now() \
                     WHERE id = $1 AND revoked_at IS NULL AND expires_at > now()",
                )
                .bind(session_id)
                .execute(&mut *tx)
                .await?
                .rows_affected();
                let line = AuditLine { action: "staff.reauthenticate", ..AuditLine::default() };
                if renewed == 1 {
                    audit::append(tx, &command, line).await?;
                }
                Ok(renewed == 1)
            })
        });
        if renewed.await? { self.staff_of_session(session_id).await.map(Some) } else { Ok(None) }
    }

    /// Exchanges a refresh token for a new pair. A token in two hands ends the session and its database login.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn refresh_staff_session(
        &self,
        token: TokenHash,
        new: TokenHashes,
        life: TokenLife,
    ) -> Result<Rotation, StoreError> {
        let rotation = self.rotate(rotation::STAFF, token, new, life).await?;
        if matches!(rotation, Rotation::Reused { .. }) {
            self.end_stale_database_logins().await?;
        }
        Ok(rotation)
    }

    /// Ends a session and its database login.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn sign_out_staff(&self, session_id: Uuid, command: &Command) -> Result<(), StoreError> {
        let command = command.clone();
        self.transaction(move |tx| {
            let command = command.clone();
            Box::pin(async move {
                let ended =
                    sqlx::query("UPDATE staff_sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL")
                        .bind(session_id)
                        .execute(&mut *tx)
                        .await?
                        .rows_affected();
                database_login::end_of_session(&mut *tx, session_id).await?;
                if ended == 1 {
                    let line = AuditLine { action: "staff.sign_out", ..AuditLine::default() };
                    audit::append(tx, &command, line).await?;
                }
                Ok(())
            })
        })
        .await
    }
}

async fn open(tx: &mut PgConnection, new: &NewSession, command: &Command) -> Result<Option<TokenTimes>, StoreError> {
    let disabled: Option<bool> =
        sqlx::query_scalar("SELECT disabled_at IS NOT NULL FROM staff WHERE id = $1 FOR SHARE")
            .bind(new.owner_id)
            .fetch_optional(&mut *tx)
            .await?;
    if disabled != Some(false) {
        return Ok(None);
    }
    let (access_expires_at, refresh_expires_at): (DateTime<Utc>, DateTime<Utc>) = sqlx::query_as(
        "INSERT INTO staff_sessions (id, staff_id, access_hash, access_expires_at, user_agent, address, expires_at) \
         VALUES ($1, $2, $3, now() + make_interval(secs => $4), $5, $6, now() + make_interval(secs => $7)) \
         RETURNING access_expires_at, expires_at",
    )
    .bind(new.id)
    .bind(new.owner_id)
    .bind(&new.tokens.access[..])
    .bind(new.life.access.as_secs_f64())
    .bind(new.user_agent.as_deref().map(|text| cut(text, 500)))
    .bind(new.address.as_deref().map(|text| cut(text, 64)))
    .bind(new.life.session.as_secs_f64())
    .fetch_one(&mut *tx)
    .await?;
    rotation::STAFF.issue(&mut *tx, new.id, new.tokens.refresh).await?;
    audit::append(tx, command, AuditLine { action: "staff.sign_in", ..AuditLine::default() }).await?;
    Ok(Some(TokenTimes { access_expires_at, refresh_expires_at }))
}
