//! Customers' sessions: sign-in, the check at every request, refresh, sign-out.

use crate::{
    Command, Store, StoreError,
    audit::{self, AuditLine},
    events::cut,
    faults::planted_sql,
    rotation::{self, Rotation, TokenHash, TokenHashes, TokenLife, TokenTimes},
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a session's refresh token must meet, with the session as `s` and its user as `u`.
macro_rules! session_lives {
    () => {
        "s.revoked_at IS NULL AND s.expires_at > now() AND u.is_active AND s.last_seen_at > now() - interval '14 days'"
    };
}
pub(crate) use session_lives;

/// What its access token must meet.
macro_rules! access_lives {
    () => {
        concat!($crate::sessions::session_lives!(), " AND s.access_expires_at > now()")
    };
}

/// Whose access token this is, and whether its last use is worth a note.
const WHOSE_ACCESS: &str = concat!(
    "SELECT s.id, s.user_id, u.email, u.full_name, s.last_seen_at < now() - interval '1 minute' \
     FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.access_hash = $1 AND ",
    access_lives!(),
);

/// What a sign-in is checked against.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Credentials {
    /// The user.
    pub id: Uuid,
    /// As typed at sign-up.
    pub email: String,
    /// Name.
    pub full_name: Option<String>,
    /// argon2id, or bcrypt from the former backend; `None`: no sign-in by password.
    pub password_hash: Option<String>,
    /// May sign in.
    pub is_active: bool,
}

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Chosen by the caller.
    pub id: Uuid,
    /// The user, or the person of the staff.
    pub owner_id: Uuid,
    /// The first pair.
    pub tokens: TokenHashes,
    /// How long they live.
    pub life: TokenLife,
    /// The client asked for a cookie rather than a bearer token.
    pub by_cookie: bool,
    /// As the client sent it; cut to 500 characters.
    pub user_agent: Option<String>,
    /// Where the sign-in came from.
    pub address: Option<String>,
}

/// Whose request it is.
#[derive(Clone, Debug)]
pub struct SessionUser {
    /// The session.
    pub session_id: Uuid,
    /// The user.
    pub user_id: Uuid,
    /// The user's e-mail.
    pub email: String,
    /// The user's name.
    pub full_name: Option<String>,
}

/// What a session's tokens are worth.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Probed {
    /// A request with its access token would be answered.
    pub access_accepted: bool,
    /// A refresh token of it would be exchanged.
    pub refresh_accepted: bool,
    /// When this was asked (database time).
    pub at: DateTime<Utc>,
}

