//! Customers' sessions.

use super::{short, token_hash};
use crate::{TestDb, new_id};
use uuid::Uuid;

/// A session under construction; active, by cookie, when nothing else is said.
#[derive(Debug, Clone)]
pub struct SessionFactory {
    user_id: Uuid,
    transport: &'static str,
    user_agent: String,
    address: String,
    ended: Option<Ended>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Revoked,
    Expired,
    AccessExpired,
}

/// A session in the database, with its tokens in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestSession {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// For the cookie `session_token` or the bearer header.
    pub access_token: String,
    /// For `/auth/refresh`.
    pub refresh_token: String,
}

/// A session of this user, to insert.
pub fn session(user_id: Uuid) -> SessionFactory {
    SessionFactory {
        user_id,
        transport: "cookie",
        user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/141.0.0.0 Safari/537.36"
            .into(),
        address: "203.0.113.7".into(),
        ended: None,
    }
}

impl SessionFactory {
    /// Signed in by bearer header.
    pub fn bearer(self) -> Self {
        Self { transport: "bearer", ..self }
    }

    /// The client as it names itself.
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// Where the sign-in came from.
    pub fn address(self, address: &str) -> Self {
        Self { address: address.into(), ..self }
    }

    /// Ended by a person.
    pub fn revoked(self) -> Self {
        Self { ended: Some(Ended::Revoked), ..self }
    }

    /// Ended by time.
    pub fn expired(self) -> Self {
        Self { ended: Some(Ended::Expired), ..self }
    }

    /// Active, but the access token wants a refresh.
    pub fn access_expired(self) -> Self {
        Self { ended: Some(Ended::AccessExpired), ..self }
    }

    /// Writes it, with its first refresh token.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn insert(self, db: &TestDb) -> TestSession {
        let id = new_id();
        let access_token = format!("rps_test_access_{}", id.simple());
        let refresh_token = format!("rpr_test_refresh_{}", id.simple());
        let expired = self.ended == Some(Ended::Expired);
        let access_expired = expired || self.ended == Some(Ended::AccessExpired);
        sqlx::query(
            "WITH session AS (
               INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent,
                 address, created_at, last_seen_at, expires_at, revoked_at, revoked_by)
               VALUES ($1, $2, $3, now() + CASE WHEN $4 THEN interval '-5 minutes' ELSE interval '15 minutes' END,
                 $5, $6, $7, now() - interval '1 hour', now() - interval '10 minutes',
                 now() + CASE WHEN $8 THEN interval '-1 minute' ELSE interval '30 days' END,
                 CASE WHEN $9 THEN now() END, CASE WHEN $9 THEN 'testkit' END)
               RETURNING id, expires_at)
             INSERT INTO user_refresh_tokens (token_hash, session_id, expires_at)
             SELECT $10, id, expires_at FROM session",
        )
        .bind(id)
        .bind(self.user_id)
        .bind(token_hash(&access_token))
        .bind(access_expired)
        .bind(self.transport)
        .bind(&self.user_agent)
        .bind(&self.address)
        .bind(expired)
        .bind(self.ended == Some(Ended::Revoked))
        .bind(token_hash(&refresh_token))
        .execute(db.owner())
        .await
        .unwrap_or_else(|error| panic!("cannot insert session {}: {error}", short(id)));
        TestSession { id, user_id: self.user_id, access_token, refresh_token }
    }
}
