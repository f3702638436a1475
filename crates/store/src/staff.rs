//! Who operates: adding, listing and disabling people, and their sessions.

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
}

/// Whose request it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    /// The session.
    pub session_id: Uuid,
    /// The person, as they are now.
    pub staff: StaffMember,
}

/// A person to add.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Their e-mail; case does not matter.
    pub email: String,
    /// Their name.
    pub name: String,
    /// `viewer`, `support` or `admin`.
    pub role: String,
    /// argon2id.
    pub password_hash: String,
}

macro_rules! members {
    ($tail:literal) => {
        concat!("SELECT p.id, p.email, p.name, p.role, p.created_at, p.disabled_at FROM staff p ", $tail)
    };
}

impl Store {
    /// What a sign-in with this e-mail is checked against: the person and their password's hash.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn staff_credentials(&self, email: &str) -> Result<Option<(StaffMember, String)>, StoreError> {
        let email = email.to_owned();
        self.section(move |store| async move {
            let member: Option<StaffMember> = sqlx::query_as(members!("WHERE lower(p.email) = lower($1)"))
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
            let row: Option<(Uuid, Uuid, bool)> = sqlx::query_as(
                "SELECT s.id, s.staff_id, s.last_seen_at < now() - interval '1 minute' FROM staff_sessions s \
                 WHERE s.access_hash = $1 AND s.revoked_at IS NULL AND s.access_expires_at > now() AND s.expires_at > now()",
            )
            .bind(&access[..])
            .fetch_optional(&store.pool)
            .await?;
            let Some((session_id, staff_id, seen_long_ago)) = row else { return Ok(None) };
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
            Ok(staff.map(|staff| StaffSession { session_id, staff }))
        })
        .await
    }

    /// The person of a session, whether or not it is active.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown session.
    pub async fn staff_of_session(&self, session_id: Uuid) -> Result<StaffMember, StoreError> {
        self.section(move |store| async move {
            let found: Option<StaffMember> =
                sqlx::query_as(members!("JOIN staff_sessions s ON s.staff_id = p.id WHERE s.id = $1"))
                    .bind(session_id)
                    .fetch_optional(&store.pool)
                    .await?;
            found.ok_or(StoreError::NotFound { what: "session" })
        })
        .await
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
                if ended == 1 {
                    let line = AuditLine { action: "staff.sign_out", ..AuditLine::default() };
                    audit::append(&mut *tx, &command, line).await?;
                }
                database_login::end_of_session(tx, session_id).await
            })
        })
        .await
    }

    /// Adds a person, or gives the one with this e-mail the name, role and password and lets them sign in again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn add_staff(&self, id: Uuid, new: NewStaff) -> Result<StaffMember, StoreError> {
        self.transaction(move |tx| {
            let new = new.clone();
            Box::pin(async move {
                let id: Uuid = sqlx::query_scalar(
                    "INSERT INTO staff (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name, role = excluded.role, \
                     password_hash = excluded.password_hash, disabled_at = NULL RETURNING id",
                )
                .bind(id)
                .bind(&new.email)
                .bind(&new.name)
                .bind(&new.role)
                .bind(&new.password_hash)
                .fetch_one(&mut *tx)
                .await?;
                let after = format!("{} as {}", new.email, new.role);
                let line = AuditLine { action: "staff.add", after: Some(cut(&after, 500)), ..AuditLine::default() };
                audit::append(&mut *tx, &Command::by(crate::Actor::System), line).await?;
                Ok(sqlx::query_as(members!("WHERE p.id = $1")).bind(id).fetch_one(tx).await?)
            })
        })
        .await
    }

    /// Everybody, by e-mail, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn list_staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.section(|store| async move {
            Ok(sqlx::query_as(members!("ORDER BY lower(p.email) LIMIT 1000")).fetch_all(&store.pool).await?)
        })
        .await
    }

    /// Disables a person: sign-in, sessions and database logins end in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown e-mail.
    pub async fn disable_staff(&self, email: &str) -> Result<StaffMember, StoreError> {
        let email = email.to_owned();
        self.transaction(move |tx| {
            let email = email.clone();
            Box::pin(async move { disable(tx, &email).await })
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

async fn disable(tx: &mut PgConnection, email: &str) -> Result<StaffMember, StoreError> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "UPDATE staff SET disabled_at = coalesce(disabled_at, now()) WHERE lower(email) = lower($1) RETURNING id",
    )
    .bind(email)
    .fetch_optional(&mut *tx)
    .await?;
    let id = id.ok_or(StoreError::NotFound { what: "staff member" })?;
    let sessions: Vec<Uuid> = sqlx::query_scalar(
        "UPDATE staff_sessions SET revoked_at = coalesce(revoked_at, now()) \
         WHERE staff_id = $1 AND (revoked_at IS NULL OR database_login IS NOT NULL) RETURNING id",
    )
    .bind(id)
    .fetch_all(&mut *tx)
    .await?;
    for session_id in sessions {
        database_login::end_of_session(&mut *tx, session_id).await?;
    }
    let line = AuditLine { action: "staff.disable", after: Some(cut(email, 500)), ..AuditLine::default() };
    audit::append(&mut *tx, &Command::by(crate::Actor::System), line).await?;
    Ok(sqlx::query_as(members!("WHERE p.id = $1")).bind(id).fetch_one(tx).await?)
}
