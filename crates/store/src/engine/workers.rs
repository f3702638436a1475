//! Worker sessions: for the screen only; no decision about a job reads them.

use crate::{Store, StoreError, new_id};
use uuid::Uuid;

/// One process of `repruv-server work`, from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerSession {
    /// New at every start.
    pub id: Uuid,
    /// `host:pid`
    pub name: String,
    /// Host name.
    pub host: String,
    /// Process id.
    pub pid: u32,
    /// Version and commit.
    pub build: String,
}

impl WorkerSession {
    /// The session of this process.
    pub fn new(host: &str, pid: u32, build: &str) -> Self {
        Self { id: new_id(), name: format!("{host}:{pid}"), host: host.into(), pid, build: build.into() }
    }
}

impl Store {
    /// Says that the worker is there; registers it when it is new.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn worker_seen(&self, worker: &WorkerSession) -> Result<(), StoreError> {
        let worker = worker.clone();
        self.section(move |store| async move {
            sqlx::query(
                "INSERT INTO worker_sessions (id, host, pid, build) VALUES ($1, left($2, 255), $3, left($4, 100)) \
                 ON CONFLICT (id) DO UPDATE SET last_seen_at = now()",
            )
            .bind(worker.id)
            .bind(&worker.host)
            .bind(i32::try_from(worker.pid).unwrap_or(i32::MAX))
            .bind(&worker.build)
            .execute(&store.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn worker_stopped(&self, worker: &WorkerSession) -> Result<(), StoreError> {
        let id = worker.id;
        self.section(move |store| async move {
            sqlx::query("UPDATE worker_sessions SET stopped_at = now(), last_seen_at = now() WHERE id = $1")
                .bind(id)
                .execute(&store.pool)
                .await?;
            Ok(())
        })
        .await
    }
}
