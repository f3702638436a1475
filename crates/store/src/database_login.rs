//! Database logins: a staff member's own, for reading, that end with their session; and the backend's.

use crate::{
    Command, Store, StoreError,
    audit::{self, AuditLine},
    planted, scram,
};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// How many logins one clean-up ends at most.
const CLEAN_UP_MAX: i64 = 50;

/// A login that was minted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MintedLogin {
    /// The role.
    pub user: String,
    /// The database refuses new connections after this.
    pub valid_until: DateTime<Utc>,
}

/// The name of a session's login. The ends of the ids, because UUIDv7 of the same minute begin alike.
fn login_name(staff_id: Uuid, session_id: Uuid) -> String {
    let end = |id: Uuid| id.simple().to_string().split_off(24);
    format!("staff_{}_{}", end(staff_id), end(session_id))
}

impl Store {
    /// Mints the login of a staff session, or gives it a new password when it exists. The session records it and takes
    /// it along when it ends. `password` is ASCII.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the session has ended meanwhile.
    pub async fn mint_database_login(
        &self,
        session_id: Uuid,
        password: &str,
        valid_for: Duration,
        command: &Command,
    ) -> Result<MintedLogin, StoreError> {
        let (verifier, command) = (scram::verifier(password), command.clone());
        self.transaction(move |tx| {
            let (verifier, command) = (verifier.clone(), command.clone());
            Box::pin(async move { mint(tx, session_id, &verifier, valid_for, &command).await })
        })
        .await
    }

    /// Ends the connections of minted logins that have run out. Answers how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn end_expired_readers(&self) -> Result<i32, StoreError> {
        self.section(move |store| async move {
            let ended = sqlx::query_scalar("SELECT end_expired_readers()").fetch_one(&store.pool).await?;
            Ok(ended)
        })
        .await
    }

    /// The trail's line of a login that was given to a session without being made for it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn told_shared_login(&self, user: &str, command: &Command) -> Result<(), StoreError> {
        let (user, command) = (user.to_owned(), command.clone());
        self.transaction(move |tx| {
            let (user, command) = (user.clone(), command.clone());
            Box::pin(async move {
                let line = AuditLine { action: "staff.shared_login", after: Some(&user), ..AuditLine::default() };
                audit::append(tx, &command, line).await
            })
        })
        .await
    }

    /// Ends the logins of sessions that have ended, with their connections. Answers how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn end_stale_database_logins(&self) -> Result<usize, StoreError> {
        self.transaction(|tx| {
            Box::pin(async move {
                let ended: Vec<Uuid> = sqlx::query_scalar(
                    "SELECT id FROM staff_sessions WHERE database_login IS NOT NULL \
                     AND (revoked_at IS NOT NULL OR expires_at <= now()) ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
                )
                .bind(CLEAN_UP_MAX)
                .fetch_all(&mut *tx)
                .await?;
                for &session_id in &ended {
                    end_of_session(&mut *tx, session_id).await?;
                }
                Ok(ended.len())
            })
        })
        .await
    }
}

async fn mint(
    tx: &mut PgConnection,
    session_id: Uuid,
    verifier: &str,
    valid_for: Duration,
    command: &Command,
) -> Result<MintedLogin, StoreError> {
    // The session's row is the lock: two mints of one session come one after the other.
    let owner: Option<Uuid> = sqlx::query_scalar(
        "SELECT staff_id FROM staff_sessions WHERE id = $1 AND revoked_at IS NULL AND expires_at > now() FOR NO KEY UPDATE",
    )
    .bind(session_id)
    .fetch_optional(&mut *tx)
    .await?;
    let staff_id = owner.ok_or(StoreError::NotFound { what: "session" })?;
    let user = login_name(staff_id, session_id);
    let valid_until: DateTime<Utc> = sqlx::query_scalar(
        "SELECT mint_reader_login($1, $2, least(make_interval(secs => $3), \
         (SELECT expires_at - now() FROM staff_sessions WHERE id = $4)))",
    )
    .bind(&user)
    .bind(verifier)
    .bind(valid_for.as_secs_f64())
    .bind(session_id)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query("UPDATE staff_sessions SET database_login = $2 WHERE id = $1")
        .bind(session_id)
        .bind(&user)
        .execute(&mut *tx)
        .await?;
    let line = AuditLine { action: "staff.database_login", after: Some(&user), ..AuditLine::default() };
    audit::append(tx, command, line).await?;
    Ok(MintedLogin { user, valid_until })
}

/// Ends a session's login, with its connections, within the caller's transaction.
pub(crate) async fn end_of_session(tx: &mut PgConnection, session_id: Uuid) -> Result<(), StoreError> {
    let login: Option<Option<String>> =
        sqlx::query_scalar("SELECT database_login FROM staff_sessions WHERE id = $1 FOR NO KEY UPDATE")
            .bind(session_id)
            .fetch_optional(&mut *tx)
            .await?;
    let Some(login) = login.flatten() else { return Ok(()) };
    if !planted!("ended-login-stays") {
        sqlx::query("SELECT end_reader_login($1)").bind(&login).execute(&mut *tx).await?;
    }
    sqlx::query("UPDATE staff_sessions SET database_login = NULL WHERE id = $1").bind(session_id).execute(tx).await?;
    Ok(())
}

/// Lets one of the backend's roles log in with this password, which is ASCII. For the owner, from the command line.
///
/// # Errors
/// [`StoreError::NotFound`] for any other role, [`StoreError::Database`] when the database refuses.
pub async fn set_backend_password(pool: &PgPool, role: &str, password: &str) -> Result<(), StoreError> {
    if !["repruv_api", "repruv_worker"].contains(&role) {
        return Err(StoreError::NotFound { what: "role for the backend" });
    }
    let (pool, role, verifier) = (pool.clone(), role.to_owned(), scram::verifier(password));
    let task = tokio::spawn(async move {
        // Roles cannot be bound as parameters; the database itself does the quoting.
        let statement: String =
            sqlx::query_scalar("SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)")
                .bind(role)
                .bind(verifier)
                .fetch_one(&pool)
                .await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&pool).await?;
        Ok(())
    });
    task.await.unwrap_or_else(|broken| Err(StoreError::Unavailable(broken.to_string())))
}
