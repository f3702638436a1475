//! Users' links to platforms.

use crate::{TestDb, new_id};
use uuid::Uuid;

/// A connection under construction; connected to YouTube when nothing else is said.
#[derive(Debug, Clone)]
pub struct ConnectionFactory {
    user_id: Uuid,
    platform: String,
    status: &'static str,
}

/// A connection in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestConnection {
    /// Its id.
    pub id: Uuid,
}

/// A connection of this user, to insert.
pub fn connection(user_id: Uuid) -> ConnectionFactory {
    ConnectionFactory { user_id, platform: "youtube".into(), status: "connected" }
}

impl ConnectionFactory {
    /// `youtube`, `instagram`, …
    pub fn platform(self, platform: &str) -> Self {
        Self { platform: platform.into(), ..self }
    }

    /// Not linked.
    pub fn disconnected(self) -> Self {
        Self { status: "disconnected", ..self }
    }

    /// Linking failed.
    pub fn failed(self) -> Self {
        Self { status: "failed", ..self }
    }

    /// Writes it.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn insert(self, db: &TestDb) -> TestConnection {
        let id = new_id();
        sqlx::query(
            "INSERT INTO platform_connections (id, user_id, platform, platform_username, access_token, is_active,
               connection_status, connection_error)
             VALUES ($1, $2, $3, 'tester', CASE WHEN $4 = 'connected' THEN 'not a real token' END,
               $4 = 'connected', $4, CASE WHEN $4 = 'failed' THEN 'The platform refused the link' END)",
        )
        .bind(id)
        .bind(self.user_id)
        .bind(&self.platform)
        .bind(self.status)
        .execute(db.owner())
        .await
        .unwrap_or_else(|error| panic!("cannot insert connection {id}: {error}"));
        TestConnection { id }
    }
}
