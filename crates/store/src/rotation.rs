//! Refresh tokens: each is good for one use and names its successor.
//!
//! A used token that comes again while its successor is unused means that the answer was lost: the successor is voided
//! and a new one given. A used token whose successor was used, or one that was voided, is in two hands: the whole session
//! ends, because nobody can tell which of the two is the thief.

use crate::{Store, StoreError, planted, sessions::session_lives};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::time::Duration;
use uuid::Uuid;

/// SHA-256 of a token, which is all that is stored of it.
pub type TokenHash = [u8; 32];

/// Stands as the successor of a token that was given out in an answer that got lost.
const VOIDED: TokenHash = [0; 32];

/// A new pair of tokens, as hashes.
#[derive(Clone, Copy, Debug)]
pub struct TokenHashes {
    /// Of the access token.
    pub access: TokenHash,
    /// Of the refresh token.
    pub refresh: TokenHash,
}

/// How long tokens live.
#[derive(Clone, Copy, Debug)]
pub struct TokenLife {
    /// An access token.
    pub access: Duration,
    /// The session, whatever happens.
    pub session: Duration,
}

/// Until when a pair of tokens is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTimes {
    /// The access token.
    pub access_expires_at: DateTime<Utc>,
    /// The refresh token; the end of the session.
    pub refresh_expires_at: DateTime<Utc>,
}

/// What became of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The new pair holds.
    Renewed {
        /// The session.
        session_id: Uuid,
        /// Until when.
        times: TokenTimes,
    },
    /// Unknown token, or its session has ended.
    Refused,
    /// The token was in two hands; the session has been ended.
    Reused {
        /// The session.
        session_id: Uuid,
    },
}

/// The statements of one family of sessions.
#[derive(Clone, Copy)]
pub(crate) struct Family {
    find: &'static str,
    lock: &'static str,
    token: &'static str,
    issue: &'static str,
    succeed: &'static str,
    renew: &'static str,
    end: &'static str,
}

macro_rules! family {
    ($sessions:literal, $tokens:literal, $lock:expr, $end:literal) => {
        Family {
            find: concat!("SELECT session_id FROM ", $tokens, " WHERE token_hash = $1"),
            lock: $lock,
            token: concat!("SELECT successor_hash FROM ", $tokens, " WHERE token_hash = $1"),
            issue: concat!(
                "INSERT INTO ",
                $tokens,
                " (token_hash, session_id, expires_at) \
                 SELECT $2, id, expires_at FROM ",
                $sessions,
                " WHERE id = $1"
            ),
            succeed: concat!("UPDATE ", $tokens, " SET successor_hash = $2 WHERE token_hash = $1"),
            renew: concat!(
                "UPDATE ",
                $sessions,
                " SET access_hash = $2, last_seen_at = now(), \
                 access_expires_at = least(now() + make_interval(secs => $3), expires_at) \
                 WHERE id = $1 RETURNING access_expires_at, expires_at"
            ),
            end: $end,
        }
    };
}

/// Customers' sessions.
pub(crate) const CUSTOMERS: Family = family!(
    "user_sessions",
    "user_refresh_tokens",
    concat!(
        "SELECT ",
        session_lives!(),
        " FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 FOR NO KEY UPDATE OF s"
    ),
    "UPDATE user_sessions SET revoked_at = now(), revoked_by = 'system: a refresh token was used twice', \
     version = version + 1 WHERE id = $1 AND revoked_at IS NULL"
);

/// Staff's sessions.
pub(crate) const STAFF: Family = family!(
    "staff_sessions",
    "staff_refresh_tokens",
    "SELECT s.revoked_at IS NULL AND s.expires_at > now() AND p.disabled_at IS NULL FROM staff_sessions s \
     JOIN staff p ON p.id = s.staff_id WHERE s.id = $1 FOR NO KEY UPDATE OF s",
    "UPDATE staff_sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL"
);

impl Family {
    /// Gives a new session its first refresh token.
    pub(crate) async fn issue(
        self,
        tx: &mut PgConnection,
        session_id: Uuid,
        token: TokenHash,
    ) -> Result<(), StoreError> {
        sqlx::query(self.issue).bind(session_id).bind(&token[..]).execute(tx).await?;
        Ok(())
    }

    async fn successor(self, tx: &mut PgConnection, token: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<Option<Vec<u8>>> = sqlx::query_scalar(self.token).bind(token).fetch_optional(tx).await?;
        Ok(found.flatten())
    }

    async fn succeed(self, tx: &mut PgConnection, token: &[u8], successor: TokenHash) -> Result<(), StoreError> {
        sqlx::query(self.succeed).bind(token).bind(&successor[..]).execute(tx).await?;
        Ok(())
    }
}

impl Store {
    /// Exchanges a refresh token for a new pair.
    pub(crate) async fn rotate(
        &self,
        family: Family,
        token: TokenHash,
        new: TokenHashes,
        life: TokenLife,
    ) -> Result<Rotation, StoreError> {
        self.transaction(move |tx| Box::pin(rotate(tx, family, token, new, life))).await
    }
}

async fn rotate(
    tx: &mut PgConnection,
    family: Family,
    token: TokenHash,
    new: TokenHashes,
    life: TokenLife,
) -> Result<Rotation, StoreError> {
    let session: Option<Uuid> = sqlx::query_scalar(family.find).bind(&token[..]).fetch_optional(&mut *tx).await?;
    let Some(session_id) = session else { return Ok(Rotation::Refused) };
    // The session's row is the lock: revokes and other refreshes of the family wait for it, or this one for them.
    let active: Option<bool> = sqlx::query_scalar(family.lock).bind(session_id).fetch_optional(&mut *tx).await?;
    if active != Some(true) {
        return Ok(Rotation::Refused);
    }
    if let Some(successor) = family.successor(&mut *tx, &token).await? {
        let in_two_hands = successor == VOIDED || family.successor(&mut *tx, &successor).await?.is_some();
        if in_two_hands && !planted!("reuse-forgiven") {
            sqlx::query(family.end).bind(session_id).execute(tx).await?;
            return Ok(Rotation::Reused { session_id });
        }
        family.succeed(&mut *tx, &successor, VOIDED).await?;
    }
    family.issue(&mut *tx, session_id, new.refresh).await?;
    family.succeed(&mut *tx, &token, new.refresh).await?;
    let (access_expires_at, refresh_expires_at) = sqlx::query_as(family.renew)
        .bind(session_id)
        .bind(&new.access[..])
        .bind(life.access.as_secs_f64())
        .fetch_one(tx)
        .await?;
    Ok(Rotation::Renewed { session_id, times: TokenTimes { access_expires_at, refresh_expires_at } })
}
