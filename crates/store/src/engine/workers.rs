//! Worker sessions: for the screen only; no decision about a job reads them.

use crate::{Store, StoreError, new_id};
use state_machine::JobType;
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
    /// Which jobs it serves; `None`: it does not tell.
    pub work: Option<WorkerWork>,
}

/// What a worker can do, for those who ask why nobody takes a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerWork {
    /// The queue it serves.
    pub queue: String,
    /// The types that its build knows.
    pub types: Vec<JobType>,
    /// Jobs in hand at most.
    pub slots: u32,
}

impl WorkerSession {
    /// The session of this process.
    pub fn new(host: &str, pid: u32, build: &str) -> Self {
        Self { id: new_id(), name: format!("{host}:{pid}"), host: host.into(), pid, build: build.into(), work: None }
    }

    /// The same, and what it can do.
    #[must_use]
    pub fn doing(self, queue: &str, types: &[JobType], slots: u32) -> Self {
        Self { work: Some(WorkerWork { queue: queue.into(), types: types.to_vec(), slots }), ..self }
    }
}

impl Store {
    /// Says that the worker is there with so many jobs in hand; registers it when it is new.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Database`].
    pub async fn worker_seen(&self, worker: &WorkerSession, in_hand: usize) -> Result<(), StoreError> {
        let worker = worker.clone();
        self.section(move |store| async move {
            let work = worker.work.as_ref();
            let types: Option<Vec<_>> = work.map(|work| work.types.iter().map(|known| known.as_str()).collect());
            sqlx::query(
                "INSERT INTO worker_sessions (id, host, pid, build, queue, job_types, slots, in_hand) \
                 VALUES ($1, left($2, 255), $3, left($4, 100), $5, $6, $7, $8) \
                 ON CONFLICT (id) DO UPDATE SET last_seen_at = now(), in_hand = excluded.in_hand",
            )
            .bind(worker.id)
            .bind(&worker.host)
            .bind(i32::try_from(worker.pid).unwrap_or(i32::MAX))
            .bind(&worker.build)
            .bind(work.map(|work| &work.queue))
            .bind(types)
            .bind(work.map(|work| i32::try_from(work.slots).unwrap_or(i32::MAX)))
            .bind(i32::try_from(in_hand).unwrap_or(i32::MAX))
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