impl Store {
    /// What a sign-in with this e-mail is checked against. Case does not matter, but an exact match goes first: the
    /// former backend let two accounts differ by case alone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn user_credentials(&self, email: &str) -> Result<Option<Credentials>, StoreError> {
        let email = email.to_owned();
        self.section(move |store| async move {
            let found: Option<Credentials> = sqlx::query_as(
                "SELECT id, email, full_name, hashed_password AS password_hash, is_active FROM users \
                 WHERE lower(email) = lower($1) ORDER BY (email = $1) DESC, created_at LIMIT 1",
            )
            .bind(&email)
            .fetch_optional(&store.pool)
            .await?;
            Ok(found)
        })
        .await
    }

    /// Replaces a password's hash by a stronger one of the same password, unless it has changed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn upgrade_password_hash(&self, user_id: Uuid, old: &str, new: &str) -> Result<(), StoreError> {
        let (old, new) = (old.to_owned(), new.to_owned());
        self.section(move |store| async move {
            sqlx::query("UPDATE users SET hashed_password = $3 WHERE id = $1 AND hashed_password = $2")
                .bind(user_id)
                .bind(old)
                .bind(new)
                .execute(&store.pool)
                .await?;
            Ok(())
        })
        .await
    }

    /// Opens a session. `None`: the account may no longer sign in.
    ///
    /// Shares the user's row with other sign-ins but not with a revoke of all sessions, so that such a revoke never
    /// misses a session that is just being opened.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn open_session(&self, new: NewSession) -> Result<Option<TokenTimes>, StoreError> {
        self.transaction(move |tx| {
            let new = new.clone();
            Box::pin(async move { open(tx, &new).await })
        })
        .await
    }

    /// Whose access token this is, if it is accepted now. Asked at every request, so that a revoke holds at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn session_user(&self, access: TokenHash) -> Result<Option<SessionUser>, StoreError> {
        self.section(move |store| async move {
            let whose =
                planted_sql!("revoked-session-accepted", WHOSE_ACCESS, "s.revoked_at IS NULL" => "s.id IS NOT NULL");
            let row: Option<(Uuid, Uuid, String, Option<String>, bool)> =
                sqlx::query_as(whose).bind(&access[..]).fetch_optional(&store.pool).await?;
            let Some((session_id, user_id, email, full_name, seen_long_ago)) = row else { return Ok(None) };
            if seen_long_ago {
                sqlx::query(
                    "UPDATE user_sessions SET last_seen_at = now() \
                     WHERE id = $1 AND last_seen_at < now() - interval '1 minute'",
                )
                .bind(session_id)
                .execute(&store.pool)
                .await?;
            }
            Ok(Some(SessionUser { session_id, user_id, email, full_name }))
        })
        .await
    }

    /// What would become of the session's own tokens now, by the conditions of [`Self::session_user`] and
    /// [`Self::refresh_session`]. Asking uses nothing up and is not seen as a use of the session.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown session.
    pub async fn probe_session(&self, session_id: Uuid) -> Result<Probed, StoreError> {
        self.section(move |store| async move {
            let found: Option<Probed> = sqlx::query_as(concat!(
                "SELECT ",
                access_lives!(),
                " AS access_accepted, ",
                session_lives!(),
                " AND EXISTS (SELECT FROM user_refresh_tokens t WHERE t.session_id = s.id) AS refresh_accepted, now() AS at \
                 FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1",
            ))
            .bind(session_id)
            .fetch_optional(&store.pool)
            .await?;
            found.ok_or(StoreError::NotFound { what: "session" })
        })
        .await
    }

    /// Exchanges a refresh token for a new pair.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn refresh_session(
        &self,
        token: TokenHash,
        new: TokenHashes,
        life: TokenLife,
    ) -> Result<Rotation, StoreError> {
        self.rotate(rotation::CUSTOMERS, token, new, life).await
    }

    /// Who a session belongs to, whether or not it is active.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown session.
    pub async fn session_owner(&self, session_id: Uuid) -> Result<SessionUser, StoreError> {
        self.section(move |store| async move {
            let row: Option<(Uuid, String, Option<String>)> = sqlx::query_as(
                "SELECT u.id, u.email, u.full_name FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1",
            )
            .bind(session_id)
            .fetch_optional(&store.pool)
            .await?;
            let (user_id, email, full_name) = row.ok_or(StoreError::NotFound { what: "session" })?;
            Ok(SessionUser { session_id, user_id, email, full_name })
        })
        .await
    }

    /// Ends the customer's own session. Harmless when it has ended already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn sign_out(&self, user: &SessionUser, command: &Command) -> Result<(), StoreError> {
        let (user, command) = (user.clone(), command.clone());
        self.transaction(move |tx| {
            let (user, command) = (user.clone(), command.clone());
            Box::pin(async move { sign_out(tx, &user, &command).await })
        })
        .await
    }
}

async fn open(tx: &mut PgConnection, new: &NewSession) -> Result<Option<TokenTimes>, StoreError> {
    let may: Option<bool> = sqlx::query_scalar("SELECT is_active FROM users WHERE id = $1 FOR SHARE")
        .bind(new.owner_id)
        .fetch_optional(&mut *tx)
        .await?;
    if may != Some(true) {
        return Ok(None);
    }
    let (access_expires_at, refresh_expires_at): (DateTime<Utc>, DateTime<Utc>) = sqlx::query_as(
        "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent, address, expires_at) \
         VALUES ($1, $2, $3, now() + make_interval(secs => $4), $5, $6, $7, now() + make_interval(secs => $8)) \
         RETURNING access_expires_at, expires_at",
    )
    .bind(new.id)
    .bind(new.owner_id)
    .bind(&new.tokens.access[..])
    .bind(new.life.access.as_secs_f64())
    .bind(if new.by_cookie { "cookie" } else { "bearer" })
    .bind(new.user_agent.as_deref().map(|text| cut(text, 500)))
    .bind(new.address.as_deref().map(|text| cut(text, 64)))
    .bind(new.life.session.as_secs_f64())
    .fetch_one(&mut *tx)
    .await?;
    rotation::CUSTOMERS.issue(tx, new.id, new.tokens.refresh).await?;
    Ok(Some(TokenTimes { access_expires_at, refresh_expires_at }))
}

async fn sign_out(tx: &mut PgConnection, user: &SessionUser, command: &Command) -> Result<(), StoreError> {
    let ended = sqlx::query(
        "UPDATE user_sessions SET revoked_at = now(), revoked_by = $2, version = version + 1 \
         WHERE id = $1 AND revoked_at IS NULL AND expires_at > now()",
    )
    .bind(user.session_id)
    .bind(command.actor.label())
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if ended == 0 {
        return Ok(());
    }
    let line = AuditLine {
        action: "session.sign_out",
        user_id: Some(user.user_id),
        user_email: Some(&user.email),
        session_id: Some(user.session_id),
        before: Some("active"),
        after: Some("revoked"),
        ..AuditLine::default()
    };
    audit::append(tx, command, line).await
}
