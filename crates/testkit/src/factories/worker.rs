//! Worker sessions.

use crate::{TestDb, new_id};
use uuid::Uuid;

/// A worker session under construction; alive when nothing else is said.
#[derive(Debug, Clone)]
pub struct WorkerFactory {
    silent_s: f64,
    stopped: bool,
}

/// A worker session in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestWorker {
    /// Its id, for [`super::JobFactory::running_on`].
    pub id: Uuid,
}

/// A worker session to insert.
pub fn worker() -> WorkerFactory {
    WorkerFactory { silent_s: 0.0, stopped: false }
}

impl WorkerFactory {
    /// Last heard of so many seconds ago.
    pub fn silent(self, silent_s: f64) -> Self {
        Self { silent_s, ..self }
    }

    /// Said goodbye.
    pub fn stopped(self) -> Self {
        Self { stopped: true, ..self }
    }

    /// Writes it.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn insert(self, db: &TestDb) -> TestWorker {
        let id = new_id();
        sqlx::query(
            "INSERT INTO worker_sessions (id, host, pid, build, started_at, last_seen_at, stopped_at)
             VALUES ($1, 'test-host', 4711, 'test', now() - make_interval(secs => $2 + 60),
               now() - make_interval(secs => $2), CASE WHEN $3 THEN now() END)",
        )
        .bind(id)
        .bind(self.silent_s)
        .bind(self.stopped)
        .execute(db.owner())
        .await
        .unwrap_or_else(|error| panic!("cannot insert worker {id}: {error}"));
        TestWorker { id }
    }
}
